"""How much of the suite real motion meets: the share no generator trained on it can be expected to exceed.

For every prompt real clips are picked by label and wording alone (the meanings of calibration.yaml, then
nearest words), never by what is measured on them. A two-part prompt gets two clips, one after the other.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np

from ....motion_models.arrays import FloatArray
from ....motion_models.motion.features import FPS
from ....motion_models.motion.measures.kinematics import PELVIS
from ....motion_models.motion.measures.predicates import check_in_order
from ...report import Report
from ..recordings.corpus import EvalClip, load_clips
from ..recordings.retrieval import RetrievalBackend
from .calibration import Meaning, meanings
from .prompts import Prompt, load_prompts
from .suite import Sample, to_report, wording


def ceiling(
    clips: Sequence[EvalClip], prompts: Sequence[Prompt] | None = None, tries: int = 5
) -> list[Sample]:
    """Check every prompt on up to `tries` real motions of its meaning; the sample's seed is the rank."""
    table = meanings()
    samples = []
    for prompt in prompts or load_prompts():
        stages = [_matching(clips, prompt.text, stage, table, tries) for stage in prompt.stages]
        for rank, parts in enumerate(zip(*stages, strict=False)):
            joints = joined([part.joints for part in parts])
            met, outcomes = check_in_order(prompt.stages, joints)
            samples.append(
                Sample(
                    prompt.text, prompt.group, wording(prompt), rank, met, len(joints) / FPS, tuple(outcomes)
                )
            )
    return samples


def joined(motions: Sequence[FloatArray]) -> FloatArray:
    """Motions (T_i, 22, 3) one after the other, each starting where the last one's pelvis ended."""
    result = [motions[0]]
    for motion in motions[1:]:
        shift = (result[-1][-1, PELVIS] - motion[0, PELVIS]) * [1, 0, 1]
        result.append(motion + shift)
    return np.concatenate(result)


def _matching(
    clips: Sequence[EvalClip], text: str, names: Sequence[str], table: dict[str, Meaning], tries: int
) -> list[EvalClip]:
    """Clips that show all the named meanings, or, where no label stands for all, the rarest of them."""
    shown = [[clip for clip in clips if table[name].describes(clip)] for name in names]
    together = [clip for clip in shown[0] if all(clip in other for other in shown[1:])]
    candidates = together or min(shown, key=len)
    ranked = RetrievalBackend(candidates).ranked(text) if candidates else []
    return [candidates[index] for index in ranked[:tries]]


def run(folder: str, *, tries: int = 5) -> Report:
    """The suite's ceiling on a folder of CMU data."""
    clips = load_clips(folder)
    subject = f"{len(clips)} captioned clips of real motion"
    return to_report(
        ceiling(clips, tries=tries), subject, "python -m motion_agent.evals.motion.suite.ceiling DATA/cmu"
    )


if __name__ == "__main__":
    print(run(sys.argv[1]).markdown())
