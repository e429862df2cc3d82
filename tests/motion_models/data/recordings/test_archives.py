"""Archives of recordings: what is read, what is held out, what is refused and why."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from archives import write_archive
from helpers import walking
from motion_agent.motion_models import InvalidMotionError
from motion_agent.motion_models.data.recordings.archives import (
    holds_archives,
    load_measuring,
    load_recordings,
    measuring_sets,
)
from motion_agent.motion_models.motion.skeleton import BONE_LENGTHS, JOINT, bone_vectors


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two archives to train on, one to measure on, and an .npz that nothing describes."""
    (tmp_path / "studio").mkdir()
    write_archive(
        tmp_path / "studio" / "studio_CC0.npz",
        {name: walking(60) for name in ("a", "b", "on_the_spot")},
        {"a": {"description": "walk"}, "b": {"split": "val"}, "on_the_spot": {"in_place_locomotion": True}},
    )
    write_archive(tmp_path / "idle.npz", {f"{n}": walking(500) for n in range(6)}, {
        f"{n}": {"description": "standing idle"} for n in range(6)
    })  # fmt: skip
    write_archive(tmp_path / "other_eval_CC-BY.npz", {"c": walking(60)}, {"c": {}})
    np.savez(tmp_path / "tokens.npz", tokens=np.arange(4))
    return tmp_path


def test_every_described_archive_below_the_folder_is_read(folder: Path) -> None:
    trials = {trial.id: trial for trial in load_recordings(folder)}
    assert set(trials) == {"a", "b", *"012345"}
    assert trials["a"].split == "train" and trials["b"].split == "val"
    lengths = np.linalg.norm(bone_vectors(trials["a"].joints), axis=-1)
    np.testing.assert_allclose(lengths, np.broadcast_to(BONE_LENGTHS, lengths.shape), atol=1e-5)


def test_idle_recordings_are_cut_and_some_are_held_out(folder: Path) -> None:
    idle = [trial for trial in load_recordings(folder) if trial.description == "standing idle"]
    assert {len(trial.joints) for trial in idle} == {400}
    assert [trial.id for trial in idle if trial.split == "val"] == ["0", "5"]


def test_what_is_for_measuring_is_never_trained_on(folder: Path) -> None:
    (measured,) = load_measuring(folder)
    assert (measured.id, measured.split) == ("c", "val")
    assert {name: [t.id for t in trials] for name, trials in measuring_sets(folder).items()} == {
        "idle": ["0", "5"], "other_eval_CC-BY": ["c"], "studio_CC0": ["b"],
    }  # fmt: skip


def test_refused_clips_are_named_with_the_reason(tmp_path: Path) -> None:
    leaping, torn = walking(60), walking(60)
    leaping[30:, :, 0] += 3.0
    torn[30:, JOINT["head"], 1] += 0.5
    clips = {"fine": walking(60), "leaping": leaping, "torn": torn}
    write_archive(tmp_path / "x.npz", clips, {name: {} for name in clips})
    said: list[str] = []
    assert [trial.id for trial in load_recordings(tmp_path, report=said.append)] == ["fine"]
    assert [line.partition(": the body leaps")[0] for line in said][:1] == ["left out of x.npz: leaping"]
    assert said[1].startswith("left out of x.npz: torn: a bone changes its length")


def test_a_folder_without_archives_says_what_is_wanted(tmp_path: Path) -> None:
    np.savez(tmp_path / "tokens.npz", tokens=np.arange(4))
    assert not holds_archives(tmp_path)
    with pytest.raises(InvalidMotionError, match=r"each with a \.json of its name"):
        load_recordings(tmp_path)


def test_a_broken_description_is_named(tmp_path: Path) -> None:
    write_archive(tmp_path / "x.npz", {"a": walking(60)}, {})
    (tmp_path / "x.json").write_text("{")
    with pytest.raises(InvalidMotionError, match=r"x\.json cannot be read"):
        load_recordings(tmp_path)


def test_level_ground_is_told_by_words_and_by_height(tmp_path: Path) -> None:
    raised = walking(120)
    raised[..., 1] += np.clip(np.arange(120) - 20, 0, 20)[:, None] * 0.025
    clips = {"plain": walking(60), "ladder": walking(60), "raised": raised}
    about = {"plain": {}, "ladder": {"description": "climb ladder"}, "raised": {"description": "walk"}}
    write_archive(tmp_path / "x.npz", clips, about)
    assert {trial.id: trial.level for trial in load_recordings(tmp_path)} == {
        "plain": True, "ladder": False, "raised": False,
    }  # fmt: skip


def test_the_real_archives_hold_what_their_notes_say(data_dir: Path) -> None:
    said: list[str] = []
    trials = load_recordings(data_dir, report=said.append)
    assert not any("hdm05" in line or trial.id.startswith("HDM") for line in said for trial in trials)
    assert {trial.id for trial in trials if trial.id.startswith("01_")}.isdisjoint(
        trial.id for trial in trials if trial.level
    )
    assert len(trials) + len(said) > 500
    assert all(trial.joints.shape[1:] == (22, 3) for trial in trials)
