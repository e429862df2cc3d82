from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from motion_agent.motion_models.errors import InvalidRequestError
from motion_agent.motion_models.language.llm_config import GenerationDefaults
from motion_agent.motion_models.language.motion_llm import MotionLLM
from motion_agent.motion_models.language.network import MotionNetwork
from motion_agent.motion_models.language.vocabulary import MotionVocabulary
from motion_agent.motion_models.training.language import LanguageRecipe, RunDataset
from tiny_llm import ADAPTERS, CAPTIONS, shake_adapters, tiny_backbone, tiny_llm
from transformers import BertConfig, BertModel

KINDS = pytest.mark.parametrize("kind", ["gemma2", "llama", "compact"])
MOTIONS = [[1, 2, 3], [500], [7] * 12]


def independent_log_likelihood(model: MotionLLM, task: str, caption: str, motion: list[int]) -> float:
    """By transformers alone: one pair, the merged plain model, no padding."""
    example = model.renderer.example(task, caption, motion)  # type: ignore[arg-type]
    plain = model.network.merged_backbone(task)  # type: ignore[arg-type]
    with torch.no_grad():
        scores = plain(torch.tensor([example.ids])).logits[0].log_softmax(-1)
    targets = range(example.prompt_length, len(example.ids))
    return sum(float(scores[i - 1, example.ids[i]]) for i in targets)


@KINDS
@pytest.mark.parametrize("task", ["generation", "captioning"])
@pytest.mark.parametrize("policy", ["merged", "switched"])
def test_log_likelihood_is_that_of_the_merged_plain_model(kind: str, task: str, policy: str) -> None:
    model = tiny_llm(kind, policy=policy)
    ours = model.log_likelihood(CAPTIONS, MOTIONS, task=task)  # type: ignore[arg-type]
    theirs = [independent_log_likelihood(model, task, c, m) for c, m in zip(CAPTIONS, MOTIONS, strict=True)]
    torch.testing.assert_close(ours, torch.tensor(theirs), rtol=1e-4, atol=1e-3)


def test_rows_beyond_the_text_tokenizer_are_no_words() -> None:
    model = tiny_llm("llama", extra_rows=64)
    assert model.vocabulary.start_id == len(model.tokenizer)
    expected = independent_log_likelihood(model, "generation", CAPTIONS[0], MOTIONS[0])
    assert model.log_likelihood(CAPTIONS[:1], MOTIONS[:1]).item() == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("policy", ["merged", "switched"])
def test_each_task_uses_its_own_adapter(policy: str) -> None:
    model, bare = tiny_llm(policy=policy), tiny_llm(adapters=False)
    for task in ("generation", "captioning", "generation"):
        assert not torch.allclose(
            model.log_likelihood(CAPTIONS, MOTIONS, task=task),  # type: ignore[arg-type]
            bare.log_likelihood(CAPTIONS, MOTIONS, task=task),  # type: ignore[arg-type]
            atol=0.1,
        )
    merged = tiny_llm(policy="merged")
    assert model.caption(MOTIONS) == merged.caption(MOTIONS)


@KINDS
@pytest.mark.parametrize("policy", ["merged", "switched", "grouped"])
def test_the_only_adapter_does_not_speak_for_the_other_task(kind: str, policy: str) -> None:
    bare = tiny_llm(kind, adapters=False)
    torch.manual_seed(0)
    model = tiny_llm(kind, adapters=False, policy=policy)
    shake_adapters(model.add_adapters({"t2m": ADAPTERS["t2m"]}))
    assert model.caption(MOTIONS) == bare.caption(MOTIONS)
    torch.testing.assert_close(
        model.log_likelihood(CAPTIONS, MOTIONS, task="captioning"),
        bare.log_likelihood(CAPTIONS, MOTIONS, task="captioning"),
    )
    ours, theirs = (m.network.merged_backbone("captioning").state_dict() for m in (model, bare))
    assert ours.keys() == theirs.keys() and all(torch.equal(ours[name], theirs[name]) for name in ours)
    generating = model.log_likelihood(CAPTIONS, MOTIONS), bare.log_likelihood(CAPTIONS, MOTIONS)
    assert not torch.allclose(*generating, atol=0.1)


