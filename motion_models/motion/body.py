"""From the marks of a recorded body to the joints of HumanML3D's, and whether it is a human body at all.

Recordings name bones; HumanML3D has joints at other places: its neck joint sits at the base of the neck, its
spine3 in mid-chest, and its collar joints up and out from there. What every source agrees on (hips, limbs,
the base of the neck, where neck and shoulders leave the chest) is kept; spine and collars are put where
HumanML3D has them. The shares were fitted to the clip that HumanML3D publishes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import minimum_filter1d

from ..arrays import FloatArray
from .features import FPS
from .skeleton import HIERARCHY_ORDER, JOINT, bone_vectors

#: The line up the back, and the share of its length at which each joint of the spine stands.
_BACK = tuple(JOINT[name] for name in ("pelvis", "spine1", "spine2", "spine3", "neck"))
_SPINE_SHARES = {"spine1": 0.2386, "spine2": 0.498, "spine3": 0.602}
#: How far from the top of the chest to the shoulder the collar joint stands.
_COLLAR_SHARE = 0.42

#: A recorded bone keeps its length; its standard deviation over a clip, metres.
_MOST_STRETCH = 0.04
#: Lengths that a body has in lengths of its leg (thigh and shin): what people have, with room on both sides.
_PROPORTIONS = {"trunk": (0.47, 0.78), "arm": (0.48, 0.85), "shoulder width": (0.25, 0.65)}
#: The same for any character that may be read from a file: children, giants and cartoon figures too.
_SHAPES = {"trunk": (0.3, 1.4), "arm": (0.3, 1.4), "shoulder width": (0.08, 1.1)}
#: No motion changes its speed like this between two frames: metres a frame, of all joints on average.
_LEAP = 0.42
#: How far a joint may come under the floor for a moment, metres.
_DEEPEST = 0.15
#: Off the floor: nothing of the body comes this near to it, metres, over this long, seconds.
_OFF_FLOOR, _WHILE, _LONGEST_FLIGHT = 0.2, 1.0, 1.0


def with_humanml3d_trunk(marks: FloatArray) -> FloatArray:
    """Marks of a body (T, 22, 3) -> the same with spine and collars where HumanML3D has them.

    Of the marks, `spine3` is the top of the chest (where neck and shoulders leave it), `neck` the base of the
    neck, `head` the crown; spine1 and spine2 lie on the back between pelvis and chest, and the collars are
    free. Lengths stay the recording's: `skeleton.retarget` brings them to HumanML3D's.
    """
    joints = np.array(marks, copy=True)
    back = marks[:, list(_BACK)]
    steps = np.linalg.norm(np.diff(back, axis=1), axis=-1)
    reach = np.concatenate([np.zeros((len(marks), 1)), np.cumsum(steps, axis=1)], axis=1)
    frames = np.arange(len(marks))
    for name, share in _SPINE_SHARES.items():
        wanted = share * reach[:, -1]
        bone = np.clip((reach <= wanted[:, None]).sum(axis=1) - 1, 0, len(_BACK) - 2)
        part = ((wanted - reach[frames, bone]) / np.maximum(steps[frames, bone], 1e-9))[:, None]
        joints[:, JOINT[name]] = back[frames, bone] * (1 - part) + back[frames, bone + 1] * part
    chest = marks[:, JOINT["spine3"]]
    for side in ("left", "right"):
        shoulder = marks[:, JOINT[f"{side}_shoulder"]]
        joints[:, JOINT[f"{side}_collar"]] = chest + _COLLAR_SHARE * (shoulder - chest)
    return joints


@dataclass(frozen=True)
class Proportions:
    """Lengths of a body in lengths of its leg, and how much its bones stretch, metres."""

    trunk: float
    arm: float
    shoulder_width: float
    stretch: float


def proportions(joints: FloatArray) -> Proportions:
    """Measure a body (T, 22, 3) in its own size, by the medians over time."""
    lengths = np.linalg.norm(bone_vectors(joints), axis=-1)
    usual = np.median(lengths, axis=0)
    leg = max(float(usual[[JOINT["left_knee"], JOINT["left_ankle"]]].sum()), 1e-9)
    across = joints[:, JOINT["left_shoulder"]] - joints[:, JOINT["right_shoulder"]]
    return Proportions(
        trunk=float(usual[list(_BACK[1:])].sum()) / leg,
        arm=float(usual[[JOINT["left_elbow"], JOINT["left_wrist"]]].sum()) / leg,
        shoulder_width=float(np.median(np.linalg.norm(across, axis=-1))) / leg,
        stretch=float(lengths[:, list(HIERARCHY_ORDER)].std(axis=0).max()),
    )


def body_fault(marks: FloatArray) -> str | None:
    """Why a recording (T, 22, 3), metres, as it was read, is not one human body; None where it is."""
    found = proportions(marks)
    if found.stretch > _MOST_STRETCH:
        return f"a bone changes its length by {found.stretch:.2f} m"
    return _out_of(found, _PROPORTIONS)


def shape_fault(joints: FloatArray) -> str | None:
    """Why joints (T, 22, 3), in any unit, have the shape of no human figure; None where they have."""
    return _out_of(proportions(joints), _SHAPES)


def _out_of(found: Proportions, bounds: dict[str, tuple[float, float]]) -> str | None:
    measured = (found.trunk, found.arm, found.shoulder_width)
    for (name, (least, most)), value in zip(bounds.items(), measured, strict=True):
        if not least <= value <= most:
            return f"its {name} is {value:.2f} of a leg long; people have {least} to {most}"
    return None


def motion_fault(joints: FloatArray) -> str | None:
    """Why a clip (T, 22, 3) with its floor at y = 0 is no motion on it; None where it is."""
    jolt = np.linalg.norm(np.diff(joints, n=2, axis=0), axis=-1).mean(axis=1).max(initial=0.0)
    if jolt > _LEAP:
        return f"the body leaps by {jolt:.2f} m from one frame to the next"
    lowest = float(joints[..., 1].min())
    if lowest < -_DEEPEST:
        return f"it comes {-lowest:.2f} m under the floor"
    return None


def stays_on_floor(joints: FloatArray) -> bool:
    """Whether some part of the body (T, 22, 3) comes near y = 0 all along, but for flights.

    Without it people stand, sit or hang on something that the joints do not show.
    """
    lowest = joints[..., 1].min(axis=1)
    held = minimum_filter1d(lowest, max(1, round(_WHILE * FPS)))
    return float((held > _OFF_FLOOR).sum()) / FPS <= _LONGEST_FLIGHT
