"""Ids of the motion words that extend a text vocabulary.

The ids follow the text tokenizer's: +0 is <Motion>, +1 is </Motion>, +2+i is <Motion_i>, one for each entry
of the motion codebook. On Gemma 2 (256,000 text tokens) that gives 256000, 256001 and 256002+i, the numbers
in the released Motion-Agent checkpoints. A *row* is an id counted from <Motion>, a *code* a codebook index.
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


@dataclass(frozen=True)
class MotionVocabulary:
    """`text_size` text tokens followed by two markers and `codebook_size` motion tokens."""

    text_size: int
    codebook_size: int = 512

    def __post_init__(self) -> None:
        if self.text_size < 1 or self.codebook_size < 1:
            raise ValueError(f"a vocabulary needs text and motion tokens, got {self}")

    @property
    def start_id(self) -> int:
        return self.text_size + START_ROW

    @property
    def end_id(self) -> int:
        return self.text_size + END_ROW

    @property
    def n_rows(self) -> int:
        """Motion rows of the embedding and the head: 514 for a codebook of 512."""
        return self.codebook_size + N_MARKERS

    @property
    def size(self) -> int:
        return self.text_size + self.n_rows

    def to_ids(self, codes: Tensor | Sequence[int]) -> list[int]:
        """Codebook indices (N,) -> vocabulary ids. Raises InvalidRequestError on anything else."""
        offset = self.text_size + N_MARKERS
        return [offset + code for code in self.check_codes(codes).tolist()]

    def check_codes(self, codes: Tensor | Sequence[int]) -> Tensor:
        """`codes` as a 1-D LongTensor on the CPU, each within the codebook; may be empty."""
        try:
            tensor = torch.as_tensor(codes)
        except (TypeError, ValueError, RuntimeError) as error:
            raise InvalidRequestError(f"motion tokens must be a list of integers: {error}") from error
        if tensor.numel() == 0:
            return torch.empty(0, dtype=torch.long)
        if (
            tensor.ndim != 1
            or tensor.is_floating_point()
            or tensor.is_complex()
            or tensor.dtype == torch.bool
        ):
            raise InvalidRequestError(
                f"motion tokens must be one-dimensional integers, got {tensor.dtype} {tuple(tensor.shape)}"
            )
        tensor = tensor.detach().to("cpu", torch.long)
        low, high = int(tensor.min()), int(tensor.max())
        if low < 0 or high >= self.codebook_size:
            raise InvalidRequestError(
                f"motion tokens must lie in 0..{self.codebook_size - 1}, got {low if low < 0 else high}"
            )
        return tensor