def test_few_logits_are_formed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny_llm()
    expected = model.log_likelihood(CAPTIONS, MOTIONS)
    rows: list[int] = []
    monkeypatch.setattr("motion_agent.motion_models.language.network._LOGITS", 3 * model.vocabulary.size + 1)
    logits = model.network.logits
    monkeypatch.setattr(model.network, "logits", lambda hidden: rows.append(len(hidden)) or logits(hidden))
    torch.testing.assert_close(model.log_likelihood(CAPTIONS, MOTIONS), expected)
    assert max(rows) == 3 and len(rows) > 3


def test_a_switched_backbone_serves_threads_without_mixing_adapters() -> None:
    model = tiny_llm(policy="switched")
    tasks = ["generation", "captioning"] * 8
    alone = {task: model.log_likelihood(CAPTIONS, MOTIONS, task=task) for task in tasks[:2]}  # type: ignore[arg-type]
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda task: model.log_likelihood(CAPTIONS, MOTIONS, task=task), tasks))
    for task, result in zip(tasks, results, strict=True):
        torch.testing.assert_close(result, alone[task])


def test_merged_copies_follow_the_weights() -> None:
    model = tiny_llm(policy="merged")
    before = model.log_likelihood(CAPTIONS, MOTIONS)
    model.network.train()
    with torch.no_grad():
        for name, parameter in model.network.named_parameters():
            if ".lora_B.t2m" in name:
                parameter.mul_(2)
    model.network.eval()
    assert not torch.allclose(before, model.log_likelihood(CAPTIONS, MOTIONS))


def test_likelihood_in_the_middle_of_training_has_no_dropout() -> None:
    model = tiny_llm()
    expected = model.log_likelihood(CAPTIONS, MOTIONS)
    model.network.embedding_dropout.p = 0.5
    model.network.train()
    torch.testing.assert_close(model.log_likelihood(CAPTIONS, MOTIONS), expected)
    assert model.network.training


def test_alpaca_prompts_work_end_to_end() -> None:
    model = tiny_llm(template="alpaca")
    assert [len(motion) for motion in model.generate(CAPTIONS, seconds=[1.0, 0.4, 2.0], seed=0)] == [5, 2, 10]
    assert len(model.caption(MOTIONS)) == 3


