"""arrange_scene: several people at once, each with a motion and a place.

A scene is a clip in memory whose members carry their own motions, so it stays the same whatever becomes of
theirs. All people start together; one whose motion ends before the others' holds the last pose.
"""

from __future__ import annotations

from .batching import Work
from .errors import BudgetError
from .memory import ClipDraft, ClipSegment, Member, MotionClip
from .montage.making import generate_parts
from .montage.measuring import measured
from .montage.parts import DESCRIBED, NewPart, draft
from .results import motion_result
from .schemas import NOMINAL_SECONDS, ArrangeSceneArgs, Person
from .services import Call, Services


def arrange_scene(services: Services, call: Call, arguments: ArrangeSceneArgs) -> Work:
    """Put two or more people into ONE scene, each with a motion and a place.

    Each is new (`description`) or performs a motion that exists (`motion_id`). Face to face, 1 m apart: the
    second has theta 180, z 1. Side by side: the second has x -1. To change what one person does, edit that
    person's motion, which the result names, and arrange again.
    """
    people = arguments.people
    if len(people) > services.max_people:
        raise BudgetError(f"the scene has {len(people)} people; at most {services.max_people} are allowed")
    given = {
        number: services.clip(call, person.motion_id)
        for number, person in enumerate(people)
        if person.motion_id is not None
    }
    new = [number for number in range(len(people)) if number not in given]
    services.check_seconds(len(new) * NOMINAL_SECONDS)
    requests = [NewPart(people[n].description or "", None, call.seed_for(n)) for n in new]
    parts = (yield from generate_parts(services, requests)) if requests else []
    for number, part in zip(new, parts, strict=True):
        one = draft(measured(services, [part]), "arrange_scene", seed=part.seed)
        given[number] = services.keep(call, one, number + 1)
    clips = [given[number] for number in range(len(people))]
    scene = services.keep(call, _scene(clips, people, arguments.name))
    return motion_result([scene], people=[_member_entry(member) for member in scene.members])


def _scene(clips: list[MotionClip], people: list[Person], name: str | None) -> ClipDraft:
    """The scene's timeline has one segment per person, all from the start."""
    said = [clip.description for clip in clips[:DESCRIBED]]
    said += [f"and {len(clips) - DESCRIBED} more"] if len(clips) > DESCRIBED else []
    return ClipDraft(
        description=f"{len(clips)} people: {'; '.join(said)}",
        members=tuple(
            Member(
                motion_id=clip.id,
                description=clip.description,
                tokens=clip.tokens,
                timeline=clip.timeline,
                theta=person.theta,
                x=person.x,
                z=person.z,
            )
            for clip, person in zip(clips, people, strict=True)
        ),
        timeline=tuple(
            ClipSegment(
                description=f"person {number}: {clip.description}",
                start=0,
                end=clip.length,
                notes=clip.notes,
                checks=tuple(check for segment in clip.timeline for check in segment.checks),
            )
            for number, clip in enumerate(clips, 1)
        ),
        source="arrange_scene",
        name=name,
    )


def _member_entry(member: Member) -> dict[str, object]:
    return member.model_dump(include={"motion_id", "description", "theta", "x", "z"})
