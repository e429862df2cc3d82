"""Parts once more at another place, on another side, backwards or at another pace; and halves of parts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .answers import timeline as told
from .sentences.requests import Edit
from .sentences.sides import OTHER_SIDE
from .timeline import Operation, PlanningError, Timeline, several, step


def sided(timeline: Timeline, side: str) -> list[int]:
    """The parts a side is meant of when none is named: those that name one, or all."""
    count = timeline.count
    named = [
        n for n, (text, _) in enumerate(timeline.segments or (), 1) if re.search(r"\b(?:left|right)\b", text)
    ]
    opposite = [
        n for n, (text, _) in enumerate(timeline.segments or (), 1)
        if side in OTHER_SIDE and re.search(rf"\b{OTHER_SIDE[side]}\b", text)
    ]  # fmt: skip
    chosen = opposite or named or list(range(1, count + 1))
    if len(chosen) > 1 and len(chosen) == count and side != "other" and not named:
        raise PlanningError(f"Which part? The motion has these: {told(timeline.segments or ())}.")
    return chosen[::-1]


def copied(edit: Edit, timeline: Timeline) -> list[Operation]:
    """A part, or all, once more at another place; on another side, backwards or at another pace where that is
    said.
    """
    count = timeline.count
    numbers = sorted(several(edit.part, timeline)) if edit.part else list(range(1, count + 1))
    on_side = edit.said not in ("", "backwards", "pace")
    if on_side and not edit.part:
        numbers = sided(timeline, edit.said)[::-1] if count > 1 else [1]
    steps = [step("repeat", number, times=2) for number in reversed(numbers)]
    if len(numbers) == count > 1 and not edit.part:
        steps = [step("repeat", times=2)]
        order = list(range(1, 2 * count + 1))
    else:
        order = _copied_order(numbers, edit, timeline)
        if order != list(range(1, len(order) + 1)):
            steps.append(step("reorder", order=order))
    copies = [len(order) - offset for offset in range(len(numbers))]
    if on_side and not _is_on(edit.said, [(timeline.segments or ())[n - 1][0] for n in numbers]):
        steps += [step("mirror", number) for number in copies]
    if edit.said == "backwards":
        steps += [step("reverse", number) for number in copies]
        ahead = sorted(copies)
        backwards = [*range(1, ahead[0]), *reversed(ahead)]
        steps += [step("reorder", order=backwards)] if len(copies) > 1 else []
    if edit.said == "pace":
        steps += [step("speed", number, factor=edit.amount) for number in copies]
    return steps


def _is_on(side: str, descriptions: Sequence[str]) -> bool:
    """Whether parts are said to be done on this side already: "left", "right hand"."""
    wanted, said = side.partition(" ")[0], set(" ".join(descriptions).split())
    return {wanted} == said & {"left", "right"}


def _copied_order(numbers: Sequence[int], edit: Edit, timeline: Timeline) -> list[int]:
    """Where each part lies once some stand twice in a row: the second of each taken to its place."""
    first, second, at = [], [], 0
    for number in range(1, timeline.count + 1):
        at += 1
        first.append(at)
        if number in numbers:
            at += 1
            second.append(at)
    if edit.place == "start":
        return [*second, *first]
    if edit.anchor and edit.place in ("before", "after"):
        anchors = timeline.numbers(edit.anchor)
        cut = anchors[0] - 1 if edit.place == "before" else anchors[-1]
        return [*first[:cut], *second, *first[cut:]]
    return [*first, *second]


_HALVED = re.compile(r"\b(\d+(?:\.\d+)?)(?= ?(?:metres?|meters?|m|steps?|paces|times)\b)")


def split(edit: Edit, timeline: Timeline) -> list[Operation]:
    """One half of a part where it is, or right before another one, and the other half right after that."""
    [number, *others] = timeline.numbers(edit.part)
    anchor = timeline.numbers(edit.anchor)[-1]
    if others or anchor == number:
        raise PlanningError(
            f"Which part is to be split? The motion has these: {told(timeline.segments or ())}."
        )
    description, seconds = (timeline.segments or ())[number - 1]
    half = {
        "description": _HALVED.sub(lambda figure: f"{float(figure[1]) / 2:g}", description),
        "seconds": round(seconds / 2, 2),
    }
    halves = [step("insert", position=anchor + 1, **half)]
    if anchor > number:
        return [step("replace", number, **half), *halves]
    order = [n for n in range(1, timeline.count + 1) if n != number]
    order.insert(anchor - 1, number)
    moved = step("reorder", order=order)
    return [step("replace", number, **half), moved, step("insert", position=anchor + 2, **half)]
