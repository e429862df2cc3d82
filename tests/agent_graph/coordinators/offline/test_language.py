"""Reading requests: from sentences to actions and directives, without a thread."""

from __future__ import annotations

import pytest
from motion_agent.agent_graph.coordinators.offline.rules.reading import MAX_CHARACTERS, read_message
from motion_agent.agent_graph.coordinators.offline.sentences.clauses import read_actions
from motion_agent.agent_graph.coordinators.offline.sentences.grammar import Verbs
from motion_agent.agent_graph.coordinators.offline.sentences.requests import (
    Again,
    Describe,
    Edit,
    Export,
    Forbid,
    Intent,
    ListMotions,
    Make,
    NameIt,
    Question,
    Scene,
    Social,
    Travel,
    Unable,
    Unclear,
)
from motion_agent.agent_graph.coordinators.offline.sentences.text import clean, sentences

REPERTOIRE = [
    "walk", "sit down", "jumping jacks", "cartwheel", "turn left", "arm circles", "mop floor", "kneel",
    "squat", "side stretch", "hold out hands", "wave", "jump", "bow",
]  # fmt: skip
LEXICON = Verbs(REPERTOIRE)


def told(text: str) -> list[str]:
    """The actions a text asks for, compactly: 'a person jumps x2 @3'."""
    found = [
        action for sentence in sentences(clean(text)) for action in read_actions(sentence, LEXICON).actions
    ]
    return [
        action.description
        + (f" x{action.times}" if action.times > 1 else "")
        + (f" @{action.seconds:g}" if action.seconds else "")
        + (" NOT" if action.negated else "")
        for action in found
    ]