def test_captioning_counts_new_tokens_only(monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny_llm()
    counts: list[int] = []
    monkeypatch.setattr(model.tokenizer, "decode", lambda ids, **_: counts.append(len(ids)) or "")
    model.caption([list(range(300)), [1]], max_new_tokens=3)
    assert len(counts) == 2
    assert all(1 <= count <= 3 for count in counts)


def test_captions_hold_no_special_tokens_and_repeat() -> None:
    model = tiny_llm()
    captions = model.caption(MOTIONS, max_new_tokens=40)
    assert captions == model.caption(MOTIONS, max_new_tokens=40)
    assert not any(token in caption for caption in captions for token in ("<pad>", "<bos>", "<eos>"))


def test_empty_batches_are_empty_results() -> None:
    model = tiny_llm(adapters=False)
    assert model.generate([]) == []
    assert model.caption([]) == []
    assert model.log_likelihood([], []).shape == (0,)


# Of types a checker would refuse too, so the model is `Any` here.
BAD_CALLS: dict[str, Callable[[Any], object]] = {
    "empty caption": lambda m: m.generate(["a jump", " "]),
    "one text": lambda m: m.generate("a jump"),
    "10,000 characters": lambda m: m.generate(["jump " * 2000]),
    "zero seconds": lambda m: m.generate(["a jump"], seconds=0),
    "negative seconds": lambda m: m.generate(["a jump"], seconds=-1.0),
    "endless": lambda m: m.generate(["a jump"], seconds=1e9),
    "nan seconds": lambda m: m.generate(["a jump"], seconds=float("nan")),
    "text seconds": lambda m: m.generate(["a jump"], seconds="3"),
    "no max_seconds": lambda m: m.generate(["a jump"], max_seconds=0.0),
    "seconds for another batch": lambda m: m.generate(["a jump"], seconds=[1.0, 2.0]),
    "negative seed": lambda m: m.generate(["a jump"], seed=-1),
    "text seed": lambda m: m.generate(["a jump"], seed="x"),
    "temperature 0": lambda m: m.generate(["a jump"], temperature=0.0),
    "top_p 0": lambda m: m.generate(["a jump"], top_p=0.0),
    "top_k -1": lambda m: m.generate(["a jump"], top_k=-1),
    "prefix out of range": lambda m: m.generate(["a jump"], prefixes=[[512]]),
    "prefixes for another batch": lambda m: m.generate(["a jump"], prefixes=[None, None]),
    "empty motion": lambda m: m.caption([[1], []]),
    "code out of range": lambda m: m.caption([[512]]),
    "motion of floats": lambda m: m.caption([torch.rand(4)]),
    "batched tensor": lambda m: m.caption([torch.ones(2, 3, dtype=torch.long)]),
    "motion beyond the context": lambda m: m.caption([[1] * 600]),
    "no new tokens": lambda m: m.caption([[1]], max_new_tokens=0),
    "half a token": lambda m: m.caption([[1]], max_new_tokens=2.5),
    "tokens in words": lambda m: m.caption([[1]], max_new_tokens="5"),
    "unequal batches": lambda m: m.log_likelihood(["a jump"], [[1], [2]]),
    "unknown task": lambda m: m.log_likelihood(["a jump"], [[1]], task="x"),
}


@pytest.fixture(scope="module")
def model() -> MotionLLM:
    return tiny_llm(adapters=False)


@pytest.mark.parametrize("call", BAD_CALLS.values(), ids=BAD_CALLS.keys())
def test_bad_requests_are_refused(model: MotionLLM, call: Callable[[Any], object]) -> None:
    with pytest.raises(InvalidRequestError):
        call(model)


def test_a_backbone_smaller_than_its_tokenizer_is_refused() -> None:
    with pytest.raises(ValueError, match="knows 300 words"):
        MotionNetwork(tiny_backbone(), MotionVocabulary(301))


def test_a_backbone_without_a_head_is_refused() -> None:
    bert = BertModel(BertConfig(vocab_size=300, hidden_size=32, num_hidden_layers=1, num_attention_heads=4))
    with pytest.raises(ValueError, match="not a causal LM"):
        MotionNetwork(bert, MotionVocabulary(300))


def test_adapters_are_added_once() -> None:
    model = tiny_llm()
    with pytest.raises(ValueError, match="already has adapters"):
        model.add_adapters({"t2m": ADAPTERS["t2m"]})
    with pytest.raises(ValueError, match="at least one adapter"):
        model.add_adapters({})


class TestTokensOfAnotherLength:
    """KIT-ML's tokens stand for 0.32 s; everything that counts seconds follows."""

    def kit(self, **fields: float) -> MotionLLM:
        model = tiny_llm("compact")
        model.defaults = replace(model.defaults, seconds_per_token=0.32, **fields)
        return model

    def test_durations_are_met_in_its_tokens(self) -> None:
        made = self.kit().generate(CAPTIONS, seconds=[3.2, 0.32, 1.0], seed=0)
        assert [len(motion) for motion in made] == [10, 1, 3]
        (free,) = self.kit(max_seconds=3.2, min_seconds=3.2).generate(["a jump"], seed=0)
        assert len(free) == 10

    def test_prompts_state_its_seconds_in_training_and_use(self) -> None:
        model = self.kit()
        assert model.renderer.stated(10) == pytest.approx(3.2)
        assert model.renderer.stated(None) is None
        stated = model.renderer.example("generation", "a jump", [1] * 10, seconds=3.2)
        run = RunDataset(
            [("a jump", [1] * 10)],
            model.renderer,
            LanguageRecipe(tasks=("generation",), duration_slot=1.0, caption_dropout=0.0, corruption=0.0),
        )
        assert run[0]["input_ids"].tolist() == stated.ids

    def test_the_seconds_travel_with_the_checkpoint(self, tmp_path: Path) -> None:
        self.kit().save_pretrained(tmp_path)
        again = MotionLLM.from_pretrained(tmp_path, device="cpu")
        assert again.defaults.seconds_per_token == 0.32
        config = json.loads((tmp_path / "config.json").read_text())
        del config["generation"]["seconds_per_token"]
        (tmp_path / "config.json").write_text(json.dumps(config))
        old = MotionLLM.from_pretrained(tmp_path, device="cpu")
        assert old.defaults.seconds_per_token == old.renderer.seconds_per_token == 0.2

    @pytest.mark.parametrize("seconds", [0.0, -1.0, 11.0, float("nan")])
    def test_impossible_lengths_are_refused(self, seconds: float) -> None:
        with pytest.raises(InvalidRequestError, match="cannot stand for"):
            GenerationDefaults(seconds_per_token=seconds)
