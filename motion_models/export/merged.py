"""One plain transformers folder of a MotionLLM, for servers that know nothing of motion (vLLM, TGI, ...).

The adapter of one task is merged in, the embedding and the head hold words and motion tokens, and the text
tokenizer knows <Motion>, </Motion> and <Motion_0>, <Motion_1>, ... under the ids the model has for them.
What is generated greedily from the text of a prompt is what `MotionLLM.generate(greedy=True, guidance=1)`
gives: tests/motion_models/export/test_merged.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from tokenizers import AddedToken, Tokenizer
from tokenizers.processors import TemplateProcessing
from transformers import AutoTokenizer, GenerationConfig, PreTrainedTokenizerFast

from ..errors import CheckpointError
from ..language.motion_llm import MERGED_UP_TO
from ..storage.checkpoint_io import read_json
from .serving import captioning_text, generation_text, merged_readme

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from ..language.motion_llm import MotionLLM
    from ..language.vocabulary import Task

#: What the tokenizer is tried on before the folder counts as written.
_PROBES = ("a person walks forward", "A man's 2 arms, raised.")


def motion_words(codebook_size: int) -> list[str]:
    """The motion words in the order of their ids."""
    return ["<Motion>", "</Motion>", *(f"<Motion_{code}>" for code in range(codebook_size))]


def save_merged(model: MotionLLM, task: Task, folder: Path, dtype: torch.dtype | None = None) -> None:
    """Write the folder: weights, tokenizer, generation_config and a README with prompt and request.

    dtype: of the stored weights; None for float32, or bfloat16 above 200 M parameters. Raises CheckpointError
    where the text tokenizer cannot be extended so that prompts given as text become the ids of training.
    """
    tokenizer = extended_tokenizer(model, task)
    _check_prompts(model, tokenizer)
    merged = model.network.merged_backbone(task)
    if dtype is None:
        dtype = torch.float32 if merged.num_parameters() <= MERGED_UP_TO else torch.bfloat16
    merged = merged.to("cpu", dtype)  # type: ignore[arg-type]
    _set_generation(merged, model, task, tokenizer)
    folder.mkdir(parents=True, exist_ok=True)
    merged.save_pretrained(folder)
    _save_tokenizer(tokenizer, folder)
    _check_prompts(model, AutoTokenizer.from_pretrained(folder, local_files_only=True))
    (folder / "README.md").write_text(merged_readme(model, task, folder.resolve().name), encoding="utf-8")


def extended_tokenizer(model: MotionLLM, task: Task) -> PreTrainedTokenizerFast:
    """The text tokenizer with the motion words, without a chat template.

    It ends texts where the task's answers end, as servers go by the tokenizer's end of sequence.
    """
    source, vocabulary = model.tokenizer, model.vocabulary
    text_model = source.backend_tokenizer if source.is_fast else None
    if not isinstance(text_model, Tokenizer):
        raise CheckpointError(
            "the backbone's tokenizer has no tokenizer.json: convert it to a fast one first"
        )
    words = motion_words(vocabulary.codebook_size)
    fast = Tokenizer.from_str(text_model.to_str())
    # Not special: servers leave special tokens out of the text they answer with.
    fast.add_tokens([AddedToken(word, normalized=False, special=False) for word in words])
    ids = [fast.token_to_id(word) for word in words]
    if ids != list(range(vocabulary.start_id, vocabulary.size)) or max(_ids(source)) >= vocabulary.start_id:
        raise CheckpointError(
            f"the motion words cannot have the ids from {vocabulary.start_id} on: the {vocabulary.text_size} "
            "ids of the text tokenizer have gaps"
        )
    _begin_with_bos(fast, source)
    end = "</Motion>" if task == "generation" else str(source.eos_token)
    return PreTrainedTokenizerFast(
        tokenizer_object=fast,
        bos_token=source.bos_token,
        eos_token=end,
        unk_token=source.unk_token,
        pad_token=source.pad_token or source.eos_token,
        model_max_length=model.network.context,
        clean_up_tokenization_spaces=False,
    )


def _ids(tokenizer: PreTrainedTokenizerBase) -> Iterable[int]:
    return tokenizer.get_vocab().values()


def _save_tokenizer(tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    tokenizer.save_pretrained(folder)
    file = folder / "tokenizer_config.json"
    # The name all versions of transformers know.
    settings = read_json(file) | {"tokenizer_class": "PreTrainedTokenizerFast"}
    file.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


def _begin_with_bos(fast: Tokenizer, source: PreTrainedTokenizerBase) -> None:
    """Texts begin with the beginning of sequence where prompts do, whatever the tokenizer did before."""
    bos, bos_id = source.bos_token, source.bos_token_id
    if isinstance(bos, str) and isinstance(bos_id, int):
        fast.post_processor = TemplateProcessing(single=f"{bos} $A", special_tokens=[(bos, bos_id)])


def _set_generation(
    merged: PreTrainedModel, model: MotionLLM, task: Task, tokenizer: PreTrainedTokenizerFast
) -> None:
    """What the checkpoint does where a call says nothing, as far as transformers can express it."""
    defaults, sampling = model.defaults, model.defaults.sampling
    ids = {
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    if task == "captioning":
        limits = {"min_new_tokens": 1, "max_new_tokens": defaults.caption_tokens, "do_sample": False}
    else:
        limits = {
            "min_new_tokens": defaults.tokens_for(defaults.min_seconds),
            "max_new_tokens": defaults.tokens_for(defaults.max_seconds),
            "do_sample": not sampling.greedy,
        }
        if not sampling.greedy:
            limits |= {"temperature": sampling.temperature, "top_k": sampling.top_k, "top_p": sampling.top_p}
    merged.generation_config = GenerationConfig(**ids, **limits, suppress_tokens=suppressed(model, task))
    for name, value in ids.items():
        setattr(merged.config, name, value)


def suppressed(model: MotionLLM, task: Task) -> list[int]:
    """Ids that cannot come out: all but motion tokens and </Motion>, or for captions all but words."""
    vocabulary = model.vocabulary
    if task == "generation":
        return list(range(vocabulary.end_id))
    return [*sorted(model.renderer.special_ids), *range(vocabulary.start_id, vocabulary.size)]


def _check_prompts(model: MotionLLM, tokenizer: PreTrainedTokenizerBase) -> None:
    """Prompts as text must be the ids of training, or another server asks another question."""
    renderer, codes = model.renderer, [0, model.vocabulary.codebook_size - 1]
    pairs = [(generation_text(model, text), renderer.generation_prompt(text)) for text in _PROBES]
    pairs.append((captioning_text(model, codes), renderer.captioning_prompt(codes)))
    for text, ids in pairs:
        if (read := tokenizer(text)["input_ids"]) != ids:
            raise CheckpointError(
                f"the extended tokenizer reads a prompt as {len(read)} ids that are not the {len(ids)} of "
                "training: this backbone's tokenizer does not split text at added tokens, serve it with ids"
            )
