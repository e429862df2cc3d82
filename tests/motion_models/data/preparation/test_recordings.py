"""Recordings with captions as people have them: text files beside the motion, or one table."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from motion_agent.motion_models import FormatError
from motion_agent.motion_models.data.preparation.recordings import (
    Described,
    Reading,
    find_recordings,
    load_joints,
    read_sidecar,
)
from motion_agent.motion_models.formats import save_motion
from motion_agent.motion_models.motion.motion import Motion
from motion_agent.motion_models.motion.skeleton import BONE_LENGTHS, bone_vectors


def said(captions: tuple[Described, ...]) -> list[tuple[str, float | None, float | None]]:
    return [(caption.text, caption.start, caption.end) for caption in captions]


@pytest.fixture
def folder(tmp_path: Path, walk: np.ndarray) -> Path:
    for name in ("a/walk.bvh", "a/run.bvh", "jump.npy"):
        save_motion(Motion(walk[:20]), tmp_path / "in" / name)
    return tmp_path / "in"


def test_what_is_said_of_the_files_is_in_the_stamps_of_the_recordings(folder: Path) -> None:
    """Preparing again keeps a clip whose stamp is the same: every field of a reading has to change it."""
    (folder / "jump.txt").write_text("a person jumps\n")
    readings = [Reading(), Reading(fps=30.0), Reading(fps=60.0), Reading(up="z"), Reading(30.0, "z")]

    def stamp(reading: Reading) -> str:
        [recording] = find_recordings(folder, reading=reading).recordings
        return recording.stamp

    stamps = [stamp(reading) for reading in readings]
    assert len(set(stamps)) == len(readings)
    assert stamps == [stamp(replace(reading)) for reading in readings]


class TestTextBesideTheMotion:
    def test_lines_with_and_without_times(self, tmp_path: Path) -> None:
        path = tmp_path / "walk.txt"
        path.write_text("\ufeffa person walks\n\nshe waves#0.5#1.25\nclimbs rung #3\n", "utf-8")
        assert said(read_sidecar(path)) == [
            ("a person walks", None, None), ("she waves", 0.5, 1.25), ("climbs rung #3", None, None),
        ]  # fmt: skip

    def test_lines_of_published_texts_files(self, tmp_path: Path) -> None:
        path = tmp_path / "walk.txt"
        path.write_text("he walks.#he/PRON walk/VERB#0.0#0.0\nhe stops#he/PRON stop/VERB#1.0#2.0\n")
        assert said(read_sidecar(path)) == [("he walks.", None, None), ("he stops", 1.0, 2.0)]

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("#1#2", "empty"),
            ("walks#2#1", "2 to 1 s"),
            ("walks#1#inf", "1 to inf s"),
            ("walks#0,5#2", "'0,5#2' are no times"),
            ("walks#0:05#1:20", "are no times"),
        ],
    )
    def test_a_line_that_is_none_is_named(self, tmp_path: Path, line: str, reason: str) -> None:
        (tmp_path / "walk.txt").write_text(f"ok\n{line}\n")
        with pytest.raises(FormatError, match=rf"walk\.txt, line 2: .*{reason}"):
            read_sidecar(tmp_path / "walk.txt")

    @given(text=st.text(st.characters(codec="utf-8"), max_size=60))
    def test_any_text_is_captions_or_one_clear_error(self, text: str, tmp_path_factory) -> None:
        path = tmp_path_factory.getbasetemp() / "any.txt"
        path.write_bytes(text.encode())
        try:
            captions = read_sidecar(path)
        except FormatError as error:
            assert "any.txt" in str(error)
        else:
            assert all(caption.text.strip() for caption in captions)

    def test_formats_that_are_not_read_are_listed_with_the_way_out(self, folder: Path) -> None:
        (folder / "a" / "dance.FBX").write_bytes(b"Kaydara FBX Binary")
        (folder / "gait.c3d").write_bytes(b"")
        told = dict(find_recordings(folder).unusable)
        assert "import_scene.fbx(filepath='dance.FBX')" in told["a/dance.FBX"]
        assert "no joints, which is not read: solve them to a skeleton" in told["gait.c3d"]

    def test_files_without_captions_are_listed(self, folder: Path) -> None:
        (folder / "a" / "walk.txt").write_text("a person walks")
        (folder / "jump.txt").write_text("")
        (folder / "a" / "._run.bvh").write_bytes(b"Mac OS X")
        found = find_recordings(folder)
        assert [recording.name for recording in found.recordings] == ["a/walk.bvh"]
        assert {name for name, _ in found.unusable} == {"a/run.bvh", "jump.npy"}
        assert "write run.txt beside it" in dict(found.unusable)["a/run.bvh"]

    def test_one_text_speaks_of_one_recording(self, folder: Path, walk: np.ndarray) -> None:
        save_motion(Motion(walk[:20]), folder / "a" / "walk.npz")
        (folder / "a" / "walk.txt").write_text("a person walks")
        found = find_recordings(folder)
        assert [recording.name for recording in found.recordings] == ["a/walk.bvh"]
        assert dict(found.unusable)["a/walk.npz"] == "walk.txt speaks of walk.bvh, which was taken"


class TestTables:
    def test_json_lines(self, folder: Path, tmp_path: Path) -> None:
        rows = [
            {"file": "a/walk.bvh", "caption": "a person walks", "split": "test"},
            {"file": "a/walk", "captions": ["steps", "a step"], "start": 0.1, "end": 0.5, "split": "test"},
            {"file": "jump", "caption": "jumps, twice"},
            {"file": "gone.bvh", "caption": "?"},
        ]
        table = tmp_path / "captions.jsonl"
        table.write_text("\n".join(map(json.dumps, rows)))
        found = find_recordings(folder, table)
        walk, jump = found.recordings
        assert (walk.name, walk.split, jump.split) == ("a/walk.bvh", "test", None)
        assert said(walk.captions) == [
            ("a person walks", None, None),
            ("steps", 0.1, 0.5),
            ("a step", 0.1, 0.5),
        ]
        reasons = dict(found.unusable)
        assert "captions.jsonl, line 4" in reasons["gone.bvh"]
        assert "does not name it" in reasons["a/run.bvh"]

    def test_csv(self, folder: Path, tmp_path: Path) -> None:
        table = tmp_path / "captions.csv"
        lines = ("file, caption, start,end", 'a\\run.bvh, "runs, then stops",,', "./jump.npy ,jumps,0,1", "")
        table.write_bytes("\r\n".join(lines).encode("utf-8-sig"))
        run, jump = find_recordings(folder, table).recordings
        assert said(run.captions) == [("runs, then stops", None, None)]
        assert said(jump.captions) == [("jumps", 0.0, 1.0)]

    @pytest.mark.parametrize(
        ("content", "file", "reason"),
        [
            ("{", "c.jsonl", "line 1: not JSON"),
            ("[]", "c.jsonl", "line 1: must be an object"),
            ('{"caption": "x"}', "c.jsonl", "line 1: 'file' is missing"),
            ('{"file": "a/run"}', "a/run", "'caption' is missing"),
            ('{"file": "a/run", "caption": 3}', "a/run", "must be text"),
            (
                '{"file": "a/run", "caption": "x", "start": 1}',
                "a/run",
                "start and end go together",
            ),
            ('{"file": "a/run", "caption": "x", "split": "dev"}', "a/run", "split must be one of"),
            ("a/run.bvh,,,\n", "a/run.bvh", "c.csv, line 2: 'caption' is missing"),
            ("a/run,runs,0,1, stops\n", "a/run", "line 2: more fields than columns"),
            ("a/run,runs,soon,2\n", "a/run", "line 2: could not convert"),
        ],
    )
    def test_a_line_that_is_none_is_listed_and_the_others_go_on(
        self, folder: Path, tmp_path: Path, content: str, file: str, reason: str
    ) -> None:
        if content.startswith("a/"):
            table, head, more = tmp_path / "c.csv", "file,caption,start,end\n", "jump,jumps,,\n"
        else:
            table, head, more = tmp_path / "c.jsonl", "", '\n{"file": "jump", "caption": "jumps"}'
        table.write_text(head + content + more)
        found = find_recordings(folder, table)
        assert [recording.name for recording in found.recordings] == ["jump.npy"]
        assert reason in dict(found.unusable)[file]
        assert sum("run" in each for each, _ in found.unusable) == 1, (
            "a line that is named needs no other word"
        )

    @pytest.mark.parametrize(
        ("name", "content", "reason"),
        [
            (
                "c.jsonl",
                '{"file": "jump", "caption": "x"}\n{"file": "jump", "caption": "x", "split": "val"}',
                "line 2: jump stands in two splits",
            ),
            ("c.csv", "path,text\na,b\n", "must name the columns file and caption"),
            ("c.csv", "file;caption\njump;runs\n", "with commas between"),
            ("c.csv", 'file,caption\njump,"runs\nwalk,walks\n', "not CSV"),
            ("c.xlsx", "", "not .xlsx"),
        ],
    )
    def test_what_is_wrong_as_a_whole_is_named(
        self, folder: Path, tmp_path: Path, name: str, content: str, reason: str
    ) -> None:
        (tmp_path / name).write_text(content)
        with pytest.raises(FormatError, match=reason):
            find_recordings(folder, tmp_path / name)


def test_a_folder_without_motion(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no motion files"):
        find_recordings(tmp_path)


def test_joints_are_loaded_on_the_target_skeleton_at_20_fps(tmp_path: Path, walk: np.ndarray) -> None:
    tall = np.repeat(walk, 3, axis=0)[: 3 * len(walk) - 2] * np.float32(1.2)
    joints, offset = load_joints(save_motion(Motion(tall, fps=60.0), tmp_path / "walk.npz"))
    assert offset == 0.0
    assert len(joints) == len(walk)
    lengths = np.linalg.norm(bone_vectors(joints), axis=-1)
    np.testing.assert_allclose(lengths, np.broadcast_to(BONE_LENGTHS, lengths.shape), atol=1e-4)
    assert joints[..., 1].min() == pytest.approx(0.0, abs=1e-6)
