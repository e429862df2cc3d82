"""Turns of phrase, and what they are read as: in first messages, and in changes of what is there."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import pytest
from motion_agent.agent_graph.coordinators.offline.deciding import decide
from motion_agent.agent_graph.coordinators.offline.dialogue import KnownMotion, Thread
from motion_agent.agent_graph.coordinators.offline.plan import PlannedReply
from motion_agent.agent_graph.coordinators.offline.rules import unmet
from motion_agent.agent_graph.coordinators.offline.rules.turns_of_phrase import said_plainly
from motion_agent.agent_graph.coordinators.offline.sentences.grammar import Verbs
from motion_agent.agent_graph.coordinators.offline.sentences.requests import Edit
from motion_agent.motion_models.english.families import families
from motion_agent.motion_models.gestures.table import posed_actions
from motion_agent.tools.toolbox import TOOLS

VERBS = Verbs([*families(), *posed_actions()])


def reply(request: str, parts: str = "") -> PlannedReply:
    """The reply to a message; parts: "walks | waves", each two seconds long, that are there already."""
    if not parts:
        return decide(Thread(request, {}, None), VERBS, set(TOOLS), learned=False)
    segments = tuple((f"a person {text}", 2.0) for text in parts.split(" | "))
    clip = KnownMotion("m1", "", ", then ".join(text for text, _ in segments), 2.0 * len(segments), segments)
    return decide(Thread(request, {"m1": clip}, "m1"), VERBS, set(TOOLS), learned=False)


def made(request: str) -> list[str]:
    """What a first message is made of: "waves for 3.0 s"."""
    plan = reply(request)
    parts = [part for _, call in plan.calls for part in call.get("segments", [call])]
    return [
        part["description"].split(" ", 2)[2] + (f" for {part['seconds']} s" if part.get("seconds") else "")
        for part in parts if "description" in part
    ]  # fmt: skip


def changed(request: str, parts: str) -> list[dict[str, Any]]:
    plan = reply(request, parts)
    assert [tool for tool, _ in plan.calls] == ["edit_motion"], plan
    return plan.calls[0][1]["operations"]


def on(segment: int | None, op: str, **fields: Any) -> dict[str, Any]:
    return {"op": op, **({} if segment is None else {"segment": segment}), **fields}


def become(segment: int, description: str) -> dict[str, Any]:
    return on(segment, "replace", description=f"a person {description}")


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("jab, jab, cross, left hook, duck",
         ["jabs", "jabs", "punches with the right hand", "throws a hook with the left hand", "ducks"]),
        ("jab jab cross duck", ["jabs", "jabs", "punches with the right hand", "ducks"]),
        ("he throws a cross", ["throws a straight punch with the right hand"]),
        ("limps, the left leg hurts", ["limps with the left leg"]),
        ("He limps. Left leg is hurt.", ["limps with the left leg"]),
        ("walks with a sore right knee", ["limps with the right leg"]),
        ("a zombie! coming at me", ["walks forward"]),
        ("guard idle: looks left, looks right", ["looks left", "looks right"]),
        ("For my year 3 class: hop twice, then clap", ["hops", "claps"]),
        ("I need an idle for my hero, about 8 seconds, just standing around", ["stands around for 8.0 s"]),
        ("could somebody wave with the left hand?", ["waves with the left hand"]),
        ("takes five small steps and sits again", ["takes five small steps", "sits again"]),
        ("raises both arms, holds them there for three seconds, and brings them down",
         ["raises both arms", "lowers both arms"]),
        ("20 seconds running on the spot, 5 star jumps, touch your toes",
         ["runs on the spot for 20.0 s", "does 5 star jumps", "touches the toes"]),
        ("soldier marches ten paces, halts, faces right",
         ["marches ten paces", "stands still for 1.0 s", "turns to the right"]),
        ("hop on your left foot 3x and then on your right foot 5x",
         ["hops on the left foot", "hops on the right foot"]),
        ("lunge with the right leg, then the same with the left",
         ["lunges with the right leg", "lunges with the left leg"]),
        ("she strolls to a bench and has a seat", ["strolls to a bench", "sits down"]),
        ("jog for 5 seconds, walk for 4 seconds, jog again for 3",
         ["jogs for 5.0 s", "walks for 4.0 s", "jogs again for 3.0 s"]),
        ("he sits down, exhausted", ["sits down tiredly"]),
        ("a sad walk, head down, dragging the feet, and at the end he kicks a stone",
         ["walks sadly", "kicks a stone"]),
        ("stand on one leg (the right one)", ["stands on the right leg"]),
        ("my teacher says i have to animate someone opening a door and going through it",
         ["opens a door", "walks through it"]),
        ("my hero jumps and bows", ["jumps", "bows"]),
        ("idle, about 6 sec, shifting weight from one foot to the other",
         ["shifts weight from one foot to the other for 6.0 s"]),
        ("he ties his shoes... actually just have him stretch, then sit", ["stretches", "sits"]),
        ("T pose", ["t-poses"]),
        ("squats. 12. slow ones", ["squats slowly"]),
        ("walk backwords 3 steps", ["walks backwards 3 steps"]),
        ("marches on the spot for 8 counts", ["marches on the spot 8 steps"]),
        ("boxer: jab jab cross, duck", ["jabs", "jabs", "punches with the right hand", "ducks"]),
        ("wave, he spins around first", ["spins around", "waves"]),
        ("90 degree turn right, 3 steps, 90 degree turn right",
         ["turns right 90 degrees", "walks 3 steps", "turns right 90 degrees"]),
        ("Stroke rehab demo: raise the right arm, hold two seconds, lower it",
         ["raises the right arm", "lowers the right arm"]),
        ("before he sits down he looks left", ["looks left", "sits down"]),
        ("a single leg stand on the affected side (left), can you animate that", ["stands on the left leg"]),
        ("air guitar solo!!!", ["plays the air guitar"]),
        ("show me a squat? Five slow ones please.", ["squats slowly"]),
        ("She is dancing, after she is clapping", ["dances", "claps"]),
        ("a old man he walk slow and then sit on a chair", ["man walks slow", "man sits on a chair"]),
        ("person is tired. yawns, lies down", ["person yawns", "person lies down"]),
        ("man carry box, put down it", ["carries box", "puts it down"]),
        ("show how to do a squat? slow, three reps", ["squats slowly"]),
    ],
)  # fmt: skip
def test_first_messages(message: str, expected: list[str]) -> None:
    assert made(message) == expected


def test_what_is_not_understood_between_two_actions_parts_them_not() -> None:
    plan = reply("squat. blorble the wug. then jump")
    assert made("squat. blorble the wug. then jump") == ["squats", "jumps"]
    assert "blorble the wug" in plan.text


@pytest.mark.parametrize("message", ["a dog fetches a stick", "make my dog fetch a stick"])
def test_an_animal_is_told_from_a_person(message: str) -> None:
    plan = reply(message)
    assert not plan.calls and "dog" in plan.text


REPEATED = [on(1, "repeat", times=2), on(2, "mirror")]


@pytest.mark.parametrize(
    ("message", "parts", "expected"),
    [
        ("only make that last 2 seconds", "waves", [on(None, "duration", seconds=2.0)]),
        ("do eight of them", "squats", [become(1, "squats 8 times")]),
        ("make that 5 of them", "squats", [become(1, "squats 5 times")]),
        ("cut two", "squats | squats | squats | squats", [on(4, "delete"), on(3, "delete")]),
        ("lose one of them", "squats | squats", [on(2, "delete")]),
        ("whoops I meant stand up not sit down", "sits down | claps", [become(1, "stands up")]),
        ("scrap the last part and have him jump instead", "walks | ducks", [become(2, "jumps")]),
        ("I think the duck should be cut and he just jumps", "walks | ducks", [become(2, "jumps")]),
        ("drop the last jump and clap there instead", "jumps | waves | jumps", [become(3, "claps")]),
        ("same with the left arm after that", "raises the right arm", REPEATED),
        ("after this same thing on the left side", "lunges with the right leg", REPEATED),
        ("then do the same thing with his left arm", "raises the right arm", REPEATED),
        ("turn should be to the right instead, and only 45 degrees", "turns left | walks",
         [on(1, "mirror"), become(1, "turns right 45 degrees")]),
        ("second walk is supposed to go backward", "walks forward | waves | walks forward",
         [on(3, "replace", description="a person walks backward", seconds=2.0)]),
        ("hold the last pose four more seconds", "sits down",
         [on(None, "extend", seconds=4.0, hold=True)]),
        ("same kick, this time leftie", "kicks with the right leg", [on(None, "mirror")]),
        ("i'd rather he went backward", "walks forward",
         [on(1, "replace", description="a person walks backward", seconds=2.0)]),
        ("last jump -> backflip", "jumps | walks | jumps", [become(3, "backflips")]),
        ("stretch that to 7 meters, same pace", "walks 3 metres", [become(1, "walks 7 metres")]),
        ("too fast for my grandma, tone it down by 50 percent", "sits down", [on(None, "speed", factor=0.5)]),
        ("I don't like the second part, do it again differently", "walks | waves", [on(2, "regenerate")]),
        ("the turn shouldn't be there", "walks | turns around", [on(2, "delete")]),
        ("swap the order: the punch comes first", "kicks | punches", [on(None, "reorder", order=[2, 1])]),
        ("cut the resting part in half", "jumps | stands still", [on(2, "duration", seconds=1.0)]),
        ("give it a sad mood, head hanging", "walks",
         [on(1, "replace", description="a person walks sadly", seconds=2.0)]),
        ("finish it with a bow", "walks", [on(None, "insert", description="a person bows")]),
        ("veer to the left a bit at the end", "runs forward",
         [on(None, "insert", description="a person turns slightly left")]),
        ("then straight on for 3 more meters", "walks | turns right",
         [on(None, "insert", description="a person walks straight ahead for 3 meters")]),
        ("put it down again after", "picks up a box",
         [on(None, "insert", description="a person puts it down")]),
        ("he should look sad while walking", "walks | waves",
         [on(1, "replace", description="a person walks sadly", seconds=2.0)]),
        ("make him look tired", "walks",
         [on(1, "replace", description="a person walks tiredly", seconds=2.0)]),
        ("he must to pick up with left hand, not right", "picks up a box with the right hand",
         [on(None, "mirror")]),
        ("whole thing is too long, squeeze it into 4 seconds", "walks | waves",
         [on(None, "duration", seconds=4.0)]),
        ("knock harder, like police", "walks | knocks on a door",
         [become(2, "knocks on a door hard, like police")]),
        ("walk slower like an old man", "walks | waves", [become(1, "walks slowly like an old man")]),
        ("sry i meant 5 meters not 3", "walks 3 meters", [become(1, "walks 5 meters")]),
        ("keep the arm up for 4 more seconds at the end pls", "raises the right arm",
         [on(1, "extend", seconds=4.0, hold=True)]),
        ("thanks, now make it slower", "waves", [on(None, "speed", factor=0.667)]),
        ("one jump is enough", "jumps | jumps | sits down", [on(2, "delete")]),
        ("cut out the sitting and the getting up", "walks | sits down | stands up",
         [on(3, "delete"), on(2, "delete")]),
        ("afterwards she leaves to the right", "waves",
         [on(None, "insert", description="a person walks away to the right")]),
        ("put a salute there", "walks", [on(None, "insert", description="a person salutes")]),
    ],
)  # fmt: skip
def test_changes(message: str, parts: str, expected: list[dict[str, Any]]) -> None:
    assert changed(message, parts) == expected


def test_one_of_those_who_did_something_goes_on_alone() -> None:
    (first, _), (scene, call) = reply("a couple waves, then one of them bows").calls
    assert (first, scene, len(call["people"])) == ("compose_sequence", "arrange_scene", 2)


def test_two_who_go_towards_each_other_start_apart() -> None:
    [(tool, call)] = reply("two friends walk toward each other and bow").calls[-1:]
    assert (tool, [person["z"] for person in call["people"]]) == ("arrange_scene", [0, 4.0])


def test_a_way_that_is_bent_stays_about_as_long() -> None:
    [slow] = changed("curve it to the right", "walks forward")
    [fast] = changed("curve it to the right", "runs forward")
    assert all(point[0] <= 0 for point in slow["points"])
    assert fast["points"][-1][1] > 2 * slow["points"][-1][1] > 2


@pytest.mark.parametrize(
    ("message", "wide", "to_the_left"),
    [
        ("make the circle bigger", 4.8, True),
        ("bigger circle and clockwise", 4.8, False),
        ("smaller circle and go clockwise", 1.2, False),
        ("walk in a tighter circle", 1.2, True),
        ("counterclockwise please", 2.4, True),
    ],
)
def test_a_circle_that_is_wider_or_goes_the_other_way(message: str, wide: float, to_the_left: bool) -> None:
    [operation] = changed(message, "walks in a circle | waves")
    lefts = [point[0] for point in operation["points"]]
    assert (operation["op"], operation["segment"]) == ("path", 1)
    assert max(map(abs, lefts)) == pytest.approx(wide)
    assert (sum(lefts) > 0) == to_the_left


def test_the_other_way_is_said_of_the_circle_that_there_will_be() -> None:
    operations = changed("Other direction and a smaller circle.", "walks in a circle")
    assert [operation["op"] for operation in operations] == ["path", "mirror"]


def test_where_nobody_goes_in_a_circle_none_is_wider() -> None:
    assert not reply("bigger circle", "waves").calls


@pytest.mark.parametrize(
    "message",
    [
        "ok cool thanks",
        "great, nice",
        "ok cool",
        "haha brilliant, cheers!",
        "lovely, thanks a lot!",
        "sorry wrong window",
        "give him a limp",
    ],
)
def test_praise_changes_nothing(message: str) -> None:
    assert not reply(message, "jumps").calls


def test_a_number_that_somebody_counted_is_counted_again() -> None:
    plan = reply("I count only four jumps, can you check", "jumps | waves")
    assert [tool for tool, _ in plan.calls] == ["caption_motion"]


def test_a_part_has_no_name_and_a_name_no_order() -> None:
    assert not reply("call the second bit bighop", "walks | jumps").calls
    assert not reply("call the jump part 'leap'", "walks | jumps").calls
    plan = reply("call it intro and then make it slower", "walks")
    assert [tool for tool, _ in plan.calls] == ["name_motion", "edit_motion"]
    assert plan.calls[0][1]["name"] == "intro"


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("if I delete it can I get it back later?", "undo"),
        ("do you speak Spanish?", "English only"),
        ("in which languages can I write?", "English only"),
        ("can there be more than one person in it?", "several people"),
        ("list the parts", "a person jumps (2 to 4 s)"),
        ("is it possible to have fingers moving?", "no fingers"),
        ("it's my first time here", "motion"),
        ("can it do horses?", "no horses"),
    ],
)
def test_questions(message: str, told: str) -> None:
    plan = reply(message, "walks | jumps")
    assert told in plan.text and not plan.calls


def test_lengths_stay_with_their_own_part() -> None:
    assert made("5 seconds walking then 3 seconds waving") == ["walks for 5.0 s", "waves for 3.0 s"]


@pytest.mark.parametrize("word", ["haha", "ok", "thanks", "so much", "yes", "lovely"])
def test_praise_without_end_is_read_at_once(word: str) -> None:
    begun = perf_counter()
    reply(f"{word} " * 60 + "wave", "walks | jumps")
    assert perf_counter() - begun < 2.0


@pytest.mark.parametrize(
    ("message", "plain"),
    [
        ("do I have to make an account?", "do I have to make an account?"),
        ("crosses his arms", "crosses his arms"),
        ("jab, crosses the street", "jab, crosses the street"),
        ("trips at the end", "trips at the end"),
        ("long jump, 2.2 metres", "long jump, 2.2 metres"),
        ("1. walk, 2. jump, 3. sit down", "1. walk, 2. jump, 3. sit down"),
        ("1. walk forward. 2. wave. 3. bow", "1. walk forward. 2. wave. 3. bow"),
        ("a man hops on the left foot 3 times, then on the right",) * 2,
        ("stand on the left leg for 5 seconds and then on the right",) * 2,
        ("make him leave",) * 2,
        ("the man leaves the room",) * 2,
        ("walk up to someone he knows and hug them",) * 2,
        ("a person hugs a man he likes",) * 2,
        ("the woman she loves waves",) * 2,
        ("she jumps and I need to make an audience clap",) * 2,
        ("do a balance exercise",) * 2,
        ("I see 2 jumps, make it 3",) * 2,
        ("raise the left arm, walk to the table, pick up the cup and put it down",) * 2,
        ("make it a bit slower, he waves first",) * 2,
        ("it looks like 3 men",) * 2,
        ("he should stay seated",) * 2,
        ("a man sits down and should stay seated for 3 seconds",) * 2,
        ("repeat it 3 times",) * 2,
        ("3 sets of jumping jacks",) * 2,
        ("repeat it 3 times with pauses",) * 2,
        ("don't repeat it 3 times with a pause in between",) * 2,
        ("make it slower and repeat it 3 times with a pause in between",) * 2,
        ("make him stay on the ground for 3 seconds",) * 2,
        ("three times on the first step he stumbles",) * 2,
        ("walk backwards",) * 2,
        ("can I have a jump?",) * 2,
        ("haha that is good",) * 2,
        ("he looks too sad",) * 2,
        ("step in place",) * 2,
        ("a person dances the cancan with pompoms",) * 2,
        ("a man takes a step in",) * 2,
        ("he goes away from the door",) * 2,
        ("he sits there exhausted",) * 2,
        ("head down",) * 2,
        ("the right arm raises",) * 2,
        ("my students like it, make it slower",) * 2,
    ],
)
def test_what_only_looks_like_one_stays(message: str, plain: str) -> None:
    assert said_plainly(message) == plain


@pytest.mark.parametrize(
    ("message", "plain"),
    [
        ("he should stay seated like 3 sec before getting up", "hold the sitting for 3 sec"),
        (
            "let her stay on her knees for two seconds before standing up again",
            "hold the kneeling for two seconds",
        ),
        ("walk for like 4 seconds", "walk for about 4 seconds"),
        (
            "have the patient repeat this 6 times with a short pause each time",
            "add a pause of 1 seconds at the end and then repeat everything 6 times",
        ),
        (
            "repeat it twice with a 2 second pause in between",
            "add a pause of 2 seconds at the end and then repeat everything 2 times",
        ),
        ("10 reps of the first exercise", "do the first part 10 times"),
        ("jumpjumpjump", "jump, jump, jump"),
        ("flip it so it's the left leg", "do it with the left leg"),
        ("wrong way!! should be a right turn", "the turn should be to the right"),
        ("My students can't follow this, take the push ups at half speed", "play the push-ups at half speed"),
        ("replace what he does at the end by reading a book", "replace the last part with reading a book"),
        ("remove what he does at the end", "remove the last part"),
        ("Right arm raise to shoulder height", "raise the Right arm to shoulder height"),
        ("explodes into a sprint, slows to a jog", "sprints, jogs"),
        ("play everything backward", "reverse everything"),
        ("he look too sad, i want more happy walk", "make the walk happy"),
        ("let's call it intro", "call it intro"),
        ("push ups. 12. fast", "push-ups, 12 times, quickly"),
        ("scratch head, shrug", "scratch the head, shrug"),
        (
            "left arm raised sideways, held five seconds, lowered",
            "raise the left arm sideways, hold it for five seconds, lower the left arm",
        ),
        ("both arms raised", "raise both arms"),
        ("collapse on the ground exhausted", "collapse on the ground tiredly"),
        (
            "swap out the walk for skipping, and the bow for a curtsy",
            "replace the walk with skipping and replace the bow with a curtsy",
        ),
        ("change no. 2 into a forward roll", "change part 2 into a forward roll"),
        ("can he stay seated for like 5 seconds before he gets up?", "hold the sitting for 5 seconds"),
        ("can i have the bvh?", "save it as bvh"),
    ],
)
def test_turns_of_phrase_that_are_said_otherwise(message: str, plain: str) -> None:
    assert said_plainly(message) == plain


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("he jumps", True),
        ("make him do a jump", True),
        ("a person jumps", False),
        ("start over: he jumps", False),
        ("then he jumps", False),
        ("make it slower", False),
    ],
)
def test_a_motion_that_takes_the_place_of_another_is_told(message: str, told: bool) -> None:
    assert ("This is a new motion" in " ".join(filter(None, reply(message, "walks | claps").remarks))) == told


@pytest.mark.parametrize(
    ("message", "parts", "told"),
    [
        ("deeper squats, and only 4", "does 5 squats", "cannot be set afterwards"),
        ("a man and a woman dance face to face", "", ""),
        ("a salesman shakes hands with a customer, they stand face to face", "", "I show one person"),
        ("waltz with a partner", "", "I show one person"),
        ("a walk of 4 seconds, loop it", "", "A loop is one cycle long"),
    ],
)
def test_what_cannot_be_shown_is_told(message: str, parts: str, told: str) -> None:
    assert told in " ".join(filter(None, reply(message, parts).remarks))


def test_more_than_there_is_is_not_cut_off() -> None:
    assert unmet.uncut([Edit("keep", amount=9.0, place="start")], 4.0) == [
        "It lasts 4 s only, so nothing is cut off."
    ]
    assert not unmet.uncut([Edit("keep", amount=3.0, place="start")], 4.0)
