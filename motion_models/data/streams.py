"""The motion tokens of whole recordings, rendered in several variants, and slices of them.

Every trial is tokenized whole, once for each mirror, speed and phase. A stretch of motion is then a slice of
such a stream: sub-clips, joined neighbours and shifted starts cost nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from ..motion import features
from ..motion.features import FRAMES_PER_TOKEN

if TYPE_CHECKING:
    from torch import LongTensor

    from .cmu import Trial

#: Version of the cache's layout.
_CACHE_FORMAT = 1


class SupportsEncode(Protocol):
    """What the streams need of a motion tokenizer."""

    def encode(self, features: npt.NDArray[np.float32]) -> LongTensor: ...


@dataclass(frozen=True, order=True)
class Variant:
    """One rendering of a trial: mirrored or not, `speed` times as fast, its first `phase` frames left out."""

    mirrored: bool = False
    speed: float = 1.0
    phase: int = 0


PLAIN = Variant()
ALL_VARIANTS = tuple(Variant(*v) for v in product((False, True), (1.0, 0.85, 1.15), range(FRAMES_PER_TOKEN)))


class TokenStreams:
    """The tokens of whole trials in several variants.

    tokens: one int32 array (N,) per (trial, variant). A moment t seconds into the recording is token
    `position(trial, t, variant)` of that array.
    """

    def __init__(
        self, tokens: Mapping[tuple[str, Variant], npt.NDArray[np.int32]], skipped: Mapping[str, float]
    ) -> None:
        self.tokens = dict(tokens)
        self.skipped = dict(skipped)

    @cached_property
    def variants(self) -> tuple[Variant, ...]:
        return tuple(sorted({variant for _, variant in self.tokens}))

    def position(self, trial: str, seconds: float, variant: Variant) -> int:
        """Index of the token nearest to a moment of the recording, within the stream."""
        frame = (seconds - self.skipped[trial]) / variant.speed * features.FPS - variant.phase
        return min(max(round(frame / FRAMES_PER_TOKEN), 0), len(self.tokens[trial, variant]))

    def cut(self, trial: str, start: float, end: float, variant: Variant) -> npt.NDArray[np.int32]:
        """The tokens between two moments of the recording; may be empty at the recording's ends."""
        stream = self.tokens[trial, variant]
        return stream[self.position(trial, start, variant) : self.position(trial, end, variant)]

    @classmethod
    def build(
        cls,
        trials: Sequence[Trial],
        tokenizer: SupportsEncode,
        *,
        variants: Sequence[Variant] = ALL_VARIANTS,
        cache: Path | None = None,
        progress: bool = True,
    ) -> TokenStreams:
        """Tokenize trials in every variant; finished trials are read back from the `cache` folder.

        The cache holds one file per trial, named by a hash of the trial's joints, the variants and what the
        tokenizer makes of a probe motion, so another tokenizer or other data never meets stale tokens, and
        a killed build goes on where it stopped.
        """
        from rich.progress import track

        key = _fingerprint(tokenizer, trials, variants) if cache and trials else ""
        tokens: dict[tuple[str, Variant], npt.NDArray[np.int32]] = {}
        for trial in track(trials, "Tokenizing trials", disable=not progress):
            for variant, stream in _trial_tokens(trial, tokenizer, variants, cache, key).items():
                tokens[trial.id, variant] = stream
        return cls(tokens, {trial.id: trial.skipped for trial in trials})


def _trial_tokens(
    trial: Trial, tokenizer: SupportsEncode, variants: Sequence[Variant], cache: Path | None, key: str
) -> dict[Variant, npt.NDArray[np.int32]]:
    """Tokens of one trial per variant, from its cache file when there is one."""
    if cache is None:
        return _encode_trial(trial, tokenizer, variants)
    content = hashlib.sha256(np.ascontiguousarray(trial.joints).tobytes()).hexdigest()[:16]
    file = cache / f"{trial.id}-{key}-{content}.npz"
    if file.is_file():
        with np.load(file, allow_pickle=False) as stored:
            return {variant: stored[str(i)] for i, variant in enumerate(variants)}
    encoded = _encode_trial(trial, tokenizer, variants)
    cache.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".part.npz")
    np.savez_compressed(unfinished, **{str(i): encoded[variant] for i, variant in enumerate(variants)})  # type: ignore[arg-type]
    unfinished.replace(file)
    return encoded


def _encode_trial(
    trial: Trial, tokenizer: SupportsEncode, variants: Sequence[Variant]
) -> dict[Variant, npt.NDArray[np.int32]]:
    encoded: dict[Variant, npt.NDArray[np.int32]] = {}
    for mirrored, speed in sorted({(v.mirrored, v.speed) for v in variants}):
        moved = trial.mirrored() if mirrored else trial
        rows = (moved if speed == 1.0 else moved.at_speed(speed)).features
        for variant in variants:
            if (variant.mirrored, variant.speed) == (mirrored, speed):
                encoded[variant] = tokenizer.encode(rows[variant.phase :]).numpy().astype(np.int32)
    return encoded


def _fingerprint(tokenizer: SupportsEncode, trials: Sequence[Trial], variants: Sequence[Variant]) -> str:
    """A name for what this tokenizer does: a hash of the variants and of the tokens of the longest trial."""
    probe = max(trials, key=lambda trial: (len(trial.joints), trial.id))
    digest = hashlib.sha256(json.dumps([_CACHE_FORMAT, [str(v) for v in variants]]).encode())
    digest.update(tokenizer.encode(probe.features).numpy().tobytes())
    return digest.hexdigest()[:16]
