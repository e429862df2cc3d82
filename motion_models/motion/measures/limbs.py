"""What torso, arms and legs do on either side: reach, heights, energy, steps and counts of one motion.

Same input and conventions as `kinematics.py`. Measures that exist on both sides take `side`, "left" or
"right"; `leading_share` compares the sides.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy.signal import find_peaks

from ...arrays import FloatArray
from ..features import FPS
from ..skeleton import JOINT
from .kinematics import END_FRAMES, HEAD, NECK, PELVIS, flights, floor_height, heading, pelvis_heights, smooth

Side = Literal["left", "right"]
SIDES: tuple[Side, Side] = ("left", "right")


def other_side(side: Side) -> Side:
    """The opposite side."""
    return "right" if side == "left" else "left"


def body_frame(joints: FloatArray) -> FloatArray:
    """Joints relative to the pelvis and the heading: x left, y up, z forward; (T, 22, 3)."""
    local = joints - joints[:, PELVIS : PELVIS + 1]
    yaw = heading(joints)[:, None]
    x, y, z = np.moveaxis(local, -1, 0)
    return np.stack([x * np.cos(yaw) - z * np.sin(yaw), y, x * np.sin(yaw) + z * np.cos(yaw)], axis=-1)


def _joint(joints: FloatArray, side: Side, name: str) -> FloatArray:
    return joints[:, JOINT[f"{side}_{name}"]]


def lean_max(joints: FloatArray, side: Side) -> float:
    """Farthest the torso leans to this side from upright, degrees, seen from the front."""
    spine = body_frame(joints)[:, NECK]
    lean = np.degrees(np.arctan2(spine[:, 0], np.maximum(spine[:, 1], 1e-6)))
    return float(smooth(lean if side == "left" else -lean, 1.0).max())


# --- arms --------------------------------------------------------------------------------------------


def wrist_over_head(joints: FloatArray, side: Side) -> float:
    """Highest point of the wrist above the head joint, metres; negative while it stays below."""
    return float(smooth(_joint(joints, side, "wrist")[:, 1] - joints[:, HEAD, 1], 1.0).max())


def wrist_over_shoulder(joints: FloatArray, side: Side) -> float:
    """Highest point of the wrist above its shoulder, metres."""
    gap = _joint(joints, side, "wrist")[:, 1] - _joint(joints, side, "shoulder")[:, 1]
    return float(smooth(gap, 1.0).max())


def wrist_speed_max(joints: FloatArray, side: Side) -> float:
    """Highest wrist speed relative to the body, metres a second (a punch, a strike)."""
    return float(_relative_speed(joints, f"{side}_wrist").max())


def reach_forward(joints: FloatArray, side: Side) -> float:
    """Farthest the wrist gets in front of its shoulder, metres."""
    frame = body_frame(joints)
    return float((_joint(frame, side, "wrist")[:, 2] - _joint(frame, side, "shoulder")[:, 2]).max())


def wrist_heights(joints: FloatArray, side: Side) -> FloatArray:
    """Height of the wrist above the floor, metres; (T,)."""
    return smooth(_joint(joints, side, "wrist")[:, 1], 1.0) - floor_height(joints)


def wrist_min(joints: FloatArray, side: Side) -> float:
    """Lowest point of the wrist above the floor, metres."""
    return float(wrist_heights(joints, side).min())


def arm_stretch(joints: FloatArray, side: Side) -> tuple[FloatArray, FloatArray, FloatArray]:
    """How far the wrist is before and above its shoulder, metres, and the share of the arm's length that
    parts the two: 1 for a straight arm; (T,) each."""
    frame = body_frame(joints)
    wrist, elbow, shoulder = (_joint(frame, side, name) for name in ("wrist", "elbow", "shoulder"))
    reach = wrist - shoulder
    length = np.linalg.norm(wrist - elbow, axis=-1) + np.linalg.norm(elbow - shoulder, axis=-1)
    return reach[:, 2], reach[:, 1], np.linalg.norm(reach, axis=-1) / np.maximum(length, 1e-9)


def hand_to_head(joints: FloatArray, side: Side) -> float:
    """Least distance between wrist and head joint, metres (drinking, touching the face)."""
    return float(np.linalg.norm(_joint(joints, side, "wrist") - joints[:, HEAD], axis=-1).min())


def hand_distances(joints: FloatArray) -> FloatArray:
    """Distance between the wrists, metres; (T,)."""
    return np.linalg.norm(_joint(joints, "left", "wrist") - _joint(joints, "right", "wrist"), axis=-1)


def hand_span_max(joints: FloatArray) -> float:
    """Largest distance between the wrists, metres."""
    return float(hand_distances(joints).max())


def hand_span_mean(joints: FloatArray) -> float:
    """Mean distance between the wrists, metres."""
    return float(hand_distances(joints).mean())


def hand_strokes(joints: FloatArray, side: Side) -> int:
    """Reversals of the wrist along its main direction relative to the body (wiping, dribbling, mopping)."""
    return reversals(_main_direction(_joint(body_frame(joints), side, "wrist")), 0.08)


def strike_speed(joints: FloatArray, side: Side) -> float:
    """Highest speed at which the wrist shoots away from its shoulder, metres a second (a punch)."""
    return float(extension_speed(joints, side).max())


def strike_share(joints: FloatArray, side: Side) -> float:
    """This arm's share of both strike speeds, 0 to 1; the other arm of a karate punch only pulls back."""
    own, other = (strike_speed(joints, s) for s in (side, other_side(side)))
    return own / (own + other) if own + other > 1e-9 else 0.5


