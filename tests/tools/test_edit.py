"""edit_motion: every operation, and that the rest stays token for token the same."""

from __future__ import annotations

import pytest
from fakes import FakeBackend
from hand import Hand
from hypothesis import given, settings
from hypothesis import strategies as st
from motion_agent.motion_models.errors import MotionAgentError
from motion_agent.tools import BudgetError, EditError, MotionMemory
from motion_agent.tools.services import Services

WALK, JUMP, SIT = "a person walks", "a person jumps", "a person sits"


@pytest.fixture
def clip(hand):
    return hand.sequence(WALK, JUMP, SIT)


def pieces(clip):
    return [clip.tokens[part.start : part.end] for part in clip.timeline]


def words(clip):
    return [part.description for part in clip.timeline]


def edited(hand, clip, **operation):
    return hand.make("edit_motion", motion_id=clip.id, operations=[operation])


def test_an_edit_makes_a_child_and_leaves_the_parent(hand, clip, services):
    child = edited(hand, clip, op="delete", segment=2)
    assert child.parent == clip.id
    assert services.memory.get("local", clip.id) == clip
    assert words(child) == [WALK, SIT]
    assert pieces(child) == [pieces(clip)[0], pieces(clip)[2]]


def test_replace(hand, clip):
    child = edited(hand, clip, op="replace", segment=2, description="a person bows", seconds=1)
    assert words(child) == [WALK, "a person bows", SIT]
    assert pieces(child)[0::2] == pieces(clip)[0::2]
    assert len(pieces(child)[1]) == 5


@pytest.mark.parametrize(
    ("position", "order"),
    [(1, ["bow", WALK, JUMP, SIT]), (3, [WALK, JUMP, "bow", SIT]), (None, [WALK, JUMP, SIT, "bow"])],
)
def test_insert(hand, clip, position, order):
    child = edited(hand, clip, op="insert", description="bow", position=position)
    assert words(child) == order
    assert [piece for piece, text in zip(pieces(child), order, strict=True) if text != "bow"] == pieces(clip)


def test_insert_from_memory(hand, clip):
    child = edited(hand, clip, op="insert", motion_id=clip.id)
    assert child.tokens == clip.tokens * 2


def test_repeat_of_a_segment_and_of_the_whole(hand, clip):
    assert words(edited(hand, clip, op="repeat", segment=2, times=3)) == [WALK, JUMP, JUMP, JUMP, SIT]
    assert edited(hand, clip, op="repeat").tokens == clip.tokens * 2


def test_reorder(hand, clip):
    child = edited(hand, clip, op="reorder", order=[3, 1, 2])
    one, two, three = pieces(clip)
    assert pieces(child) == [three, one, two]


def test_trim_cuts_at_both_ends(hand, clip):
    child = edited(hand, clip, op="trim", start=1.0, end=5.0)
    assert child.tokens == clip.tokens[5:25]
    assert [len(piece) for piece in pieces(child)] == [5, 10, 5]


def test_trim_drops_segments_that_are_gone(hand, clip):
    assert words(edited(hand, clip, op="trim", start=2.0)) == [JUMP, SIT]


def test_extend_goes_on_in_context(hand, clip, backend):
    backend.prefixes.clear()
    child = edited(hand, clip, op="extend", segment=1, seconds=1)
    assert words(child) == words(clip)
    assert child.tokens[:10] == clip.tokens[:10]
    assert child.tokens[15:] == clip.tokens[10:]
    assert backend.prefixes == [list(clip.tokens[:10])]


def test_mirror_swaps_the_words_too(hand):
    clip = hand.sequence("a person walks", "a person turns left")
    child = edited(hand, clip, op="mirror", segment=2)
    assert words(child) == ["a person walks", "a person turns right"]
    assert pieces(child)[0] == pieces(clip)[0]
    assert len(pieces(child)[1]) == 10


@pytest.mark.parametrize(("factor", "end"), [(2.0, 3.0), (0.5, 6.0)])
def test_speed_changes_only_its_segment(hand, clip, factor, end):
    child = edited(hand, clip, op="speed", segment=2, factor=factor)
    assert child.times() == [(0.0, 2.0), (2.0, end), (end, end + 2.0)]
    assert child.tokens == clip.tokens


def test_duration_of_a_segment_and_of_the_whole(hand, clip):
    child = edited(hand, clip, op="duration", segment=2, seconds=4)
    assert [len(piece) for piece in pieces(child)] == [10, 20, 10]
    assert child.timeline[1].seed == clip.timeline[1].seed
    assert edited(hand, clip, op="duration", seconds=9).seconds == pytest.approx(9)


