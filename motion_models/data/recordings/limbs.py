"""New bodies from recorded ones: limbs of one clip on another, and limbs turned a little.

Few recordings show two things at once, and the poses of few people are seen. Clips made here have the legs of
one recording under the arms, or the whole upper body, of another at the same heading ("walks while waving"),
and limbs that swing smoothly aside from where they were recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.spatial.transform import Rotation

from ...arrays import Float32Array, FloatArray
from ...motion.features import FACING_SIGMA
from ...motion.skeleton import JOINT, bone_vectors, forward_positions, mirror_joints, resample
from ..cmu import Trial

_ARM_BONES = ("collar", "shoulder", "elbow", "wrist")
_TRUNK = ("spine1", "spine2", "spine3", "neck", "head")
_ARMS = {side: tuple(JOINT[f"{side}_{name}"] for name in _ARM_BONES) for side in ("left", "right")}
_LEGS = {
    side: tuple(JOINT[f"{side}_{name}"] for name in ("knee", "ankle", "foot")) for side in ("left", "right")
}
#: Bones, named by the joint they end in, that can be taken over together.
TAKEN = {
    "upper body": (*(JOINT[name] for name in _TRUNK), *_ARMS["left"], *_ARMS["right"]),
    "arms": (*_ARMS["left"], *_ARMS["right"]),
    "left arm": _ARMS["left"],
    "right arm": _ARMS["right"],
}
#: Bones that turn together about where the first begins, and by how many degrees (one standard deviation).
_TURNS: tuple[tuple[tuple[int, ...], float], ...] = (
    (TAKEN["upper body"], 7.0),
    *((_ARMS[side][2:], 14.0) for side in ("left", "right")),
    *((_ARMS[side][3:], 14.0) for side in ("left", "right")),
    *((_LEGS[side], 6.0) for side in ("left", "right")),
    *((_LEGS[side][1:], 6.0) for side in ("left", "right")),
)
#: Frames over which a turn changes; a pose is upright where the trunk leans less than this cosine says.
_TURN_SIGMA, _UPRIGHT = 12.0, 0.8


@dataclass(frozen=True)
class Variety:
    """How many clips are made and of how many frames; a third each: taken limbs, turned limbs, both."""

    clips: int = 2400
    frames: int = 160
    speeds: tuple[float, float] = (0.8, 1.25)
    seed: int = 0


def with_limbs_of(legs: FloatArray, other: FloatArray, taken: str) -> FloatArray:
    """The body of `legs` (T, 22, 3) with the `taken` bones of `other` (T, 22, 3), at the same heading.

    taken: a key of `TAKEN`. Bones keep their angle to the heading of hips (upper body) or chest (arms).
    """
    own, theirs = bone_vectors(legs), bone_vectors(other)
    turn = (_heading(own, taken) - _heading(theirs, taken))[:, None]
    bones = list(TAKEN[taken])
    x, z = theirs[:, bones, 0], theirs[:, bones, 2]
    own[:, bones, 0] = np.cos(turn) * x + np.sin(turn) * z
    own[:, bones, 2] = np.cos(turn) * z - np.sin(turn) * x
    own[:, bones, 1] = theirs[:, bones, 1]
    return forward_positions(legs[:, 0], own)


def _heading(vectors: FloatArray, taken: str) -> FloatArray:
    """Smoothed yaw (T,) that hips or chest face, from bone vectors."""
    names = ("hip",) if taken == "upper body" else ("collar", "shoulder")
    left, right = ([JOINT[f"{side}_{name}"] for name in names] for side in ("left", "right"))
    across = (vectors[:, left] - vectors[:, right]).sum(axis=1)
    facing = gaussian_filter1d(
        np.stack([-across[:, 2], across[:, 0]], axis=1), FACING_SIGMA / 4, axis=0, mode="nearest"
    )
    return np.unwrap(np.arctan2(facing[:, 0], facing[:, 1]))


def with_turned_limbs(joints: FloatArray, rng: np.random.Generator) -> FloatArray:
    """The same motion (T, 22, 3) with trunk, arms and legs turned smoothly; what was lowest stays as high."""
    vectors = bone_vectors(joints)
    for bones, degrees in _TURNS:
        turns = Rotation.from_rotvec(np.radians(degrees) * _smooth_noise(len(joints), rng))
        for bone in bones:
            vectors[:, bone] = turns.apply(vectors[:, bone])
    turned = forward_positions(joints[:, 0], vectors)
    turned[..., 1] += (joints[..., 1].min(axis=1) - turned[..., 1].min(axis=1))[:, None]
    return turned


def _smooth_noise(frames: int, rng: np.random.Generator) -> FloatArray:
    """(T, 3) of unit deviation that changes slowly, about an offset of its own."""
    noise = gaussian_filter1d(rng.standard_normal((frames + 100, 3)), _TURN_SIGMA, axis=0)[50 : 50 + frames]
    return 0.7 * rng.standard_normal(3) + 0.7 * noise / max(float(noise.std()), 1e-9)


def varied_clips(trials: Sequence[Trial], variety: Variety | None = None) -> list[Float32Array]:
    """Joints (T, 22, 3) of new clips made of recorded ones; the same for the same trials and seed."""
    variety = variety or Variety()
    pieces = [trial.joints for trial in trials if len(trial.joints) > 24]
    lengths = np.cumsum([len(joints) for joints in pieces], dtype=np.float64)
    made: list[Float32Array] = []
    for number in range(variety.clips):
        rng = np.random.default_rng((variety.seed, number))
        clip = _piece(pieces, lengths, variety, rng)
        if number % 3 != 1:
            clip = _with_taken_limbs(clip, pieces, lengths, variety, rng)
        if number % 3 != 0:
            clip = with_turned_limbs(clip, rng)
        made.append(clip.astype(np.float32))
    return made


def _piece(
    pieces: Sequence[Float32Array], lengths: FloatArray, variety: Variety, rng: np.random.Generator
) -> FloatArray:
    """A stretch of one recording, drawn by length, at a random speed, perhaps mirrored."""
    joints = pieces[int(np.searchsorted(lengths, rng.random() * lengths[-1], side="right"))]
    speed = rng.uniform(*variety.speeds)
    frames = min(round(variety.frames * speed), len(joints))
    start = int(rng.integers(len(joints) - frames + 1))
    stretch = resample(joints[start : start + frames].astype(np.float64), 20.0, 20.0 / speed)
    return mirror_joints(stretch) if rng.random() < 0.5 else stretch


def _with_taken_limbs(
    clip: FloatArray,
    pieces: Sequence[Float32Array],
    lengths: FloatArray,
    variety: Variety,
    rng: np.random.Generator,
) -> FloatArray:
    """Limbs of another piece, where both stand upright; the clip as it is where four draws find none."""
    for _ in range(4):
        other = _piece(pieces, lengths, variety, rng)
        frames = min(len(clip), len(other))
        if frames >= 24 and is_upright(clip[:frames]) and is_upright(other[:frames]):
            taken = list(TAKEN)[int(rng.integers(len(TAKEN)))]
            return with_limbs_of(clip[:frames], other[:frames], taken)
    return clip


def is_upright(joints: FloatArray) -> bool:
    back = joints[:, JOINT["neck"]] - joints[:, 0]
    return bool((back[:, 1] > _UPRIGHT * np.linalg.norm(back, axis=1)).mean() > 0.9)
