"""NumPy files, written; `reading.numpy_files` reads them, and what others write.

`.npz` written here (all arrays readable with allow_pickle=False):

| name | content |
|---|---|
| trans | (T, 3) pelvis position, metres, Y up |
| mocap_framerate | frames a second |
| poses | (T, 75) axis-angle of our rig's 25 joints, T-pose at rest: NOT SMPL parameters |
| rig_names, rig_parents, rig_offsets | (25,) (25,) (25, 3): what `poses` turns |
| joints | (T, 22, 3) positions, metres |
| joint_names | (22,) |
| features | (T - 1, 263) HumanML3D features at 20 fps |
| tokens | (N,) motion tokens, empty when unknown |
| name, caption, segments | text; segments as JSON [{description, start, end}] in seconds |

Several people: one more leading axis would need equal lengths, so each person's arrays carry a suffix
`_1`, `_2`, ... and `people` holds their number.

`.npy` written here is joints (T, 22, 3).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.spatial.transform import Rotation

from ..motion.motion import Motion
from ..motion.rig import RIG_NAMES, RIG_PARENTS
from ..motion.skeleton import JOINT_NAMES


def save_npy(motions: Sequence[Motion], path: Path) -> Path:
    """Write one person's joints (T, 22, 3), float32, metres."""
    [motion] = motions
    np.save(path, motion.joints, allow_pickle=False)
    return path


def save_npz(motions: Sequence[Motion], path: Path) -> Path:
    """Write people with everything known about them; see the table above."""
    arrays: dict[str, npt.ArrayLike] = {"people": len(motions)}
    for number, motion in enumerate(motions, start=1):
        suffix = f"_{number}" if len(motions) > 1 else ""
        arrays |= {f"{name}{suffix}": value for name, value in _arrays(motion).items()}
    with path.open("wb") as file:
        named = {name: np.asarray(value) for name, value in arrays.items()}
        np.savez_compressed(file, **named)  # pyright: ignore[reportArgumentType]
    return path


def _arrays(motion: Motion) -> dict[str, npt.ArrayLike]:
    rig = motion.rig
    vectors = Rotation.from_quat(rig.rotations.reshape(-1, 4)).as_rotvec()
    segments = [{"description": s.description, "start": s.start, "end": s.end} for s in motion.segments]
    return {
        "trans": rig.root.astype(np.float32),
        "mocap_framerate": np.float64(motion.fps),
        "poses": vectors.reshape(rig.frames, -1).astype(np.float32),
        "rig_names": np.array(RIG_NAMES),
        "rig_parents": np.array(RIG_PARENTS),
        "rig_offsets": rig.offsets.astype(np.float32),
        "joints": motion.joints,
        "joint_names": np.array(JOINT_NAMES),
        "features": motion.features,
        "tokens": np.zeros(0, np.int64) if motion.tokens is None else np.asarray(motion.tokens, np.int64),
        "name": motion.name,
        "caption": motion.caption,
        "segments": json.dumps(segments, ensure_ascii=False),
    }
