"""ASF/AMC on a small skeleton of CMU's bones whose pose is known by construction."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from foreign_acclaim import BONES, UNIT, amc_text, asf_text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from motion_agent.motion_models.errors import FormatError, InvalidMotionError
from motion_agent.motion_models.formats import load_motion, read_asf_amc, read_bvh, read_person
from motion_agent.motion_models.motion.motion import Motion
from motion_agent.motion_models.motion.skeleton import JOINT


@pytest.fixture
def subject(tmp_path: Path) -> Path:
    (tmp_path / "07.asf").write_text(asf_text())
    return tmp_path


def read(folder: Path, text: str) -> np.ndarray:
    (folder / "07_01.amc").write_text(text)
    return read_asf_amc(folder / "07.asf", folder / "07_01.amc")


def test_rest_pose_in_metres_at_20_fps(subject: Path) -> None:
    joints = read(subject, amc_text())
    assert joints.shape == (10, 22, 3) and joints.dtype == np.float32
    first = joints[0] / UNIT
    assert np.allclose(first[JOINT["left_wrist"]], [11.5, 23, 0.1], atol=1e-4)
    assert np.allclose(first[JOINT["head"]], [0, 27.5, 0.1], atol=1e-4)
    assert np.allclose(first[JOINT["right_foot"]], [-1.44, 0.08, 2.1], atol=1e-4)
    assert np.allclose(first[JOINT["left_collar"]], [0.42 * 3.0, 23, 0.1], atol=1e-4)
    assert np.allclose(first[JOINT["spine3"]], [0, 17 + 0.602 * 7.5, 0.1], atol=1e-4)
    assert np.allclose(first[JOINT["neck"]], [0, 17 + 7.5, 0.1], atol=1e-4)
    assert np.allclose(np.diff(joints[:, 0, 2]), 0.6 * UNIT, atol=1e-5)


def test_angles_turn_bones_about_the_axes_of_the_file(subject: Path) -> None:
    """Root: RX, then RY about fixed axes. lhumerus rz 90 raises the arm; the tibia's x is the body's -z."""
    joints = read(subject, amc_text(root="90 90 0", lhumerus="0 0 90", ltibia="90"))[0] / UNIT
    at = {name: joints[index] - joints[0] for name, index in JOINT.items()}
    assert np.allclose(at["head"], [10.5, 0, 0], atol=1e-4)  # up -> +z -> +x
    assert np.allclose(at["left_shoulder"], [6, 0, -3], atol=1e-4)  # left: +x -> +x -> -z
    assert np.allclose(at["left_wrist"] - at["left_shoulder"], [8.5, 0, 0], atol=1e-4)
    shin = at["left_ankle"] - at["left_knee"]
    assert np.allclose(shin, [0, 0, 7.5], atol=1e-4) or np.allclose(shin, [0, 0, -7.5], atol=1e-4)
    assert shin[2] == pytest.approx(7.5, abs=1e-3), (
        "down turned +90 about -z is -x, which the root takes to +z"
    )


#: CMU's bones as joints of a BVH: each stands where its bone begins, and turns as its bone does.
BVH_NAMES = {
    "lowerback": "LowerBack", "upperback": "Spine", "thorax": "Spine1",
    "lowerneck": "Neck", "upperneck": "Neck1", "head": "Head",
} | {
    f"{letter}{bone}": name.format(side)
    for letter, side in (("l", "Left"), ("r", "Right"))
    for bone, name in {
        "hipjoint": "{0[0]}HipJoint", "femur": "{}UpLeg", "tibia": "{}Leg", "foot": "{}Foot",
        "clavicle": "{}Shoulder", "humerus": "{}Arm", "radius": "{}ForeArm",
    }.items()
}  # fmt: skip
#: Where a bone ends without another that begins there, the release has a joint more.
BVH_ENDS = {"lfoot": "LeftToeBase", "rfoot": "RightToeBase", "lradius": "LeftHand", "rradius": "RightHand"}


def bvh_text(frames: int, poses: dict[str, str], *, with_thorax: bool) -> str:
    """The trial of `amc_text` as a BVH conversion writes it, turns about fixed x, y, z as "ZYX" channels."""
    rows: list[list[float]] = [[0.0, 17.0, 0.1 * frame] for frame in range(1, frames + 1)]
    lines = ["HIERARCHY"]

    def offset(name: str) -> str:
        _, direction, length, _ = BONES[name]
        unit = np.array(direction) / np.linalg.norm(direction) * length
        return " ".join(f"{value:.6f}" for value in unit)

    def write(name: str, joint: str, where: str) -> None:
        root = joint == "Hips"
        turns = poses.get(name, "0 0 0").split()
        dof = BONES[name][3].split() if not root else ["rx", "ry", "rz"]
        angles = dict(zip(dof, map(float, turns), strict=False))
        for row in rows:
            row.extend(angles.get(f"r{axis}", 0.0) for axis in "zyx")
        lines.extend([f"{'ROOT' if root else 'JOINT'} {joint}", "{", f"OFFSET {where}"])
        rotations = "Zrotation Yrotation Xrotation"
        lines.append(
            f"CHANNELS 6 Xposition Yposition Zposition {rotations}" if root else f"CHANNELS 3 {rotations}"
        )
        for child in (child for child, (parent, *_) in BONES.items() if parent == name):
            begins = "0 0 0" if root or (name == "thorax" and not with_thorax) else offset(name)
            write(child, BVH_NAMES[child], begins)
        if name in BVH_ENDS:
            lines.extend([f"JOINT {BVH_ENDS[name]}", "{", f"OFFSET {offset(name)}", "CHANNELS 0"])
            lines.extend(["End Site", "{", "OFFSET 0 0 0", "}", "}"])
        elif name == "head":
            lines.extend(["End Site", "{", f"OFFSET {offset(name)}", "}"])
        lines.append("}")

    write("root", "Hips", "0 0 0")
    lines += ["MOTION", f"Frames: {frames}", "Frame Time: 0.0083333"]
    return "\n".join([*lines, *(" ".join(f"{value:.6f}" for value in row) for row in rows), ""])


@pytest.mark.parametrize("with_thorax", [True, False], ids=["whole", "the release that drops the thorax"])
def test_a_trial_is_the_same_from_both_formats(subject: Path, with_thorax: bool) -> None:
    poses: dict[str, Any] = {
        "root": "10 30 5", "lowerback": "20 5 0", "upperback": "10 0 5", "thorax": "15 -10 5",
        "lowerneck": "5 0 0", "lhumerus": "0 20 60", "rhumerus": "10 0 -40", "rradius": "30",
        "lfemur": "-30 0 5", "rtibia": "40",
    }  # fmt: skip
    from_amc = read(subject, amc_text(**poses))
    path = subject / "07_01.bvh"
    path.write_text(bvh_text(60, poses, with_thorax=with_thorax))
    from_bvh = read_bvh(path)
    np.testing.assert_allclose(from_bvh, from_amc, atol=1e-4)


def renamed(text: str, names: dict[str, str]) -> str:
    return re.sub(r"[a-z]+", lambda word: names.get(word[0], word[0]), text)


@pytest.mark.parametrize(
    ("names", "noted"),
    [
        ({**BVH_NAMES, "lhipjoint": "LeftHip_x", "rhipjoint": "RightHip_x"}, False),
        ({name: f"bone{chr(65 + number)}" for number, name in enumerate(BONES)}, True),
    ],
    ids=["the words of other programs", "names that say nothing"],
)
def test_bones_of_any_names_are_read(subject: Path, names: dict[str, str], noted: bool) -> None:
    """Limbs stand where they do under CMU's names; the trunk is found as in any other file."""
    poses: dict[str, Any] = {
        "root": "10 30 5", "lowerback": "20 5 0", "thorax": "15 -10 5", "lhumerus": "0 20 60",
        "rradius": "30", "lfemur": "-30 0 5", "rtibia": "40",
    }  # fmt: skip
    ours = read(subject, amc_text(**poses))
    (subject / "07.asf").write_text(renamed(asf_text(), names))
    (subject / "07_01.amc").write_text(renamed(amc_text(**poses), names))
    person = read_person(subject / "07_01.amc")
    limbs = [
        index for name, index in JOINT.items() if re.search("hip|knee|ankle|foot|should|elbow|wrist", name)
    ]
    np.testing.assert_allclose(person.joints[:, limbs], ours[:, limbs], atol=2e-3)
    assert np.abs(person.joints - ours).max() < 0.15
    assert any("by their places" in note for note in person.notes) == noted


