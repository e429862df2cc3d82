"""Mirror and speed, seen on the movement itself."""

from __future__ import annotations

import numpy as np
import pytest
from motion_agent.motion_models.motion.features import LOCAL_POSITIONS, ROOT_HEIGHT
from motion_agent.motion_models.motion.skeleton import mirror_joints
from motion_agent.tools.clips.frame_edits import Shift
from motion_agent.tools.montage.parts import Part
from motion_agent.tools.montage.reshape import reverse
from motion_agent.tools.rendering import render_people


def joints(hand, clip):
    [motion] = render_people(hand.services, clip)
    return motion.joints


def edited(hand, clip, **operation):
    return hand.make("edit_motion", motion_id=clip.id, operations=[operation])


@pytest.fixture
def recorded(hand, tmp_path, walk):
    """A walk of 2.8 s from a file, which nothing was prompted for."""
    np.save(tmp_path / "stroll.npy", walk)
    hand.use("caption_motion", path="stroll.npy")
    return hand.services.memory.get("local", "stroll")


def test_mirror_exchanges_left_and_right_in_the_movement(hand, recorded):
    before, after = joints(hand, recorded), joints(hand, edited(hand, recorded, op="mirror"))
    assert after == pytest.approx(mirror_joints(before), abs=1e-3)
    assert np.abs(after - before).max() > 0.1


def test_mirrored_twice_is_as_before(hand, recorded):
    twice = edited(hand, edited(hand, recorded, op="mirror"), op="mirror")
    assert joints(hand, twice) == pytest.approx(joints(hand, recorded), abs=1e-3)


def test_mirror_changes_the_words_the_model_was_prompted_with_too(hand):
    clip = hand.sequence("a person turns left", "a person waves with the right hand")
    child = edited(hand, clip, op="mirror")
    assert [part.prompt for part in child.timeline] == [
        "a person turns right",
        "a person waves with the left hand",
    ]
    assert [part.description for part in child.timeline] == [part.prompt for part in child.timeline]


def test_twice_as_fast_is_every_second_frame(hand, recorded):
    before, after = joints(hand, recorded), joints(hand, edited(hand, recorded, op="speed", factor=2))
    assert len(after) == len(before) // 2 == 28
    assert after == pytest.approx(before[::2], abs=2e-3)


def test_half_as_fast_shows_every_frame_twice_as_late(hand, recorded):
    before, after = joints(hand, recorded), joints(hand, edited(hand, recorded, op="speed", factor=0.5))
    assert len(after) == 2 * len(before)
    assert after[::2] == pytest.approx(before, abs=2e-3)
    ends = after[-1, 0] - after[-2, 0]
    assert ends == pytest.approx(after[-2, 0] - after[-3, 0], abs=0.01), "it goes on to its end"


def test_a_recorded_part_lasts_longer_by_going_slower(hand, recorded):
    child = edited(hand, recorded, op="duration", seconds=5.6)
    assert child.seconds == pytest.approx(5.6)
    assert joints(hand, child)[::2] == pytest.approx(joints(hand, recorded), abs=2e-3)


def test_a_recorded_part_beside_a_generated_one_keeps_its_movement(hand, recorded):
    clip = edited(hand, recorded, op="insert", description="a person jumps", seconds=2)
    child = edited(hand, clip, op="duration", seconds=2.4)
    assert child.times() == [(0.0, 1.4), (1.4, 2.4)]
    assert child.tokens[:14] == clip.tokens[:14]
    assert joints(hand, child)[:28] == pytest.approx(joints(hand, recorded)[::2], abs=2e-3)


def test_a_speed_of_one_segment_leaves_the_movement_of_the_others(hand):
    clip = hand.sequence("a person walks", "a person jumps", seconds=2)
    child = edited(hand, clip, op="speed", segment=2, factor=0.5)
    assert child.tokens == clip.tokens
    assert child.times() == [(0.0, 2.0), (2.0, 6.0)]
    assert joints(hand, child)[:40] == pytest.approx(joints(hand, clip)[:40], abs=1e-4)


@pytest.mark.parametrize("change", [{"op": "mirror"}, {"op": "speed", "factor": 0.5}])
def test_a_part_in_mid_air_is_not_brought_down(hand, backend, monkeypatch, change):
    clip = hand.make("generate_motion", description="a person jumps", seconds=1)
    walked = backend.decode

    def lifted(tokens):
        rows = walked(tokens)
        rows[:, ROOT_HEIGHT] += 0.5
        rows[:, LOCAL_POSITIONS.start + 1 : LOCAL_POSITIONS.stop : 3] += 0.5
        return rows

    with monkeypatch.context() as patch:
        patch.setattr(backend, "decode", lifted)
        above = joints(hand, clip)[..., 1].min()
        child = edited(hand, clip, **change)
        lowest = joints(hand, child)[..., 1].min()
    assert above > 0.4
    assert lowest == pytest.approx(above, abs=0.03)


def test_backwards_each_part_stays_as_high_as_it_was() -> None:
    raised = Part("a", (1, 2), edits=(Shift(y=0.3),))
    aside = Part("b", (3, 4), edits=(Shift(x=1.0),))
    first, second = reverse([raised, aside], [0, 1])
    heights = [
        [edit.y for edit in part.edits if isinstance(edit, Shift) and edit.y] for part in (first, second)
    ]
    assert (first.tokens, second.tokens, heights) == ((3, 4), (1, 2), [[], [0.3]])
    assert [edit.x for edit in second.edits if isinstance(edit, Shift) and edit.x] == pytest.approx([-1.0])
