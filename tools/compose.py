"""compose_sequence: several actions, or motions in memory, become one continuous motion."""

from __future__ import annotations

from collections.abc import Sequence

from ..motion_models.english.demands import read_demands
from .batching import Work
from .montage.flow import Piece, flowing
from .montage.measuring import measured
from .montage.parts import NewPart, draft, guarded, parts_of
from .results import motion_result
from .schemas import ComposeSequenceArgs, SegmentRequest, made_seconds
from .services import Call, Services


def compose_sequence(services: Services, call: Call, arguments: ComposeSequenceArgs) -> Work:
    """Make ONE motion of several actions performed one after another.

    Each segment is either new (`description`, `seconds`) or a motion that exists (`motion_id`), performed
    `repeat` times in a row.
    """
    base = call.seed_for(0) if arguments.seed is None else arguments.seed
    services.check_seconds(sum(_seconds(services, call, segment) for segment in arguments.segments))
    pieces: list[Piece] = []
    for segment in arguments.segments:
        pieces += _pieces(services, call, segment, base + len(pieces))
    parts = measured(services, (yield from flowing(services, pieces)))
    clip = services.keep(call, draft(parts, "compose_sequence", seed=base, name=arguments.name))
    return motion_result([clip])


def _seconds(services: Services, call: Call, segment: SegmentRequest) -> float:
    """How long a segment will be with its repeats; nominally, where no length is stated."""
    if segment.motion_id is not None:
        return services.clip(call, segment.motion_id).seconds * segment.repeat
    return made_seconds(segment.seconds) * segment.repeat


def _pieces(services: Services, call: Call, segment: SegmentRequest, seed: int) -> Sequence[Piece]:
    """What a segment adds: parts that exist, or new ones.

    What can be counted is made in one go, so that it happens as often as asked for and not as often for every
    time; anything else is made anew each time.
    """
    if segment.motion_id is not None:
        return guarded(parts_of(services.clip(call, segment.motion_id))) * segment.repeat
    text, seconds = segment.description or "", segment.seconds
    if segment.repeat > 1 and read_demands(text).countable is not None:
        return [
            NewPart(text, None if seconds is None else seconds * segment.repeat, seed, times=segment.repeat)
        ]
    return [NewPart(text, seconds, seed + number) for number in range(segment.repeat)]
