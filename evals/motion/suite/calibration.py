"""How far each predicate can be trusted: how often it holds for real motion of that meaning, and of another.

A predicate that real motion of its meaning does not satisfy is too strict; one that random other motion
satisfies is worthless. Run `python -m motion_agent.evals.motion.suite.calibration DATA/cmu` for the table.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from ....motion_models.arrays import FloatArray
from ....motion_models.motion.measures.predicates import PREDICATES, holds
from ....motion_models.motion.skeleton import mirror_joints
from ..recordings.corpus import EvalClip, load_clips


@dataclass(frozen=True)
class Meaning:
    """Which clips show what a predicate checks and which do not, by label and wording (calibration.yaml)."""

    labels: tuple[str, ...]
    mentions: str
    says: str = ""
    not_says: str = "(?!)"
    contrary: str = ""

    def describes(self, clip: EvalClip) -> bool:
        return (
            clip.action in self.labels
            and re.search(self.says, clip.words) is not None
            and re.search(self.not_says, clip.words) is None
        )

    def foreign_to(self, clip: EvalClip) -> bool:
        return (
            not self.describes(clip)
            and re.search(self.contrary, clip.words) is not None
            and re.search(self.mentions, clip.words) is None
        )


@dataclass(frozen=True)
class Calibration:
    """Rates of one predicate: true positives among `shown` clips, false positives among `foreign` ones.

    anywhere: share met among all clips that are not `shown`, related ones included (a walking clip also goes
    straight). mirrored: share of the shown clips that still pass with left and right swapped, where sided.
    """

    predicate: str
    shown: int
    met: float
    foreign: int
    false: float
    anywhere: float
    mirrored: float | None


@cache
def meanings() -> dict[str, Meaning]:
    """The table of calibration.yaml."""
    table = yaml.safe_load(Path(__file__).with_name("calibration.yaml").read_text("utf-8"))
    return {name: Meaning(**{**entry, "labels": tuple(entry["labels"])}) for name, entry in table.items()}


def calibrate(clips: Sequence[EvalClip], table: Mapping[str, Meaning] | None = None) -> list[Calibration]:
    """Rates of every predicate over the clips, in the order of the predicate table."""
    table = meanings() if table is None else table
    return [_rates(name, table[name], clips, table) for name in PREDICATES if name in table]


def _rates(
    name: str, meaning: Meaning, clips: Sequence[EvalClip], table: Mapping[str, Meaning]
) -> Calibration:
    shown = [clip.joints for clip in clips if meaning.describes(clip)]
    foreign = [clip.joints for clip in clips if meaning.foreign_to(clip)]
    others = [clip.joints for clip in clips if not meaning.describes(clip)]
    opposite = opposite_name(name)
    if opposite:  # a mirrored left kick is a right kick
        shown += [mirror_joints(clip.joints) for clip in clips if table[opposite].describes(clip)]
    return Calibration(
        predicate=name,
        shown=len(shown),
        met=_share([name], shown),
        foreign=len(foreign),
        false=_share([name], foreign),
        anywhere=_share([name], others),
        mirrored=_share([name], [mirror_joints(joints) for joints in shown]) if opposite else None,
    )


def opposite_name(name: str) -> str | None:
    """The same predicate for the other side; None when it has no side."""
    swapped = re.sub("left|right", lambda side: "right" if side[0] == "left" else "left", name)
    return swapped if swapped != name else None


def _share(names: Sequence[str], motions: Sequence[FloatArray]) -> float:
    return sum(holds(names, joints) for joints in motions) / len(motions) if motions else float("nan")


def to_markdown(rows: Sequence[Calibration]) -> str:
    """A table with one predicate a line."""
    lines = [
        "| predicate | clips of it | met | clearly other clips | met by chance | of all others | mirrored |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        mirrored = "" if row.mirrored is None else f"{row.mirrored:.0%}"
        lines.append(
            f"| {row.predicate} | {row.shown} | {row.met:.0%} | {row.foreign} | {row.false:.0%} "
            f"| {row.anywhere:.0%} | {mirrored} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    print(to_markdown(calibrate(load_clips(sys.argv[1]))))