ACTIONS = [
    ("a person walks forward", ["a person walks forward"]),
    ("make someone sit down", ["a person sits down"]),
    ("can you show me a cartwheel?", ["a person does a cartwheel"]),
    ("I'd like a man waving with his left hand", ["a person waves with his left hand"]),
    ("jump!", ["a person jumps"]),
    ("JUMP", ["a person jumps"]),
    ("make him jump", ["a person jumps"]),
    ("there is a person jumping", ["a person jumps"]),
    ("the person should raise both arms", ["a person raises both arms"]),
    ("I want to see a man who is kneeling down", ["a person kneels down"]),
    ("generate a motion of a person running in a circle", ["a person runs in a circle"]),
    ("please create an animation where somebody is dancing happily", ["a person dances happily"]),
    ("let's have a person dance", ["a person dances"]),
    ("give me a wave", ["a person waves"]),
    ("a quick walk forward", ["a person walks forward quickly"]),
    ("a high kick with the left leg", ["a person does a high kick with the left leg"]),
    ("do two squats", ["a person squats x2"]),
    ("ten jumping jacks", ["a person does ten jumping jacks"]),
    ("show me someone doing jumping jacks", ["a person does jumping jacks"]),
    ("a woman dances ballet", ["a person dances ballet"]),
    ("take three steps forward", ["a person takes three steps forward"]),
    ("John walks", ["a person walks"]),
    ("an old man walks slowly", ["an old man walks slowly"]),
    ("a bear turns right", ["a bear turns right"]),
    ("a person flibbers", ["a person flibbers"]),
    ("get up", ["a person gets up"]),
    ("play the guitar", ["a person plays the guitar"]),
    ("arm circles", ["a person does arm circles"]),
    ("a dancer steps back and turns", ["a dancer steps back", "a dancer turns"]),
    ("put your hands up", ["a person puts the hands up"]),
    ("a person in a chair stands up", ["a person in a chair stands up"]),
    ("walk forward, then turn around and then wave",
     ["a person walks forward", "a person turns around", "a person waves"]),
    ("first walk, next jump, finally bow", ["a person walks", "a person jumps", "a person bows"]),
    ("walk; jump; wave", ["a person walks", "a person jumps", "a person waves"]),
    ("walk -> jump → wave", ["a person walks", "a person jumps", "a person waves"]),
    ("1. walk\n2. jump\n3. wave", ["a person walks", "a person jumps", "a person waves"]),
    ("- walk\n- jump", ["a person walks", "a person jumps"]),
    ("walk forward\nturn left", ["a person walks forward", "a person turns left"]),
    ("a person walks before sitting down", ["a person walks", "a person sits down"]),
    ("a person sits down after walking forward", ["a person walks forward", "a person sits down"]),
    ("after walking forward, he sits down", ["a person walks forward", "a person sits down"]),
    ("a person walks forward followed by a jump", ["a person walks forward", "a person jumps"]),
    ("walk and jump", ["a person walks", "a person jumps"]),
    ("a person is walking and waving", ["a person walks", "a person waves"]),
    ("the man walked forward and sat down", ["a person walks forward", "a person sits down"]),
    ("do a jump and a spin", ["a person jumps", "a person spins"]),
    ("run and slow down", ["a person runs", "a person slows down"]),
    ("a person walks to the left, picks up a box and throws it",
     ["a person walks to the left", "a person picks up a box", "a person throws it"]),
    ("A person walks forward. Then they turn around. Finally they wave.",
     ["a person walks forward", "a person turns around", "a person waves"]),
    ("a person slowly walks forward and then quickly runs",
     ["a person slowly walks forward", "a person quickly runs"]),
    ("quick wave with left hand", ["a person waves quickly with left hand"]),
    ("slow squats, then lazy stretching", ["a person squats slowly", "a person stretches lazily"]),
    ("a long bow and a brief wave", ["a person bows @6", "a person waves @1.5"]),
    ("small jump, big jump", ["a person does a small jump", "a person does a big jump"]),
    ("ten squats, slow ones", ["a person squats slowly x10"]),
    ("jumping jacks, 10 of them", ["a person does jumping jacks x10"]),
    ("a walking man stops", ["a person walks", "a person stands still @1"]),
    ("a sitting man waves", ["a person sits and waves at the same time"]),
    ("walk 3 m, wait for 4 seconds, wave",
     ["a person walks 3 m", "a person stands still @4", "a person waves"]),
    ("run, take a short break and stop dead",
     ["a person runs", "a person stands still @1", "a person stands still @1"]),
    ("a person rests the head on the hand", ["a person rests the head on the hand"]),
    ("walk for 4 seconds, turn around, carry on for 3 more seconds",
     ["a person walks @4", "a person turns around", "a person walks @3"]),
    ("walk 5 steps, turn, walk 3 more",
     ["a person walks 5 steps", "a person turns", "a person walks 3 steps"]),
    ("hands up, hands down", ["a person raises both hands", "a person lowers both hands"]),
    ("walk forward, slowly, and stop", ["a person walks forward slowly", "a person stands still @1"]),
    ("a person walks forward while waving", ["a person walks forward while waving"]),
    ("while walking forward, a person waves", ["a person waves while walking forward"]),
    ("a person walks forward and waves at the same time",
     ["a person walks forward and waves at the same time"]),
    ("walk and wave at the same time", ["a person walks and waves at the same time"]),
    ("walk forward and left", ["a person walks forward and left"]),
    ("a person raises arms and legs", ["a person raises arms and legs"]),
    ("a person throws punches and kicks", ["a person throws punches and kicks"]),
    ("a person reaches up and down", ["a person reaches up and down"]),
    ("walk for 3 seconds", ["a person walks @3"]),
    ("a 5 second walk", ["a person walks @5"]),
    ("jump for half a minute", ["a person jumps @30"]),
    ("walk 10s", ["a person walks @10"]),
    ("walk for 3 s, then jump for two and a half seconds", ["a person walks @3", "a person jumps @2.5"]),
    ("walk, jump and wave, 2 seconds each", ["a person walks @2", "a person jumps @2", "a person waves @2"]),
    ("jump twice", ["a person jumps x2"]),
    ("a person punches three times", ["a person punches x3"]),
    ("walk but don't jump", ["a person walks", "a person jumps NOT"]),
    ("a person stands and drinks", ["a person stands and drinks at the same time"]),
    ("stand on one leg for 8 seconds, then switch legs",
     ["a person stands on one leg @8", "a person stands on the other leg @8"]),
    ("kick with the left leg, then the other side",
     ["a person kicks with the left leg", "a person kicks with the right leg"]),
    ("4 steps back, then 2 to the left", ["a person steps back x4", "a person steps to the left x2"]),
    ("3 steps forward, turn 180, 3 steps back",
     ["a person steps forward x3", "a person turns 180", "a person steps back x3"]),
    ("a person walks but the arms don't swing", ["a person walks with the arms still"]),
    ("five slow squats with the arms up", ["a person squats slowly with the arms up x5"]),
    ("asdf qwer", []),
    ("eine Person geht vorwärts", []),
    ("what is the capital of France?", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ACTIONS, ids=[text for text, _ in ACTIONS])
def test_actions(text: str, expected: list[str]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "actions", "unclear"),
    [
        ("a person walks, then zorbs, then sits down", ["a person walks", "a person sits down"], ["zorbs"]),
        (
            "a person waves, flarps the dog and jumps",
            ["a person waves", "a person jumps"],
            ["flarps the dog"],
        ),
        ("first squatting, then walking", ["a person squats", "a person walks"], []),
        ("squatting down twice", ["a person squats down"], []),
        ("he spread his arms then slept", ["a person spreads his arms", "a person sleeps"], []),
        ("a person found a ball and kicked it", ["a person finds a ball", "a person kicks it"], []),
        ("a person caught a ball", ["a person catches a ball"], []),
        ("walk, then for 3 seconds", ["a person walks"], ["for 3 seconds"]),
        ("zorbing. Then walk", ["a person walks"], ["zorbing"]),
        ("three variations of zorbing then walk", ["a person walks"], ["zorbing"]),
        ("walk, then thanks", ["a person walks"], []),
        ("walk, then please", ["a person walks"], []),
        ("a person, then walk", ["a person walks"], []),
        ("walk, then a person", ["a person walks"], ["a person"]),
    ],
)
def test_every_clause_is_made_or_said_to_be_left_out(
    text: str, actions: list[str], unclear: list[str]
) -> None:
    make, *others = read_message(text, LEXICON)
    assert isinstance(make, Make)
    assert [action.description for action in make.actions] == actions
    assert others == [Unclear(words, beside=True) for words in unclear]


