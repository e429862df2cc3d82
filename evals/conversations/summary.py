"""The result of a run in Markdown: success and efficiency apart, coordinator by category, and what failed."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean, median
from typing import Any

from ..aggregate import by_group, proportion
from ..report import table

Line = dict[str, Any]
Dialogue = list[Line]


def dialogues(lines: Sequence[Line]) -> list[Dialogue]:
    return list(by_group(lines, lambda line: line["key"]).values())


def passed(dialogue: Dialogue) -> bool:
    """A dialogue succeeds when every check of every turn does."""
    return all(score["score"] for line in dialogue for score in line["scores"])


def body(lines: Sequence[Line]) -> str:
    held = dialogues(lines)
    return "\n\n".join([
        "Success: dialogues in which every check of every turn holds.", success_table(held),
        "Success by check.", check_table(lines),
        "Efficiency.", efficiency_table(lines),
        "Failures.", failure_table(held),
    ])  # fmt: skip


def success_table(held: Sequence[Dialogue]) -> str:
    """Coordinator by category, with the 95 % interval over all dialogues, and pass^k where there were k
    trials.
    """
    subjects = by_group(held, lambda dialogue: dialogue[0]["subject"])
    categories = by_group(held, lambda dialogue: dialogue[0]["category"])
    rows = [[category, *(_count(subjects[name], category) for name in subjects)] for category in categories]
    total = ["**all**", *(proportion(map(passed, done)).percent() for done in subjects.values())]
    trials = max((dialogue[0]["trial"] for dialogue in held), default=1)
    always = [f"**pass^{trials}**", *(f"{always_passed(done):.1%}" for done in subjects.values())]
    return table(["category", *subjects], [*rows, total, *([always] if trials > 1 else [])])


def always_passed(held: Sequence[Dialogue]) -> float:
    """pass^k: the share of cases whose dialogues succeeded in every trial."""
    cases = by_group(held, lambda dialogue: dialogue[0]["case"]).values()
    return mean(all(map(passed, trials)) for trials in cases)


def _count(done: Sequence[Dialogue], category: str) -> str:
    mine = [passed(dialogue) for dialogue in done if dialogue[0]["category"] == category]
    return f"{sum(mine)} of {len(mine)}"


def check_table(lines: Sequence[Line]) -> str:
    subjects = by_group(lines, lambda line: line["subject"])
    keys = dict.fromkeys(score["key"] for line in lines for score in line["scores"])
    rows = [[key, *(_passed_cell(subjects[s], key) for s in subjects)] for key in keys]
    if any(line["opinion"] for line in lines):
        rows.append(["the judge's opinion (no part of success)", *map(_opinions, subjects.values())])
    return table(["check", *subjects], rows)


def _opinions(lines: Sequence[Line]) -> str:
    opinions = [bool(line["opinion"]["score"]) for line in lines if line["opinion"]]
    return f"{sum(opinions)} of {len(opinions)}"


def _passed_cell(lines: Sequence[Line], key: str) -> str:
    scores = [bool(score["score"]) for line in lines for score in line["scores"] if score["key"] == key]
    return f"{sum(scores)} of {len(scores)}"


def efficiency_table(lines: Sequence[Line]) -> str:
    subjects = by_group(lines, lambda line: line["subject"])
    measures = {name: _efficiency(done) for name, done in subjects.items()}
    names = list(next(iter(measures.values()), {}))
    return table(["", *subjects], [[name, *(measures[s][name] for s in subjects)] for name in names])


def _efficiency(lines: Sequence[Line]) -> dict[str, str]:
    records = [line["record"] for line in lines]
    taken = [record["seconds_taken"] for record in records]
    costs = [line["cost"] for line in lines if line["cost"] is not None]
    return {
        "turns without a refused plan": f"{mean(line['first_try'] for line in lines):.1%}",
        "seconds per turn, median": f"{median(taken):.2f}",
        "seconds per turn, slowest": f"{max(taken):.2f}",
        "replies of the coordinator per turn": f"{mean(record['model_calls'] for record in records):.2f}",
        "tokens in / out per turn": f"{mean(record['input_tokens'] for record in records):.0f} / "
        f"{mean(record['output_tokens'] for record in records):.0f}",
        "cost of all turns": f"{sum(costs):.4f}" if len(costs) == len(lines) else "no price given",
    }


def failure_table(held: Sequence[Dialogue]) -> str:
    rows = [
        [d[0]["subject"], d[0]["case"], d[0]["trial"], cell("; ".join(reasons(d)))]
        for d in held
        if not passed(d)
    ]
    return table(["coordinator", "case", "trial", "what was missed"], rows) if rows else "None."


def reasons(dialogue: Dialogue) -> list[str]:
    """'turn 2, segments: 3 segments instead of 2', one per check that was missed."""
    return [
        f"turn {line['turn']}, {score['key']}: {score['comment']}"
        for line in dialogue
        for score in line["scores"]
        if not score["score"]
    ]


def cell(text: str) -> str:
    """Text that stays in its cell and cannot become markup."""
    flat = " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
    return flat if len(flat) <= 300 else f"{flat[:297]}..."
