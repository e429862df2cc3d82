"""Counting what a folder holds and naming everything that is wrong with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from folders import LINE, features_like, write_folder
from motion_agent.motion_models.data.preparation.check import check_folder
from motion_agent.motion_models.motion.representation import HUMANML3D, KIT
from motion_agent.motion_models.motion.statistics import plain_statistics


def test_a_sound_folder_is_counted(tmp_path: Path) -> None:
    clips = {name: features_like(KIT, 50, seed) for seed, name in enumerate("abc")}
    mean, std = plain_statistics(clips.values(), KIT)
    texts = {"b": LINE + LINE + "stops#stop/VERB#0.0#2.0\n"}
    splits = {"train": "ab", "test": "c"}
    report = check_folder(
        write_folder(tmp_path, clips, texts=texts, splits=splits, statistics=(mean, std))
    ).to_dict()
    assert report["representation"] == "kit"
    assert report["statistics"] == "unweighted"
    assert report["problems"] == []
    assert len(report["notes"]) == 1 and "published checkpoints need" in report["notes"][0]
    assert report["splits"]["train"] == {
        "ids": 2,
        "clips": 3,
        "captions": 4,
        "seconds": (50 + 50 + 25) / 12.5,
    }
    assert report["splits"]["test"]["clips"] == 1
    assert report["splits"]["val"]["ids"] == 0


def test_all_problems_are_listed(tmp_path: Path) -> None:
    clips = {name: features_like(HUMANML3D, 60, seed) for seed, name in enumerate("abcdefgh")}
    clips["Mb"] = features_like(HUMANML3D, 60)
    clips["a"][5, 5] = np.nan
    clips["c"] = features_like(KIT, 60)
    texts = {"d": "no line", "e": LINE + "late#late/ADV#9.0#12.0\n", "f": ""}
    splits = {"train": [*"abcdefx", "Mb"], "val": "be", "test": ""}
    root = write_folder(tmp_path, clips, texts=texts, splits=splits)
    problems = "\n".join(check_folder(root).problems)
    for expected in (
        "a.npy: motion features hold NaN",
        "b stands in train.txt and in val.txt",
        "mirrored copies are in different splits: Mb (1 in all)",
        "251 numbers a frame",
        "d.txt, line 1: expected",
        "e.txt, line 2: begins at 9 s",
        "f.txt: holds no caption",
        "x.npy: not a readable .npy file",
    ):
        assert expected in problems
    assert any("in no split: 2 clips (g, h)" in note for note in check_folder(root).notes)


def test_foreign_statistics_are_a_problem(tmp_path: Path) -> None:
    clips = {"a": features_like(HUMANML3D, 90)}
    mean, std = plain_statistics(clips.values(), HUMANML3D)
    (problem,) = check_folder(write_folder(tmp_path, clips, statistics=(mean, std * 10))).problems
    assert "belong to other data" in problem


def test_a_missing_split_is_a_problem(tmp_path: Path) -> None:
    root = write_folder(tmp_path, {"a": features_like(HUMANML3D, 60)})
    (root / "test.txt").unlink()
    (problem,) = check_folder(root).problems
    assert "test.txt" in problem
