"""Captions of archives that only measure, and of poses that are held."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from archives import write_archive
from helpers import walking
from motion_agent.evals.motion.captions.elsewhere import (
    captions_elsewhere,
    held_poses,
    is_posture,
    measures,
)
from motion_agent.motion_models.data.cmu import Trial
from motion_agent.motion_models.motion.features import recover_joints


class Watching:
    """Says what moves: who gets somewhere walks, who does not stands, and one pose in between is misread."""

    def __init__(self, still: str = "a person stands still") -> None:
        self.still = still

    def encode(self, features):
        return features

    def caption(self, motions):
        gone = [np.linalg.norm(np.ptp(recover_joints(rows)[:, 0], axis=0)) for rows in motions]
        return ["a person walks forward" if metres > 0.5 else self.still for metres in gone]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_archive(tmp_path / "studio.npz", {"a": walking(80), "b": walking(80)}, {"b": {"split": "val"}})
    clips = {name: walking(80) for name in ("walks", "kicks", "unknown")}
    write_archive(
        tmp_path / "other_eval.npz", clips,
        {"walks": {"description": "walks ahead"}, "kicks": {"description": "kicks with the left leg"},
         "unknown": {"description": "hmm"}},
    )  # fmt: skip
    return tmp_path


def test_actions_of_archives_that_only_measure_are_counted_where_they_are_known(folder: Path) -> None:
    found = captions_elsewhere(folder, Watching())  # type: ignore[arg-type]
    assert (found.named.mean, found.named.n) == (0.5, 2)
    assert (found.poses.mean, found.poses.n, found.misread) == (1.0, 50, ())


def test_a_held_pose_that_is_told_as_moving_is_misread(folder: Path) -> None:
    found = captions_elsewhere(folder, Watching("a person stands and turns left"))  # type: ignore[arg-type]
    assert found.poses.mean == 0 and len(found.misread) == 50
    assert "a person stands and turns left" in found.to_text()


def test_only_folders_with_such_archives_measure(folder: Path, tmp_path: Path) -> None:
    assert measures(folder)
    (folder / "other_eval.npz").unlink()
    assert not measures(folder)


def test_poses_are_frames_of_all_recordings() -> None:
    trials = [Trial(str(n), walking(60) + np.float32(n), "val") for n in range(3)]
    poses = held_poses(trials, 6)
    assert len(poses) == 6 and all(np.ptp(pose, axis=0).max() == 0 for pose in poses)
    assert sorted(round(float(pose[0, 0, 0])) for pose in poses) == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize(
    ("caption", "right"),
    [
        ("a person sits still", True), ("a person stands still with both arms raised", True),
        ("a person kneels", True), ("a person runs slowly forward", False), ("a person waves", False),
        ("a person stands up and walks", False),
    ],
)  # fmt: skip
def test_what_counts_as_a_posture(caption: str, right: bool) -> None:
    assert is_posture(caption) is right
