"""MotionLLM: a causal LM that translates between captions and motion tokens (Motion-Agent, section 3).

Text and codebook indices live here, at the edge; `network` and `decoding` know ids only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from numbers import Integral
from pathlib import Path

import torch
from torch import LongTensor, Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from ..decoding.cpu_threads import fitting_threads
from ..decoding.items import Item
from ..decoding.sampling import Sampling
from ..errors import InvalidRequestError
from .adapters import AdapterSpec
from .engine import Engine
from .llm_config import GenerationDefaults
from .network import AdapterPolicy, MotionNetwork
from .requests import CaptionRequest, GenerateRequest, Request, check_seed, check_seeds, per_item
from .templates import TEMPLATES, Codes, PromptRenderer, collate
from .vocabulary import END_ROW, N_MARKERS, START_ROW, MotionVocabulary, Task

#: Backbones up to this size are held once per adapter, merged; larger ones once, for both tasks.
MERGED_UP_TO = 200_000_000


class MotionLLM:
    """A backbone with its text tokenizer, motion rows, adapters and prompt template.

    `policy` says how adapters are applied at inference: "merged" (a merged copy of the backbone per task),
    "switched" (one backbone, one task at a time), "grouped" (one backbone, both tasks in one batch) or None
    for the better one at this size.
    """

    def __init__(
        self,
        backbone: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        *,
        template: str = "compact",
        codebook_size: int = 512,
        levels: int = 1,
        defaults: GenerationDefaults | None = None,
        policy: AdapterPolicy | None = None,
    ) -> None:
        self.vocabulary = MotionVocabulary(len(tokenizer), codebook_size, levels)
        self.renderer = PromptRenderer(tokenizer, self.vocabulary, TEMPLATES[template])
        self.defaults = defaults or GenerationDefaults()
        if policy is None:
            policy = "merged" if backbone.num_parameters() <= MERGED_UP_TO else "grouped"
        self.network = MotionNetwork(backbone, self.vocabulary, policy).eval()
        #: Set where calls of several threads are to share batches.
        self.engine: Engine | None = None
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
        from ..storage.hub import local_path
        from .backbones import default_device, dtype_for
        from .checkpoint import load_motion_llm

        device = device or default_device()
        return load_motion_llm(local_path(path), backbone, policy, dtype=dtype_for(device)).to(device)

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

    def merged(self, task: Task) -> MotionLLM:
        """A copy without adapters, that of `task` merged into its backbone: to be trained as a whole."""
        words = self.vocabulary
        model = MotionLLM(
            self.network.merged(task), self.tokenizer, template=self.renderer.template.name,
            codebook_size=words.codebook_size, levels=words.levels, defaults=self.defaults,
        ).to(self.device)  # fmt: skip
        model.network.rows.load_state_dict(self.network.rows.state_dict())
        if model.network.depth is not None and self.network.depth is not None:
            model.network.depth.load_state_dict(self.network.depth.state_dict())
        return model

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
        """Motion tokens (N_i,), or (N_i, levels), for each caption, in one batch, whatever the batch mates.

        seconds, seed: one value for all or one per caption. A duration is met exactly, to the token; without
        one the model ends by itself, at `max_seconds` at the latest. prefixes: tokens that come right before
        the motion, as context, not returned. guidance: see `Sampling`. Raises InvalidRequestError.
        """
        captions = _texts(captions)
        count = len(captions)
        contexts = per_item("prefixes", list(prefixes) if prefixes is not None else None, count)
        fields = zip(
            captions, per_item("seconds", seconds, count), check_seeds(seed, count), contexts, strict=True
        )
        options = (max_seconds, temperature, top_k, top_p, greedy, guidance)
        return self.run([GenerateRequest(*field, *options) for field in fields])  # type: ignore[return-value]

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
        seeds = check_seeds(seed, len(motions))
        return self.run(  # type: ignore[return-value]
            [
                CaptionRequest(motion, max_new_tokens, item, temperature, top_k, top_p, greedy)
                for motion, item in zip(motions, seeds, strict=True)
            ]
        )

    # ------------------------------------------------------------------ both

    def run(self, requests: Sequence[Request]) -> list[LongTensor | str]:
        """A motion (N_i,) for each GenerateRequest and a caption for each CaptionRequest.

        One batch where the adapters are grouped, else one for each task. Raises InvalidRequestError.
        """
        items = [self.item(request) for request in requests]
        with self._inference():
            made = (self.engine or self.network).decode(items)
        return [self.result(request, ids) for request, ids in zip(requests, made, strict=True)]

    def item(self, request: Request) -> Item:
        """A request as what decoding works on. Raises InvalidRequestError."""
        if isinstance(request, GenerateRequest):
            item = self._generation_item(request)
        else:
            item = self._captioning_item(request)
        self._check_room(item.columns)
        return item

    def result(self, request: Request, ids: list[int]) -> LongTensor | str:
        """What decoding made of the item of a request, as its caller gets it."""
        if isinstance(request, GenerateRequest):
            steps = torch.tensor(ids, dtype=torch.long).sub_(N_MARKERS)
            return self.vocabulary.unpack(steps)  # type: ignore[return-value]
        return str(self.tokenizer.decode(ids, skip_special_tokens=True)).strip()

    def _generation_item(self, request: GenerateRequest) -> Item:
        sampling, count = request.sampling(self.defaults), None
        if request.seconds is not None:
            count = self.defaults.tokens_for(request.seconds)
        longest = self.defaults.max_seconds if request.max_seconds is None else request.max_seconds
        limit = self.defaults.tokens_for(longest)
        shortest = min(self.defaults.tokens_for(self.defaults.min_seconds), limit)
        prefix = () if request.prefix is None else request.prefix
        prompts = [
            self.renderer.generation_prompt(text, self.renderer.stated(count), prefix)
            for text in (request.caption, *self._unconditional(sampling))
        ]
        return Item(
            prompts[0],
            self.network.outcomes(
                "generation", END_ROW, (START_ROW,), self.renderer.beginnings["generation"]
            ),
            sampling,
            least=shortest if count is None else count,
            most=limit if count is None else count,
            seed=check_seed(request.seed),
            guide=prompts[1] if len(prompts) > 1 else None,
        )

    def _unconditional(self, sampling: Sampling) -> list[str]:
        """The caption that guides, where there is one and sampling is guided."""
        anything = self.renderer.template.unconditional
        return [anything] if anything and sampling.guidance > 1.0 else []

    def _captioning_item(self, request: CaptionRequest) -> Item:
        longest = self.defaults.caption_tokens if request.max_new_tokens is None else request.max_new_tokens
        if not isinstance(longest, Integral) or longest < 1:
            raise InvalidRequestError(f"max_new_tokens must be an integer of at least 1, got {longest!r}")
        renderer = self.renderer
        return Item(
            renderer.captioning_prompt(request.motion),
            self.network.outcomes(
                "captioning", renderer.eos_id, renderer.special_ids, renderer.beginnings["captioning"]
            ),
            request.sampling(self.defaults),
            least=1,
            most=int(longest),
            seed=check_seed(request.seed),
        )

    # ------------------------------------------------------------------ likelihood

    def log_likelihood(
        self,
        captions: Sequence[str],
        motions: Sequence[Codes],
        task: Task = "generation",
    ) -> Tensor:
        """Sum of log p over the targets of each pair, (B,), softmax over the whole vocabulary.

        Targets: motion tokens, </Motion>, eos; or caption tokens, eos. No duration is stated. Raises
        InvalidRequestError.
        """
        captions = _texts(captions)
        if len(captions) != len(motions):
            raise InvalidRequestError(f"{len(captions)} captions for {len(motions)} motions")
        if not captions:
            return torch.zeros(0)
        examples = [
            self.renderer.example(task, caption, motion)
            for caption, motion in zip(captions, motions, strict=True)
        ]
        self._check_room(max(len(example.ids) for example in examples))
        input_ids, labels = (tensor.to(self.device) for tensor in collate(examples, self.renderer.eos_id))
        with self._inference(), self.network.decoder(task) as decoder, torch.no_grad():
            work = input_ids.numel() * self.network.decoder_size
            with fitting_threads(self.device, work):
                losses, items = self.network.target_losses(decoder, input_ids, labels)
        return torch.zeros(len(examples), device=losses.device).index_add_(0, items, -losses).cpu()

    # ------------------------------------------------------------------ shared

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


def _texts(captions: Sequence[str]) -> list[str]:
    if isinstance(captions, str):
        raise InvalidRequestError("captions must be a list of texts, got one text")
    return list(captions)
