"""Edits of frames are exact: recorded on segments, done after decoding, taken back by their opposite."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from codebook import pose
from edits import MILLIMETRE, Blurring, as_decoded, assert_same, edited, from_hips, joints
from fakes import FakeBackend
from hand import Hand
from motion_agent.motion_models.fitting.checks import Check
from motion_agent.motion_models.motion.features import FPS
from motion_agent.motion_models.motion.measures.kinematics import heading
from motion_agent.motion_models.motion.skeleton import JOINT, mirror_joints, resample
from motion_agent.tools import EditError
from motion_agent.tools.clips.frame_edits import Mirror, OtherLimb, Speed
from motion_agent.tools.memory import ClipDraft, ClipSegment, MotionClip
from motion_agent.tools.montage.parts import SEEN_BESIDE, as_seen, parts_of
from motion_agent.tools.rendering import render_takes, takes_of
from motion_agent.tools.schemas import Trail
from motion_agent.tools.services import Services

WALK, JUMP, SIT = "a person walks", "a person jumps", "a person sits"


@pytest.fixture
def backend() -> FakeBackend:
    return Blurring()


@pytest.fixture
def clip(hand: Hand) -> MotionClip:
    return as_decoded(hand, hand.sequence(WALK, JUMP, SIT))


# ---------------------------------------------------------------------- the whole motion


def test_mirror_is_the_mirror_and_twice_is_the_motion(hand, clip):
    mirrored = edited(hand, clip, {"op": "mirror"})
    assert_same(joints(hand, mirrored), mirror_joints(joints(hand, clip)))
    twice = edited(hand, mirrored, {"op": "mirror"})
    assert mirrored.tokens == twice.tokens == clip.tokens
    assert_same(joints(hand, twice), joints(hand, clip), 1e-9)
    assert twice.is_as_decoded


@pytest.mark.parametrize("factor", [2.0, 1.5, 0.5, 0.75])
def test_speed_is_the_time_warp_and_there_and_back_is_the_motion(hand, clip, factor):
    faster = edited(hand, clip, {"op": "speed", "factor": factor})
    wanted = resample(joints(hand, clip), FPS * factor, FPS)
    assert_same(joints(hand, faster)[: len(wanted)], wanted)
    assert faster.frames == pytest.approx(120 / factor, abs=1)
    back = edited(hand, edited(hand, faster, {"op": "mirror"}), {"op": "speed", "factor": 1 / factor})
    assert_same(joints(hand, edited(hand, back, {"op": "mirror"})), joints(hand, clip))


@pytest.mark.parametrize(("start", "end"), [(0.35, 1.15), (0.0, 5.0), (1.0, 5.0), (2.55, 5.85)])
def test_trim_keeps_the_frames_as_they_were(hand, clip, start, end):
    child = edited(hand, clip, {"op": "trim", "start": start, "end": end})
    kept = joints(hand, clip)[round(start * FPS) : round(end * FPS)]
    assert_same(from_hips(joints(hand, child)), from_hips(kept))
    assert child.seconds == pytest.approx(end - start)
    assert np.abs(joints(hand, child)[0, 0, [0, 2]]).max() < 1e-6, "it starts at the origin"


@pytest.mark.parametrize("factor", [2.0, 0.5])
@pytest.mark.parametrize("also", [None, "mirror", "reverse"])
def test_what_goes_on_lasts_as_long_as_was_said_whatever_was_done_before(hand, clip, factor, also):
    """To the nearest token of what is made, which is shown faster or slower."""
    faster = edited(hand, clip, {"op": "speed", "factor": factor}, *([{"op": also}] if also else []))
    longer = edited(hand, faster, {"op": "extend", "seconds": 1.0})
    assert longer.seconds == pytest.approx(faster.seconds + 1.0, abs=0.1 / factor + 1e-6)


@pytest.mark.parametrize(("start", "end"), [(0.4, None), (0.0, 1.4), (0.35, None), (0.0, 1.55)])
def test_what_was_cut_no_longer_says_what_the_whole_of_it_kept(hand, start, end):
    parts = tuple(
        ClipSegment(description=WALK, start=n, end=n + 10, checks=(Check("metres", 1.0, 1.0, True),))
        for n in (0, 10)
    )
    draft = ClipDraft(description=WALK, tokens=(pose(),) * 20, timeline=parts, source="test")
    clip = hand.services.memory.remember("local", draft, "walked")
    trimmed = edited(hand, clip, {"op": "trim", "start": start, "end": end}).timeline
    assert trimmed[0].checks == ()
    assert [part.checks for part in trimmed[1:]] == [parts[1].checks] * (len(trimmed) - 1)


def test_trim_of_what_was_made_faster_keeps_its_frames(hand, clip):
    faster = edited(hand, clip, {"op": "speed", "factor": 1.5})
    child = edited(hand, faster, {"op": "trim", "start": 0.5, "end": 3.3})
    assert_same(from_hips(joints(hand, child)), from_hips(joints(hand, faster)[10:66]))


def test_reverse_shows_the_frames_the_other_way_round(hand, clip):
    child = edited(hand, clip, {"op": "reverse"})
    assert_same(from_hips(joints(hand, child)), from_hips(joints(hand, clip)[::-1]))
    assert [part.description for part in child.timeline] == [
        f"{text}, backwards" for text in (SIT, JUMP, WALK)
    ]
    again = edited(hand, child, {"op": "reverse"})
    assert_same(joints(hand, again), joints(hand, clip))
    assert [part.description for part in again.timeline] == [WALK, JUMP, SIT]


def test_a_turned_and_shifted_motion_is_the_same_elsewhere(hand, clip):
    child = edited(hand, clip, {"op": "turn", "degrees": 90}, {"op": "shift", "x": 1, "z": -2})
    before, after = joints(hand, clip), joints(hand, child)
    assert after[0, 0, [0, 2]] == pytest.approx([1, -2], abs=1e-5)
    assert np.degrees(heading(after) - heading(before)) == pytest.approx(np.full(120, 90), abs=0.1)
    assert_same(from_hips(after), from_hips(before))


@pytest.mark.parametrize("seconds", [5.0, 4.95, 7.0, 6.05])
def test_a_duration_is_exact_to_the_frame(hand, clip, backend, seconds):
    backend.batches.clear()
    child = edited(hand, clip, {"op": "duration", "seconds": seconds})
    assert child.frames == len(joints(hand, child)) == round(seconds * FPS)
    assert child.tokens == clip.tokens and backend.batches == []


# ---------------------------------------------------------------------- one segment among others


def test_an_edit_of_one_segment_leaves_the_frames_of_the_others(hand, clip):
    child = edited(hand, clip, {"op": "mirror", "segment": 2})
    before, after = joints(hand, clip), joints(hand, child)
    assert child.tokens == clip.tokens
    assert_same(after[:32], before[:32], 1e-6)
    assert_same(from_hips(after[48:72]), from_hips(mirror_joints(before)[48:72]))
    assert_same(from_hips(after[88:]), from_hips(before[88:]))
    assert np.abs(np.diff(after, axis=0)).max() < 1.5 * np.abs(np.diff(before, axis=0)).max(), "no jump"


def test_what_was_done_stays_whatever_comes_beside_it(hand, clip):
    slower = edited(hand, clip, {"op": "speed", "factor": 0.5, "segment": 1})
    for operation in (
        {"op": "delete", "segment": 2},
        {"op": "replace", "segment": 2, "description": "a person bows", "seconds": 2},
        {"op": "reorder", "order": [1, 3, 2]},
    ):
        child = edited(hand, slower, operation)
        assert child.timeline[0].edits == (Speed(factor=0.5),)
        assert_same(joints(hand, child)[:70], joints(hand, slower)[:70])


def test_operations_of_one_call_see_what_those_before_have_done(hand, clip):
    at_once = edited(hand, clip, {"op": "mirror", "segment": 1}, {"op": "delete", "segment": 2})
    apart = edited(hand, edited(hand, clip, {"op": "mirror", "segment": 1}), {"op": "delete", "segment": 2})
    assert_same(joints(hand, at_once), joints(hand, apart), 1e-6)


def test_a_new_part_flows_from_how_the_one_before_looks(hand, clip, backend):
    mirrored = edited(hand, clip, {"op": "mirror"})
    backend.prefixes.clear()
    child = edited(hand, mirrored, {"op": "extend", "seconds": 1})
    [prefix] = backend.prefixes
    assert prefix and not set(prefix) & set(clip.tokens), "the tokens of mirrored frames are others"
    assert [part.description for part in child.timeline] == [WALK, JUMP, SIT, SIT]
    assert_same(joints(hand, child)[:110], joints(hand, mirrored)[:110])


def test_holding_the_last_pose(hand, clip):
    child = edited(hand, clip, {"op": "extend", "seconds": 1, "hold": True})
    before, after = joints(hand, clip), joints(hand, child)
    assert_same(after, np.concatenate([before, np.repeat(before[-1:], 20, axis=0)]), 1e-5)
    assert child.tokens == clip.tokens


def test_duration_after_slower_keeps_the_slower_style(hand, backend):
    slower = edited(hand, hand.sequence(WALK, seconds=2), {"op": "speed", "factor": 0.5})
    assert slower.seconds == 4
    backend.seconds.clear()
    child = edited(hand, slower, {"op": "duration", "seconds": 10})
    assert backend.seconds == [5.0], "half as much walking, played half as fast"
    assert child.timeline[0].edits == (Speed(factor=0.5),)
    assert child.frames == 200
    near = edited(hand, slower, {"op": "duration", "seconds": 5})
    assert near.frames == 100 and near.tokens == slower.tokens


def test_another_variation_of_a_mirrored_part_is_made_from_its_mirrored_words(hand, backend):
    clip = hand.sequence("a person walks to the left")
    mirrored = edited(hand, clip, {"op": "mirror"}, {"op": "speed", "factor": 0.5})
    backend.batches.clear()
    child = edited(hand, mirrored, {"op": "regenerate"})
    assert backend.batches == [["a person walks to the right"]]
    assert child.timeline[0].edits == (Speed(factor=0.5),)


# ---------------------------------------------------------------------- cycles, paths, limbs


def wrap(hand: Hand, clip: MotionClip) -> tuple[float, float]:
    """By how much the end of a motion misses its start: in place and in speed, metres and metres a frame."""
    ring = render_takes(hand.services, takes_of(clip))
    poses, first, last = ring.poses, 5, 5 + ring.frames
    step = (poses[last] - poses[last - 1]) - (poses[first + 1] - poses[first])
    return float(np.abs(poses[last] - poses[first]).max()), float(np.abs(step).max())


@pytest.mark.parametrize("texts", [[WALK], [WALK, JUMP]])
def test_a_loop_is_seamless(hand, texts):
    clip = hand.sequence(*texts, seconds=4)
    child = edited(hand, clip, {"op": "loop"})
    place, speed = wrap(hand, child)
    poses = render_takes(hand.services, takes_of(clip)).poses
    assert place < MILLIMETRE
    assert speed < 2 * np.abs(np.diff(poses, n=2, axis=0)).max()
    thrice = edited(hand, clip, {"op": "loop", "times": 3})
    assert thrice.frames == 3 * child.frames
    length = child.frames
    first, second = (joints(hand, thrice)[start : start + length] for start in (length, 2 * length))
    # The last round is decoded with nothing after it, so it may differ a little.
    assert_same(from_hips(first)[10:-10], from_hips(second)[10:-10], 10 * MILLIMETRE)


def test_what_does_not_come_back_is_led_back(hand, services):
    low = hand.sequence(WALK, seconds=2)
    decode = services.backend.decode

    def sinking(tokens):
        rows = decode(tokens)
        rows[:, 3] -= np.linspace(0, 0.5, len(rows))
        rows[:, 5:67:3] -= np.linspace(0, 0.5, len(rows))[:, None]
        return rows

    services.backend.decode = sinking
    child = edited(hand, low, {"op": "loop"})
    assert [part.description for part in child.timeline] == [WALK, "a transition"]
    assert wrap(hand, child)[0] < MILLIMETRE


def test_a_path_is_walked_to_its_end_at_the_pace_of_the_walk(hand):
    clip = hand.sequence(WALK, seconds=3)
    child = edited(hand, clip, {"op": "path", "points": [[0, 4], [4, 4]]})
    path = joints(hand, child)[:, 0, [0, 2]]
    assert path[-1] == pytest.approx([4, 4], abs=0.2)
    assert np.linalg.norm(path - [0, 4], axis=1).min() < 0.2
    speeds = [
        np.linalg.norm(np.diff(joints(hand, c)[:, 0, [0, 2]], axis=0), axis=1).mean() for c in (clip, child)
    ]
    assert speeds[1] == pytest.approx(speeds[0], rel=0.15)
    short = edited(hand, clip, {"op": "path", "points": [[1, 0]]})
    assert joints(hand, short)[-1, 0, [0, 2]] == pytest.approx([1, 0], abs=0.15)
    assert short.seconds < clip.seconds


def test_several_parts_share_a_path(hand, clip):
    child = edited(hand, clip, {"op": "path", "points": [[0, 2], [2, 2]]})
    path = joints(hand, child)[:, 0, [0, 2]]
    assert child.tokens == clip.tokens and child.frames == clip.frames
    assert path[-1] == pytest.approx([2, 2], abs=0.2)
    [note] = child.notes
    assert re.match(r"strides are 0\.[67] times as long", note)


@pytest.mark.parametrize(("metres", "told"), [(2, "strides are 0."), (40, "strides are ")])
def test_strides_that_become_much_shorter_or_longer_are_told(hand, clip, metres, told):
    child = edited(hand, clip, {"op": "path", "points": [[0, metres]]})
    [note] = child.notes
    assert note.startswith(told) and f"it goes the {metres}.0 m of the path" in note


def test_a_path_beyond_all_repeats_is_refused(hand):
    clip = hand.sequence(WALK, seconds=1)
    with pytest.raises(EditError, match=r"the path is 90\.0 m long"):
        edited(hand, clip, {"op": "path", "points": [[0, 90]]})


@pytest.mark.parametrize("source", ["description", "motion_id"])
def test_a_limb_of_another_motion(hand, backend, source):
    clip = hand.sequence(WALK, seconds=2)
    other = hand.sequence("a person waves", seconds=2)
    given = {"description": "a person waves"} if source == "description" else {"motion_id": other.id}
    child = edited(hand, clip, {"op": "limb", "limb": "left arm", **given})
    before, after = joints(hand, clip), joints(hand, child)
    arm = [JOINT[f"left_{name}"] for name in ("shoulder", "elbow", "wrist")]
    rest = [joint for joint in range(22) if joint not in arm]
    assert_same(after[:, rest], before[:, rest], 1e-5)
    assert np.abs(after[:, arm] - before[:, arm]).max() > 0.02
    assert child.tokens == clip.tokens
    assert child.description == "a person walks, the left arm as in 'a person waves'"
    again = edited(hand, child, {"op": "regenerate"})
    assert backend.batches[-1] == [WALK]
    assert again.timeline[0].edits == child.timeline[0].edits


@pytest.mark.parametrize(("seconds", "lengths"), [(4.8, [10, 10, 4]), (3.0, [10, 5, 0]), (8.0, [10, 10, 10])])
def test_a_limb_of_another_motion_goes_on_from_segment_to_segment(hand, clip, seconds, lengths):
    other = as_decoded(hand, hand.make("generate_motion", description="a person runs", seconds=seconds))
    child = edited(hand, clip, {"op": "limb", "limb": "arms", "motion_id": other.id})
    limbs = [[edit for edit in part.edits if isinstance(edit, OtherLimb)] for part in child.timeline]
    given = [[token for edit in own for take in edit.donor for token in take.tokens] for own in limbs]
    assert [len(tokens) for tokens in given] == lengths
    assert tuple(token for tokens in given for token in tokens) == other.tokens[: sum(lengths)]


@pytest.mark.parametrize("seed", [None, 7])
def test_a_new_limb_lasts_as_long_as_each_segment_that_it_is_made_for(hand, clip, backend, seed):
    slow = edited(hand, clip, {"op": "speed", "segment": 2, "factor": 0.5})
    begun = len(backend.seeds)
    wave = {"op": "limb", "limb": "arms", "description": "a person waves"}
    edited(hand, slow, wave if seed is None else wave | {"seed": seed})
    assert backend.seconds[begun:] == [2.0, 4.0, 2.0]
    assert len(set(backend.seeds[begun:])) == (3 if seed is None else 1)


def test_what_goes_on_is_decoded_beside_its_neighbour_as_that_is_shown(hand, clip):
    mirrored = edited(hand, clip, {"op": "mirror", "segment": 2})
    longer = edited(hand, mirrored, {"op": "extend", "segment": 1, "seconds": 1})
    shown = as_seen(hand.services, parts_of(longer)[1]).tokens
    assert longer.timeline[0].after == shown[:SEEN_BESIDE]


@pytest.mark.parametrize("segment", [1, 2])
def test_a_connecting_part_is_decoded_beside_its_neighbours_as_they_are_shown(hand, clip, segment):
    mirrored = edited(hand, clip, {"op": "mirror", "segment": segment})
    first, new, second = parts_of(edited(hand, mirrored, {"op": "inbetween", "segment": 1}))[:3]
    before = as_seen(hand.services, first).tokens[-SEEN_BESIDE:]
    after = as_seen(hand.services, second).tokens[:SEEN_BESIDE]
    assert (new.before, new.after) == ((before, None) if segment == 1 else (None, after))


# ---------------------------------------------------------------------- as every edit is


def test_edits_are_kept_in_the_store_and_undone_like_any_other(hand, clip, services):
    child = edited(hand, clip, {"op": "mirror", "segment": 2}, {"op": "turn", "degrees": 30})
    kept = services.memory.get("local", child.id)
    assert kept == child and Mirror() in kept.timeline[1].edits
    assert MotionClip.model_validate(json.loads(child.model_dump_json())) == child
    hand.trail = Trail(past=(clip.id, child.id))
    assert hand.use("history", action="undo").artifact.id == clip.id


def test_what_is_captioned_is_what_is_shown(hand, clip, services, monkeypatch):
    clip = as_decoded(hand, clip, prompt="")  # recorded: what was made from words is told in them
    child = edited(hand, clip, {"op": "mirror", "segment": 2})
    seen: list[Any] = []
    monkeypatch.setattr(
        Services, "caption", lambda self, motions: seen.extend(motions) or ["x"] * len(motions)
    )
    told = hand.use("caption_motion", motion_id=child.id).content
    assert [len(tokens) for tokens in seen] == [10, 10, 10]
    assert seen[1] != clip.tokens[10:20]
    assert [part["start"] for part in told["segments"]] == [0.0, 2.0, 4.0]


def test_people_of_a_scene_do_what_was_done_to_their_motions(hand, clip):
    slower = edited(hand, clip, {"op": "speed", "factor": 0.5})
    scene = hand.make("arrange_scene", people=[{"motion_id": slower.id}, {"motion_id": clip.id}])
    assert scene.seconds == slower.seconds == 12
    assert [part.end for part in scene.ref().segments] == [12.0, 6.0]
    composed = hand.make("compose_sequence", segments=[{"motion_id": slower.id}, {"motion_id": clip.id}])
    assert composed.seconds == 18


def test_a_replayed_edit_is_the_same_and_another_one_is_not(services: Services):
    hand = Hand(services)
    clip = hand.sequence(WALK)
    made = []
    for operation in ({"op": "mirror"}, {"op": "mirror"}, {"op": "reverse"}):
        hand.calls = 10
        made.append(edited(hand, clip, operation).id)
    assert made[0] == made[1] != made[2]
