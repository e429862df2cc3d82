"""Analysis by synthesis: codes chosen by what they decode to.

An encoder picks each code by itself, so small errors of heading and step add up over a motion. Here the
encoder's output is only where a search begins: it is moved against the gradient of the error that the decoded
joints have, straight through the quantizer, and the codes that came closest are kept. The idea is that of
code-excited linear prediction (Schroeder and Atal, ICASSP 1985).
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.optim import Adam

from .vqvae import VQVAE, recover_positions

#: Decodings of a search. From here on the error falls by less than a hundredth with each five more.
ROUNDS = 20
#: A step of the search, as a share of how much the encoder's outputs vary.
_STEP = 0.03
#: What a metre of error on the ground, and one a frame of a joint's velocity, count beside a metre of a joint
#: relative to the root. Without the velocity a pose that is held would tremble.
_PATH_WEIGHT, _VELOCITY_WEIGHT = 0.1, 6.0
#: Frames that are searched in one go, and those on either side of them that are decoded along.
_MOST_FRAMES, _SEEN_BESIDE = 1200, 96


def closest_codes(vqvae: VQVAE, mean: Tensor, std: Tensor, features: Tensor, rounds: int = ROUNDS) -> Tensor:
    """Unnormalised features (T, D), T a multiple of four -> codes (T / 4,) or (T / 4, levels).

    mean, std (D,): of the network's normalisation. rounds: decodings, the first that of the encoder's codes.
    """
    with torch.inference_mode(False), torch.enable_grad():
        found = [
            _search(vqvae, mean, std, features[seen].clone(), rounds)[kept]
            for seen, kept in _stretches(len(features), vqvae.config.frames_per_token)
        ]
    return torch.cat(found)


def _stretches(frames: int, step: int) -> Iterator[tuple[slice, slice]]:
    """Frames that are searched together, and the codes of them that count."""
    for start in range(0, frames, _MOST_FRAMES):
        first, end = max(0, start - _SEEN_BESIDE), min(frames, start + _MOST_FRAMES)
        lead = (start - first) // step
        yield slice(first, min(frames, end + _SEEN_BESIDE)), slice(lead, lead + (end - start) // step)


def _search(vqvae: VQVAE, mean: Tensor, std: Tensor, features: Tensor, rounds: int) -> Tensor:
    true = recover_positions(features.unsqueeze(0))
    with torch.no_grad():
        vectors = vqvae.embed(((features - mean) / std).unsqueeze(0)).clone()
    optimiser = Adam([vectors.requires_grad_(True)], lr=_STEP * float(vectors.detach().std()))
    best, least = vqvae.quantizer.nearest(vectors.detach()), float("inf")
    for left in reversed(range(rounds)):
        codes = vqvae.quantizer.nearest(vectors.detach())
        chosen = vqvae.quantizer.lookup(codes)
        decoded = vqvae.render(vectors + (chosen - vectors).detach())
        error = _error(recover_positions(decoded * std + mean), true)
        if float(error.detach()) < least:
            best, least = codes, float(error.detach())
        if left:
            (vectors.grad,) = torch.autograd.grad(error, vectors)
            optimiser.step()
    return best[0]


def _error(made: Tensor, true: Tensor) -> Tensor:
    """Of joints (1, T, J, 3): relative to the root, headings not aligned; of the path; of velocities."""
    pose = ((made - made[:, :, :1]) - (true - true[:, :, :1])).norm(dim=-1).mean()
    path = (made[:, :, 0] - true[:, :, 0]).norm(dim=-1).mean()
    velocity = (made.diff(dim=1) - true.diff(dim=1)).norm(dim=-1).mean()
    return pose + _PATH_WEIGHT * path + _VELOCITY_WEIGHT * velocity