def strike_count(joints: FloatArray) -> int:
    """Strikes of both arms together faster than 1.2 m/s."""
    return sum(len(find_peaks(extension_speed(joints, s), 1.2, distance=4)[0]) for s in SIDES)


def extension_speed(joints: FloatArray, side: Side) -> FloatArray:
    """How fast the wrist moves away from its shoulder, metres a second; (T - 1,)."""
    reach = np.linalg.norm(_joint(joints, side, "wrist") - _joint(joints, side, "shoulder"), axis=-1)
    return np.diff(smooth(reach, 0.7)) * FPS


def shoulder_rise(joints: FloatArray) -> float:
    """How far both shoulders rise over the chest from their lowest to their highest, metres (a shrug)."""
    shoulders = [_joint(joints, side, "shoulder")[:, 1] for side in SIDES]
    return float(min(np.ptp(smooth(height - joints[:, JOINT["spine3"], 1], 1.0)) for height in shoulders))


def pointing_seconds(joints: FloatArray, side: Side) -> float:
    """Longest time that an arm is held out straight, the hand no lower than 20 cm under the shoulder."""
    _, up, share = arm_stretch(joints, side)
    return longest_run((smooth(share, 1.0) > 0.85) & (smooth(up, 1.0) > -0.2)) / FPS


def hand_lift_end(joints: FloatArray) -> float:
    """How far the higher hand ends above its lowest place, metres (picking up)."""
    heights = [wrist_heights(joints, side) for side in SIDES]
    return float(max(height[-END_FRAMES:].mean() - height.min() for height in heights))


# --- legs --------------------------------------------------------------------------------------------


def ankle_max(joints: FloatArray, side: Side) -> float:
    """Highest point of the ankle above the floor, metres (a kick, a raised leg)."""
    return float(smooth(_joint(joints, side, "ankle")[:, 1], 0.7).max()) - floor_height(joints)


def thigh_pitch(joints: FloatArray, side: Side) -> FloatArray:
    """Angle of the thigh from hanging straight down, degrees: 0 standing, 90 sitting on a chair; (T,)."""
    thigh = _joint(joints, side, "knee") - _joint(joints, side, "hip")
    cosine = -thigh[:, 1] / np.maximum(np.linalg.norm(thigh, axis=1), 1e-9)
    return smooth(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))), 1.0)


def thigh_pitch_end(joints: FloatArray, side: Side) -> float:
    """Thigh angle over the last 0.3 s, degrees."""
    return float(thigh_pitch(joints, side)[-END_FRAMES:].mean())


def thigh_pitch_start(joints: FloatArray, side: Side) -> float:
    """Thigh angle over the first 0.3 s, degrees."""
    return float(thigh_pitch(joints, side)[:END_FRAMES].mean())


def thigh_pitch_mean(joints: FloatArray, side: Side) -> float:
    """Mean thigh angle, degrees."""
    return float(thigh_pitch(joints, side).mean())


def knee_angles(joints: FloatArray, side: Side) -> FloatArray:
    """Angle between thigh and shin, degrees: 180 for a straight leg, 90 for a chair; (T,)."""
    hip, knee, ankle = (_joint(joints, side, name) for name in ("hip", "knee", "ankle"))
    thigh, shin = hip - knee, ankle - knee
    lengths = np.linalg.norm(thigh, axis=1) * np.linalg.norm(shin, axis=1)
    cosine = (thigh * shin).sum(axis=1) / np.maximum(lengths, 1e-9)
    return smooth(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))), 1.0)


def knee_height_end(joints: FloatArray, side: Side) -> float:
    """Height of the knee above the floor over the last 0.3 s, metres."""
    return float(_joint(joints, side, "knee")[-END_FRAMES:, 1].mean()) - floor_height(joints)


def foot_speed_max(joints: FloatArray, side: Side) -> float:
    """Highest ankle speed relative to the body, metres a second."""
    return float(_relative_speed(joints, f"{side}_ankle").max())


