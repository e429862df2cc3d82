"""The evaluator's training at toy size, and the evaluator that ships."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers import walking, write_recordings
from motion_agent.evals.motion.field.comparison import compare
from motion_agent.evals.motion.field.evaluator import shipped_evaluator
from motion_agent.evals.motion.field.evaluator.evaluator import Networks
from motion_agent.evals.motion.field.evaluator.networks import EvaluatorConfig
from motion_agent.evals.motion.field.evaluator.reference import (
    codebook_mark,
    load_reference,
    recorded_reference,
    write_reference,
)
from motion_agent.evals.motion.field.evaluator.training import (
    EvaluatorObjective,
    EvaluatorRecipe,
    FrameBook,
    make_evaluator,
    train_evaluator,
)
from motion_agent.evals.motion.field.protocol import EvaluationProtocol, evaluate
from motion_agent.evals.motion.field.sources import Retrieved, Stored
from motion_agent.motion_models import CheckpointError, InvalidRequestError, MotionTokenizer, load_backend
from motion_agent.motion_models.english.captions import load_captions
from motion_agent.motion_models.motion.features import from_joints
from motion_agent.motion_models.storage.layout import DEFAULT_WEIGHTS

TINY = EvaluatorRecipe(
    config=EvaluatorConfig(word_width=8, text_width=16, movement_width=16, motion_width=16, embedding=4),
    steps=20,
    batch_size=8,
    warmup_steps=2,
    learning_rate=1e-2,
    save_steps=10,
)
#: A trial of the training split and one held out, with captions that ship.
SHOWN, HELD_OUT = "16_31", "16_30"


def shipped_tokenizer() -> MotionTokenizer:
    return MotionTokenizer.from_pretrained(DEFAULT_WEIGHTS / "tokenizer", device="cpu")


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    trials = {SHOWN: walking(200), "16_32": walking(150, speed=0.5), HELD_OUT: walking(120, speed=1.5)}
    return write_recordings(tmp_path_factory.mktemp("data"), trials)


def test_a_frame_book_gives_back_what_it_was_shown() -> None:
    book, first, second = FrameBook(), np.arange(18.0).reshape(9, 2), np.ones((4, 2))
    ids = [book.encode(rows.astype(np.float32)) for rows in (first, second)]
    assert [id.tolist() for id in ids] == [[0, 1], [2]]
    np.testing.assert_array_equal(book.table()[ids[0]].reshape(-1, 2), first[:8])


def test_the_objective_brings_texts_to_their_motions() -> None:
    torch.manual_seed(0)
    config, vectors = TINY.config, np.random.default_rng(0).normal(size=(9, 8)).astype(np.float32)
    objective = EvaluatorObjective(Networks(config), vectors, TINY, 0)
    batch = {
        "features": torch.randn(8, config.max_frames, config.features),
        "frames": torch.full((8,), 40),
        "words": torch.arange(1, 9)[:, None].expand(-1, 3),
        "tags": torch.zeros(8, 3, dtype=torch.long),
        "lengths": torch.full((8,), 3),
        "kind": torch.arange(8),
    }
    optimizer = torch.optim.Adam(objective.parameters(), 1e-2)
    first = objective(**batch)["loss"].item()
    for _ in range(60):
        optimizer.zero_grad()
        objective(**batch)["loss"].backward()
        optimizer.step()
    assert objective(**batch)["loss"].item() < 0.2 * first
    # Where all show the same there is nothing to tell apart, and nothing to lose.
    same = batch | {"kind": torch.zeros(8, dtype=torch.long)}
    assert objective(**same)["loss"].item() == pytest.approx(0.0, abs=1e-6)


def test_a_killed_training_goes_on_exactly(recordings: Path, tmp_path: Path) -> None:
    trained = train_evaluator(recordings, tmp_path / "whole", TINY)
    motion = from_joints(walking(60))
    middle = Path("checkpoints") / "checkpoint-10"
    shutil.copytree(tmp_path / "whole" / middle, tmp_path / "resumed" / middle)
    again = train_evaluator(recordings, tmp_path / "resumed", TINY)
    np.testing.assert_array_equal(again.embed_motions([motion]), trained.embed_motions([motion]))
    others = tmp_path / "others"
    others.mkdir()
    write_recordings(others, {SHOWN: walking(201)})
    with pytest.raises(InvalidRequestError, match="made of other data"):
        train_evaluator(others, tmp_path / "resumed", TINY)


def test_the_command_leaves_an_evaluator_with_its_reference(recordings: Path, tmp_path: Path) -> None:
    make_evaluator(recordings, tmp_path / "made", replace(TINY, steps=2))
    assert len(load_reference(tmp_path / "made").real) == len(load_reference(tmp_path / "made").captions) > 0


def test_a_reference_that_is_written_is_the_one_that_is_recorded(recordings: Path, tmp_path: Path) -> None:
    evaluator, tokenizer = shipped_evaluator(), shipped_tokenizer()
    write_reference(recordings, evaluator, tokenizer, tmp_path)
    stored, fresh = load_reference(tmp_path), recorded_reference(recordings, evaluator, tokenizer)
    np.testing.assert_allclose(stored.real, fresh.real, atol=1e-6)
    np.testing.assert_allclose(stored.library, fresh.library, atol=1e-6)
    assert stored.library_captions == fresh.library_captions
    texts = [[caption.text for caption in lines] for lines in stored.captions]
    assert texts == [list(s.captions) for s in load_captions() if s.trial == HELD_OUT][: len(texts)]
    assert [codes.tolist() for codes in stored.tokens] == [codes.tolist() for codes in fresh.tokens]
    assert stored.codebook == fresh.codebook == codebook_mark(tokenizer)
    (tmp_path / "reference.safetensors").write_bytes(b"cut")
    with pytest.raises(CheckpointError, match="damaged"):
        load_reference(tmp_path)


def test_the_shipped_evaluator_tells_clips_apart_and_knows_its_reference() -> None:
    """Real clips are found far above chance (.094), better than what retrieval answers with."""
    reference, evaluator = load_reference(), shipped_evaluator()
    protocol = EvaluationProtocol(repetitions=10)
    real = evaluate(Stored("real", reference.real), reference, evaluator, protocol, progress=False)
    retrieved = evaluate(Retrieved(reference), reference, evaluator, protocol, progress=False)
    assert real["R@3"].mean > 0.8
    assert real["R@3"].mean > retrieved["R@3"].mean > 0.5
    assert reference.codebook == codebook_mark(shipped_tokenizer()), "tokens of another tokenizer ship"


def test_the_shipped_model_is_compared_with_all_sources() -> None:
    reference = load_reference()
    part = replace(
        reference, captions=reference.captions[::4], real=reference.real[::4], tokens=reference.tokens[::4]
    )
    protocol = EvaluationProtocol(repetitions=1, mm_texts=2, mm_samples=4, pairs=2)
    blocks = compare(load_backend(device="cpu"), part, protocol=protocol, progress=False)
    assert [list(block.rows) for block in blocks] == [
        ["real", "tokenizer reconstruction", "retrieval, nearest caption", "default"]
    ] * 2
    for block in blocks:
        made = block.rows["default"]
        assert made["R@3"].mean > 0.6
        assert made["MultiModality"].mean > 0
        assert "| default |" in block.markdown()
    torch.testing.assert_close(blocks[0].rows["real"]["FID"].mean, 0.0, atol=1e-6, rtol=0)
