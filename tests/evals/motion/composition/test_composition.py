"""Continuity in closed form, the fixed set, and the comparison on a backend without a model."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import FakeBackend
from motion_agent.evals.motion.composition.composition import (
    REAL_JERK,
    SECONDS,
    WAYS,
    Composer,
    Made,
    _table,
    load_sequences,
    measure,
    time_long,
)
from motion_agent.evals.motion.composition.seams import Seam, measure_seam, transition_distance
from motion_agent.evals.motion.suite.prompts import load_prompts
from motion_agent.motion_models.english.interpretation import Interpretation
from motion_agent.motion_models.motion.continuity import jerk, sliding
from motion_agent.motion_models.motion.features import LOCAL_POSITIONS


class Obliging(FakeBackend):
    """Takes every prompt for a walk."""

    def interpret(self, description: str) -> Interpretation:
        return Interpretation(text=description, action="walk")


def test_jerk_of_a_cubic_is_constant_and_of_a_parabola_none():
    time = np.arange(20.0)
    joints = np.zeros((20, 22, 3))
    joints[:, 5] = np.stack([time**3, -(time**3), time**2], axis=-1)
    assert jerk(joints) == pytest.approx(np.full(17, 12.0))
    joints[:, 5, :2] = 0
    assert jerk(joints) == pytest.approx(np.zeros(17))


def test_transition_distance_is_a_mean_over_joints_in_centimetres():
    features = np.zeros((4, 263))
    features[2:, LOCAL_POSITIONS] = np.tile([0.03, 0.04, 0.0], 21)
    assert transition_distance(features, 2) == pytest.approx(5.0)
    assert transition_distance(features, 3) == pytest.approx(0.0)


def test_a_toe_slides_where_it_is_low_and_fast():
    joints = np.zeros((5, 22, 3))
    joints[:, 10, 0] = [0, 0, 0.05, 0.05, 0.10]
    joints[3:, 10, 1] = 0.2
    assert sliding(joints, floor=0.0).tolist() == [False, True, False, False]
    assert sliding(joints, floor=0.2).tolist() == [False, True, False, True], "below the floor is low too"


def test_a_toe_that_lands_or_lifts_off_does_not_slide():
    joints = np.zeros((6, 22, 3))
    joints[:, 10, 0] = 0.05 * np.arange(6)
    joints[:, 11, 1] = 0.2
    joints[:, 10, 1] = [0.0, 0.0, 0.2, 0.2, 0.0, 0.0]
    assert sliding(joints, floor=0.0).tolist() == [True, False, False, False, True]


def test_a_jump_shows_at_its_seam_and_only_above_the_mean():
    joints = np.zeros((60, 22, 3))
    joints[30:, 7, 0] = 1.0
    features = np.zeros((60, 263))
    at, beside = measure_seam(features, joints, 30), measure_seam(features, joints[:30], 15)
    assert (at.peak, at.area) == (pytest.approx(2.0), pytest.approx(4.0))
    assert measure_seam(features, joints, 30, mean_jerk=1.0).area == pytest.approx(1.0)
    assert beside.peak == beside.area == 0


def test_the_fixed_set_is_fifty_pairs_and_ten_chains_of_known_prompts():
    sequences, known = load_sequences(), {prompt.text for prompt in load_prompts() if not prompt.then}
    assert [len(pair) for pair in sequences["pairs"]] == [2] * 50
    assert [len(chain) for chain in sequences["chains"]] == [12] * 10
    assert len({tuple(pair) for pair in sequences["pairs"]}) == 50
    assert all(prompt in known for some in sequences.values() for texts in some for prompt in texts)


def test_every_way_makes_the_same_segments():
    [bare, once, ours] = measure(Composer(Obliging()), load_sequences()["chains"][0], seed=0)
    assert [made.way for made in (bare, once, ours)] == list(WAYS)
    assert len(bare.seams) == len(once.seams) == len(ours.seams) == 11
    assert all(len(made.met) == 12 for made in (bare, once, ours))
    assert all(np.shape(made.windows) == (11, 30, 22, 3) for made in (bare, once, ours))


def test_the_table_holds_a_set_against_real_motion():
    still = np.zeros((30, 22, 3))
    seam = Seam(1.0, 2.0, 3.0)
    made = [Made(("a", "b"), way, (seam,), (still,), (True, True), 0.0) for way in WAYS]
    lines = {line.split("|")[1].strip(): line for line in _table(made).splitlines()}
    assert "| 0.000 | 0.000 | 0.000 |" in lines["PJ of FlowMDM, m/frame^3 ↓"]
    # 27 third differences, each as far below the mean of real motion as can be.
    assert f"| {27 * REAL_JERK:.3f} |" in lines["AUJ of FlowMDM, m/frame^3 ↓"]


def test_long_motions_are_as_long_as_asked():
    [row] = time_long(Composer(Obliging()), [4])
    assert row["minutes"] == pytest.approx(4, abs=SECONDS / 60)
