"""Where a motion goes and how the body stands: measures of one motion from its joints.

Every function takes joints (T, 22, 3) in metres, Y up, 20 fps, HumanML3D order, and is pure. Heights are
above the motion's own floor. Left is counter-clockwise seen from above: positive turns and positive
sideways distances are to the person's left. Arms, legs and counts stand in `limbs.py`.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d, minimum_filter1d

from ...arrays import FloatArray
from ..features import FPS
from ..skeleton import JOINT

PELVIS, HEAD, NECK = JOINT["pelvis"], JOINT["head"], JOINT["neck"]
LEFT_FOOT = (JOINT["left_ankle"], JOINT["left_foot"])
RIGHT_FOOT = (JOINT["right_ankle"], JOINT["right_foot"])
FEET = LEFT_FOOT + RIGHT_FOOT
#: Pairs (left, right) whose difference spans the body's left-right axis.
ACROSS = ((JOINT["left_hip"], JOINT["right_hip"]), (JOINT["left_shoulder"], JOINT["right_shoulder"]))
#: Frames averaged at either end where a start or end value is asked for (0.3 s).
END_FRAMES = 6
#: Below this share of its length the left-right axis is too steep to tell where the person faces.
LEVEL_SHARE = 0.5


def smooth(series: FloatArray, frames: float = 2.0) -> FloatArray:
    """Gaussian smoothing along time; takes out capture and codebook jitter, keeps steps (T, ...)."""
    return gaussian_filter1d(np.asarray(series, dtype=np.float64), frames, axis=0, mode="nearest")


def floor_height(joints: FloatArray) -> float:
    """Height of the floor: 5th percentile of the lowest foot joint (a minimum would follow one glitch)."""
    return float(np.percentile(joints[:, FEET, 1].min(axis=1), 5))


# --- heading -----------------------------------------------------------------------------------------


def heading(joints: FloatArray) -> FloatArray:
    """Where the person faces, unwrapped, radians, 0 = +Z, growing to the left; (T,).

    Mean of hips and shoulders, which swing against each other in walking. Frames in which the axis is
    near vertical (cartwheels, lying on the side) are bridged from the frames around them.
    """
    across = sum((joints[:, left] - joints[:, right] for left, right in ACROSS), np.zeros((len(joints), 3)))
    level = np.linalg.norm(across[:, [0, 2]], axis=1)
    reliable = level > LEVEL_SHARE * np.maximum(np.linalg.norm(across, axis=1), 1e-9)
    if not reliable.any():
        return np.zeros(len(joints))
    yaw = np.arctan2(-across[:, 2], across[:, 0])
    frames = np.arange(len(joints))
    return smooth(np.interp(frames, frames[reliable], np.unwrap(yaw[reliable])))


def turn_degrees(joints: FloatArray) -> float:
    """Net turn from start to end, degrees, left positive; full turns count (a pirouette is 360)."""
    yaw = heading(joints)
    return float(np.degrees(yaw[-END_FRAMES:].mean() - yaw[:END_FRAMES].mean()))


def hips_turn_degrees(joints: FloatArray) -> float:
    """Net turn of the hips alone, degrees, left positive: at the end the trunk may look elsewhere."""
    left, right = ACROSS[0]
    across = joints[:, left] - joints[:, right]
    yaw = smooth(np.unwrap(np.arctan2(-across[:, 2], across[:, 0])))
    return float(np.degrees(yaw[-END_FRAMES:].mean() - yaw[:END_FRAMES].mean()))


def turn_size_degrees(joints: FloatArray) -> float:
    """Net turn to either side, degrees."""
    return abs(turn_degrees(joints))


def turn_range_degrees(joints: FloatArray) -> float:
    """Widest spread of headings met, degrees: how far the person turned at any time."""
    return float(np.degrees(np.ptp(heading(joints))))


def bend_degrees(joints: FloatArray) -> float:
    """How far a way is from straight, degrees: its net turn, or half of how far the heading swings."""
    return max(abs(turn_degrees(joints)), turn_range_degrees(joints) / 2)


# --- path of the pelvis ------------------------------------------------------------------------------


def root_path(joints: FloatArray) -> FloatArray:
    """Smoothed horizontal pelvis positions (x, z); (T, 2)."""
    return smooth(joints[:, PELVIS][:, [0, 2]])


def net_metres(joints: FloatArray) -> float:
    """Straight distance between where the pelvis starts and ends."""
    path = root_path(joints)
    return float(np.linalg.norm(path[-1] - path[0]))


def gone_metres(joints: FloatArray) -> float:
    """Straight distance from the pelvis of the first frame to that of the last, nothing smoothed."""
    return float(np.linalg.norm((joints[-1, PELVIS] - joints[0, PELVIS])[[0, 2]]))


def path_metres(joints: FloatArray) -> float:
    """Distance the pelvis covers over the ground."""
    return float(np.linalg.norm(np.diff(root_path(joints), axis=0), axis=1).sum())


def displacement(joints: FloatArray) -> tuple[float, float]:
    """Net (forward, left) metres in the frame the person faces at the start."""
    path = root_path(joints)
    yaw = heading(joints)[:END_FRAMES].mean()
    dx, dz = path[-1] - path[0]
    return float(dx * np.sin(yaw) + dz * np.cos(yaw)), float(dx * np.cos(yaw) - dz * np.sin(yaw))


def forward_metres(joints: FloatArray) -> float:
    """Metres gone the way the body faces at each moment; backwards counts negative."""
    return float(_steps_in_body_frame(joints)[:, 0].sum())


def left_metres(joints: FloatArray) -> float:
    """Metres gone to the body's own left at each moment; to the right counts negative."""
    return float(_steps_in_body_frame(joints)[:, 1].sum())


