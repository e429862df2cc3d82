"""What is done to the frames of a segment: feet that stood before its way was changed go on standing."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.fitting.remedies import Remedy, remedied
from motion_agent.motion_models.motion.editing.planting import standing
from motion_agent.motion_models.motion.editing.stretch import MARGIN, Stretch, stretches
from motion_agent.motion_models.motion.features import from_joints
from motion_agent.motion_models.motion.skeleton import JOINT
from motion_agent.tools.clips.frame_edits import Path, Stride, TurnFurther

BALLS = (JOINT["left_foot"], JOINT["right_foot"])


@pytest.fixture
def walk() -> Stretch:
    """A walk at such a pace that either foot stands for some frames of each step."""
    [stretch] = stretches(from_joints(walking(61, speed=1.4)), [0, 60])
    return stretch


def slid(before: Stretch, after: Stretch) -> float:
    """How far both feet slide, metres, in the frames in which they stood before."""
    metres = 0.0
    for ball in BALLS:
        stands = standing(before.joints[:, ball])[MARGIN:-MARGIN]
        steps = np.linalg.norm(np.diff(after.shown[:, ball][:, [0, 2]], axis=0), axis=-1)
        metres += float(steps[stands[1:] & stands[:-1]].sum())
    return metres


@pytest.mark.parametrize(
    "edit",
    [
        Stride(factor=1.8),
        TurnFurther(degrees=500.0),
        TurnFurther(degrees=-500.0),
        Path(points=((0.5, 0.5), (0.0, 1.0), (-0.5, 0.5), (0.0, 0.001))),
    ],
    ids=lambda edit: edit.kind,
)
def test_feet_stand_where_they_stood_in_the_motion_before(
    walk: Stretch, edit: Stride | TurnFurther | Path
) -> None:
    """Longer strides and tight curves make feet so fast that they do not look as if they stood."""
    assert slid(walk, edit.shown(walk)) < 0.3


def test_feet_stand_where_they_stood_when_a_remedy_makes_strides_longer(walk: Stretch) -> None:
    assert slid(walk, remedied(Remedy(stretch=1.8), walk)) < 0.3
