"""Tables of scores: which captions meet which references, and what is left out."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from motion_agent.evals.motion.captions import scores as caption_scores
from motion_agent.evals.motion.captions.items import CaptioningItem, CaptioningSet
from motion_agent.evals.motion.captions.scores import METRICS, compare, dealt, score, tables, to_table
from motion_agent.evals.motion.captions.text import BertScores, bleu, cider, rouge_l
from motion_agent.motion_models.data.clips import Caption
from motion_agent.motion_models.errors import BackendError, InvalidRequestError

TEXTS = [
    ("a person walks forward slowly", "someone walks", "a man is walking ahead"),
    ("a person jumps up and down", "someone jumps twice"),
    ("a person waves with the left hand", "the left arm waves", "waving the left hand"),
    ("a person sits down on a chair",),
]
SAID = ["a person walks forward slowly", "a person jumps once", "someone waves", "a person stands up"]
CLIPS = CaptioningSet(
    "clips",
    tuple(
        CaptioningItem(f"trial {place // 2}", tuple(Caption(t) for t in some), torch.arange(3))  # type: ignore[arg-type]
        for place, some in enumerate(TEXTS)
    ),
)


class Lengths:
    """A scorer whose f1 is the number of words of the hypothesis, in hundredths."""

    def __call__(self, *, hypotheses, references):
        assert len(hypotheses) == len(references)
        values = np.array([len(text.split()) / 100 for text in hypotheses])
        return BertScores(values, values, values)


def test_scores_are_the_metrics_times_100() -> None:
    values, samples = score(SAID, [i.references for i in CLIPS.items], "raw", "aabb", Lengths())  # type: ignore[arg-type]
    both = {
        "hypotheses": [text.split() for text in SAID],
        "references": [[text.split() for text in some] for some in TEXTS],
    }
    assert list(values) == list(samples) == list(METRICS)
    assert values["BLEU@1"].mean == pytest.approx(100 * bleu(**both, order=1).corpus)
    assert values["BLEU@4"].mean == pytest.approx(100 * bleu(**both, order=4).corpus)
    assert values["ROUGE-L"].mean == pytest.approx(100 * rouge_l(**both).corpus)
    assert samples["CIDEr"] == pytest.approx(100 * cider(**both).samples)
    assert values["BERTScore"].mean == pytest.approx(np.mean([5, 4, 2, 4]))
    assert all(value.low <= value.mean <= value.high and value.n == 4 for value in values.values())


def test_processed_words_forgive_what_raw_ones_do_not() -> None:
    references = [
        [Caption("a person walked", ("a/DET", "person/NOUN", "walk/VERB"))],
        [Caption("a man jumps")],
    ]
    said = ["a person walks", "a man jumped"]
    raw, processed = (
        score(said, references, protocol, "ab")[0]["ROUGE-L"].mean for protocol in ("raw", "processed")
    )
    assert processed == pytest.approx(100)
    assert raw == pytest.approx(100 * 2 / 3)


def test_what_is_left_out_is_not_among_the_references() -> None:
    rows = compare(SAID, CLIPS, "model", "raw")
    table = {(row.origin, row.references): row for row in rows}
    turns = table["the description left out", "all but one, in turn"]
    last = table["the description left out", "all but the last"]
    assert turns.captions == [text for some in TEXTS if len(some) > 1 for text in some]
    assert last.captions == [some[-1] for some in TEXTS if len(some) > 1]
    assert table["model", "all but one, in turn"].captions == [SAID[0]] * 3 + [SAID[1]] * 2 + [SAID[2]] * 3
    # The model's first caption is the first description: full marks until that one is left out.
    assert table["model", "all"].samples["ROUGE-L"][0] == pytest.approx(100)
    model_turns = table["model", "all but one, in turn"].samples["ROUGE-L"]
    assert model_turns[0] < 100 == pytest.approx(model_turns[1])


def test_captions_of_others_score_less() -> None:
    said = [some[0] for some in TEXTS]
    rows = {row.origin: row for row in compare(said, CLIPS, "model", "raw") if row.references == "all"}
    assert sorted(rows["model, dealt to other clips"].captions) == sorted(said)
    for metric in ("BLEU@1", "ROUGE-L", "CIDEr"):
        assert rows["model, dealt to other clips"].values[metric].mean < rows["model"].values[metric].mean


@given(st.integers(2, 60), st.integers(0, 5))
def test_nobody_is_dealt_their_own(count: int, seed: int) -> None:
    others = dealt(count, seed)
    assert sorted(others) == list(range(count))
    assert all(other != place for place, other in enumerate(others))


def test_one_clip_has_no_others() -> None:
    with pytest.raises(InvalidRequestError, match="at least 2"):
        dealt(1)


def test_a_protocol_that_cannot_be_run_is_said_to_be_so() -> None:
    def make(protocol):
        if protocol == "processed":
            raise BackendError("no dictionary: install one")
        return compare(SAID, CLIPS, "model", protocol)

    parts, made = tables(("raw", "processed"), make)
    assert parts[0] == to_table("raw", made["raw"])
    assert parts[1] == "processed references: not run, no dictionary: install one"
    assert list(made) == ["raw"]
    assert parts[0].count(caption_scores.NOT_RUN) == len(made["raw"])
