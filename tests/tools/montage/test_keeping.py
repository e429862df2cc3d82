"""What a request states is kept: candidates are chosen, cut, gone on with, corrected; misses are told."""

from __future__ import annotations

from collections.abc import Callable

import codebook
import numpy as np
import pytest
from fakes import FakeBackend
from hand import Hand
from helpers import walking
from motion_agent.motion_models.motion import features as feature_layout
from motion_agent.motion_models.motion.measures.events import events
from motion_agent.motion_models.motion.measures.ground import off_floor
from motion_agent.motion_models.motion.measures.kinematics import gone_metres, turn_degrees
from motion_agent.tools import MotionMemory
from motion_agent.tools.montage.choosing import DEMANDING, ROUNDS
from motion_agent.tools.rendering import render_people
from motion_agent.tools.services import Services
from motions import ramp, shifted, standing, turned, with_joint

#: Makes the joints of a motion of so many frames (None: as many as it likes) from its seed.
Maker = Callable[[int, float | None], np.ndarray]


class Directed(FakeBackend):
    """Makes what a test says; two motions are worth making for each request."""

    candidates = 2

    def __init__(self, maker: Maker) -> None:
        super().__init__()
        self.maker = maker

    def _one(self, caption, seconds, seed):
        assert seed is not None
        joints = self.maker(seed, seconds)
        return codebook.encode(feature_layout.from_joints(joints, floor=False))


def made(maker: Maker, tool: str = "generate_motion", **arguments):
    """The clip a tool makes, and its joints as they are shown."""
    services = Services(Directed(maker), MotionMemory())
    clip = Hand(services).make(tool, **arguments)
    return clip, render_people(services, clip)[0].joints


def check(clip, what):
    return next(found for found in clip.ref().checks if found.what == what)


def sitting(frames: int = 61):
    """Somebody who sinks and swings the thighs up."""
    joints = shifted(standing(frames), y=-ramp(frames, 0.4))
    for side in ("left", "right"):
        joints = with_joint(joints, f"{side}_knee", y=ramp(frames, 0.4), z=ramp(frames, 0.4))
        for low in ("ankle", "foot"):
            joints = with_joint(joints, f"{side}_{low}", y=ramp(frames, 0.4))
    return joints


def jumping(times: int):
    height = np.zeros(30 * times + 21)
    for number in range(times):
        height[30 * number + 15 : 30 * number + 25] = 0.4 * np.sin(np.pi * np.arange(10) / 9)
    return shifted(standing(len(height)), y=height)


def test_the_candidate_that_shows_it_is_kept():
    clip, _ = made(lambda seed, _: sitting() if seed > 9 else standing(61), description="sit down", seed=3)
    assert check(clip, "posture").met and clip.notes == ()


def test_what_no_candidate_shows_is_told_after_all_rounds():
    backend = Directed(lambda seed, _: standing(61))
    clip = Hand(Services(backend, MotionMemory())).make("generate_motion", description="sit down", seed=3)
    assert "asked for posture 'sitting', reached 'standing'" in clip.notes
    assert not check(clip, "posture").met
    assert len(backend.batches) == ROUNDS and len(set(backend.seeds)) == DEMANDING * ROUNDS


def test_a_way_is_cut_where_it_is_long_enough():
    clip, joints = made(
        lambda seed, seconds: walking(round(20 * (seconds or 2)) + 1), description="walk 3 metres"
    )
    assert gone_metres(joints) == pytest.approx(3, abs=0.15)
    assert check(clip, "metres").met and clip.notes == ()


def test_a_way_that_is_too_short_is_gone_on_with():
    clip, joints = made(lambda seed, _: walking(41), description="walk 6 metres")
    assert gone_metres(joints) == pytest.approx(6, abs=0.4)
    assert check(clip, "metres").met


def test_a_way_that_is_never_long_enough_says_how_far_it_got():
    clip, joints = made(lambda seed, _: walking(21, speed=0.6), description="walk 20 metres")
    found = check(clip, "metres")
    assert not found.met and found.reached == pytest.approx(gone_metres(joints), abs=0.02)
    assert f"asked 20 m, reached {found.reached:g} m" in clip.notes