def test_a_connecting_part_leaves_its_neighbours_alone(hand, clip):
    first, second = clip.timeline[:2]
    child = edited(hand, clip, op="inbetween", segment=1, seconds=0.8)
    new = child.timeline[1]
    assert (new.start, new.end, new.description) == (first.end, first.end + 4, "a transition")
    assert child.tokens == (
        *clip.tokens[: first.end],
        *child.tokens[new.start : new.end],
        *clip.tokens[second.start :],
    )
    described = edited(hand, clip, op="inbetween", segment=1, seconds=1, description="a person turns")
    assert (
        described.timeline[1].description == "a person turns"
        and len(described.tokens) == len(clip.tokens) + 5
    )
    with pytest.raises(EditError, match="is the last"):
        edited(hand, clip, op="inbetween", segment=-1)


@pytest.mark.parametrize(("seconds", "tokens"), [(None, 3), (0.2, 1), (0.6, 3), (1.4, 7), (2.0, 10)])
def test_a_connecting_part_lasts_as_long_as_asked(hand, clip, seconds, tokens):
    child = edited(hand, clip, op="inbetween", segment=1, **({} if seconds is None else {"seconds": seconds}))
    assert len(child.tokens) == len(clip.tokens) + tokens


def test_regenerate_is_another_variation_of_the_same_length(hand, clip):
    child = edited(hand, clip, op="regenerate", segment=2)
    assert pieces(child)[0::2] == pieces(clip)[0::2]
    assert pieces(child)[1] != pieces(clip)[1]
    assert len(pieces(child)[1]) == 10
    again = edited(hand, clip, op="regenerate", segment=2, seed=4)
    assert edited(hand, clip, op="regenerate", segment=2, seed=4).tokens == again.tokens


def test_parts_that_one_edit_adds_differ_from_each_other(hand, clip):
    again = {"op": "insert", "description": "a person bows", "position": 2, "seconds": 2}
    child = hand.make("edit_motion", motion_id=clip.id, operations=[again, again])
    new = child.timeline[1:3]
    assert [part.description for part in new] == ["a person bows"] * 2
    assert new[0].seed != new[1].seed
    assert pieces(child)[1][3:7] != pieces(child)[2][3:7]


def test_an_edit_that_is_made_again_gives_the_same_tokens(services):
    first, again = (Hand(Services(services.backend, MotionMemory())) for _ in range(2))
    made = [hand.sequence(WALK, JUMP) for hand in (first, again)]
    operation = {"op": "insert", "description": "a person bows"}
    assert edited(first, made[0], **operation).tokens == edited(again, made[1], **operation).tokens


def test_regenerated_parts_take_seeds_of_their_own(hand, clip):
    child = edited(hand, clip, op="regenerate", seed=40)
    assert [part.seed for part in child.timeline] == [40, 41, 42]
    assert words(child) == words(clip)


def test_a_whole_motion_keeps_the_proportions_of_its_segments(hand):
    clip = hand.make(
        "compose_sequence",
        segments=[{"description": WALK, "seconds": 2}, {"description": JUMP, "seconds": 4}],
    )
    child = edited(hand, clip, op="duration", seconds=9)
    assert [len(piece) for piece in pieces(child)] == [15, 30]
    assert [part.seed for part in child.timeline] == [part.seed for part in clip.timeline]


def test_extend_without_a_segment_goes_on_at_the_end(hand, clip):
    child = edited(hand, clip, op="extend", seconds=1)
    assert child.tokens[:30] == clip.tokens
    assert [len(piece) for piece in pieces(child)] == [10, 10, 15]


def test_operations_follow_each_other(hand, clip):
    operations = [{"op": "delete", "segment": 1}, {"op": "repeat", "segment": 1, "times": 2}]
    child = hand.make("edit_motion", motion_id=clip.id, operations=operations)
    assert words(child) == [JUMP, JUMP, SIT]


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        ({"op": "delete", "segment": 4}, "no segment 4; the motion has only 1: a person walks"),
        ({"op": "delete", "segment": 0}, "no segment 0"),
        ({"op": "replace", "segment": -4, "description": WALK}, "no segment -4"),
        ({"op": "reorder", "order": [1, 2]}, "exactly once"),
        ({"op": "reorder", "order": [1, 1, 2]}, "exactly once"),
        ({"op": "trim", "start": 60}, "nothing would be left: the motion lasts 6 s"),
        ({"op": "insert", "description": WALK, "position": 9}, "no segment 8"),
    ],
)
def test_edits_that_do_not_fit_say_why(hand, clip, services, operation, reason):
    with pytest.raises(EditError, match=reason):
        edited(hand, clip, **operation)
    assert len(services.memory.recent("local")) == 1


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "repeat", "times": 20},
        {"op": "speed", "factor": 0.25},
        {"op": "insert", "motion_id": "it"},
        {"op": "extend", "seconds": 40},
    ],
)
def test_an_edit_beyond_the_budget_is_refused_though_a_later_one_would_cut_it(backend, operation):
    hand = Hand(Services(backend, MotionMemory(), max_seconds=29))
    hand.make("generate_motion", description=WALK, seconds=15, name="it")
    operations = [operation, {"op": "trim", "start": 0, "end": 1}]
    with pytest.raises(BudgetError, match="at most 29 s"):
        hand.make("edit_motion", motion_id="it", operations=operations)


