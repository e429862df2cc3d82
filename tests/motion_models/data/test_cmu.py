"""Reading CMU trials: both folder layouts, splits, the target skeleton, the floor."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from motion_agent.motion_models import InvalidMotionError
from motion_agent.motion_models.data.cmu import load_trials, trial_index
from motion_agent.motion_models.skeleton import BONE_LENGTHS, bone_vectors, mirror_joints


def write_npz(folder: Path, **trials: np.ndarray) -> Path:
    np.savez(folder / "joints22_20fps.npz", **trials)
    return folder


def test_every_listed_trial_has_a_split_and_whole_trials_are_held_out() -> None:
    splits = [trial["split"] for trial in trial_index().values()]
    assert splits.count("train") == 263
    assert splits.count("val") == 34


def test_trials_come_on_the_target_skeleton_and_the_floor(tmp_path: Path, walk: np.ndarray) -> None:
    tall = walk * 1.15 + np.array([0, 0.4, 0], dtype=np.float32)
    (trial,) = load_trials(write_npz(tmp_path, **{"16_15": tall}))
    lengths = np.linalg.norm(bone_vectors(trial.joints), axis=-1)
    np.testing.assert_allclose(lengths, np.broadcast_to(BONE_LENGTHS, lengths.shape), atol=1e-5)
    assert abs(trial.joints[..., 1].min()) < 0.01
    assert len(trial.joints) == len(walk) - 1  # this recording's first frame is a glitch
    assert trial.skipped == pytest.approx(0.05)
    assert trial.features.shape == (len(walk) - 2, 263)


def test_a_split_can_be_asked_for_and_unlisted_trials_are_left_out(tmp_path: Path, walk: np.ndarray) -> None:
    write_npz(tmp_path, **{"16_15": walk, "07_08": walk, "99_99": walk})
    assert {trial.id for trial in load_trials(tmp_path)} == {"16_15", "07_08"}
    assert [trial.id for trial in load_trials(tmp_path, "val")] == ["07_08"]


def test_variants_mirror_and_change_speed(tmp_path: Path, walk: np.ndarray) -> None:
    (trial,) = load_trials(write_npz(tmp_path, **{"07_08": walk}))
    np.testing.assert_allclose(trial.mirrored().joints, mirror_joints(trial.joints))
    fast = trial.at_speed(1.5)
    assert len(fast.joints) == pytest.approx(len(walk) / 1.5, abs=1)
    np.testing.assert_allclose(fast.joints[2], trial.joints[3], atol=1e-4)


def test_a_tilted_floor_is_levelled(tmp_path: Path, walk: np.ndarray) -> None:
    slope = np.linspace(0, 0.15, len(walk))[:, None]
    tilted = walk.copy()
    tilted[..., 1] += slope.astype(np.float32)
    (trial,) = load_trials(write_npz(tmp_path, **{"08_05": tilted}))
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

    monkeypatch.setattr("motion_agent.motion_models.formats.asf_amc.read_asf_amc", reader)
    (trial,) = load_trials(tmp_path)
    assert trial.id == "07_08"
    assert read == [("07.asf", "07_08.amc", float(trial_index()["07_08"]["source_fps"]))]


def test_an_empty_folder_says_what_to_download(tmp_path: Path) -> None:
    with pytest.raises(InvalidMotionError, match="ASF/AMC"):
        load_trials(tmp_path)


def test_the_shipped_index_agrees_with_the_data(data_dir: Path) -> None:
    given = json.loads((data_dir / "cmu" / "trials.json").read_text())
    assert {name: trial["split"] for name, trial in given.items()} == {
        name: trial["split"] for name, trial in trial_index().items()
    }
    assert len(load_trials(data_dir / "cmu", "val")) == 34
