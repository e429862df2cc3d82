"""How much a part does now, and how much it is to do: repeats, steps, metres and degrees."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from ....motion_models.english.quantities import NUMBERS
from ....tools.arguments.fields import MAX_REPEATS
from .answers import timeline as told
from .overlays.shapes import degrees_in
from .sentences.requests import Edit
from .timeline import Operation, PlanningError, Timeline, step

#: How a quantity stands in the words of a part, by its unit.
_NUMBER = rf"(?P<n>\d+(?:\.\d+)?|{'|'.join(NUMBERS)})"
_FIGURES = {
    "degrees": rf"{_NUMBER} ?(?:degrees?|°)",
    "metres": rf"{_NUMBER} ?(?:metres?|meters?|m\b)",
    "steps": rf"{_NUMBER} (?=(?:steps?|paces|stairs)\b)",
    "times": rf"\b(?:(?!(?:an?|one|half) ){_NUMBER} (?!degrees?|metres?|meters?|m\b|steps?|paces|stairs"
    r"|seconds?|hands?|arms?|legs?|foot|feet|knees?)(?=\w)|(?P<word>once|twice)\b)",
}
_MOVES = {
    "degrees": r"\b(?:turn|spin|rotate|pivot|twist)s?\b",
    "metres": r"\b(?:walk|run|jog|crawl|sprint|march|sneak|step|skip|shuffle|limp|go|move)(?:e?s)?\b",
    "steps": r"\b(?:walk|run|jog|step|march|retreat|limp|climb|sneak|tiptoe|sidestep|shuffle)(?:e?s)?\b",
}


#: Lengths that differ by less are the same.
_SAME_SECONDS = 0.15


class Run(NamedTuple):
    """Neighbours that do the same: their numbers, and how much each says in a unit (None: it does not)."""

    numbers: list[int]
    figure: float | None

    def amount(self, description: str, unit: str) -> float | None:
        """How much all of them come to; a part without a count is done once."""
        if unit == "times":
            return (self.figure or 1.0) * len(self.numbers)
        if unit == "degrees" and self.figure is None:
            return degrees_in(description)
        return None if self.figure is None else self.figure * len(self.numbers)


def runs(timeline: Timeline, unit: str = "times", among: list[int] | None = None) -> list[Run]:
    """The runs of equal neighbours of a timeline, or of some of its parts."""
    texts = [text for text, _ in timeline.segments or ()]
    numbers = range(1, timeline.count + 1) if among is None else sorted(among)
    found = []
    for (text, _), grouped in groupby(enumerate(numbers), lambda at: (texts[at[1] - 1], at[1] - at[0])):
        said = re.search(_FIGURES[unit], text)
        figure = _value(said) if said else None
        found.append(Run([number for _, number in grouped], figure))
    return found


def _value(said: re.Match[str]) -> float:
    """The figure a part says: '6', 'six', 'twice'."""
    word = said["n"] or {"once": "1", "twice": "2"}[said["word"]]
    return float(NUMBERS.get(word, 0) or word)


def quantity(edit: Edit, timeline: Timeline) -> list[Operation]:
    """Parts as often, far or round as is said now, or more or less often than they are."""
    steps: list[Operation] = []
    if not edit.said:
        edit = replace(edit, said=_unit(edit, timeline))
    for run in reversed(_meant(edit, timeline)):
        description = (timeline.segments or ())[run.numbers[0] - 1][0]
        if edit.relation == "more" and run.amount(description, edit.said) is None:
            steps.append(_further(run.numbers[-1], description, edit, timeline))
            continue
        steps += _changed(
            run, description, _wanted(edit, run, description), edit.said, doubled=edit.relation == "factor"
        )
    if not steps:
        raise PlanningError(f"It is so already: {told(timeline.segments or ())}.")
    return steps


def _further(number: int, description: str, edit: Edit, timeline: Timeline) -> Operation:
    """A part that goes on for so much, after one that does not say how much it does."""
    at = {"position": number + 1} if number < timeline.count else {}
    return step("insert", **at, description=_with_figure(description, edit.amount or 1.0, edit.said))


def _unit(edit: Edit, timeline: Timeline) -> str:
    """What a bare number is of: what the parts meant count; times where they count nothing."""
    among = timeline.numbers(edit.part) if edit.part else None
    for unit in _FIGURES:
        found = runs(timeline, unit, among)
        if any(run.figure is not None or (unit == "times" and len(run.numbers) > 1) for run in found):
            return unit
    return "times"


def _meant(edit: Edit, timeline: Timeline) -> list[Run]:
    """The runs that are to change: those named, or the one that such an amount can be said of."""
    unit = edit.said
    if edit.part:
        return runs(timeline, unit, timeline.matching(edit.part) or timeline.numbers(edit.part))
    every = runs(timeline, unit)
    texts = [text for text, _ in timeline.segments or ()]
    if unit == "times":
        fitting = [run for run in every if run.figure or len(run.numbers) > 1] or every[: len(every) == 1]
    else:
        fitting = [run for run in every if run.figure is not None] or [
            run for run in every if re.search(_MOVES[unit], texts[run.numbers[0] - 1])
        ]
    if len(fitting) != 1:
        raise PlanningError(f"Which part? The motion has these: {told(timeline.segments or ())}.")
    return fitting


def _wanted(edit: Edit, run: Run, description: str) -> float:
    changed = amount = 1.0 if edit.amount is None else edit.amount
    if edit.relation != "to":
        now = run.amount(description, edit.said)
        if now is None:
            raise PlanningError(
                f'"{description}" says no number of {edit.said}; say how many there are to be.'
            )
        changed = {"more": now + amount, "less": now - amount, "factor": now * amount}[edit.relation]
    whole = float(round(changed)) if edit.said in ("times", "steps") else changed
    if whole <= 0:
        raise PlanningError(f'Nothing of "{description}" would be left; say "remove it" for that.')
    return whole


def _changed(run: Run, description: str, wanted: float, unit: str, *, doubled: bool) -> list[Operation]:
    """The operations that make a run come to an amount: whole parts more or fewer, or another figure."""
    first, last, count = run.numbers[0], run.numbers[-1], len(run.numbers)
    if unit != "times":  # several parts share what they come to
        each = wanted / count
        return [step("replace", n, description=_with_figure(description, each, unit)) for n in run.numbers]
    if count == 1 and (run.figure or not doubled):
        return [step("replace", first, description=_with_figure(description, wanted, unit))]
    parts, rest = divmod(wanted, run.figure or 1.0)
    if parts > count + MAX_REPEATS - 1:
        raise PlanningError(f'"{description}" can be done {MAX_REPEATS} times more at most in one change.')
    whole = int(parts) + (rest > 0)
    steps: list[Operation] = []
    if rest:  # the last of them does less than the others
        steps.append(step("replace", first + whole - 1, description=_with_figure(description, rest, unit)))
    if whole < count:
        return [step("delete", number) for number in range(last, first + whole - 1, -1)] + steps
    return [step("repeat", last, times=whole - count + 1)] * (whole > count) + steps


def _with_figure(description: str, amount: float, unit: str) -> str:
    figure = f"{amount:g}"
    said = re.search(_FIGURES[unit], description)
    if said and not said["n"]:
        return f"{description[: said.start()]}{figure} times{description[said.end() :]}"
    if said:
        return f"{description[: said.start('n')]}{figure}{description[said.end('n') :]}"
    plain = re.sub(r" around$", "", description) if unit == "degrees" else description
    return f"{plain} {figure} {unit}"


def halfway(now: Timeline, before: Timeline) -> list[Operation]:
    """Parts at a pace between the present one and that of an earlier version with the same parts.

    Raises PlanningError where the two do not differ so.
    """
    texts = [[text for text, _ in version.segments or ()] for version in (now, before)]
    pairs = zip(now.segments or (), before.segments or (), strict=False)
    steps = [
        step("speed", number, factor=round(2 * seconds / (seconds + earlier), 3))
        for number, ((_, seconds), (_, earlier)) in enumerate(pairs, 1)
        if min(seconds, earlier) > 0 and abs(seconds - earlier) > _SAME_SECONDS
    ]
    if texts[0] != texts[1] or not steps:
        raise PlanningError(
            "Between which two? The last change was none of speed or length; say how it should be."
        )
    return steps
