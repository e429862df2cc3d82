"""caption_motion and export_motion: what goes to files and comes from them."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from motion_agent.motion_models import formats
from motion_agent.motion_models.errors import BackendError, FormatError, InvalidMotionError
from motion_agent.motion_models.formats import UP_AXES, WriteOptions, save_motion
from motion_agent.motion_models.formats.body import BODIES
from motion_agent.motion_models.formats.writing import NAMES
from motion_agent.motion_models.motion.motion import Motion
from motion_agent.tools import ForbiddenPathError, UnknownMotionError
from motion_agent.tools.export import kept_stem, reserve, slug, write
from motion_agent.tools.rendering import render_people
from motion_agent.tools.schemas import BodyName, BoneNames, UpAxis


@pytest.fixture
def joints_file(tmp_path, walk):
    path = tmp_path / "stroll.npy"
    np.save(path, walk)
    return path


def test_a_motion_in_memory_is_described(hand):
    clip = hand.make("generate_motion", description="a person walks", seconds=3)
    result = hand.use("caption_motion", motion_id=clip.id)
    assert result.content.keys() == {"motion_id", "caption", "measured"}
    assert result.content["caption"] == "a person walks"
    assert result.made == ()


def test_words_that_a_motion_does_not_bear_out_are_not_told(hand):
    clip = hand.make("generate_motion", description="a person sits", seconds=2)
    seen = hand.use("caption_motion", motion_id=clip.id).content["caption"]
    assert seen == f"a person does {clip.tokens[0]}"


def test_parts_are_told_in_order_with_their_times(hand):
    clip = hand.sequence("a person walks", "a person sits", "a person runs")
    content = hand.use("caption_motion", motion_id=clip.id).content
    assert content["caption"].startswith("a person walks (0.0 to 2.0 s), then a person does")
    assert [(part["start"], part["end"]) for part in content["segments"]] == [(0, 2), (2, 4), (4, 6)]


def test_a_sequence_is_described_segment_by_segment(hand):
    clip = hand.sequence("a person walks", "a person jumps")
    content = hand.use("caption_motion", motion_id=clip.id).content
    assert [(part["start"], part["end"]) for part in content["segments"]] == [(0.0, 2.0), (2.0, 4.0)]


def test_a_long_motion_is_described_in_windows(hand):
    clip = hand.make("generate_motion", description="a person sits", seconds=24)
    content = hand.use("caption_motion", motion_id=clip.id).content
    assert [(part["start"], part["end"]) for part in content["segments"]] == [(0, 8), (8, 16), (16, 24)]


def test_a_file_becomes_a_motion_in_memory(hand, joints_file, services, walk):
    result = hand.use("caption_motion", path="stroll.npy")
    [ref] = result.made
    clip = services.memory.get("local", "stroll")
    assert clip.id == ref.id == result.content["motion_id"]
    assert clip.source == "file:stroll.npy"
    assert result.content["caption"] == clip.description == f"a person does {clip.tokens[0]}"
    [motion] = render_people(services, clip)
    assert motion.joints == pytest.approx(walk[:56] - walk[0, 0] * [1, 0, 1], abs=1e-3)


def test_what_was_estimated_of_a_file_goes_with_its_motion(hand, joints_file, walk):
    np.save(joints_file, walk * 100)
    made = hand.use("caption_motion", path=joints_file.name)
    assert "centimetres" in made.content["notes"][0]
    assert made.made[0].notes == made.content["notes"]


def test_an_absolute_path_inside_the_folder_will_do(hand, joints_file):
    assert hand.use("caption_motion", path=str(joints_file)).made


def test_a_relative_path_means_the_working_folder_where_that_may_be_read(hand, joints_file, monkeypatch):
    folder = joints_file.parent / "deeper"
    folder.mkdir()
    joints_file.rename(folder / "run.npy")
    monkeypatch.chdir(folder)
    assert hand.use("caption_motion", path="run.npy").made


def test_a_path_may_start_at_home(hand, joints_file, monkeypatch):
    monkeypatch.setenv("HOME", str(joints_file.parent))
    assert hand.use("caption_motion", path="~/stroll.npy").made


@pytest.mark.parametrize("path", ["~nobody-by-that-name/a.npy", "a\0b.npy"])
def test_what_is_no_path_is_one_clear_error(hand, path):
    with pytest.raises(FormatError, match="is not a path"):
        hand.use("caption_motion", path=path)


@pytest.mark.parametrize("path", ["../secret.npy", "/etc/passwd", "a/../../b.bvh"])
def test_files_outside_the_folder_are_not_read(hand, path):
    with pytest.raises(ForbiddenPathError, match="outside the folder"):
        hand.use("caption_motion", path=path)


def test_a_file_that_is_no_motion_is_one_clear_error(hand, tmp_path):
    np.save(tmp_path / "wrong.npy", np.zeros((5, 7)))
    with pytest.raises((FormatError, InvalidMotionError)) as caught:
        hand.use("caption_motion", path="wrong.npy")
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_one_clear_error(hand):
    with pytest.raises((FormatError, InvalidMotionError), match=r"nowhere\.bvh"):
        hand.use("caption_motion", path="nowhere.bvh")


@pytest.mark.parametrize("motion_id", ["m7", "$7", "$\u00b2"])
def test_an_unknown_motion_cannot_be_described(hand, motion_id):
    with pytest.raises(UnknownMotionError):
        hand.use("caption_motion", motion_id=motion_id)


def test_export_writes_every_format_asked_for(hand, tmp_path):
    clip = hand.make("generate_motion", description="a person walks", seconds=1, name="My Greeting!")
    files = hand.use("export_motion", motion_id=clip.id, formats=["npz", "bvh"]).content["files"]
    assert files == [str(tmp_path / "out" / f"my-greeting.{ending}") for ending in ("npz", "bvh")]
    with np.load(files[0], allow_pickle=False) as arrays:
        assert arrays["tokens"].tolist() == list(clip.tokens)


def test_export_never_overwrites(hand, tmp_path):
    clip = hand.make("generate_motion", description="a person walks", seconds=1)
    names = [hand.use("export_motion", motion_id=clip.id, formats=["npz"]).content["files"] for _ in range(3)]
    stems = ["a-person-walks", "a-person-walks-2", "a-person-walks-3"]
    assert names == [[str(tmp_path / "out" / f"{stem}.npz")] for stem in stems]


def test_a_failed_export_leaves_no_empty_files(hand, tmp_path, backend):
    clip = hand.make("generate_motion", description="a person walks", seconds=1)
    backend.decode = lambda tokens: np.full((4 * len(tokens), 263), np.nan, dtype=np.float32)
    with pytest.raises(BackendError, match="not finite"):
        hand.use("export_motion", motion_id=clip.id, formats=["npz"])
    assert not list(tmp_path.glob("out/*"))


def test_an_export_that_fails_midway_keeps_whole_files_and_drops_empty_ones(hand, tmp_path, monkeypatch):
    clip = hand.make("generate_motion", description="a person walks", seconds=1)
    save = formats.save_motion

    def full(motion, path, **options):
        if path.suffix == ".bvh":
            raise FormatError("the disk is full")
        save(motion, path, **options)

    with monkeypatch.context() as patch:
        patch.setattr(formats, "save_motion", full)
        with pytest.raises(FormatError, match="full"):
            hand.use("export_motion", motion_id=clip.id, formats=["npz", "bvh", "npy"])
        assert [path.name for path in tmp_path.glob("out/*")] == ["a-person-walks.npz"]
        with pytest.raises(FormatError, match="full"):
            hand.use("export_motion", motion_id=clip.id, formats=["bvh"])
    [file] = hand.use("export_motion", motion_id=clip.id, formats=["bvh"]).content["files"]
    assert Path(file).name == "a-person-walks.bvh"


def test_a_folder_that_cannot_be_made_is_one_clear_error(hand, tmp_path):
    clip = hand.make("generate_motion", description="a person walks", seconds=1)
    (tmp_path / "out").touch()
    with pytest.raises(FormatError, match="cannot write to the folder"):
        hand.use("export_motion", motion_id=clip.id, formats=["npz"])


@pytest.mark.parametrize("code", [errno.EACCES, errno.ENOSPC])
def test_a_folder_that_takes_no_more_files_is_one_clear_error(tmp_path, monkeypatch, code):
    touch = Path.touch

    def refuse(path, *args, **options):
        if path.suffix == ".glb":
            raise OSError(code, os.strerror(code))
        touch(path, *args, **options)

    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(FormatError, match=os.strerror(code)):
        reserve(tmp_path, "walk", ["bvh", "glb"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("A person walks, then waves!", "a-person-walks-then-waves"),
        ("../../etc/passwd", "etc-passwd"),
        ("Ça va?", "ca-va"),
        ("歩く", "歩く"),
        ("Über 走る!", "uber-走る"),
        ("🙂", "motion"),
        ("", "motion"),
        ("x" * 200, "x" * 60),
    ],
)
def test_file_names_are_readable_and_never_paths(title, name):
    assert slug(title) == name


def test_reserved_names_are_the_same_for_all_formats(tmp_path):
    (tmp_path / "walk.glb").touch()
    paths = reserve(tmp_path, "walk", ["bvh", "glb"])
    assert [path.name for path in paths] == ["walk-2.bvh", "walk-2.glb"]
    assert not (tmp_path / "walk.bvh").exists()


@pytest.mark.parametrize(
    ("stem", "kept"),
    [
        ("Walk_01", "Walk_01"),
        ("走る 🙂", "走る 🙂"),
        ("a:b?", "a-b-"),
        ("..", "motion"),
        ("con", "con-"),
        ("歩" * 200, "歩" * 76),
    ],
)
def test_the_name_of_a_file_that_is_converted_is_kept(stem: str, kept: str) -> None:
    assert kept_stem(stem) == kept


def test_files_show_the_body_and_the_bones_that_were_asked_for(tmp_path: Path, walk) -> None:
    look = WriteOptions("mannequin", "mixamo")
    glb, bvh = write([Motion(walk[:12])], tmp_path, "Walk_01", ["glb", "bvh"], look=look)
    assert (glb.name, bvh.name) == ("Walk_01.glb", "Walk_01.bvh")
    assert bvh.read_text("ascii").splitlines()[1] == "ROOT mixamorig:Hips"
    human = write([Motion(walk[:12])], tmp_path, "Walk_01", ["glb"], look=WriteOptions(names="mixamo"))[0]
    assert b"mixamorig:LeftToeBase" in glb.read_bytes() and b"mixamorig:LeftToeBase" in human.read_bytes()
    assert b'"skin"' in human.read_bytes() and b'"skin","pbr' not in glb.read_bytes()
    assert glb.stat().st_size != human.stat().st_size


def test_settings_name_the_bodies_and_bones_that_can_be_written() -> None:
    assert get_args(BodyName) == tuple(BODIES) and get_args(BoneNames) == NAMES
    assert get_args(UpAxis) == UP_AXES


def test_what_a_file_says_wrongly_can_be_said_to_the_tool(hand, tmp_path, walk):
    on_its_back = np.stack([walk[..., 0], -walk[..., 2], walk[..., 1]], axis=-1)
    np.save(tmp_path / "turned.npy", on_its_back)
    quick = hand.make("caption_motion", path="turned.npy", fps=40, up="z")
    slow = hand.make("caption_motion", path="turned.npy", up="z")
    assert quick.seconds == pytest.approx(slow.seconds / 2, abs=0.2)
    right = hand.make("caption_motion", path="turned.npy")
    upside_down = hand.make("caption_motion", path="turned.npy", up="-z")
    assert slow.tokens == right.tokens != upside_down.tokens


def test_one_person_of_a_file_can_be_chosen(hand, tmp_path, walk):
    save_motion([Motion(walk), Motion(walk[:24])], tmp_path / "two.npz")
    first, second = (hand.make("caption_motion", path="two.npz", person=who) for who in (1, 2))
    assert len(first.tokens) > len(second.tokens) == 5
    with pytest.raises(FormatError, match="holds 2 people"):
        hand.use("caption_motion", path="two.npz", person=3)
