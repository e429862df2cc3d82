"""The two front doors: formats by extension, errors by type."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.errors import FormatError
from motion_agent.motion_models.formats import (
    FORMATS,
    READABLE,
    WriteOptions,
    load_motion,
    read_bvh,
    read_person,
    save_motion,
)
from motion_agent.motion_models.formats.writing import Names
from motion_agent.motion_models.motion import motion as motion_room
from motion_agent.motion_models.motion.features import FPS
from motion_agent.motion_models.motion.motion import Motion
from motion_agent.motion_models.motion.skeleton import JOINT_NAMES, resample


def test_formats_are_as_documented() -> None:
    assert set(FORMATS) == {"bvh", "glb", "npz", "npy", "mp4", "gif", "html", "png", "vrma"}
    assert set(READABLE) == {"bvh", "amc", "npy", "npz", "glb", "gltf", "vrm", "vrma", "pkl"}


def test_all_that_can_be_read_of_what_is_written_comes_back(motion: Motion, tmp_path: Path) -> None:
    for name in set(FORMATS) & set(READABLE) - {"vrma"}:
        again = load_motion(save_motion(motion, tmp_path / f"walk.{name}"))
        assert np.abs(again.joints - motion.joints).max() < 0.02


@pytest.mark.parametrize(
    ("ending", "names"), [("vrma", "ours"), ("glb", "mixamo"), ("glb", "unity"), ("glb", "vrm")]
)
def test_what_was_written_under_other_names_comes_back(
    ending: str, names: Names, motion: Motion, tmp_path: Path
) -> None:
    """Without helpers, spine and collars move by a little; all else comes back as from a file of ours."""
    path = save_motion(motion, tmp_path / f"walk.{ending}", options=WriteOptions(names=names))
    away = np.abs(load_motion(path).joints - motion.joints)
    trunk = [n for n, name in enumerate(JOINT_NAMES) if re.search("spine|collar", name)]
    assert np.delete(away, trunk, axis=1).max() < 0.005
    assert away[:, trunk].max() < 0.03
    path.write_bytes(path.read_bytes().replace(b'"motion-agent"', b'"others\' tool"'))
    limbs = [
        n for n, name in enumerate(JOINT_NAMES) if re.search("hip|knee|ankle|foot|should|elbow|wrist", name)
    ]
    held = read_person(path).joints
    assert np.abs(held[:, limbs] - motion.joints[:, limbs]).max() < 1e-3, "read as anybody's, it holds limbs"
    assert np.abs(load_motion(path).joints - motion.joints).max() > 0.03, "on another trunk, which it has not"


@pytest.mark.parametrize("fps", [12.5, 29.97, 30.0, 60.0])
@pytest.mark.parametrize("name", ["bvh", "glb", "vrma", "npz"])
def test_a_file_lasts_as_long_as_its_motion_at_any_rate(name: str, fps: float, tmp_path: Path) -> None:
    frames = round(3 * fps) + 1
    written = Motion(walking(frames, fps=fps), fps=fps)
    again = load_motion(save_motion(written, tmp_path / f"walk.{name}"))
    joints = resample(again.joints, again.fps, FPS)
    expected = resample(written.joints, fps, FPS)
    assert len(joints) == pytest.approx(len(expected), abs=1)
    shared = min(len(joints), len(expected))
    assert np.abs(joints[:shared, 0] - expected[:shared, 0]).max() < 0.01


def test_format_overrides_the_extension_and_folders_are_made(motion: Motion, tmp_path: Path) -> None:
    path = save_motion(motion, tmp_path / "deep" / "folder" / "walk", format="BVH")
    assert path.read_text().startswith("HIERARCHY")


@pytest.mark.parametrize("name", ["walk.fbx", "walk", "walk.amc"])
def test_unknown_formats_list_the_known(motion: Motion, tmp_path: Path, name: str) -> None:
    with pytest.raises(FormatError, match="known are bvh, glb"):
        save_motion(motion, tmp_path / name)


@pytest.mark.parametrize("name", ["bvh", "npy"])
def test_several_people_get_a_file_each_where_one_holds_one_person(
    motion: Motion, tmp_path: Path, name: str
) -> None:
    first = save_motion([motion, motion.moved(x=1.0)], tmp_path / f"pair.{name}")
    assert first == tmp_path / f"pair.1.{name}"
    assert sorted(tmp_path.iterdir()) == [first, tmp_path / f"pair.2.{name}"]
    assert np.allclose(load_motion(first).joints, motion.joints, atol=0.02)
    read = np.load if name == "npy" else read_bvh
    assert np.allclose(read(tmp_path / f"pair.2.{name}")[..., 0], motion.joints[..., 0] + 1, atol=1e-3)


@pytest.mark.parametrize("name", ["glb", "npz", "html", "png"])
def test_several_people_share_a_file_where_it_holds_them(motion: Motion, tmp_path: Path, name: str) -> None:
    save_motion([motion, motion.moved(x=1.0)], tmp_path / f"pair.{name}")
    assert [path.name for path in tmp_path.iterdir()] == [f"pair.{name}"]


def test_the_rig_is_fitted_once_for_all_formats(
    walk: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted: list[int] = []
    fit = motion_room.fit_rig
    monkeypatch.setattr(motion_room, "fit_rig", lambda joints: fitted.append(len(joints)) or fit(joints))
    motion = Motion(walk[:8])
    for name in ("bvh", "glb", "npz", "html", "png"):
        save_motion(motion, tmp_path / f"walk.{name}")
    assert fitted == [8]


def test_nobody_is_not_a_scene(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="nothing to write"):
        save_motion([], tmp_path / "walk.bvh")


def test_reading_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no such file"):
        load_motion(tmp_path / "none.bvh")
    (tmp_path / "walk.xyz").write_text("positions")
    with pytest.raises(FormatError, match=r"cannot read '\.xyz'; known are bvh"):
        load_motion(tmp_path / "walk.xyz")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("walk.fbx", b"Kaydara FBX Binary  \x00", r"this is FBX.*import_scene\.fbx.*walk\.glb"),
        ("walk.bin", b"Kaydara FBX Binary  \x00", "this is FBX"),
        ("walk.c3d", b"\x02P", "markers on the skin"),
        ("01.asf", b":version 1.10", r"give the \.amc"),
        ("poses.pt", b"PK\x03\x04", "may run code|broken"),
    ],
)
def test_formats_that_are_known_and_not_read_say_the_way(
    name: str, content: bytes, said: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FormatError, match=said):
        load_motion(tmp_path / name)


def test_writing_where_one_cannot(motion: Motion, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FormatError, match="cannot be written"):
        save_motion(motion, tmp_path / "file" / "walk.bvh")
