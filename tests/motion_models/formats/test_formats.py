"""The two front doors: formats by extension, errors by type."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from motion_agent.motion_models.errors import FormatError
from motion_agent.motion_models.formats import FORMATS, READABLE, load_motion, save_motion
from motion_agent.motion_models.motion.motion import Motion


def test_formats_are_as_documented() -> None:
    assert set(FORMATS) == {"bvh", "glb", "npz", "npy", "mp4", "gif", "html", "png"}
    assert set(READABLE) == {"bvh", "amc", "npy", "npz"}


def test_all_that_can_be_read_of_what_is_written_comes_back(motion: Motion, tmp_path: Path) -> None:
    for name in set(FORMATS) & set(READABLE):
        again = load_motion(save_motion(motion, tmp_path / f"walk.{name}"))
        assert np.abs(again.joints - motion.joints).max() < 0.02


def test_format_overrides_the_extension_and_folders_are_made(motion: Motion, tmp_path: Path) -> None:
    path = save_motion(motion, tmp_path / "deep" / "folder" / "walk", format="BVH")
    assert path.read_text().startswith("HIERARCHY")


@pytest.mark.parametrize("name", ["walk.fbx", "walk", "walk.amc"])
def test_unknown_formats_list_the_known(motion: Motion, tmp_path: Path, name: str) -> None:
    with pytest.raises(FormatError, match="known are bvh, glb"):
        save_motion(motion, tmp_path / name)


def test_nobody_is_not_a_scene(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="nothing to write"):
        save_motion([], tmp_path / "walk.bvh")


def test_reading_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no such file"):
        load_motion(tmp_path / "none.bvh")
    with pytest.raises(FormatError, match="cannot read"):
        load_motion(tmp_path / "walk.fbx")


def test_writing_where_one_cannot(motion: Motion, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FormatError, match="cannot be written"):
        save_motion(motion, tmp_path / "file" / "walk.bvh")
