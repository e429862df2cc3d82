"""New parts measured where they ended up: corrected by little, and told what of their demands was reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from ...motion_models.arrays import FloatArray
from ...motion_models.fitting.checks import Check, checks_of
from ...motion_models.fitting.remedies import Remedy, remedy_for
from ...motion_models.motion.editing.stretch import placed
from ..clips.frame_edits import (
    AlongFloor,
    FrameEdit,
    Mirror,
    Shift,
    Speed,
    Stride,
    TurnFurther,
    placed_in_time,
)
from ..memory import unique
from ..rendering import Decoder, DecodingOnce, render_apart, render_takes
from ..services import Services
from .parts import Part, opened

#: With only these done to it, a part may be told in several: each looks as it did in the whole.
DIVISIBLE = (Mirror, Shift, Speed)


def measured(services: Services, parts: Sequence[Part]) -> list[Part]:
    """The parts, new ones corrected and with their checks and notes, one part for each time they happen.

    Only new parts are measured: what is edited exactly was not asked for in words.
    """
    if all(part.demands is None for part in parts):
        return list(parts)
    decoder = DecodingOnce(services)
    corrected = _corrected(decoder, parts)
    told: list[Part] = []
    for part, joints in zip(corrected, shown_joints(decoder, corrected), strict=True):
        told += [part] if part.demands is None else _told(part, tuple(checks_of(part.demands, joints)))
    return told


def shown_joints(decoder: Decoder, parts: Sequence[Part]) -> list[FloatArray]:
    """The joints (T, 22, 3) of each part as it is shown among the others."""
    takes = [part.take for part in opened(parts)]
    whole = render_takes(decoder, takes)
    joints = placed(whole.offset, whole.shown)
    lengths = placed_in_time([part.span for part in parts], [part.edits for part in parts])
    return [joints[a:b] for a, b in pairwise(accumulate((frames for frames, _ in lengths), initial=0))]


def _corrected(decoder: Decoder, parts: Sequence[Part]) -> list[Part]:
    """The parts, new ones with the edits that bring them to their demands."""
    stretches = render_apart(decoder, [part.take for part in opened(parts)])
    return [
        part
        if part.demands is None
        else replace(part, edits=(*part.edits, *edits_of(remedy_for(part.demands, stretch))))
        for part, stretch in zip(parts, stretches, strict=True)
    ]


def edits_of(remedy: Remedy) -> list[FrameEdit]:
    """A remedy as it is recorded on a segment."""
    edits: list[FrameEdit] = [Mirror()] if remedy.mirrored else []
    edits += [Speed(factor=remedy.speed)] if remedy.speed != 1.0 else []
    edits += [Shift(y=remedy.raised)] if remedy.raised else []
    edits += [AlongFloor()] if remedy.led else []
    edits += [TurnFurther(degrees=remedy.degrees)] if remedy.degrees else []
    return [*edits, Stride(factor=remedy.stretch)] if remedy.stretch != 1.0 else edits


def off_floor_edits(part: Part) -> Part:
    """A part without what brings it to the floor, which is to be found anew for what it becomes."""
    kept = [edit for edit in part.edits if not isinstance(edit, AlongFloor)]
    kept = [edit for edit in kept if not (isinstance(edit, Shift) and edit.y and not (edit.x or edit.z))]
    return replace(part, edits=tuple(kept))


def _told(part: Part, checks: tuple[Check, ...]) -> list[Part]:
    missed = tuple(check.says for check in checks if not check.met)
    if part.demands is not None:
        missed += tuple(f"whether it keeps '{stated}' was not measured" for stated in part.demands.unmeasured)
    whole = replace(part, checks=checks, notes=unique(part.notes + missed), demands=None)
    divisible = all(isinstance(edit, DIVISIBLE) for edit in part.edits)
    if part.times > 1 and divisible:
        return _divided(whole)
    return [replace(whole, description=_with_times(part.description, part.times), times=1, divisions=())]


def _with_times(description: str, times: int) -> str:
    """'a person claps', 3 -> 'a person claps 3 times'."""
    often = "twice" if times == 2 else f"{times} times"
    return description if times == 1 else f"{description} {often}"


def _divided(part: Part) -> list[Part]:
    """One part for each time; each is told its share of what is counted, the first all the rest."""
    count = len(part.tokens)
    inner = part.divisions
    if len(inner) != part.times - 1:
        inner = tuple(round(count * n / part.times) for n in range(1, part.times))
    edges = [0, *inner, count]
    return [
        replace(
            part,
            tokens=part.tokens[start:end],
            before=part.before if start == 0 else None,
            after=part.after if end == count else None,
            checks=_share(part.checks, part.times, number),
            times=1,
            divisions=(),
        )
        for number, (start, end) in enumerate(pairwise(edges))
        if end > start
    ]


def _share(checks: tuple[Check, ...], times: int, number: int) -> tuple[Check, ...]:
    """What part `number` of `times` says of the checks of all of them."""
    shares = []
    for check in checks:
        if check.counted:
            asked, reached = (divmod(round(float(value)), times) for value in (check.asked, check.reached))
            own = [each + (number < more) for each, more in (asked, reached)]
            shares.append(replace(check, asked=float(own[0]), reached=float(own[1])))
        elif number == 0:
            shares.append(check)
    return tuple(shares)
