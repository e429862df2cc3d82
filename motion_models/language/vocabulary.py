"""Ids of the motion words that extend a text vocabulary.

The ids follow the text tokenizer's: +0 is <Motion>, +1 is </Motion>, +2+i is <Motion_i>, one for each entry
of the motion codebook. On Gemma 2 (256,000 text tokens) that gives 256000, 256001 and 256002+i, the numbers
in the released Motion-Agent checkpoints. A *row* is an id counted from <Motion>, a *code* a codebook index.

Where a step of motion has several codes, it still is one id: its codes are the digits of one number, the
first of them the lowest, so that prompts, labels and decoding know nothing but steps. Embedding and head have
a row for every code of every level; the rows of level n stand n codebooks behind those of the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from ..errors import InvalidRequestError

#: What MotionLLM does, and what it has an adapter for each of.
Task = Literal["generation", "captioning"]
#: Rows before the first code: <Motion> and </Motion>.
N_MARKERS = 2
START_ROW, END_ROW = 0, 1
#: Ids are counted in 64 bits.
_MOST_STEPS = 2**60


@dataclass(frozen=True)
class MotionVocabulary:
    """`text_size` text tokens followed by two markers and `codebook_size` motion tokens for every level.

    levels: codes of a step. Raises ValueError for numbers that leave no token, or too many steps to count.
    """

    text_size: int
    codebook_size: int = 512
    levels: int = 1

    def __post_init__(self) -> None:
        if min(self.text_size, self.codebook_size, self.levels) < 1:
            raise ValueError(f"a vocabulary needs text and motion tokens, got {self}")
        if self.steps > _MOST_STEPS:
            raise ValueError(
                f"{self.levels} codes of {self.codebook_size} are more than one id can tell apart"
            )

    @property
    def start_id(self) -> int:
        return self.text_size + START_ROW

    @property
    def end_id(self) -> int:
        return self.text_size + END_ROW

    @property
    def n_rows(self) -> int:
        """Motion rows of the embedding and the head: 514 for one codebook of 512."""
        return self.levels * self.codebook_size + N_MARKERS

    @property
    def steps(self) -> int:
        """How many different steps of motion there are."""
        return self.codebook_size**self.levels

    @property
    def size(self) -> int:
        return self.text_size + self.n_rows

    def to_ids(self, codes: Tensor | Sequence[int]) -> list[int]:
        """Codes (N,), or (N, levels), -> vocabulary ids, one a step. Raises InvalidRequestError."""
        steps = self.pack(self.check_codes(codes)) + self.text_size + N_MARKERS
        return steps.tolist()

    def pack(self, codes: Tensor) -> Tensor:
        """Codes (...,), or (..., levels) where there are several, -> steps (...)."""
        if self.levels == 1:
            return codes
        # Without a tensor of powers, which a graph could not capture.
        digits = [code * self.codebook_size**n for n, code in enumerate(codes.unbind(-1))]
        return torch.stack(digits).sum(dim=0)

    def unpack(self, steps: Tensor) -> Tensor:
        """Steps (...) -> codes (...,), or (..., levels) where there are several."""
        if self.levels == 1:
            return steps
        digits = [steps // self.codebook_size**n % self.codebook_size for n in range(self.levels)]
        return torch.stack(digits, dim=-1)

    def check_codes(self, codes: Tensor | Sequence[int]) -> Tensor:
        """`codes` as a LongTensor (N,) or (N, levels) on the CPU, each within the codebook; may be empty."""
        try:
            tensor = torch.as_tensor(codes)
        except (TypeError, ValueError, RuntimeError) as error:
            raise InvalidRequestError(f"motion tokens must be a list of integers: {error}") from error
        shape = (self.levels,) if self.levels > 1 else ()
        if tensor.numel() == 0:
            return torch.empty(0, *shape, dtype=torch.long)
        if (
            tensor.ndim != 1 + len(shape)
            or tensor.shape[1:] != shape
            or tensor.is_floating_point()
            or tensor.is_complex()
            or tensor.dtype == torch.bool
        ):
            wanted = f"{self.levels} integers a step" if shape else "one-dimensional integers"
            raise InvalidRequestError(
                f"motion tokens must be {wanted}, got {tensor.dtype} {tuple(tensor.shape)}"
            )
        tensor = tensor.detach().to("cpu", torch.long)
        low, high = int(tensor.min()), int(tensor.max())
        if low < 0 or high >= self.codebook_size:
            raise InvalidRequestError(
                f"motion tokens must lie in 0..{self.codebook_size - 1}, got {low if low < 0 else high}"
            )
        return tensor
