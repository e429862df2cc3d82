"""`eval motion`: what it is held against, what is refused before it measures, how the tables read."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from fakes import FakeBackend
from motion_agent.evals.aggregate import bootstrap_mean
from motion_agent.evals.motion import quality
from motion_agent.evals.motion.field.comparison import compare, plausibility, to_report
from motion_agent.evals.motion.field.evaluator import MotionEvaluator, shipped_evaluator
from motion_agent.evals.motion.field.evaluator.evaluator import Networks
from motion_agent.evals.motion.field.evaluator.networks import EvaluatorConfig
from motion_agent.evals.motion.field.evaluator.reference import REFERENCE, load_reference
from motion_agent.evals.motion.field.evaluator.word_vectors import WordVectors
from motion_agent.evals.motion.field.metrics.physics import LABELS
from motion_agent.evals.motion.field.protocol import EvaluationProtocol
from motion_agent.motion_models import InvalidRequestError
from motion_agent.motion_models.english.interpretation import Interpretation
from motion_agent.motion_models.motion.representation import HUMANML3D, KIT
from motion_agent.motion_models.motion.statistics import Weighting, plain_statistics, weighted
from motion_agent.motion_models.storage.checkpoint_io import load_tensors, save_tensors
from motion_folder import write_motion_folder

QUICK = EvaluationProtocol(repetitions=2, mm_texts=2, mm_samples=4, pairs=2)


class Obliging(FakeBackend):
    """Knows every description."""

    def interpret(self, description: str) -> Interpretation:
        return Interpretation(text=description)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """HumanML3D's layout, three clips held out."""
    return write_motion_folder(tmp_path / "mine")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another evaluator with its reference: the shipped one's, moved by 7."""
    folder = tmp_path_factory.mktemp("evaluator")
    shipped_evaluator().save_pretrained(folder)
    tensors = load_tensors(Path(quality.SHIPPED) / REFERENCE)
    save_tensors(tensors | {"real": tensors["real"] + 7.0}, folder / REFERENCE)
    return folder


def test_an_evaluator_is_held_against_its_own_embeddings(
    other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    monkeypatch.setattr(quality, "_compare", lambda backend, *held, **_: seen.append(held) or _NO_PART)
    for evaluator in (None, other):
        quality.run(Obliging(), seeds=0, repetitions=1, evaluator=evaluator, progress=False)
    (shipped, _), (theirs, judge) = seen
    assert judge is not shipped_evaluator()
    np.testing.assert_allclose(theirs.real, shipped.real + 7.0)
    (other / REFERENCE).rename(other / "away")
    with pytest.raises(InvalidRequestError, match="give recorded motion with --data"):
        quality.run(Obliging(), seeds=0, repetitions=1, evaluator=other, progress=False)


_NO_PART = quality.Report("", "", "", "", {})


def test_a_set_too_small_for_a_measure_says_so(folder: Path) -> None:
    report = quality.run(Obliging(), seeds=0, repetitions=1, data=folder, progress=False)
    assert report.command == "motion-agent eval motion --seeds 0 --repetitions 1 --data DIR"
    assert "**3 test clips of mine, any caption of a clip**" in report.body
    assert "paraphrases" not in report.body, "the last caption of a clip is no paraphrase here"
    row, physics = (line for line in report.body.splitlines() if line.startswith("| real |"))
    assert row.count("| - ") == 5, "R@1 to R@3, FID, MultiModality"
    assert "R@k needs 32 clips, FID more than 32 motions" in report.body
    assert "so no intervals" in report.body and "±" not in row
    assert "nan" not in physics
    assert "no number here may stand beside published ones" in report.body


def test_a_folder_that_holds_nothing_out_is_refused(folder: Path) -> None:
    for split in ("test", "val"):
        (folder / f"{split}.txt").write_text("")
    with pytest.raises(InvalidRequestError, match="holds out no captioned clip"):
        quality.run(Obliging(), seeds=0, repetitions=1, data=folder, progress=False)


def test_the_validation_split_is_called_so(folder: Path) -> None:
    (folder / "test.txt").write_text("")
    report = quality.run(Obliging(), seeds=0, repetitions=1, data=folder, progress=False)
    assert "**3 validation clips of mine" in report.body


def test_words_without_their_evaluator_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequestError, match=r"finest\.tar, with --evaluator"):
        quality.load_evaluator(None, tmp_path)
    with pytest.raises(InvalidRequestError, match="both 0"):
        quality.run(Obliging(), seeds=0, repetitions=0)


def test_a_published_evaluator_takes_only_the_weighting_it_was_trained_with(
    folder: Path, tmp_path: Path
) -> None:
    torch.save(_published().official_state(), tmp_path / "finest.tar")
    clips = [np.load(path) for path in sorted((folder / "new_joint_vecs").glob("*.npy"))]
    mean, std = plain_statistics(clips, HUMANML3D)

    def load() -> MotionEvaluator:
        return quality.load_evaluator(tmp_path / "finest.tar", _glove(tmp_path), folder)

    with pytest.raises(InvalidRequestError, match=r"no statistics.*Comp_v6_KLD01/meta"):
        load()
    np.save(folder / "Mean.npy", mean)
    for weighting in (Weighting.unweighted, Weighting.once):
        np.save(folder / "Std.npy", weighted(std, HUMANML3D, weighting))
        with pytest.raises(InvalidRequestError, match=r"feature bias.*Comp_v6_KLD01/meta"):
            load()
    np.save(folder / "Std.npy", weighted(std, HUMANML3D, Weighting.twice))
    np.testing.assert_array_equal(load().std, weighted(std, HUMANML3D, Weighting.twice))


