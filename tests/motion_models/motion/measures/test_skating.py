"""Planted feet that slide, by how much, on motions with known answers."""

from __future__ import annotations

import numpy as np
import pytest
from motion_agent.motion_models.motion.measures.skating import skates, slid_metres
from motions import bump, shifted, standing, with_joint


def sliding(metres: float, frames: int = 60) -> np.ndarray:
    """Someone upright who slides so far within 0.5 s, and stands before and after."""
    return metres * np.clip((np.arange(frames) - 20) / 10, 0.0, 1.0)


def test_a_body_that_slides_has_slid_as_far_as_it_went() -> None:
    assert slid_metres(shifted(standing(), z=sliding(0.8))) == pytest.approx(0.8, abs=0.01)
    assert slid_metres(standing()) == 0.0
    assert slid_metres(shifted(standing(), z=sliding(0.8), y=0.3)) == 0.0
    assert slid_metres(shifted(standing(), z=sliding(0.8), y=0.3), floor=0.3) == pytest.approx(0.8, abs=0.01)


def test_a_slow_shift_is_no_slide() -> None:
    assert slid_metres(shifted(standing(), z=0.02 * np.arange(60))) == 0.0


def test_a_foot_that_passes_low_beside_a_planted_one_skates_alone_and_slides_nothing() -> None:
    swinging = with_joint(standing(), "left_foot", z=sliding(0.8))
    assert skates(swinging)[:, 0].any() and not skates(swinging)[:, 1].any()
    assert slid_metres(swinging) == 0.0


def test_a_foot_that_slides_while_the_other_is_up_has_slid() -> None:
    one_legged = with_joint(shifted(standing(), x=sliding(0.6)), "right_foot", y=bump(60, 0, 60, 0.3))
    assert slid_metres(one_legged) == pytest.approx(0.6, abs=0.01)
