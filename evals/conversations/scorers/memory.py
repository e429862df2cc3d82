"""Where the conversation stands: what is new, what is current, what it came from, what was written."""

from __future__ import annotations

from typing import Any

from .common import Score, current, verdict


def memory(*, outputs: Any, reference_outputs: Any, **kwargs: Any) -> Score:
    wanted, made, problems = reference_outputs["memory"], outputs["made"], list[str]()
    if wanted["new"] is not None and len(made) != wanted["new"]:
        problems.append(f"{len(made)} new motions instead of {wanted['new']}")
    problems += _current(outputs, wanted["current"])
    motion = current(outputs)
    if wanted["child"] is not None:
        parent = motion["parent"] if motion else None
        if (outputs["before"] is not None and parent == outputs["before"]) != wanted["child"]:
            problems.append(f"the parent of the current motion is {parent}, before was {outputs['before']}")
    written = " ".join(outputs["files"])
    problems += [f"no {kind} file was written" for kind in wanted["files"] if f".{kind}" not in written]
    return verdict("memory", problems)


def _current(outputs: dict[str, Any], wanted: str | int | None) -> list[str]:
    now = outputs["current"]
    if isinstance(wanted, int):
        expected = outputs["stood"][wanted - 1] if wanted <= len(outputs["stood"]) else None
        right = now is not None and now == expected
    else:
        right = {
            None: True, "new": now in outputs["made"], "same": now == outputs["before"], "none": now is None
        }[wanted]  # fmt: skip
    return [] if right else [f"the current motion is {now}, which is not {wanted}"]
