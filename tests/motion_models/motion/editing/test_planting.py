"""Feet that stand are held; what slides too far was never meant to stand."""

from __future__ import annotations

import numpy as np
import pytest
from motion_agent.motion_models.motion.editing.planting import FURTHEST, STANDING_SPEED, planted, standing
from motion_agent.motion_models.motion.features import FPS
from motion_agent.motion_models.motion.skeleton import JOINT
from motions import ramp, shifted
from motions import standing as upright

BALLS = [JOINT["left_foot"], JOINT["right_foot"]]


def moved(frames: int, metres: float) -> tuple[np.ndarray, np.ndarray]:
    """Somebody who glides so far without a step, before and after the feet are held."""
    glides = shifted(upright(frames), z=ramp(frames, metres))
    glides[..., 1] -= glides[:, BALLS, 1].min()
    return glides, planted(glides)


@pytest.mark.parametrize("metres", [0.1, 0.3, 1.0, 3.0])
def test_no_foot_is_dragged_further_than_it_may_be(metres: float) -> None:
    frames = round(metres / (0.5 * STANDING_SPEED) * FPS) + 20
    glides, held = moved(frames, metres)
    assert standing(glides[:, BALLS[0]])[1:-1].all()
    dragged = np.linalg.norm(held[:, BALLS] - glides[:, BALLS], axis=-1)
    assert dragged.max() <= FURTHEST + 1e-9
    assert dragged.max() == pytest.approx(min(FURTHEST, metres / 2), abs=0.02)


def test_a_foot_that_slides_a_little_stands_still() -> None:
    glides, held = moved(60, 0.2)
    assert np.ptp(glides[:, BALLS[0], 2]) > 0.19
    assert np.ptp(held[:, BALLS[0], 2]) < 0.02
    thigh = [
        np.linalg.norm(j[:, JOINT["left_knee"]] - j[:, JOINT["left_hip"]], axis=-1) for j in (glides, held)
    ]
    assert thigh[0] == pytest.approx(thigh[1], abs=1e-6)
