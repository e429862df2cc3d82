"""Reconstruction errors of tokenizers whose faults are known."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from archives import write_archive
from helpers import walking
from motion_agent.evals.motion.tokenizer import reconstruction as quality
from motion_agent.motion_models import features
from motion_agent.motion_models.data.cmu import Trial

FEATURES = features.from_joints(walking(161))


class Recording:
    """Remembers what it encodes and gives it back, `fault` applied."""

    codebook_size = 8

    def __init__(self, fault=lambda rows: rows) -> None:
        self.fault = fault

    def encode(self, rows: np.ndarray, /) -> torch.LongTensor:
        self.rows = rows
        return torch.LongTensor([n % 4 for n in range(len(rows) // 4)])

    def decode(self, tokens: torch.LongTensor, /) -> np.ndarray:
        assert len(tokens) == len(self.rows) // 4
        return self.fault(self.rows.copy())


def _turn_start(rows):
    rows[0, 0] += 0.05  # a half-angle: everything after the first frame faces 0.1 rad further right
    return rows


def _shrink_speed(rows):
    rows[:, features.ROOT_VELOCITY_XZ] *= 0.9
    return rows


def _raise_one_joint(rows):
    rows[:, features.LOCAL_POSITIONS][:, 3 * 9 + 1] += 0.22
    return rows


def _measure(fault=lambda rows: rows) -> quality.WindowErrors:
    return quality.measure(Recording(fault), FEATURES[:160], "7_1", "val")


def test_a_perfect_tokenizer_has_no_error() -> None:
    errors = _measure()
    assert (errors.root, errors.heading, errors.global_, errors.acceleration, errors.drift) == (0, 0, 0, 0, 0)


def test_a_wrong_heading_counts_until_it_is_aligned() -> None:
    errors = _measure(_turn_start)
    assert errors.root > 10
    assert errors.heading < 0.01 * errors.root
    assert errors.global_ > errors.root


def test_a_wrong_path_is_global_error_and_drift_only() -> None:
    errors = _measure(_shrink_speed)
    assert errors.root == pytest.approx(0, abs=1e-3)
    assert errors.drift == pytest.approx(0.1 * 1.2 * 5 * 1000, rel=0.02)
    assert errors.global_ == pytest.approx(0.1 * 1.2 * 159 / 20 / 2 * 1000, rel=0.02)


def test_one_joint_off_is_averaged_over_all_22() -> None:
    assert _measure(_raise_one_joint).root == pytest.approx(10.0, rel=1e-3)


def test_turned_goes_the_way_headings_grow() -> None:
    forward = np.zeros((1, 22, 3))
    forward[..., 2] = 1.0
    assert quality.turned(forward, np.array([math.pi / 2]))[0, 0] == pytest.approx([1, 0, 0])


def test_windows_are_at_most_196_rows_of_whole_tokens() -> None:
    assert [len(w) for w in quality.windows(np.zeros((450, 263)))] == [196, 196, 56]
    assert [len(w) for w in quality.windows(np.zeros((196 + 30, 263)))] == [196]


def test_drift_needs_five_seconds() -> None:
    assert quality.measure(Recording(), FEATURES[:100], "7_1", "val").drift is None


def test_codebook_use() -> None:
    assert quality.codebook_use([0, 1, 2, 3], 8) == pytest.approx((0.5, 4.0))
    assert quality.codebook_use([5, 5, 5], 8) == pytest.approx((1 / 8, 1.0))


def test_report_sets_held_out_beside_training_trials() -> None:
    trials = [Trial("7_1", walking(161), "val"), Trial("7_2", walking(121), "train")]
    sets = {
        trial.split: quality.evaluate(Recording(_raise_one_joint), [trial], progress=False)
        for trial in trials
    }
    report = quality.to_report({"recording": sets}, {"recording": 8}, "the command")
    assert report.data["summary"]["recording"]["val"]["root"]["mean"] == pytest.approx(10.0, rel=1e-3)
    assert "held-out trials: MPJPE root-aligned" in report.body
    assert "50.0% of 8 codes used, perplexity 4" in report.body


class TwoCodes(Recording):
    """One code of the first level for all steps, every code of the second in turn."""

    def encode(self, rows: Any) -> Any:
        self.rows = rows
        steps = torch.arange(len(rows) // 4)
        return torch.stack([torch.zeros_like(steps), steps % 8], dim=1)


def test_tokenizers_stand_beside_each_other_and_levels_are_counted_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_archive(tmp_path / "studio.npz", {"a": walking(161)}, {"a": {"split": "val"}})
    write_archive(tmp_path / "other_eval_CC0.npz", {"b": walking(161)}, {"b": {}})
    monkeypatch.setattr(quality, "_named", lambda made: (type(made).__name__, made))
    beside: list[Any] = [TwoCodes()]
    report = quality.run(tmp_path, Recording(_raise_one_joint), beside=beside, progress=False)
    assert report.data["summary"]["Recording"]["studio"]["root"]["mean"] == pytest.approx(10.0, rel=1e-3)
    assert report.data["summary"]["TwoCodes"]["other_eval_CC0"]["root"]["mean"] == 0
    levels = report.data["codebooks"]["TwoCodes"]["levels"]
    assert [level["used"] for level in levels] == [1 / 8, 1.0]
    assert "| mean (95 % interval over trials) | Recording | TwoCodes |" in report.body


class Searching(Recording):
    """Its encoder alone loses a joint's height, its search for close codes nothing."""

    def encode(self, rows: np.ndarray, /) -> torch.LongTensor:
        self.fault = _raise_one_joint
        return super().encode(rows)

    def encode_closely(self, rows: np.ndarray, /) -> torch.LongTensor:
        tokens = self.encode(rows)
        self.fault = lambda kept: kept
        return tokens


def test_a_tokenizer_that_searches_is_measured_both_ways(tmp_path: Path) -> None:
    write_archive(tmp_path / "studio.npz", {"a": walking(161)}, {"a": {"split": "val"}})
    report = quality.run(tmp_path, Searching(), progress=False)
    summary = report.data["summary"]
    assert summary["Searching"]["studio"]["root"]["mean"] == pytest.approx(10.0, rel=1e-3)
    assert summary["Searching, closely"]["studio"]["root"]["mean"] == 0