def test_a_pose_is_kept_after_its_action() -> None:
    lift, bow = read_actions("raise the left arm and hold it for 3 seconds, then bow", LEXICON).actions
    assert (lift.description, lift.held) == ("a person raises the left arm", 3.0)
    assert (bow.description, bow.held) == ("a person bows", None)


@pytest.mark.parametrize(
    ("text", "who", "made"),
    [
        ("a dog runs and barks", "a dog", []),
        ("make the horse gallop", "a horse", []),
        ("a person walks and a cat follows", "a cat", ["a person walks"]),
    ],
)
def test_what_is_no_human_is_refused_and_the_rest_is_made(text: str, who: str, made: list[str]) -> None:
    *others, unable = read_message(text, LEXICON)
    assert isinstance(unable, Unable) and unable.what == who
    assert [a.description for other in others if isinstance(other, Make) for a in other.actions] == made


@pytest.mark.parametrize("text", ["a person walks a dog", "do a bear crawl", "walk like a cat"])
def test_an_animal_that_does_not_move_by_itself_is_no_hindrance(text: str) -> None:
    assert all(isinstance(request, Make) for request in read_message(text, LEXICON))


def test_what_nobody_understands_is_quoted_whole() -> None:
    assert read_message("asdf qwer. zorb the moon", LEXICON) == [Unclear("asdf qwer. zorb the moon")]


def test_a_scene_says_what_it_leaves_out() -> None:
    scene, *others = read_message("two people: one waves and zorbs, the other bows", LEXICON)
    assert isinstance(scene, Scene)
    assert [[action.description for action in person] for person in scene.people] == [
        ["a person waves"],
        ["a person bows"],
    ]
    assert others == [Unclear("zorbs", beside=True)]


def test_what_no_edit_can_do_is_left_out_aloud() -> None:
    edit, unclear = read_message("replace the second part with a bow then zorbing", LEXICON)
    assert isinstance(edit, Edit)
    assert [action.description for action in edit.actions] == ["a person bows"]
    assert unclear == Unclear("then zorbing", beside=True)


def test_a_purpose_beside_an_action_keeps_the_action() -> None:
    [make] = read_message("a person walks and then is tired", LEXICON)
    assert isinstance(make, Make)
    assert [action.description for action in make.actions] == [
        "a person walks",
        "a person walks slowly",
        "a person sits down",
    ]
    assert "tiredness" in make.remark


def _part_edit(kind: str, part: str, **fields: object) -> Edit:
    return Edit(kind, part, **fields)  # type: ignore[arg-type]


