"""The bodies: bound to their bones, moved by them, the right size, and small on disk."""

from __future__ import annotations

from pathlib import Path

import motion_agent.motion_models.formats.body as room
import numpy as np
import pytest
from motion_agent.motion_models.formats.body import BODIES, Body, MovingSkin, skin_of
from motion_agent.motion_models.formats.body.skin import rest_positions
from motion_agent.motion_models.motion.motion import Motion
from motion_agent.motion_models.motion.rig import RIG


@pytest.mark.parametrize("body", BODIES)
def test_every_vertex_follows_at_most_four_joints(motion: Motion, body: Body) -> None:
    skin = skin_of(motion.rig, body)
    assert skin.joints.shape == skin.weights.shape == (len(skin.positions), 4)
    assert np.allclose(skin.weights.sum(axis=1), 1, atol=1e-6) and skin.joints.max() < len(RIG)
    assert skin.triangles.min() == 0 and skin.triangles.max() == len(skin.positions) - 1


@pytest.mark.parametrize("size", [1.0, 0.6])
def test_the_human_stands_on_any_bones(motion: Motion, size: float) -> None:
    rig = Motion(motion.joints * np.float32(size)).rig
    skin, rest = skin_of(rig), rest_positions(rig)
    height = np.ptp(skin.positions[:, 1])
    assert 1.6 * size < height < 1.9 * size
    assert -0.06 * size < skin.positions[:, 1].min() < 0
    for joint in ("left_knee", "right_elbow", "left_wrist", "right_ankle"):
        follows = (skin.joints == RIG[joint]) & (skin.weights > 0.4)
        around = skin.positions[follows.any(axis=1)] - rest[RIG[joint]]
        assert np.linalg.norm(around, axis=1).min() < 0.08 * size, joint


def test_a_moving_body_stays_on_its_bones(motion: Motion) -> None:
    skin = skin_of(motion.rig)
    moving = MovingSkin(skin, motion.rig)
    rest, places = rest_positions(motion.rig), motion.rig.world()[0]
    stiff = skin.weights[:, 0] > 0.999
    for frame in (0, 40):
        positions, normals = moving.at(frame)
        assert np.allclose(np.linalg.norm(normals, axis=1), 1)
        joint = skin.joints[stiff, 0]
        far = np.linalg.norm(skin.positions[stiff] - rest[joint], axis=1)
        assert np.allclose(np.linalg.norm(positions[stiff] - places[frame, joint], axis=1), far, atol=1e-6)


def test_the_body_is_small_and_says_whose_it_is() -> None:
    folder = Path(room.__file__).parent
    assert (folder / "human.safetensors").stat().st_size < 400_000
    assert "CC0" in (folder / "LICENSE.md").read_text("utf-8")
