"""Reading CMU trials: both folder layouts, splits, the target skeleton, the floor."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers import write_recordings
from motion_agent.motion_models import InvalidMotionError
from motion_agent.motion_models.data.cmu import load_trials, trial_id, trial_index, trial_sources
from motion_agent.motion_models.formats.bvh import bvh_text
from motion_agent.motion_models.motion.rig import fit_rig
from motion_agent.motion_models.motion.skeleton import (
    BONE_LENGTHS,
    bone_vectors,
    mirror_joints,
    resample,
)


def test_every_listed_trial_has_a_split_and_whole_trials_are_held_out() -> None:
    splits = [trial["split"] for trial in trial_index().values()]
    assert splits.count("train") == 263
    assert splits.count("val") == 34


def test_trials_come_on_the_target_skeleton_and_the_floor(tmp_path: Path, walk: np.ndarray) -> None:
    tall = walk * 1.15 + np.array([0, 0.4, 0], dtype=np.float32)
    (trial,) = load_trials(write_recordings(tmp_path, {"16_15": tall}))
    lengths = np.linalg.norm(bone_vectors(trial.joints), axis=-1)
    np.testing.assert_allclose(lengths, np.broadcast_to(BONE_LENGTHS, lengths.shape), atol=1e-5)
    assert abs(trial.joints[..., 1].min()) < 0.01
    assert len(trial.joints) == len(walk) - 1  # this recording's first frame is a glitch
    assert trial.skipped == pytest.approx(0.05)
    assert trial.features.shape == (len(walk) - 2, 263)


def test_a_split_can_be_asked_for_and_unlisted_trials_are_left_out(tmp_path: Path, walk: np.ndarray) -> None:
    write_recordings(tmp_path, {"16_15": walk, "07_08": walk, "99_99": walk})
    assert {trial.id for trial in load_trials(tmp_path)} == {"16_15", "07_08"}
    assert [trial.id for trial in load_trials(tmp_path, "val")] == ["07_08"]


def test_variants_mirror_and_change_speed(tmp_path: Path, walk: np.ndarray) -> None:
    (trial,) = load_trials(write_recordings(tmp_path, {"07_08": walk}))
    np.testing.assert_allclose(trial.mirrored().joints, mirror_joints(trial.joints))
    fast = trial.at_speed(1.5)
    assert len(fast.joints) == pytest.approx(len(walk) / 1.5, abs=1)
    np.testing.assert_allclose(fast.joints[2], trial.joints[3], atol=1e-4)


def test_a_tilted_floor_is_levelled(tmp_path: Path, walk: np.ndarray) -> None:
    slope = np.linspace(0, 0.15, len(walk))[:, None]
    tilted = walk.copy()
    tilted[..., 1] += slope.astype(np.float32)
    (trial,) = load_trials(write_recordings(tmp_path, {"08_05": tilted}))
    lowest = trial.joints[..., 1].min(axis=1)
    assert abs(lowest[-10:].mean() - lowest[:10].mean()) < 0.03


def test_asf_amc_files_are_found_anywhere_below_the_folder(
    tmp_path: Path, walk: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "subjects" / "07"
    folder.mkdir(parents=True)
    for name in ("07.asf", "07_08.amc", "07_77.amc"):
        (folder / name).write_text("")
    read: list[tuple[str, str, float]] = []

    def reader(asf: Path, amc: Path, fps: float) -> np.ndarray:
        read.append((asf.name, amc.name, fps))
        return walk

    monkeypatch.setattr("motion_agent.motion_models.formats.read_asf_amc", reader)
    (trial,) = load_trials(tmp_path)
    assert trial.id == "07_08"
    assert read == [("07.asf", "07_08.amc", float(trial_index()["07_08"]["source_fps"]))]


class TestBvh:
    """A BVH conversion of the database: named by trial, in CMU's joint names and unit."""

    #: CMU's unit, in metres.
    UNIT = 0.0254 / 0.45

    def write(self, path: Path, joints: np.ndarray, fps: float = 120.0) -> None:
        """Write 20-fps joints as a converter does: CMU's names and unit, at another frame rate."""
        rig = fit_rig(resample(joints.astype(np.float64), 20.0, fps))
        text = bvh_text(
            replace(rig, offsets=rig.offsets / self.UNIT / 100, root=rig.root / self.UNIT / 100), fps
        )
        names = {
            "pelvis": "Hips", "lower_back": "LowerBack", "spine1": "Spine", "spine2": "Spine1",
            "spine3": "Neck", "neck": "Neck1", "head": "Head",
        } | {
            f"{side}_{ours}": side.capitalize() + theirs
            for side in ("left", "right")
            for ours, theirs in {
                "clavicle": "Shoulder", "collar": "Inner", "shoulder": "Arm", "elbow": "ForeArm",
                "wrist": "Hand", "hip": "UpLeg", "knee": "Leg", "ankle": "Foot", "foot": "ToeBase",
            }.items()
        }  # fmt: skip
        text = re.sub(r"(ROOT|JOINT) (\w+)", lambda match: f"{match[1]} {names[match[2]]}", text)
        hip = "JOINT LHipJoint {\nOFFSET 0 0 0\nCHANNELS 0\nEnd Site {\nOFFSET 0 0 0\n}\n}\n"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("}\nMOTION", hip + "}\nMOTION"))

    def test_trials_are_found_by_their_number(self, tmp_path: Path, walk: np.ndarray) -> None:
        for name in ("16/16_31.bvh", "16/16_32_walk fast.bvh", "7/07_08.bvh", "99_99.bvh", "notes_16_33.bvh"):
            self.write(tmp_path / name, walk[:20])
        assert set(trial_sources(tmp_path)) == {"16_31", "16_32", "07_08"}
        assert trial_id(Path("007_8_b.bvh")) == "07_08"

    def test_a_trial_is_the_same_motion_as_from_joints(self, tmp_path: Path, walk: np.ndarray) -> None:
        self.write(tmp_path / "bvh" / "07_08.bvh", walk)
        (from_bvh,) = load_trials(tmp_path / "bvh")
        (tmp_path / "npz").mkdir()
        (from_npz,) = load_trials(write_recordings(tmp_path / "npz", {"07_08": walk}))
        assert from_bvh.joints.shape == from_npz.joints.shape
        # Limbs are the same; the trunk of a conversion is cut at other places.
        limbs = [0, 1, 2, 4, 5, 7, 8, 10, 11, 18, 19, 20, 21]
        assert np.abs(from_bvh.joints - from_npz.joints)[:, limbs].max() < 0.06
        forward = from_bvh.joints[-1, 0] - from_bvh.joints[0, 0]
        assert forward[2] == pytest.approx(1.2 * (len(walk) - 1) / 20, rel=0.02)
        assert abs(forward[0]) < 0.02
        assert (from_bvh.joints[:, 1, 0] > from_bvh.joints[:, 2, 0]).all()  # left is +X

    def test_a_rest_pose_before_the_first_frame_is_left_out(self, tmp_path: Path, walk: np.ndarray) -> None:
        self.write(tmp_path / "plain" / "07_08.bvh", walk)
        self.write(tmp_path / "posed" / "07_08.bvh", walk)
        path = tmp_path / "posed" / "07_08.bvh"
        head, frames = path.read_text().split("Frame Time", 1)
        count = int(head.rsplit("Frames: ", 1)[1])
        time, rows = frames.split("\n", 1)
        pose = " ".join(["500", "0", "0", *["0"] * (len(rows.split("\n", 1)[0].split()) - 3)])
        head = head.replace(f"Frames: {count}", f"Frames: {count + 1}")
        path.write_text(f"{head}Frame Time{time}\n{pose}\n{rows}")
        (plain,), (posed,) = load_trials(tmp_path / "plain"), load_trials(tmp_path / "posed")
        np.testing.assert_allclose(posed.joints, plain.joints, atol=1e-4)


def test_an_empty_folder_says_what_to_download(tmp_path: Path) -> None:
    with pytest.raises(InvalidMotionError, match="ASF/AMC"):
        load_trials(tmp_path)


def test_the_shipped_index_agrees_with_the_data(data_dir: Path) -> None:
    given = json.loads((data_dir / "cmu" / "trials.json").read_text())
    assert {name: trial["split"] for name, trial in given.items()} == {
        name: trial["split"] for name, trial in trial_index().items()
    }
    assert len(load_trials(data_dir / "cmu", "val")) == 34
