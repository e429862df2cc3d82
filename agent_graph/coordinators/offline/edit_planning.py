"""From an edit in words to the operations of edit_motion, with segment numbers looked up.

Operations are done in order, each on the timeline the one before left, so the timeline is carried along:
what comes out is the operations and the segments as they will be afterwards.
"""

from __future__ import annotations

from ....motion_models.english.mirroring import mirror_text
from ....tools.arguments.fields import MAX_REPEATS
from ....tools.arguments.operations import FASTEST, SLOWEST
from .amounts import runs
from .answers import timeline as told
from .dialogue import KnownMotion
from .reworking import REWORKED, between
from .sentences.grammar import Verbs
from .sentences.requests import Edit
from .timeline import (
    Operation,
    PartTimes,
    PlanningError,
    Timeline,
    allowed_seconds,
    described,
    inserted,
    laid_over,
    several,
    step,
    where,
)

_LEAST_SECONDS = 0.4
_MORE_SECONDS = 2.0  # how much "longer" adds where the present length is not known


def operations(edit: Edit, clip: KnownMotion, verbs: Verbs) -> tuple[list[Operation], PartTimes | None]:
    """The operations an edit needs and the timeline they leave. Raises PlanningError."""
    timeline = Timeline(clip, verbs)
    steps = _BUILDERS[edit.kind](edit, timeline)
    segments = timeline.segments
    for operation in steps:
        segments = _after(operation, segments)
    return steps, segments


def _insert(edit: Edit, timeline: Timeline) -> list[Operation]:
    if edit.place in ("end", "start"):
        return inserted(edit.actions, None if edit.place == "end" else 1)
    if edit.place == "between":
        return inserted(edit.actions, between(edit, timeline))
    numbers = timeline.numbers(edit.anchor)
    return inserted(edit.actions, numbers[0] if edit.place == "before" else numbers[-1] + 1)


def _replace(edit: Edit, timeline: Timeline) -> list[Operation]:
    numbers = timeline.numbers(edit.part) if edit.part else list(range(1, timeline.count + 1))
    first, *others = numbers
    action, *more = edit.actions
    steps = [step("delete", number) for number in reversed(others)]
    if action.motion:
        steps += [*inserted((action,), first), step("delete", first + 1)]
    else:
        steps += [step("replace", first, **described(action)), *laid_over(action, first)]
    steps += inserted(tuple(more), first + 1) if first > 0 else []
    return steps + ([step("repeat", first, times=min(action.times, MAX_REPEATS))] if action.times > 1 else [])


def _delete(edit: Edit, timeline: Timeline) -> list[Operation]:
    numbers = several(edit.part, timeline)
    if timeline.segments is not None and len(numbers) >= timeline.count:
        raise PlanningError("That is all there is in this motion; nothing would be left.")
    return [step("delete", number) for number in numbers]


def _repeat(edit: Edit, timeline: Timeline) -> list[Operation]:
    times = min(MAX_REPEATS, max(2, round(edit.amount or 2)))
    return [step("repeat", number, times=times) for number in where(edit, timeline)]


def _swap(edit: Edit, timeline: Timeline) -> list[Operation]:
    order = list(range(1, timeline.count + 1))
    if len(order) < 2:
        raise PlanningError("The motion has only one part; there is nothing to swap.")
    words = edit.part.removeprefix("the ")
    if not words:
        return [step("reorder", order=_other_way_round(timeline))]
    if words.startswith("two") and len(order) > 2:
        raise PlanningError(f"Which two? The motion has these parts: {told(timeline.segments or ())}.")
    if words.startswith("order"):
        return [step("reorder", order=order[::-1])]
    if words.startswith(("first two", "first 2", "both", "two")):
        a, b = 1, 2
    elif words.startswith(("last two", "last 2")):
        a, b = order[-2], order[-1]
    else:
        a, b = _pair(edit.part, timeline)
    order[a - 1], order[b - 1] = order[b - 1], order[a - 1]
    return [step("reorder", order=order)]


def _other_way_round(timeline: Timeline) -> list[int]:
    """Two actions exchanged, each with all its repeats: "swap those"."""
    both = runs(timeline)
    if len(both) != 2:
        raise PlanningError(f"Which two? The motion has these parts: {told(timeline.segments or ())}.")
    return [*both[1].numbers, *both[0].numbers]


def _pair(words: str, timeline: Timeline) -> tuple[int, int]:
    """The two parts of 'the jump and the wave', 'parts 1 and 2'."""
    first, _, second = words.replace(" with ", " and ").partition(" and ")
    if words.startswith(("parts ", "segments ")):
        first, second = first.replace("s ", " ", 1), f"part {second}"
    return timeline.numbers(first)[0], timeline.numbers(second)[0]


def _move(edit: Edit, timeline: Timeline) -> list[Operation]:
    moved = timeline.numbers(edit.part)
    order = [number for number in range(1, timeline.count + 1) if number not in moved]
    if edit.place in ("end", "start"):
        at = len(order) if edit.place == "end" else 0
    else:
        anchors = timeline.numbers(edit.anchor)
        if set(anchors) & set(moved):
            raise PlanningError(f'"{edit.part}" and "{edit.anchor}" are the same part.')
        at = order.index(anchors[0]) if edit.place == "before" else order.index(anchors[-1]) + 1
    return [step("reorder", order=[*order[:at], *moved, *order[at:]])] if order else []


