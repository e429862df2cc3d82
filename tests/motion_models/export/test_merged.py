"""The merged folder against our own decoding: the same ids, logits and motion, through transformers alone."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
import torch
from motion_agent.motion_models.errors import CheckpointError
from motion_agent.motion_models.export.merged import save_merged
from motion_agent.motion_models.export.serving import captioning_text, generation_text
from motion_agent.motion_models.language.llm_config import compact_config
from motion_agent.motion_models.language.motion_llm import MotionLLM
from motion_agent.motion_models.language.templates import ALPACA
from tiny_llm import CAPTIONS, tiny_llm, tiny_tokenizer
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from torch import nn
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerFast

MODELS = [("gemma2", 0, "alpaca"), ("gemma2", 9, "compact"), ("llama", 0, "compact"), ("llama", 9, "alpaca")]


def short(kind: str, extra_rows: int, template: str) -> MotionLLM:
    """A model whose answers end soon, so that the tests do."""
    model = tiny_llm(kind, extra_rows=extra_rows, template=template)
    model.defaults = replace(model.defaults, max_seconds=3.0, min_seconds=0.6, caption_tokens=12)
    return model


def merged(model: MotionLLM, task: str, folder: Path):
    save_merged(model, task, folder)  # type: ignore[arg-type]
    return AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)


def answer(plain, tokenizer, text: str, **options: object) -> list[int]:
    prompt = tokenizer(text, return_tensors="pt")
    with torch.inference_mode():
        made = plain.generate(**prompt, **options)
    return made[0, prompt["input_ids"].shape[1] :].tolist()


@pytest.mark.parametrize(("kind", "extra_rows", "template"), MODELS)
def test_transformers_generates_our_motion_from_text(tmp_path, kind, extra_rows, template):
    model = short(kind, extra_rows, template)
    plain, tokenizer = merged(model, "generation", tmp_path)
    ours = model.generate(CAPTIONS, greedy=True, guidance=1.0)
    for caption, motion in zip(CAPTIONS, ours, strict=True):
        made = answer(plain, tokenizer, generation_text(model, caption), do_sample=False)
        words = re.findall(r"<Motion_(\d+)>", tokenizer.decode(made))
        assert [int(word) for word in words] == motion.tolist()
        assert len(words) == len(made) - (tokenizer.eos_token_id in made)


@pytest.mark.parametrize(("kind", "extra_rows", "template"), MODELS)
def test_logits_agree_over_the_whole_vocabulary(tmp_path, kind, extra_rows, template):
    model = short(kind, extra_rows, template)
    plain, tokenizer = merged(model, "generation", tmp_path)
    assert len(cast(nn.Embedding, plain.get_input_embeddings()).weight) == model.vocabulary.size
    ids = tokenizer(generation_text(model, CAPTIONS[0]), return_tensors="pt")["input_ids"]
    with torch.inference_mode(), model.network.decoder("generation") as decoder:
        hidden = decoder(inputs_embeds=model.network.embed(ids)).last_hidden_state
        torch.testing.assert_close(plain(ids).logits, model.network.logits(hidden), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("kind", "extra_rows", "template"), MODELS)
def test_captions_agree(tmp_path, kind, extra_rows, template):
    model = short(kind, extra_rows, template)
    plain, tokenizer = merged(model, "captioning", tmp_path)
    for motion in ([3, 500, 3], [7] * 20):
        made = answer(plain, tokenizer, captioning_text(model, motion))
        assert tokenizer.decode(made, skip_special_tokens=True).strip() == model.caption([motion])[0]


def test_sampling_gives_nothing_but_motion_tokens(tmp_path):
    model = tiny_llm("llama")
    plain, tokenizer = merged(model, "generation", tmp_path)
    torch.manual_seed(0)
    for _ in range(3):
        made = answer(plain, tokenizer, generation_text(model, "a person jumps"), temperature=5.0)
        assert made
        assert min(made) >= model.vocabulary.end_id
        assert len(made) <= model.defaults.tokens_for(model.defaults.max_seconds)


def test_the_tokenizer_has_the_motion_words_under_their_ids(tmp_path):
    model = tiny_llm()
    save_merged(model, "generation", tmp_path)
    tokenizer = AutoTokenizer.from_pretrained(tmp_path)
    words = ["<Motion>", "</Motion>", *(f"<Motion_{i}>" for i in range(512))]
    text_size = len(tiny_tokenizer())
    assert tokenizer.convert_tokens_to_ids(words) == list(range(text_size, text_size + 514))
    assert tokenizer("<Motion_12><Motion_3>", add_special_tokens=False)["input_ids"] == [
        text_size + 14,
        text_size + 5,
    ]
    assert tokenizer.chat_template is None
    assert json.loads((tmp_path / "tokenizer_config.json").read_text())["tokenizer_class"] == (
        "PreTrainedTokenizerFast"
    )
    # Servers leave special tokens out of what they answer; motion must stay in.
    kept = tokenizer.decode([text_size + 14, text_size + 1], skip_special_tokens=True)
    assert kept == "<Motion_12>"


def test_the_readme_has_the_prompt_and_a_request_that_is_json(tmp_path):
    model = tiny_llm(template="alpaca")
    save_merged(model, "generation", tmp_path)
    text = (tmp_path / "README.md").read_text()
    prompt = generation_text(model, "a person walks forward")
    assert f"```text\n{prompt}\n```" in text
    request = json.loads(text.split("<<'JSON'\n")[1].split("\nJSON\n")[0])
    assert request["prompt"] == prompt
    assert request["stop"] == ["</Motion>"]
    assert request["max_tokens"] == 50


def test_only_safetensors_and_text_are_written_in_the_precision_asked_for(tmp_path):
    save_merged(tiny_llm(), "generation", tmp_path, torch.bfloat16)
    assert {file.suffix for file in tmp_path.iterdir()} == {".json", ".safetensors", ".md"}
    assert AutoModelForCausalLM.from_pretrained(tmp_path, dtype="auto").dtype == torch.bfloat16


def test_the_model_itself_is_left_as_it_was(tmp_path):
    model = tiny_llm()
    before = model.generate(CAPTIONS, greedy=True)
    save_merged(model, "generation", tmp_path, torch.float16)
    for motion, again in zip(before, model.generate(CAPTIONS, greedy=True), strict=True):
        assert torch.equal(motion, again)
    assert len(model.tokenizer) == model.vocabulary.text_size


def over(text_model: Tokenizer) -> MotionLLM:
    """A model over a tokenizer of our own making."""
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=text_model, bos_token="<s>", eos_token="</s>")
    config = compact_config(max(tokenizer.get_vocab().values()) + 1, width=16, layers=1, heads=2)
    return MotionLLM(AutoModelForCausalLM.from_config(config), tokenizer, template="alpaca")


def test_a_tokenizer_that_reads_prompts_otherwise_is_refused(tmp_path):
    text_model = Tokenizer(models.BPE(byte_fallback=True))
    # As Llama 2's: a space before the first piece of a text only, and so not after a motion.
    text_model.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    alphabet = sorted({*ALPACA.generation, *ALPACA.before_motion, "▁"})
    trainer = trainers.BpeTrainer(
        special_tokens=["<s>", "</s>"], initial_alphabet=alphabet, show_progress=False
    )
    text_model.train_from_iterator([], trainer)
    with pytest.raises(CheckpointError, match="does not split text at added tokens"):
        save_merged(over(text_model), "captioning", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_tokenizer_whose_ids_have_gaps_is_refused(tmp_path):
    words = {"<s>": 0, "</s>": 1, "<unk>": 2, "walk": 9}
    text_model = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    with pytest.raises(CheckpointError, match="have gaps"):
        save_merged(over(text_model), "generation", tmp_path)