DIRECTIVES: list[tuple[str, Intent]] = [
    ("make it longer", Edit("longer", amount=-1.5)),
    ("make it a bit shorter", Edit("shorter", amount=-1.2)),
    ("make it 2 seconds longer", Edit("longer", amount=2.0)),
    ("make it 8 seconds long", Edit("duration", amount=8.0)),
    ("it should last 8 seconds", Edit("duration", amount=8.0)),
    ("make the second part longer", _part_edit("longer", "the second part", amount=-1.5)),
    ("remove the last part", _part_edit("delete", "the last part")),
    ("delete part 2", _part_edit("delete", "part 2")),
    ("repeat the wave", _part_edit("repeat", "the wave", amount=2.0)),
    ("repeat it 3 times", Edit("repeat", amount=3.0)),
    ("repeat the wave twice more", _part_edit("repeat", "the wave", amount=3.0)),
    ("swap the first two parts", _part_edit("swap", "the first 2 parts")),
    ("mirror it", Edit("mirror")),
    ("slow it down", Edit("speed", amount=0.667)),
    ("slower", Edit("speed", amount=0.667)),
    ("faster", Edit("speed", amount=1.5)),
    ("make it twice as fast", Edit("speed", amount=2.0)),
    ("make it 20% faster", Edit("speed", amount=1.2)),
    ("trim the first second", Edit("trim", amount=1.0, place="start")),
    ("cut off the last 2 seconds", Edit("trim", amount=2.0, place="end")),
    ("trim it to 4 seconds", Edit("keep", amount=4.0, place="start")),
    ("keep only the first 3 seconds", Edit("keep", amount=3.0, place="start")),
    ("redo the second part", _part_edit("regenerate", "the second part")),
    ("move the jump to the end", _part_edit("move", "the jump")),
    ("another one", Again()),
    ("again but different", Again()),
    ("try again with seed 7", Again(seed=7)),
    ("three variations", Again(count=3)),
    ("what is the person doing?", Describe()),
    ("describe it", Describe()),
    ("what is in walk.bvh?", Describe(path="walk.bvh")),
    ('describe "my dir/walk one.bvh"', Describe(path="my dir/walk one.bvh")),
    ("what is in walk.gltf?", Describe(path="walk.gltf")),
    (
        "what is the person in walk.bvh doing? it is at 60 fps",
        Describe(path="walk.bvh", how=(("fps", 60.0),)),
    ),
    ("what does the person in walk.bvh do?", Describe(path="walk.bvh")),
    ("open walk.fbx", Describe(path="walk.fbx")),
    ("describe walk.npy, z is up", Describe(path="walk.npy", how=(("up", "z"),))),
    (
        "what does the second person in duet.glb do? It was recorded at 120 frames per second with -y up.",
        Describe(path="duet.glb", how=(("person", 2), ("fps", 120.0), ("up", "-y"))),
    ),
    (
        "describe person 3 of results.npy (30 Hz)",
        Describe(path="results.npy", how=(("person", 3), ("fps", 30.0))),
    ),
    ("Briefly explain the possible scenarios for this motion.", Describe(interpret=True)),
    ("how many parts does it have?", Question("parts")),
    ("what can you do?", Question("abilities")),
    ("help", Question("abilities")),
    ("list motions", ListMotions()),
    ("call this my greeting", NameIt("greeting")),
    ("call it Big Wave", NameIt("Big Wave")),
    ("undo", Travel("undo")),
    ("redo", Travel("redo")),
    ("go back to the version before the jump", Travel("restore", "the jump", before=True)),
    ("save it as bvh and glb", Export(("bvh", "glb"))),
    ("export", Export()),
    ("export the greeting as gif, mp4 and html", Export(("gif", "mp4", "html"), "the greeting")),
    ("gimme a bvh", Export(("bvh",))),
    ("thanks", Social("thanks")),
    ("hello", Social("hello")),
]


@pytest.mark.parametrize(("text", "expected"), DIRECTIVES, ids=[text for text, _ in DIRECTIVES])
def test_directives(text: str, expected: Intent) -> None:
    [request] = read_message(text, LEXICON)
    said = {"said": request.said} if isinstance(request, Edit) else {}
    assert request == (type(expected)(**{**vars(expected), **said}))


@pytest.mark.parametrize(
    ("text", "kind", "place", "anchor"),
    [
        ("add a bow at the end", "insert", "end", ""),
        ("insert a bow before the jump", "insert", "before", "the jump"),
        ("put a bow after the wave", "insert", "after", "the wave"),
        ("replace the second part with a bow", "replace", "end", ""),
        ("instead of the jump, do a bow", "replace", "end", ""),
        ("make the second part a bow", "replace", "end", ""),
        ("turn the jump into a bow", "replace", "end", ""),
    ],
)
def test_edits_that_bring_something_in(text: str, kind: str, place: str, anchor: str) -> None:
    [edit] = read_message(text, LEXICON)
    assert isinstance(edit, Edit)
    assert (edit.kind, edit.place, edit.anchor) == (kind, place, anchor)
    assert [action.description for action in edit.actions] == ["a person bows"]


@pytest.mark.parametrize(
    "text",
    ["walk forward and go back", "a person repeats a wave", "walk faster", "make a person jump higher"],
)
def test_movements_that_sound_like_directives_stay_movements(text: str) -> None:
    [request] = read_message(text, LEXICON)
    assert isinstance(request, Make)


