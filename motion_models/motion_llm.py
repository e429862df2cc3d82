"""MotionLLM: a causal LM that translates between captions and motion tokens (Motion-Agent, section 3).

Text and codebook indices live here, at the edge; `network` and `decoding` know ids only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from numbers import Integral
from pathlib import Path
from typing import TypeVar

import torch
from torch import LongTensor, Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from .adapters import AdapterSpec
from .decoding import Item, Outcomes, Sampling
from .errors import InvalidRequestError
from .llm_config import GenerationDefaults
from .network import AdapterPolicy, MotionNetwork
from .templates import TEMPLATES, Codes, Example, PromptRenderer, Task
from .vocabulary import END_ROW, N_MARKERS, START_ROW, MotionVocabulary

T = TypeVar("T")

#: Backbones up to this size are held once per adapter, merged; larger ones once, adapters applied live.
MERGED_UP_TO = 200_000_000


class MotionLLM:
    """A backbone with its text tokenizer, motion rows, adapters and prompt template.

    `policy` says how adapters are applied at inference: "merged" (a merged copy of the backbone per task),
    "switched" (one backbone) or None for the better one at this size.
    """

    def __init__(
        self,
        backbone: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        *,
        template: str = "compact",
        codebook_size: int = 512,
        defaults: GenerationDefaults | None = None,
        policy: AdapterPolicy | None = None,
    ) -> None:
        self.vocabulary = MotionVocabulary(len(tokenizer), codebook_size)
        self.renderer = PromptRenderer(tokenizer, self.vocabulary, TEMPLATES[template])
        self.defaults = defaults or GenerationDefaults()
        if policy is None:
            policy = "merged" if backbone.num_parameters() <= MERGED_UP_TO else "switched"
        self.network = MotionNetwork(backbone, self.vocabulary, policy).eval()
        # Set for a backbone that a checkpoint refers to by hub name instead of carrying it.
        self.backbone_reference: str | None = None

    # ------------------------------------------------------------------ files

    @classmethod
    def from_pretrained(
        cls,
        path: str | Path,
        backbone: str | Path | None = None,
        *,
        device: str | torch.device | None = None,
        policy: AdapterPolicy | None = None,
    ) -> MotionLLM:
        """Load our folder, "USER/NAME" of a model hub, or an official `motionllm.pth` over a backbone.

        backbone: folder or hub name. device: None takes CUDA where there is one. Raises CheckpointError,
        and HubError for what the hub does not give.
        """
        from .checkpoint import load_motion_llm
        from .export.hub import local_path

        device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        return load_motion_llm(local_path(path), backbone, policy=policy).to(device)

    def save_pretrained(self, path: str | Path) -> None:
        """Write a folder that `from_pretrained` reads: config, backbone (or its hub name), adapters."""
        from .checkpoint import save_motion_llm

        save_motion_llm(self, Path(path))

    def save_official(self, path: str | Path) -> None:
        """Write the adapters and motion rows in the layout of Motion-Agent's `motionllm.pth`."""
        from .checkpoint import save_official

        save_official(self, Path(path))

    # ------------------------------------------------------------------ set-up

    @property
    def defaults(self) -> GenerationDefaults:
        return self._defaults

    @defaults.setter
    def defaults(self, defaults: GenerationDefaults) -> None:
        self._defaults = defaults
        # Prompts state durations, in training too: one number serves both.
        self.renderer.seconds_per_token = defaults.seconds_per_token

    @property
    def tokenizer(self) -> PreTrainedTokenizerBase:
        return self.renderer.tokenizer

    @property
    def device(self) -> torch.device:
        return self.network.device

    def to(self, device: str | torch.device) -> MotionLLM:
        self.network.to(device)
        return self

    def add_adapters(self, specs: Mapping[str, AdapterSpec]) -> MotionLLM:
        """Add fresh adapters named "t2m" (generation) and "m2t" (captioning)."""
        self.network.add_adapters(specs)
        self.network.eval()
        return self

    # ------------------------------------------------------------------ text to motion

    def generate(
        self,
        captions: Sequence[str],
        *,
        seconds: float | Sequence[float | None] | None = None,
        seed: int | Sequence[int | None] | None = None,
        max_seconds: float | None = None,
        temperature: float | None = None,
        top_k: int | None = None,
        top_p: float | None = None,
        greedy: bool = False,
        guidance: float | None = None,
        prefixes: Sequence[Codes | None] | None = None,
    ) -> list[LongTensor]:
        """Motion tokens (N_i,) for each caption, in one batch; item i does not depend on its batch mates.

        seconds, seed: one value for all or one per caption. A duration is met exactly, to the token; without
        one the model ends by itself, at `max_seconds` at the latest. prefixes: tokens that come right before
        the motion, as context, not returned. guidance: see `Sampling`. Raises InvalidRequestError.
        """
        captions = _texts(captions)
        if not captions:
            return []
        wanted = _per_item("seconds", seconds, len(captions))
        contexts = _per_item("prefixes", list(prefixes) if prefixes is not None else None, len(captions))
        limit = self.defaults.tokens_for(self.defaults.max_seconds if max_seconds is None else max_seconds)
        shortest = self.defaults.tokens_for(self.defaults.min_seconds)
        counts = [None if s is None else self.defaults.tokens_for(s) for s in wanted]
        sampling = self.defaults.sampling.but(
            temperature=temperature, top_k=top_k, top_p=top_p, greedy=greedy, guidance=guidance
        )

        def prompts(texts: Sequence[str]) -> list[list[int]]:
            return [
                self.renderer.generation_prompt(
                    text, self.renderer.stated(count), () if prefix is None else prefix
                )
                for text, count, prefix in zip(texts, counts, contexts, strict=True)
            ]

        anything = self.renderer.template.unconditional
        guided = bool(anything) and sampling.guidance > 1.0
        rows = self._decode(
            "generation",
            prompts(captions),
            self.network.motion_outcomes(END_ROW, (START_ROW,)),
            least=[min(shortest, limit) if count is None else count for count in counts],
            most=[limit if count is None else count for count in counts],
            seeds=check_seeds(seed, len(captions)),
            sampling=sampling,
            guides=prompts([anything] * len(captions)) if guided else [],
        )
        return [torch.tensor(item, dtype=torch.long).sub_(N_MARKERS) for item in rows]  # type: ignore[misc]

    # ------------------------------------------------------------------ motion to text

    def caption(
        self,
        motions: Sequence[Codes],
        *,
        max_new_tokens: int | None = None,
        seed: int | Sequence[int | None] | None = None,
        temperature: float | None = None,
        top_k: int | None = None,
        top_p: float | None = None,
        greedy: bool = True,
    ) -> list[str]:
        """A caption for each token sequence (N_i,), in one batch. Greedy unless told otherwise.

        max_new_tokens counts the caption only, however long the motion is. Raises InvalidRequestError.
        """
        prompts = [self.renderer.captioning_prompt(motion) for motion in motions]
        if not prompts:
            return []
        longest = self.defaults.caption_tokens if max_new_tokens is None else max_new_tokens
        if longest < 1:
            raise InvalidRequestError(f"max_new_tokens must be at least 1, got {longest}")
        stop = self.renderer.eos_id
        ids = self._decode(
            "captioning",
            prompts,
            self.network.text_outcomes(stop, self._special_ids()),
            least=[1] * len(prompts),
            most=[longest] * len(prompts),
            seeds=check_seeds(seed, len(prompts)),
            sampling=self.defaults.sampling.but(
                temperature=temperature, top_k=top_k, top_p=top_p, greedy=greedy
            ),
        )
        return [str(self.tokenizer.decode(item, skip_special_tokens=True)).strip() for item in ids]

    def _special_ids(self) -> tuple[int, ...]:
        """Text ids that a caption cannot contain."""
        return tuple(i for i in self.tokenizer.all_special_ids if i != self.renderer.eos_id)

    # ------------------------------------------------------------------ likelihood

    def log_likelihood(
        self,
        captions: Sequence[str],
        motions: Sequence[Codes],
        task: Task = "generation",
        *,
        seconds: float | Sequence[float | None] | None = None,
    ) -> Tensor:
        """Sum of log p over the targets of each pair, (B,), softmax over the whole vocabulary.

        Targets: motion tokens, </Motion>, eos; or caption tokens, eos. `seconds` fills the duration slot of
        templates that have one; empty unless given. Raises InvalidRequestError.
        """
        captions = _texts(captions)
        if len(captions) != len(motions):
            raise InvalidRequestError(f"{len(captions)} captions for {len(motions)} motions")
        if not captions:
            return torch.zeros(0)
        wanted = _per_item("seconds", seconds, len(captions))
        counts = [None if s is None else self.defaults.tokens_for(s) for s in wanted]
        examples = [
            self.renderer.example(task, caption, motion, seconds=self.renderer.stated(count))
            for caption, motion, count in zip(captions, motions, counts, strict=True)
        ]
        self._check_room(max(len(example.ids) for example in examples))
        input_ids, labels = (tensor.to(self.device) for tensor in collate(examples, self.renderer.eos_id))
        with self._inference(), self.network.decoder(task) as decoder, torch.no_grad():
            losses, items = self.network.target_losses(decoder, input_ids, labels)
        return torch.zeros(len(examples), device=losses.device).index_add_(0, items, -losses).cpu()

    # ------------------------------------------------------------------ shared

    def _decode(
        self,
        task: Task,
        prompts: list[list[int]],
        outcomes: Outcomes,
        *,
        least: list[int],
        most: list[int],
        seeds: list[int | None],
        sampling: Sampling,
        guides: Sequence[list[int]] = (),
    ) -> list[list[int]]:
        self._check_room(max(len(prompt) + new for prompt, new in zip(prompts, most, strict=True)))
        guided = guides or [None] * len(prompts)
        items = [Item(*fields) for fields in zip(prompts, least, most, seeds, guided, strict=True)]
        with self._inference(), self.network.decoder(task) as decoder:
            return self.network.decoding.decode(decoder, items, outcomes, sampling)

    def _check_room(self, length: int) -> None:
        if length > self.network.context:
            raise InvalidRequestError(
                f"text and motion need {length} tokens, the model holds {self.network.context}: shorten the "
                "description, the duration or the motion"
            )

    @contextmanager
    def _inference(self) -> Iterator[None]:
        """Dropout off, also when called in the middle of a training."""
        training = self.network.training
        if training:
            self.network.eval()
        try:
            yield
        finally:
            if training:
                self.network.train()


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


def _texts(captions: Sequence[str]) -> list[str]:
    if isinstance(captions, str):
        raise InvalidRequestError("captions must be a list of texts, got one text")
    return list(captions)


def _per_item(name: str, value: T | Sequence[T | None] | None, count: int) -> list[T | None]:
    """One value for all items, or a list of one value per item."""
    if not isinstance(value, list | tuple):
        return [value] * count  # type: ignore[list-item]
    if len(value) != count:
        raise InvalidRequestError(f"{name} has {len(value)} values for {count} items")
    return list(value)


def check_seeds(seed: int | Sequence[int | None] | None, count: int) -> list[int | None]:
    seeds = _per_item("seed", seed, count)
    for item in seeds:
        whole = isinstance(item, Integral) and not isinstance(item, bool)
        if item is not None and not (whole and 0 <= item < 2**63):
            raise InvalidRequestError(f"a seed must be an integer from 0 to 2**63 - 1, got {item!r}")
    return [None if item is None else int(item) for item in seeds]
