"""Limbs and paths: what is laid over a motion, read from the words of a request."""

from __future__ import annotations

import math
from typing import Any

import pytest
from motion_agent.agent_graph.coordinators.offline.deciding import understood
from motion_agent.agent_graph.coordinators.offline.dialogue import KnownMotion, Thread
from motion_agent.agent_graph.coordinators.offline.hearing.intents import requests_of
from motion_agent.agent_graph.coordinators.offline.overlays.limbs import held, limb_in
from motion_agent.agent_graph.coordinators.offline.overlays.shapes import along, degrees_in, points, shape_in
from motion_agent.agent_graph.coordinators.offline.plan import make_plan
from motion_agent.agent_graph.coordinators.offline.sentences.actions import Action
from motion_agent.agent_graph.coordinators.offline.sentences.grammar import Verbs
from motion_agent.agent_graph.coordinators.offline.sentences.requests import Edit
from motion_agent.agent_graph.coordinators.reader.reading import Command, Heard, Slot
from motion_agent.tools.arguments.operations import operations as known
from motion_agent.tools.toolbox import TOOLS

VERBS = Verbs(["walk", "run", "jog", "wave", "clap", "sit down", "raise arms", "turn"])
WALK = KnownMotion("m1", "walk", "a person walks", 4.0, (("a person walks", 4.0),))
WALKING = Thread(clips={"m1": WALK}, current="m1")


def planned(message: str, thread: Thread | None = None) -> list[tuple[str, dict[str, Any]]]:
    """The calls for a message, read by rules alone."""
    thread = thread or Thread()
    thread.request = message
    requests, _ = understood(thread, 0, VERBS, TOOLS, learned=False)
    return make_plan(requests, thread, VERBS, TOOLS).calls


def laid_over(message: str, thread: Thread | None = None) -> tuple[Any, list[dict[str, Any]]]:
    """What is made, and the operations on it."""
    [(_, first), (tool, second)] = planned(message, thread)
    assert tool == "edit_motion" and second["motion_id"] == "$1"
    for step in second["operations"]:
        known()[step["op"]].model_validate(step)
    return first.get("description") or first["segments"], second["operations"]


@pytest.mark.parametrize(
    "message",
    ["walk while waving", "walk and wave at the same time", "wave while walking", "walk and wave at once"],
)
def test_two_things_at_once_are_made_as_one_over_the_other(message: str) -> None:
    step = {"op": "limb", "limb": "arms", "description": "a person waves"}
    assert laid_over(message) == ("a person walks", [step])


def test_a_posture_of_the_arms_is_laid_over_the_part_it_is_said_of() -> None:
    segments, [step] = laid_over("jog with the left arm up, then sit down")
    assert [segment["description"] for segment in segments] == ["a person jogs", "a person sits down"]
    assert step == {
        "op": "limb", "segment": 1, "limb": "left arm", "description": "a person raises the left arm",
    }  # fmt: skip


def test_a_gesture_is_laid_over_the_walk_at_hand() -> None:
    step = {"op": "limb", "segment": 1, "limb": "left arm", "description": "a person raises the left arm"}
    edit = [("edit_motion", {"motion_id": "m1", "operations": [step]})]
    assert planned("raise the left arm while walking", WALKING) == edit


def test_somebody_new_who_does_two_things_is_a_new_motion() -> None:
    [(tool, _), _] = planned("a person raises the left arm while walking", WALKING)
    assert tool == "generate_motion"


def test_what_goes_on_at_the_same_time_changes_the_motion_at_hand() -> None:
    step = {"op": "limb", "limb": "arms", "description": "a person waves"}
    edit = [("edit_motion", {"motion_id": "m1", "operations": [step]})]
    assert planned("and wave at the same time", WALKING) == edit


def test_two_things_of_the_whole_body_stay_one_description() -> None:
    [(_, arguments)] = planned("run while turning")
    assert arguments["description"] == "a person runs while turning"


@pytest.mark.parametrize(
    ("words", "limb"),
    [
        ("with his left hand", "left arm"), ("both arms", "arms"), ("the right foot", "right leg"),
        ("the legs", "legs"), ("upper body", "upper body"), ("claps", "arms"), ("walks", None),
    ],
)  # fmt: skip
def test_limbs_by_their_words(words: str, limb: str | None) -> None:
    assert limb_in(words) == limb


@pytest.mark.parametrize(
    ("words", "doing"),
    [
        ("with the right arm raised", ("right arm", "a person raises the right arm")),
        ("with both arms stretched out", ("arms", "a person stretches both arms to the side")),
        ("hands on the hips", ("arms", "a person puts the hands on the hips")),
        ("with a hat", None),
    ],
)
def test_how_a_limb_is_held(words: str, doing: tuple[str, str] | None) -> None:
    assert held(words) == doing


def test_a_shape_instead_is_laid_over_what_takes_the_place() -> None:
    [(_, arguments)] = planned("walk in a square instead", WALKING)
    assert [step["op"] for step in arguments["operations"]] == ["replace", "path"]


def test_a_shape_is_walked_as_a_path() -> None:
    made, [step] = laid_over("walk along a square of 3 metres")
    assert made == "a person walks" and step["op"] == "path"
    assert step["points"] == [[0.0, 3.0], [3.0, 3.0], [3.0, 0.0], [0.0, 0.0]]


def test_a_circle_is_left_to_the_model_and_a_count_is_no_shape() -> None:
    assert planned("walk in a circle") == [("generate_motion", {"description": "a person walks in a circle"})]
    assert shape_in("walks in 8 steps") is None and shape_in("walks in a figure eight") is not None


