"""Prompts: the one place where captions and motion tokens become ids, for training and inference alike.

A template is a property of a checkpoint. `alpaca` is the paper's (its line breaks and the missing full stop
of the generation instruction included: the released weights depend on them); `compact` is short, for small
models, and has a slot that states the wanted duration.

Invariant: an example is its prompt followed by its targets, so what a model was trained on and what it is
asked at inference cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from ..errors import InvalidRequestError
from ..motion.features import SECONDS_PER_TOKEN
from .vocabulary import MotionVocabulary, Task

Codes = Tensor | Sequence[int]

_PREAMBLE = (
    "Below is an instruction that describes a task, paired with an input that provides further context. "
    "Write a response that appropriately completes the request.\n\n"
)


@dataclass(frozen=True)
class Template:
    """Prompt text around a caption or a motion.

    generation: text before <Motion>, with {caption} and {duration}. before_motion, after_motion: text around
    the motion of a captioning prompt. duration: text for {duration}, "" when the template has no such slot.
    unconditional: the caption that stands for any motion, for guidance; "" when none was trained.
    """

    name: str
    generation: str
    before_motion: str
    after_motion: str
    duration: str = ""
    unconditional: str = ""


ALPACA = Template(
    name="alpaca",
    generation=(
        f"{_PREAMBLE}### Instruction:\n"
        "Generate a motion matching the following input human motion description\n\n"
        "### Input:\n{caption}{duration}\n\nResponse: "
    ),
    before_motion=(
        f"{_PREAMBLE}### Instruction:\n"
        "Generate a caption matching the following input human motion token sequence.\n\n"
        "### Input:\n"
    ),
    after_motion="\n\nResponse: ",
)
COMPACT = Template(
    name="compact",
    generation="{caption}{duration}",
    before_motion="",
    after_motion="",
    duration=" for {seconds:.1f} s",
    unconditional="a motion",
)
TEMPLATES = {template.name: template for template in (ALPACA, COMPACT)}


@dataclass(frozen=True)
class Example:
    """Ids of one training sequence; the first `prompt_length` are given, the others are targets."""

    ids: list[int]
    prompt_length: int


class PromptRenderer:
    """Renders prompts and training examples as ids with a text tokenizer and a template."""

    def __init__(
        self, tokenizer: PreTrainedTokenizerBase, vocabulary: MotionVocabulary, template: Template
    ) -> None:
        self.tokenizer = tokenizer
        self.vocabulary = vocabulary
        self.template = template
        self.seconds_per_token = SECONDS_PER_TOKEN
        bos, eos = tokenizer.bos_token_id, tokenizer.eos_token_id
        if not isinstance(eos, int):
            raise ValueError("the text tokenizer has no end-of-sequence token")
        self.eos_id = eos
        self._bos = [bos] if isinstance(bos, int) else []

    def generation_prompt(self, caption: str, seconds: float | None = None, prefix: Codes = ()) -> list[int]:
        """Ids up to the first token to generate: [bos] text <Motion> prefix."""
        slot = "" if seconds is None else self.template.duration.format(seconds=seconds)
        text = self.template.generation.format(caption=_check_caption(caption), duration=slot)
        opening = [*self._bos, *self._encode(text), self.vocabulary.start_id]
        return opening + self.vocabulary.to_ids(prefix)

    def stated(self, tokens: int | None) -> float | None:
        """The duration of motion tokens as prompts state it, for `seconds`."""
        return None if tokens is None else tokens * self.seconds_per_token

    def captioning_prompt(self, motion: Codes) -> list[int]:
        """Ids up to the first word of the caption: [bos] text <Motion> motion </Motion> text."""
        codes = self.vocabulary.to_ids(motion)
        if not codes:
            raise InvalidRequestError("a motion to caption must have at least one token")
        before, after = self._encode(self.template.before_motion), self._encode(self.template.after_motion)
        return [*self._bos, *before, self.vocabulary.start_id, *codes, self.vocabulary.end_id, *after]

    def caption_ids(self, caption: str) -> list[int]:
        """Ids of the words of a caption, as captioning is to give them."""
        return self._encode(_check_caption(caption))

    def example(
        self, task: Task, caption: str, motion: Codes, *, seconds: float | None = None, prefix: Codes = ()
    ) -> Example:
        """A training example. `seconds` and `prefix` concern generation only.

        Targets: motion tokens, </Motion>, eos for generation; caption tokens, eos for captioning.
        """
        if task == "generation":
            prompt = self.generation_prompt(caption, seconds, prefix)
            targets = [*self.vocabulary.to_ids(motion), self.vocabulary.end_id, self.eos_id]
        elif task == "captioning":
            prompt = self.captioning_prompt(motion)
            targets = [*self.caption_ids(caption), self.eos_id]
        else:
            raise InvalidRequestError(f"task must be 'generation' or 'captioning', got {task!r}")
        return Example(prompt + targets, len(prompt))

    @cached_property
    def beginnings(self) -> dict[Task, list[int]]:
        """What every prompt of a task begins with, read off prompts that have nothing else in common."""
        generation = [self.generation_prompt(text) for text in ("a", "person", "2", "!")]
        steps = self.vocabulary.unpack(torch.tensor([0, 1]))
        captioning = [self.captioning_prompt(step) for step in steps.split(1)]
        return {"generation": _common(generation), "captioning": _common(captioning)}

    @cached_property
    def special_ids(self) -> tuple[int, ...]:
        """Text ids that a caption cannot contain."""
        return tuple(i for i in self.tokenizer.all_special_ids if i != self.eos_id)

    def _encode(self, text: str) -> list[int]:
        # Special tokens written out in a caption are plain text: a user must not be able to end a prompt.
        return self.tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"]  # type: ignore[return-value]


def _check_caption(caption: str) -> str:
    if not isinstance(caption, str):
        raise InvalidRequestError(f"a caption must be text, got {type(caption).__name__}")
    caption = caption.strip()
    if not caption:
        raise InvalidRequestError("a caption must not be empty")
    return caption


def collate(examples: Sequence[Example], padding: int) -> tuple[Tensor, Tensor]:
    """Pad examples on the right: ids (B, L), and labels (B, L) that are -100 outside the targets."""
    longest = max(len(example.ids) for example in examples)
    input_ids = torch.full((len(examples), longest), padding)
    labels = torch.full((len(examples), longest), -100)
    for row, example in enumerate(examples):
        ids = torch.tensor(example.ids)
        input_ids[row, : len(ids)] = ids
        labels[row, example.prompt_length : len(ids)] = ids[example.prompt_length :]
    return input_ids, labels


def _common(prompts: Sequence[Sequence[int]]) -> list[int]:
    """The ids all prompts begin with."""
    return [ids[0] for ids in takewhile(lambda ids: len(set(ids)) == 1, zip(*prompts, strict=False))]
