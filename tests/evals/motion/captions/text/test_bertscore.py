"""BERTScore on a tiny BERT of random weights, against the definition written out token by token."""

from __future__ import annotations

from math import log
from pathlib import Path

import numpy as np
import pytest
import torch
from motion_agent.evals.motion.captions.text import Baseline, BertScorer
from motion_agent.evals.motion.captions.text.bertscore import KNOWN
from motion_agent.motion_models.errors import CheckpointError, InvalidRequestError
from tiny_bert import save_tiny_bert
from transformers import BertModel, BertTokenizer

HYPOTHESES = ["a person walks forward", "man jumps", "a man waves both hands and more"]
REFERENCES = [
    ["a man walks forward", "person turns left"],
    ["a person jumps", "man jumps"],
    ["a person waves right hands"],
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_bert(tmp_path_factory.mktemp("bert"))


def _written_out(folder: Path, layer: int) -> np.ndarray:
    """(N, 3) by the definition: one text at a time, loops over tokens."""
    tokenizer = BertTokenizer.from_pretrained(folder)
    model = BertModel.from_pretrained(folder).eval()
    flat = [text for some in REFERENCES for text in some]

    def tokens(text: str) -> list[int]:
        return tokenizer(text)["input_ids"]

    def idf(token: int) -> float:
        return log((len(flat) + 1) / (sum(token in tokens(text) for text in flat) + 1))

    def vectors(text: str) -> list[np.ndarray]:
        with torch.no_grad():
            hidden = model(torch.tensor([tokens(text)]), output_hidden_states=True).hidden_states[layer][0]
        return [row / np.linalg.norm(row) for row in hidden.double().numpy()]

    def side(text: str, other: str) -> float:
        theirs = vectors(other)
        best = [max(float(mine @ one) for one in theirs) for mine in vectors(text)]
        weights = [idf(token) for token in tokens(text)]
        return sum(w * b for w, b in zip(weights, best, strict=True)) / sum(weights)

    rows = []
    for text, some in zip(HYPOTHESES, REFERENCES, strict=True):
        pairs = [(side(text, other), side(other, text)) for other in some]
        rows.append(np.max([(p, r, 2 * p * r / (p + r)) for p, r in pairs], axis=0))
    return np.array(rows)


@pytest.mark.parametrize("layer", [1, 3])
def test_it_is_greedy_cosine_matching_with_idf(folder: Path, layer: int) -> None:
    scores = BertScorer.from_folder(folder, layer=layer)(hypotheses=HYPOTHESES, references=REFERENCES)
    expected = _written_out(folder, layer)
    assert np.ptp(expected[:, 2]) > 0.01
    assert np.stack(scores, axis=1) == pytest.approx(expected, abs=1e-6)


def test_batches_change_nothing(folder: Path) -> None:
    scorer = BertScorer.from_folder(folder)
    alone = BertScorer(scorer.model, scorer.tokenizer, scorer.layer, batch_size=1)
    both = [one(hypotheses=HYPOTHESES, references=REFERENCES).f1 for one in (scorer, alone)]
    assert both[0] == pytest.approx(both[1], abs=1e-6)


def test_the_baseline_scores_nothing_and_a_copy_full(folder: Path, tmp_path: Path) -> None:
    plain = BertScorer.from_folder(folder)(hypotheses=HYPOTHESES, references=REFERENCES)
    file = tmp_path / "baseline.tsv"
    file.write_text(f"LAYER,P,R,F\n0,.1,.1,.1\n3,{plain.precision[0]},0.5,{plain.f1[0]}\n")
    scorer = BertScorer.from_folder(folder, baseline=file)
    scores = scorer(hypotheses=HYPOTHESES, references=REFERENCES)
    assert (scores.precision[0], scores.f1[0]) == pytest.approx((0, 0))
    assert scores.recall == pytest.approx((plain.recall - 0.5) / 0.5)
    assert scores.f1[1] == pytest.approx(1)
    assert "layer 3, idf, rescaled" in scorer.name
    assert "not rescaled" in BertScorer.from_folder(folder).name


def test_a_caption_of_nothing_scores_nothing(folder: Path) -> None:
    scores = BertScorer.from_folder(folder)(hypotheses=["", "man"], references=[["a man"], ["person"]])
    assert (scores.precision[0], scores.recall[0], scores.f1[0]) == (0, pytest.approx(scores.recall[0]), 0)
    assert np.isfinite(np.stack(scores)).all()


def test_a_text_longer_than_the_model_reads_is_cut(folder: Path) -> None:
    long = "a person walks forward " * 20
    scores = BertScorer.from_folder(folder)(hypotheses=[long], references=[[long, "man jumps"]])
    assert scores.f1 == pytest.approx([1.0])


def test_roberta_large_has_the_fields_layer_and_baseline() -> None:
    assert KNOWN["roberta", 24] == (17, Baseline(0.83150584, 0.8314941, 0.83122575))


def test_what_is_no_model_is_said_to_be_none(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no model for BERTScore"):
        BertScorer.from_folder(tmp_path)
    with pytest.raises(CheckpointError, match="layers 1 to 3"):
        BertScorer.from_folder(folder, layer=4)
    file = tmp_path / "baseline.tsv"
    file.write_text("LAYER,P,R,F\n1,.1,.1,.1\n")
    with pytest.raises(CheckpointError, match="no line for layer 3"):
        BertScorer.from_folder(folder, baseline=file)
    file.write_text("nothing of the kind\n3\n")
    with pytest.raises(CheckpointError, match="no baseline file"):
        BertScorer.from_folder(folder, baseline=file)
    with pytest.raises(InvalidRequestError, match="at least one reference"):
        BertScorer.from_folder(folder)(hypotheses=["a"], references=[[]])
