"""The protocol and its sources, on spaces where the right answer is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from fakes import FakeBackend
from motion_agent.evals.motion.field.evaluator.reference import ReferenceSet
from motion_agent.evals.motion.field.protocol import MEASURES, EvaluationProtocol, evaluate
from motion_agent.evals.motion.field.sources import Generated, Retrieved, Stored
from motion_agent.motion_models import UnknownActionError
from motion_agent.motion_models.data.clips import Caption
from motion_agent.motion_models.english.interpretation import Interpretation

N = 64
SPACE = np.random.default_rng(0).normal(size=(N, 4)).astype(np.float32)
QUICK = EvaluationProtocol(repetitions=3, mm_texts=5, mm_samples=4, pairs=2)


class Places:
    """Embeds "clip 7" at the place of clip 7."""

    def embed_captions(self, captions: Sequence[Caption]) -> np.ndarray:
        return np.stack([SPACE[int(caption.text.split()[1])] for caption in captions])


def reference(clips: int = N) -> ReferenceSet:
    captions = tuple((Caption(f"clip {i}"), Caption(f"clip {i} again")) for i in range(clips))
    words = tuple(tuple(c.text for c in lines) for lines in captions)
    physics = np.zeros((clips, 5), np.float32)
    return ReferenceSet("places", captions, SPACE[:clips], physics, SPACE[:clips], library_captions=words)


def test_motions_at_the_place_of_their_text_are_always_found() -> None:
    found = evaluate(Stored("real", SPACE), reference(), Places(), QUICK, progress=False)
    assert found["R@1"].mean == 1.0
    assert found["MM-Dist"].mean == 0.0
    assert found["FID"].mean == pytest.approx(0.0, abs=1e-9)
    assert found["failed"].mean == 0.0
    assert "MultiModality" not in found


def test_motions_of_other_texts_are_found_by_chance_alone() -> None:
    shifted = Stored("shifted", np.roll(SPACE, 1, axis=0))
    found = evaluate(shifted, reference(), Places(), EvaluationProtocol(repetitions=20), progress=False)
    assert found["R@3"].mean == pytest.approx(3 / 32, abs=0.05)
    assert found["FID"].mean == pytest.approx(0.0, abs=1e-9)


def test_a_share_that_fails_is_told_and_not_found() -> None:
    broken = SPACE.copy()
    broken[: N // 4] = np.nan
    found = evaluate(Stored("broken", broken), reference(), Places(), QUICK, progress=False)
    assert found["failed"].mean == 0.25
    assert found["R@1"].mean == pytest.approx(0.75)
    assert found["MM-Dist"].mean == 0.0


@pytest.mark.parametrize(
    ("clips", "missing"), [(31, {"R@1", "R@2", "R@3"}), (4, {"R@1", "R@2", "R@3", "FID"})]
)
def test_a_small_set_lacks_the_measures_that_need_more(clips: int, missing: set[str]) -> None:
    found = evaluate(Stored("real", SPACE), reference(clips), Places(), QUICK, progress=False)
    assert set(MEASURES) - set(found) == missing
    assert all(np.isfinite(estimate.mean) for estimate in found.values())


def test_a_source_that_makes_nothing_still_has_its_row() -> None:
    nothing = Stored("nothing", np.full_like(SPACE, np.nan))
    found = evaluate(nothing, reference(), Places(), QUICK, progress=False)
    assert {name: estimate.mean for name, estimate in found.items()} == {
        "R@1": 0.0,
        "R@2": 0.0,
        "R@3": 0.0,
        "failed": 1.0,
    }


def test_repetitions_draw_captions_and_order_anew() -> None:
    asked: list[list[str]] = []

    class Listening(Places):
        def embed_captions(self, captions: Sequence[Caption]) -> np.ndarray:
            asked.append([caption.text for caption in captions])
            return super().embed_captions(captions)

    for _ in range(2):
        evaluate(Stored("real", SPACE), reference(), Listening(), QUICK, progress=False)
    first, second, third, *again = asked
    assert again == [first, second, third]
    assert first != second != third
    assert [text.split()[1] for text in first] != [text.split()[1] for text in second]
    assert {len(text.split()) for text in first} == {2, 3}, "both captions are drawn"


def test_retrieval_answers_with_the_clip_of_the_nearest_caption() -> None:
    found = evaluate(Retrieved(reference()), reference().reworded(), Places(), QUICK, progress=False)
    assert found["R@1"].mean == 1.0


class Drawing(FakeBackend):
    """Draws tokens from its seed; does not know clip 3."""

    def interpret(self, description: str):
        if description.split()[1] == "3":
            raise UnknownActionError(f"no known action in {description!r}")
        return Interpretation(text=description)

    def generate(
        self, captions: Sequence[str], *, seed: Any = None, **options: Any
    ) -> list[torch.LongTensor]:
        return [torch.LongTensor([s % 97, len(text)]) for s, text in zip(seed, captions, strict=True)]

    def decode(self, tokens: torch.LongTensor) -> np.ndarray:
        return np.tile(tokens.numpy().astype(np.float32), (4, 2))


class Silent(Drawing):
    """Makes no token for clip 5."""

    def generate(
        self, captions: Sequence[str], *, seed: Any = None, **options: Any
    ) -> list[torch.LongTensor]:
        made = super().generate(captions, seed=seed, **options)
        none = torch.LongTensor([])
        return [none if "clip 5" in text else t for t, text in zip(made, captions, strict=True)]


class FirstFrame:
    def embed_motions(self, motions, batch_size: int = 64) -> np.ndarray:
        return np.array([motion[0] for motion in motions], np.float32).reshape(len(motions), 4)


def test_generated_motions_differ_by_seed_and_failures_stand_alone() -> None:
    source = Generated(Drawing(), FirstFrame())
    captions = [f"clip {i}" for i in range(40)]
    first, again, other = (source.embed(captions, range(40), seed) for seed in (1, 1, 2))
    assert np.isnan(first[3]).all()
    assert np.isnan(first).any(axis=1).sum() == 1
    np.testing.assert_array_equal(first, again)
    assert (first[0] != other[0]).any()
    assert (first[0] != first[1]).any(), "equal captions must not get equal seeds"


def test_a_motion_without_tokens_is_a_failure() -> None:
    rows = Generated(Silent(), FirstFrame()).embed([f"clip {i}" for i in (4, 5, 6)], range(3), 1)
    assert np.isnan(rows).any(axis=1).tolist() == [False, True, False]


def test_multimodality_is_measured_where_motions_vary() -> None:
    found = evaluate(Generated(Drawing(), FirstFrame()), reference(), Places(), QUICK, progress=False)
    assert found["MultiModality"].mean > 0
    assert found["MultiModality"].n in (4, 5)
