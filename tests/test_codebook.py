"""The codebook of the fake backend gives back what it was given, and its tokens can be told apart."""

from __future__ import annotations

import codebook
import numpy as np
import torch
from motion_agent.motion_models.motion.features import from_joints, recover_joints


def test_what_is_encoded_is_decoded(walk):
    rows = from_joints(walk)
    tokens = codebook.encode(rows)
    assert len(tokens) == len(rows) // 4 == 14
    assert np.array_equal(codebook.decode(tokens), rows[:56])
    assert codebook.encode(codebook.decode(tokens)).tolist() == tokens.tolist()


def test_the_walking_tokens_are_as_many_as_different_movements():
    every = torch.LongTensor(range(codebook.SIZE))
    assert codebook.encode(codebook.decode(every)).tolist() == every.tolist()
    joints = [recover_joints(block) for block in codebook.decode(every).reshape(codebook.SIZE, 4, 263)]
    left, right = (np.array([block[:, joint, 1].mean() for block in joints]) for joint in (20, 21))
    assert np.ptp(left - right) > 0.1
