"""Codes chosen by what they decode to: closer in pose and path, and the same ones every time."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from helpers import walking
from motion_agent.motion_models import InvalidMotionError, MotionTokenizer, load_backend
from motion_agent.motion_models.motion.features import from_joints, recover_joints
from motion_agent.motion_models.motion.skeleton import resample
from motion_agent.motion_models.storage.layout import DEFAULT_WEIGHTS, TOKENIZER_FOLDER
from motion_agent.motion_models.tokenizer import synthesis
from motion_agent.motion_models.tokenizer.synthesis import closest_codes


@pytest.fixture(scope="module")
def shipped() -> MotionTokenizer:
    return MotionTokenizer.from_pretrained(DEFAULT_WEIGHTS / TOKENIZER_FOLDER)


@pytest.fixture(scope="module")
def features() -> np.ndarray:
    """Six seconds of a walk that turns, a little faster than any the tokenizer would make: (122, 263)."""
    backend = load_backend()
    [tokens] = backend.generate(["a person walks forward and turns left"], seconds=7, seed=1)
    faster = resample(recover_joints(backend.decode(tokens)), 20 * 1.12, 20)
    return from_joints(faster.astype(np.float32))[:122]


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
    assert closer_pose < 0.9 * pose
    assert closer_path < path


def test_a_pose_that_is_held_does_not_tremble(shipped: MotionTokenizer) -> None:
    held = from_joints(np.repeat(walking(frames=20)[7:8], 61, axis=0))
    speeds = [
        float(np.linalg.norm(np.diff(recover_joints(shipped.decode(codes)), axis=0), axis=-1).mean())
        for codes in (shipped.encode(held), shipped.encode_closely(held))
    ]
    assert speeds[1] < 1.5 * speeds[0]


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


def test_errors_of_the_pose_the_path_and_velocities_have_their_weights() -> None:
    true = torch.from_numpy(np.asarray(walking(20))).unsqueeze(0)

    def error(change: torch.Tensor) -> float:
        return float(synthesis._error(true + change, true))

    one = torch.zeros(1, 20, 22, 3)
    aside, still = one.clone(), one.clone()
    aside[..., 0] = 0.5
    still[:, :, 5, 1] = 0.22
    assert error(one) == 0
    assert error(aside) == pytest.approx(0.1 * 0.5, rel=1e-3)
    assert error(still) == pytest.approx(0.01, rel=1e-3)
    trembling = still * torch.tensor([0.0, 1.0] * 10)[:, None, None]
    assert error(trembling) == pytest.approx(0.005 + 6 * 0.01, rel=1e-3)
