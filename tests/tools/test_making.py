"""What tools make, in which order and from which seeds; and undo and redo over any sequence of it."""

from __future__ import annotations

import pytest
from fakes import FakeBackend
from hand import Hand
from hypothesis import given, settings
from hypothesis import strategies as st
from motion_agent.tools import EditError, MotionMemory
from motion_agent.tools.history import followed
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
