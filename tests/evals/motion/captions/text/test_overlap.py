"""BLEU, ROUGE-L and CIDEr against the COCO caption scorers, which the field's numbers come from."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from motion_agent.evals.motion.captions.text import bleu, bleu_counts, bleu_of_counts, cider, rouge_l
from motion_agent.motion_models.errors import InvalidRequestError
from pycocoevalcap.bleu.bleu_scorer import BleuScorer
from pycocoevalcap.cider.cider_scorer import CiderScorer
from pycocoevalcap.rouge.rouge import Rouge

WORDS = [
    "a",
    "person",
    "man",
    "walks",
    "forward",
    "then",
    "turns",
    "left",
    "right",
    "and",
    "waves",
    "both",
    "hands",
    "slowly",
    "jumps",
]
HYPOTHESES = ["a person walks forward and turns left", "a man waves both hands", "a person jumps"]
REFERENCES = [
    ["a person walks forward then turns left", "someone walks and turns to the left side"],
    ["a man waves with both hands slowly", "a person waves both hands", "the man waves"],
    ["a person jumps up and down in place"],
]


def _split(texts):
    return [text.split() for text in texts]


def _all(hypotheses, references):
    return {"hypotheses": _split(hypotheses), "references": [_split(some) for some in references]}


def _random(samples: int, seed: int = 0):
    """Captions with 1 to 4 references, of 1 to 14 words; a caption is its first reference with slips."""
    rng = np.random.default_rng(seed)
    references = [
        [" ".join(rng.choice(WORDS, size=rng.integers(1, 15))) for _ in range(rng.integers(1, 5))]
        for _ in range(samples)
    ]
    slips = [
        [rng.choice(WORDS) if rng.random() < 0.2 else word for word in some[0].split()] for some in references
    ]
    return [" ".join(words[: rng.integers(1, 15)]) for words in slips], references


SETS = [(HYPOTHESES, REFERENCES), _random(60), _random(200, seed=1)]


@pytest.mark.parametrize(("hypotheses", "references"), SETS)
def test_bleu_is_the_coco_scorers(hypotheses, references) -> None:
    scorer = BleuScorer(n=4)
    for text, some in zip(hypotheses, references, strict=True):
        scorer += (text, some)
    corpus, samples = scorer.compute_score(option="closest", verbose=0)
    for order in range(1, 5):
        ours = bleu(**_all(hypotheses, references), order=order)
        assert 0 < ours.corpus == pytest.approx(corpus[order - 1], abs=1e-6)
        # Theirs adds 1e-15 to every match, so that a sample without one scores a little above 0.
        missing = bleu_counts(**_all(hypotheses, references), order=order)[:, :order].min(axis=1) == 0
        assert ours.samples[~missing] == pytest.approx(np.array(samples[order - 1])[~missing], abs=1e-6)
        assert not ours.samples[missing].any()


@pytest.mark.parametrize(("hypotheses", "references"), SETS)
def test_rouge_l_is_the_coco_scorers(hypotheses, references) -> None:
    theirs = [Rouge().calc_score([text], some) for text, some in zip(hypotheses, references, strict=True)]
    ours = rouge_l(**_all(hypotheses, references))
    assert ours.samples == pytest.approx(np.array(theirs), abs=1e-6)
    assert ours.corpus == pytest.approx(np.mean(theirs), abs=1e-6)


@pytest.mark.parametrize(("hypotheses", "references"), SETS)
def test_cider_is_the_coco_scorers(hypotheses, references) -> None:
    scorer = CiderScorer(n=4, sigma=6.0)
    for text, some in zip(hypotheses, references, strict=True):
        scorer += (text, some)
    corpus, samples = scorer.compute_score()
    ours = cider(**_all(hypotheses, references))
    assert ours.corpus == pytest.approx(corpus, abs=1e-6)
    assert ours.samples == pytest.approx(samples, abs=1e-6)


def test_a_caption_that_is_a_reference_scores_full() -> None:
    same = _all([some[0] for some in REFERENCES], REFERENCES)
    assert bleu(**same).corpus == 1.0
    assert rouge_l(**same).samples == pytest.approx(np.ones(3))
    assert cider(**_all([some[0] for some in REFERENCES], [some[:1] for some in REFERENCES])).samples[
        :2
    ] == pytest.approx([10.0, 10.0])


def test_bleu_of_a_part_is_the_sum_of_its_counts() -> None:
    hypotheses, references = _random(30)
    counts = bleu_counts(**_all(hypotheses, references), order=2)
    part = bleu(**_all(hypotheses[:10], references[:10]), order=2)
    assert bleu_of_counts(counts[:10].sum(axis=0)) == pytest.approx(part.corpus)


def test_a_repeated_word_counts_as_often_as_a_reference_has_it() -> None:
    score = bleu(**_all(["a a a a a a a"], [["a cat is a cat on a mat"]]), order=1)
    assert score.corpus == pytest.approx(3 / 7 * np.exp(1 - 8 / 7))


@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=12), min_size=1, max_size=6))
def test_any_caption_scores_between_nothing_and_all(texts) -> None:
    references = [[WORDS[:5], WORDS[5:12]] for _ in texts]
    for metric, most in ((bleu, 1), (rouge_l, 1), (cider, 10)):
        samples = metric(hypotheses=texts, references=references).samples
        assert ((samples >= 0) & (samples <= most + 1e-9)).all()


@pytest.mark.parametrize("metric", [bleu, rouge_l, cider])
@pytest.mark.parametrize("references", [[], [[]], [[["a"]], [["b"]]]])
def test_a_hypothesis_without_reference_is_refused(metric, references) -> None:
    with pytest.raises(InvalidRequestError, match="at least one reference"):
        metric(hypotheses=[["a"]], references=references)