def aside_metres(joints: FloatArray) -> float:
    """Metres gone to the body's own left and right, to and fro alike."""
    return float(np.abs(_steps_in_body_frame(joints)[:, 1]).sum())


def aside_share(joints: FloatArray) -> float:
    """What share of its way a body goes to its left and right, 0 to 1."""
    aside = aside_metres(joints)
    return aside / max(aside + float(np.abs(_steps_in_body_frame(joints)[:, 0]).sum()), 1e-6)


def _steps_in_body_frame(joints: FloatArray) -> FloatArray:
    """Frame-to-frame pelvis displacement as (forward, left) of the current heading; (T - 1, 2)."""
    dx, dz = np.diff(root_path(joints), axis=0).T
    yaw = heading(joints)[:-1]
    return np.stack([dx * np.sin(yaw) + dz * np.cos(yaw), dx * np.cos(yaw) - dz * np.sin(yaw)], axis=1)


def speeds(joints: FloatArray) -> FloatArray:
    """Horizontal pelvis speed, metres a second; (T - 1,)."""
    return np.linalg.norm(np.diff(root_path(joints), axis=0), axis=1) * FPS


def mean_speed(joints: FloatArray) -> float:
    """Mean horizontal pelvis speed, metres a second."""
    return float(speeds(joints).mean())


def max_speed(joints: FloatArray) -> float:
    """Highest horizontal pelvis speed, metres a second."""
    return float(speeds(joints).max())


def start_speed(joints: FloatArray) -> float:
    """Mean horizontal pelvis speed over the first 0.3 s, metres a second."""
    return float(speeds(joints)[:END_FRAMES].mean())


def end_speed(joints: FloatArray) -> float:
    """Mean horizontal pelvis speed over the last 0.3 s, metres a second."""
    return float(speeds(joints)[-END_FRAMES:].mean())


def distances(joints: FloatArray, other: FloatArray) -> FloatArray:
    """Distance over the ground between the pelvises of two people, metres; (T,)."""
    return np.linalg.norm(root_path(joints) - root_path(other), axis=1)


# --- heights and posture -----------------------------------------------------------------------------


def pelvis_heights(joints: FloatArray) -> FloatArray:
    """Pelvis height above the floor; (T,)."""
    return smooth(joints[:, PELVIS, 1], 1.0) - floor_height(joints)


def pelvis_min(joints: FloatArray) -> float:
    """Lowest pelvis height, metres."""
    return float(pelvis_heights(joints).min())


def pelvis_start(joints: FloatArray) -> float:
    """Pelvis height over the first 0.3 s, metres."""
    return float(pelvis_heights(joints)[:END_FRAMES].mean())


def pelvis_end(joints: FloatArray) -> float:
    """Pelvis height over the last 0.3 s, metres."""
    return float(pelvis_heights(joints)[-END_FRAMES:].mean())


def pelvis_rise(joints: FloatArray) -> float:
    """Pelvis height gained from start to end, metres (standing up, climbing); sinking is negative."""
    return pelvis_end(joints) - pelvis_start(joints)


def pelvis_gain(joints: FloatArray) -> float:
    """Absolute height gained by pelvis and feet together, metres: the lesser of the two (climbing)."""
    feet = smooth(joints[:, FEET, 1].mean(axis=1), 1.0)
    pelvis = joints[:, PELVIS, 1]
    gains = [float(h[-END_FRAMES:].mean() - h[:END_FRAMES].mean()) for h in (feet, pelvis)]
    return min(gains, key=abs)