def foot_lift_seconds(joints: FloatArray, side: Side) -> float:
    """Longest time this foot stays over 12 cm higher than the other (balancing on one leg)."""
    own = smooth(_joint(joints, side, "ankle")[:, 1], 1.0)
    other = smooth(_joint(joints, other_side(side), "ankle")[:, 1], 1.0)
    return longest_run(own - other > 0.12) / FPS


def feet_apart_max(joints: FloatArray) -> float:
    """Largest horizontal distance between the ankles, metres."""
    gap = _joint(joints, "left", "ankle") - _joint(joints, "right", "ankle")
    return float(np.linalg.norm(gap[:, [0, 2]], axis=-1).max())


def step_count(joints: FloatArray) -> int:
    """Steps: times one foot passes the other by 15 cm along the heading."""
    frame = body_frame(joints)
    gap = smooth(_joint(frame, "left", "ankle")[:, 2] - _joint(frame, "right", "ankle")[:, 2], 1.0)
    return reversals(gap, 0.15)


def foot_alternations(joints: FloatArray) -> int:
    """Times the higher foot changes, by 3 cm: steps that also count on the spot and on stairs."""
    gap = _joint(joints, "left", "ankle")[:, 1] - _joint(joints, "right", "ankle")[:, 1]
    return reversals(smooth(gap, 1.0), 0.03)


# --- sides and counts --------------------------------------------------------------------------------


def limb_energy(joints: FloatArray, side: Side, limb: Literal["arm", "leg"]) -> float:
    """Mean squared speed of the limb's two outer joints relative to the pelvis and heading, (m/s)^2."""
    names = ("elbow", "wrist") if limb == "arm" else ("knee", "ankle")
    return float(np.mean([np.square(_relative_speed(joints, f"{side}_{name}")).mean() for name in names]))


def leading_share(joints: FloatArray, side: Side, limb: Literal["arm", "leg"]) -> float:
    """This side's share of the energy of both arms or both legs, 0 to 1; 0.5 when nothing moves."""
    own, other = (limb_energy(joints, s, limb) for s in (side, other_side(side)))
    return own / (own + other) if own + other > 1e-9 else 0.5


def arm_share(joints: FloatArray, side: Side) -> float:
    """This arm's share of the energy of both arms, 0 to 1."""
    return leading_share(joints, side, "arm")


def leg_share(joints: FloatArray, side: Side) -> float:
    """This leg's share of the energy of both legs, 0 to 1."""
    return leading_share(joints, side, "leg")


def jump_count(joints: FloatArray) -> int:
    """Separate flights of at least 0.15 s."""
    return sum(b - a >= 3 for a, b in flights(joints))


def hop_count(joints: FloatArray) -> int:
    """Times the pelvis bounces up by 5 cm and comes down again."""
    return len(find_peaks(smooth(joints[:, PELVIS, 1], 0.7), prominence=0.05)[0])


def squat_count(joints: FloatArray) -> int:
    """Times the pelvis sinks by 15 cm and comes up again."""
    return len(find_peaks(-pelvis_heights(joints), prominence=0.15)[0])


def arm_raise_count(joints: FloatArray) -> int:
    """Times both wrists go up together by 40 cm and down again (jumping jacks, flapping)."""
    wrists = smooth(
        joints[:, [JOINT["left_wrist"], JOINT["right_wrist"]], 1].mean(axis=1) - joints[:, NECK, 1], 1.0
    )
    padded = np.concatenate([[wrists.min()], wrists, [wrists.min()]])
    return len(find_peaks(padded, prominence=0.4)[0])


def reversals(series: FloatArray, amplitude: float) -> int:
    """Changes of direction of a one-dimensional series whose swing on both sides is over `amplitude`."""
    prominence = 2 * amplitude
    return len(find_peaks(series, prominence=prominence)[0]) + len(
        find_peaks(-series, prominence=prominence)[0]
    )


def longest_run(mask: np.ndarray) -> int:
    """Length of the longest run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return int(max(edges[1::2] - edges[::2], default=0))


def _main_direction(points: FloatArray) -> FloatArray:
    """Points (N, 3) projected on the direction in which they vary most; (N,)."""
    centred = smooth(points - points.mean(axis=0), 1.0)
    return centred @ np.linalg.svd(centred, full_matrices=False)[2][0]


def _relative_speed(joints: FloatArray, name: str) -> FloatArray:
    """Speed of a joint relative to the pelvis and heading, metres a second; (T - 1,)."""
    track = smooth(body_frame(joints)[:, JOINT[name]], 0.7)
    return np.linalg.norm(np.diff(track, axis=0), axis=-1) * FPS
