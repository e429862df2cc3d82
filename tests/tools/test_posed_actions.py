"""Actions made of key poses through the tools: generated, edited, kept and exported like any other part."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from motion_agent.motion_models import load_backend
from motion_agent.motion_models.arrays import FloatArray
from motion_agent.motion_models.motion.skeleton import JOINT
from motion_agent.tools import MotionMemory, MotionRef, create_motion_tools, render_motion


class Desk:
    """The tools over the weights that ship."""

    def __init__(self, folder: Path) -> None:
        self.backend, self.memory = load_backend(), MotionMemory()
        tools = create_motion_tools(self.backend, self.memory, output_folder=folder, raise_errors=True)
        self.tools = {tool.name: tool for tool in tools}

    def __call__(self, tool: str, **arguments: object) -> MotionRef:
        call = {"name": tool, "args": arguments, "id": "1", "type": "tool_call"}
        return self.tools[tool].invoke(call).artifact

    def joints(self, ref: MotionRef) -> FloatArray:
        return render_motion(self.memory, self.backend, ref.id).joints


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("motions"))


def high(joints: FloatArray, side: str) -> FloatArray:
    """How far the wrist is below the head, in metres, in every frame."""
    return joints[:, JOINT["head"], 1] - joints[:, JOINT[f"{side}_wrist"], 1]


def test_a_salute_is_made_on_the_side_that_is_asked_for_and_its_mirror_on_the_other(desk: Desk) -> None:
    left = desk("generate_motion", description="a person salutes with the left hand", seed=1)
    joints = desk.joints(left)
    assert np.sum(np.abs(high(joints, "left")) < 0.12) > 15
    assert high(joints, "right").min() > 0.4
    mirrored = desk("edit_motion", motion_id=left.id, operations=[{"op": "mirror"}])
    assert np.sum(np.abs(high(desk.joints(mirrored), "right")) < 0.12) > 15


def test_stomps_are_as_many_as_were_asked_for(desk: Desk) -> None:
    made = desk("generate_motion", description="a person stomps with the left foot three times", seed=2)
    foot = desk.joints(made)[:, JOINT["left_foot"], 1]
    up = foot > foot.min() + 0.15
    assert np.sum(up[1:] & ~up[:-1]) == 3
    assert made.notes == []


def test_a_pose_lasts_as_long_as_is_asked_for(desk: Desk) -> None:
    made = desk("generate_motion", description="a person holds the hands behind the head", seconds=6, seed=3)
    assert made.seconds == pytest.approx(6, abs=0.11)
    assert np.mean(high(desk.joints(made), "right") < 0.15) > 0.75


def test_a_way_of_going_keeps_the_metres_of_the_walk_below_it(desk: Desk) -> None:
    made = desk("generate_motion", description="a person walks 3 metres on tiptoe", seed=4)
    joints = desk.joints(made)
    gone = np.linalg.norm(joints[-1, 0, [0, 2]] - joints[0, 0, [0, 2]])
    assert gone == pytest.approx(3, abs=0.3)
    heels = joints[:, JOINT["left_ankle"], 1] - joints[:, JOINT["left_foot"], 1]
    plain = desk.joints(desk("generate_motion", description="a person walks 3 metres", seed=4))
    own = plain[:, JOINT["left_ankle"], 1] - plain[:, JOINT["left_foot"], 1]
    assert np.median(heels) > np.median(own) + 0.03


def test_faster_reversed_and_repeated_it_is_the_same_action(desk: Desk) -> None:
    made = desk("generate_motion", description="a person touches the toes", seed=5)
    operations = [{"op": "speed", "factor": 2}, {"op": "reverse"}, {"op": "repeat", "times": 2}]
    edited = desk.joints(desk("edit_motion", motion_id=made.id, operations=operations))
    low = edited[:, JOINT["right_wrist"], 1] < 0.45
    assert np.sum(low[1:] & ~low[:-1]) == 2


def test_among_other_parts_the_body_does_not_leap(desk: Desk) -> None:
    segments = [
        {"description": text} for text in ("a person walks forward", "a person curtsies", "a person jumps")
    ]
    joints = desk.joints(desk("compose_sequence", segments=segments, seed=6))
    assert np.linalg.norm(np.diff(joints[:, 0], axis=0), axis=-1).max() < 0.2


def test_it_is_written_as_it_is_shown_and_kept_in_memory(desk: Desk) -> None:
    made = desk("generate_motion", description="a person yawns", seed=7)
    kept = desk.memory.get("local", made.id)
    assert [edit.kind for piece in kept.timeline for edit in piece.edits if edit.kind == "pose"] == ["pose"]
    assert np.abs(high(desk.joints(made), "right")).min() < 0.2