def test_load_motion_finds_the_skeleton(subject: Path) -> None:
    (subject / "07_01.amc").write_text(amc_text())
    (subject / "08.asf").write_text("another subject")
    motion = load_motion(subject / "07_01.amc")
    assert isinstance(motion, Motion) and motion.frames == 10
    assert motion.joints[..., 1].min() == pytest.approx(0, abs=1e-6)


def test_without_a_skeleton_the_error_names_it(tmp_path: Path) -> None:
    (tmp_path / "07_01.amc").write_text(amc_text())
    with pytest.raises(FormatError, match=r"07\.asf"):
        load_motion(tmp_path / "07_01.amc")


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("", FormatError, "no frames"),
        (amc_text()[:-30], FormatError, "cut off"),
        (amc_text().replace("ltibia 0", "ltibia nan", 1), FormatError, "NaN"),
        (amc_text().replace("ltibia 0", "ltibia x", 1), FormatError, "no number"),
        (amc_text().replace("ltibia 0", "ltibia 0 0", 1), FormatError, "does not fit"),
        (amc_text().replace("ltibia", "tail"), FormatError, "does not fit"),
        (amc_text(12), InvalidMotionError, "are needed"),
    ],
)
def test_broken_trials_say_why(subject: Path, text: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        read(subject, text)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("", FormatError, ":root"),
        (asf_text().split(":hierarchy")[0], FormatError, ":hierarchy"),
        (asf_text().replace("length 7.5", "length long"), FormatError, "cannot be read"),
        (asf_text().replace("rfemur", "wing"), InvalidMotionError, "rfemur"),
    ],
)
def test_broken_skeletons_say_why(subject: Path, text: str, error: type[Exception], message: str) -> None:
    (subject / "07.asf").write_text(text)
    with pytest.raises(error, match=message):
        read(subject, amc_text())


@given(data=st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mutated_files_never_crash(data: st.DataObject, tmp_path: Path) -> None:
    texts = {"07.asf": asf_text(), "07_01.amc": amc_text(36)}
    name = data.draw(st.sampled_from(sorted(texts)))
    start = data.draw(st.integers(0, len(texts[name])))
    stop = start + data.draw(st.sampled_from([0, 1, 6, 50, 100_000]))
    junk = data.draw(
        st.one_of(st.text(max_size=10), st.sampled_from(["nan", "1e308", "begin", "end", ":root", "root"]))
    )
    texts[name] = texts[name][:start] + junk + texts[name][stop:]
    for file, text in texts.items():
        (tmp_path / file).write_text(text, encoding="utf-8", errors="replace")
    try:
        assert isinstance(load_motion(tmp_path / "07_01.amc"), Motion)
    except (FormatError, InvalidMotionError) as error:
        assert str(error)
