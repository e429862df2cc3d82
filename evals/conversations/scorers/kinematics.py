"""Whether the body does what was asked, measured on joint positions."""

from __future__ import annotations

from typing import Any

from ....motion_models.motion.measures.predicates import check
from .common import Score, Scorer, current, tokens_of, verdict
from .shown import Decode, joints_of


def create_kinematics_scorer(decode: Decode) -> Scorer:
    """decode: token ids (N) -> features (4N, 263), those of the backend that made the motions.

    A segment is looked at where it stands: the whole motion is shown and its frames are cut out.
    """

    def kinematics(*, outputs: Any, reference_outputs: Any, **kwargs: Any) -> Score:
        motion = current(outputs)
        if motion is None or not motion["tokens"]:
            return verdict("kinematics", ["there is no current motion whose tokens are known"])
        joints = joints_of(motion, decode)
        problems = []
        for wanted in reference_outputs["kinematics"]:
            frames = _frames(motion, wanted["segment"], len(joints))
            shown = joints[frames]
            if len(shown) < 2:
                problems.append(f"there is no segment {wanted['segment']}")
                continue
            missed = [o for o in check(wanted["holds"], shown) if not o.met]
            problems += [f"{o.condition} was {o.value:.2f}" for o in missed]
        return verdict("kinematics", problems)

    return kinematics


def _frames(motion: dict[str, Any], segment: int | None, frames: int) -> slice:
    if segment is None:
        return slice(None)
    if segment > len(motion["segments"]) or not tokens_of(motion, segment):
        return slice(0, 0)
    part, rate = motion["segments"][segment - 1], frames / motion["seconds"]
    return slice(round(part["start"] * rate), round(part["end"] * rate))
