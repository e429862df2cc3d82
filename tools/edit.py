"""edit_motion: typed operations on the timeline of a motion in memory; the result is a child motion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..motion_models.motion.features import SECONDS_PER_TOKEN
from .arguments import operations as ops
from .arguments.operations import Operation
from .batching import Work
from .errors import EditError
from .memory import unique
from .montage.flow import Piece, flowing
from .montage.measuring import measured
from .montage.parts import NewPart, Part, Parts, draft, parts_of
from .montage.reshape import change_speed, mirror
from .montage.timeline import delete, index_of, indices_of, reorder, repeat, trim
from .montage.transitions import connecting
from .results import motion_result
from .schemas import EditMotionArgs
from .services import Call, Services

#: Seeds of one operation lie this far from those of the next, so that no two parts share one by accident.
SEED_STRIDE = 100
#: What a part that only connects its neighbours is called.
CONNECTION = "a transition"


def edit_motion(services: Services, call: Call, arguments: EditMotionArgs) -> Work:
    """Change a motion that exists. The result is a new motion; what is not named stays as it was."""
    parent = services.clip(call, arguments.motion_id)
    parts = parts_of(parent)
    for number, operation in enumerate(arguments.operations):
        editor = _Editor(services, call, call.seed_for(SEED_STRIDE * number))
        parts = yield from editor.apply(operation, parts)
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
            case ops.Mirror():
                chosen = indices_of(parts, operation.segment)
                return [mirror(self.services, part) if n in chosen else part for n, part in enumerate(parts)]
            case ops.Speed():
                return self.speed(operation, parts)
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

    def speed(self, operation: ops.Speed, parts: list[Part]) -> list[Part]:
        chosen = indices_of(parts, operation.segment)
        return [
            change_speed(self.services, part, operation.factor) if n in chosen else part
            for n, part in enumerate(parts)
        ]

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
        index = index_of(parts, operation.segment or len(parts))
        part = parts[index]
        before, after = parts[: index + 1], parts[index + 1 :]
        [more] = yield from self._new(before, part.description, operation.seconds, operation.seed, after)
        longer = replace(part, tokens=part.tokens + more.tokens, notes=unique(part.notes + more.notes))
        return [*parts[:index], longer, *parts[index + 1 :]]

    def duration(self, operation: ops.Duration, parts: list[Part]) -> Parts:
        """Whole motions keep the proportions of their segments."""
        chosen = indices_of(parts, operation.segment)
        factor = operation.seconds / sum(parts[index].seconds for index in chosen)
        return (yield from self._anew(parts, chosen, factor, None))

    def regenerate(self, operation: ops.Regenerate, parts: list[Part]) -> Parts:
        seed = self.seed if operation.seed is None else operation.seed
        return (yield from self._anew(parts, indices_of(parts, operation.segment), 1.0, seed))

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
            new = [Part(CONNECTION, connecting(self.services, parts[at - 1].tokens, parts[at].tokens, count))]
        return [*parts[:at], *new, *parts[at:]]

    def _anew(self, parts: list[Part], chosen: list[int], factor: float, seed: int | None) -> Parts:
        """Generate the chosen parts again, all together.

        seed None keeps each part's own seed, so that only its length changes. Recorded parts that have
        never been generated keep their movement and change their speed.
        """
        self.services.check_seconds(
            sum(part.seconds * (factor if n in chosen else 1.0) for n, part in enumerate(parts))
        )
        pieces: list[Piece] = []
        for index, part in enumerate(parts):
            if index not in chosen:
                pieces.append(part)
            elif not part.prompt and seed is None:
                pieces.append(change_speed(self.services, part, 1 / factor))
            else:
                again = self._seed(index, part.seed) if seed is None else seed + index
                pieces.append(NewPart(part.description, part.seconds * factor, again))
        return (yield from flowing(self.services, pieces))

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
