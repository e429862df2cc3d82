"""How much motion a plan makes, in seconds: what approval and the limit of a plan are decided by.

The steps are played through on lengths alone, one after another, as the tools will do it: what is generated
counts as long as it was asked for, what is copied, repeated or made anew as long as it will be.

Lengths do not tell whether what extends a part becomes one with it or a part of its own, which later
operations may name: a plan counts as the longer of the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..motion_models.motion.features import SECONDS_PER_TOKEN
from ..tools.arguments import operations as ops
from ..tools.arguments.operations import Operation
from ..tools.errors import EditError
from ..tools.montage.parts import Part
from ..tools.montage.timeline import delete, index_of, indices_of, reorder, repeat, trim
from ..tools.schemas import (
    NOMINAL_SECONDS,
    Arguments,
    ArrangeSceneArgs,
    ComposeSequenceArgs,
    EditMotionArgs,
    GenerateMotionArgs,
    made_seconds,
    reference_number,
)

#: The lengths of the parts of a motion in memory, in seconds, by its id or name; None: it is not there.
Lengths = Callable[[str], Sequence[float] | None]
#: What a step makes, in seconds, and the parts of the motion it ends in.
Made = tuple[float, list[Part]]


def seconds_of(steps: Mapping[int, Arguments], lengths: Lengths, enough: float) -> float:
    """How much motion the steps, by their numbers, make. Not counted on once it is more than `enough`."""
    return max(_Player(lengths, enough, apart).played(steps) for apart in (False, True))


class _Player:
    """Plays steps through. results: the parts of what each step made, by its number.

    apart: whether what extends a part is taken for a part of its own.
    """

    def __init__(self, lengths: Lengths, enough: float, apart: bool) -> None:
        self.lengths, self.enough, self.apart = lengths, enough, apart
        self.results: dict[int, list[Part]] = {}

    def played(self, steps: Mapping[int, Arguments]) -> float:
        total = 0.0
        for number, arguments in sorted(steps.items()):
            seconds, self.results[number] = self.play(arguments)
            total += seconds
            if total > self.enough:
                break
        return round(total, 3)

    def play(self, arguments: Arguments) -> Made:
        match arguments:
            case GenerateMotionArgs():
                seconds = made_seconds(arguments.seconds)
                return seconds * arguments.variants, [_lasting(seconds)]
            case ComposeSequenceArgs():
                return self._compose(arguments)
            case ArrangeSceneArgs():
                return NOMINAL_SECONDS * sum(person.motion_id is None for person in arguments.people), []
            case EditMotionArgs():
                return self._edit(arguments)
        return 0.0, [_lasting(NOMINAL_SECONDS)]

    def parts(self, motion_id: str) -> list[Part]:
        """The parts of a motion; none for one that does not exist, which is a fault of its own."""
        number = reference_number(motion_id)
        if number is not None and number in self.results:
            return self.results[number]
        return [_lasting(seconds) for seconds in self.lengths(motion_id) or ()]

    def _compose(self, arguments: ComposeSequenceArgs) -> Made:
        total, parts = 0.0, []
        for segment in arguments.segments:
            new = [_lasting(made_seconds(segment.seconds))]
            one = new if segment.motion_id is None else self.parts(segment.motion_id)
            total += _seconds(one) * segment.repeat
            parts += one * (segment.repeat if total <= self.enough else 0)
        return total, parts

    def _edit(self, arguments: EditMotionArgs) -> Made:
        """Operations up to one that cannot be carried out, which ends the step when it runs."""
        total, parts = 0.0, self.parts(arguments.motion_id)
        for operation in arguments.operations:
            try:
                seconds, parts = self._operation(operation, parts)
            except EditError:
                break
            total += seconds
            if total > self.enough:  # the next one may multiply it
                break
        return total, parts

    def _operation(self, operation: Operation, parts: list[Part]) -> Made:
        match operation:
            case ops.Delete():
                return 0.0, delete(parts, operation.segment)
            case ops.Reorder():
                return 0.0, reorder(parts, operation.order)
            case ops.Trim():
                return 0.0, trim(parts, operation.start, operation.end)
            case ops.Repeat():
                longer = repeat(parts, operation.segment, operation.times)
                return _seconds(longer) - _seconds(parts), longer
            case ops.Extend() | ops.Replace() | ops.Insert() | ops.InBetween():
                return self._added(operation, parts)
        return _changed(operation, parts)

    def _added(
        self, operation: ops.Extend | ops.Replace | ops.Insert | ops.InBetween, parts: list[Part]
    ) -> Made:
        new = [_lasting(made_seconds(operation.seconds))]
        match operation:
            case ops.Extend():
                at = index_of(parts, operation.segment or len(parts))
                apart = self.apart and not operation.hold
                one = [parts[at], *new] if apart else [_lasting(parts[at].seconds + _seconds(new))]
                return _seconds(new), [*parts[:at], *one, *parts[at + 1 :]]
            case ops.Replace():
                at = index_of(parts, operation.segment)
                return _put(new, parts, at, at + 1)
            case ops.Insert():
                at = len(parts) if operation.position is None else operation.position - 1
                return _put(
                    new if operation.motion_id is None else self.parts(operation.motion_id), parts, at, at
                )
            case ops.InBetween():
                at = index_of(parts, operation.segment) + 1
                return _put(new, parts, at, at)


def _changed(
    operation: ops.Mirror | ops.Regenerate | ops.Speed | ops.Duration | ops.Reverse | ops.Turn | ops.Shift
    | ops.Loop | ops.Path | ops.TakeLimb,
    parts: list[Part],
) -> Made:  # fmt: skip
    """Parts that are shown otherwise count as made again, as long as they will be."""
    match operation:
        case ops.Speed():
            return _anew(parts, operation.segment, 1 / operation.factor)
        case ops.Duration():
            chosen = [parts[index] for index in indices_of(parts, operation.segment)]
            return _anew(parts, operation.segment, operation.seconds / (_seconds(chosen) or 1.0))
        case ops.Loop():
            return _anew(parts, operation.segment, operation.times)
        case ops.Reverse(segment=None):
            return _anew(parts[::-1], None, 1.0)
    return _anew(parts, operation.segment, 1.0)


def _lasting(seconds: float) -> Part:
    """A part of so many seconds; what its tokens are plays no role."""
    return Part("", (0,) * max(1, round(seconds / SECONDS_PER_TOKEN)))


def _seconds(parts: Sequence[Part]) -> float:
    return round(sum(part.seconds for part in parts), 3)


def _put(new: list[Part], parts: list[Part], start: int, end: int) -> Made:
    """New parts in place of those from `start` to `end`."""
    return _seconds(new), [*parts[:start], *new, *parts[end:]]


def _anew(parts: list[Part], segment: int | None, factor: float) -> Made:
    """One segment, or all of them, made again `factor` times as long."""
    chosen = indices_of(parts, segment)
    again = [_lasting(part.seconds * factor) if n in chosen else part for n, part in enumerate(parts)]
    return sum(again[n].seconds for n in chosen), again
