"""NumPy files: everything known goes out and comes back; nothing is unpickled."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from motion_agent.motion_models.errors import FormatError, InvalidMotionError
from motion_agent.motion_models.formats import load_motion, save_motion
from motion_agent.motion_models.motion.motion import Motion, Segment
from motion_agent.motion_models.motion.rig import RigMotion
from scipy.spatial.transform import Rotation


@pytest.fixture
def described(motion: Motion) -> Motion:
    segments = (Segment("a person walks", 0.0, 2.0), Segment('stops, "waits" äöü', 2.0, 3.0))
    tokens = np.array([3, 511, 0], dtype=np.int64)
    return replace(
        motion, name="walk", caption="a person walks, then stops", segments=segments, tokens=tokens
    )


def test_round_trip_keeps_everything(described: Motion, tmp_path: Path) -> None:
    again = load_motion(save_motion(described, tmp_path / "walk.npz"))
    assert np.array_equal(again.joints, described.joints)
    assert (again.name, again.caption, again.segments, again.fps) == (
        described.name, described.caption, described.segments, described.fps,
    )  # fmt: skip
    assert again.tokens is not None and np.array_equal(again.tokens, [3, 511, 0])


def test_plain_numpy_reads_the_names_people_know(described: Motion, tmp_path: Path) -> None:
    with np.load(save_motion(described, tmp_path / "walk.npz"), allow_pickle=False) as file:
        assert file["trans"].shape == (60, 3) and file["poses"].shape == (60, 75)
        assert float(file["mocap_framerate"]) == 20.0
        assert file["features"].shape == (59, 263)
        assert json.loads(str(file["segments"]))[1]["start"] == 2.0
        assert list(file["joint_names"][:2]) == ["pelvis", "left_hip"]


def test_poses_turn_the_rig_into_the_joints(described: Motion, tmp_path: Path) -> None:
    with np.load(save_motion(described, tmp_path / "walk.npz"), allow_pickle=False) as file:
        quaternions = Rotation.from_rotvec(file["poses"].reshape(-1, 3)).as_quat().reshape(60, 25, 4)
        rig = RigMotion(file["rig_offsets"], quaternions, file["trans"])
    assert np.abs(rig.joints() - described.joints).max() < 1e-4
    assert described.rig.frames == rig.frames


def test_several_people(described: Motion, tmp_path: Path) -> None:
    other = Motion(described.joints[:30], name="other").moved(x=1.0)
    path = save_motion([described, other], tmp_path / "pair.npz")
    assert load_motion(path).caption == described.caption
    assert load_motion(path, person=2).frames == 30
    with pytest.raises(FormatError, match="2 people"):
        load_motion(path, person=3)


def test_npy_holds_joints(motion: Motion, tmp_path: Path) -> None:
    path = save_motion(motion, tmp_path / "walk.npy")
    assert np.array_equal(np.load(path, allow_pickle=False), motion.joints)
    assert np.array_equal(load_motion(path).joints, motion.joints)


@pytest.mark.parametrize("name", ["features", "motion", "anything"])
def test_features_are_recovered(motion: Motion, tmp_path: Path, name: str) -> None:
    np.save(tmp_path / "walk.npy", motion.features)
    named: dict[str, Any] = {name: motion.features}
    np.savez(tmp_path / "walk.npz", **named)
    for file in ("walk.npy", "walk.npz"):
        assert np.abs(load_motion(tmp_path / file).joints - motion.joints[:-1]).max() < 1e-4


class Evil:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.write_text, (self.path, "unpickled")


def test_pickled_objects_are_refused(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    np.save(tmp_path / "evil.npy", np.array([Evil(trace)], dtype=object), allow_pickle=True)
    np.savez(tmp_path / "evil.npz", joints=np.array([Evil(trace)], dtype=object))
    (tmp_path / "evil.pkl").write_bytes(pickle.dumps({"smpl_poses": Evil(trace)}))
    for file in ("evil.npy", "evil.npz", "evil.pkl"):
        with pytest.raises(FormatError, match="pickled"):
            load_motion(tmp_path / file)
    assert not trace.exists()


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((5, 21, 3)), "neither joints"),
        (np.zeros((5, 251)), "neither joints"),
        (np.full((5, 22, 3), np.nan), "NaN"),
        (np.zeros((0, 22, 3)), "empty"),
    ],
)
def test_other_arrays_say_why(array: np.ndarray, message: str, tmp_path: Path) -> None:
    np.save(tmp_path / "other.npy", array)
    with pytest.raises(InvalidMotionError, match=message):
        load_motion(tmp_path / "other.npy")


def test_swapped_extensions_are_told_by_the_content(motion: Motion, tmp_path: Path) -> None:
    save_motion(motion, tmp_path / "a.npz").rename(tmp_path / "a.npy")
    save_motion(motion, tmp_path / "b.npy").rename(tmp_path / "b.npz")
    for file in ("a.npy", "b.npz"):
        assert np.array_equal(load_motion(tmp_path / file).joints, motion.joints)


def test_unknown_archives_list_what_they_hold(tmp_path: Path) -> None:
    np.savez(tmp_path / "c.npz", first=np.zeros(2), second=np.zeros(2))
    with pytest.raises(FormatError, match=r"AMASS.*first, second"):
        load_motion(tmp_path / "c.npz")


@given(data=st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_archives_never_crash(data: st.DataObject, described: Motion, tmp_path: Path) -> None:
    name = data.draw(st.sampled_from(["walk.npz", "walk.npy"]))
    raw = bytearray(save_motion(described, tmp_path / name).read_bytes())
    start = data.draw(st.integers(0, len(raw)))
    raw[start : start + data.draw(st.sampled_from([0, 1, 8, 10**7]))] = data.draw(st.binary(max_size=8))
    (tmp_path / name).write_bytes(bytes(raw))
    try:
        assert isinstance(load_motion(tmp_path / name), Motion)
    except (FormatError, InvalidMotionError) as error:
        assert str(error)
