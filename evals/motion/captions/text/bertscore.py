"""BERTScore (Zhang et al., ICLR 2020): greedy matching of contextual embeddings, weighed by idf, rescaled.

Every token takes the most similar token of the other text; a text's precision and recall are means of those
cosines weighed by how rare the tokens are among the references. With several references the best value of
each counts. Rescaling puts what random pairs of sentences score at 0. Papers on motion captions use the
bert-score package's default for English: RoBERTa-large, layer 17, with its published baseline.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from .....motion_models.arrays import FloatArray
from .....motion_models.errors import CheckpointError
from .counting import check_pairs


class Baseline(NamedTuple):
    """What pairs of unrelated sentences score."""

    precision: float
    recall: float
    f1: float


class BertScores(NamedTuple):
    """Each (N,); their means are the corpus's. Papers report f1."""

    precision: FloatArray
    recall: FloatArray
    f1: FloatArray


class _Encoded(NamedTuple):
    """Ids (L,) of a text's tokens and their unit embeddings (L, D)."""

    ids: list[int]
    vectors: Tensor


#: (model_type, layers) -> (layer, baseline): line 17 of bert-score's rescale_baseline/en/roberta-large.tsv.
KNOWN = {("roberta", 24): (17, Baseline(0.83150584, 0.8314941, 0.83122575))}


@dataclass(frozen=True, eq=False)
class BertScorer:
    """A network with its text tokenizer; `layer` counts from 1, the first block after the embeddings."""

    model: Any
    tokenizer: Any
    layer: int
    baseline: Baseline | None = None
    batch_size: int = 64

    @classmethod
    def from_folder(
        cls, folder: str | Path, *, layer: int | None = None, baseline: str | Path | None = None
    ) -> BertScorer:
        """A hub model's folder on this disk; nothing is fetched.

        layer: 17 for RoBERTa-large, else the last. baseline: a file of the bert-score package (LAYER,P,R,F);
        without one RoBERTa-large has its published baseline at layer 17 and others are not rescaled.
        Raises CheckpointError for a folder without such a model, a layer it lacks, or a baseline without it.
        """
        from transformers import AutoModel, AutoTokenizer

        try:
            tokenizer = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
            model = AutoModel.from_pretrained(str(folder), local_files_only=True).eval()
        except (OSError, ValueError) as error:
            raise CheckpointError(
                f"no model for BERTScore in {folder} ({error}): give the folder of a hub model such as "
                "roberta-large, with config, weights and tokenizer"
            ) from error
        count = model.config.num_hidden_layers
        usual, published = KNOWN.get((model.config.model_type, count), (count, None))
        chosen: int = usual if layer is None else layer
        if not 1 <= chosen <= count:
            raise CheckpointError(f"{folder} has layers 1 to {count}, not {chosen}")
        if baseline is not None:
            return cls(model, tokenizer, chosen, read_baseline(baseline, chosen))
        return cls(model, tokenizer, chosen, published if chosen == usual else None)

    @property
    def name(self) -> str:
        """What tables call it: the numbers of two names do not compare."""
        scale = "not rescaled" if self.baseline is None else "rescaled"
        config = self.model.config
        return f"{config.model_type} of {config.num_hidden_layers} layers, layer {self.layer}, idf, {scale}"

    def __call__(self, *, hypotheses: Sequence[str], references: Sequence[Sequence[str]]) -> BertScores:
        """One value per hypothesis against its references."""
        check_pairs(hypotheses, references)
        texts = [*hypotheses, *(text for some in references for text in some)]
        encoded = self._encode(list(dict.fromkeys(texts)))
        idf = inverse_frequencies([encoded[text].ids for some in references for text in some])
        best = [
            np.max([match(encoded[text], encoded[other], idf) for other in some], axis=0)
            for text, some in zip(hypotheses, references, strict=True)
        ]
        values = np.array(best)
        if self.baseline is not None:
            values = (values - self.baseline) / (1 - np.array(self.baseline))
        return BertScores(*values.T)

    @torch.no_grad()
    def _encode(self, texts: Sequence[str]) -> dict[str, _Encoded]:
        """Each text alone in its row; a leading space makes byte-level tokenizers read the first word as
        they read it inside a sentence, as bert-score does, and changes nothing for others."""
        made = {}
        # RoBERTa's positions start after its padding index, so two of them are never used.
        longest = min(self.tokenizer.model_max_length, self.model.config.max_position_embeddings - 2)
        for start in range(0, len(texts), self.batch_size):
            part = texts[start : start + self.batch_size]
            batch = self.tokenizer(
                [f" {text.strip()}" for text in part],
                padding=True,
                truncation=True,
                max_length=longest,
                return_tensors="pt",
            )
            hidden = self.model(**batch, output_hidden_states=True).hidden_states[self.layer]
            vectors = torch.nn.functional.normalize(hidden.double(), dim=-1)
            for text, ids, mask, rows in zip(
                part, batch["input_ids"], batch["attention_mask"].bool(), vectors, strict=True
            ):
                made[text] = _Encoded(ids[mask].tolist(), rows[mask])
        return made


def match(hypothesis: _Encoded, reference: _Encoded, idf: Mapping[int, float]) -> tuple[float, float, float]:
    """Precision, recall and F1 of one pair; 0 where nothing in a text has weight."""
    cosines = hypothesis.vectors @ reference.vectors.T
    precision = _weighed(cosines.max(dim=1).values, hypothesis.ids, idf)
    recall = _weighed(cosines.max(dim=0).values, reference.ids, idf)
    total = precision + recall
    return precision, recall, 2 * precision * recall / total if total else 0.0


def _weighed(cosines: Tensor, ids: Sequence[int], idf: Mapping[int, float]) -> float:
    weights = cosines.new_tensor([idf[token] for token in ids])
    total = float(weights.sum())
    return float(weights @ cosines) / total if total else 0.0


def inverse_frequencies(references: Sequence[Sequence[int]]) -> Mapping[int, float]:
    """Token -> log((N + 1) / (n + 1)), n of N references holding it; start and end tokens weigh nothing."""
    total = len(references) + 1
    counts = Counter(token for ids in references for token in set(ids))
    weights = {token: log(total / (count + 1)) for token, count in counts.items()}
    return defaultdict(lambda: log(total), weights)


def read_baseline(path: str | Path, layer: int) -> Baseline:
    """The line of `layer` in a file of the bert-score package. Raises CheckpointError without one."""
    try:
        with Path(path).open(encoding="utf-8", newline="") as file:
            for line in csv.DictReader(file):
                if int(line["LAYER"]) == layer:
                    return Baseline(float(line["P"]), float(line["R"]), float(line["F"]))
    except (OSError, KeyError, ValueError) as error:
        raise CheckpointError(f"{path} is no baseline file with LAYER,P,R,F ({error!r})") from error
    raise CheckpointError(f"{path} has no line for layer {layer}")
