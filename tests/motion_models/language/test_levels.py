"""Steps of several codes: one id each in prompts and decoding, drawn level after level."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from motion_agent.motion_models import CheckpointError, InvalidRequestError, MotionLLM
from motion_agent.motion_models.language.requests import CaptionRequest, GenerateRequest
from motion_agent.motion_models.language.vocabulary import N_MARKERS, MotionVocabulary
from motion_agent.motion_models.training.language import select_adapter
from tiny_llm import shake_adapters, tiny_llm

LEVELS, CODES = 3, 5


def depth_of(model: MotionLLM) -> Any:
    """The head that writes the codes of a step one after another."""
    assert model.network.depth is not None
    return model.network.depth


def several(**options) -> MotionLLM:
    """A model of three levels whose depth head really changes what comes out."""
    model = tiny_llm(codebook_size=CODES, levels=LEVELS, **options)
    with torch.no_grad():
        for layer in depth_of(model).narrow:
            layer.weight.normal_(std=0.5)
    return shake_adapters(model)


@pytest.fixture(scope="module")
def model() -> MotionLLM:
    return several()


@given(st.lists(st.tuples(*[st.integers(0, 511)] * 4), min_size=1, max_size=8))
def test_a_step_is_one_id_and_comes_back(codes: list[tuple[int, ...]]) -> None:
    words = MotionVocabulary(100, 512, 4)
    ids = words.to_ids(torch.tensor(codes))
    assert len(ids) == len(codes) and min(ids) >= 102
    assert words.unpack(torch.tensor(ids) - 102).tolist() == [list(step) for step in codes]


def test_one_level_counts_as_it_always_did() -> None:
    words = MotionVocabulary(256_000)
    assert words.to_ids([0, 511]) == [256_002, 256_513]
    assert (words.n_rows, words.size, words.steps) == (514, 256_514, 512)
    assert MotionVocabulary(100, 512, 4).n_rows == 2 + 4 * 512


def test_codes_of_another_shape_are_refused() -> None:
    words = MotionVocabulary(100, 512, 4)
    for wrong in (torch.zeros(4, dtype=torch.long), torch.zeros(2, 3, dtype=torch.long)):
        with pytest.raises(InvalidRequestError, match="4 integers a step"):
            words.to_ids(wrong)
    with pytest.raises(ValueError, match="more than one id"):
        MotionVocabulary(100, 512, 7)


def test_all_that_can_follow_has_a_probability_and_they_are_one(model: MotionLLM) -> None:
    network, words = model.network, model.vocabulary
    ids = torch.arange(words.text_size + N_MARKERS + words.steps)
    hidden = torch.randn(1, network.rows.embedding.shape[1]).expand(len(ids), -1)
    with torch.no_grad():
        losses = network._losses(hidden, ids, 0.0)
    assert float((-losses.double()).exp().sum()) == pytest.approx(1.0, abs=1e-4)


def test_motions_have_a_row_for_every_step(model: MotionLLM) -> None:
    motions = model.generate(["a person walks forward"] * 2, seconds=[1.0, 2.0], seed=[3, 4])
    assert [motion.shape for motion in motions] == [(5, LEVELS), (10, LEVELS)]
    assert all(int(motion.min()) >= 0 and int(motion.max()) < CODES for motion in motions)
    assert all(len(set(column.tolist())) > 1 for column in motions[1].T)


@pytest.mark.parametrize("policy", ["merged", "switched", "grouped"])
@pytest.mark.parametrize("guidance", [1.0, 2.0])
def test_an_item_does_not_depend_on_its_batch_mates(policy: str, guidance: float) -> None:
    model = several(policy=policy)
    alone = GenerateRequest("a person walks forward", seconds=1.6, seed=5, guidance=guidance)
    mates = [
        GenerateRequest("a person jumps twice", seconds=4.0, seed=6, guidance=guidance),
        CaptionRequest(torch.zeros(4, LEVELS, dtype=torch.long), 5),
    ]
    (expected,), (found, *_) = model.run([alone]), model.run([alone, *mates])
    assert torch.equal(expected, found)  # type: ignore[arg-type]


def test_greedy_takes_the_likeliest_code_of_each_level_in_turn(model: MotionLLM) -> None:
    (motion,) = model.generate(["a person jumps twice"], seconds=0.6, greedy=True, guidance=1.0)
    network, words = model.network, model.vocabulary
    ids = torch.tensor([model.renderer.generation_prompt("a person jumps twice", 0.6, motion[:2])])
    with torch.no_grad(), network.decoder("generation") as decoder:
        hidden = decoder(inputs_embeds=network.embed(ids), use_cache=False).last_hidden_state[:, -1]
        codes = network.row_logits(hidden)[:, N_MARKERS:].argmax(dim=-1)[:, None]
        for level in range(1, words.levels):
            drawn = network.level_logits(hidden, codes, level).argmax(dim=-1)
            codes = torch.cat((codes, drawn[:, None]), dim=1)
    assert codes[0].tolist() == motion[2].tolist()


def test_every_level_of_a_context_matters(model: MotionLLM) -> None:
    before = torch.zeros(4, LEVELS, dtype=torch.long)
    options = {"seconds": 2.0, "seed": 1}
    (plain,) = model.generate(["a person walks forward"], prefixes=[before], **options)
    for level in range(LEVELS):
        other = before.clone()
        other[:, level] = 3
        (changed,) = model.generate(["a person walks forward"], prefixes=[other], **options)
        assert not torch.equal(plain, changed)


def test_saving_and_loading_is_exact_to_half_precision(model: MotionLLM, tmp_path: Path) -> None:
    model.save_pretrained(tmp_path)
    again = MotionLLM.from_pretrained(tmp_path, device="cpu")
    assert again.vocabulary == model.vocabulary
    torch.testing.assert_close(
        depth_of(again).narrow[1].weight, depth_of(model).narrow[1].weight, atol=1e-3, rtol=1e-3
    )
    captions, motions = ["a person walks forward"], [torch.randint(CODES, (6, LEVELS))]
    for task in ("generation", "captioning"):
        expected = model.log_likelihood(captions, motions, task)
        torch.testing.assert_close(
            again.log_likelihood(captions, motions, task), expected, atol=0.5, rtol=0.02
        )
    assert isinstance(again.caption(motions)[0], str)


def test_what_holds_one_code_a_step_is_refused(model: MotionLLM, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="one code a step, this model writes 3"):
        model.save_official(tmp_path / "motionllm.pth")
    with pytest.raises(CheckpointError, match="a plain transformers model one"):
        model.network.merged_backbone("generation")


@pytest.mark.parametrize("train_rows", [True, False])
def test_the_depth_head_is_trained_with_the_rows(train_rows: bool) -> None:
    model = several()
    select_adapter(model, "generation", train_rows=train_rows)
    assert {p.requires_grad for p in depth_of(model).parameters()} == {train_rows}
