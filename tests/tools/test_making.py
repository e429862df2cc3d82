"""What tools make, in which order and from which seeds; and undo and redo over any sequence of it."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import FakeBackend
from hand import Hand
from hypothesis import given, settings
from hypothesis import strategies as st
from motion_agent.motion_models.errors import InvalidRequestError
from motion_agent.motion_models.fitting.checks import Check
from motion_agent.motion_models.motion.measures.kinematics import heading
from motion_agent.tools import EditError, MotionMemory
from motion_agent.tools.history import followed
from motion_agent.tools.memory import ClipDraft, ClipSegment
from motion_agent.tools.montage.measuring import _share
from motion_agent.tools.rendering import render_people
from motion_agent.tools.results import motion_entry
from motion_agent.tools.services import Services

STEPS = st.lists(st.sampled_from(["make", "undo", "redo", "restore", "name", "list"]), max_size=12)


@given(STEPS)
@settings(max_examples=40)
def test_undo_and_redo_lead_where_they_should(steps):
    hand = Hand(Services(FakeBackend(), MotionMemory()))
    past: list[str] = []
    undone: list[str] = []
    for step in steps:
        possible = {"undo": len(past) > 1, "redo": bool(undone)}.get(step, step == "make" or bool(past))
        tool, arguments = {
            "make": ("generate_motion", {"description": "a person walks", "seconds": 1}),
            "restore": ("history", {"motion_id": past[0] if past else "m0", "action": "restore"}),
            "name": ("name_motion", {"motion_id": past[0] if past else "m0", "name": "first"}),
            "list": ("list_motions", {}),
        }.get(step, ("history", {"action": step}))
        if not possible:
            if step in ("undo", "redo"):
                with pytest.raises(EditError, match=f"there is nothing to {step}"):
                    hand.use(tool, **arguments)
            continue
        result = hand.use(tool, **arguments)
        hand.trail = followed(hand.trail, [result])
        match step:
            case "make":
                past, undone = [*past, result.made[0].id], []
            case "undo":
                undone.append(past.pop())
            case "redo":
                past.append(undone.pop())
            case "restore" if past[-1] != past[0]:
                past, undone = [*past, past[0]], []
        assert hand.trail.current == (past[-1] if past else None)
        if step in ("undo", "redo", "restore"):
            assert result.content["motion_id"] == past[-1]
    assert (list(hand.trail.past), list(hand.trail.undone)) == (past, undone)


@given(st.integers(1, 4), st.integers(0, 99), st.sampled_from([None, "greeting"]))
@settings(max_examples=20)
def test_variants_differ_in_their_seeds_and_are_told_in_order(variants, seed, name):
    backend = FakeBackend()
    hand = Hand(Services(backend, MotionMemory()))
    words = {"description": "a person walks", "seconds": 2, "seed": seed, "variants": variants}
    result = hand.use("generate_motion", **words, **({} if name is None else {"name": name}))
    clips = [hand.services.memory.get("local", ref.id) for ref in result.made]
    assert [clip.seed for clip in clips] == [seed + n for n in range(variants)] == backend.seeds
    assert len({clip.tokens for clip in clips}) == variants
    assert result.content["motion_id"] == clips[0].id
    told = [entry["motion_id"] for entry in result.content.get("variants", [])]
    assert told == [clip.id for clip in clips[1:]]
    assert [clip.seconds for clip in clips] == [2.0] * variants
    if name is not None:
        assert [clip.name for clip in clips] == [name, *(f"{name} {n}" for n in range(2, variants + 1))]
        assert hand.services.memory.get("local", name).id == clips[0].id
    assert [clip.id for clip in hand.services.memory.recent("local")] == [clip.id for clip in clips]
    one = hand.use("generate_motion", description="a person walks", seconds=2, seed=seed + variants - 1)
    again = hand.services.memory.get("local", one.made[0].id)
    assert again.tokens == clips[-1].tokens, "a seed gives the same motion, whatever was made beside it"


@given(st.permutations(["m", "new", "m", "new"]), st.integers(0, 3))
@settings(max_examples=15)
def test_people_of_a_scene_stand_where_they_were_put(kinds, which):
    hand = Hand(Services(FakeBackend(), MotionMemory()))
    made = hand.make("generate_motion", description="a person waves", seconds=3)
    people = [
        {"theta": 10.0 * n, "x": float(n), "z": -float(n)}
        | ({"motion_id": made.id} if kind == "m" else {"description": f"a person walks {n}"})
        for n, kind in enumerate(kinds)
    ]
    scene = hand.make("arrange_scene", people=people)
    for n, (kind, member) in enumerate(zip(kinds, scene.members, strict=True)):
        assert (member.theta, member.x, member.z) == (10.0 * n, float(n), -float(n))
        assert (member.motion_id == made.id) == (kind == "m")
        assert member.description == ("a person waves" if kind == "m" else f"a person walks {n}")
        own = hand.services.memory.get("local", member.motion_id)
        assert (member.tokens, member.timeline) == (own.tokens, own.timeline)
    assert scene.frames == max(hand.services.memory.get("local", m.motion_id).frames for m in scene.members)
    assert scene.times()[which][0] == 0.0


@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from([None, 1.0, 2.4])), min_size=1, max_size=4))
@settings(max_examples=15)
def test_a_sequence_has_its_parts_in_order_as_often_and_as_long_as_asked(wanted):
    backend = FakeBackend()
    hand = Hand(Services(backend, MotionMemory()))
    verbs = ("walks", "sits", "runs", "walks slowly")
    segments = [
        {"description": f"a person {verbs[n]}", "repeat": repeat}
        | ({} if length is None else {"seconds": length})
        for n, (repeat, length) in enumerate(wanted)
    ]
    clip = hand.make("compose_sequence", segments=segments, seed=5)
    told = [(part.description, part.seconds) for part in clip.timeline]
    expected = [(s["description"], s.get("seconds")) for s in segments for _ in range(s["repeat"])]
    assert [text for text, _ in told] == [text for text, _ in expected]
    assert all(
        length is None or abs(length - has) < 0.11
        for (_, length), (_, has) in zip(expected, told, strict=True)
    )
    assert [part.seed for part in clip.timeline] == list(range(5, 5 + len(expected)))
    assert clip.timeline[0].start == 0
    assert clip.timeline[-1].end == len(clip.tokens)
    twice = hand.make("compose_sequence", segments=[{"motion_id": clip.id, "repeat": 2}])
    assert twice.tokens == clip.tokens * 2 and len(twice.timeline) == 2 * len(clip.timeline)


@given(st.integers(1, 5), st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=3))
def test_the_shares_of_what_is_counted_add_up_to_it(times, counts):
    """And what is not counted is told once."""
    checks = (
        Check("metres", 4.0, 3.9, True),
        *(Check("jumps", float(a), float(b), a == b, counted=True) for a, b in counts),
    )
    shares = [_share(checks, times, number) for number in range(times)]
    assert [check.what for share in shares for check in share if not check.counted] == ["metres"]
    for place, (asked, reached) in enumerate(counts):
        own = [[check for check in share if check.counted][place] for share in shares]
        assert (sum(float(c.asked) for c in own), sum(float(c.reached) for c in own)) == (asked, reached)
        assert max(float(c.asked) for c in own) - min(float(c.asked) for c in own) <= 1


@pytest.mark.parametrize(
    ("asked", "met", "told"), [(0.0, True, 0), (0.0, False, 1), (3.0, True, 1), (3.0, False, 1)]
)
def test_what_is_missed_is_always_told_and_what_is_kept_where_a_number_was_asked(asked, met, told):
    hand = Hand(Services(FakeBackend(), MotionMemory()))
    check = Check("metres off the floor", asked, 1.0, met)
    part = ClipSegment(description="a walk", start=0, end=4, checks=(check,))
    draft = ClipDraft(description="a walk", tokens=(1, 2, 3, 4), timeline=(part,), source="test")
    clip = hand.services.memory.remember("local", draft, "t")
    assert bool(motion_entry(clip.ref())["checks"]) == (asked != 0 or not met)


def test_as_many_files_are_written_as_are_allowed(tmp_path):
    services = Services(FakeBackend(), MotionMemory(), output_folder=tmp_path, max_files=3)
    hand = Hand(services)
    hand.make("generate_motion", description="a person walks", seconds=1, name="walk")
    hand.use("export_motion", motion_id="walk", formats=["npy", "npz"])
    with pytest.raises(InvalidRequestError, match="you have 2 of 3"):
        hand.use("export_motion", motion_id="walk", formats=["npy", "npz"])
    hand.use("export_motion", motion_id="walk", formats=["npy"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["walk-2.npy", "walk.npy", "walk.npz"]


@pytest.mark.parametrize(("theta", "x", "z"), [(90, 1, 2), (-90, -1, 0), (180, 0, 1), (30, 2, -1)])
def test_people_are_shown_where_they_stand_and_facing_as_they_were_put(theta, x, z):
    """Left is positive: of turns and of places."""
    hand = Hand(Services(FakeBackend(), MotionMemory()))
    made = hand.make("generate_motion", description="a person walks", seconds=2)
    people = [{"motion_id": made.id}, {"motion_id": made.id, "theta": theta, "x": x, "z": z}]
    scene = hand.make("arrange_scene", people=people)
    first, second = (motion.joints for motion in render_people(hand.services, scene))
    assert second[0, 0, [0, 2]] - first[0, 0, [0, 2]] == pytest.approx([x, z], abs=1e-4)
    turned = np.degrees(heading(second)[0] - heading(first)[0])
    assert np.cos(np.radians(turned - theta)) == pytest.approx(1, abs=1e-4)
    assert np.linalg.norm(second[-1] - second[0]) == pytest.approx(
        np.linalg.norm(first[-1] - first[0]), abs=1e-3
    )
