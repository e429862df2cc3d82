"""HumanML3D's trunk from recorded marks, and the checks that tell a human body on a floor."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.motion.body import (
    body_fault,
    motion_fault,
    proportions,
    stays_on_floor,
    with_humanml3d_trunk,
)
from motion_agent.motion_models.motion.skeleton import JOINT, retarget


@pytest.fixture
def marks() -> np.ndarray:
    """A body that stands upright, its marks where a recording has them; five frames."""
    at = {
        "pelvis": (0, 0.95, 0), "spine1": (0, 1.06, 0), "spine2": (0, 1.17, 0), "spine3": (0, 1.29, 0),
        "neck": (0, 1.38, 0), "head": (0, 1.6, 0),
    }  # fmt: skip
    for side, sign in (("left", 1), ("right", -1)):
        at |= {
            f"{side}_hip": (0.1 * sign, 0.87, 0), f"{side}_knee": (0.1 * sign, 0.46, 0),
            f"{side}_ankle": (0.1 * sign, 0.05, 0), f"{side}_foot": (0.1 * sign, 0.0, 0.12),
            f"{side}_collar": (0, 0, 0), f"{side}_shoulder": (0.2 * sign, 1.3, 0),
            f"{side}_elbow": (0.2 * sign, 1.05, 0), f"{side}_wrist": (0.2 * sign, 0.8, 0),
        }  # fmt: skip
    return np.tile(np.array([at[name] for name in JOINT], dtype=float), (5, 1, 1))


def test_spine_and_collars_come_to_humanml3ds_places(marks: np.ndarray) -> None:
    joints = with_humanml3d_trunk(marks)
    heights = joints[0, [JOINT[name] for name in ("spine1", "spine2", "spine3", "neck")], 1]
    np.testing.assert_allclose(heights, 0.95 + 0.43 * np.array([0.2386, 0.498, 0.602, 1.0]))
    np.testing.assert_allclose(joints[:, JOINT["left_collar"]], [[0.084, 1.2942, 0]] * 5)
    kept = [joint for name, joint in JOINT.items() if "spine" not in name and "collar" not in name]
    np.testing.assert_array_equal(joints[:, kept], marks[:, kept])


def test_on_the_target_bones_the_shoulders_are_a_mans(marks: np.ndarray) -> None:
    """Those of the published clip: 0.19 m to the side, 8 cm under the neck."""
    body = retarget(with_humanml3d_trunk(marks))[0]
    neck, shoulder = body[JOINT["neck"]], body[JOINT["left_shoulder"]]
    assert 0.18 < shoulder[0] < 0.235
    assert 0.05 < neck[1] - shoulder[1] < 0.12


def test_what_is_a_body_has_no_fault(marks: np.ndarray) -> None:
    assert body_fault(marks) is None
    assert body_fault(walking(40)) is None
    assert motion_fault(walking(40)) is None


def test_a_torso_that_lacks_its_thorax_is_refused(marks: np.ndarray) -> None:
    above = [JOINT["spine3"], JOINT["neck"], JOINT["head"], JOINT["left_shoulder"], JOINT["right_shoulder"]]
    marks[:, above, 1] -= 0.12
    assert proportions(marks).trunk < 0.4
    assert "trunk" in str(body_fault(marks))


def test_a_bone_that_stretches_is_refused(marks: np.ndarray) -> None:
    marks[3:, JOINT["head"], 1] += 0.3
    assert "changes its length" in str(body_fault(marks))


@pytest.mark.parametrize(
    ("moved", "reason"),
    [((slice(20, None), slice(None), 0, 2.0), "leaps"), ((slice(20, 22), 10, 1, -0.3), "under the floor")],
)
def test_what_does_not_move_on_a_floor_is_refused(moved: tuple, reason: str) -> None:
    joints = walking(40)
    frames, joint, axis, metres = moved
    joints[frames, joint, axis] += metres
    assert reason in str(motion_fault(joints))


def test_standing_on_what_is_not_there_is_seen() -> None:
    joints = walking(60)
    assert stays_on_floor(joints)
    jump = joints.copy()
    jump[20:35, :, 1] += 0.5
    assert stays_on_floor(jump)
    stool = joints.copy()
    stool[10:, :, 1] += 0.5
    assert not stays_on_floor(stool)


def test_published_and_recorded_bodies_agree(data_dir: Path) -> None:
    """The clip HumanML3D publishes and a CMU recording, both standing: shoulders at one width and height."""
    published = np.load(data_dir / "humanml3d_sample" / "012314.npz")["joints"]
    with np.load(data_dir / "cmu" / "joints22_20fps.npz") as trials:
        recorded = retarget(with_humanml3d_trunk(trials["16_15"][5:]))
    for joints in (published, recorded):
        across = np.linalg.norm(
            joints[:, JOINT["left_shoulder"]] - joints[:, JOINT["right_shoulder"]], axis=-1
        )
        assert np.median(across) == pytest.approx(0.39, abs=0.04)
