"""Which way is up, on recordings of real people: as they are, and with the world on its side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from motion_agent.motion_models.formats.people.reference import reference_frames
from motion_agent.motion_models.formats.people.upright import upright


def recordings(data_dir: Path, step: int) -> dict[str, np.ndarray]:
    """Some recordings by name: joints (T, 22, 3), Y up."""
    with np.load(data_dir / "cmu" / "joints22_20fps.npz") as archive:
        return {name: archive[name] for name in archive.files[::step]}


def on_its_side(joints: np.ndarray) -> np.ndarray:
    return np.stack([joints[..., 0], -joints[..., 2], joints[..., 1]], axis=-1)


def test_real_motion_is_told_to_stand_whatever_the_rest_pose_says(data_dir: Path) -> None:
    clips = recordings(data_dir, 4)
    assert all(upright(joints, "y").axis == "y" for joints in clips.values())
    assert all(upright(joints, None).axis == "y" for joints in clips.values())
    turned = [upright(on_its_side(joints), "y") for joints in clips.values()]
    assert sum(told.axis == "z" for told in turned) >= 0.97 * len(clips)
    assert all(told.doubt for told in turned), "that motion and rest pose disagree is told"


def test_few_decisions_about_real_motion_are_close(data_dir: Path) -> None:
    told = [upright(joints, "y") for joints in recordings(data_dir, 4).values()]
    assert sum(each.doubt is not None for each in told) <= 0.02 * len(told)


def test_real_motion_loses_a_reference_pose_and_nothing_else(data_dir: Path) -> None:
    found = {name for name, joints in recordings(data_dir, 1).items() if reference_frames(joints, None)}
    assert found == {"09_10"}, "its first frame is a T-pose"
