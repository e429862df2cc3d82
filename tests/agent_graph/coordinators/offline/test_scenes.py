"""Changes of a scene: one more person, what one of them does, where they stand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from motion_agent.agent_graph.coordinators.offline.deciding import decide
from motion_agent.agent_graph.coordinators.offline.dialogue import KnownMotion, Performer, Thread
from motion_agent.agent_graph.coordinators.offline.plan import make_plan
from motion_agent.agent_graph.coordinators.offline.rules.reading import read_message
from motion_agent.agent_graph.coordinators.offline.rules.restaging import read_restaging, read_restagings
from motion_agent.agent_graph.coordinators.offline.rules.scene import (
    Arrangement,
    places,
    read_scene,
)
from motion_agent.agent_graph.coordinators.offline.sentences.grammar import Verbs
from motion_agent.agent_graph.coordinators.offline.sentences.requests import Make, Restage, Scene
from motion_agent.tools.toolbox import TOOLS

VERBS = Verbs(["walk", "wave", "clap", "dance", "sit down"])
ALONE = KnownMotion("m1", "", "a person waves", 2.0, (("a person waves", 2.0),))
PAIR = KnownMotion(
    "m3", "", "2 people", 2.0, (("person 1: a person waves", 2.0), ("person 2: a person claps", 2.0)),
    (Performer("m1", "a person waves"), Performer("m2", "a person claps", 180.0, 0.0, 2.0)),
)  # fmt: skip


def people(message: str, clip: KnownMotion) -> list[dict[str, Any]]:
    change = read_restaging(message, VERBS)
    assert change is not None
    plan = make_plan([change], Thread(clips={clip.id: clip}, current=clip.id), VERBS, TOOLS)
    [(tool, arguments)] = plan.calls
    assert tool == "arrange_scene"
    return arguments["people"]


def test_a_second_person_comes_in() -> None:
    first, second = people("now put a second person 2 metres in front who waves back", ALONE)
    assert first == {"motion_id": "m1", "theta": 0.0, "x": 0.0, "z": 0.0}
    assert second == {"description": "a person waves", "theta": 180, "x": 0.0, "z": 2.0}


def test_who_comes_in_and_does_nothing_else_does_the_same() -> None:
    assert [person["motion_id"] for person in people("add another person next to him", ALONE)] == ["m1", "m1"]


def test_a_third_stands_behind_the_pair() -> None:
    third = people("add a third person behind them who dances", PAIR)[2]
    assert third["description"] == "a person dances" and third["z"] < 0


def test_one_of_them_does_something_else_and_stays_there() -> None:
    first, second = people("the second one should sit down", PAIR)
    assert first["motion_id"] == "m1"
    assert second == {"description": "a person sits down", "theta": 180.0, "x": 0.0, "z": 2.0}


@pytest.mark.parametrize(
    ("message", "apart", "theta"),
    [
        ("move them closer together", 1.2, 180.0),
        ("further apart", 3.2, 180.0),
        ("move them 3 metres apart", 3.0, 180.0),
        ("they should stand back to back", -2.0, 180),
    ],
)
def test_where_they_stand(message: str, apart: float, theta: float) -> None:
    second = people(message, PAIR)[1]
    assert (second["z"], second["theta"], second["motion_id"]) == (apart, theta, "m2")


def row(*places: tuple[float, float]) -> KnownMotion:
    """A scene whose people stand at these x and z."""
    acts = tuple(Performer(f"m{n}", "a person claps", 0.0, x, z) for n, (x, z) in enumerate(places))
    return KnownMotion("m9", "", "people", 2.0, (("people", 2.0),), acts)


@pytest.mark.parametrize("count", [2, 3, 4])
@pytest.mark.parametrize("along", ["x", "z"])
def test_each_stands_as_far_from_the_next_as_was_said(count: int, along: str) -> None:
    scene = row(*[(n, 0.0) if along == "x" else (0.0, n) for n in range(count)])
    placed = people("move them 2 metres apart", scene)
    assert [person[along] for person in placed] == [2.0 * n for n in range(count)]


@pytest.mark.parametrize("distance", [0.5, 2.0])
@pytest.mark.parametrize(
    ("arrangement", "count", "looks"),
    [
        ("facing", 2, 1),
        ("back to back", 2, -1),
        *(("circle", count, 1) for count in (3, 4, 5, 8)),
        *(("facing", count, 1) for count in (3, 6)),
    ],
)
def test_all_look_at_the_middle_or_away_from_it(
    arrangement: Arrangement, count: int, looks: int, distance: float
) -> None:
    """Who is turned by theta looks along (sin theta, cos theta); neighbours are as far apart as was said."""
    placed = places(count, arrangement, distance)
    at = np.array([(place.x, place.z) for place in placed])
    assert np.linalg.norm(at - np.roll(at, 1, axis=0), axis=1) == pytest.approx(distance, abs=0.01)
    for place, to_middle in zip(placed, at.mean(axis=0) - at, strict=True):
        turned = math.radians(place.theta)
        cosine = np.dot((math.sin(turned), math.cos(turned)), to_middle) / np.linalg.norm(to_middle)
        assert cosine == pytest.approx(looks, abs=0.01)


def test_one_person_alone_cannot_be_moved_apart() -> None:
    plan = make_plan([Restage(factor=2.0)], Thread(clips={"m1": ALONE}, current="m1"), VERBS, TOOLS)
    assert not plan.calls and "one person" in plan.text.lower()


def test_new_people_of_a_new_scene_are_no_addition() -> None:
    assert isinstance(read_message("a person dances with another person", VERBS)[0], Make)
    assert isinstance(read_message("add another person who claps", VERBS)[0], Restage)


def test_somebody_who_is_only_acted_on_is_nobody_of_the_scene() -> None:
    [scene] = read_scene("one guy pushes the other one and the other stumbles back", VERBS)
    assert isinstance(scene, Scene)
    assert [actions[0].description for actions in scene.people] == [
        "a person pushes the other one",
        "a person stumbles back",
    ]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("3 soldiers marching in a line", 3),
        ("two ninjas fight", 2),
        ("three jumps getting higher", 0),
        ("2 hands waving", 0),
        ("five star jumps", 0),
    ],
)
def test_people_of_any_kind_are_counted_where_they_do_something(text: str, count: int) -> None:
    scenes = [request for request in read_scene(text, VERBS) if isinstance(request, Scene)]
    assert [len(scene.people) for scene in scenes] == ([count] if count else [])


def after(message: str, clip: KnownMotion = PAIR) -> list[dict[str, Any]]:
    """The people of the one scene that all changes of a message come to."""
    plan = decide(Thread(message, {clip.id: clip}, clip.id), VERBS, set(TOOLS), learned=False)
    assert [tool for tool, _ in plan.calls] == ["arrange_scene"], plan
    return plan.calls[0][1]["people"]


@pytest.mark.parametrize(
    ("message", "apart"),
    [
        ("further apart, say 3m", 3.0),
        ("closer, like 1m", 1.0),
        ("too close. 4 metres", 4.0),
        ("more space between them, about 5 m", 5.0),
        ("bring them closer, like half a meter", 0.5),
        ("a bit further apart", 3.2),
    ],
)
def test_a_distance_is_said_in_many_ways(message: str, apart: float) -> None:
    assert [person["z"] for person in after(message)] == [0.0, apart]


@pytest.mark.parametrize(
    ("message", "apart", "does"),
    [
        ("move them further apart, 3 metres or so, and let the second one dance instead", 3.0, (1, "dances")),
        ("put them 3 metres apart and make the first one dance", 3.0, (0, "dances")),
        ("person 2 should clap instead, and they should stand 4 metres apart", 4.0, (1, "claps")),
    ],
)
def test_places_and_actions_change_at_once(message: str, apart: float, does: tuple[int, str]) -> None:
    placed = after(message)
    who, action = does
    assert placed[1]["z"] == apart and placed[who]["description"] == f"a person {action}"
    assert "motion_id" in placed[1 - who]


def test_a_change_of_a_scene_is_read_as_a_whole_or_not_at_all() -> None:
    assert read_restagings("3 metres apart and paint the second one green", VERBS) == []
    assert read_restagings("make it slower", VERBS) == []


@pytest.mark.parametrize(
    ("message", "count"),
    [
        ("Now give me the same soldier twice, standing next to each other", 2),
        ("three of them side by side", 3),
        ("clone him", 2),
        ("make it two people", 2),
        ("now there should be two of them", 2),
    ],
)
def test_somebody_comes_in_several_times(message: str, count: int) -> None:
    placed = after(message, ALONE)
    assert [person["motion_id"] for person in placed] == ["m1"] * count
    assert len({(person["x"], person["z"]) for person in placed}) == count


@pytest.mark.parametrize(
    "message",
    ["give him a buddy who claps", "add a pal clapping next to him", "bring in a second guy who claps"],
)
def test_company_comes_in(message: str) -> None:
    assert "claps" in after(message, ALONE)[1]["description"]


@pytest.mark.parametrize(
    ("text", "distance"),
    [
        ("one person waves; another person stands one meter in front of them and waves back", 1.0),
        ("two people face each other at a distance of two meters. One walks, the other waves", 2.0),
        ("two people with a gap of 0.5 m: one walks, the other waves", 0.5),
    ],
)
def test_a_scene_of_two_stands_as_far_apart_as_said(text: str, distance: float) -> None:
    [scene] = read_scene(text, VERBS)
    assert isinstance(scene, Scene)
    assert len(scene.people) == 2
    assert scene.distance == distance


@pytest.mark.parametrize(
    ("text", "does"),
    [
        ("4 kids race, the second from the left falls", ["races", "falls", "races", "races"]),
        ("three people walk, the last one waves", ["walks", "walks", "waves"]),
        ("three people clap, the middle one bows", ["claps", "bows", "claps"]),
        ("two people walk, one of them waves", ["waves", "walks"]),
        ("three people: the left one bows, the middle one waves, the right one claps",
         ["bows", "waves", "claps"]),
    ],
)  # fmt: skip
def test_one_of_several_does_something_else(text: str, does: list[str]) -> None:
    [scene] = read_scene(text, VERBS)
    assert isinstance(scene, Scene)
    assert [actions[0].description.removeprefix("a person ") for actions in scene.people] == does


@pytest.mark.timeout(20)
def test_a_scene_is_restaged_by_long_messages_in_no_time() -> None:
    assert read_restagings("closer, " * 200 + "zebra", VERBS) == []


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("three people walk, person 3 waves", ["walks", "walks", "waves"]),
        ("three people walk, the centre one waves", ["walks", "waves", "walks"]),
        ("two people walk, the third falls", []),
    ],
)
def test_who_of_a_row_is_meant_or_nobody(text: str, people: list[str]) -> None:
    scenes = [request for request in read_scene(text, VERBS) if isinstance(request, Scene)]
    does = [actions[0].description.removeprefix("a person ") for scene in scenes for actions in scene.people]
    assert does == people
