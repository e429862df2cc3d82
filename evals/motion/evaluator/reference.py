"""What generated motion is held against: captioned clips with the evaluator's embeddings of the real motion.

One set ships, of the CMU clips that no training saw: their captions are the package's, their motion may not be
passed on, so embeddings and tokens stand in for it. Any other set is made from recorded motion.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import LongTensor, Tensor

from ....motion_models.checkpoint_io import load_tensors, save_tensors
from ....motion_models.data.captions import load_captions
from ....motion_models.errors import CheckpointError
from ....motion_models.features import from_joints
from ..corpus import Clip, load_clips
from .evaluator import SHIPPED

if TYPE_CHECKING:
    from ....motion_models.tokenizer import MotionTokenizer
    from .evaluator import MotionEvaluator

FloatArray = npt.NDArray[np.float32]

REFERENCE = "reference.safetensors"


class SupportsEmbedding(Protocol):
    """What a set needs of an evaluator."""

    def embed_motions(self, motions: Sequence[FloatArray], batch_size: int = 64) -> FloatArray: ...


@dataclass(frozen=True)
class CaptionText:
    """A caption as prompts have it, and its "word/TAG" tokens where the data has them."""

    text: str
    tokens: tuple[str, ...] = ()

    @property
    def to_embed(self) -> str | tuple[str, ...]:
        return self.tokens or self.text


@dataclass(frozen=True, eq=False)
class ReferenceSet:
    """N captioned clips. real: (N, E). tokens: of each clip, by the tokenizer with this `codebook` mark.

    library, library_captions: (M, E) and captions of the clips that retrieval may answer with.
    """

    name: str
    captions: tuple[tuple[CaptionText, ...], ...]
    real: FloatArray
    library: FloatArray
    library_captions: tuple[tuple[str, ...], ...]
    tokens: tuple[LongTensor, ...] = ()
    codebook: str = ""

    def __len__(self) -> int:
        return len(self.captions)

    def reworded(self) -> ReferenceSet:
        """The same clips with their last caption alone: on CMU the one that avoids the others' words."""
        from dataclasses import replace

        return replace(self, captions=tuple(captions[-1:] for captions in self.captions))


def codebook_mark(tokenizer: MotionTokenizer) -> str:
    """A short name for a codebook: tokens mean nothing with another one."""
    return hashlib.sha256(tokenizer.vqvae.quantizer.codebook.cpu().float().numpy().tobytes()).hexdigest()[:16]


def reference_of(
    evaluator: SupportsEmbedding, held_out: Sequence[Clip], library: Sequence[Clip], name: str
) -> ReferenceSet:
    """Embed recorded clips."""
    return ReferenceSet(
        name=name,
        captions=tuple(tuple(CaptionText(text) for text in clip.captions) for clip in held_out),
        real=evaluator.embed_motions([from_joints(clip.joints) for clip in held_out]),
        library=evaluator.embed_motions([from_joints(clip.joints) for clip in library]),
        library_captions=tuple(clip.captions for clip in library),
    )


# ---------------------------------------------------------------------- the set that ships


def write_reference(
    data: str | Path, evaluator: MotionEvaluator, tokenizer: MotionTokenizer, folder: str | Path
) -> None:
    """Embed and tokenize the captioned clips of a folder of CMU data; write them beside the evaluator."""
    places = {(s.trial, s.start, s.end, s.action): row for row, s in enumerate(load_captions())}
    clips = load_clips(data)
    held_out, library = ([clip for clip in clips if clip.split == split] for split in ("val", "train"))
    whole = reference_of(evaluator, held_out, library, "CMU")
    tokens = [tokenizer.encode(from_joints(clip.joints)) for clip in held_out]
    tensors: dict[str, Tensor] = {
        "real": torch.from_numpy(whole.real),
        "library": torch.from_numpy(whole.library),
        "tokens": torch.cat(list(tokens)).to(torch.int16),
        "lengths": torch.tensor([len(codes) for codes in tokens], dtype=torch.int16),
        "codebook": torch.tensor(list(bytes.fromhex(codebook_mark(tokenizer))), dtype=torch.uint8),
    }
    for part, found in (("real_rows", held_out), ("library_rows", library)):
        rows = [places[clip.trial, clip.start, clip.end, clip.action] for clip in found]
        tensors[part] = torch.tensor(rows, dtype=torch.int16)
    save_tensors(tensors, Path(folder) / REFERENCE)


def load_reference(folder: str | Path = SHIPPED) -> ReferenceSet:
    """The held-out CMU clips as they ship beside the evaluator. Raises CheckpointError."""
    path = Path(folder) / REFERENCE
    tensors, segments = load_tensors(path), load_captions()
    try:
        held_out, library = (
            [segments[row].captions for row in tensors[part].tolist()]
            for part in ("real_rows", "library_rows")
        )
        tokens = tensors["tokens"].long().split(tensors["lengths"].long().tolist())
        codebook = bytes(tensors["codebook"].tolist()).hex()
        real, stored = tensors["real"].numpy(), tensors["library"].numpy()
    except (KeyError, IndexError, RuntimeError) as error:
        raise CheckpointError(f"{path} does not fit this version ({error}): get it again") from error
    return ReferenceSet(
        name=f"{len(held_out)} held-out CMU clips",
        captions=tuple(tuple(CaptionText(text) for text in captions) for captions in held_out),
        real=real,
        library=stored,
        library_captions=tuple(library),
        tokens=tokens,  # pyright: ignore[reportArgumentType]
        codebook=codebook,
    )