@pytest.mark.parametrize(("said", "degrees"), [("turn left 90 degrees", 90), ("turn right 90 degrees", -90)])
def test_a_turn_is_brought_to_its_angle_and_side(said, degrees):
    clip, joints = made(lambda seed, _: turned(standing(61), ramp(61, 60)), description=said)
    assert turn_degrees(joints) == pytest.approx(degrees, abs=4)
    assert check(clip, f"degrees {'left' if degrees > 0 else 'right'}").met


def test_a_turn_far_from_what_was_asked_is_another_matter():
    clip, _ = made(lambda seed, _: turned(standing(61), ramp(61, 10)), description="turn left 180 degrees")
    assert any(note.startswith("asked 180 degrees left, reached") for note in clip.notes)


def test_the_floor_is_at_zero():
    clip, joints = made(lambda seed, _: shifted(standing(61), y=0.6), description="wave")
    assert off_floor(joints) == 0 and np.abs(joints[..., 1].min()) < 0.05
    assert check(clip, "metres off the floor").met
    _, joints = made(lambda seed, _: shifted(walking(81), y=ramp(81, 0.4)), description="walk")
    assert off_floor(joints) == 0


def test_a_thing_done_three_times_is_done_three_times():
    for times in (1, 2, 5):
        clip, joints = made(
            lambda seed, _, times=times: jumping(times),
            "compose_sequence",
            segments=[{"description": "jump", "repeat": 3}],
        )
        assert len(events(joints, "jump")) == 3
        assert [part.description for part in clip.timeline] == ["jump"] * 3
        assert check(clip, "jumps").model_dump() == {"what": "jumps", "asked": 3, "reached": 3, "met": True}


def test_so_often_in_so_many_seconds():
    segments = [{"description": "jump", "repeat": 2, "seconds": 2}]
    clip, joints = made(lambda seed, _: jumping(4), "compose_sequence", segments=segments)
    assert len(events(joints, "jump")) == 2 and len(joints) == pytest.approx(80, abs=4)
    assert check(clip, "seconds").met and check(clip, "jumps").met


def test_requests_with_numbers_are_worth_more_candidates():
    backend = Directed(lambda seed, _: walking(61))
    hand = Hand(Services(backend, MotionMemory()))
    hand.make("generate_motion", description="walk")
    hand.make("generate_motion", description="walk 3 metres")
    assert [len(batch) for batch in backend.batches[:2]] == [2, DEMANDING]


def test_what_is_made_beside_it_changes_nothing():
    def maker(seed: int, _: float | None):
        return walking(41 + 4 * (seed % 7), speed=1.0 + (seed % 5) / 10)

    alone, _ = made(maker, "compose_sequence", segments=[{"description": "walk 5 metres"}], seed=4)
    people = [{"description": "walk 5 metres"}, {"description": "wave"}]
    services = Services(Directed(maker), MotionMemory())
    hand = Hand(services)
    [first, second] = [
        hand.make("compose_sequence", segments=[person], seed=seed) for seed, person in enumerate(people, 4)
    ]
    assert first.tokens == alone.tokens != second.tokens


def test_an_edit_measures_only_what_is_new():
    services = Services(
        Directed(lambda seed, seconds: walking(round(20 * (seconds or 2)) + 1)), MotionMemory()
    )
    hand = Hand(services)
    clip = hand.make("generate_motion", description="walk 3 metres")
    child = hand.make(
        "edit_motion", motion_id=clip.id, operations=[{"op": "insert", "description": "sit", "seconds": 2}]
    )
    assert [found.what for found in child.timeline[0].checks] == [f.what for f in clip.timeline[0].checks]
    assert any("sitting" in note for note in child.timeline[1].notes) and not child.timeline[0].notes
    faster = hand.make("edit_motion", motion_id=clip.id, operations=[{"op": "speed", "factor": 2}])
    assert faster.ref().checks == []
