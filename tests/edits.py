"""Edits of a motion, and what the motion shows before and after them.

`Blurring` decodes every token by what stands beside it, as networks do, so that a motion that is decoded in
another neighbourhood than before is seen.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from fakes import FakeBackend
from hand import Hand
from motion_agent.motion_models.motion.editing.stretch import inverse, placed
from motion_agent.motion_models.motion.skeleton import JOINT
from motion_agent.tools import render_motion
from motion_agent.tools.memory import MotionClip, shown_frames
from motion_agent.tools.montage.parts import draft, parts_of
from motion_agent.tools.services import Call
from scipy.ndimage import gaussian_filter1d

Joints = npt.NDArray[np.floating]
MILLIMETRE = 1e-3
#: Frames at an end of a part that may look otherwise once another part stands beside it: as far as
#: `Blurring` sees, and as seams are smoothed.
SEEN, SEAM = 12, 8


class Blurring(FakeBackend):
    """Decodes a token like its neighbours, as far as twelve frames go."""

    def decode(self, tokens: torch.LongTensor) -> np.ndarray:
        return gaussian_filter1d(super().decode(tokens), 6.0, axis=0, truncate=2.0).astype(np.float32)


def as_decoded(hand: Hand, clip: MotionClip, **fields: Any) -> MotionClip:
    """A motion of the same tokens, without what corrected it as it was made and what was said of that."""
    plain: dict[str, Any] = {"edits": (), "before": None, "after": None, "checks": (), "notes": ()}
    parts = [replace(part, **plain | fields) for part in parts_of(clip)]
    hand.calls += 1
    call = Call(user="local", origin=f"t/{hand.calls}", trail=hand.trail)
    return hand.services.keep(call, draft(parts, "as decoded"))


def edited(hand: Hand, clip: MotionClip, *operations: dict[str, Any]) -> MotionClip:
    return hand.make("edit_motion", motion_id=clip.id, operations=list(operations))


def joints(hand: Hand, clip: MotionClip) -> Joints:
    return render_motion(hand.services.memory, hand.services.backend, clip.id).joints


def parts_shown(hand: Hand, clip: MotionClip) -> list[Joints]:
    """The joints of each part, where they are in the whole."""
    whole, frames = joints(hand, clip), [frames for frames, _ in shown_frames(clip.timeline)]
    return [whole[start:end] for start, end in pairwise(accumulate(frames, initial=0))]


def from_hips(motion: Joints) -> Joints:
    """A motion as seen from where its hips stand in the first frame."""
    across = motion[0, JOINT["left_hip"]] - motion[0, JOINT["right_hip"]]
    yaw = np.arctan2(-across[2], across[0])
    return placed(inverse(np.array([motion[0, 0, 0], motion[0, 0, 2], yaw])), motion)


def assert_same(first: Joints, second: Joints, within: float = MILLIMETRE) -> None:
    assert first.shape == second.shape
    assert np.abs(first - second).max() < within
