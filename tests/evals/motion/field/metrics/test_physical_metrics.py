"""Skating, penetration, float and jerk in closed form, and against the definitions written out."""

from __future__ import annotations

import numpy as np
import pytest
from motion_agent.evals.motion.composition.seams import measure_seam
from motion_agent.evals.motion.field.metrics import floating, mean_jerk, penetration, skating, transition_jerk
from motion_agent.evals.motion.field.metrics.physics import LABELS, Physics, measure, summarize
from motion_agent.motion_models.errors import InvalidMotionError, InvalidRequestError
from motion_agent.motion_models.motion.measures.skating import STEADY_FRAMES
from motions import shifted, standing, with_joint

LEFT, RIGHT = 10, 11


def _sliding(metres_per_second: float, frames: int = 40):
    return shifted(standing(frames), z=metres_per_second * np.arange(frames) / 20)


@pytest.mark.parametrize(("speed", "ratio"), [(0.0, 0.0), (0.49, 0.0), (0.6, 35 / 39), (2.5, 1.0)])
def test_a_body_that_slides_at_known_speed(speed: float, ratio: float) -> None:
    # Two steps at either end see 3 and 4 moving frames of 5: 0.6 m/s then averages less than 0.5.
    assert skating(_sliding(speed)).mean() == pytest.approx(ratio)


def test_a_foot_in_the_air_or_above_another_floor_does_not_skate() -> None:
    assert not skating(shifted(_sliding(2.0), y=0.06)).any()
    assert skating(shifted(_sliding(2.0), y=1.03), floor=1.0).all()
    one = with_joint(_sliding(2.0), "left_foot", y=0.3)
    assert skating(one).all()
    assert not skating(with_joint(one, "right_foot", y=0.3)).any()


def test_a_single_quick_frame_is_no_skate() -> None:
    joints = standing(40)
    joints[20:, :, 0] += 0.1
    assert not skating(joints).any()
    joints[21:, :, 0] += 0.1
    assert skating(joints).sum() == 2


def test_skating_is_the_definition_written_out() -> None:
    joints = np.cumsum(np.random.default_rng(0).normal(scale=0.02, size=(80, 22, 3)), axis=0)
    joints[..., 1] = np.abs(joints[..., 1]) / 2
    expected = []
    for frame in range(79):
        found = False
        for foot in (LEFT, RIGHT):
            speeds = [
                20 * np.hypot(*(joints[t + 1, foot, [0, 2]] - joints[t, foot, [0, 2]]))
                if 0 <= t < 79
                else 0.0
                for t in range(frame - STEADY_FRAMES // 2, frame + STEADY_FRAMES // 2 + 1)
            ]
            low = joints[frame, foot, 1] < 0.05 and joints[frame + 1, foot, 1] < 0.05
            found |= low and speeds[STEADY_FRAMES // 2] > 0.5 and sum(speeds) / STEADY_FRAMES > 0.5
        expected.append(found)
    assert 0 < sum(expected) < 79
    assert skating(joints).tolist() == expected


def test_a_sinking_body_penetrates_by_its_depth_less_the_tolerance() -> None:
    depth = np.linspace(0.0, 0.1, 21)
    joints = shifted(standing(21), y=-depth)
    assert penetration(joints) == pytest.approx(np.maximum(1000 * depth - 5, 0))
    assert penetration(joints, floor=-0.1) == pytest.approx(np.zeros(21))
    assert not floating(joints).any()


def test_a_hovering_body_floats_by_its_height_less_the_tolerance() -> None:
    joints = shifted(standing(3), y=[0.004, 0.03, 1.0])
    assert floating(joints) == pytest.approx([0, 25, 995])
    assert floating(joints, floor=0.03) == pytest.approx([0, 0, 965])
    assert penetration(joints, floor=0.03) == pytest.approx([21, 0, 0])


def test_jerk_of_a_set_is_that_of_its_mean_curve() -> None:
    time = np.arange(12.0)
    windows = np.zeros((2, 12, 22, 3))
    windows[0, :, 3] = np.stack([time**3, time**2, -(time**3)], axis=-1) / 100
    found = transition_jerk(windows, mean_jerk=0.05)
    # A cubic's third difference is 6 times its leading coefficient: .12 in one window, 0 in the other.
    assert found.curve == pytest.approx(np.full(9, 0.06))
    assert (found.peak, found.area) == (pytest.approx(0.06), pytest.approx(9 * 0.01))
    assert transition_jerk(windows, mean_jerk=0.07).area == pytest.approx(9 * 0.01)
    assert mean_jerk([*windows, np.zeros((3, 22, 3))]) == pytest.approx(0.06)


def test_smooth_frames_do_not_make_up_for_rough_ones() -> None:
    windows = np.zeros((1, 12, 22, 3))
    windows[0, 6:, 3, 0] = 0.01  # its third difference is .01, -.02 and .01 in three of nine frames
    found = transition_jerk(windows, mean_jerk=0.004 * 10 / 9)
    assert found.curve.sum() == pytest.approx(0.04)
    assert found.area == pytest.approx(np.abs(found.curve - 0.04 / 9).sum())
    assert found.area > 0.05


def test_the_peak_of_the_mean_is_no_mean_of_peaks() -> None:
    windows = np.zeros((2, 30, 22, 3))
    windows[0, 10:, 7, 0] = windows[1, 20:, 7, 0] = 1.0
    assert transition_jerk(windows, 0.0).peak == pytest.approx(1.0)
    seams = [measure_seam(np.zeros((30, 263)), window, 15).peak for window in windows]
    assert np.mean(seams) == pytest.approx(2.0)


def test_physics_gathers_them() -> None:
    found = measure(shifted(_sliding(2.0), y=-0.025))
    assert found == pytest.approx(Physics(1.0, 20.0, 0.0, 0.0, 0.0), abs=1e-9)
    lifted = measure(shifted(standing(), y=0.105))
    assert lifted == pytest.approx(Physics(0.0, 0.0, 100.0, 0.0, 0.0), abs=1e-9)
    summary = summarize([found, lifted], ["one", "two"])
    assert list(summary) == list(LABELS)
    assert [round(estimate.mean, 6) for estimate in summary.values()] == [0.5, 10, 50, 0, 0]
    assert summarize([])["skating ratio"].n == 0


def test_too_little_motion_is_refused() -> None:
    with pytest.raises(InvalidMotionError, match="at least 4 frames"):
        measure(standing(3))
    with pytest.raises(InvalidRequestError, match="windows must be"):
        transition_jerk(np.zeros((30, 22, 3)), 0.0)
    with pytest.raises(InvalidRequestError, match="at least one motion"):
        mean_jerk([standing(3)])
