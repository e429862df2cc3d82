"""Scenes of several people: who does what, where everyone stands, and what is changed of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from ....tools.schemas import MAX_SEGMENTS
from .dialogue import KnownMotion, Performer
from .rules.scene import Place, places
from .sentences.actions import Action
from .sentences.requests import Restage, Scene
from .timeline import PlanningError

Arguments = dict[str, Any]
#: Plans what somebody performs: the source of a person's motion, as `arrange_scene` takes it.
Performs = Callable[[tuple[Action, ...]], Arguments]


def people_of(scene: Scene, performs: Performs) -> list[Arguments]:
    """Everyone of a scene; what two do alike is made once."""
    made: dict[tuple[Action, ...], Arguments] = {}
    stand = places(len(scene.people), scene.arrangement, scene.distance)
    for actions in scene.people:
        if actions not in made:
            made[actions] = performs(actions)
    return [{**made[actions], **_placed(place)} for actions, place in zip(scene.people, stand, strict=True)]


def people_after(change: Restage, clip: KnownMotion, performs: Performs) -> list[Arguments]:
    """Everyone of the scene after a change; one person alone becomes the first. Raises PlanningError."""
    people = list(clip.people) or [Performer(clip.id)]
    if not change.adds and len(people) < 2:
        raise PlanningError(
            'There is one person in this motion; say "add a second person who ..." for another.'
        )
    if change.person > len(people):
        raise PlanningError(f"There are {len(people)} people in this scene.")
    told = [_told(person) for person in people]
    if change.adds:
        who = performs(change.actions) if change.actions else {"motion_id": people[0].motion}
        for _ in range(min(change.adds, MAX_SEGMENTS - len(people))):
            place = _beside(people, change)
            told.append({**who, **_placed(place)})
            people.append(Performer(people[0].motion, theta=place.theta, x=place.x, z=place.z))
        return told
    if change.person:
        one = people[change.person - 1]
        told[change.person - 1] = {**performs(change.actions), "theta": one.theta, "x": one.x, "z": one.z}
        return told
    return [{**person, **_placed(place)} for person, place in zip(told, _moved(people, change), strict=True)]


def staged(people: Sequence[Arguments]) -> tuple[Performer, ...]:
    """The people of a scene that is planned."""
    return tuple(
        Performer(told.get("motion_id", ""), told.get("description", ""), told["theta"], told["x"], told["z"])
        for told in people
    )


def _told(person: Performer) -> Arguments:
    source = {"motion_id": person.motion} if person.motion else {"description": person.description}
    return {**source, "theta": person.theta, "x": person.x, "z": person.z}


def _placed(place: Place) -> Arguments:
    return {"theta": place.theta, "x": place.x, "z": place.z}


def _beside(people: Sequence[Performer], change: Restage) -> Place:
    """Where one more stands: as seen from the first, further along for each who stands there already."""
    distance = change.distance or 1.0
    if change.arrangement == "facing":
        return Place(180, 0.0, distance if len(people) == 1 else distance * len(people))
    return places(len(people) + 1, change.arrangement or "side by side", distance)[-1]


def _moved(people: Sequence[Performer], change: Restage) -> list[Place]:
    """Where everyone stands after they were told how, or how far apart."""
    first = people[0]
    spread = max(math.hypot(person.x - first.x, person.z - first.z) for person in people[1:]) or 1.0
    apart = spread / (len(people) - 1)
    if change.arrangement:
        return places(len(people), change.arrangement, change.distance or round(apart, 2))
    factor = change.distance / apart if change.distance else change.factor
    return [
        Place(
            p.theta,
            round(first.x + factor * (p.x - first.x), 2),
            round(first.z + factor * (p.z - first.z), 2),
        )
        for p in people
    ]
