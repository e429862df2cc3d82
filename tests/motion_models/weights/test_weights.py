"""The weights that ship: complete, small, fast enough, and they do what simple requests say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from motion_agent.motion_models import (
    BackendError,
    CheckpointError,
    MotionBackend,
    MotionTokenizer,
    UnknownActionError,
    load_backend,
)
from motion_agent.motion_models.motion.features import from_joints, recover_joints
from motion_agent.motion_models.storage.layout import DEFAULT_WEIGHTS
from motion_agent.motion_models.tokenizer.consistency import root_scale

MIB = 2**20


@pytest.fixture(scope="module")
def backend() -> MotionBackend:
    return load_backend(device="cpu")


def test_files_are_safetensors_within_the_budget() -> None:
    files = [path for path in DEFAULT_WEIGHTS.rglob("*") if path.is_file()]
    assert max(path.stat().st_size for path in files) <= 16 * MIB
    assert sum(path.stat().st_size for path in files) <= 32 * MIB
    assert {path.suffix for path in files} <= {".safetensors", ".json", ".md"}
    assert (DEFAULT_WEIGHTS / "README.md").is_file()


def test_walking_goes_somewhere_and_standing_does_not(backend: MotionBackend) -> None:
    motions = backend.generate(
        ["a person walks forward", "a person stands still"] * 3, seconds=4, seed=list(range(6))
    )
    travelled = [np.linalg.norm(np.ptp(recover_joints(backend.decode(m))[:, 0], axis=0)) for m in motions]
    assert np.median(travelled[::2]) > 1.5
    assert np.median(travelled[1::2]) < 0.6


def test_a_walk_is_described_as_one(backend: MotionBackend, walk: np.ndarray) -> None:
    (caption,) = backend.caption([backend.encode(from_joints(walk))])
    assert any(word in caption for word in ("walk", "step", "strid"))


def test_seeds_reproduce_and_vary(backend: MotionBackend) -> None:
    first, again, other = (
        backend.generate(["a person waves with the right hand"], seconds=3, seed=s)[0] for s in (1, 1, 2)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_unknown_words_are_named_and_nonsense_is_refused(backend: MotionBackend) -> None:
    reading = backend.interpret("a person walks forward like a zyxxle")
    assert "zyxxle" in reading.unknown
    assert "walk" in reading.action
    with pytest.raises(UnknownActionError):
        backend.interpret("flurble the quonset")


def test_other_sources(tmp_path: Path, backend: MotionBackend) -> None:
    assert load_backend(backend) is backend
    with pytest.raises(CheckpointError, match="no motion model"):
        load_backend(tmp_path / "nowhere")
    with pytest.raises(BackendError, match="is a URL"):
        load_backend("http://localhost:1/motion")


@pytest.mark.parametrize("device", ["cuda:99", "toaster"])
def test_a_device_that_is_not_there_is_named(device: str) -> None:
    with pytest.raises(BackendError, match=f"no device '{device}'"):
        load_backend(device=device)


def test_the_tokenizer_of_parts_keeps_a_walk(walk: np.ndarray) -> None:
    """Loaded as it lies in the repository: four codes a step, decoded near the motion they came from."""
    tokenizer = MotionTokenizer.from_pretrained(DEFAULT_WEIGHTS / "tokenizer")
    features = from_joints(walk)[:56]
    codes = tokenizer.encode(features)
    assert codes.shape == (14, 4)
    made, real = recover_joints(tokenizer.decode(codes)), recover_joints(features)
    error = np.linalg.norm((made - made[:, :1]) - (real - real[:, :1]), axis=-1).mean()
    assert error < 0.12
    scale = root_scale(tokenizer)
    assert scale is not None and 0.8 < scale < 1.25
