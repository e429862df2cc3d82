"""The network of MotionLLM: a causal LM, 514 motion rows beside its vocabulary, two adapters. Ids only.

The backbone stays as it came. The rows of <Motion>, </Motion> and the motion tokens are parameters of their
own that both adapters share, rather than a resized embedding matrix: text rows cannot change, the gradient
of a 256,000-row matrix is never formed, motion generation never multiplies with the text rows and captioning
never with the motion rows. `merged_backbone` gives the same model as one plain transformers model.

Shapes: B batch, L length, H width of the backbone, V text tokens, M motion rows.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Literal, cast

import torch
from peft import PeftModel
from torch import Tensor, nn
from torch.nn import functional
from transformers import PreTrainedModel

from ..decoding.decoding import Decoding
from ..decoding.grouped import GroupedDecoder, without_adapters
from ..decoding.items import Item, Outcomes
from ..decoding.lean import lean_decoder
from ..errors import CheckpointError
from .adapters import ADAPTER_OF_TASK, AdapterSpec, add_adapters, join_merged
from .rows import DepthHead, MotionRows, check_backbone, head_table, word_table
from .vocabulary import N_MARKERS, MotionVocabulary, Task

#: merged: one merged copy of the backbone per task, fastest. switched: one backbone, adapters applied live.
#: grouped: one backbone, every row of a batch with its own adapter, so that both tasks share a batch.
AdapterPolicy = Literal["merged", "switched", "grouped"]

#: Logits formed at once when a loss or likelihood is computed (1 GiB), and rows of them: the first bounds
#: memory at 256k words.
_LOGITS, _LOGIT_ROWS = 2**28, 4096

#: The order in which adapters are counted.
_TASKS, _NAMES = tuple(ADAPTER_OF_TASK), tuple(ADAPTER_OF_TASK.values())


class MotionNetwork(nn.Module):
    """`backbone`: any transformers causal LM whose logits are a plain product with its head."""

    backbone: PreTrainedModel | PeftModel

    def __init__(
        self, backbone: PreTrainedModel, vocabulary: MotionVocabulary, policy: AdapterPolicy = "merged"
    ) -> None:
        super().__init__()
        check_backbone(backbone, vocabulary)
        self.vocabulary = vocabulary
        self.policy: AdapterPolicy = policy
        self.backbone = backbone
        self.rows = MotionRows(backbone, vocabulary.n_rows)
        width = self.rows.embedding.shape[1]
        self.depth = DepthHead(width, vocabulary.levels) if vocabulary.levels > 1 else None
        self.embedding_dropout = nn.Dropout(0.0)
        self.adapters: dict[str, AdapterSpec] = {}
        self._softcap: float | None = getattr(backbone.config, "final_logit_softcapping", None)
        self._lock = threading.RLock()
        self._made: dict[str, nn.Module] = {}  # decoders for inference, by adapter
        self._decoder_size: int | None = None
        self.decoding = Decoding()

    # ------------------------------------------------------------------ parts of the backbone

    @property
    def plain_backbone(self) -> PreTrainedModel:
        """The transformers model itself; its linear layers carry the adapters once these are added."""
        backbone = self.backbone
        return backbone.base_model.model if isinstance(backbone, PeftModel) else backbone  # type: ignore[return-value]

    @property
    def device(self) -> torch.device:
        return self.rows.embedding.device

    @property
    def decoder_size(self) -> int:
        """Weights that every token multiplies with."""
        size = self._decoder_size
        if size is None:
            matrices = (p for p in self.plain_backbone.get_decoder().parameters() if p.ndim > 1)
            size = sum(p.numel() for p in matrices) - word_table(self.plain_backbone).numel()
            self._decoder_size = size
        return size

    @property
    def context(self) -> int:
        """Longest sequence: positions, and no more than a sliding window, so that masks stay plain."""
        config = self.plain_backbone.config
        window = getattr(config, "sliding_window", None) or config.max_position_embeddings
        return min(config.max_position_embeddings, window)

    # ------------------------------------------------------------------ adapters

    def add_adapters(self, specs: Mapping[str, AdapterSpec]) -> None:
        """Add fresh adapters beside those there are."""
        if twice := self.adapters.keys() & specs.keys():
            raise ValueError(f"this model already has adapters {sorted(twice)}")
        self.backbone = add_adapters(self.backbone, specs)
        self.adapters |= specs
        self._forget_made()

    def activate(self, task: Task) -> None:
        """Make the adapter of `task` the one that forward passes use, and the only one with gradients."""
        name = ADAPTER_OF_TASK[task]
        if name in self.adapters and self.backbone.active_adapter != name:  # type: ignore[union-attr]
            self.backbone.set_adapter(name)  # type: ignore[union-attr,operator]

    @contextmanager
    def decoder(self, task: Task) -> Iterator[nn.Module]:
        """The decoder stack with the adapter of `task` applied, for inference.

        Merged copies may run side by side; a switched or grouped backbone belongs to one caller at a time.
        """
        name = ADAPTER_OF_TASK[task]
        plain = self.plain_backbone.get_decoder()
        if self._is_grouped:
            with self._lock:
                grouped = cast(GroupedDecoder, self._once("grouped", lambda: GroupedDecoder(plain, _NAMES)))
                grouped.select(torch.tensor([_TASKS.index(task)], device=self.device))
                yield grouped
        elif not self.adapters:
            yield plain
        elif name not in self.adapters:
            yield self._once("bare", lambda: without_adapters(plain))
        elif self.policy == "merged":
            yield self._once(name, lambda: self._merged_decoder(name))
        else:
            with self._lock:
                self.activate(task)
                yield plain

    def _once(self, name: str, make: Callable[[], nn.Module]) -> nn.Module:
        """A decoder that is made when it is first asked for."""
        with self._lock:
            if name not in self._made:
                with torch.inference_mode(False), torch.no_grad():
                    self._made[name] = make()
            return self._made[name]

    def _merged_decoder(self, name: str) -> nn.Module:
        plain = self.plain_backbone
        if (lean := lean_decoder(plain.get_decoder(), join_merged(name))) is not None:
            return lean
        shared = (plain.get_input_embeddings(), cast(nn.Module, plain.get_output_embeddings()))
        return self._merged_copy(name, shared).get_decoder()

    @property
    def _is_grouped(self) -> bool:
        """Whether rows of both tasks can share a batch by their adapters."""
        return self.policy == "grouped" and set(self.adapters) == set(_NAMES)

    def decoder_task(self, task: Task) -> Task:
        """The task under whose name a batch runs: the same for both where one decoder serves both."""
        return _TASKS[0] if self._is_grouped or not self.adapters else task

    def decoder_task_of(self, item: Item) -> Task:
        return self.decoder_task(_TASKS[item.outcomes.adapter])

    def decode(self, items: Sequence[Item]) -> list[list[int]]:
        """The outcomes of each item, in one batch for each decoder they need."""
        results: list[list[int]] = [[] for _ in items]
        for task in _TASKS:
            mine = [i for i, item in enumerate(items) if self.decoder_task_of(item) == task]
            if not mine:
                continue
            with self.decoder(task) as decoder:
                made = self.decoding.decode(decoder, [items[i] for i in mine])
            for i, outcomes in zip(mine, made, strict=True):
                results[i] = outcomes
        return results

    def _forget_made(self) -> None:
        self._made.clear()
        self._decoder_size = None
        self.decoding.forget()

    def _merged_copy(self, name: str, shared: Sequence[nn.Module] = ()) -> PreTrainedModel:
        """A copy of the backbone with the adapter `name`, if it has one, merged in; `shared` is no copy."""
        with torch.inference_mode(False), torch.no_grad():
            twin = copy.deepcopy(self.backbone, {id(module): module for module in shared}).eval()
            if not isinstance(twin, PeftModel):
                return twin
            if name not in self.adapters:
                return twin.unload()  # type: ignore[return-value,operator]
            return twin.merge_and_unload(adapter_names=[name])  # type: ignore[return-value,operator]

    def train(self, mode: bool = True) -> MotionNetwork:
        if mode:
            self._forget_made()
        return super().train(mode)

    def load_state_dict(self, *args, **kwargs):  # type: ignore[no-untyped-def,override]
        self._forget_made()
        return super().load_state_dict(*args, **kwargs)

    def _apply(self, fn, recurse: bool = True):  # type: ignore[no-untyped-def,override]
        self._forget_made()
        return super()._apply(fn, recurse)

    # ------------------------------------------------------------------ ids to vectors to logits

    def embed(self, ids: Tensor) -> Tensor:
        """Vocabulary ids (B, L) -> inputs of the decoder (B, L, H)."""
        rows = ids - self.vocabulary.text_size
        text = self.plain_backbone.get_input_embeddings()(ids.clamp(max=self.vocabulary.text_size - 1))
        return torch.where((rows >= 0)[..., None], self.embed_rows(rows.clamp(min=0)), text)

    @property
    def _like(self) -> Tensor:
        """A tensor with the dtype and device of the decoder's inputs."""
        return word_table(self.plain_backbone)

    def outcomes(
        self, task: Task, stop: int, banned: tuple[int, ...], beginning: Sequence[int] = ()
    ) -> Outcomes:
        """Generation decodes over the motion rows and never multiplies with the text rows; captioning decodes
        over the text tokens. beginning: see `Outcomes`."""
        embed, score = (
            (self.embed_rows, self.row_logits)
            if task == "generation"
            else (self.embed_text, self.text_logits)
        )
        adapter = _TASKS.index(task)
        several = task == "generation" and self.depth is not None
        return Outcomes(
            self._like, self.embed, embed, score, stop, banned, adapter, tuple(beginning),
            draws=self.vocabulary.levels if several else 1, finish=self.finish if several else None,
        )  # fmt: skip

    def embed_text(self, ids: Tensor) -> Tensor:
        return self.plain_backbone.get_input_embeddings()(ids)

    def embed_rows(self, rows: Tensor) -> Tensor:
        """Motion rows (...), or those of steps of several codes, -> inputs of the decoder (..., H)."""
        if self.depth is None:
            return self._embed_single(rows)
        codes = self.vocabulary.unpack((rows - N_MARKERS).clamp(min=0))
        size = self.vocabulary.codebook_size
        levels = [N_MARKERS + n * size + code for n, code in enumerate(codes.unbind(-1))]
        marker = self._embed_single(rows.clamp(max=N_MARKERS - 1))
        step = self._embed_single(torch.stack(levels)).sum(dim=0) / len(levels) ** 0.5
        return torch.where((rows < N_MARKERS)[..., None], marker, step)

    def _embed_single(self, rows: Tensor) -> Tensor:
        """Rows (...) of the table of motion words -> inputs of the decoder (..., H)."""
        table = cast(nn.Embedding, self.plain_backbone.get_input_embeddings())
        vectors = functional.embedding(rows, self.rows.embedding).to(table.weight.dtype)
        # Gemma scales what it looks up; the scale is part of the table module.
        scale = getattr(table, "embed_scale", None)
        return vectors if scale is None else vectors * scale.to(vectors.dtype)

    def row_logits(self, hidden: Tensor) -> Tensor:
        """Hidden states (..., H) -> float32 logits of the markers and the first codes (..., 2 + K)."""
        head = self.rows.head_weight[: N_MARKERS + self.vocabulary.codebook_size]
        return self._cap(functional.linear(hidden, head.to(hidden.dtype)).float())

    def level_logits(self, hidden: Tensor, codes: Tensor, level: int) -> Tensor:
        """Hidden states (B, H) and the codes of their steps before `level` (B, level) -> logits (B, K)."""
        assert self.depth is not None
        size = self.vocabulary.codebook_size
        rows = N_MARKERS + torch.arange(level, device=codes.device) * size + codes
        state = self.depth(hidden, self._embed_single(rows).sum(dim=1), level)
        start = N_MARKERS + level * size
        head = self.rows.head_weight[start : start + size]
        return self._cap(functional.linear(state, head.to(state.dtype)).float())

    def finish(self, hidden: Tensor, first: Tensor, draw: Callable[[Tensor, int], Tensor]) -> Tensor:
        """The rows (B,) of whole steps whose first rows (B,) were drawn; markers stay as they are.

        hidden (G * B, H): states of the B items, and behind them those of the guiding twins, if any.
        draw: logits (G * B, K) and the level -> codes (B,).
        """
        twins = len(hidden) // len(first)
        codes = (first - N_MARKERS).clamp(min=0)[:, None]
        for level in range(1, self.vocabulary.levels):
            drawn = draw(self.level_logits(hidden, codes.repeat(twins, 1), level), level)
            codes = torch.cat((codes, drawn[:, None]), dim=1)
        return torch.where(first < N_MARKERS, first, self.vocabulary.pack(codes) + N_MARKERS)

    def text_logits(self, hidden: Tensor) -> Tensor:
        """Hidden states (..., H) -> float32 logits of the text tokens (..., V)."""
        head = head_table(self.plain_backbone)[: self.vocabulary.text_size]
        return self._cap(functional.linear(hidden, head).float())

    def logits(self, hidden: Tensor) -> Tensor:
        """Hidden states (..., H) -> float32 logits of the whole vocabulary (..., V + M)."""
        return torch.cat((self.text_logits(hidden), self.row_logits(hidden)), dim=-1)

    def _cap(self, logits: Tensor) -> Tensor:
        return logits if self._softcap is None else self._softcap * torch.tanh(logits / self._softcap)

    # ------------------------------------------------------------------ objective

    def target_losses(
        self, decoder: nn.Module, input_ids: Tensor, labels: Tensor, label_smoothing: float = 0.0
    ) -> tuple[Tensor, Tensor]:
        """Cross-entropies (K,) of the K targets and the batch item (K,) each belongs to.

        input_ids, labels: (B, L), padded on the right; labels are -100 where nothing is predicted and are
        not shifted. Only hidden states that predict a target meet the head.
        """
        embedded = self.embedding_dropout(self.embed(input_ids))
        # Padding stands on the right of causal attention, so no real position can see it: no mask needed.
        hidden = decoder(inputs_embeds=embedded, use_cache=False).last_hidden_state
        items, positions = (labels[:, 1:] != -100).nonzero(as_tuple=True)
        rows = max(1, min(_LOGIT_ROWS, _LOGITS // self.vocabulary.size))
        losses = [
            self._losses(hidden[i, p], labels[i, p + 1], label_smoothing)
            for i, p in zip(items.split(rows), positions.split(rows), strict=True)
        ]
        return torch.cat(losses), items

    def _losses(self, hidden: Tensor, targets: Tensor, label_smoothing: float) -> Tensor:
        """Cross-entropies (K,) of ids (K,): of a step of several codes the sum over its codes."""
        if self.depth is None:
            return functional.cross_entropy(
                self.logits(hidden), targets, reduction="none", label_smoothing=label_smoothing
            )
        offset = self.vocabulary.text_size + N_MARKERS
        moves = targets >= offset
        codes = self.vocabulary.unpack((targets - offset).clamp(min=0))
        first = torch.where(moves, offset + codes[:, 0], targets)
        losses = functional.cross_entropy(
            self.logits(hidden), first, reduction="none", label_smoothing=label_smoothing
        )
        for level in range(1, self.vocabulary.levels):
            logits = self.level_logits(hidden[moves], codes[moves, :level], level)
            deeper = functional.cross_entropy(
                logits, codes[moves, level], reduction="none", label_smoothing=label_smoothing
            )
            losses = losses.index_add(0, moves.nonzero().squeeze(1), deeper)
        return losses

    def forward(
        self,
        input_ids: Tensor,
        labels: Tensor,
        label_smoothing: float = 0.0,
        of_targets: Tensor | None = None,
    ) -> dict[str, Tensor]:
        """Mean loss over the targets, with the active adapter: what training minimises.

        of_targets: where a step has further batches, the number of targets in all of them.
        """
        decoder = self.plain_backbone.get_decoder()
        losses, _ = self.target_losses(decoder, input_ids, labels, label_smoothing)
        return {"loss": losses.mean() if of_targets is None else losses.sum() / of_targets}

    # ------------------------------------------------------------------ export

    def merged(self, task: Task) -> PreTrainedModel:
        """A copy of the backbone without adapters, that of `task` merged in where there is one."""
        return self._merged_copy(ADAPTER_OF_TASK[task])

    @torch.no_grad()
    def merged_backbone(self, task: Task) -> PreTrainedModel:
        """One plain transformers model over the whole vocabulary, the adapter of `task` merged in.

        Raises CheckpointError for several codes a step, which no plain model writes.
        """
        if self.depth is not None:
            raise CheckpointError(
                f"this model writes {self.vocabulary.levels} codes a step, a plain transformers model one: "
                "run it as it is"
            )
        model = self.merged(task)
        model.resize_token_embeddings(self.vocabulary.text_size, mean_resizing=False)
        model.resize_token_embeddings(self.vocabulary.size, mean_resizing=False)
        word_table(model)[self.vocabulary.text_size :] = self.rows.embedding
        head_table(model)[self.vocabulary.text_size :] = self.rows.head_weight
        return model.eval()
