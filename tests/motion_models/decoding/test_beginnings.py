"""The beginning of a template is read once, kept over calls, and changes nothing."""

from __future__ import annotations

from typing import cast

import pytest
import torch
from motion_agent.motion_models.decoding import slots
from motion_agent.motion_models.decoding.batch import Batch
from motion_agent.motion_models.decoding.beginnings import Beginnings
from motion_agent.motion_models.decoding.decoding import Decoding
from motion_agent.motion_models.language.motion_llm import MotionLLM
from tiny_llm import CAPTIONS, tiny_llm
from torch import nn
from transformers.cache_utils import DynamicLayer

POLICIES = pytest.mark.parametrize("policy", ["merged", "grouped", "switched"])
MOTION = [1, 2, 3]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Tokens of every pass that reads prompts."""
    counts: list[int] = []
    forward = slots._forward

    def watched(decoder, inputs, mask, positions, cache):  # type: ignore[no-untyped-def]
        if inputs.shape[1] > 1:
            counts.append(inputs.shape[0] * inputs.shape[1])
        return forward(decoder, inputs, mask, positions, cache)

    monkeypatch.setattr(slots, "_forward", watched)
    return counts


def made(model: MotionLLM) -> tuple[list[int], list[str]]:
    motion = model.generate(CAPTIONS[:1], seconds=3.0, seed=1)[0].tolist()
    return motion, model.caption([MOTION], max_new_tokens=8)


@POLICIES
def test_a_second_call_reads_only_what_is_its_own(policy: str, read: list[int]) -> None:
    model = tiny_llm(template="alpaca", policy=policy)
    prompt = len(model.renderer.generation_prompt(CAPTIONS[1]))
    model.generate(CAPTIONS[:1], seconds=1.0)
    read.clear()
    model.generate(CAPTIONS[1:2], seconds=1.0)
    kept = len(model.renderer.beginnings["generation"])
    assert sum(read) == prompt - kept
    assert kept > 0.8 * prompt


@POLICIES
def test_results_are_those_of_prompts_read_as_a_whole(policy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny_llm(template="alpaca", policy=policy)
    first, again = made(model), made(model)
    monkeypatch.setattr(slots, "_WORTH_KEEPING", 10_000)
    assert first == again == made(tiny_llm(template="alpaca", policy=policy))


def test_every_prompt_of_a_task_has_its_beginning() -> None:
    model = tiny_llm(template="alpaca")
    for task, prompt in (
        ("generation", model.renderer.generation_prompt("zigzag, then 3 jumps")),
        ("captioning", model.renderer.captioning_prompt([7] * 20)),
    ):
        beginning = model.renderer.beginnings[task]  # type: ignore[index]
        assert len(beginning) > 100 and prompt[: len(beginning)] == beginning


def test_short_beginnings_are_not_worth_a_pass(read: list[int]) -> None:
    model = tiny_llm()
    model.generate(CAPTIONS[:1], seconds=1.0)
    assert len(read) == 1 and not len(model.network.decoding.beginnings)


def test_new_weights_forget_what_the_old_ones_read() -> None:
    model = tiny_llm(template="alpaca")
    made(model)
    assert len(model.network.decoding.beginnings) == 2
    with torch.no_grad():
        for name, parameter in model.network.named_parameters():
            if ".lora_B.t2m" in name:
                parameter.mul_(2)
    model.network.load_state_dict(model.network.state_dict())
    assert not len(model.network.decoding.beginnings)
    changed = made(model)
    assert changed == made(model)


def test_few_are_kept_and_those_not_asked_for_leave_first() -> None:
    kept, module, reads = Beginnings(room=2), nn.Identity(), []

    def ask(name: int) -> torch.Tensor:
        def fill(cache):  # type: ignore[no-untyped-def]
            reads.append(name)
            cache.update(torch.full((1, 1, 2, 4), float(name)), torch.zeros(1, 1, 2, 4), 0)

        cache = kept.cache((module, 0, (name,)), fill)
        cache.update(torch.ones(1, 1, 1, 4), torch.ones(1, 1, 1, 4), 0)
        keys = cast(DynamicLayer, cache.layers[0]).keys
        assert keys is not None
        return keys[0, 0, :, 0]

    for name in (1, 2, 1, 3, 1, 2):
        assert ask(name).tolist() == [name, name, 1]
    assert reads == [1, 2, 3, 2] and len(kept) == 2


def test_what_is_read_while_weights_change_is_not_kept() -> None:
    kept, module = Beginnings(), nn.Identity()

    def changed_meanwhile(cache):  # type: ignore[no-untyped-def]
        cache.update(torch.ones(1, 1, 2, 4), torch.ones(1, 1, 2, 4), 0)
        kept.forget()

    assert kept.cache((module, 0, (1, 2)), changed_meanwhile).get_seq_length() == 2
    assert not len(kept)


def test_no_batch_is_kept_that_weights_of_before_were_decoded_in(monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny_llm()
    decoding = model.network.decoding = Decoding(fixed=True)
    made(model)
    assert decoding._idle
    advance = Batch.advance
    monkeypatch.setattr(Batch, "advance", lambda self: (advance(self), decoding.forget()))
    made(model)
    assert not decoding._idle
