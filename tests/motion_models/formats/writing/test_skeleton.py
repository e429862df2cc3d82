"""The root bone that other tools want: on the floor under the hips, facing where they face, even on hands."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.formats.writing.skeleton import ROOT, bones_of
from motion_agent.motion_models.motion.rig import RigMotion, fit_rig
from scipy.spatial.transform import Rotation

FRAMES = 41


def tumbling(headings: float | np.ndarray, rolls: np.ndarray) -> RigMotion:
    """A walk whose hips face some way, in degrees, and roll sideways by so many degrees in each frame."""
    rig = fit_rig(walking(len(rolls)), helpers=False)
    rotations = np.array(rig.rotations)
    turned = np.broadcast_to(headings, len(rolls))[:, None]
    facing = Rotation.from_euler("y", turned, degrees=True)
    rotations[:, 0] = (facing * Rotation.from_euler("z", rolls[:, None], degrees=True)).as_quat()
    return RigMotion(rig.offsets, rotations, rig.root)


def headings(rig: RigMotion) -> np.ndarray:
    """Which way the root bone faces in each frame, degrees."""
    ahead = Rotation.from_quat(bones_of(rig, "mixamo")[0].rotations).apply([0.0, 0.0, 1.0])
    return np.degrees(np.arctan2(ahead[:, 0], ahead[:, 2]))


@pytest.mark.parametrize("names", ["mixamo", "unity", "vrm"])
def test_root_and_hips_together_are_where_the_hips_were(names) -> None:
    rig = tumbling(50.0, np.linspace(0.0, 360.0, FRAMES))
    root, hips = bones_of(rig, names)[:2]
    assert root.name == ROOT and hips.parent == 0
    turn = Rotation.from_quat(root.rotations)
    assert hips.translations is not None and root.translations is not None
    assert turn.apply(hips.translations) + root.translations == pytest.approx(rig.root, abs=1e-6)
    together = (turn * Rotation.from_quat(hips.rotations)).as_matrix()
    assert together == pytest.approx(Rotation.from_quat(rig.rotations[:, 0]).as_matrix(), abs=1e-6)
    for bone in (root, hips):
        assert (np.sum(bone.rotations[1:] * bone.rotations[:-1], axis=-1) > 0).all(), "no jumps of sign"


@pytest.mark.parametrize("heading", [50.0, -120.0])
def test_upside_down_the_root_faces_as_it_did_last(heading: float) -> None:
    """It turns while it is upright, and stays as it is until the hips are up again."""
    over = np.concatenate([np.zeros(9), np.linspace(0.0, 180.0, 12), np.full(8, 180.0)])
    over = np.concatenate([over, np.linspace(180.0, 360.0, 12)])
    turning = np.concatenate([np.linspace(0.0, heading, 9), np.full(len(over) - 9, heading)])
    assert headings(tumbling(turning, over)) == pytest.approx(turning, abs=1e-3)


def test_who_begins_upside_down_faces_ahead_until_the_heading_is_known() -> None:
    rolls = np.concatenate([np.full(10, 180.0), np.linspace(180.0, 360.0, 31)])
    faced = headings(tumbling(50.0, rolls))
    assert faced[:10] == pytest.approx(0.0, abs=1e-6)
    assert faced[15:] == pytest.approx(50.0, abs=1e-3)
