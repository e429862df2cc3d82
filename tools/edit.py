"""edit_motion: typed operations on the timeline of a motion in memory; the result is a child motion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..motion_models.motion.features import FPS, SECONDS_PER_TOKEN
from .arguments import operations as ops
from .arguments.operations import Operation
from .batching import Work
from .clips.frame_edits import Speed
from .errors import EditError
from .memory import unique
from .montage.flow import Piece, connection, flowing
from .montage.making import Parts, generate_parts
from .montage.measuring import measured, off_floor_edits
from .montage.parts import NewPart, Part, draft, guarded, parts_of
from .montage.reshape import (
    asked_words,
    change_speed,
    hold,
    lasting,
    mirror,
    paced,
    reverse,
    shift,
    styled,
    taking_limb,
    tempo,
    turn,
)
from .montage.timeline import delete, index_of, indices_of, reorder, repeat, shares, trim
from .montage.ways import along_points, looped
from .results import motion_result
from .schemas import EditMotionArgs
from .services import Call, Services

#: Seeds of one operation lie this far from those of the next, so that no two parts share one by accident.
SEED_STRIDE = 100
#: Operations on frames alone.
Exact = ops.Mirror | ops.Speed | ops.Reverse | ops.Turn | ops.Shift | ops.Loop | ops.Path
#: A part that is to last this much longer or shorter changes its speed; beyond, it is performed anew.
SAME_TAKE = (0.75, 1.35)


def edit_motion(services: Services, call: Call, arguments: EditMotionArgs) -> Work:
    """Change a motion that exists. The result is a new motion; what is not named stays as it was."""
    parent = services.clip(call, arguments.motion_id)
    parts = parts_of(parent)
    for number, operation in enumerate(arguments.operations):
        editor = _Editor(services, call, call.seed_for(SEED_STRIDE * number))
        parts = yield from editor.apply(operation, guarded(parts))
        services.check_seconds(sum(part.seconds for part in parts))  # before the next one multiplies them
    parts = measured(services, parts)
    clip = services.keep(call, draft(parts, "edit_motion", parent=parent.id, name=arguments.name))
    return motion_result([clip])


class _Editor:
    """Applies one operation. seed: the base of the seeds the operation does not name."""

    def __init__(self, services: Services, call: Call, seed: int) -> None:
        self.services, self.call, self.seed = services, call, seed

    def apply(self, operation: Operation, parts: list[Part]) -> Parts:
        match operation:
            case ops.Delete():
                return delete(parts, operation.segment)
            case ops.Repeat():
                return repeat(parts, operation.segment, operation.times)
            case ops.Reorder():
                return reorder(parts, operation.order)
            case ops.Trim():
                return trim(parts, operation.start, operation.end)
            case ops.Replace():
                return (yield from self.replace(operation, parts))
            case ops.Insert():
                return (yield from self.insert(operation, parts))
            case ops.Extend():
                return (yield from self.extend(operation, parts))
            case ops.Duration():
                return (yield from self.duration(operation, parts))
            case ops.Regenerate():
                return (yield from self.regenerate(operation, parts))
            case ops.InBetween():
                return (yield from self.in_between(operation, parts))
            case ops.TakeLimb():
                return (yield from self.limb(operation, parts))
            case _:
                return self.exactly(operation, parts)

    def exactly(self, operation: Exact, parts: list[Part]) -> list[Part]:
        """What is done to frames alone, without a model."""
        chosen = indices_of(parts, operation.segment)
        match operation:
            case ops.Mirror():
                return mirror(parts, chosen)
            case ops.Speed():
                return change_speed(parts, chosen, operation.factor)
            case ops.Reverse():
                return reverse(parts, chosen)
            case ops.Turn():
                return turn(parts, chosen[0], operation.degrees)
            case ops.Shift():
                return shift(parts, chosen[0], operation.x, operation.z)
            case ops.Loop():
                return looped(self.services, parts, chosen, operation.times)
            case ops.Path():
                return along_points(self.services, parts, chosen, operation.points)

    def replace(self, operation: ops.Replace, parts: list[Part]) -> Parts:
        index = index_of(parts, operation.segment)
        new = yield from self._new(
            parts[:index], operation.description, operation.seconds, operation.seed, parts[index + 1 :]
        )
        return [*parts[:index], *new, *parts[index + 1 :]]

    def insert(self, operation: ops.Insert, parts: list[Part]) -> Parts:
        at = len(parts) if operation.position is None else operation.position - 1
        if at > len(parts):
            index_of(parts, at)  # raises: that place is beyond the end
        if operation.motion_id is not None:
            new = parts_of(self.services.clip(self.call, operation.motion_id))
        else:
            text = operation.description or ""
            new = yield from self._new(parts[:at], text, operation.seconds, operation.seed, parts[at:])
        return [*parts[:at], *new, *parts[at:]]

    def extend(self, operation: ops.Extend, parts: list[Part]) -> Parts:
        """A part that something was done to is followed by one of its own, unless only its speed changed."""
        index = index_of(parts, operation.segment or len(parts))
        part = parts[index]
        if operation.hold:
            return [*parts[:index], hold(part, operation.seconds), *parts[index + 1 :]]
        rate = tempo(part)
        before, after = parts[:index], parts[index + 1 :]
        part = off_floor_edits(part)
        whole = all(isinstance(edit, Speed) for edit in part.edits)
        last = replace(part, edits=(), after=None) if whole else part
        self.services.check_seconds(sum(each.seconds for each in parts) + operation.seconds)
        request = (part.description, operation.seconds * rate, operation.seed)
        [more] = yield from self._new([*before, last], *request, after)
        if not whole:
            return [*before, parts[index], paced(more, rate), *after]
        longer = replace(
            part,
            tokens=part.tokens + more.tokens,
            notes=unique(part.notes + more.notes),
            after=more.after,
            checks=(),
            demands=more.demands and more.demands.floor_alone,
        )
        return [*before, longer, *after]

    def duration(self, operation: ops.Duration, parts: list[Part]) -> Parts:
        """Whole motions keep the proportions of their segments. What is not far from it changes its speed."""
        chosen = indices_of(parts, operation.segment)
        frames = max(1, round(operation.seconds * FPS))
        factor = frames / sum(parts[index].span.length for index in chosen)
        rest = sum(part.seconds for n, part in enumerate(parts) if n not in chosen)
        self.services.check_seconds(rest + frames / FPS)
        lengths = {index: parts[index].span.length * factor for index in chosen}
        least, most = SAME_TAKE
        anew = [index for index in chosen if parts[index].prompt and not least <= factor <= most]
        if anew:
            parts = yield from self._anew(parts, anew, factor, None)
        return lasting(parts, lengths)

    def regenerate(self, operation: ops.Regenerate, parts: list[Part]) -> Parts:
        seed = self.seed if operation.seed is None else operation.seed
        return (yield from self._anew(parts, indices_of(parts, operation.segment), 1.0, seed))

    def limb(self, operation: ops.TakeLimb, parts: list[Part]) -> Parts:
        """What the limb does begins with the first part it is taken for, and goes on over the others."""
        chosen = indices_of(parts, operation.segment)
        if operation.motion_id is not None:
            other = parts_of(self.services.clip(self.call, operation.motion_id))
            donors = shares(other, [parts[index].seconds for index in chosen])
        else:
            text = operation.description or ""
            requests = [
                NewPart(text, parts[index].seconds, self._seed(index, operation.seed)) for index in chosen
            ]
            donors = [[part] for part in (yield from generate_parts(self.services, requests))]
        given = dict(zip(chosen, donors, strict=False))
        return [
            taking_limb(part, operation.limb, given[n]) if n in given else part
            for n, part in enumerate(parts)
        ]

    def in_between(self, operation: ops.InBetween, parts: list[Part]) -> Parts:
        """A described part is generated and led over into its neighbours; any other only connects."""
        at = index_of(parts, operation.segment) + 1
        if at == len(parts):
            raise EditError(f"segment {at} is the last; nothing comes after it to be connected with")
        if operation.description is not None:
            text, seconds = operation.description, operation.seconds
            new = yield from self._new(parts[:at], text, seconds, operation.seed, parts[at:])
        else:
            count = max(1, round(operation.seconds / SECONDS_PER_TOKEN))
            new = [connection(self.services, parts[at - 1], parts[at], count)]
        return [*parts[:at], *new, *parts[at:]]

    def _anew(self, parts: list[Part], chosen: list[int], factor: float, seed: int | None) -> Parts:
        """Generate the chosen parts again, all together, `factor` times as long, in the style they have.

        seed None keeps each part's own seed, so that only its length changes.
        """
        pieces: list[Piece] = list(parts)
        for index in chosen:
            part = parts[index]
            again = self._seed(index, part.seed) if seed is None else seed + index
            pieces[index] = NewPart(asked_words(part), part.seconds * factor * tempo(part), again)
        made = yield from flowing(self.services, pieces)
        return [styled(new, parts[n]) if n in chosen else new for n, new in enumerate(made)]

    def _new(
        self,
        before: list[Part],
        description: str,
        seconds: float | None,
        seed: int | None,
        after: Sequence[Part],
    ) -> Parts:
        """One new part that flows from what is before it into what is after it."""
        self.services.check_seconds(sum(part.seconds for part in before) + (seconds or 0.0))
        request = NewPart(description, seconds, self._seed(len(before), seed))
        parts = yield from flowing(self.services, [*before[-1:], request, *after[:1]])
        return [parts[1 if before else 0]]

    def _seed(self, position: int, seed: int | None) -> int:
        return self.seed + position if seed is None else seed
