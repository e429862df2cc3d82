"""Both adapters in one batch: what comes out is what each task gives by itself."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
import torch
from motion_agent.motion_models.decoding.decoding import Decoding
from motion_agent.motion_models.decoding.grouped import GroupedDecoder
from motion_agent.motion_models.language.motion_llm import MotionLLM
from motion_agent.motion_models.language.requests import CaptionRequest, GenerateRequest, Request
from peft.tuners.lora import Linear
from tiny_llm import CAPTIONS, tiny_llm
from torch import nn

KINDS = pytest.mark.parametrize("kind", ["gemma2", "llama", "compact"])
MOTIONS = [[1, 2, 3], [500], [7] * 12]


def mixed(greedy: bool, guidance: float | None = None) -> list[Request]:
    requests: list[Request] = []
    for n, (caption, motion) in enumerate(zip(CAPTIONS, MOTIONS, strict=True)):
        seconds = (None, 1.0, 2.4)[n]
        requests.append(
            GenerateRequest(caption, seconds, seed=n, greedy=greedy, guidance=guidance, max_seconds=3.0)
        )
        requests.append(CaptionRequest(motion, max_new_tokens=4 + 5 * n, seed=10 + n, greedy=greedy))
    return requests


def plain(results: list[torch.LongTensor | str]) -> list[object]:
    return [result if isinstance(result, str) else result.tolist() for result in results]


@KINDS
@pytest.mark.parametrize("greedy", [True, False])
@pytest.mark.parametrize("guidance", [None, 3.0])
@pytest.mark.parametrize("decoding", [{}, {"fixed": True}, {"room": 2}], ids=str)
def test_one_mixed_batch_gives_what_merged_copies_give(
    kind: str, greedy: bool, guidance: float | None, decoding: dict[str, object]
) -> None:
    requests = mixed(greedy, guidance)
    expected = plain(tiny_llm(kind, policy="merged").run(requests))
    model = tiny_llm(kind, policy="grouped")
    model.network.decoding = Decoding(**decoding)  # type: ignore[arg-type]
    assert plain(model.run(requests)) == expected
    assert plain(model.run(requests[::-1]))[::-1] == expected


@KINDS
@pytest.mark.parametrize("task", ["generation", "captioning"])
def test_likelihoods_are_those_of_the_task(kind: str, task: str) -> None:
    scores = [
        tiny_llm(kind, policy=policy).log_likelihood(CAPTIONS, MOTIONS, task=task)  # type: ignore[arg-type]
        for policy in ("merged", "grouped")
    ]
    torch.testing.assert_close(*scores, rtol=1e-4, atol=1e-3)


def test_the_tasks_share_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny_llm(policy="grouped")
    sizes: list[int] = []
    forward = GroupedDecoder.forward

    def watched(self: GroupedDecoder, **inputs: torch.Tensor) -> object:
        sizes.append(len(inputs["inputs_embeds"]))
        return forward(self, **inputs)

    monkeypatch.setattr(GroupedDecoder, "forward", watched)
    generate = [GenerateRequest(caption, 2.0, seed=1) for caption in CAPTIONS]
    model.run([*generate, CaptionRequest(MOTIONS[0], max_new_tokens=6)])
    assert sizes[2] == 4  # after one reading of prompts for each adapter


def test_pure_batches_never_meet_the_other_head(monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny_llm(policy="grouped")
    monkeypatch.setattr(model.network, "text_logits", lambda hidden: pytest.fail("text rows were used"))
    model.generate(CAPTIONS, seconds=1.0)
    monkeypatch.undo()
    monkeypatch.setattr(model.network, "row_logits", lambda hidden: pytest.fail("motion rows were used"))
    model.caption(MOTIONS)


def storage(tensors: Iterable[torch.Tensor]) -> set[int]:
    return {tensor.untyped_storage().data_ptr() for tensor in tensors}


@KINDS
def test_the_backbone_is_not_copied(kind: str) -> None:
    model = tiny_llm(kind, policy="grouped")
    plain = model.network.plain_backbone.get_decoder()
    linear = [
        m.base_layer.weight
        for m in plain.modules()
        if isinstance(m, Linear) and isinstance(m.base_layer, nn.Linear)
    ]
    with model.network.decoder("generation") as decoder:
        held = storage([*decoder.parameters(), *decoder.buffers()])
    assert len(linear) == 14 and storage(linear) <= held


def test_grouped_adapters_follow_the_weights() -> None:
    model: MotionLLM = tiny_llm(policy="grouped")
    before = model.log_likelihood(CAPTIONS, MOTIONS)
    model.network.train()
    with torch.no_grad():
        for name, parameter in model.network.named_parameters():
            if ".lora_B.t2m" in name:
                parameter.mul_(2)
    model.network.eval()
    assert not torch.allclose(before, model.log_likelihood(CAPTIONS, MOTIONS))


def test_architectures_unknown_here_keep_their_own_forward_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    from motion_agent.motion_models.decoding import grouped
    from motion_agent.motion_models.language import network

    requests = mixed(greedy=False)
    expected = {policy: plain(tiny_llm(policy=policy).run(requests)) for policy in ("merged", "grouped")}
    for room in (grouped, network):
        monkeypatch.setattr(room, "lean_decoder", lambda decoder, join: None)
    for policy, results in expected.items():
        assert plain(tiny_llm(policy=policy).run(requests)) == results


@pytest.mark.gpu
@KINDS
@pytest.mark.parametrize("guidance", [None, 3.0])
def test_captured_mixed_batches_give_what_single_steps_give(kind: str, guidance: float | None) -> None:
    requests = mixed(greedy=True, guidance=guidance)
    model = tiny_llm(kind, policy="grouped")
    on_cpu = plain(model.run(requests))
    model.to("cuda")
    for _ in range(2):  # the second call finds the graphs of the first
        assert plain(model.run(requests)) == on_cpu


@pytest.mark.slow
def test_compiled_mixed_batches_give_what_plain_steps_give() -> None:
    requests = mixed(greedy=True)
    model = tiny_llm(policy="grouped")
    expected = plain(model.run(requests))
    model.network.decoding = Decoding(compiled=True)
    assert plain(model.run(requests)) == expected
