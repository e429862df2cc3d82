"""Scorers, one a file, each of openevals' signature; and which of them a turn calls for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..dialogues.schema import Expect
from .answer import answer
from .common import Score, Scorer
from .descriptions import descriptions
from .duration import duration
from .kinematics import create_kinematics_scorer
from .memory import memory
from .plan import plan_first_try, plan_valid
from .segments import segments
from .trajectory import trajectory
from .untouched import untouched

__all__ = ["SCORERS", "Score", "Scorer", "plan_first_try", "score_turn"]

#: By the field of `Expect` each one reads.
SCORERS: dict[str, Scorer] = {
    "plan": plan_valid,
    "trajectory": trajectory,
    "segments": segments,
    "descriptions": descriptions,
    "untouched": untouched,
    "duration": duration,
    "answer": answer,
    "memory": memory,
}


def score_turn(
    record: dict[str, Any], expect: Expect, decode: Callable[[Sequence[int]], np.ndarray]
) -> list[Score]:
    """Every check the case makes of this turn; an agent that raised has failed whatever else is true."""
    wanted = expect.model_dump()
    scorers = SCORERS | {"kinematics": create_kinematics_scorer(decode)}
    scores = [
        scorer(outputs=record, reference_outputs=wanted, inputs=record["user"])
        for name, scorer in scorers.items()
        if wanted[name] is not None
    ]
    if record["error"]:
        scores.append({"key": "ran", "score": False, "comment": record["error"]})
    return scores
