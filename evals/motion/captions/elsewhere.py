"""Captions of what the model never learnt from: other studios, and people who hold a pose.

A folder of data may hold archives that only measure (see data/recordings/archives.py). An action counts as
named when the caption holds trigger words of the family that the clip's description names first. A held pose
is one frame of a held-out recording, shown for three seconds: right is a posture, and nothing that moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ....motion_models.backends.protocol import MotionBackend
from ....motion_models.data.cmu import Trial
from ....motion_models.data.recordings.archives import (
    archives,
    holds_archives,
    load_measuring,
    measuring_sets,
)
from ....motion_models.english.demands import read_demands
from ....motion_models.english.families import actions_named, families_in, main_action
from ....motion_models.motion.features import FPS, from_joints
from ...aggregate import Estimate, bootstrap_mean, proportion
from ...report import table

#: Seconds that a pose is held, and how many poses are looked at.
HELD_SECONDS, POSES = 3.0, 50
#: Families of action that are postures.
POSTURES = frozenset(["stand", "sit", "kneel", "lie on the floor", "squat", "balance on one leg"])
#: Motion that is captioned at once.
_BATCH = 16


@dataclass(frozen=True)
class Elsewhere:
    """named: share of clips whose action is named. poses: share of held poses told as one.

    misread: captions of the others.
    """

    named: Estimate
    poses: Estimate
    misread: tuple[str, ...]

    def to_text(self) -> str:
        rows = [
            ["another studio: action named", self.named.percent(), self.named.n],
            ["a pose held for 3 s: told as a posture", self.poses.percent(), self.poses.n],
        ]
        told = f"Told of the others: {', '.join(self.misread)}." if self.misread else ""
        return table(["", "share (95 % interval)", "clips"], rows) + (f"\n\n{told}" if told else "")


def measures(folder: str | Path) -> bool:
    """Whether a folder, or one below it, holds archives that only measure."""
    return holds_archives(folder) and any(archive.for_measuring for archive in archives(folder))


def captions_elsewhere(data: str | Path, backend: MotionBackend) -> Elsewhere:
    """Measure both on a folder that `measures`."""
    clips = [(trial, action) for trial in load_measuring(data) if (action := action_of(trial))]
    told = _told(backend, [trial.joints for trial, _ in clips])
    named = [action in families_in(text) for (_, action), text in zip(clips, told, strict=True)]
    held = _told(backend, held_poses([t for found in measuring_sets(data).values() for t in found]))
    right = [is_posture(text) for text in held]
    return Elsewhere(
        bootstrap_mean(named, [trial.description for trial, _ in clips]),
        proportion(right),
        tuple(text for text, met in zip(held, right, strict=True) if not met),
    )


def action_of(trial: Trial) -> str:
    """The family of what the description of a clip is about; "" where it names none that is known."""
    named = actions_named(trial.description)
    return main_action(named) if named else ""


def held_poses(trials: Sequence[Trial], count: int = POSES, seed: int = 0) -> list[np.ndarray]:
    """Joints (T, 22, 3) of so many poses, each a frame of another recording as long as there are others."""
    rng = np.random.default_rng(seed)
    order = [int(n) for _ in range(-(-count // max(len(trials), 1))) for n in rng.permutation(len(trials))]
    frames = round(HELD_SECONDS * FPS)
    poses = []
    for number in order[:count]:
        joints = trials[number].joints
        poses.append(np.repeat(joints[int(rng.integers(len(joints)))][None], frames + 1, axis=0))
    return poses


def is_posture(caption: str) -> bool:
    """Whether a caption tells of a posture, and of nothing that moves."""
    demands = read_demands(caption)
    moves = demands.going is not None or demands.turn is not None or demands.event is not None
    return bool(families_in(caption) & POSTURES) and not moves


def _told(backend: MotionBackend, motions: Sequence[np.ndarray]) -> list[str]:
    tokens = [backend.encode(from_joints(joints)) for joints in motions]
    return [
        text
        for start in range(0, len(tokens), _BATCH)
        for text in backend.caption(tokens[start : start + _BATCH])
    ]
