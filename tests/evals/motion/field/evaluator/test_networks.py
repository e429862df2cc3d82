"""The evaluator: the published key layout and sizes, batches that do not mix, words, files in and out."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from motion_agent.evals.motion.field.evaluator import MotionEvaluator
from motion_agent.evals.motion.field.evaluator.evaluator import Networks
from motion_agent.evals.motion.field.evaluator.networks import EvaluatorConfig
from motion_agent.evals.motion.field.evaluator.word_vectors import TAGS, WordVectors, tokens_of
from motion_agent.motion_models import CheckpointError, InvalidMotionError, InvalidRequestError
from motion_agent.motion_models.data.clips import Caption
from torch import nn
from torch.nn import functional

SMALL = EvaluatorConfig(
    features=20, word_width=6, text_width=8, movement_width=10, motion_width=12, embedding=5, max_frames=40
)
WORDS = ["sos", "eos", "unk", "walk", "a", "man"]


def small() -> MotionEvaluator:
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    words = WordVectors(WORDS, rng.normal(size=(len(WORDS), 6)).astype(np.float32))
    return MotionEvaluator(
        Networks(SMALL), SMALL, words, mean=rng.normal(size=20), std=rng.uniform(0.5, 2, 20), name="small"
    )


@pytest.fixture
def motions() -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    return [rng.normal(size=(length, 20)).astype(np.float32) for length in (4, 40, 23, 16)]


def write_glove(folder: Path, evaluator: MotionEvaluator) -> Path:
    """As published: rows in an order of their own, which the index file tells."""
    order = np.random.default_rng(2).permutation(len(WORDS))
    vectors = np.empty((len(WORDS), SMALL.word_width))
    vectors[order] = evaluator.words.vectors
    np.save(folder / "our_vab_data.npy", vectors)
    (folder / "our_vab_words.pkl").write_bytes(pickle.dumps(WORDS))
    index = {word: int(row) for word, row in zip(WORDS, order, strict=True)}
    (folder / "our_vab_idx.pkl").write_bytes(pickle.dumps(index))
    return folder


def test_the_published_layout_at_its_sizes() -> None:
    with torch.device("meta"):
        shapes = {
            name: tuple(value.shape) for name, value in Networks(EvaluatorConfig()).state_dict().items()
        }
    assert shapes["movement_encoder.main.0.weight"] == (512, 259, 4)
    assert shapes["movement_encoder.main.3.weight"] == (512, 512, 4)
    assert shapes["movement_encoder.out_net.weight"] == (512, 512)
    assert shapes["text_encoder.pos_emb.weight"] == (300, 15)
    assert shapes["text_encoder.input_emb.weight"] == (512, 300)
    assert shapes["text_encoder.hidden"] == (2, 1, 512)
    assert shapes["text_encoder.output_net.0.weight"] == (512, 1024)
    assert shapes["text_encoder.output_net.3.weight"] == (512, 512)
    assert shapes["motion_encoder.input_emb.weight"] == (1024, 512)
    assert shapes["motion_encoder.hidden"] == (2, 1, 1024)
    assert shapes["motion_encoder.output_net.0.weight"] == (1024, 2048)
    assert shapes["motion_encoder.output_net.1.weight"] == (1024,)
    assert shapes["motion_encoder.gru.weight_ih_l0_reverse"] == (3072, 1024)
    # Their places are columns of the published pos_emb.
    assert " ".join(TAGS[:9]) == "VERB NOUN DET ADP NUM AUX PRON ADJ ADV"
    assert " ".join(TAGS[9:]) == "Loc_VIP Body_VIP Obj_VIP Act_VIP Desc_VIP OTHER"


def test_a_motion_is_embedded_as_the_modules_say(motions: list[np.ndarray]) -> None:
    """One clip, unpadded but for the frame that the convolutions look ahead, through plain torch calls."""
    evaluator, motion = small(), motions[2]
    parts = evaluator.networks
    normal = torch.from_numpy((motion[:20] - evaluator.mean) / evaluator.std)
    x = functional.pad(normal, (0, 0, 0, 20))[None, :, :-4].transpose(1, 2)
    first, second = parts.movement_encoder.main[0], parts.movement_encoder.main[3]
    assert isinstance(first, nn.Conv1d) and isinstance(second, nn.Conv1d)
    x = functional.leaky_relu(functional.conv1d(x, first.weight, first.bias, 2, 1), 0.2)
    x = functional.leaky_relu(functional.conv1d(x, second.weight, second.bias, 2, 1), 0.2)
    movements = parts.movement_encoder.out_net(x.transpose(1, 2))[:, :5]
    encoder = parts.motion_encoder
    _, last = encoder.gru(encoder.input_emb(movements), encoder.hidden)
    expected = encoder.output_net(torch.cat((last[0], last[1]), dim=-1))
    np.testing.assert_allclose(evaluator.embed_motions([motion])[0], expected[0].detach(), atol=1e-5)


def test_a_text_is_embedded_as_the_modules_say() -> None:
    """Word vectors plus the embedded one-hot tags, from sos to eos, through plain torch calls."""
    evaluator = small()
    encoder = evaluator.networks.text_encoder
    rows = [WORDS.index(word) for word in ("sos", "a", "man", "unk", "eos")]
    tags = torch.eye(15)[[14, 2, 1, 14, 14]]
    words = torch.from_numpy(evaluator.words.vectors)[rows]
    inputs = words + tags @ encoder.pos_emb.weight.T + encoder.pos_emb.bias
    _, last = encoder.gru(encoder.input_emb(inputs)[None], encoder.hidden)
    expected = encoder.output_net(torch.cat((last[0], last[1]), dim=-1))
    found = evaluator.embed_texts([["a/DET", "man/NOUN", "strange/VERB"]])
    np.testing.assert_allclose(found[0], expected[0].detach(), atol=1e-5)


def test_batch_mates_and_order_change_nothing(motions: list[np.ndarray]) -> None:
    evaluator = small()
    together = evaluator.embed_motions(motions)
    np.testing.assert_allclose(
        together[::-1], evaluator.embed_motions(motions[::-1], batch_size=3), atol=1e-5
    )
    texts = ["a man", "walk", "a man walk a man walk"]
    alone = np.concatenate([evaluator.embed_texts([text]) for text in texts])
    np.testing.assert_allclose(evaluator.embed_texts(texts), alone, atol=1e-5)


def test_contacts_and_frames_beyond_the_last_movement_do_not_count(motions: list[np.ndarray]) -> None:
    evaluator, motion = small(), motions[2].copy()
    before = evaluator.embed_motions([motion])
    motion[:, -4:] += 1
    motion[20:] += 1
    np.testing.assert_allclose(evaluator.embed_motions([motion]), before, atol=1e-6)


def test_words_between_start_and_end_with_the_tags_that_matter() -> None:
    table = WordVectors(WORDS, np.zeros((6, 2), np.float32))
    rows, tags = table.rows(["a/DET", "man/NOUN", "walk/VERB", "xyz/NOUN", "man/STRANGE"], 20)
    assert [WORDS[row] for row in rows] == ["sos", "a", "man", "walk", "unk", "man", "eos"]
    kinds = ["OTHER", "DET", "NOUN", "Act_VIP", "OTHER", "OTHER", "OTHER"]
    assert [TAGS[tag] for tag in tags] == kinds
    assert len(table.rows(["a/DET"] * 50, 20)[0]) == 22
    assert tokens_of("A man's  WALK, 2x!") == ["a/OTHER", "mans/OTHER", "walk/OTHER", "2x/OTHER"]


def test_parts_of_speech_are_shown_to_an_evaluator_that_learnt_them_alone(tmp_path: Path) -> None:
    evaluator = small()
    caption = Caption("a man walks", ("a/DET", "man/NOUN", "walk/VERB"))
    as_text, as_words = (evaluator.embed_texts([given]) for given in (caption.text, caption.words))
    assert np.abs(as_text - as_words).max() > 1e-3
    np.testing.assert_array_equal(evaluator.embed_captions([caption]), as_text)
    evaluator.tagged = True
    np.testing.assert_array_equal(evaluator.embed_captions([caption]), as_words)
    np.testing.assert_array_equal(evaluator.embed_captions([Caption(caption.text)]), as_text)
    evaluator.save_pretrained(tmp_path)
    assert MotionEvaluator.from_pretrained(tmp_path).tagged


def test_our_folder_reads_back(tmp_path: Path, motions: list[np.ndarray]) -> None:
    evaluator = small()
    evaluator.save_pretrained(tmp_path)
    again = MotionEvaluator.from_pretrained(tmp_path)
    assert again.words.words == WORDS
    assert not again.tagged
    np.testing.assert_allclose(again.embed_motions(motions), evaluator.embed_motions(motions), atol=5e-3)
    np.testing.assert_allclose(again.embed_texts(["a man"]), evaluator.embed_texts(["a man"]), atol=5e-3)


def test_a_published_file_loads_with_its_words(tmp_path: Path, motions: list[np.ndarray]) -> None:
    evaluator = small()
    extra = {"opt_text_encoder": {"state": {}, "param_groups": []}, "epoch": 3, "iter": 10}
    torch.save({**evaluator.official_state(), **extra}, tmp_path / "finest.tar")
    glove = write_glove(tmp_path, evaluator)
    loaded = MotionEvaluator.from_official(tmp_path / "finest.tar", glove, evaluator.mean, evaluator.std)
    assert loaded.tagged
    # The published evaluator pads to 196 frames; a short clip is the same whatever it is padded to.
    np.testing.assert_allclose(
        loaded.embed_motions(motions[:1]), evaluator.embed_motions(motions[:1]), atol=1e-5
    )
    np.testing.assert_allclose(loaded.embed_texts(["a man"]), evaluator.embed_texts(["a man"]), atol=1e-5)


def test_files_that_do_not_belong_are_refused(tmp_path: Path) -> None:
    evaluator = small()
    glove = write_glove(tmp_path, evaluator)
    (tmp_path / "junk.tar").write_bytes(b"no archive")
    with pytest.raises(CheckpointError, match="is no checkpoint"):
        MotionEvaluator.from_official(tmp_path / "junk.tar", glove, evaluator.mean, evaluator.std)
    torch.save({"text_encoder": {}}, tmp_path / "part.tar")
    with pytest.raises(CheckpointError, match="movement_encoder"):
        MotionEvaluator.from_official(tmp_path / "part.tar", glove, evaluator.mean, evaluator.std)
    torch.save(evaluator.official_state(), tmp_path / "finest.tar")
    with pytest.raises(CheckpointError, match="20 finite numbers"):
        MotionEvaluator.from_official(tmp_path / "finest.tar", glove, np.zeros(7), evaluator.std)
    with pytest.raises(CheckpointError, match="is missing"):
        MotionEvaluator.from_pretrained(tmp_path)


class Runs:
    def __reduce__(self):
        return (print, ("this must not run",))


def test_code_in_the_words_does_not_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    glove = write_glove(tmp_path, small())
    (glove / "our_vab_words.pkl").write_bytes(pickle.dumps([Runs()]))
    with pytest.raises(CheckpointError, match="wants to load"):
        WordVectors.from_glove(glove)
    assert not capsys.readouterr().out


def test_words_without_a_vector_are_said_to_be_damaged(tmp_path: Path) -> None:
    glove = write_glove(tmp_path, small())
    np.save(glove / "our_vab_data.npy", np.zeros((2, SMALL.word_width)))
    with pytest.raises(CheckpointError, match="does not hold the evaluator's words"):
        WordVectors.from_glove(glove)


def test_bad_input_is_named(motions: list[np.ndarray]) -> None:
    evaluator = small()
    with pytest.raises(InvalidMotionError, match=r"T >= 4, 20"):
        evaluator.embed_motions([motions[0][:3]])
    with pytest.raises(InvalidMotionError, match=r"T >= 4, 20"):
        evaluator.embed_motions([motions[0][:, :-1]])
    with pytest.raises(InvalidRequestError, match="empty"):
        evaluator.embed_texts(["a man", ""])
    assert evaluator.embed_motions([]).shape == (0, 5)
