"""HumanML3D's features, worked out a second time: frame by frame, in quaternions, as they were published.

Guo et al., "Generating Diverse and Natural 3D Human Motions from Text" (CVPR 2022), and the preparation of
their data. No formula and no constant here is taken from the code under test but the order of the joints.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.motion.features import from_joints
from scipy.spatial.transform import Rotation

UP, AHEAD = np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0])
CHAINS = ([0, 2, 5, 8, 11], [0, 1, 4, 7, 10], [0, 3, 6, 9, 12, 15], [9, 14, 17, 19, 21], [9, 13, 16, 18, 20])
LEFT, DOWN = np.array([1.0, 0.0, 0.0]), -UP
#: Where the bone that ends in each joint points at rest.
REST = [
    None, LEFT, -LEFT, UP, DOWN, DOWN, UP, DOWN, DOWN, UP, AHEAD, AHEAD, UP, LEFT, -LEFT, AHEAD, DOWN, DOWN,
    DOWN, DOWN, DOWN, DOWN,
]  # fmt: skip


def between(start: np.ndarray, end: np.ndarray) -> Rotation:
    """The shortest rotation from one direction to another, by the half-angle quaternion."""
    a, b = start / np.linalg.norm(start), end / np.linalg.norm(end)
    return Rotation.from_quat([*np.cross(a, b), 1.0 + a @ b])


def smoothed(rows: np.ndarray, sigma: float) -> np.ndarray:
    """A Gaussian cut at four deviations; before the start and after the end the rows stand still."""
    reach = int(4 * sigma + 0.5)
    weights = [math.exp(-0.5 * (step / sigma) ** 2) for step in range(-reach, reach + 1)]
    last = len(rows) - 1
    return np.array(
        [
            sum(w * rows[min(max(t + step - reach, 0), last)] for step, w in enumerate(weights))
            for t in range(len(rows))
        ]
    ) / sum(weights)


def placed(joints: np.ndarray) -> np.ndarray:
    """On the floor, the pelvis of the first frame above the origin, hips and shoulders facing +Z."""
    joints = joints - [0, joints[..., 1].min(), 0]
    joints = joints - joints[0, 0] * [1, 0, 1]
    first = joints[0]
    facing = np.cross(UP, (first[2] - first[1]) + (first[17] - first[16]))
    return np.array([between(facing, AHEAD).apply(frame) for frame in joints])


def headings(joints: np.ndarray) -> list[Rotation]:
    """For each frame what turns the body to +Z. The published code takes the hips the wrong way round."""
    across = [(frame[1] - frame[2]) + (frame[17] - frame[16]) for frame in joints]
    facing = np.array([np.cross(UP, axis / np.linalg.norm(axis)) for axis in across])
    turns = [between(direction, AHEAD) for direction in smoothed(facing, 20.0)]
    return [Rotation.identity(), *turns[1:]]


def rotations(frame: np.ndarray, heading: Rotation) -> np.ndarray:
    """Two columns of each joint's matrix, joints 1 to 21; every chain starts from the root's rotation."""
    found = np.zeros((22, 6))
    for chain in CHAINS:
        world = heading
        for parent, child in pairwise(chain):
            rest = REST[child]
            assert rest is not None
            local = world.inv() * between(rest, frame[child] - frame[parent])
            matrix = local.as_matrix()
            found[child] = [*matrix[:, 0], *matrix[:, 1]]
            world = world * local
    return found[1:].reshape(-1)


def published(joints: np.ndarray) -> np.ndarray:
    joints = placed(joints.astype(np.float64))
    heading = headings(joints)
    rows = []
    for t in range(len(joints) - 1):
        now, after = joints[t], joints[t + 1]
        step = after - now
        turn = (heading[t + 1] * heading[t].inv()).as_quat(canonical=True)
        root = heading[t + 1].apply(step[0])
        local = heading[t].apply(now - now[0] * [1, 0, 1])
        contacts = [float(np.sum(step[foot] ** 2) < 0.002) for foot in (7, 10, 8, 11)]
        rows.append(
            [
                *(math.asin(turn[1]), root[0], root[2], now[0, 1], *local[1:].reshape(-1)),
                *(*rotations(now, heading[t]), *heading[t].apply(step).reshape(-1), *contacts),
            ]
        )
    return np.array(rows)


@pytest.fixture(scope="module")
def wandering() -> np.ndarray:
    """Eight seconds in a bend of 2 rad that tightens, off the origin and the floor; the torso twists."""
    walk = walking(160, speed=1.1).astype(np.float64)
    time = np.linspace(0, 1, len(walk))
    for t, (frame, share) in enumerate(zip(walk, time, strict=True)):
        pivot = frame[0] * [1, 0, 1]
        twist = Rotation.from_rotvec([0.0, 0.3 * math.sin(12 * share), 0.1 * math.sin(7 * share)])
        upper = [6, 9, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]
        frame[upper] = frame[3] + twist.apply(frame[upper] - frame[3])
        bend = 2.0 * share**2
        place = np.array([math.sin(bend), 0.0, math.cos(bend)]) * 4 * share
        walk[t] = Rotation.from_rotvec([0.0, bend, 0.0]).apply(frame - pivot) + place
    turned = Rotation.from_rotvec([0.0, 0.7, 0.0]).apply(walk.reshape(-1, 3)).reshape(walk.shape)
    return turned + np.array([3.0, 0.4, -2.0])


def test_features_are_those_that_were_published(wandering: np.ndarray) -> None:
    found, expected = from_joints(wandering), published(wandering)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_the_motion_shows_what_the_constants_are(wandering: np.ndarray) -> None:
    """Otherwise the comparison above could not tell another threshold or another smoothing."""
    squares = (np.diff(wandering[:, [7, 10, 8, 11]], axis=0) ** 2).sum(-1)
    assert ((squares > 0.0014) & (squares < 0.002)).any()
    assert ((squares > 0.002) & (squares < 0.0028)).any()
    heading = np.array([turn.as_rotvec()[1] for turn in headings(placed(wandering))])
    assert np.ptp(heading) > 1.0 and np.abs(np.diff(heading, n=2)).max() > 1e-3
