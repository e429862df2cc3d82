"""Everyday ways to change what is there: figures, sides, pauses, poses, paths, the way back, halves."""

from __future__ import annotations

from typing import Any

import pytest
from motion_agent.agent_graph.coordinators.offline.deciding import decide
from motion_agent.agent_graph.coordinators.offline.dialogue import KnownMotion, Thread
from motion_agent.agent_graph.coordinators.offline.overlays.shapes import points
from motion_agent.agent_graph.coordinators.offline.overlays.way_back import way_back
from motion_agent.agent_graph.coordinators.offline.rules.rephrasing import rephrased
from motion_agent.agent_graph.coordinators.offline.sentences.grammar import Verbs
from motion_agent.tools.schemas import Trail
from motion_agent.tools.toolbox import TOOLS

VERBS = Verbs()


def version(name: str, said: str, seconds: float = 2.0) -> KnownMotion:
    """A motion "walks forward | waves" whose parts last so long each."""
    parts = tuple((f"a person {text}", seconds) for text in said.split(" | "))
    return KnownMotion(name, "", ", then ".join(text for text, _ in parts), seconds * len(parts), parts)


def planned(request: str, *versions: KnownMotion | str) -> list[dict[str, Any]]:
    """The operations of the one edit that is planned for the last of some versions."""
    known = [version(f"m{n}", said) if isinstance(said, str) else said for n, said in enumerate(versions, 1)]
    trail = Trail(past=tuple(clip.id for clip in known))
    thread = Thread(request, {clip.id: clip for clip in known}, known[-1].id, trail=trail)
    plan = decide(thread, VERBS, set(TOOLS), learned=False)
    assert [tool for tool, _ in plan.calls] == ["edit_motion"], plan
    return plan.calls[0][1]["operations"]


def on(segment: int | None, op: str, **fields: Any) -> dict[str, Any]:
    return {"op": op, **({} if segment is None else {"segment": segment}), **fields}


def become(segment: int, description: str, seconds: float | None = 2.0) -> dict[str, Any]:
    lasting = {} if seconds is None else {"seconds": seconds}
    return on(segment, "replace", description=f"a person {description}", **lasting)


@pytest.mark.parametrize(
    ("request_", "parts", "operation"),
    [
        ("too short, i wanted 6 metres", "walks 3 metres", become(1, "walks 6 metres", None)),
        ("not far enough, i asked for 6 m", "walks 3 metres", become(1, "walks 6 metres", None)),
        (
            "the walk is too short, i wanted 6 metres",
            "walks 3 metres | jumps",
            become(1, "walks 6 metres", None),
        ),
        ("too short, i wanted 6 seconds", "walks", on(None, "duration", seconds=6.0)),
        ("too far, 2 metres is plenty", "walks 5 metres", become(1, "walks 2 metres", None)),
    ],
)
def test_why_and_what_was_wanted(request_: str, parts: str, operation: dict[str, Any]) -> None:
    assert planned(request_, parts) == [operation]


@pytest.mark.parametrize(
    ("request_", "factor"),
    [
        ("speed x2", 2.0),
        ("x2 speed", 2.0),
        ("play it at 2x", 2.0),
        ("0.5x speed", 0.5),
        ("speed x1.5", 1.5),
        ("speed it up by a factor of 3", 3.0),
        ("slow it down by a factor of 2", 0.5),
        ("150% speed", 1.5),
        ("at 80% of the original speed", 0.8),
        ("exactly the same but slower", 0.667),
    ],
)
def test_a_pace_in_figures(request_: str, factor: float) -> None:
    assert planned(request_, "walks") == [on(None, "speed", factor=factor)]


@pytest.mark.parametrize("words", ["speed x2 on the jump", "the jump at 2x", "make the jump 2x faster"])
def test_a_pace_of_one_part(words: str) -> None:
    assert planned(words, "walks | jumps") == [on(2, "speed", factor=2.0)]


@pytest.mark.parametrize(
    ("request_", "parts", "operation"),
    [
        (
            "let her stay sat like that for another 5 seconds at the end",
            "sits down | crosses the arms",
            (2, 5),
        ),
        ("stay sitting for 5 more seconds", "sits down | stands up", (1, 5)),
        ("have him stay seated for 5 seconds before standing up", "sits down | stands up", (1, 5)),
        ("keep the arm up for 3 seconds longer", "walks | raises the right arm", (2, 3)),
    ],
)
def test_a_pose_is_kept_where_it_is_held(request_: str, parts: str, operation: tuple[int, float]) -> None:
    segment, seconds = operation
    assert planned(request_, parts) == [on(segment, "extend", seconds=seconds, hold=True)]