def pelvis_dip(joints: FloatArray) -> float:
    """How far the pelvis sinks below the higher of start and end, metres (squats, ducking)."""
    return max(pelvis_start(joints), pelvis_end(joints)) - pelvis_min(joints)


def head_dip(joints: FloatArray) -> float:
    """How far the head sinks below the higher of its start and end heights, metres (bowing, ducking)."""
    heights = smooth(joints[:, HEAD, 1], 1.0)
    return float(max(heights[:END_FRAMES].mean(), heights[-END_FRAMES:].mean()) - heights.min())


def torso_twist_degrees(joints: FloatArray) -> float:
    """Range of the angle between shoulders and hips seen from above, degrees (twisting the upper body)."""
    hips, shoulders = (_axis_yaw(joints, *pair) for pair in ACROSS)
    twist = np.angle(np.exp(1j * (shoulders - hips)))
    return float(np.degrees(np.ptp(smooth(twist, 1.0))))


def _axis_yaw(joints: FloatArray, left: int, right: int) -> FloatArray:
    across = joints[:, left] - joints[:, right]
    return np.arctan2(-across[:, 2], across[:, 0])


def torso_pitches(joints: FloatArray) -> FloatArray:
    """Angle between pelvis-to-neck and the vertical, degrees; (T,)."""
    spine = joints[:, NECK] - joints[:, PELVIS]
    cosine = spine[:, 1] / np.maximum(np.linalg.norm(spine, axis=1), 1e-9)
    return smooth(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))), 1.0)


def torso_pitch_max(joints: FloatArray) -> float:
    """Largest tilt of the torso from the vertical, degrees: 0 upright, 90 level, over 90 upside down."""
    return float(torso_pitches(joints).max())


def torso_pitch_end(joints: FloatArray) -> float:
    """Tilt of the torso over the last 0.3 s, degrees."""
    return float(torso_pitches(joints)[-END_FRAMES:].mean())


def inverted_seconds(joints: FloatArray) -> float:
    """Time with the head below the pelvis, seconds."""
    return float((joints[:, HEAD, 1] < joints[:, PELVIS, 1]).sum() / FPS)


# --- flight ------------------------------------------------------------------------------------------


def clearances(joints: FloatArray) -> FloatArray:
    """Height of the lowest foot joint above the ground under it, metres; (T,).

    The ground is the lowest that joint comes within 1.5 s around: steps, tilted captures and slow drift of
    a model do not look like flight.
    """
    lowest = joints[:, FEET, 1].min(axis=1)
    return lowest - minimum_filter1d(lowest, 31, mode="nearest")


def flights(joints: FloatArray, strict: float = 1.0) -> list[tuple[int, int]]:
    """Runs of frames (first, past the last) with both feet over 6 cm, or `strict` times that.

    Below 5 cm the foot joints of grounded people (heel-off, capture noise, uneven calibration) reach the
    same heights, so lower flight cannot be told from standing and is not claimed.
    """
    up = np.concatenate([[False], clearances(joints) > 0.06 * strict, [False]])
    edges = np.flatnonzero(up[1:] != up[:-1])
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def air_seconds(joints: FloatArray) -> float:
    """Longest single flight, seconds."""
    return max((b - a for a, b in flights(joints)), default=0) / FPS


def jump_metres(joints: FloatArray) -> float:
    """Height of the lowest foot joint at the top of the highest flight, metres."""
    return float(clearances(joints).max())


# --- quality -----------------------------------------------------------------------------------------


def skating_ratio(joints: FloatArray) -> float:
    """Foot skating: share of frames in which a grounded foot slides faster than 0.5 m/s.

    Grounded: the ball of the foot is below 5 cm in two frames running.
    """
    balls = joints[:, [LEFT_FOOT[1], RIGHT_FOOT[1]]]
    low = (balls[..., 1] - floor_height(joints)) < 0.05
    grounded = low[1:] & low[:-1]
    slide = np.linalg.norm(np.diff(balls[..., [0, 2]], axis=0), axis=-1) * FPS
    return float((grounded & (slide > 0.5)).any(axis=1).mean())


def motion_energy(joints: FloatArray) -> float:
    """Mean joint speed over body and time, metres a second."""
    return float((np.linalg.norm(np.diff(smooth(joints, 1.0), axis=0), axis=-1) * FPS).mean())
