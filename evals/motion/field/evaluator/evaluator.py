"""MotionEvaluator: captions and motions as points of one space, near where they fit.

Two layouts are read: our folder (config.json, model.safetensors: networks in half precision, word vectors,
statistics), and the published `finest.tar` with its GloVe vocabulary and the statistics it was trained with.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from .....motion_models.arrays import Float32Array
from .....motion_models.data.clips import Caption
from .....motion_models.errors import CheckpointError, InvalidMotionError, InvalidRequestError
from .....motion_models.storage.checkpoint_io import (
    copy_strictly,
    load_tensors,
    load_torch_archive,
    read_json,
    save_tensors,
)
from .networks import (
    FRAMES_PER_MOVEMENT,
    HIDDEN_FEATURES,
    EvaluatorConfig,
    MotionEncoder,
    MovementEncoder,
    TextEncoder,
)
from .word_vectors import TAGS, WordVectors, tokens_of

CONFIG, WEIGHTS = "config.json", "model.safetensors"
MODEL_TYPE = "motion-evaluator"
#: The evaluator that ships, trained on CMU motion capture.
SHIPPED = Path(__file__).parent / "shipped"
_TEXTS_AT_ONCE = 256
_NETWORKS = ("text_encoder", "movement_encoder", "motion_encoder")


class Networks(nn.Module):
    """The three encoders under the names of the published checkpoint."""

    def __init__(self, config: EvaluatorConfig) -> None:
        super().__init__()
        self.text_encoder = TextEncoder(config)
        self.movement_encoder = MovementEncoder(config)
        self.motion_encoder = MotionEncoder(config)

    def motions(self, features: Tensor, frames: Tensor) -> Tensor:
        """Normalised features (B, L, D), L a multiple of 4, of which `frames` (B,) count -> (B, E)."""
        movements = self.movement_encoder(features[..., :-HIDDEN_FEATURES])
        return self.motion_encoder(movements, frames // FRAMES_PER_MOVEMENT)

    def texts(self, vectors: Tensor, tags: Tensor, lengths: Tensor) -> Tensor:
        return self.text_encoder(vectors, tags, lengths)


class MotionEvaluator:
    """The networks with the words and the statistics (D,) they were trained with.

    tagged: whether it was trained on words as HumanML3D has them, lemmas with parts of speech. To one that
    was not, those tags are noise.
    """

    def __init__(
        self,
        networks: Networks,
        config: EvaluatorConfig,
        words: WordVectors,
        *,
        mean: npt.ArrayLike,
        std: npt.ArrayLike,
        name: str,
        tagged: bool = False,
    ) -> None:
        self.networks, self.config, self.words = networks.eval(), config, words
        self.name, self.tagged = name, tagged
        self.mean, self.std = (np.asarray(values, dtype=np.float32) for values in (mean, std))
        for what, values in (("mean", self.mean), ("std", self.std)):
            if values.shape != (config.features,) or not np.isfinite(values).all():
                raise CheckpointError(f"the evaluator's {what} must be {config.features} finite numbers")
        if words.vectors.shape[1] != config.word_width:
            raise CheckpointError(
                f"word vectors of {words.vectors.shape[1]} dimensions do not fit the evaluator's "
                f"{config.word_width}"
            )

    @property
    def device(self) -> torch.device:
        return next(self.networks.parameters()).device

    def to(self, device: str | torch.device) -> MotionEvaluator:
        self.networks.to(device)
        return self

    # ------------------------------------------------------------------ embedding

    @torch.inference_mode()
    def embed_motions(self, motions: Sequence[Float32Array], batch_size: int = 64) -> Float32Array:
        """Features (T_i, D), unnormalised, T_i >= 4 -> (N, E). Frames beyond `max_frames` do not count."""
        parts = [
            self.networks.motions(*self._motion_batch(motions[start : start + batch_size])).float().cpu()
            for start in range(0, len(motions), batch_size)
        ]
        return torch.cat(parts).numpy() if parts else self._nothing

    def embed_captions(self, captions: Sequence[Caption]) -> Float32Array:
        """(N, E), by the words of the texts files where there are any and the evaluator knows such words."""
        return self.embed_texts([c.words if self.tagged and c.words else c.text for c in captions])

    @torch.inference_mode()
    def embed_texts(self, texts: Sequence[str | Sequence[str]]) -> Float32Array:
        """Captions, or lists of their "word/TAG" tokens as the texts files have them -> (N, E)."""
        parts = [
            self.networks.texts(*self.text_batch(texts[start : start + _TEXTS_AT_ONCE])).float().cpu()
            for start in range(0, len(texts), _TEXTS_AT_ONCE)
        ]
        return torch.cat(parts).numpy() if parts else self._nothing

    @property
    def _nothing(self) -> Float32Array:
        return np.empty((0, self.config.embedding), dtype=np.float32)

    def _motion_batch(self, motions: Sequence[Float32Array]) -> tuple[Tensor, Tensor]:
        """Normalised, cut to whole movements and padded with zeros to `max_frames`, as in training: the
        second convolution looks one frame beyond a clip's end."""
        longest = self.config.max_frames
        batch = np.zeros((len(motions), longest, self.config.features), dtype=np.float32)
        frames = np.zeros(len(motions), dtype=np.int64)
        for row, motion in enumerate(motions):
            if (
                motion.ndim != 2
                or motion.shape[1] != self.config.features
                or len(motion) < FRAMES_PER_MOVEMENT
            ):
                raise InvalidMotionError(
                    f"the evaluator reads features (T >= {FRAMES_PER_MOVEMENT}, {self.config.features}), got "
                    f"{motion.shape}"
                )
            frames[row] = min(len(motion), longest) // FRAMES_PER_MOVEMENT * FRAMES_PER_MOVEMENT
            batch[row, : frames[row]] = (motion[: frames[row]] - self.mean) / self.std
        return torch.from_numpy(batch).to(self.device), torch.from_numpy(frames)

    def text_batch(self, texts: Sequence[str | Sequence[str]]) -> tuple[Tensor, Tensor, Tensor]:
        """Word vectors (B, L, D), one-hot tags (B, L, 15) and numbers of words (B,)."""
        rows, tags = self.word_rows(texts)
        lengths = torch.tensor([len(row) for row in rows])
        words = nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True)
        kinds = nn.utils.rnn.pad_sequence([torch.tensor(row) for row in tags], batch_first=True)
        vectors = torch.from_numpy(self.words.vectors)[words].to(self.device)
        return vectors, nn.functional.one_hot(kinds, len(TAGS)).float().to(self.device), lengths

    def word_rows(self, texts: Sequence[str | Sequence[str]]) -> tuple[list[list[int]], list[list[int]]]:
        """Rows of the word table and numbers of tags, for each text."""
        if not all(texts):
            raise InvalidRequestError("a text to be evaluated must not be empty")
        tokens = [tokens_of(text) if isinstance(text, str) else list(text) for text in texts]
        pairs = [self.words.rows(line, self.config.max_words) for line in tokens]
        return [rows for rows, _ in pairs], [tags for _, tags in pairs]

    # ------------------------------------------------------------------ files

    def save_pretrained(self, folder: str | Path) -> None:
        """Write config.json and model.safetensors, networks and word vectors in half precision."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        tensors = {name: value.half() for name, value in self.networks.state_dict().items()}
        tensors["words"] = torch.from_numpy(self.words.vectors).half()
        tensors |= {"mean": torch.from_numpy(self.mean), "std": torch.from_numpy(self.std)}
        save_tensors(tensors, folder / WEIGHTS)
        config = {"model_type": MODEL_TYPE, "format_version": 1, "name": self.name, "tagged": self.tagged}
        config |= {**self.config.to_dict(), "words": self.words.words}
        text = json.dumps(config, indent=None, separators=(",", ":"))
        (folder / CONFIG).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def from_pretrained(cls, folder: str | Path) -> MotionEvaluator:
        """Load our folder. Raises CheckpointError."""
        folder = Path(folder)
        config = read_json(folder / CONFIG)
        if config.pop("model_type", None) != MODEL_TYPE or config.pop("format_version", None) != 1:
            raise CheckpointError(f"{folder / CONFIG} does not describe a motion evaluator")
        words, name = config.pop("words", []), config.pop("name", folder.name)
        tagged = bool(config.pop("tagged", False))
        try:
            sizes = EvaluatorConfig(**config)
        except TypeError as error:
            raise CheckpointError(f"{folder / CONFIG} does not fit this version: {error}") from error
        tensors = load_tensors(folder / WEIGHTS)
        try:
            vectors, mean, std = (tensors.pop(key).float().numpy() for key in ("words", "mean", "std"))
        except KeyError as error:
            raise CheckpointError(f"{folder / WEIGHTS} lacks {error}: get it again") from error
        networks = Networks(sizes)
        copy_strictly(tensors, networks.state_dict(), folder / WEIGHTS)
        table = WordVectors(words, vectors)
        return cls(networks, sizes, table, mean=mean, std=std, name=name, tagged=tagged)

    @classmethod
    def from_official(
        cls, path: str | Path, glove: str | Path, mean: npt.ArrayLike, std: npt.ArrayLike
    ) -> MotionEvaluator:
        """Load a `text_mot_match/model/finest.tar` with the folder of its GloVe vocabulary.

        mean, std: (D,), the statistics it was trained with (Comp_v6_KLD01/meta in the published folders).
        Raises CheckpointError.
        """
        path = Path(path)
        archive = load_torch_archive(path)
        if not isinstance(archive, dict) or not all(isinstance(archive.get(n), dict) for n in _NETWORKS):
            raise CheckpointError(
                f"{path} is no evaluator checkpoint: it lacks one of {', '.join(_NETWORKS)}"
            )
        tensors = {f"{part}.{key}": value for part in _NETWORKS for key, value in archive[part].items()}
        config = _official_config(tensors, path)
        networks = Networks(config)
        copy_strictly(tensors, networks.state_dict(), path)
        words, name = WordVectors.from_glove(glove), f"official {path.name}"
        return cls(networks, config, words, mean=mean, std=std, name=name, tagged=True)

    def official_state(self) -> dict[str, dict[str, Tensor]]:
        """The networks in the layout of a finest.tar, for `torch.save`."""
        return {part: getattr(self.networks, part).state_dict() for part in _NETWORKS}


def _official_config(tensors: dict[str, Tensor], path: Path) -> EvaluatorConfig:
    """Read the sizes off the tensors, so that KIT-ML's and narrower networks load as well."""
    try:
        movement = tensors["movement_encoder.main.0.weight"]
        words = tensors["text_encoder.pos_emb.weight"]
        return EvaluatorConfig(
            features=movement.shape[1] + HIDDEN_FEATURES,
            word_width=words.shape[0],
            tags=words.shape[1],
            text_width=tensors["text_encoder.hidden"].shape[2],
            movement_width=movement.shape[0],
            motion_width=tensors["motion_encoder.hidden"].shape[2],
            embedding=tensors["motion_encoder.output_net.3.weight"].shape[0],
        )
    except (KeyError, IndexError) as error:
        raise CheckpointError(
            f"{path} is no evaluator checkpoint: {error} is missing or misshapen"
        ) from error


@cache
def shipped_evaluator() -> MotionEvaluator:
    """The evaluator that ships with the package."""
    return MotionEvaluator.from_pretrained(SHIPPED)
