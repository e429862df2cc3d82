"""A tokenizer without a network: every block of four frames has a token of its own, so nothing is lost.

Tokens 0-511 are a walk that differs from token to token: eight of them in a row make a stride, and each has
its own pace and its own height of the left hand, so that left and right, order and speed can be told. Any
other block of features is given a token when it is first seen, the same one whoever sees it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from helpers import walking
from motion_agent.motion_models import features as feature_layout
from motion_agent.motion_models.motion.skeleton import JOINT

Features = npt.NDArray[np.float32]

SIZE = 512
#: Tokens of one stride, and how many variants each of them has.
STRIDE, VARIANTS = 8, SIZE // 8
FRAMES = feature_layout.FRAMES_PER_TOKEN

#: What every codebook of this process has seen: a store outlives the backend that filled it.
_seen: dict[int, Features] = {}


def encode(features: Features) -> torch.LongTensor:
    """Features (T, 263) -> token ids (T // 4,)."""
    blocks = np.asarray(features, dtype=np.float32)[: len(features) // FRAMES * FRAMES]
    return torch.LongTensor([_token(block) for block in blocks.reshape(-1, FRAMES, feature_layout.DIM)])


def decode(tokens: Iterable[Any]) -> Features:
    """Token ids (N,) -> features (4N, 263), for a token of `encode` just what it was made from."""
    return np.concatenate([_block(int(token)) for token in tokens]).copy()


def stride(length: int, seed: bytes) -> torch.LongTensor:
    """`length` tokens of a walk that only this seed makes: steps in their order, variants at random."""
    rng = np.random.default_rng(list(seed))
    steps = (rng.integers(STRIDE) + np.arange(length)) % STRIDE
    return torch.LongTensor(STRIDE * rng.integers(0, VARIANTS, length) + steps)


def pose(*, height: float | None = None, hand: float = 0.0) -> int:
    """The token of a person who stands still, pelvis at `height`, left hand raised by `hand` metres."""
    joints = np.repeat(walking(1), FRAMES + 1, axis=0)
    joints[:, JOINT["left_wrist"], 1] += hand
    rows = feature_layout.from_joints(joints).astype(np.float32)
    if height is not None:
        rows[:, feature_layout.ROOT_HEIGHT] = height
    return int(encode(rows)[0])


def _token(block: Features) -> int:
    digest = _digest(block)
    known = _walking_tokens().get(digest)
    if known is not None:
        return known
    token = SIZE + int.from_bytes(digest[:6])
    _seen.setdefault(token, block.copy())
    return token


def _digest(block: Features) -> bytes:
    """What tells blocks apart that differ by more than rounding; adding 0 makes -0 and 0 one."""
    return hashlib.sha256((block.round(4) + 0.0).tobytes()).digest()


def _block(token: int) -> Features:
    return _walk()[token] if 0 <= token < SIZE else _seen[token]


@cache
def _walk() -> Features:
    """The blocks (512, 4, 263) of the walking tokens."""
    blocks = np.empty((VARIANTS, STRIDE, FRAMES, feature_layout.DIM), dtype=np.float32)
    for variant in range(VARIANTS):
        pace, hand = divmod(variant, 8)
        # 0.9 strides a second: at 28.8 frames a second one takes 32 frames, which are eight tokens.
        joints = walking(FRAMES * STRIDE + 1, speed=1.4 + 0.05 * pace, fps=28.8)
        joints[:, [JOINT["left_elbow"], JOINT["left_wrist"]], 1] += 0.02 * hand
        rows = feature_layout.from_joints(joints).astype(np.float32)
        blocks[variant] = rows.reshape(STRIDE, FRAMES, feature_layout.DIM)
    return blocks.reshape(SIZE, FRAMES, feature_layout.DIM)


@cache
def _walking_tokens() -> dict[bytes, int]:
    return {_digest(block): token for token, block in enumerate(_walk())}
