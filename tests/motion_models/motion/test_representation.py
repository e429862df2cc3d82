"""The two published layouts: numbers, slices, and joints recovered from both."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from folders import features_like
from motion_agent.motion_models import InvalidMotionError, features
from motion_agent.motion_models.motion.features import check_features, from_joints, recover_joints
from motion_agent.motion_models.motion.representation import (
    HUMANML3D,
    KIT,
    Representation,
    representation_of,
)
from motion_agent.motion_models.tokenizer.vqvae import recover_positions

BOTH = pytest.mark.parametrize("layout", [HUMANML3D, KIT], ids=lambda layout: layout.name)


def test_the_published_numbers() -> None:
    assert (HUMANML3D.dim, HUMANML3D.joints, HUMANML3D.fps) == (263, 22, 20.0)
    assert (KIT.dim, KIT.joints, KIT.fps) == (251, 21, 12.5)
    assert HUMANML3D.seconds_per_token == pytest.approx(0.2)
    assert KIT.seconds_per_token == pytest.approx(0.32)
    assert KIT.tokens_per_second == pytest.approx(3.125)
    assert KIT.local_positions == slice(4, 64)
    assert KIT.rotations_6d == slice(64, 184)
    assert KIT.joint_velocities == slice(184, 247)
    assert KIT.foot_contacts == slice(247, 251)


@BOTH
def test_the_groups_cover_every_number_once(layout: Representation) -> None:
    covered = np.concatenate([np.arange(layout.dim)[group] for group in layout.groups])
    assert covered.tolist() == list(range(layout.dim))


@BOTH
def test_every_joint_hangs_on_one_chain(layout: Representation) -> None:
    ends = [joint for chain in layout.chains for joint in chain[1:]]
    assert sorted(ends) == list(range(1, layout.joints))


def test_the_features_module_names_the_same_slices() -> None:
    assert features.LOCAL_POSITIONS == HUMANML3D.local_positions == slice(4, 67)
    assert features.FOOT_CONTACTS == HUMANML3D.foot_contacts == slice(259, 263)
    assert features.DIM == 263


def test_a_layout_is_known_by_its_width() -> None:
    assert representation_of(251) is KIT
    assert representation_of(263) is HUMANML3D
    with pytest.raises(InvalidMotionError, match=r"135 .* 263 \(humanml3d\), 251 \(kit\)"):
        representation_of(135)


def recovered_by_hand(rows: np.ndarray, layout: Representation) -> np.ndarray:
    """Frame after frame, as the definition says; matrices instead of the code's formulas."""
    yaw, root, joints = 0.0, np.zeros(3), np.zeros((len(rows), layout.joints, 3))
    for frame, row in enumerate(rows):
        if frame:
            before = rows[frame - 1]
            yaw -= 2 * before[0]
            root = root + turn(yaw) @ [before[1], 0.0, before[2]]
        joints[frame, 0] = [root[0], row[3], root[2]]
        local = row[layout.local_positions].reshape(-1, 3)
        joints[frame, 1:] = local @ turn(yaw).T + [root[0], 0.0, root[2]]
    return joints


def turn(yaw: float) -> np.ndarray:
    cos, sin = np.cos(yaw), np.sin(yaw)
    return np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]])


@BOTH
def test_joints_come_back_as_defined(layout: Representation) -> None:
    rows = features_like(layout, 30)
    expected = recovered_by_hand(rows.astype(np.float64), layout)
    np.testing.assert_allclose(recover_joints(rows, layout), expected, atol=1e-5)
    in_torch = recover_positions(torch.from_numpy(rows)[None])[0].numpy()
    np.testing.assert_allclose(in_torch, expected, atol=1e-4)


def test_each_width_is_told_apart_in_the_error(walk: np.ndarray) -> None:
    with pytest.raises(InvalidMotionError, match=r"\(T, 251\).*263 is HumanML3D's 22-joint"):
        check_features(from_joints(walk), KIT)
    with pytest.raises(InvalidMotionError, match=r"\(T, 263\).*251 is KIT-ML's 21-joint"):
        check_features(np.zeros((4, 251)))