@pytest.mark.parametrize(
    ("operation", "times"),
    [({"op": "repeat", "times": 20}, 3), ({"op": "speed", "factor": 0.25}, 3), ({"op": "repeat"}, 6)],
)
def test_edits_never_pile_up_beyond_the_budget(backend, monkeypatch, operation, times):
    hand = Hand(Services(backend, MotionMemory(), max_seconds=60))
    clip = hand.make("generate_motion", description=WALK, seconds=8)
    longest = [0.0]
    check = Services.check_seconds
    monkeypatch.setattr(Services, "check_seconds", lambda s, n: longest.append(n) or check(s, n))
    with pytest.raises(BudgetError, match="at most 60 s"):
        hand.make("edit_motion", motion_id=clip.id, operations=[operation] * times)
    assert max(longest) <= 20 * 8


def test_a_budget_may_be_used_up(backend):
    hand = Hand(Services(backend, MotionMemory(), max_seconds=6))
    clip = hand.sequence(WALK, JUMP)
    assert edited(hand, clip, op="extend", seconds=2).seconds == pytest.approx(6)
    assert edited(hand, clip, op="duration", seconds=6).seconds == pytest.approx(6)
    for operation in ({"op": "extend", "seconds": 2.2}, {"op": "duration", "seconds": 6.2}):
        backend.batches.clear()
        with pytest.raises(BudgetError, match=r"would be 6\.2 s"):
            edited(hand, clip, **operation)
        assert backend.batches == []


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "extend"},
        {"op": "insert", "description": JUMP},
        {"op": "replace", "segment": 2, "description": JUMP},
        {"op": "inbetween", "segment": 1, "description": JUMP},
    ],
    ids=lambda operation: operation["op"],
)
def test_a_new_part_that_is_too_long_beside_what_stays_is_not_made(backend, operation):
    hand = Hand(Services(backend, MotionMemory(), max_seconds=10))
    clip = hand.sequence(WALK, JUMP)
    backend.batches.clear()
    with pytest.raises(BudgetError):
        edited(hand, clip, **operation, seconds=9)
    assert backend.batches == []


def test_the_last_segment_cannot_be_deleted(hand):
    clip = hand.sequence(WALK)
    with pytest.raises(EditError, match="only one segment"):
        edited(hand, clip, op="delete", segment=1)


NUMBERS = st.integers(-4, 4)
OPERATIONS = st.one_of(
    st.fixed_dictionaries({"op": st.just("delete"), "segment": NUMBERS}),
    st.fixed_dictionaries(
        {"op": st.just("repeat"), "segment": st.none() | NUMBERS, "times": st.integers(2, 3)}
    ),
    st.fixed_dictionaries(
        {"op": st.just("reorder"), "order": st.lists(st.integers(1, 4), min_size=2, max_size=4)}
    ),
    st.fixed_dictionaries({"op": st.just("trim"), "start": st.floats(0.1, 4), "end": st.floats(4.1, 9)}),
    st.fixed_dictionaries({"op": st.just("insert"), "description": st.just(WALK)}),
)


@settings(max_examples=60)
@given(st.lists(OPERATIONS, min_size=1, max_size=4))
def test_any_edits_give_a_sound_timeline_or_a_typed_error(operations):
    hand = Hand(Services(FakeBackend(), MotionMemory()))
    clip = hand.sequence(WALK, JUMP, SIT)
    try:
        child = hand.make("edit_motion", motion_id=clip.id, operations=operations)
    except MotionAgentError:
        assert len(hand.services.memory.recent("local")) == 1
        return
    ends = [0, *(part.end for part in child.timeline)]
    assert [part.start for part in child.timeline] == ends[:-1]
    assert ends[-1] == len(child.tokens)


def test_the_budget_counts_a_longer_segment_alone():
    hand = Hand(Services(FakeBackend(), MotionMemory(), max_seconds=9.0))
    clip = hand.sequence("a person walks", "a person jumps", "a person sits")
    child = edited(hand, clip, op="duration", segment=2, seconds=4)
    assert child.seconds == pytest.approx(8.0)
    with pytest.raises(BudgetError):
        edited(hand, clip, op="duration", segment=2, seconds=6)
