"""A folder of captioned motion as what the two trainings read: whole motions, and captions with tokens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch

from ..data.clips import CaptionedClip, StoredRows
from ..data.humanml3d import MotionTextFolder, Split, read_shape
from ..data.streams import SupportsEncode
from ..errors import InvalidMotionError, InvalidRequestError
from ..language.adapters import ADAPTER_OF_TASK
from ..storage.stamps import fingerprint
from .processes import is_main, main_first

if TYPE_CHECKING:
    from torch import LongTensor

    from ..language.motion_llm import MotionLLM
    from ..language.templates import Codes

#: No template writes more tokens than this around a caption and a motion.
_PROMPT_ROOM = 256
#: Version of the cache's layout, and clips whose tokens tell one tokenizer and one data set from another.
_CACHE_FORMAT, _PROBES = 2, 16


def motions(folder: MotionTextFolder, split: Split) -> Iterator[npt.NDArray[np.float32]]:
    """The features (T, D) of every recording of a split, whole and once, whatever its captions."""
    for name in folder.ids(split):
        path = folder.vectors(name)
        if not path.is_file() and folder.skip_missing:
            continue
        frames, _ = read_shape(path)
        yield StoredRows(path, 0, frames, folder.representation).read()


class CaptionedTokens:
    """Clips as captions and motion tokens; a map-style dataset.

    An epoch shows each clip once, with one of its captions, drawn anew by (epoch, index).
    """

    def __init__(self, captions: Sequence[Sequence[str]], tokens: Sequence[LongTensor]) -> None:
        self._captions, self._tokens = captions, tokens
        self._epoch = 0

    @classmethod
    def build(cls, clips: Sequence[CaptionedClip], tokenizer: SupportsEncode, cache: Path) -> CaptionedTokens:
        """Tokenize clips, or read their tokens from the `cache` folder, where a run before wrote them."""
        captions = [[caption.text for caption in clip.captions] for clip in clips]
        with main_first():
            return cls(captions, _tokenized(clips, tokenizer, cache))

    def __len__(self) -> int:
        return len(self._captions)

    def __getitem__(self, index: int) -> tuple[str, LongTensor]:
        """A caption and motion token ids (N,) int64."""
        captions = self._captions[index]
        rng = np.random.default_rng((self._epoch, index))
        return captions[int(rng.integers(len(captions)))], self._tokens[index]

    def set_epoch(self, epoch: int) -> None:
        self._epoch = epoch

    def pairs(self) -> list[tuple[str, LongTensor]]:
        """Every caption with its clip's tokens."""
        return [(caption, tokens) for captions, tokens in self._together() for caption in captions]

    def _together(self) -> Iterator[tuple[Sequence[str], LongTensor]]:
        return zip(self._captions, self._tokens, strict=True)

    @property
    def name(self) -> str:
        """A name for these captions and the lengths of their motions, the same on every machine."""
        return fingerprint([(list(captions), len(tokens)) for captions, tokens in self._together()])

    def texts(self) -> list[str]:
        """Every caption as written."""
        return [caption for captions in self._captions for caption in captions]


def _tokenized(clips: Sequence[CaptionedClip], tokenizer: SupportsEncode, cache: Path) -> list[LongTensor]:
    if not clips:
        return []
    file = cache / f"{_fingerprint(clips, tokenizer)}.npz"
    if not file.is_file():
        encoded = _encode(clips, tokenizer)
        if is_main():
            _write(file, encoded)
        return encoded
    with np.load(file, allow_pickle=False) as stored:
        parts = torch.from_numpy(stored["tokens"].astype(np.int64)).split(stored["lengths"].tolist())
    return list(parts)  # type: ignore[arg-type]


def _encode(clips: Sequence[CaptionedClip], tokenizer: SupportsEncode) -> list[LongTensor]:
    from rich.progress import track

    return [tokenizer.encode(clip.features) for clip in track(clips, "Tokenizing", disable=not is_main())]


def _write(file: Path, tokens: Sequence[LongTensor]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".part.npz")
    lengths = np.array([len(part) for part in tokens])
    np.savez_compressed(unfinished, tokens=torch.cat(list(tokens)).numpy().astype(np.int32), lengths=lengths)
    unfinished.replace(file)


def _fingerprint(clips: Sequence[CaptionedClip], tokenizer: SupportsEncode) -> str:
    """A name for these clips under this tokenizer: their ids and files, and the tokens of some of them."""
    listed = [(clip.id, clip.frames, clip.stamp) for clip in clips]
    probes = [tokenizer.encode(clip.features).tolist() for clip in clips[:: max(1, len(clips) // _PROBES)]]
    return fingerprint(_CACHE_FORMAT, listed, probes)


def require_clips(clips: Sequence[CaptionedClip], folder: MotionTextFolder, split: Split) -> None:
    """Raise InvalidMotionError where a split has no clip that can be used."""
    if not clips:
        shortest, longest = folder.representation.min_frames, folder.representation.max_frames
        raise InvalidMotionError(
            f"{folder.root}: no clip of {split}.txt can be used; clips have {shortest} to {longest} frames "
            "and a caption"
        )


def require_room(model: MotionLLM, pairs: Iterable[tuple[str, Codes]]) -> None:
    """Raise InvalidRequestError for a clip that does not fit into the model's context with its caption."""
    room = model.network.context
    for caption, codes in pairs:
        # No text has more tokens than bytes, so that most need no second look.
        if len(codes) + len(caption.encode()) + _PROMPT_ROOM <= room:
            continue
        length = max(len(model.renderer.example(task, caption, codes).ids) for task in ADAPTER_OF_TASK)
        if length > room:
            raise InvalidRequestError(
                f"a clip of {len(codes)} tokens with the caption {caption[:40]!r} needs {length} tokens, the "
                f"backbone holds {room}: leave it out or cut it"
            )
