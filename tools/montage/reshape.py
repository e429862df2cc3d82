"""What is done to the frames of parts: recorded on them, exact, and taken back by its opposite."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from ...motion_models.english.mirroring import mirror_text
from ...motion_models.motion.editing.limbs import OTHER_SIDE
from ...motion_models.motion.editing.stretch import HERE, inverse
from ...motion_models.motion.features import FPS
from ..arguments.operations import Limb
from ..clips.frame_edits import FrameEdit, Hold, Mirror, OtherLimb, Reverse, Ring, Shift, Speed, Turn
from ..memory import unique
from .parts import Part, closed, describe

#: What the words of a part that is played backwards end with.
BACKWARDS = ", backwards"
#: Factors of speed that differ by less than this are the same.
SAME_SPEED = 1e-9


def with_edits(part: Part, *edits: FrameEdit) -> Part:
    """A part with more done to its frames; what takes back the edit before leaves neither.

    What was measured of it holds no longer, unless it only stands elsewhere.
    """
    done = part.edits
    for edit in edits:
        last = done[-1] if done else None
        if isinstance(edit, Speed) and isinstance(last, Speed):
            factor = last.factor * edit.factor
            done = done[:-1] if abs(factor - 1) < SAME_SPEED else (*done[:-1], Speed(factor=factor))
        elif isinstance(edit, (Mirror, Reverse)) and edit == last:
            done = done[:-1]
        else:
            done = (*done, edit)
    if all(isinstance(edit, (Turn, Shift, Ring)) for edit in edits):
        return replace(part, edits=done)
    return replace(part, edits=done, checks=(), demands=None)


def without(parts: Sequence[Part], kind: type[FrameEdit]) -> list[Part]:
    """The parts without edits of one kind."""
    return [
        replace(part, edits=tuple(edit for edit in part.edits if not isinstance(edit, kind)))
        for part in parts
    ]


def mirror(parts: Sequence[Part], chosen: Collection[int]) -> list[Part]:
    """Exchange left and right, in the movement and in the words."""
    return [
        replace(
            with_edits(part, Mirror()),
            description=mirror_text(part.description),
            prompt=mirror_text(part.prompt),
        )
        if n in chosen
        else part
        for n, part in enumerate(parts)
    ]


def change_speed(parts: Sequence[Part], chosen: Collection[int], factor: float) -> list[Part]:
    """The same movement `factor` times as fast."""
    speed = Speed(factor=factor)
    return [with_edits(part, speed) if n in chosen else part for n, part in enumerate(parts)]


def hold(part: Part, seconds: float) -> Part:
    """The last pose for so many seconds more, to the nearest frame; it no longer leads into the beginning."""
    [part] = without([part], Ring)
    return with_edits(part, Hold(frames=max(1, round(seconds * FPS))))


def reverse(parts: Sequence[Part], chosen: Sequence[int]) -> list[Part]:
    """Play one part, or all of them from the last to the first, backwards.

    Turns and shifts between parts stand where they stood, seen from the other side.
    """
    if len(chosen) < len(parts):
        return [_backwards(part) if n in chosen else part for n, part in enumerate(parts)]
    starts = [_stance(part) for part in parts]
    plain = [replace(part, edits=tuple(e for e in part.edits if not _is_stance(e))) for part in parts]
    ring = any(isinstance(edit, Ring) for edit in parts[-1].edits)
    backwards = [_backwards(part) for part in reversed(closed(plain, range(len(plain) + 1)))]
    stances = [starts[0], *([_turned_back(start) for start in reversed(starts[1:])])]
    placed = [with_edits(part, *stance) for part, stance in zip(backwards, stances, strict=True)]
    return [*placed[:-1], with_edits(placed[-1], Ring())] if ring else placed


def _backwards(part: Part) -> Part:
    """A part that is played backwards and says so, or forwards again."""
    words, told = part.description, part.description.endswith(BACKWARDS)
    words = words.removesuffix(BACKWARDS) if told else words + BACKWARDS
    return replace(with_edits(part, Reverse()), description=words)


def _is_stance(edit: FrameEdit) -> bool:
    return isinstance(edit, (Turn, Shift, Ring)) and not getattr(edit, "y", 0.0)


def _stance(part: Part) -> tuple[Turn | Shift, ...]:
    """Where a part turns and shifts to, as it is shown: a later mirror has mirrored that too."""
    return tuple(
        _mirrored_stance(edit) if _is_mirrored(part, n) else edit
        for n, edit in enumerate(part.edits)
        if isinstance(edit, (Turn, Shift)) and _is_stance(edit)
    )


def _mirrored_stance(edit: Turn | Shift) -> Turn | Shift:
    return Turn(degrees=-edit.degrees) if isinstance(edit, Turn) else Shift(x=-edit.x, z=edit.z)


def _turned_back(stance: Sequence[FrameEdit]) -> tuple[FrameEdit, ...]:
    """The turns and shifts that lead back over a seam."""
    place = HERE
    for edit in stance:
        if isinstance(edit, Turn):
            place = place + np.array([0.0, 0.0, np.radians(edit.degrees)])
        elif isinstance(edit, Shift):
            place = place + np.array([edit.x, edit.z, 0.0])
    if not place.any():
        return ()
    x, z, heading = inverse(place).tolist()
    return Shift(x=x, z=z), Turn(degrees=float(np.degrees(heading)))


def turn(parts: Sequence[Part], index: int, degrees: float) -> list[Part]:
    """Everything from part `index` on faces another way."""
    return [with_edits(part, Turn(degrees=degrees)) if n == index else part for n, part in enumerate(parts)]


def shift(parts: Sequence[Part], index: int, x: float, z: float) -> list[Part]:
    """Everything from part `index` on stands elsewhere."""
    return [with_edits(part, Shift(x=x, z=z)) if n == index else part for n, part in enumerate(parts)]


def lasting(parts: Sequence[Part], lengths: Mapping[int, float]) -> list[Part]:
    """Parts that last so many frames, by their numbers: whole ones, that add up as the lengths do."""
    ends = np.round(np.cumsum(list(lengths.values()))).astype(int)
    frames = np.maximum(1, np.diff(ends, prepend=0))
    kept = list(parts)
    for index, count in zip(lengths, frames.tolist(), strict=True):
        factor = kept[index].span.length / count
        if abs(factor - 1) > SAME_SPEED:
            kept[index] = with_edits(kept[index], Speed(factor=factor))
    return kept


# ---------------------------------------------------------------------- parts that are performed anew


def tempo(part: Part) -> float:
    """How many times as fast as its tokens a part is shown."""
    return math.prod(edit.factor for edit in part.edits if isinstance(edit, Speed))


def paced(part: Part, rate: float) -> Part:
    """A new part shown `rate` times as fast as it was made."""
    return with_edits(part, Speed(factor=rate)) if abs(rate - 1) > SAME_SPEED else part


def asked_words(part: Part) -> str:
    """The words a part is made of anew: its own, but for what they say of its limbs or of time."""
    changed = any(isinstance(edit, (OtherLimb, Reverse)) for edit in part.edits)
    return part.prompt if changed and part.prompt else part.description


def styled(new: Part, old: Part) -> Part:
    """A part performed anew as the old one was shown: its tempo, its other limbs, backwards, where it turns.

    The words of a mirrored part are mirrored too, so the new one is made that way.
    """
    limbs = [_mirrored_limb(edit) if _is_mirrored(old, n) else edit for n, edit in _limbs(old)]
    speed = [Speed(factor=tempo(old))] if abs(tempo(old) - 1) > SAME_SPEED else []
    turned = [edit for edit in old.edits if isinstance(edit, (Reverse, Ring))]
    kept = with_edits(new, *limbs, *speed, *turned, *_stance(old))
    return replace(kept, description=old.description)


def _limbs(part: Part) -> list[tuple[int, OtherLimb]]:
    return [(n, edit) for n, edit in enumerate(part.edits) if isinstance(edit, OtherLimb)]


def _is_mirrored(part: Part, n: int) -> bool:
    """Whether what was done up to edit number n is shown mirrored."""
    return sum(isinstance(edit, Mirror) for edit in part.edits[n:]) % 2 == 1


def _mirrored_limb(edit: OtherLimb) -> OtherLimb:
    donor = tuple(take.model_copy(update={"edits": (*take.edits, Mirror())}) for take in edit.donor)
    return OtherLimb.model_validate({"limb": OTHER_SIDE.get(edit.limb, edit.limb), "donor": donor})


# ---------------------------------------------------------------------- limbs of other motions


def taking_limb(part: Part, limb: Limb, donor: Sequence[Part]) -> Part:
    """A part whose limb moves as in other parts, one after another."""
    words = f"{part.description}, the {limb} as in '{describe([other.description for other in donor])}'"
    spliced = with_edits(part, OtherLimb(limb=limb, donor=tuple(other.take for other in donor)))
    notes = unique([*part.notes, *(note for other in donor for note in other.notes)])
    return replace(spliced, description=words, notes=notes)
