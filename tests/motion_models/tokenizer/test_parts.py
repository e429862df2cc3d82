"""Codes of body parts: what each is made of, what it does not depend on, and how they are kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from helpers import walking
from motion_agent.motion_models import (
    CheckpointError,
    InvalidRequestError,
    MotionTokenizer,
    load_backend,
)
from motion_agent.motion_models.motion.features import LOCAL_POSITIONS, from_joints
from motion_agent.motion_models.motion.representation import HUMANML3D, KIT
from motion_agent.motion_models.motion.skeleton import JOINT, mirror_joints
from motion_agent.motion_models.tokenizer.consistency import root_scale
from motion_agent.motion_models.tokenizer.parts import BODY_PARTS, indices, selection
from motion_agent.motion_models.tokenizer.quantizer import PartQuantizer
from motion_agent.motion_models.tokenizer.vqvae import VQVAE, VQVAEConfig
from tiny_weights import quantizer_of, save_tiny_backend

TINY = VQVAEConfig(width=16, code_dim=8, codes=32, by_parts=True)
LEGS, TRUNK, LEFT, RIGHT = range(4)


@pytest.fixture
def features(walk: np.ndarray) -> np.ndarray:
    """A walk that waves a little, so that left and right differ: (56, 263)."""
    joints = walk.copy()
    joints[:, JOINT["right_wrist"], 1] += 0.2 * np.sin(np.arange(len(walk)))
    return from_joints(joints)[:56]


@pytest.fixture
def tokenizer(features: np.ndarray) -> MotionTokenizer:
    """Random encoders, and codebooks made of what they give, so that steps differ in their codes."""
    torch.manual_seed(0)
    vqvae = VQVAE(TINY)
    std = np.ones(263)
    std[:4] = 0.2
    made = MotionTokenizer(vqvae, np.zeros(263), std)
    with torch.no_grad():
        vqvae.train()(made.normalise(features).unsqueeze(0))
    return MotionTokenizer(vqvae, np.zeros(263), std)


def test_every_number_of_a_frame_belongs_to_one_part() -> None:
    found = [number for part in BODY_PARTS for number in indices(part)]
    assert sorted(found) == list(range(HUMANML3D.dim))


def test_a_step_has_a_code_for_every_part(tokenizer: MotionTokenizer, features: np.ndarray) -> None:
    codes = tokenizer.encode(features)
    assert tokenizer.levels == 4 and codes.shape == (14, 4) and codes.dtype == torch.int64
    assert tokenizer.decode(codes).shape == (56, 263)
    assert min(len(set(column.tolist())) for column in codes.T) > 3  # or the tests below see nothing


def test_codes_decode_to_what_the_forward_pass_gave(tokenizer: MotionTokenizer, features: np.ndarray) -> None:
    with torch.no_grad():
        forward, quantized = tokenizer.vqvae(tokenizer.normalise(features).unsqueeze(0))
    codes = tokenizer.encode(features)
    torch.testing.assert_close(codes, quantized.codes[0])
    expected = (forward[0] * tokenizer.std + tokenizer.mean).numpy()
    np.testing.assert_allclose(tokenizer.decode(codes), expected, rtol=1e-4, atol=1e-4)


def test_the_mirror_image_has_the_codes_of_the_arms_exchanged(tokenizer: MotionTokenizer) -> None:
    joints = walking(60)
    joints[:, JOINT["right_wrist"], 1] += 0.2 * np.sin(np.arange(60))
    codes = tokenizer.encode(from_joints(joints)[:56])
    mirrored = tokenizer.encode(from_joints(mirror_joints(joints))[:56])
    assert not torch.equal(codes[:, LEFT], codes[:, RIGHT])
    torch.testing.assert_close(mirrored[:, LEFT], codes[:, RIGHT])
    torch.testing.assert_close(mirrored[:, RIGHT], codes[:, LEFT])


def test_arms_and_trunk_do_not_depend_on_where_the_body_is(
    tokenizer: MotionTokenizer, features: np.ndarray
) -> None:
    """A body 0.4 m higher that moves over ground faster: other legs, the same trunk and arms."""
    moved = features.copy()
    moved[:, LOCAL_POSITIONS][:, 1::3] += 0.4
    moved[:, 3] += 0.4
    moved[:, HUMANML3D.joint_velocities][:, 2::3] += 0.3
    moved[:, HUMANML3D.root_velocity_xz] += 0.3
    before, after = tokenizer.encode(features), tokenizer.encode(moved)
    assert not torch.equal(before[:, LEGS], after[:, LEGS])
    torch.testing.assert_close(before[:, 1:], after[:, 1:])


def test_an_arm_changes_its_own_codes_only(tokenizer: MotionTokenizer, features: np.ndarray) -> None:
    changed = features.copy()
    changed[:, indices(BODY_PARTS[LEFT])] += np.random.default_rng(0).normal(0, 0.5, (56, 48))
    before, after = tokenizer.encode(features), tokenizer.encode(changed.astype(np.float32))
    assert not torch.equal(before[:, LEFT], after[:, LEFT])
    others = [LEGS, TRUNK, RIGHT]
    torch.testing.assert_close(before[:, others], after[:, others])


def test_both_arms_move_one_codebook_once() -> None:
    torch.manual_seed(0)
    quantizer = PartQuantizer(16, 8).train()
    assert list(quantizer.codebooks) == ["legs", "trunk", "arm"]
    vectors = torch.randn(4, 6, 32)
    quantizer(vectors)
    arms: Any = quantizer.codebooks["arm"]
    # One step of the averages after the first: .99 of one each, .01 of what both arms assigned.
    assert float(arms.code_count.sum()) == pytest.approx(16 * 0.99 + 0.01 * 2 * 24, rel=1e-4)
    legs: Any = quantizer.codebooks["legs"]
    assert float(legs.code_count.sum()) == pytest.approx(16 * 0.99 + 0.01 * 24, rel=1e-4)


def test_saving_and_loading_is_exact(
    tokenizer: MotionTokenizer, features: np.ndarray, tmp_path: Path
) -> None:
    tokenizer.save_pretrained(tmp_path)
    again = MotionTokenizer.from_pretrained(tmp_path)
    assert again.vqvae.config == TINY
    for name, value in tokenizer.vqvae.state_dict().items():
        torch.testing.assert_close(again.vqvae.state_dict()[name], value, rtol=0, atol=0, msg=name)
    torch.testing.assert_close(again.encode(features), tokenizer.encode(features))


def test_several_motions_decode_to_what_each_decodes_to(tokenizer: MotionTokenizer) -> None:
    motions = [torch.randint(32, (length, 4)) for length in (3, 5, 3)]
    for motion, decoded in zip(motions, tokenizer.decode_batch(motions), strict=True):
        np.testing.assert_allclose(decoded, tokenizer.decode(motion), atol=1e-4)


@pytest.mark.parametrize("shape", [(5,), (5, 3), (5, 4, 1), (0, 4)])
def test_codes_of_another_shape_are_refused(tokenizer: MotionTokenizer, shape: tuple[int, ...]) -> None:
    with pytest.raises(InvalidRequestError, match="4 codes for each step"):
        tokenizer.decode(torch.zeros(shape, dtype=torch.int64))


def test_the_official_layout_cannot_hold_them(tokenizer: MotionTokenizer) -> None:
    with pytest.raises(CheckpointError, match="one code a step, this tokenizer gives 4"):
        tokenizer.official_state()


def test_a_language_model_of_one_code_a_step_is_refused_with_it(
    tokenizer: MotionTokenizer, tmp_path: Path
) -> None:
    save_tiny_backend(tmp_path)
    sizes = replace(TINY, codes=512)
    MotionTokenizer(VQVAE(sizes), np.zeros(263), np.ones(263)).save_pretrained(tmp_path / "tokenizer")
    with pytest.raises(CheckpointError, match="4 codes a step, the MotionLLM writes 1"):
        load_backend(tmp_path)


def test_statistics_can_be_looked_at(tokenizer: MotionTokenizer) -> None:
    assert root_scale(tokenizer) is None  # nothing trained: decoded motion does not follow the representation


def test_another_skeleton_has_no_parts() -> None:
    with pytest.raises(Exception, match="humanml3d only"):
        selection(BODY_PARTS[0], KIT)


def test_one_code_a_step_is_taken_as_a_column_too(walk: np.ndarray) -> None:
    torch.manual_seed(0)
    vqvae = VQVAE(VQVAEConfig(width=16, code_dim=8, codes=32))
    quantizer_of(vqvae).codebook.normal_()
    whole = MotionTokenizer(vqvae, np.zeros(263), np.ones(263))
    codes = whole.encode(from_joints(walk))
    assert whole.levels == 1 and codes.ndim == 1
    np.testing.assert_array_equal(whole.decode(codes[:, None]), whole.decode(codes))
