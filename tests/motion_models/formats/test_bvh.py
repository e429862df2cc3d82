"""BVH: what we write comes back; other programs' files are understood; broken ones say why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from helpers import walking
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from motion_agent.motion_models.errors import FormatError, InvalidMotionError
from motion_agent.motion_models.formats import load_motion, read_bvh, save_motion
from motion_agent.motion_models.formats.bvh import bvh_text
from motion_agent.motion_models.formats.files.options import ReadOptions
from motion_agent.motion_models.formats.people.skeletons import Point
from motion_agent.motion_models.formats.reading.bvh import read_bvh_skeleton
from motion_agent.motion_models.motion.motion import Motion
from motion_agent.motion_models.motion.rig import fit_rig
from motion_agent.motion_models.motion.skeleton import JOINT

SHORT = bvh_text(fit_rig(walking(8)), 20.0)
LIMBS = [
    JOINT[name] for name in JOINT if name.endswith(("hip", "knee", "ankle", "elbow", "wrist", "shoulder"))
]


def test_round_trip(motion: Motion, tmp_path: Path) -> None:
    path = save_motion(motion, tmp_path / "walk.bvh")
    assert np.abs(load_motion(path).joints - motion.joints).max() < 1e-3
    assert np.abs(read_bvh(path) - motion.joints).max() < 1e-3


def test_written_file_says_what_readers_expect(motion: Motion, tmp_path: Path) -> None:
    text = save_motion(motion, tmp_path / "walk.bvh").read_text()
    assert "CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation" in text
    assert "Frames: 60\nFrame Time: 0.05\n" in text
    assert text.count("End Site") == 5
    source = read_bvh_skeleton(tmp_path / "walk.bvh", ReadOptions())
    positions = source.pose([Point(joint) for joint in range(len(source.names))], slice(0, 60))
    assert positions[..., 1].min() == pytest.approx(-0.0, abs=3.0)  # centimetres, feet on the floor
    assert positions[0, 0, 1] == pytest.approx(100 * motion.joints[0, 0, 1], abs=1e-3)


def test_names_of_other_programs(dialect_bvh: tuple[str, Path]) -> None:
    dialect, path = dialect_bvh
    joints, expected = read_bvh(path), walking(10)
    assert np.abs(joints[:, LIMBS] - expected[:, LIMBS]).max() < 1e-3
    assert np.abs(joints[:, 0] - expected[:, 0]).max() < 1e-3
    assert np.abs(joints[:, JOINT["left_foot"]] - expected[:, JOINT["left_foot"]]).max() < 1e-3
    head = joints[:, JOINT["head"], 1] - expected[:, JOINT["head"], 1]
    assert (head > 0.05).all() and (head < 0.3).all(), "the head is the crown"
    if dialect == "cmu":
        assert np.abs(joints[:, JOINT["spine2"]] - expected[:, JOINT["spine2"]]).max() < 1e-3
    assert load_motion(path).frames == 10


@pytest.mark.parametrize("unit", [1.0, 0.01, 0.0254, 0.056444, 0.001])
def test_units_are_guessed(unit: float, moving_bvh: Callable[..., Path]) -> None:
    positions, _ = fit_rig(walking(10)).world()
    joints = read_bvh(moving_bvh(positions / unit))
    assert np.abs(joints[:, LIMBS] - walking(10)[:, LIMBS]).max() < 2e-3


def test_unknown_units_scale_the_body_to_human_size(moving_bvh: Callable[..., Path]) -> None:
    positions, _ = fit_rig(walking(10)).world()
    joints = read_bvh(moving_bvh(positions * 7.0))
    assert np.abs(joints[:, LIMBS] - walking(10)[:, LIMBS]).max() < 2e-2


def test_z_up_files_are_turned_upright(moving_bvh: Callable[..., Path]) -> None:
    positions, _ = fit_rig(walking(10)).world()
    z_up = np.stack([positions[..., 0], -positions[..., 2], positions[..., 1]], axis=-1)
    joints = read_bvh(moving_bvh(z_up))
    assert np.abs(joints[:, LIMBS] - walking(10)[:, LIMBS]).max() < 2e-3


def on_the_back(joints: np.ndarray) -> np.ndarray:
    """Upright joints (T, 22, 3) turned to lie, the head towards +Z."""
    return np.stack([joints[..., 0], -joints[..., 2], joints[..., 1]], axis=-1)


def test_a_world_on_its_side_under_an_upright_rest_pose_is_stood_up(motion: Motion, tmp_path: Path) -> None:
    turned = save_motion(Motion(on_the_back(motion.joints)), tmp_path / "turned.bvh")
    again = load_motion(turned)
    assert np.abs(again.joints - motion.joints).max() < 1e-3
    assert "z up, and not y" in again.notes[0]


def test_lying_down_is_not_taken_for_another_up_axis(motion: Motion, tmp_path: Path) -> None:
    lying = on_the_back(np.repeat(motion.joints[:1], 40, axis=0) - [0, 0.9, 0])
    lying[:, JOINT["left_wrist"], 1] += 0.2 * np.sin(np.arange(40) / 4)[:, None].T[0]
    lying[..., 1] -= lying[..., 1].min()
    path = save_motion(Motion(lying.astype(np.float32)), tmp_path / "lying.bvh")
    assert np.ptp(load_motion(path).joints[..., 1], axis=1).max() < 0.8
    assert np.ptp(load_motion(path, up="z").joints[..., 1], axis=1).min() > 1.2


def test_frame_rate_is_read_and_resampled(moving_bvh: Callable[..., Path]) -> None:
    positions, _ = fit_rig(walking(121, fps=120.0)).world()
    joints = read_bvh(moving_bvh(positions, fps=120.0))
    assert len(joints) == 21
    assert np.abs(joints[:, LIMBS] - walking(121, fps=120.0)[::6, LIMBS]).max() < 2e-3


@pytest.mark.parametrize("fps", [20.0, 24.0, 29.97, 30.0, 60.0, 119.88, 120.0])
def test_the_frame_time_is_told_to_many_digits(fps: float, tmp_path: Path) -> None:
    """Of a long motion, a frame time rounded to three digits would lose a second in ten minutes."""
    path = tmp_path / "walk.bvh"
    path.write_text(bvh_text(fit_rig(walking(8)), fps))
    seconds = float(path.read_text().split("Frame Time: ")[1].split()[0])
    assert seconds * fps == pytest.approx(1.0, abs=1e-6)
    assert read_bvh_skeleton(path, ReadOptions()).fps == pytest.approx(fps, rel=1e-6)


def test_a_frame_time_with_a_comma_and_more_frames_than_are_promised(tmp_path: Path) -> None:
    path = tmp_path / "walk.bvh"
    path.write_text(SHORT.replace("Frame Time: 0.05", "Frame Time: 0,04").replace("Frames: 8", "Frames: 6"))
    found = read_bvh_skeleton(path, ReadOptions())
    assert (found.frames, found.fps) == (8, 25.0)
    assert found.notes == ("it has 8 frames, 6 are promised; all were read",)
    path.write_text(SHORT)
    assert read_bvh_skeleton(path, ReadOptions()).notes == ()


@pytest.mark.parametrize("told", ["0", "5", "0.05"])
def test_a_rate_that_is_asked_for_goes_before_the_frame_time(told: str, tmp_path: Path) -> None:
    path = tmp_path / "walk.bvh"
    path.write_text(bvh_text(fit_rig(walking(31)), 20.0).replace("Frame Time: 0.05", f"Frame Time: {told}"))
    assert load_motion(path, fps=10.0).frames == 61


def test_foreign_motion_is_put_in_its_place(motion: Motion, tmp_path: Path) -> None:
    moved = motion.moved(theta=130.0, x=3.0, z=-2.0)
    lifted = Motion(moved.joints + np.array([0, 0.5, 0], np.float32))
    joints = load_motion(save_motion(lifted, tmp_path / "far.bvh")).joints
    assert np.abs(joints - motion.joints).max() < 1e-3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not a BVH"),
        ("hello", "not a BVH"),
        (SHORT.split("MOTION")[0], "no MOTION"),
        (SHORT[: SHORT.index("left_knee")], "no MOTION"),
        (SHORT[:-40], "cut off"),
        (SHORT.replace("Frame Time: 0.05", "Frame Time: 0"), "frame time"),
        (SHORT.replace("Frame Time: 0.05", "Frame Time: 5"), "frames a second"),
        (SHORT.replace("Frames: 8", "Frames: 9"), "promised"),
        (SHORT.rsplit(" ", 1)[0] + " 1 2\n", "no whole number of frames"),
        (SHORT.replace("Frames: 8", "Frames: 0"), "no motion"),
        (SHORT.replace("OFFSET 0.00000 0.00000 0.00000", "OFFSET 0 0", 1), "OFFSET"),
        (SHORT.replace("CHANNELS 3", "CHANNELS 4", 1), "channels"),
        (SHORT.rsplit(" ", 1)[0] + " nan\n", "NaN"),
        (SHORT.rsplit(" ", 1)[0] + " word\n", "line 157: 'word' is no number"),
        (SHORT.replace("MOTION", "ROOT second\n{\nOFFSET 0 0 0\nCHANNELS 0\n}\nMOTION"), "several skeletons"),
    ],
)
def test_broken_files_say_why(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.bvh"
    path.write_text(text)
    with pytest.raises(FormatError, match=message):
        load_motion(path)


def test_skeletons_that_are_not_human(tmp_path: Path) -> None:
    path = tmp_path / "snake.bvh"
    bones = "".join(f"JOINT bone{n}\n{{\nOFFSET 0 10 0\nCHANNELS 0\n" for n in range(20)) + "}\n" * 20
    head = "HIERARCHY\nROOT tail\n{\nOFFSET 0 0 0\nCHANNELS 3 Zrotation Xrotation Yrotation\n"
    path.write_text(f"{head}{bones}}}\nMOTION\nFrames: 6\nFrame Time: .05\n" + "0 0 0\n" * 6)
    with pytest.raises(InvalidMotionError, match=r"missing left hip, left knee.*head") as caught:
        load_motion(path)
    assert "\n" not in str(caught.value)


def test_an_unnamed_knee_is_found_between_hip_and_ankle(tmp_path: Path) -> None:
    path = tmp_path / "unnamed.bvh"
    path.write_text(SHORT.replace("left_", "Left").replace("right_", "Right").replace("Leftknee", "Bone17"))
    assert np.abs(read_bvh(path)[:, LIMBS] - walking(8)[:, LIMBS]).max() < 1e-3


def test_too_few_frames(tmp_path: Path) -> None:
    path = tmp_path / "short.bvh"
    path.write_text(bvh_text(fit_rig(walking(3)), 20.0))
    with pytest.raises(InvalidMotionError, match="too few"):
        load_motion(path)


@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mutated_files_never_crash(data: st.DataObject, tmp_path: Path) -> None:
    start = data.draw(st.integers(0, len(SHORT)))
    stop = min(len(SHORT), start + data.draw(st.sampled_from([0, 1, 5, 40, 100_000])))
    junk = data.draw(
        st.one_of(
            st.text(max_size=12),
            st.sampled_from(
                ["}", "{", "nan", "1e308", "-inf", "MOTION", "JOINT x", "\nOFFSET 1e99 0 0\n", "0" * 5000]
            ),
        )
    )
    path = tmp_path / "mutated.bvh"
    path.write_text(SHORT[:start] + junk + SHORT[stop:], encoding="utf-8", errors="replace")
    try:
        assert isinstance(load_motion(path), Motion)
    except (FormatError, InvalidMotionError) as error:
        assert str(error)
