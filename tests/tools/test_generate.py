"""generate_motion and compose_sequence."""

from __future__ import annotations

from typing import Any

import pytest
from fakes import FakeBackend
from hand import Hand
from motion_agent.motion_models.errors import BackendError, UnknownActionError
from motion_agent.tools import BudgetError, MotionMemory, create_motion_tools
from motion_agent.tools.montage.parts import CONTEXT_TOKENS
from motion_agent.tools.services import Services


def test_a_motion_has_the_length_asked_for(hand):
    clip = hand.make("generate_motion", description="a person walks", seconds=3)
    assert (clip.seconds, len(clip.tokens), clip.ref().frames) == (3.0, 15, 60)


def test_the_same_seed_gives_the_same_tokens_and_another_seed_others(hand):
    first, again, other = (
        hand.make("generate_motion", description="a person walks", seed=seed) for seed in (7, 7, 8)
    )
    assert first.tokens == again.tokens
    assert first.tokens != other.tokens
    assert first.timeline[0].seed == 7


def test_without_a_seed_two_calls_differ(hand):
    one, two = (hand.make("generate_motion", description="a person walks") for _ in range(2))
    assert one.tokens != two.tokens


def test_variants_are_one_batch_of_motions_of_their_own(hand, backend):
    result = hand.use("generate_motion", description="a person walks", variants=3, name="stroll")
    assert backend.batches == [["a person walks"] * 3]
    assert len({ref.id for ref in result.made}) == 3
    assert [ref.name for ref in result.made] == ["stroll", "stroll 2", "stroll 3"]
    assert [ref.id for ref in result.artifact.alternatives] == [ref.id for ref in result.made[1:]]
    assert len(result.content["variants"]) == 2


def test_unknown_words_are_told(hand):
    result = hand.use("generate_motion", description="a person walks zzfast")
    assert result.content["notes"] == ["I do not know 'zzfast'; used 'walk'"]
    assert result.artifact.notes == result.content["notes"]


def test_an_unknown_action_is_an_error_and_leaves_memory_alone(hand, services):
    with pytest.raises(UnknownActionError, match="flibbers"):
        hand.use("generate_motion", description="a person flibbers")
    assert services.memory.recent("local") == []


def test_a_long_motion_is_made_in_pieces_in_context(hand, backend):
    clip = hand.make("generate_motion", description="a person walks", seconds=24)
    assert len(clip.tokens) == 120
    assert backend.batches == [["a person walks"]] * 3
    assert backend.prefixes == [[], list(clip.tokens[30:40]), list(clip.tokens[70:80])]
    assert len(clip.timeline) == 1


def test_a_motion_over_the_budget_is_refused(backend):
    hand = Hand(Services(backend, MotionMemory(), max_seconds=5))
    with pytest.raises(BudgetError, match="at most 5 s"):
        hand.use("generate_motion", description="a person walks", seconds=6)
    with pytest.raises(BudgetError, match="would be 6 s of motion"):
        hand.use("generate_motion", description="a person walks", seconds=2, variants=3)
    with pytest.raises(BudgetError, match="would be 8 s of motion"):
        hand.use("generate_motion", description="a person walks", variants=2)
    assert backend.batches == []


def test_a_sequence_over_the_budget_is_refused_before_any_of_it_is_made(backend):
    hand = Hand(Services(backend, MotionMemory(), max_seconds=5))
    walk = hand.make("generate_motion", description="a person walks", seconds=2)
    backend.batches.clear()
    for segment in ({"description": "a person walks"}, {"motion_id": walk.id}):
        with pytest.raises(BudgetError, match="at most 5 s"):
            hand.use("compose_sequence", segments=[{**segment, "repeat": 3}])
    assert backend.batches == []


def test_whatever_a_backend_raises_becomes_one_typed_error(hand, backend):
    backend.generate = lambda captions, **options: 1 / 0
    with pytest.raises(BackendError, match="fake failed: ZeroDivisionError"):
        hand.use("generate_motion", description="a person walks")


def test_an_empty_motion_is_a_backend_error(hand, backend):
    import torch

    backend.generate = lambda captions, **options: [torch.tensor([], dtype=torch.long)]
    with pytest.raises(BackendError, match="gave an empty motion"):
        hand.use("generate_motion", description="a person walks")


def test_a_sequence_is_one_timeline(hand):
    clip = hand.sequence("a person walks", "a person jumps", "a person sits")
    spans = [(part.description, part.start, part.end) for part in clip.timeline]
    assert spans == [("a person walks", 0, 10), ("a person jumps", 10, 20), ("a person sits", 20, 30)]
    assert clip.description == "a person walks, then a person jumps, then a person sits"


def test_only_a_segment_that_goes_on_is_made_in_the_context_of_the_one_before(hand, backend):
    clip = hand.sequence("a person walks", "a person jumps", "a person jumps", seconds=3)
    assert backend.batches == [["a person walks", "a person jumps"], ["a person jumps"]]
    assert backend.prefixes == [[], [], list(clip.tokens[30 - CONTEXT_TOKENS : 30])]


def test_a_backend_without_prefixes_still_composes(hand, backend):
    make = backend.generate
    backend.generate = lambda captions, *, seconds=None, seed=None: make(captions, seconds=seconds, seed=seed)
    assert len(hand.sequence("a person walks", "a person jumps").tokens) == 20


def test_a_backend_that_interprets_nothing_gets_the_words_as_they_are(tmp_path):
    class Plain:
        name, repertoire = "plain", ()

        def __init__(self):
            self.generate, self.decode = FakeBackend().generate, FakeBackend().decode

    plain: Any = Plain()
    [tool, *_] = create_motion_tools(plain, output_folder=tmp_path)
    assert "a person flibbers" in tool.invoke({"description": "a person flibbers"})


def test_motions_in_memory_keep_their_tokens_in_a_sequence(hand):
    walk = hand.make("generate_motion", description="a person walks", seconds=2)
    segments = [{"motion_id": walk.id}, {"description": "a person jumps"}, {"motion_id": walk.id}]
    clip = hand.make("compose_sequence", segments=segments)
    assert clip.tokens[:10] == walk.tokens == clip.tokens[-10:]


def test_repeat_performs_a_segment_several_times(hand):
    clip = hand.make("compose_sequence", segments=[{"description": "a person jumps", "repeat": 3}])
    assert [part.description for part in clip.timeline] == ["a person jumps"] * 3
    assert clip.description == "a person jumps (3 times)"
    assert len({clip.tokens[part.start : part.end] for part in clip.timeline}) == 3
