"""Train an evaluator of the published architecture, at any width, on captioned motion.

The objective differs from the published one: instead of a margin on random mismatches, every other motion of
a batch is a mismatch (InfoNCE on negative squared distances, both ways; van den Oord et al. 2018, TMR:
Petrovich et al., ICCV 2023), and word vectors are trained along, because no GloVe vectors are at hand for
small data. Texts that several motions share are not held against each other.

`motion-agent train evaluator --data DIR` ends here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import LongTensor, Tensor, nn
from torch.nn import functional

from .....motion_models.arrays import Float32Array
from .....motion_models.data.cmu import load_trials
from .....motion_models.data.corpus_items import Mixture
from .....motion_models.data.dataset import MotionTextDataset
from .....motion_models.errors import InvalidRequestError
from .....motion_models.motion.features import FRAMES_PER_TOKEN
from .....motion_models.storage.layout import CHECKPOINTS_FOLDER, DEFAULT_WEIGHTS, TOKENIZER_FOLDER
from .....motion_models.storage.stamps import fingerprint_of_arrays
from .....motion_models.tokenizer.tokenizer import MotionTokenizer
from .....motion_models.training.processes import processes
from .....motion_models.training.recipe import Recipe, RunOptions
from .....motion_models.training.tokenizer import feature_statistics
from .....motion_models.training.trainer import run_trainer
from .evaluator import MotionEvaluator, Networks
from .networks import EvaluatorConfig
from .reference import write_reference
from .word_vectors import END, START, TAGS, UNKNOWN, WordVectors, tokens_of

#: What the shipped evaluator shows of the data: no joined or repeated actions beyond what captions say.
_MIXTURE = Mixture(segments=0.75, subclips=0.1, measured=0.1, joined=0.05, repeated=0.0, context=0.0)


@dataclass(frozen=True)
class EvaluatorRecipe(Recipe):
    """How to train; the defaults made the evaluator that ships.

    word_dropout: share of words shown as unknown. feature_noise: deviation of what is added to features.
    """

    steps: int | None = 4000
    batch_size: int = 64
    config: EvaluatorConfig = field(
        default_factory=lambda: EvaluatorConfig(
            word_width=64, text_width=128, movement_width=128, motion_width=160, embedding=32
        )
    )
    mixture: Mixture = _MIXTURE
    word_dropout: float = 0.1
    feature_noise: float = 0.1


class FrameBook:
    """A tokenizer that loses nothing: every four frames it is given become an id of their own."""

    def __init__(self) -> None:
        self._rows: list[npt.NDArray[np.float16]] = []
        self._size = 0

    def encode(self, features: Float32Array) -> LongTensor:
        usable = len(features) // FRAMES_PER_TOKEN
        self._rows.append(features[: usable * FRAMES_PER_TOKEN].astype(np.float16))
        self._size += usable
        return torch.arange(self._size - usable, self._size)  # type: ignore[return-value]

    def table(self) -> npt.NDArray[np.float16]:
        """(ids, 4, D)."""
        return np.concatenate(self._rows).reshape(-1, FRAMES_PER_TOKEN, self._rows[0].shape[1])


class Pairs:
    """Caption and features of item k of an endless run; the same whenever it is drawn."""

    def __init__(
        self, source: MotionTextDataset, table: npt.NDArray[np.float16], evaluator: MotionEvaluator
    ) -> None:
        self._source, self._table, self._evaluator = source, table, evaluator
        self._kinds: dict[str, int] = {}

    @property
    def per_epoch(self) -> int:
        return len(self._source)

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        epoch, place = divmod(index, len(self._source))
        if self._source.epoch != epoch:
            self._source.set_epoch(epoch)
        caption, ids, _ = self._source[place]
        config = self._evaluator.config
        rows = self._table[ids.numpy()].reshape(-1, config.features)[: config.max_frames].astype(np.float32)
        features = np.zeros((config.max_frames, config.features), dtype=np.float32)
        features[: len(rows)] = (rows - self._evaluator.mean) / self._evaluator.std
        (words,), (tags,) = self._evaluator.word_rows([caption])
        padding = [0] * (config.max_words + 2 - len(words))
        return {
            "features": torch.from_numpy(features),
            "frames": torch.tensor(len(rows)),
            "words": torch.tensor(words + padding),
            "tags": torch.tensor(tags + padding),
            "lengths": torch.tensor(len(words)),
            "kind": torch.tensor(self._kind(place, caption)),
        }

    def _kind(self, place: int, caption: str) -> int:
        """A number for what the item shows; stretches measured by their path are told apart by caption."""
        text = (self._source.references(place) or (caption,))[0]
        return self._kinds.setdefault(text, len(self._kinds))


class EvaluatorObjective(nn.Module):
    """The networks and the word vectors with their loss, in the form the Trainer drives."""

    def __init__(
        self, networks: Networks, vectors: Float32Array, recipe: EvaluatorRecipe, unknown: int
    ) -> None:
        super().__init__()
        self.networks, self.recipe, self.unknown = networks, recipe, unknown
        self.vectors = nn.Parameter(torch.from_numpy(vectors))
        self.log_scale = nn.Parameter(torch.zeros(()))

    def forward(
        self, features: Tensor, frames: Tensor, *, words: Tensor, tags: Tensor, lengths: Tensor, kind: Tensor
    ) -> dict[str, Tensor]:
        if self.training:
            words = words.masked_fill(
                torch.rand(words.shape, device=words.device) < self.recipe.word_dropout, self.unknown
            )
            features = features + self.recipe.feature_noise * torch.randn_like(features)
        motions = self.networks.motions(features, frames)
        one_hot = functional.one_hot(tags, len(TAGS)).float()
        texts = self.networks.texts(functional.embedding(words, self.vectors), one_hot, lengths)
        logits = -self.log_scale.exp() * torch.cdist(texts, motions).square()
        # The same words or the same motion elsewhere in the batch are no mismatches.
        same = (kind[:, None] == kind[None]) | (words[:, None] == words[None]).all(dim=-1)
        logits = logits.masked_fill(
            same & ~torch.eye(len(kind), dtype=torch.bool, device=same.device), -torch.inf
        )
        target = torch.arange(len(kind), device=logits.device)
        loss = functional.cross_entropy(logits, target) + functional.cross_entropy(logits.T, target)
        return {"loss": loss / 2}


def train_evaluator(
    data: str | Path,
    output: str | Path,
    recipe: EvaluatorRecipe | None = None,
    *,
    options: RunOptions | None = None,
) -> MotionEvaluator:
    """Train on the training trials of a folder of CMU data; writes the evaluator to `output`.

    A run that was killed goes on from its last checkpoint in the same folder.
    """
    if processes() > 1:
        raise InvalidRequestError("the evaluator is small: train it in one process, without torchrun")
    recipe = recipe or EvaluatorRecipe()
    trials = load_trials(data)
    book = FrameBook()
    source = MotionTextDataset.build(
        trials, book, mixture=recipe.mixture, seed=recipe.seed, length=recipe.batch_size * 100
    )
    torch.manual_seed(recipe.seed)
    evaluator = _new_evaluator(source, book.table(), recipe)
    objective = EvaluatorObjective(
        evaluator.networks, evaluator.words.vectors, recipe, evaluator.words.words.index(UNKNOWN)
    )
    run_trainer(
        objective,
        Pairs(source, book.table(), evaluator),
        Path(output) / CHECKPOINTS_FOLDER,
        recipe,
        options,
        labels="kind",
        data=fingerprint_of_arrays(trial.joints for trial in trials),
    )
    words = WordVectors(evaluator.words.words, objective.vectors.detach().cpu().numpy())
    trained = MotionEvaluator(
        evaluator.networks.cpu(),
        evaluator.config,
        words,
        mean=evaluator.mean,
        std=evaluator.std,
        name="CMU evaluator",
    )
    trained.save_pretrained(output)
    return MotionEvaluator.from_pretrained(output)


def make_evaluator(
    data: str | Path,
    output: str | Path,
    recipe: EvaluatorRecipe | None = None,
    *,
    options: RunOptions | None = None,
) -> None:
    """Train an evaluator on CMU data and write what its table needs beside it, with the shipped tokenizer."""
    evaluator = train_evaluator(data, output, recipe, options=options)
    tokenizer = MotionTokenizer.from_pretrained(DEFAULT_WEIGHTS / TOKENIZER_FOLDER)
    write_reference(data, evaluator, tokenizer, output)


def _new_evaluator(
    source: MotionTextDataset, table: npt.NDArray[np.float16], recipe: EvaluatorRecipe
) -> MotionEvaluator:
    """Random weights; words that occur at least twice in one epoch of reworded captions."""
    texts = [source[index][0] for index in range(len(source))] + source.texts()
    counts = Counter(token.rpartition("/")[0] for text in texts for token in tokens_of(text))
    words = [START, END, UNKNOWN, *(word for word, count in counts.most_common() if count > 1)]
    vectors = 0.1 * np.random.default_rng(recipe.seed).standard_normal((len(words), recipe.config.word_width))
    mean, std = feature_statistics([table.reshape(-1, table.shape[-1]).astype(np.float32)])
    networks = Networks(recipe.config)
    return MotionEvaluator(
        networks,
        recipe.config,
        WordVectors(words, vectors.astype(np.float32)),
        mean=mean,
        std=std,
        name="CMU evaluator",
    )