@pytest.mark.parametrize("shape", ["square", "rectangle", "triangle", "eight", "circle"])
def test_closed_shapes_end_where_they_start(shape: str) -> None:
    line = points(shape, 2.0)
    assert math.dist(line[-1], (0, 0)) < 0.05
    assert max(abs(value) for point in line for value in point) >= 1.0
    known()["path"].model_validate({"op": "path", "points": line})


@pytest.mark.parametrize(
    ("words", "degrees"),
    [
        ("by 45", 45),
        ("a quarter turn to the left", 90),
        ("ninety degrees", 90),
        ("120 degrees", 120),
        ("it", None),
    ],
)
def test_angles(words: str, degrees: float | None) -> None:
    assert degrees_in(words) == degrees


def heard(intent: str, said: str, *slots: tuple[str, str]) -> Edit:
    [request] = requests_of(
        Heard((Command(intent, tuple(Slot(*slot) for slot in slots), said),), 0.9, 0.9), VERBS
    ) or [None]
    assert isinstance(request, Edit)
    return request


def test_heard_limbs_and_paths_become_edits() -> None:
    limb = heard("limb", "same, but with the right arm up")
    assert (limb.kind, limb.place, limb.actions[0].description) == (
        "limb", "right arm", "a person raises the right arm",
    )  # fmt: skip
    limb = heard("limb", "have him clap during the walk", ("ACT", "clap"), ("PART", "the walk"))
    assert (limb.place, limb.part, limb.actions[0].description) == ("arms", "the walk", "a person claps")
    assert heard("limb", "take the legs from hero", ("MOTION", "hero")).actions[0].motion == "hero"
    path = heard("path", "make him go along a triangle of 4 metres")
    assert (path.kind, path.said, path.amount) == ("path", "triangle", 4.0)


def test_parts_that_no_slot_holds_are_taken_from_the_words() -> None:
    assert heard("reverse", "reverse the last one").part == "the last one"
    assert heard("duration", "2 seconds each", ("LENGTH", "2 seconds")).part == "every part"
    assert heard("slow_down", "make greeting slower", ("MOTION", "greeting")).part == "greeting"
    command = Command("mirror", (Slot("PART", "the walk", "mirror everything after "),), "mirror everything")
    assert requests_of(Heard((command,), 0.9, 0.9), VERBS) == [Edit("mirror", "everything after the walk")]
    assert heard("side", "turn right, not left", ("SIDE", "right,"), ("SIDE", "left")).place == "right"
    edit = heard("shorten", "too long, make it 6 seconds in total", ("LENGTH", "6 seconds"))
    assert (edit.kind, edit.amount) == ("duration", 6.0)
    assert heard("shorten", "make it 2 seconds shorter", ("LENGTH", "2 seconds")).kind == "shorter"
    assert heard("move_start", "I want the wave at the start", ("PART", "the wave at")).part == "the wave"
    assert heard("mirror", "mirror the first motion", ("PART", "first")).part == "first motion"
    assert heard("slow_down", "make the second version slower", ("PICK", "second")).part == "second version"
    assert heard("repeat", "wave three more times", ("ACT", "wave")).amount == 4.0
    assert heard("turn", "rotate it a quarter turn clockwise").amount == -90.0


@pytest.mark.parametrize(
    ("way", "amount"),
    [
        ("clockwise", -90.0), ("cw", -90.0), ("to the right", -90.0),
        ("counterclockwise", 90.0), ("counter-clockwise", 90.0), ("counter clockwise", 90.0),
        ("anticlockwise", 90.0), ("anti-clockwise", 90.0), ("anti clockwise", 90.0), ("ccw", 90.0),
        ("to the left", 90.0),
    ],
)  # fmt: skip
def test_every_spelling_of_a_way_round_is_heard(way: str, amount: float) -> None:
    """Clockwise, seen from above, is to the right."""
    for said in (f"turn it 90 degrees {way}", f"Rotate It A Quarter Turn {way.capitalize()}, please"):
        assert heard("turn", said).amount == amount


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a person walks in a circle to the right, radius two metres", ("circle to the right", 4.0)),
        ("a person walks in a circle with a radius of 1.5 m", ("ring", 3.0)),
        ("a person runs in a 3 metre circle clockwise", ("circle to the right", 3.0)),
        ("a person runs in a 3 metre circle anti-clockwise", ("ring", 3.0)),
        ("a person walks in a circle", None),
    ],
)
def test_a_circle_of_a_size_is_a_path(text: str, path: tuple[str, float] | None) -> None:
    assert along(Action(text)).path == path


def test_a_circle_to_the_right_is_the_other_one_mirrored() -> None:
    left, right = points("ring", 2.0), points("circle to the right", 2.0)
    assert right == [[-x, z] for x, z in left]
    assert min(x for x, _ in right) == -2.0


@pytest.mark.parametrize(
    ("said", "side"),
    [
        ("not the right hand, the left one", "left"),
        ("the left hand instead of the right", "left"),
        ("use the right, not the left", "right"),
        ("the opposite hand", "other"),
        ("that is the wrong hand", "other"),
    ],
)
def test_of_two_sides_the_one_that_is_not_ruled_out_is_meant(said: str, side: str) -> None:
    assert heard("side", said, ("PART", "the wave")).place == side
    if side in ("left", "right"):
        both = Command("side", (Slot("SIDE", "right", ""), Slot("SIDE", "left", "")), said)
        edits = requests_of(Heard((both,), 0.9, 0.9), VERBS) or []
        assert [edit.place for edit in edits if isinstance(edit, Edit)] == [side]
