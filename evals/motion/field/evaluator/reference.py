"""What generated motion is held against: captioned clips with the evaluator's embeddings of the real motion.

One set ships, of the CMU clips that no training saw: their captions are the package's, their motion may not
be passed on, so embeddings, tokens and what was measured stand in for it. Any other set is made from
recorded motion.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch
from torch import LongTensor, Tensor

from .....motion_models.arrays import Float32Array
from .....motion_models.data.clips import Caption, CaptionedClip
from .....motion_models.data.humanml3d import VECTORS, open_motion_text
from .....motion_models.english.captions import CaptionedSegment, load_captions
from .....motion_models.errors import CheckpointError, InvalidRequestError
from .....motion_models.motion.features import DIM, recover_joints
from .....motion_models.storage.checkpoint_io import load_tensors, save_tensors
from ...recordings.corpus import NOTHING_HELD_OUT, EvalClip, load_clips, split_of
from ..metrics.physics import LABELS, measure
from .evaluator import SHIPPED

if TYPE_CHECKING:
    from .....motion_models.backends.protocol import MotionBackend
    from .....motion_models.tokenizer.tokenizer import MotionTokenizer
    from .evaluator import MotionEvaluator


REFERENCE = "reference.safetensors"
_CLIPS_AT_ONCE = 256


class SupportsEmbedding(Protocol):
    """What a set needs of an evaluator."""

    def embed_motions(self, motions: Sequence[Float32Array], batch_size: int = 64) -> Float32Array: ...


@dataclass(frozen=True, eq=False)
class ReferenceSet:
    """N captioned clips. real: (N, E). tokens: of each clip, by the tokenizer with this `codebook` mark.

    physics: (N, 5), what `physics.measure` finds in the real motion; NaN in another layout than HumanML3D's.
    library, library_captions: (M, E) and captions of the clips that retrieval may answer with. segments:
    where each clip of the set that ships was cut from. paraphrased: whether the last caption of a clip says
    the others' in other words.
    """

    name: str
    captions: tuple[tuple[Caption, ...], ...]
    real: Float32Array
    physics: Float32Array
    library: Float32Array
    library_captions: tuple[tuple[str, ...], ...]
    tokens: tuple[LongTensor, ...] = ()
    codebook: str = ""
    segments: tuple[CaptionedSegment, ...] = ()
    paraphrased: bool = False

    def __len__(self) -> int:
        return len(self.captions)

    def reworded(self) -> ReferenceSet:
        """The same clips with their last caption alone."""
        captions = tuple(captions[-1:] for captions in self.captions)
        return replace(self, name=f"{self.name}, reworded", captions=captions)


def codebook_mark(tokenizer: MotionTokenizer) -> str:
    """A short name for a codebook: tokens mean nothing with another one."""
    return hashlib.sha256(tokenizer.vqvae.quantizer.every_code().cpu().float().numpy().tobytes()).hexdigest()[
        :16
    ]


def mark_of(backend: MotionBackend) -> str | None:
    """The mark of a backend's codebook; None for one that has no tokenizer in this process."""
    tokenizer: MotionTokenizer | None = getattr(backend, "tokenizer", None)
    return None if tokenizer is None else codebook_mark(tokenizer)


def recorded_reference(
    data: str | Path, evaluator: SupportsEmbedding, tokenizer: MotionTokenizer | None
) -> ReferenceSet:
    """From recordings: a folder in HumanML3D's layout (test split, else validation), or one of CMU data
    (held-out trials).

    tokenizer: what the reconstruction is made with, if any. Raises InvalidRequestError where nothing is held
    out, and other MotionAgentErrors for what cannot be read.
    """
    folder = Path(data)
    cmu = not (folder / VECTORS).is_dir()
    if cmu:
        held_out, library, kind = clips_of(folder, "val"), clips_of(folder, "train"), "held-out"
    else:
        # Clips are embedded by the evaluator's own statistics, so the folder's do not matter here.
        opened = open_motion_text(folder, statistics="any")
        held_out, library = opened.held_out(), opened.load("train")
        kind = split_of(opened, held_out)
    if not held_out:
        raise InvalidRequestError(NOTHING_HELD_OUT.format(folder))
    name = f"{len(held_out)} {kind} clips of {folder.name}"
    return replace(reference_of(evaluator, held_out, library, tokenizer, name), paraphrased=cmu)


def clips_of(folder: Path, split: str) -> list[CaptionedClip]:
    """The captioned stretches of one split of a folder of CMU data."""
    return [_captioned(clip) for clip in load_clips(folder) if clip.split == split]


