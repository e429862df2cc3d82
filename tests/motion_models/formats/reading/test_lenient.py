"""Text files as careless programs and people write them, and what is said where they cannot be read."""

from __future__ import annotations

import os
from pathlib import Path

import foreign_bvh as foreign
import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.errors import FormatError
from motion_agent.motion_models.formats import load_motion

WALK = walking(30)
TEXT = foreign.text(foreign.renamed(foreign.figure(WALK), "HumanIK"))


def with_commas(value: float) -> str:
    return f"{value:.5f}".replace(".", ",")


HEAD, ROWS = TEXT.split("MOTION\n")
FRAMES = ROWS.split("\n")[2:-1]
TIMING = HEAD + "MOTION\n" + "\n".join(ROWS.split("\n")[:2]) + "\n"
#: Of the fourth row of the MOTION section.
LINE = len(HEAD.splitlines()) + 7
LENIENT = {
    "leading blank lines": "\n\n  \n" + TEXT,
    "blank lines between rows": HEAD + "MOTION\n" + "\n\n".join(ROWS.split("\n")),
    "comments": "# made by hand\n" + TEXT.replace("MOTION\n", "MOTION # here\n# rows\n") + "# the end\n",
    "comments after rows": TIMING + "\n".join(f"{row} # {n}" for n, row in enumerate(FRAMES)),
    "decimal commas": foreign.text(foreign.renamed(foreign.figure(WALK), "HumanIK"), number=with_commas),
    "commas between numbers": TIMING + "\n".join(row.replace(" ", ", ") for row in FRAMES),
    "tabs and CRLF": TEXT.replace(" ", "\t").replace("\n", "\r\n"),
    "CR alone": TEXT.replace("\n", "\r"),
    "lower case": TEXT.replace("HIERARCHY", "Hierarchy").replace("JOINT", "joint"),
    "wrapped rows": TIMING + "\n".join(" ".join(FRAMES).split(" ")),
    "one endless row": TIMING + " ".join(FRAMES),
    "braces on the same line": TEXT.replace("\n{", " {"),
    "no end of line at the end": TEXT.rstrip("\n"),
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(LENIENT))
def test_what_every_tool_reads_is_read(case: str, tmp_path: Path) -> None:
    path = tmp_path / "walk.bvh"
    path.write_bytes(LENIENT[case].encode())
    assert np.abs(load_motion(path).joints - WALK).max() < 0.1
    assert load_motion(path).notes == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
def test_encodings(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "walk.bvh").write_bytes(TEXT.replace("Spine1", "Rücken").encode(encoding))
    assert load_motion(tmp_path / "walk.bvh").frames == len(WALK)


def test_more_rows_than_promised_are_read_and_told(tmp_path: Path) -> None:
    (tmp_path / "walk.bvh").write_text(TEXT.replace("Frames: 30", "Frames: 12"))
    motion = load_motion(tmp_path / "walk.bvh")
    assert motion.frames == 30 and motion.notes == ("it has 30 frames, 12 are promised; all were read",)


@pytest.mark.parametrize("seconds", ["1.0", "0.25", "0", "nan"])
def test_a_rate_that_is_wrong_is_told_with_the_remedy_and_can_be_set(seconds: str, tmp_path: Path) -> None:
    path = tmp_path / "walk.bvh"
    path.write_text(TEXT.replace("Frame Time: 0.05000", f"Frame Time: {seconds}"))
    with pytest.raises(FormatError, match="--fps sets the rate"):
        load_motion(path)
    assert load_motion(path, fps=20).frames == 30
    assert load_motion(path, fps=60).frames == 10


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TEXT.replace(FRAMES[3], FRAMES[3][:-20] + "12.3.4"), rf"line {LINE}: '[\d.]+12\.3\.4' is no"),
        (TEXT.replace("JOINT Neck", "BONE Neck"), r"line \d+: unexpected in HIERARCHY: 'BONE Neck'"),
        (HEAD + "MOTION\n" + ROWS.replace("Frames: 30", "Frames: many"), r"'Frames:' and 'Frame Time:'"),
        ("x" * 3_000_000, "longer than any line"),
        (HEAD + "MOTION\nFrames: 5\nFrame Time: .05\n" + "1" * 4_000_000, "no number is so long"),
        (HEAD.replace("JOINT", "{\n" * 9 + "JOINT", 1), r"line \d+"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_names_the_line(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "walk.bvh").write_text(text)
    with pytest.raises(FormatError, match=said) as caught:
        load_motion(tmp_path / "walk.bvh")
    assert len(str(caught.value)) < 400 and "\n" not in str(caught.value)


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.bvh")
    (tmp_path / "folder.bvh").mkdir()
    for name in ("pipe.bvh", "folder.bvh"):
        with pytest.raises(FormatError, match="not a regular file"):
            load_motion(tmp_path / name)


@pytest.mark.parametrize("options", [{"fps": 2.0}, {"fps": float("nan")}, {"up": "w"}, {"person": 0}])
def test_options_that_make_no_sense(options: dict[str, float], tmp_path: Path) -> None:
    (tmp_path / "walk.bvh").write_text(TEXT)
    with pytest.raises(FormatError):
        load_motion(tmp_path / "walk.bvh", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("axis", "XYZ")
def test_a_joint_that_moves_along_one_axis_keeps_its_offset_on_the_others(axis: str, tmp_path: Path) -> None:
    """The spine has one channel more, of a position, which says what its offset says."""
    lines, rows = HEAD.splitlines(), [row.split() for row in FRAMES]
    at = next(n for n, line in enumerate(lines) if "JOINT" in line and "Spine" in line)
    offset = next(line for line in lines[at:] if "OFFSET" in line).split()[1:]
    place = next(n for n in range(at, len(lines)) if "CHANNELS" in lines[n])
    counted = sum(int(line.split()[1]) for line in lines[:place] if "CHANNELS" in line)
    count, *kinds = lines[place].split()[1:]
    lines[place] = f"CHANNELS {int(count) + 1} {axis}position {' '.join(kinds)}"
    wider = [" ".join([*row[:counted], offset["XYZ".index(axis)], *row[counted:]]) for row in rows]
    head = ROWS.split("\n")[:2]
    path = tmp_path / "walk.bvh"
    path.write_text("\n".join([*lines, "MOTION", *head, *wider, ""]))
    assert np.abs(load_motion(path).joints - WALK).max() < 0.1


@pytest.mark.parametrize("left_out", ["Yrotation", "Xrotation"])
def test_a_joint_with_two_rotations_turns_about_them_in_their_order(left_out: str, tmp_path: Path) -> None:
    """As it turns with three channels whose third is 0."""
    figure = foreign.renamed(foreign.figure(WALK), "HumanIK")
    knee = figure.find("LeftLeg")
    assert knee.values is not None
    turns = np.random.default_rng(3).uniform(-60, 60, knee.values.shape)
    turns[:, knee.channels.index(left_out)] = 0
    knee.values = turns
    three = load_motion(foreign.write(figure, tmp_path / "three.bvh"))
    kept = [n for n, name in enumerate(knee.channels) if name != left_out]
    knee.channels, knee.values = tuple(knee.channels[n] for n in kept), turns[:, kept]
    two = load_motion(foreign.write(figure, tmp_path / "two.bvh"))
    assert np.abs(three.joints - two.joints).max() < 1e-4
