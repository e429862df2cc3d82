"""compose_sequence: several actions, or motions in memory, become one continuous motion."""

from __future__ import annotations

from .generate import made
from .parts import Part, Parts, Request, draft, generate_parts, parts_of
from .schemas import NOMINAL_SECONDS, ComposeSequenceArgs, SegmentRequest
from .services import Call, Services
from .work import Work


def compose_sequence(services: Services, call: Call, arguments: ComposeSequenceArgs) -> Work:
    """Make ONE motion of several actions performed one after another.

    Each segment is either a new action (`description`, optionally `seconds`) or a motion that exists
    already (`motion_id`, also "$n" for one made by an earlier step of this message); `repeat` performs it
    several times in a row. The transitions are made by the motion model.
    """
    base = call.seed_for(0) if arguments.seed is None else arguments.seed
    services.check_seconds(sum(_seconds(services, call, segment) for segment in arguments.segments))
    parts: list[Part] = []
    for segment in arguments.segments:
        for _ in range(segment.repeat):
            parts += yield from _next_parts(services, call, segment, parts, base)
    clip = services.keep(call, draft(parts, "compose_sequence", seed=base, name=arguments.name))
    return made([clip])


def _seconds(services: Services, call: Call, segment: SegmentRequest) -> float:
    """How long a segment will be with its repeats; nominally, where no length is stated."""
    if segment.motion_id is not None:
        return services.clip(call, segment.motion_id).seconds * segment.repeat
    return (segment.seconds or NOMINAL_SECONDS) * segment.repeat


def _next_parts(
    services: Services, call: Call, segment: SegmentRequest, before: list[Part], base: int
) -> Parts:
    """What a segment adds after the parts `before`."""
    if segment.motion_id is not None:
        return parts_of(services.clip(call, segment.motion_id))
    request = Request(
        segment.description or "", segment.seconds, base + len(before), before[-1] if before else None
    )
    return (yield from next_in_context(services, request))


def next_in_context(services: Services, request: Request) -> Parts:
    """The part that follows what came before: generated in its context.

    The one place where a transition is decided; choosing among candidates belongs here too.
    """
    return (yield from generate_parts(services, [request]))
