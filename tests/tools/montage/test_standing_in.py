"""What the model does not show is made of key poses instead, where these measurably show it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fakes import FakeBackend
from hand import Hand
from motion_agent.motion_models import load_backend
from motion_agent.motion_models.arrays import FloatArray
from motion_agent.motion_models.english.interpretation import Interpretation
from motion_agent.motion_models.motion.measures import kinematics as k
from motion_agent.motion_models.motion.measures.events import events
from motion_agent.motion_models.motion.measures.predicates import holds
from motion_agent.motion_models.motion.skeleton import JOINT
from motion_agent.tools.memory import MotionClip, MotionMemory
from motion_agent.tools.rendering import render_motion
from motion_agent.tools.services import Services


@pytest.fixture(scope="module")
def hand() -> Hand:
    return Hand(Services(load_backend(), MotionMemory()))


def joints_of(hand: Hand, clip: MotionClip) -> FloatArray:
    return render_motion(hand.services.memory, hand.services.backend, clip.id).joints


def posed(clip: MotionClip) -> list[str]:
    return [edit.name for part in clip.timeline for edit in part.edits if edit.kind == "pose"]


def test_a_bow_is_as_deep_as_it_is_asked_for_and_needs_no_note(hand: Hand) -> None:
    said = ("a person bows a little", "a person bows", "a person bows deeply")
    clips = [hand.make("generate_motion", description=text, seed=1) for text in said]
    little, plain, deep = (k.torso_pitch_max(joints_of(hand, clip)) for clip in clips)
    assert 14 < little < plain < deep
    assert [clip.notes for clip in clips] == [(), (), ()]
    assert posed(clips[0]) == ["bow a little"] and posed(clips[2]) == ["bow deeply"]


def test_a_motion_that_shows_what_was_asked_is_the_models_own(hand: Hand) -> None:
    clip = hand.make("generate_motion", description="a person waves with the left hand", seed=1)
    assert posed(clip) == []
    assert holds(["waves_a_hand_left"], joints_of(hand, clip))


def test_as_many_as_were_asked_for(hand: Hand) -> None:
    clip = hand.make("generate_motion", description="a person nods twice", seed=1)
    assert clip.notes == ()
    assert len(events(joints_of(hand, clip), "nod")) == 2


def test_what_ends_in_a_pose_goes_over_into_what_follows_without_a_leap(hand: Hand) -> None:
    segments = [{"description": f"a person {done}"} for done in ("kneels on both knees", "walks forward")]
    clip = hand.make("compose_sequence", segments=segments, seed=1)
    assert posed(clip) == ["kneel on both knees"]
    joints = joints_of(hand, clip)
    steps = np.linalg.norm(np.diff(joints, axis=0), axis=-1)
    assert steps.max() < 0.25
    ends = round(clip.timeline[0].end * 4)
    knees = joints[ends - 12, [JOINT["left_knee"], JOINT["right_knee"]], 1]
    assert knees.max() < 0.25
    assert k.pelvis_end(joints) > 0.8


class Clapless(FakeBackend):
    """Does nothing that it is asked for, and says so; has key poses for it, or not."""

    weak_below = -2.0

    def __init__(self, *, poses: bool) -> None:
        super().__init__()
        self.poses = poses

    def judge(self, captions: Any, motions: Any) -> list[float]:
        return [-3.0 for _ in captions]

    def caption(self, motions: Any) -> list[str]:
        return ["a person walks"] * len(motions)

    def interpret_behind(self, description: str) -> Interpretation | None:
        return (
            Interpretation("a person walks", posed=("clap",), beside="a person walks") if self.poses else None
        )


def test_the_note_goes_only_with_the_poses() -> None:
    notes = {
        poses: Hand(Services(Clapless(poses=poses), MotionMemory()))
        .make("generate_motion", description="a person claps and waves", seed=1, seconds=4.0)
        .notes
        for poses in (True, False)
    }
    assert notes == {
        True: (),
        False: ("weak match: 'a person claps and waves' came out more like 'a person walks'",),
    }