def _trim(edit: Edit, timeline: Timeline) -> list[Operation]:
    amount = edit.amount or 1.0
    if edit.place == "start":
        return [step("trim", start=amount)]
    return [step("trim", end=_rest(timeline, amount))]


def _keep(edit: Edit, timeline: Timeline) -> list[Operation]:
    amount = edit.amount or 1.0
    if edit.anchor:
        start = float(edit.anchor)
        if amount <= start:
            raise PlanningError(f"From {start:g} to {amount:g} seconds nothing is left.")
        return [step("trim", start=start, end=amount)]
    return (
        [step("trim", end=amount)] if edit.place == "start" else [step("trim", start=_rest(timeline, amount))]
    )


def _rest(timeline: Timeline, amount: float) -> float:
    """What is left of the motion's length after `amount` seconds."""
    if not timeline.seconds:
        raise PlanningError("I do not know yet how long that motion will be; ask again once it is made.")
    rest = round(timeline.seconds - amount, 2)
    if rest <= 0:
        raise PlanningError(f"The motion lasts {timeline.seconds:g} s; nothing would be left.")
    return rest


def _longer(edit: Edit, timeline: Timeline) -> list[Operation]:
    """A part goes on with its action; a whole of several parts is stretched in proportion."""
    amount = edit.amount or -1.5
    if not edit.part and len(timeline.segments or ()) > 1 and amount < 0 and timeline.seconds:
        return [step("duration", seconds=_length(timeline.seconds * -amount))]
    return [_going_on(number, amount, timeline) for number in where(edit, timeline)]


def _going_on(number: int | None, amount: float, timeline: Timeline) -> Operation:
    now = timeline.seconds if number is None else timeline.seconds_of(number)
    more = amount if amount > 0 else now * (-amount - 1) if now else _MORE_SECONDS
    return step("extend", number, seconds=_length(more))


def _shorter(edit: Edit, timeline: Timeline) -> list[Operation]:
    amount, steps = edit.amount or -1.5, []
    for number in where(edit, timeline):
        now = timeline.seconds if number is None else timeline.seconds_of(number)
        if not now:
            raise PlanningError("I do not know its present length; say how long it should be.")
        left = now - amount if amount > 0 else now / -amount
        if left < _LEAST_SECONDS:
            raise PlanningError(f"It lasts {now:g} s; {_LEAST_SECONDS:g} s have to remain.")
        steps.append(step("duration", number, seconds=_length(left)))
    return steps


def _length(seconds: float) -> float:
    """In whole tokens of 0.2 s, at least one."""
    return allowed_seconds(max(0.2, round(round(seconds / 0.2) * 0.2, 1))) or 0.2


def _duration(edit: Edit, timeline: Timeline) -> list[Operation]:
    return [
        step("duration", number, seconds=allowed_seconds(edit.amount)) for number in where(edit, timeline)
    ]


def _speed(edit: Edit, timeline: Timeline) -> list[Operation]:
    factor = min(FASTEST, max(SLOWEST, edit.amount or 1.0))
    return [step("speed", number, factor=factor) for number in where(edit, timeline)]


def _mirror(edit: Edit, timeline: Timeline) -> list[Operation]:
    return [step("mirror", number) for number in where(edit, timeline)]


def _regenerate(edit: Edit, timeline: Timeline) -> list[Operation]:
    seed = None if edit.amount is None else int(edit.amount)
    return [step("regenerate", number, seed=seed) for number in where(edit, timeline)]


_BUILDERS = {
    "replace": _replace, "insert": _insert, "delete": _delete, "repeat": _repeat, "swap": _swap,
    "move": _move, "trim": _trim, "keep": _keep, "longer": _longer, "shorter": _shorter,
    "duration": _duration, "mirror": _mirror, "speed": _speed, "regenerate": _regenerate, **REWORKED,
}  # fmt: skip


def _after(done: Operation, segments: PartTimes | None) -> PartTimes | None:
    """The timeline after one operation; unknown after a cut in seconds or a motion put in whole.

    So it is where the whole is made to loop, which may add a way back.
    """
    op = done["op"]
    if segments is None or op == "trim" or (op == "insert" and "motion_id" in done):
        return None
    parts = list(segments)
    index = _index(done.get("segment"), len(parts))
    if op == "loop" and index is None:
        return None
    new = (str(done.get("description", "")), float(done.get("seconds", 0.0)))
    if op == "insert":
        parts.insert(done.get("position", len(parts) + 1) - 1, new)
    elif op == "delete" and index is not None:
        del parts[index]
    elif op == "replace" and index is not None:
        parts[index] = new
    elif op == "reverse" and index is None:
        parts.reverse()
    elif op == "mirror":
        parts = [
            (mirror_text(text), seconds) if index in (None, at) else (text, seconds)
            for at, (text, seconds) in enumerate(parts)
        ]
    elif op in ("repeat", "loop"):
        parts = (
            parts * done["times"]
            if index is None
            else [*parts[:index], *[parts[index]] * done.get("times", 1), *parts[index + 1 :]]
        )
    elif op == "reorder":
        parts = [parts[number - 1] for number in done["order"]]
    return tuple(parts)


def _index(segment: int | None, count: int) -> int | None:
    if segment is None:
        return None
    return segment - 1 if segment > 0 else count + segment