def _published() -> MotionEvaluator:
    config = EvaluatorConfig(word_width=6, text_width=8, movement_width=8, motion_width=8, embedding=4)
    words = WordVectors(["sos", "eos", "unk"], np.zeros((3, 6), np.float32))
    zeros = np.zeros(263)
    return MotionEvaluator(Networks(config), config, words, mean=zeros, std=zeros + 1, name="published")


def _glove(folder: Path) -> Path:
    words = ["sos", "eos", "unk"]
    np.save(folder / "our_vab_data.npy", np.zeros((3, 6)))
    (folder / "our_vab_words.pkl").write_bytes(pickle.dumps(words))
    (folder / "our_vab_idx.pkl").write_bytes(pickle.dumps({word: row for row, word in enumerate(words)}))
    return folder


def test_tables_name_directions_clips_and_what_stands_behind_them() -> None:
    whole = load_reference()
    part = replace(whole, captions=whole.captions[:40], real=whole.real[:40], tokens=(), segments=())
    blocks = compare(Obliging(), part, protocol=QUICK, progress=False)
    assert [list(block.rows) for block in blocks] == [["real", "retrieval, nearest caption", "fake"]] * 2
    text = to_report(blocks, shipped_evaluator(), "fake", "the command").markdown()
    assert "| R@1 ↑ | R@2 ↑ | R@3 ↑ | FID ↓ | MM-Dist ↓ | Diversity → | failed ↓ | MultiModality ↑ |" in text
    assert "40 clips, 2 repetitions, mean ± 1.96 std / sqrt(repetitions). R@k: 32 of them" in text
    assert "Diversity: 20 pairs. MultiModality: 2 pairs of 4 motions of 2 texts" in text
    assert "(chance: 0.031, 0.062, 0.094)" in text


def test_captions_without_the_words_an_evaluator_learnt_are_counted(other: Path) -> None:
    evaluator = MotionEvaluator.from_pretrained(other)
    whole = load_reference()
    part = replace(whole, captions=whole.captions[:2], real=whole.real[:2], tokens=(), paraphrased=False)
    for tagged, told in ((True, True), (False, False)):
        evaluator.tagged = tagged
        [block] = compare(Obliging(), part, evaluator, replace(QUICK, mm_texts=0), progress=False)
        assert ("8 captions have no words with parts of speech" in block.note) == told


class Kit(Obliging):
    """Makes KIT-ML's motion."""

    tokenizer = SimpleNamespace(representation=KIT)

    def decode(self, tokens: torch.LongTensor) -> np.ndarray:
        return np.zeros((4 * len(tokens), KIT.dim), np.float32)


def test_motion_of_another_skeleton_is_not_measured_as_if_it_were_ours() -> None:
    with pytest.raises(InvalidRequestError, match=r"layout of kit.*--seeds 0"):
        quality.suite.run(Kit(), seeds=1, progress=False)
    whole = replace(load_reference(), tokens=())
    assert {found.n for found in plausibility(_Bare(), whole).rows["fake"].values()} == {0}
    others = replace(whole, physics=np.full((len(whole), len(LABELS)), np.nan))
    assert {found.n for found in plausibility(_Bare(), others).rows["real"].values()} == {0}


class _Bare(Kit):
    tokenizer = None


def test_physical_tables_bootstrap_over_recordings() -> None:
    block = plausibility(Obliging(), replace(load_reference(), tokens=()))
    assert list(block.rows["fake"]) == list(LABELS)
    # What was measured when the set was made: nothing else in it tells of feet and floors.
    real = block.rows["real"]
    assert [round(real[label].mean, 3) for label in LABELS] == [0.087, 0.0, 47.769, 0.215, 0.06]
    assert "interval over recordings" in block.note
    assert "skating ratio ↓" in block.markdown()


def test_clips_of_one_recording_are_drawn_together() -> None:
    """Clips of one recording are alike here: the mean is as uncertain as recordings are few, not clips."""
    whole = load_reference()
    trials = [segment.trial for segment in whole.segments]
    values = {trial: float(number) for number, trial in enumerate(dict.fromkeys(trials))}
    alike = np.array([[values[trial]] * len(LABELS) for trial in trials], np.float32)
    found = plausibility(Obliging(), replace(whole, tokens=(), physics=alike)).rows["real"]
    by_recording = bootstrap_mean(alike[:, 0].tolist(), trials)
    by_clip = bootstrap_mean(alike[:, 0].tolist())
    assert by_recording.high - by_recording.low > 1.2 * (by_clip.high - by_clip.low)
    for estimate in found.values():
        assert (estimate.low, estimate.high) == (by_recording.low, by_recording.high)
