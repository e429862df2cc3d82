"""Whether what an edit does not touch stayed token-for-token the same, and is shown the same way."""

from __future__ import annotations

from typing import Any

from .common import Score, before, current, edits_of, tokens_of, verdict


def untouched(*, outputs: Any, reference_outputs: Any, **kwargs: Any) -> Score:
    wanted = reference_outputs["untouched"]
    old, new = before(outputs, wanted["turn"]), current(outputs)
    if old is None or new is None:
        return verdict("untouched", ["there is nothing to compare with"])
    if old["tokens"] is None or new["tokens"] is None:
        return verdict("untouched", ["the agent does not show the tokens of its motions"])
    if not wanted["parts"]:
        same = old["tokens"] == new["tokens"] and edits_of(old) == edits_of(new)
        return verdict("untouched", [] if same else ["the motion is another one"])
    problems = []
    for source, target in wanted["parts"].items():
        kept = tokens_of(old, int(source))
        same = kept == tokens_of(new, target) and edits_of(old, int(source)) == edits_of(new, target)
        if not kept or not same:
            problems.append(f"segment {source} is not the same as segment {target} now")
    return verdict("untouched", problems)
