"""Two readers of one message: who is followed, when the user is asked, and what changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from motion_agent.agent_graph.coordinators.offline.asking.first_words import is_question
from motion_agent.agent_graph.coordinators.offline.coverage import unused_words
from motion_agent.agent_graph.coordinators.offline.deciding import understood
from motion_agent.agent_graph.coordinators.offline.dialogue import KnownMotion, Thread, read_thread
from motion_agent.agent_graph.coordinators.offline.edit_planning import operations
from motion_agent.agent_graph.coordinators.offline.hearing.intents import requests_of
from motion_agent.agent_graph.coordinators.offline.hearing.slots import degree_of
from motion_agent.agent_graph.coordinators.offline.joining import Readings, joined, plainly_meant
from motion_agent.agent_graph.coordinators.offline.sentences.actions import Action
from motion_agent.agent_graph.coordinators.offline.sentences.grammar import Verbs
from motion_agent.agent_graph.coordinators.offline.sentences.languages import foreign_language, said_in
from motion_agent.agent_graph.coordinators.offline.sentences.nearest import nearest
from motion_agent.agent_graph.coordinators.offline.sentences.requests import (
    Doubt,
    Edit,
    Intent,
    Make,
    Question,
    Social,
    Travel,
    Unable,
    Unclear,
)
from motion_agent.agent_graph.coordinators.offline.spelling import corrected
from motion_agent.agent_graph.coordinators.reader.reading import Command, Heard, Slot

VERBS = Verbs(["walk", "jump", "wave", "sit down"])
PARTS = (("a person walks", 2.0), ("a person jumps", 2.0), ("a person waves", 2.0))
TALK = Thread(clips={"m1": KnownMotion("m1", "walk", "a person walks", 6.0, PARTS)}, current="m1")
NEW = [Make((Action("a person jumps"),))]
DELETE: list[Intent] = [Edit("delete", "the jump")]


def decided(
    message: str, rules: list[Intent], learned: list[Intent] | None, sure: float, **given: Any
) -> list[Intent]:
    fields = {"thread": TALK, "works": lambda requests: True} | given
    heard = Heard((Command("delete", (Slot("PART", message),)),), sure, sure)
    return joined(Readings(message, rules, heard, learned, verbs=VERBS, **fields))


def test_a_difference_is_settled_where_one_reading_alone_uses_what_was_said() -> None:
    """The change where the rules lose words and few are left over, the part to add that all is used of."""

    def meant(message: str, rules: list[Intent], sure: float) -> list[Intent] | None:
        heard = Heard((Command("delete", (Slot("PART", message),)),), sure, sure)
        return plainly_meant(Readings(message, rules, heard, list(DELETE), TALK, VERBS, lambda _: True))

    assert meant("delete the jump", [Unclear("delete the jump")], 0.55) == DELETE
    assert meant("delete the jump", [Unclear("delete the jump")], 0.45) is None
    assert meant("delete the jump sideways", [Unclear("delete the jump")], 0.55) == DELETE
    assert meant("delete the jump, monkeys eat bananas", [Unclear("delete the jump")], 0.55) is None
    added: list[Intent] = [Make((Action("a person walks back"),), continues=True)]
    assert meant("then he walks back", added, 0.4) == added
    assert meant("then he walks back", added, 0.6) == added
    assert meant("again a jump", list(NEW), 0.4) is None


def test_agreement_is_carried_out_as_the_rules_read_it() -> None:
    assert decided("zap the jump", DELETE, [Edit("delete", "jump")], 0.1) == DELETE


def test_a_sure_reading_wins_over_a_new_motion() -> None:
    assert decided("zap that jump", list(NEW), DELETE, 0.95) == DELETE


def test_an_unsure_difference_is_asked_and_the_answer_chooses() -> None:
    [doubt] = decided("again a jump", list(NEW), DELETE, 0.3)
    assert isinstance(doubt, Doubt) and len(doubt.readings) == 2
    assert decided("again a jump", list(NEW), DELETE, 0.3, chosen=1) == DELETE
    assert decided("again a jump", list(NEW), DELETE, 0.3, chosen=2) == NEW


def test_a_question_back_says_all_that_it_would_do_and_what_not() -> None:
    longer: list[Intent] = [Make((Action("a person jumps", seconds=3.0, times=2),))]
    [doubt] = decided("a person jumps again on Tuesday", longer, [Edit("speed", "the jump", amount=2.0)], 0.3)
    assert isinstance(doubt, Doubt)
    assert "jumps twice for 3 s" in doubt.readings[1] and "tuesday" in doubt.readings[1]
    assert "changing the speed of the jump to 2" in doubt.readings[0]


def test_a_sure_wish_is_enough_where_its_parts_fit() -> None:
    heard = Heard((Command("delete", (Slot("PART", "that jump"),)),), sure=0.5, intent=0.98)
    given = {"thread": TALK, "verbs": VERBS, "works": lambda requests: True}
    assert joined(Readings("drop that jump", list(NEW), heard, DELETE, **given)) == DELETE
    unsure = Heard(heard.commands, sure=0.3, intent=0.98)
    assert joined(Readings("drop that jump", list(NEW), unsure, DELETE, **given)) != DELETE


def test_a_new_start_is_made_with_what_follows_it() -> None:
    message = "forget that. new one: a person jumps"
    fresh: list[Intent] = [Social("fresh")]
    assert decided(message, [*NEW, Unclear("forget that", beside=True)], fresh, 0.95)[0] == NEW[0]
    assert decided("start over", [Make((Action("a person starts over"),))], fresh, 0.95) == fresh


@pytest.mark.parametrize(
    ("description", "amount", "unit", "then"),
    [
        ("a person does 10 jumping jacks", 3, "times", "a person does 3 jumping jacks"),
        ("a person jumps twice", 4, "times", "a person jumps 4 times"),
        ("a person hops", 4, "times", "a person hops 4 times"),
        ("a person turns around 180 degrees", 90, "degrees", "a person turns around 90 degrees"),
        ("a person turns around", 90, "degrees", "a person turns 90 degrees"),
        ("a person walks forward 2 metres", 5, "metres", "a person walks forward 5 metres"),
        ("a person takes three steps", 5, "steps", "a person takes 5 steps"),
    ],
)
def test_another_figure_for_a_part(description: str, amount: float, unit: str, then: str) -> None:
    clip = KnownMotion("m1", segments=((description, 2.0), ("a person waves with the right hand", 2.0)))
    steps, _ = operations(Edit("quantity", "part 1", amount=amount, said=unit), clip, VERBS)
    assert steps == [{"op": "replace", "segment": 1, "description": then}]


def test_both_hands_for_a_part() -> None:
    clip = KnownMotion("m1", segments=(("a person walks", 2.0), ("a person waves with the right hand", 2.0)))
    [step], _ = operations(Edit("side", "the wave", place="both", said="with both arms"), clip, VERBS)
    assert step["description"] == "a person waves with both arms"


def test_a_reading_that_cannot_be_planned_is_not_followed() -> None:
    assert (
        decided("faster", DELETE, [Edit("speed")], 0.99, works=lambda requests: requests == DELETE) == DELETE
    )


@pytest.mark.parametrize("message", ["put the wave first", "make them jump higher", "have him look sad"])
def test_words_about_the_motion_at_hand_make_no_new_one(message: str) -> None:
    assert not any(isinstance(request, Make) for request in decided(message, list(NEW), list(NEW), 0.99))


def test_what_is_wanted_instead_takes_the_place_of_what_is_there() -> None:
    for message in ("turn right instead", "no, turn right", "nope, no turn right"):
        [edit] = decided(message, [Make((Action("a person turns right instead"),))], None, 0.1)
        assert isinstance(edit, Edit) and edit.kind == "correct"
        assert edit.actions[0].description == "a person turns right"
    assert not isinstance(decided("turn right instead of left", list(NEW), None, 0.1)[0], Edit)


def test_a_part_that_is_asked_for_again_is_no_new_motion() -> None:
    made: list[Intent] = [Make((Action("a person waves"),))]
    for message in ("wave again", "wave three more times", "wave once more"):
        assert decided(message, made, [Edit("repeat", "wave")], 0.7) == [Edit("repeat", "wave")]
    assert decided("bow again", [Make((Action("a person bows"),))], None, 0.1)[0] != Unclear("bow again")


@pytest.mark.parametrize(
    ("message", "action"),
    [("make her wave", "waves"), ("now make him jump", "jumps"), ("let him run", "runs")],
)
def test_what_somebody_is_made_to_do_is_a_new_motion_whatever_was_heard(message: str, action: str) -> None:
    made: list[Intent] = [Make((Action(f"a person {action}"),))]
    assert decided(message, made, [Unable(message)], 0.99) == made


@pytest.mark.parametrize("message", ["make him do that wave again", "let her rest after the jump"])
def test_what_points_at_what_is_there_is_no_new_motion(message: str) -> None:
    made: list[Intent] = [Make((Action("a person waves"),))]
    assert decided(message, made, [Unable(message)], 0.99) != made


def test_somebody_who_does_it_otherwise_is_a_new_motion() -> None:
    made: list[Intent] = [Make((Action("a person waves higher"),))]
    assert decided("a person waves higher", made, None, 0.1) == made


def test_steps_back_may_be_undone_changes() -> None:
    made: list[Intent] = [Make((Action("a person goes back two steps"),))]
    undone: list[Intent] = [Travel("undo", count=2)]
    assert isinstance(decided("go back two steps", made, undone, 0.5)[0], Doubt)


@pytest.mark.parametrize(
    "message", ["which hand does he punch with?", "does he jump", "how far does he move?", "is he walking?"]
)
def test_a_question_never_makes_or_changes_anything(message: str) -> None:
    assert is_question(message)
    found = decided(message, list(NEW), DELETE, 0.99)
    assert all(isinstance(request, Question | Unable) for request in found)


@pytest.mark.parametrize(
    "message", ["how about a wave?", "do the wave again", "what if he jumps", "can you make him sit?"]
)
def test_wishes_in_the_form_of_a_question_are_wishes(message: str) -> None:
    assert not is_question(message)


def test_a_learned_reading_needs_its_slots() -> None:
    assert requests_of(Heard((Command("delete"),), 0.9, 0.9), VERBS) is None
    command = Command("replace", (Slot("PART", "the wave"), Slot("ACT", "a bow")), "change the wave to a bow")
    assert requests_of(Heard((command,), 0.9, 0.9), VERBS) == [
        Edit("replace", "the wave", (Action("a person bows"),))
    ]


def test_actions_that_are_not_wanted_are_not_made() -> None:
    slots = (Slot("ACT", "walk", "don't "), Slot("ACT", "wave", "don't walk, just "))
    [make] = requests_of(Heard((Command("make", slots, "don't walk, just wave"),), 0.9, 0.9), VERBS) or []
    assert isinstance(make, Make)
    assert [action.description for action in make.actions] == ["a person waves"]


def test_figures_that_new_motion_does_not_hold_are_named() -> None:
    jump: list[Intent] = [Make((Action("a person does a long jump"),))]
    assert unused_words("long jump of 2.2 metres", jump) == ["2.2 metres"]
    assert (
        unused_words("long jump for 3 s, 2 times", [Make((Action("a person does a long jump", 3.0, 2),))])
        == []
    )
    assert unused_words("1. long jump", jump) == []


def test_content_words_that_no_request_took_up_are_named() -> None:
    edit = Edit("speed", "the walk", amount=1.5)
    assert unused_words("make the walk faster but keep elbows low", [edit]) == ["keep", "elbows", "low"]
    assert unused_words("please make the walk a bit faster", [edit]) == []
    assert unused_words("a person walks slowly", [Make((Action("a person walks"),))]) == ["slowly"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("eine Person geht vorwärts und winkt", "German"),
        ("une personne marche puis saute", "French"),
        ("una persona camina hacia adelante", "Spanish"),
        ("走る人", "Japanese"),
        ("一个人走路", "Chinese"),
        ("supprime la dernière partie stp", "French"),
        ("mach den Tritt höher", "German"),
        ("salta", "Spanish"),
        ("do a pirouette en pointe", None),
        ("человек идёт вперёд", "Russian or a related language"),
        ("a person walks forward", None),
        ("walk", None),
        ("salsa, then a pirouette", None),
        ("the man is on a plane and then he sits", None),
    ],
)
def test_other_languages_are_recognised(text: str, language: str | None) -> None:
    assert foreign_language(text) == language


@pytest.mark.parametrize(("language", "own"), [("Spanish", "inglés"), ("Japanese", "英語"), ("Thai", "Thai")])
def test_who_wrote_in_another_language_is_answered_in_it(language: str, own: str) -> None:
    said = said_in(language)
    assert own in said and "I read English only" in said


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("someone jmups", "someone jumps"),
        ("he waevs with teh right hand", "he waves with the right hand"),
        ("wlaks in a circel", "walks in a circle"),
        ("call it jmups", "call it jmups"),
        ("walk ten steps, turn around, come back", "walk ten steps, turn around, come back"),
        ("a person zorbs", "a person zorbs"),
        ("walk n wave w/ ur left hand", "walk and wave with your left hand"),
        ("call it n", "call it n"),
        ("he shud walk slowr", "he should walk slower"),
        ("mak the wave longr", "make the wave longer"),
        ("kneel infront of th house", "kneel in front of the house"),
        ("lay down on the floor", "lie down on the floor"),
        ("lay the box down", "lay the box down"),
    ],
)
def test_slips_of_the_pen(typed: str, read: str) -> None:
    assert corrected(typed, VERBS)[0] == read


def test_what_is_near_an_unknown_action() -> None:
    assert nearest("a person salutes", ["walk", "wave", "sit down"]) == ["wave"]
    assert nearest("a person photosynthesises", ["walk", "wave"]) == []
    assert nearest("a person trips on the kerb", ["lie on the floor", "swing on a bar", "fall"])[0] == "fall"
    assert nearest("a person juggles on the floor", ["swing on a bar"]) == []


def test_yes_answers_the_question_before() -> None:
    thread: list[BaseMessage] = [
        HumanMessage("zap the jump"), AIMessage("Do you mean: removing the jump? Say yes."),
        HumanMessage("yes please"),
    ]  # fmt: skip
    assert read_thread(thread).doubted == "zap the jump"
    assert read_thread([*thread, AIMessage("Done."), HumanMessage("yes")]).doubted == ""


def test_without_the_reader_a_change_that_is_not_understood_changes_nothing() -> None:
    thread = Thread(request="zap them and the first part backwards", clips=TALK.clips, current="m1")
    requests, _ = understood(thread, 0, VERBS, {"generate_motion"}, learned=False)
    assert requests == [Unclear("zap them and the first part backwards")]


def test_a_sure_reading_of_words_it_never_learned_is_asked_about() -> None:
    heard = Heard((Command("delete", (Slot("PART", "that jump"),), "defenestrate that jump"),), 0.95, 0.95)
    readings = Readings(
        "defenestrate that jump", list(NEW), heard, DELETE, TALK, VERBS, lambda requests: True
    )
    assert isinstance(joined(readings)[0], Doubt)


def test_words_beside_a_sure_change_are_passed_over_but_for_those_that_turn_it() -> None:
    def read(message: str) -> list[Intent]:
        heard = Heard((Command("delete", (Slot("PART", "that jump"),), message),), 0.95, 0.95)
        return joined(Readings(message, list(NEW), heard, DELETE, TALK, VERBS, lambda requests: True))

    assert read("remove that jump yesterday") == DELETE
    assert read("remove that jump except yesterday") != DELETE


def test_a_first_message_changes_nothing_that_is_not_there() -> None:
    """ "take three steps back" is heard as an undo; before there is a motion it is one to make."""
    steps: list[Intent] = [Make((Action("a person takes three steps back", known=True),))]
    undo: list[Intent] = [Travel("undo", count=3)]
    empty = Thread(clips={}, current=None)
    assert decided("take three steps back", steps, undo, 0.9, thread=empty) == steps
    assert decided("take three steps back", steps, undo, 0.9) != steps
    unknown: list[Intent] = [Make((Action("a person makes me a sandwich"),))]
    assert decided("make me a sandwich", unknown, [Unable("that", "")], 0.9, thread=empty) != unknown


@pytest.mark.parametrize(("share", "factor"), [("50 %", 1.5), ("100 %", 2.0), ("150 percent", 1.5)])
def test_a_share_says_how_much_more_or_of_what_it_is(share: str, factor: float) -> None:
    assert degree_of(Command("faster", (Slot("FACTOR", share),), f"{share} faster")) == factor


@pytest.mark.parametrize(
    ("said", "slots", "side"),
    [
        (
            "not the right hand, the left one",
            (("right", "not the "), ("left", "not the right hand, the ")),
            "left",
        ),
        ("the left hand, not the right", (("left", "the "), ("right", "the left hand, not the ")), "left"),
    ],
)
def test_the_side_that_is_ruled_out_is_not_taken(
    said: str, slots: tuple[tuple[str, str], ...], side: str
) -> None:
    command = Command("side", tuple(Slot("SIDE", text, before) for text, before in slots), said)
    [edit] = requests_of(Heard((command,), 0.9, 0.9), VERBS) or []
    assert isinstance(edit, Edit) and (edit.kind, edit.place) == ("side", side)
