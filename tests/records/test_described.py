"""What is said of measured stretches, at the limits between one wording and the next."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import numpy as np
from helpers import walking
from motion_agent.motion_models.data import level
from motion_agent.motion_models.data.describe import jump_captions, locomotion_caption, speed_of, turn_words
from motion_agent.motion_models.data.measuring import StretchMeasures, Track, measure_jumps
from motions import Joints, bump, ramp, shifted, standing, turned
from records.recording import assert_recorded

WALK = StretchMeasures(
    seconds=2.0, forward=2.0, left=0.0, path=2.0, turn=0.0, upright=True, moving=1.0, still_start=0.0,
    still_end=0.0, backward=0.0, sideways=0.0,
)  # fmt: skip
#: What differs from a walk of 2 m in 2 s.
CHANGES: list[dict[str, Any]] = [
    {}, {"upright": False}, {"seconds": 0.79}, {"seconds": 0.8}, {"seconds": 3.4},
    {"path": 0.34}, {"path": 0.35},
    {"path": 0.9, "forward": 0.3, "turn": 41}, {"path": 0.9, "forward": 0.3, "left": 0.45, "turn": 90},
    {"path": 1.0, "forward": 0.3, "turn": 90}, {"path": 0.2, "moving": 0.0},
    {"path": 0.2, "moving": 0.0, "turn": 11},
    {"path": 0.2, "turn": -40}, {"path": 0.2, "turn": -41}, {"path": 0.6}, {"path": 4.0}, {"path": 7.5},
    {"backward": 0.81, "forward": -1.0}, {"backward": 0.8, "forward": -1.0},
    {"backward": 0.2}, {"backward": 0.21},
    {"backward": 0.9, "forward": -0.3}, {"backward": 0.9, "forward": -1.0, "turn": 30},
    {"sideways": 0.81, "left": 0.31}, {"sideways": 0.81, "left": -0.31}, {"sideways": 0.81, "left": 0.3},
    {"sideways": 0.81, "left": 1.0, "turn": 31}, {"sideways": 0.3}, {"sideways": 0.31},
    {"still_start": 0.8}, {"still_start": 0.81}, {"still_end": 0.81}, {"still_start": 1.0, "still_end": 1.0},
    *({"turn": degrees} for degrees in (14, 15, 24, 25, -45, -64, 65, 115, 150, -180, 215, 310, 370)),
]  # fmt: skip


def several(changes: dict[str, Any], family: str) -> list[str]:
    """All that is said of a stretch in 12 draws."""
    motion, rng = replace(WALK, **changes), np.random.default_rng(5)
    return sorted({str(locomotion_caption(motion, family, rng)) for _ in range(12)})


def test_walks_and_turns() -> None:
    cases: dict[str, Any] = {str(changes): several(changes, "walk") for changes in CHANGES}
    cases["run"] = several({"path": 5.0, "forward": 5.0}, "run")
    cases["turns"] = {
        str(degrees): sorted({turn_words(degrees, np.random.default_rng(seed)) for seed in range(9)})
        for degrees in (-37, -38, 53, 54, 98, 99, 127, 188, 233, 360)
    }
    cases["speeds"] = {
        f"{family} {speed} {moving}": speed_of(replace(WALK, path=2 * speed, moving=moving), family)
        for family in ("walk", "run", "sneak")
        for speed in (0.64, 0.66, 1.24, 1.26, 1.79, 1.81, 2.99, 3.01)
        for moving in (1.0, 0.5)
    }
    backing = replace(WALK, backward=0.9, path=0.9)
    cases["backing"] = [speed_of(replace(backing, path=path), "walk") for path in (0.82, 0.86, 1.88, 1.92)]
    odd = replace(WALK, left=0.5, turn=30.0, still_start=0.5, still_end=0.25)
    cases["otherwise"] = [asdict(odd.mirrored()), asdict(odd.at_speed(2.0)), odd.speed]
    assert_recorded("told_of_walks", cases)


TURNING: Joints = turned(walking(100).astype(float), ramp(100, 120.0))
PAUSING: Joints = np.concatenate(
    [np.repeat(walking(40)[:1], 30, 0), walking(40), np.repeat(walking(40)[-1:], 25, 0)]
)


def jumping(*flights: tuple[int, int, float], ahead: float = 0.0, frames: int = 120) -> Joints:
    """From and to which frame, and how high; with metres ahead in all of it."""
    height = sum(bump(frames, start, end, rise) for start, end, rise in flights)
    return shifted(standing(frames), y=height, z=ramp(frames, ahead))


JUMPS = {
    "none": standing(60),
    "once": jumping((20, 30, 0.3)),
    "once, high": jumping((20, 34, 0.5)),
    "for two frames": jumping((20, 23, 0.3)),
    "twice": jumping((20, 30, 0.3), (60, 70, 0.2)),
    "three times": jumping((20, 30, 0.3), (50, 60, 0.2), (80, 90, 0.4)),
    "seven times": jumping(*((10 + 15 * n, 20 + 15 * n, 0.3) for n in range(7))),
    "ahead": jumping((20, 30, 0.3), ahead=2.0, frames=60),
    "far ahead": jumping((20, 44, 0.3), ahead=3.0, frames=60),
    "twice ahead": jumping((10, 20, 0.3), (35, 45, 0.3), ahead=2.0, frames=60),
    "at the end": jumping((50, 70, 0.3), frames=60),
    "with half a turn": turned(jumping((20, 30, 0.3)), ramp(120, 170.0)),
}


def test_stretches_and_jumps_that_are_measured() -> None:
    tracks = {"turning": Track(TURNING), "pausing": Track(PAUSING), "backing": Track(walking(80)[::-1])}
    spans = [(0, 20), (10, 70), (20, 24), (30, 80)]
    cases: dict[str, Any] = {
        f"{name}, {start} to {end}": asdict(track.measure(start, end))
        for name, track in tracks.items()
        for start, end in spans
    }
    cases["jumps"] = {
        name: [asdict(measure_jumps(joints)), jump_captions(joints)] for name, joints in JUMPS.items()
    }
    assert_recorded("measured_for_captions", cases)


def raised(*heights: float) -> Joints:
    """Standing, of one frame for each height of the lowest toe, metres."""
    one = standing(1)
    lowest = float(level.lowest_foot(one)[0])
    return np.concatenate([one + np.array([0, height - lowest, 0]) for height in heights])


def test_the_floor_under_stretches() -> None:
    families = ("walk", "jump", "sit", "climb up")
    stretches = {
        "on it": raised(*[0.02] * 9), "begins at the limit": raised(0.0799, *[0.02] * 8),
        "begins above it": raised(0.081, *[0.02] * 8), "floats": raised(0.02, *[0.09] * 8),
        "half of it": raised(*[0.02] * 5, *[0.2] * 4), "more than half": raised(*[0.02] * 4, *[0.2] * 5),
        "lands late": raised(*[0.2] * 8, 0.02), "lands too late": raised(*[0.2] * 9, 0.02),
        "none": raised(0)[:0],
    }  # fmt: skip
    cases: dict[str, Any] = {
        name: {
            "floats": [family for family in families if level.floats(joints, family)],
            "later": [level.frames_until_floor(joints, family) for family in families],
        }
        for name, joints in stretches.items()
    }
    floors = (0.03, 0.049, 0.051, 0.1, 0.179, 0.181)
    cases["floor"] = {str(height): level.standing_floor(raised(*[height] * 10)) for height in floors}
    lying = standing(10) * np.array([1, 0.5, 1]) + np.array([0, 0.1, 0])
    cases["lying"] = level.standing_floor(lying)
    cases["stands in most of it"] = [
        level.standing_floor(np.concatenate([raised(*[0.1] * n), lying[: 10 - n]])) for n in (7, 8, 9)
    ]
    assert_recorded("floors", cases)