@pytest.mark.parametrize(
    ("request_", "position", "seconds"),
    [
        ("put a little pause of 2 seconds in right before the turn", 2, 2.0),
        ("short break between the walk and the turn", 2, 1.0),
        ("add a 2 second pause before the turn", 2, 2.0),
        ("stick a pause in at the end, 2 seconds", None, 2.0),
        ("a beat at the start please", 1, 1.0),
    ],
)
def test_pauses(request_: str, position: int | None, seconds: float) -> None:
    at = {} if position is None else {"position": position}
    still = {"op": "insert", **at, "description": "a person stands still", "seconds": seconds}
    assert planned(request_, "walks forward | turns left") == [still]


@pytest.mark.parametrize(
    ("request_", "parts", "operation"),
    [
        ("same thing but lefty", "throws with the right hand", on(None, "mirror")),
        ("left-handed version", "throws", become(1, "throws with the left hand")),
        ("should be a right turn, my bad", "walks | turns left", on(2, "mirror")),
        ("it was supposed to be a right turn", "walks | turns left", on(2, "mirror")),
        ("make it a right kick", "walks | kicks with the left leg", on(2, "mirror")),
        ("arms, plural. both of them up", "raises the right arm", become(1, "raises both arms")),
        ("i said arms, not arm", "raises the right arm", become(1, "raises both arms")),
        ("use two hands", "waves with the right hand", become(1, "waves with both hands")),
    ],
)
def test_sides_that_were_meant(request_: str, parts: str, operation: dict[str, Any]) -> None:
    assert planned(request_, parts) == [operation]


@pytest.mark.parametrize(
    "words",
    [
        "can he wave while he's walking rather than after",
        "have him wave during the walk instead of after it",
        "he should wave as he walks",
        "combine the walk and the wave",
    ],
)
def test_two_parts_that_happen_at_once(words: str) -> None:
    assert [step["op"] for step in planned(words, "walks forward | waves")] == ["replace", "limb", "delete"]


@pytest.mark.parametrize(
    "words",
    [
        "hmm, too slow now. somewhere in the middle",
        "half way back please",
        "go halfway between this and the last one",
        "split the difference",
    ],
)
def test_halfway_between_two_versions(words: str) -> None:
    [step] = planned(words, "walks", version("m2", "walks", 4.0))
    assert step == on(1, "speed", factor=1.333)  # 4 s become 3 s, between 2 s and 4 s


def test_nothing_lies_between_versions_that_do_other_things() -> None:
    known = [version("m1", "walks"), version("m2", "walks | waves")]
    thread = Thread(
        "somewhere in between", {clip.id: clip for clip in known}, "m2", trail=Trail(past=("m1", "m2"))
    )
    plan = decide(thread, VERBS, set(TOOLS), learned=False)
    assert not plan.calls


@pytest.mark.parametrize(
    ("words", "side"),
    [
        ("have the path curve gently to the left", 1),
        ("make him walk in a gentle curve to the right", -1),
        ("let him veer off to the left", 1),
        ("bend the path to the right", -1),
    ],
)
def test_a_path_that_curves(words: str, side: int) -> None:
    [step] = planned(words, "walks forward")
    assert step["op"] == "path" and all(left * side > 0 and ahead > 0 for left, ahead in step["points"])
    assert points("left curve", 1.0) == [[-left, ahead] for left, ahead in points("right curve", 1.0)]


@pytest.mark.parametrize(
    ("request_", "parts", "operations"),
    [
        (
            "split the walk: half of it before the jump and half after",
            "walks 4 metres | jumps",
            [
                become(1, "walks 2 metres", 1.0),
                {"op": "insert", "position": 3, "description": "a person walks 2 metres", "seconds": 1.0},
            ],
        ),
        (
            "put half of the walk after the jump",
            "walks | jumps",
            [
                become(1, "walks", 1.0),
                {"op": "insert", "position": 3, "description": "a person walks", "seconds": 1.0},
            ],
        ),
    ],
)
def test_halves_of_a_part(request_: str, parts: str, operations: list[dict[str, Any]]) -> None:
    assert planned(request_, parts) == operations