def test_several_wishes_in_one_message() -> None:
    text = "make a person jump and call it hop, then save it as bvh and glb"
    make, export = read_message(text, LEXICON)
    assert isinstance(make, Make)
    assert make.name == "hop"
    assert export == Export(("bvh", "glb"))


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("walk, turn and wave in 12 seconds altogether", 12),
        ("A person walks. The whole thing should take 12 seconds.", 12),
        ("a 10 second sequence of walking and jumping", 10),
        ("a motion of 10 seconds: walk, jump and wave", 10),
    ],
)
def test_a_length_for_the_whole(text: str, total: float) -> None:
    [make] = read_message(text, LEXICON)
    assert isinstance(make, Make)
    assert make.total == total
    assert all(action.seconds is None for action in make.actions)


def test_seed_and_variants() -> None:
    assert read_message("a person waves with seed 7", LEXICON)[0].seed == 7  # type: ignore[union-attr]
    assert read_message("three variations of a person waving", LEXICON)[0].variants == 3  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "arrangement", "distance", "people"),
    [
        ("two people: one waves, the other bows, facing each other", "facing", 1, [["waves"], ["bows"]]),
        ("a man waves while a woman bows", "facing", 1, [["waves"], ["bows"]]),
        ("two people dance", "side by side", 1, [["dances"], ["dances"]]),
        ("two people shake hands", "facing", 1, [["shakes hands"]] * 2),
        ("three people wave in a row, 2 m apart", "side by side", 2, [["waves"]] * 3),
        (
            "two people, one walking and then waving, the other bowing",
            "facing",
            1,
            [["walks", "waves"], ["bows"]],
        ),
        (
            "two people stand back to back, one waves and the other bows",
            "back to back",
            1,
            [["waves"], ["bows"]],
        ),
    ],
)
def test_scenes(text: str, arrangement: str, distance: float, people: list[list[str]]) -> None:
    [scene] = read_message(text, LEXICON)
    assert isinstance(scene, Scene)
    assert (scene.arrangement, scene.distance) == (arrangement, distance)
    said = [[action.description.removeprefix("a person ") for action in person] for person in scene.people]
    assert said == people


def test_abstract_requests_use_known_actions_and_say_so() -> None:
    [make] = read_message("a person proposes marriage", LEXICON)
    assert isinstance(make, Make)
    assert [action.description for action in make.actions][1] == "a person kneels down"
    assert "kneels down" in make.remark


def test_abstract_requests_leave_out_what_the_repertoire_lacks() -> None:
    [make] = read_message("a person does a morning workout", Verbs(["squat", "walk"]))
    assert isinstance(make, Make)
    assert [action.description for action in make.actions] == ["a person squats"]


@pytest.mark.parametrize(
    "text", ["", "   ", "🙂🙂", "asdf", "what is the capital of France?", "走る", "x" * (MAX_CHARACTERS + 1)]
)
def test_what_is_not_understood_is_unclear(text: str) -> None:
    [request] = read_message(text, LEXICON)
    assert isinstance(request, Unclear)


def test_a_message_that_is_too_long_is_not_read() -> None:
    filler = "a person walks. " * (MAX_CHARACTERS // 16)
    assert isinstance(read_message(filler, LEXICON)[0], Make)
    [request] = read_message(f"{filler}{filler}", LEXICON)
    assert isinstance(request, Unclear)


def test_what_is_left_out_because_it_is_forbidden_is_told() -> None:
    [make] = read_message("walk but don't jump", LEXICON)
    assert isinstance(make, Make)
    assert [action.description for action in make.actions] == ["a person walks"]
    assert make.remark.startswith("I leave out what should not happen (jump")
    [plain] = read_message("walk", LEXICON)
    assert isinstance(plain, Make) and not plain.remark


def test_only_what_not_to_do() -> None:
    [request] = read_message("don't jump", LEXICON)
    assert isinstance(request, Forbid)


@pytest.mark.parametrize("text", ["then jump", "and then a jump", "after that, he jumps", "also jump"])
def test_going_on_from_the_current_motion(text: str) -> None:
    [make] = read_message(text, LEXICON)
    assert isinstance(make, Make)
    assert make.continues


def test_who_rests_in_a_low_pose_keeps_it() -> None:
    """The pose before the rest is held, whatever it is called; what comes later starts from it."""
    read = read_actions("sit down on the floor, then wait 5 seconds, get back up", LEXICON)
    assert [(action.description, action.held) for action in read.actions] == [
        ("a person sits down on the floor", 5.0),
        ("a person gets back up", None),
    ]
