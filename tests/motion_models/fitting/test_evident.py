"""What is plain to see in a motion is found, told, and not found in others."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.fitting.evident import shown, untold
from motion_agent.motion_models.fitting.telling import best_caption, contradictions
from motion_agent.motion_models.motion.skeleton import JOINT, mirror_joints
from motions import standing, with_joint

FRAMES = 60
KICK = "a person kicks with the right leg"
BEND = "a person bends down and reaches to the floor with the right hand"
REACH = "a person reaches up with the right hand"


def once(frames: int = FRAMES, first: int = 20, last: int = 40):
    """From 0 to 1 and back between two frames."""
    along = np.clip((np.arange(frames) - first) / (last - first), 0, 1)
    return np.sin(np.pi * along)


def kicking(metres: float = 0.6, first: int = 20, last: int = 40):
    """The right foot goes up and forward, and comes down again."""
    out = metres * once(first=first, last=last)
    joints = standing(FRAMES)
    for name in ("right_ankle", "right_foot"):
        joints[:, JOINT[name], 1] += out
        joints[:, JOINT[name], 2] += out
    return joints


def bending(degrees: float = 100.0):
    """All over the hips tilts forward and comes up; the right hand hangs to the floor meanwhile."""
    joints, angle = standing(FRAMES), np.radians(degrees) * once(first=10, last=50)
    upper = [joint for joint in range(3, 22) if joint not in (4, 5, 7, 8, 10, 11)]
    over = joints[:, upper] - joints[:, :1]
    up, out = over[..., 1].copy(), over[..., 2].copy()
    over[..., 1] = up * np.cos(angle)[:, None] - out * np.sin(angle)[:, None]
    over[..., 2] = up * np.sin(angle)[:, None] + out * np.cos(angle)[:, None]
    joints[:, upper] = joints[:, :1] + over
    hand = JOINT["right_wrist"]
    low = once(first=10, last=50)
    joints[:, hand, 1] = (1 - low) * joints[:, hand, 1] + low * 0.15
    return joints


def reaching():
    """The right hand goes up before the head, the arm straight, and comes down again."""
    joints, up = standing(FRAMES), once(first=15, last=45)
    shoulder, elbow, wrist = (JOINT[f"right_{name}"] for name in ("shoulder", "elbow", "wrist"))
    for joint, length in ((elbow, 0.28), (wrist, 0.54)):
        goal = joints[:, shoulder] + length * np.array([0.0, 0.7, 0.7])
        joints[:, joint] += up[:, None] * (goal - joints[:, joint])
    return joints


@pytest.mark.parametrize(("joints", "said"), [(kicking(), KICK), (bending(), BEND), (reaching(), REACH)])
def test_what_is_plain_to_see_is_found_on_its_side(joints, said):
    assert [text for text, _ in shown(joints)] == [said]
    assert [text for text, _ in shown(mirror_joints(joints))] == [said.replace("right", "left")]


@pytest.mark.parametrize(
    "joints",
    [
        standing(FRAMES),
        walking(FRAMES),
        kicking(0.2),
        kicking(0.45, 2, 58),  # a leg that is lifted slowly
        bending(30),
        with_joint(standing(FRAMES), "right_wrist", y=0.2 * once()),
    ],
)
def test_what_is_less_is_not(joints):
    assert shown(joints) == []


@pytest.mark.parametrize("said", ["a person walks forward", "a person throws a punch", "a person waits"])
def test_a_caption_that_leaves_it_out_gives_way(said):
    assert contradictions(said, kicking()) >= 1
    assert best_caption([said, "a person punches and kicks a knee"], kicking()) == KICK


@pytest.mark.parametrize("said", ["someone kicks high with the right leg", "a dancer leaps"])
def test_a_caption_that_may_tell_of_it_stays(said):
    assert untold(said, shown(kicking())) == 0


def test_bent_arms_tell_of_nobody_who_bends():
    plain = shown(bending())
    assert untold("a person lowers both bent arms", plain) == 1
    assert untold("a person bends over", plain) == 0


def test_both_arms_are_more_than_one():
    joints = with_joint(standing(FRAMES), "right_wrist", y=0.2 * np.sin(np.arange(FRAMES)))
    assert contradictions("a person waves both arms", joints) >= 1
    assert contradictions("a person waves", joints) < 1


def test_the_likeliest_caption_stays_where_another_is_hardly_better():
    likeliest = "a person punches with the right hand"  # hardly: the hand is slow
    joints = with_joint(standing(FRAMES), "right_wrist", y=0.2 * np.sin(np.arange(FRAMES)))
    assert best_caption([likeliest, "a person lowers a hand"], joints) == likeliest