def _captioned(clip: EvalClip) -> CaptionedClip:
    captions = [Caption(text) for text in clip.captions]
    return CaptionedClip(_name(clip), clip.features, captions)


def _name(stretch: EvalClip | CaptionedSegment) -> str:
    return f"{stretch.trial}:{stretch.start}-{stretch.end}"


def reference_of(
    evaluator: SupportsEmbedding,
    held_out: Sequence[CaptionedClip],
    library: Sequence[CaptionedClip],
    tokenizer: MotionTokenizer | None,
    name: str,
) -> ReferenceSet:
    """Embed the clips, and tokenize those that are held out."""
    tokens = () if tokenizer is None else tuple(tokenizer.encode(clip.features) for clip in held_out)
    return ReferenceSet(
        name=name,
        captions=tuple(clip.captions for clip in held_out),
        real=_embedded(evaluator, held_out),
        physics=np.array([_physics(clip.features) for clip in held_out], np.float32).reshape(-1, len(LABELS)),
        library=_embedded(evaluator, library),
        library_captions=tuple(tuple(c.text for c in clip.captions) for clip in library),
        tokens=tokens,
        codebook="" if tokenizer is None else codebook_mark(tokenizer),
    )


def _embedded(evaluator: SupportsEmbedding, clips: Sequence[CaptionedClip]) -> Float32Array:
    """(N, E); features are read as they are needed, since a whole data set may not fit into memory."""
    parts = [
        evaluator.embed_motions([clip.features for clip in clips[start : start + _CLIPS_AT_ONCE]])
        for start in range(0, len(clips), _CLIPS_AT_ONCE)
    ]
    return np.concatenate([*parts, evaluator.embed_motions([])])


def _physics(features: Float32Array) -> Sequence[float]:
    return measure(recover_joints(features)) if features.shape[1] == DIM else [np.nan] * len(LABELS)


# ---------------------------------------------------------------------- the set that ships


def write_reference(
    data: str | Path, evaluator: MotionEvaluator, tokenizer: MotionTokenizer, folder: str | Path
) -> None:
    """Embed and tokenize the captioned clips of a folder of CMU data; write them beside the evaluator."""
    rows = {_name(segment): row for row, segment in enumerate(load_captions())}
    held_out, library = (clips_of(Path(data), split) for split in ("val", "train"))
    whole = reference_of(evaluator, held_out, library, tokenizer, "CMU")
    tensors: dict[str, Tensor] = {
        "real": torch.from_numpy(whole.real),
        "physics": torch.from_numpy(whole.physics),
        "library": torch.from_numpy(whole.library),
        "real_rows": torch.tensor([rows[clip.id] for clip in held_out], dtype=torch.int16),
        "library_rows": torch.tensor([rows[clip.id] for clip in library], dtype=torch.int16),
        "tokens": torch.cat(list(whole.tokens)).to(torch.int16),
        "lengths": torch.tensor([len(codes) for codes in whole.tokens], dtype=torch.int16),
        "codebook": torch.tensor(list(bytes.fromhex(whole.codebook)), dtype=torch.uint8),
    }
    save_tensors(tensors, Path(folder) / REFERENCE)


def load_reference(folder: str | Path = SHIPPED) -> ReferenceSet:
    """The held-out CMU clips as they ship beside the evaluator. Raises CheckpointError."""
    path = Path(folder) / REFERENCE
    tensors, segments = load_tensors(path), load_captions()
    try:
        held_out, library = (
            [segments[row] for row in tensors[part].tolist()] for part in ("real_rows", "library_rows")
        )
        tokens = tensors["tokens"].long().split(tensors["lengths"].long().tolist())
        codebook = bytes(tensors["codebook"].tolist()).hex()
        real, physics, stored = (tensors[name].numpy() for name in ("real", "physics", "library"))
    except (KeyError, IndexError, RuntimeError) as error:
        raise CheckpointError(f"{path} does not fit this version ({error}): get it again") from error
    return ReferenceSet(
        name=f"{len(held_out)} held-out CMU clips",
        captions=tuple(tuple(Caption(text) for text in segment.captions) for segment in held_out),
        real=real,
        physics=physics,
        library=stored,
        library_captions=tuple(segment.captions for segment in library),
        tokens=tokens,  # pyright: ignore[reportArgumentType]
        codebook=codebook,
        segments=tuple(held_out),
        paraphrased=True,
    )
