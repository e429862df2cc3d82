"""What the tools need from a motion model.

A backend may run here on torch or somewhere else behind a service: callers only see token ids,
features and text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from ..english.interpretation import Interpretation

if TYPE_CHECKING:
    from torch import LongTensor


@runtime_checkable
class MotionBackend(Protocol):
    """A translator between text and motion tokens, with its tokenizer.

    One token is 0.2 s (4 frames at 20 fps). Every method raises a `MotionAgentError` subclass on bad
    input and never returns a half result.
    """

    @property
    def name(self) -> str: ...

    @property
    def repertoire(self) -> list[str]:
        """The actions this backend was trained on, most common first."""
        ...

    def interpret(self, description: str) -> Interpretation:
        """Read a description: unknown words, the known action used. Raises UnknownActionError."""
        ...

    def generate(
        self,
        captions: Sequence[str],
        *,
        seconds: float | Sequence[float | None] | None = None,
        seed: int | Sequence[int | None] | None = None,
        prefixes: Sequence[LongTensor | None] | None = None,
    ) -> list[LongTensor]:
        """One batch of motions; item i is (N_i,) token ids and does not depend on its batch mates.

        prefixes: tokens that come right before item i, as context; they are not part of the result.
        """
        ...

    def caption(self, motions: Sequence[LongTensor]) -> list[str]:
        """One caption per token sequence."""
        ...

    def encode(self, features: npt.NDArray[np.float32]) -> LongTensor:
        """Features (T, 263) -> (T // 4,) token ids."""
        ...

    def decode(self, tokens: LongTensor) -> npt.NDArray[np.float32]:
        """Token ids (N,) -> features (4N, 263), unnormalised float32."""
        ...


def decode_all(backend: MotionBackend, motions: Sequence[LongTensor]) -> list[npt.NDArray[np.float32]]:
    """`decode` of several motions: in one call where the backend offers `decode_batch(motions)`."""
    together = getattr(backend, "decode_batch", None)
    return [backend.decode(tokens) for tokens in motions] if together is None else together(motions)


def encode_closely(backend: MotionBackend, features: npt.NDArray[np.float32]) -> LongTensor:
    """Tokens (T // 4,) of motion that is shown again, by `encode_closely` where the backend offers it."""
    closely = getattr(backend, "encode_closely", backend.encode)
    return closely(features)