@pytest.mark.parametrize(
    ("parts", "way"),
    [
        ("walks 3 metres", ["turns around", "walks 3 metres"]),
        ("walks 3 metres | turns around", ["walks 3 metres"]),
        ("walks 3 metres | waves", ["turns around", "walks 3 metres"]),
        ("walks 3 metres | turns left | walks 4 metres", ["turns 143 degrees to the left", "walks 5 metres"]),
        ("walks forward", ["turns around", "walks forward"]),
        ("walks forward | runs forward", []),
        ("walks in a circle", []),
        ("waves", []),
        ("walks 2 metres | turns around | walks 2 metres", []),
    ],
)
def test_the_way_back_is_reckoned_from_turns_and_metres(parts: str, way: list[str]) -> None:
    found = way_back([(f"a person {text}", 2.0) for text in parts.split(" | ")])
    assert [action.description.removeprefix("a person ") for action in found] == way


@pytest.mark.parametrize(
    "words",
    [
        "have him come back to where he began",
        "make her return to the starting point",
        "then back to the start",
        "and then he walks back to his starting point",
    ],
)
def test_somebody_comes_back(words: str) -> None:
    told = [step["description"] for step in planned(words, "walks 3 metres")]
    assert told == ["a person turns around", "a person walks 3 metres"]


@pytest.mark.parametrize(
    ("request_", "description"),
    [
        ("change the height of the jumps, I want them much bigger", "jumps high"),
        ("bigger jumps", "jumps high"),
        ("the jump isn't high enough", "jumps high"),
        ("reduce the height of the jump", "jumps slightly"),
        ("the jump's too high, make it lower", "jumps low"),
    ],
)
def test_how_large_a_movement_is(request_: str, description: str) -> None:
    assert planned(request_, "jumps | jumps | walks") == [become(2, description), become(1, description)]


@pytest.mark.parametrize(
    "words",
    [
        "I don't like how the jump looks, try again but leave the rest alone",
        "the jump looks odd, redo just that",
        "give the jump another go",
        "not happy with the jump, try again",
    ],
)
def test_a_part_is_made_anew(words: str) -> None:
    assert planned(words, "runs | jumps") == [on(2, "regenerate")]


def test_a_comparison_is_said_in_its_plain_form() -> None:
    assert planned("make the walk sadder", "walks | waves") == [become(1, "walks sadly")]


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("Speed ×2", "speed 2 times"),
        ("six steps, the first one", "6 steps, the first one"),
        ("two hands", "both hands"),
        ("two steps", "2 steps"),
        ("lefty", "left handed"),
        ("the left one", "the left one"),
    ],
)
def test_messages_in_plain_words(said: str, plain: str) -> None:
    assert rephrased(said) == plain


@pytest.mark.parametrize(
    ("request_", "parts", "operation"),
    [
        ("do the wave first and then the bow", "bows | waves", on(None, "reorder", order=[2, 1])),
        ("I think the last part should be scrapped", "bows | waves", on(2, "delete")),
        ("the bow should be removed", "bows | waves", on(1, "delete")),
        ("I don't like this dance, give me a different one", "dances", on(None, "regenerate")),
        (
            "slow down the walk, but leave the jump at normal speed",
            "walks | jumps",
            on(1, "speed", factor=0.667),
        ),
    ],
)
def test_parts_in_another_order_gone_or_anew(request_: str, parts: str, operation: dict[str, Any]) -> None:
    assert planned(request_, parts)[0] == operation


def test_what_should_be_is_no_motion_of_its_own() -> None:
    waving = version("m1", "turns left | waves")
    plan = decide(
        Thread("the turn should be sharper", {"m1": waving}, "m1"), VERBS, set(TOOLS), learned=False
    )
    assert all(tool == "edit_motion" for tool, _ in plan.calls)


@pytest.mark.parametrize("word", ["start", "beginning", "front", "end", "first", "last"])
def test_a_part_is_moved_to_either_end(word: str) -> None:
    place = f"to the {word}" if word not in ("first", "last") else word
    order = [3, 1, 2] if word in ("start", "beginning", "front", "first") else [1, 2, 3]
    operations = planned(f"move the bow {place}", "walks | jumps | bows | waves")
    assert operations == [on(None, "reorder", order=[*order, 4] if order[0] == 3 else [1, 2, 4, 3])]
