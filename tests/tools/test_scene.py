"""arrange_scene: several people, each in their place, in memory and in files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fakes import FakeBackend
from hand import Hand
from motion_agent.motion_models.formats import load_motion
from motion_agent.tools import BudgetError, MotionMemory, SceneError
from motion_agent.tools.montage.parts import DESCRIBED
from motion_agent.tools.rendering import render_people
from motion_agent.tools.services import Services

WAVES = {"description": "a person waves"}
FACING = [WAVES, {"description": "a person bows", "theta": 180, "z": 1}]


def test_described_people_are_made_in_one_batch_and_kept_as_motions_of_their_own(hand, backend, services):
    scene = hand.make("arrange_scene", people=FACING)
    assert backend.batches == [["a person waves", "a person bows"]]
    own = [services.memory.get("local", member.motion_id) for member in scene.members]
    assert [clip.tokens for clip in own] == [member.tokens for member in scene.members]
    assert [(member.theta, member.x, member.z) for member in scene.members] == [(0, 0, 0), (180, 0, 1)]


@pytest.mark.parametrize("lengths", [(1, 3), (3, 1), (1, 3, 2)])
def test_a_scene_is_as_long_as_its_longest_member_whichever_place_that_has(hand, services, lengths):
    clips = [hand.make("generate_motion", description="a person walks", seconds=each) for each in lengths]
    ref = hand.use("arrange_scene", people=[{"motion_id": clip.id} for clip in clips]).made[0]
    assert (ref.seconds, ref.frames) == (3.0, 60)
    assert [(part.start, part.end) for part in ref.segments] == [(0, each) for each in lengths]
    scene = services.memory.get("local", ref.id)
    assert scene.length == 15, "in tokens"
    assert [motion.frames for motion in render_people(services, scene)] == [60] * len(lengths)


def test_a_scene_lasts_as_long_as_its_people_are_shown(hand):
    """What was done to the frames of a member changes its length, not its tokens."""
    walk = hand.make("generate_motion", description="a person walks", seconds=2)
    slow = hand.make("edit_motion", motion_id=walk.id, operations=[{"op": "speed", "factor": 0.5}])
    ref = hand.use("arrange_scene", people=[{"motion_id": slow.id}, {"motion_id": walk.id}]).made[0]
    assert ref.seconds == 4.0
    assert [(part.start, part.end) for part in ref.segments] == [(0, 4), (0, 2)]


def test_people_stand_in_their_places_and_hold_their_last_pose(hand, services):
    short = hand.make("generate_motion", description="a person walks", seconds=1)
    people = [WAVES, {"motion_id": short.id, "theta": 180, "x": 0.5, "z": 2}]
    scene = hand.make("arrange_scene", people=people)
    first, second = render_people(services, scene)
    assert first.frames == second.frames == 40
    assert np.allclose(first.joints[0, 0, [0, 2]], 0, atol=1e-5)
    assert np.allclose(second.joints[0, 0, [0, 2]], [0.5, 2], atol=1e-5)
    assert first.joints[10, 0, 2] > 0.1 and second.joints[10, 0, 2] < 1.9  # they walk towards each other
    assert np.array_equal(second.joints[20:], np.repeat(second.joints[19:20], 20, 0))


def test_a_scene_can_be_named(hand, services):
    scene = hand.make("arrange_scene", people=FACING)
    hand.use("name_motion", motion_id=scene.id, name="my duel")
    assert services.memory.get("local", "my duel").id == scene.id


def test_a_scene_is_written_with_all_people_in_one_file_where_the_format_holds_them(hand):
    scene = hand.make("arrange_scene", people=FACING, name="duo")
    files = hand.use("export_motion", motion_id=scene.id, formats=["npz", "glb", "bvh"]).content["files"]
    assert [file.rpartition("/")[2] for file in files] == ["duo.npz", "duo.glb", "duo.1.bvh", "duo.2.bvh"]
    assert np.allclose(load_motion(Path(files[0]), person=2).joints[0, 0, 2], 1, atol=1e-5)


def test_each_person_of_a_scene_is_described(hand):
    scene = hand.make("arrange_scene", people=FACING)
    content = hand.use("caption_motion", motion_id=scene.id).content
    assert [person["motion_id"] for person in content["people"]] == [m.motion_id for m in scene.members]


def test_what_needs_one_person_refuses_a_scene_and_names_its_members(hand):
    scene = hand.make("arrange_scene", people=FACING)
    with pytest.raises(SceneError, match=scene.members[1].motion_id):
        hand.use("edit_motion", motion_id=scene.id, operations=[{"op": "mirror"}])
    with pytest.raises(SceneError):
        hand.use("compose_sequence", segments=[{"motion_id": scene.id}])
    with pytest.raises(SceneError):
        hand.use("arrange_scene", people=[{"motion_id": scene.id}, WAVES])


def test_too_many_people_are_refused_before_anything_is_made():
    backend = FakeBackend()
    hand = Hand(Services(backend, MotionMemory(), max_people=2))
    with pytest.raises(BudgetError, match="at most 2"):
        hand.use("arrange_scene", people=[WAVES] * 3)
    assert backend.batches == []


def test_two_people_who_do_the_same_do_it_each_in_their_own_way(hand):
    same = {"description": "a person walks"}
    scene = hand.make("arrange_scene", people=[same, same])
    first, second = scene.members
    assert first.tokens != second.tokens


def test_each_segment_of_a_scene_has_the_notes_and_the_checks_of_its_person(hand, services):
    people = [
        {"description": "a person turns 90 degrees zzslowly", "x": 1, "z": 2, "theta": 30},
        {"description": "a person jumps three times, then turns 180 degrees zzquickly"},
    ]
    scene = hand.make("arrange_scene", people=people)
    own = [services.memory.get("local", member.motion_id) for member in scene.members]
    assert [part.notes for part in scene.timeline] == [clip.notes for clip in own]
    assert own[0].notes != own[1].notes and all(clip.notes for clip in own)
    for part, clip in zip(scene.timeline, own, strict=True):
        assert part.checks == tuple(check for segment in clip.timeline for check in segment.checks) != ()
    assert [(each.x, each.z, each.theta) for each in scene.members] == [(1, 2, 30), (0, 0, 0)]


def test_a_scene_over_the_budget_is_refused_before_anyone_is_made(backend):
    """People who are there already cost nothing; those to be made count 4 s each."""
    hand = Hand(Services(backend, MotionMemory(), max_seconds=9))
    walk = hand.make("generate_motion", description="a person walks", seconds=8)
    there = {"motion_id": walk.id}
    hand.use("arrange_scene", people=[there, there, WAVES, WAVES])
    made = len(backend.batches)
    with pytest.raises(BudgetError, match="would be 12 s of motion; at most 9 s"):
        hand.use("arrange_scene", people=[WAVES] * 3)
    assert len(backend.batches) == made


def test_a_large_scene_tells_of_its_first_people_and_how_many_more():
    hand = Hand(Services(FakeBackend(), MotionMemory(), max_people=DESCRIBED + 2))
    for people, end in ((DESCRIBED, "a person waves"), (DESCRIBED + 2, "; and 2 more")):
        scene = hand.make("arrange_scene", people=[WAVES] * people)
        assert scene.description.startswith(f"{people} people: a person waves; ")
        assert scene.description.endswith(end)
        assert scene.description.count("a person waves") == DESCRIBED
        assert len(scene.timeline) == people
