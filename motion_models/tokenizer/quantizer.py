"""Vector quantization with a codebook learnt by exponential moving averages and code resets.

van den Oord et al., "Neural Discrete Representation Learning" (2017), appendix A.1; resets as in T2M-GPT
(Zhang et al., CVPR 2023). All state lives in buffers, so that training resumes exactly where it stopped.
Processes that train together keep one codebook: they add up what they assign and reset alike.
"""

from __future__ import annotations

from typing import NamedTuple, cast

import torch
from torch import Tensor, distributed, nn
from torch.nn import functional

from .parts import BODY_PARTS, NETWORKS


class Quantized(NamedTuple):
    vectors: Tensor  # like the input, straight-through gradient
    codes: Tensor  # (B, N) code indices, (B, N, P) of P parts
    commitment: Tensor  # scalar, mean squared distance to the (fixed) codes
    perplexity: Tensor  # scalar, exp of the entropy of code use in this batch


class EMAQuantizer(nn.Module):
    """Nearest-neighbour quantizer over vectors (B, N, D).

    The codebook is no parameter: in training mode each call moves it towards the running mean of the
    vectors assigned to each code, and codes used less than `reset_below` times (running count) jump to
    random vectors of the batch.
    """

    #: Of the running averages, a step.
    DECAY = 0.99

    def __init__(self, codes: int, dim: int, *, reset_below: float = 0.5) -> None:
        super().__init__()
        self.reset_below = reset_below
        self.codebook: Tensor
        self.code_sum: Tensor
        self.code_count: Tensor
        self.initialised: Tensor
        self.register_buffer("codebook", torch.zeros(codes, dim))
        self.register_buffer("code_sum", torch.zeros(codes, dim))
        self.register_buffer("code_count", torch.ones(codes))
        self.register_buffer("initialised", torch.zeros((), dtype=torch.bool))

    def restart_averages(self) -> None:
        """Derive running sums from the codebook, for checkpoints that come without them."""
        self.code_sum.copy_(self.codebook)
        self.code_count.fill_(1.0)
        self.initialised.fill_(True)

    def every_code(self) -> Tensor:
        """(codes, D) vectors."""
        return self.codebook

    def lookup(self, codes: Tensor) -> Tensor:
        """(B, N) code indices -> (B, N, D) vectors."""
        return functional.embedding(codes, self.codebook)

    def nearest(self, vectors: Tensor) -> Tensor:
        """(B, N, D) vectors -> (B, N) indices of the nearest codes."""
        flat = vectors.reshape(-1, vectors.shape[-1]).float()
        codebook = self.codebook.float()
        distance = codebook.square().sum(1) - 2 * flat @ codebook.t()
        return distance.argmin(dim=1).view(vectors.shape[:-1])

    def forward(self, vectors: Tensor) -> Quantized:
        vectors = vectors.float()
        if self.training and not self.initialised:
            self._initialise(vectors)
        codes = self.nearest(vectors)
        counts = torch.bincount(codes.flatten(), minlength=len(self.codebook)).float()
        if self.training:
            self._update(vectors.detach(), codes, counts)
        chosen = self.lookup(codes)
        commitment = functional.mse_loss(vectors, chosen)
        share = counts / counts.sum()
        perplexity = torch.exp(-(share * (share + 1e-10).log()).sum())
        return Quantized(vectors + (chosen - vectors).detach(), codes, commitment, perplexity)

    @torch.no_grad()
    def _initialise(self, vectors: Tensor) -> None:
        self.codebook.copy_(_first(self._draw(vectors.reshape(-1, vectors.shape[-1]), len(self.codebook))))
        self.restart_averages()

    @torch.no_grad()
    def _update(self, vectors: Tensor, codes: Tensor, counts: Tensor) -> None:
        flat = vectors.reshape(-1, vectors.shape[-1])
        sums = torch.zeros_like(self.code_sum).index_add_(0, codes.flatten(), flat)
        self.code_sum.lerp_(_added(sums), 1 - self.DECAY)
        self.code_count.lerp_(_added(counts), 1 - self.DECAY)
        rare = self.code_count < self.reset_below
        fresh = _first(self._draw(flat, int(rare.sum())))
        self.code_sum[rare] = fresh
        self.code_count[rare] = 1.0
        self.codebook.copy_(self.code_sum / self.code_count.unsqueeze(1))

    @staticmethod
    def _draw(flat: Tensor, number: int) -> Tensor:
        """`number` random rows of (M, D), with a little noise where rows must repeat."""
        picks = torch.randint(len(flat), (number,), device=flat.device)
        noise = 0.01 * flat.std() if len(flat) < number else 0.0
        return flat[picks] + noise * torch.randn_like(flat[picks])


