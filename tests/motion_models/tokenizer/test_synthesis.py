"""Codes chosen by what they decode to: closer in pose and path, and the same ones every time."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from helpers import walking
from motion_agent.motion_models import InvalidMotionError, MotionTokenizer
from motion_agent.motion_models.motion.features import from_joints, recover_joints
from motion_agent.motion_models.storage.layout import DEFAULT_WEIGHTS, TOKENIZER_FOLDER
from motion_agent.motion_models.tokenizer import synthesis
from motion_agent.motion_models.tokenizer.synthesis import closest_codes


@pytest.fixture(scope="module")
def shipped() -> MotionTokenizer:
    return MotionTokenizer.from_pretrained(DEFAULT_WEIGHTS / TOKENIZER_FOLDER)


@pytest.fixture
def features() -> np.ndarray:
    """Six seconds of a walk that turns, (120, 263)."""
    joints, yaw = walking(frames=125), np.linspace(0, 1.2, 125)
    turn = np.stack([np.cos(yaw), np.sin(yaw)], axis=1)[:, None]
    x, z = joints[..., 0].copy(), joints[..., 2].copy()
    joints[..., 0], joints[..., 2] = turn[..., 0] * x + turn[..., 1] * z, turn[..., 0] * z - turn[..., 1] * x
    return from_joints(joints.astype(np.float32))[:122]


def error(tokenizer: MotionTokenizer, codes: torch.Tensor, features: np.ndarray) -> tuple[float, float]:
    """Mean distance of joints relative to the root, and of the root, in metres."""
    made = recover_joints(tokenizer.decode(codes))
    true = recover_joints(features)[: len(made)]
    local = (made - made[:, :1]) - (true - true[:, :1])
    distances = np.linalg.norm(local, axis=-1).mean(), np.linalg.norm(made[:, 0] - true[:, 0], axis=-1).mean()
    return float(distances[0]), float(distances[1])


def test_close_codes_decode_closer_in_pose_and_path(shipped: MotionTokenizer, features: np.ndarray) -> None:
    plain, close = shipped.encode(features), shipped.encode_closely(features)
    assert close.shape == plain.shape and close.dtype == plain.dtype
    (pose, path), (closer_pose, closer_path) = (error(shipped, codes, features) for codes in (plain, close))
    assert closer_pose < pose
    assert closer_path < 0.8 * path


def test_one_round_gives_the_encoders_own_codes(shipped: MotionTokenizer, features: np.ndarray) -> None:
    usable = torch.from_numpy(features[:120])
    codes = closest_codes(shipped.vqvae, shipped.mean, shipped.std, usable, rounds=1)
    assert torch.equal(codes, shipped.encode(features))


def test_the_same_motion_gets_the_same_codes_and_weights_stay(
    shipped: MotionTokenizer, features: np.ndarray
) -> None:
    before = shipped.vqvae.state_dict()["decoder.model.0.weight"].clone()
    with torch.inference_mode():  # as a server may call it
        first = shipped.encode_closely(features)
    assert torch.equal(first, shipped.encode_closely(features))
    assert torch.equal(before, shipped.vqvae.state_dict()["decoder.model.0.weight"])
    assert all(weight.grad is None for weight in shipped.vqvae.parameters())


def test_long_motion_is_searched_in_stretches_that_meet(
    shipped: MotionTokenizer, features: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthesis, "_MOST_FRAMES", 40)
    in_three = shipped.encode_closely(features)
    assert in_three.shape == shipped.encode(features).shape
    assert error(shipped, in_three, features)[0] < error(shipped, shipped.encode(features), features)[0]


def test_what_fills_no_token_is_refused(shipped: MotionTokenizer, features: np.ndarray) -> None:
    with pytest.raises(InvalidMotionError, match="at least 4 frames"):
        shipped.encode_closely(features[:3])