class PartQuantizer(nn.Module):
    """A codebook for each body part over vectors (B, N, P * D), parts side by side as in `BODY_PARTS`.

    Parts of one network share a codebook, which is moved once by the vectors of all of them.
    """

    def __init__(self, codes: int, dim: int) -> None:
        super().__init__()
        self.codebooks = nn.ModuleDict({name: EMAQuantizer(codes, dim) for name in NETWORKS})

    def restart_averages(self) -> None:
        for codebook in self._books():
            codebook.restart_averages()

    def every_code(self) -> Tensor:
        """(codebooks * codes, D) vectors, one codebook after another."""
        return torch.cat([book.codebook for book in self._books()])

    def lookup(self, codes: Tensor) -> Tensor:
        """(B, N, P) code indices -> (B, N, P * D) vectors."""
        parts = zip(BODY_PARTS, codes.unbind(-1), strict=True)
        return torch.cat([self._book(part.network).lookup(own) for part, own in parts], dim=-1)

    def nearest(self, vectors: Tensor) -> Tensor:
        """(B, N, P * D) vectors -> (B, N, P) indices of the nearest codes."""
        parts = zip(BODY_PARTS, self._split(vectors), strict=True)
        return torch.stack([self._book(part.network).nearest(own) for part, own in parts], dim=-1)

    def forward(self, vectors: Tensor) -> Quantized:
        """As of `EMAQuantizer`; commitment and perplexity are means over the codebooks."""
        split = self._split(vectors)
        found: dict[str, tuple[Tensor, Tensor]] = {}
        losses, perplexities = [], []
        for network in NETWORKS:
            parts = [part for part in BODY_PARTS if part.network == network]
            own = torch.cat([split[BODY_PARTS.index(part)] for part in parts])
            made = self._book(network)(own)
            chunks = zip(made.vectors.chunk(len(parts)), made.codes.chunk(len(parts)), strict=True)
            found |= {part.name: both for part, both in zip(parts, chunks, strict=True)}
            losses.append(made.commitment)
            perplexities.append(made.perplexity)
        ordered = [found[part.name] for part in BODY_PARTS]
        return Quantized(
            torch.cat([chosen for chosen, _ in ordered], dim=-1),
            torch.stack([codes for _, codes in ordered], dim=-1),
            torch.stack(losses).mean(),
            torch.stack(perplexities).mean(),
        )

    def _split(self, vectors: Tensor) -> tuple[Tensor, ...]:
        return vectors.chunk(len(BODY_PARTS), dim=-1)

    def _book(self, network: str) -> EMAQuantizer:
        return cast(EMAQuantizer, self.codebooks[network])

    def _books(self) -> list[EMAQuantizer]:
        return [self._book(network) for network in NETWORKS]


def _together() -> bool:
    return distributed.is_available() and distributed.is_initialized()


def _added(tensor: Tensor) -> Tensor:
    """The sum of a tensor over all processes."""
    if _together():
        tensor = tensor.clone()
        distributed.all_reduce(tensor)
    return tensor


def _first(tensor: Tensor) -> Tensor:
    """The tensor of the first process, in all of them."""
    if _together():
        tensor = tensor.contiguous()
        distributed.broadcast(tensor, 0)
    return tensor
