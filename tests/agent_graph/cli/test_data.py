"""motion-agent data: exit codes, one JSON document on stdout, lines on stderr."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from folders import features_like, write_folder
from helpers import walking
from motion_agent.agent_graph.cli.commands import app
from motion_agent.motion_models.formats import save_motion
from motion_agent.motion_models.motion.motion import Motion
from motion_agent.motion_models.motion.representation import HUMANML3D, KIT
from typer.testing import CliRunner, Result


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["data", *map(str, arguments)])


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    for number in range(2):
        save_motion(Motion(walking(60)), tmp_path / "in" / f"walk{number}.bvh")
    (tmp_path / "in" / "walk0.txt").write_text("a person walks\n")
    return tmp_path / "in"


def test_recordings_become_a_folder_that_checks_out(recordings: Path, tmp_path: Path) -> None:
    made = call("prepare", recordings, "--out", tmp_path / "out", "--mirror", "--json")
    assert made.exit_code == 0, made.output
    report = json.loads(made.stdout)
    assert report["clips"] == {"train": 2, "val": 0, "test": 0}
    assert report["failed"][0][0] == "walk1.bvh"
    checked = call("check", tmp_path / "out", "--json")
    assert checked.exit_code == 0, checked.output
    content = json.loads(checked.stdout)
    assert content["splits"]["train"] == {"ids": 2, "clips": 2, "captions": 2, "seconds": pytest.approx(5.9)}
    assert (content["representation"], content["statistics"]) == ("humanml3d", "unweighted")


def test_people_are_told_in_lines(recordings: Path, tmp_path: Path) -> None:
    (recordings / "captions.csv").write_text("file,caption,start,end\nwalk1.bvh,walks,0,1\n")
    made = call("prepare", recordings, "--captions", recordings / "captions.csv", "--out", tmp_path / "out")
    assert made.exit_code == 0
    assert "1 clip (train 1, val 0, test 0), 0.0 minutes, from 1 recording" in made.stdout
    assert "note: 1 clip is shorter than 2 s" in made.stdout
    assert "left out: walk0.bvh: no captions: captions.csv does not name it" in made.stderr
    again = call("prepare", recordings, "--captions", recordings / "captions.csv", "--out", tmp_path / "out")
    assert "(1 there already)" in again.stdout
    checked = call("check", tmp_path / "out")
    assert checked.exit_code == 0
    assert "humanml3d, with the mean and std that training of your own takes (unweighted)" in checked.stdout


def test_problems_make_exit_code_1(tmp_path: Path) -> None:
    clips = {f"{number:02d}": features_like(KIT, 40) for number in range(30)}
    for rows in clips.values():
        rows[3, 3] = np.nan
    checked = call("check", write_folder(tmp_path, clips))
    assert checked.exit_code == 1
    assert "kit, without mean and std" in checked.stdout
    assert checked.stderr.count("hold NaN or infinity") == 20
    assert "10 more; --json lists all" in checked.stderr


@pytest.mark.parametrize("left", [100, 1000], ids=["of the header", "of the numbers"])
def test_one_clip_that_cannot_be_read_is_one_problem(recordings: Path, tmp_path: Path, left: int) -> None:
    (recordings / "walk1.txt").write_text("a person walks\n")
    call("prepare", recordings, "--out", tmp_path / "out")
    clip = tmp_path / "out" / "new_joint_vecs" / "walk0.npy"
    clip.write_bytes(clip.read_bytes()[:left])
    checked = call("check", tmp_path / "out")
    assert checked.exit_code == 1
    assert checked.stderr.count("problem: ") == 1 and "walk0.npy" in checked.stderr
    assert "(unweighted)" in checked.stdout


def test_a_preparation_that_was_stopped_is_to_be_started_again(recordings: Path, tmp_path: Path) -> None:
    call("prepare", recordings, "--out", tmp_path / "out")
    for split in ("train", "val", "test", "all"):
        (tmp_path / "out" / f"{split}.txt").unlink()
    checked = call("check", tmp_path / "out")
    assert checked.exit_code == 1
    assert checked.stderr == ("problem: not prepared to its end: start motion-agent data prepare again\n")


def test_other_lengths(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, {f"{count}": features_like(HUMANML3D, count) for count in (20, 40, 220)})
    for limits, used in (((), 1), (("--frames", "16", "400"), 3)):
        told = json.loads(call("check", folder, *limits, "--json").stdout)
        assert told["splits"]["train"]["clips"] == used
    refused = call("check", folder, "--frames", "40", "16")
    assert refused.exit_code == 1 and "come before the most" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("prepare", "{in}"), 2, "--out"),
        (("prepare", "{in}/none", "--out", "{out}"), 2, "does not exist"),
        (("prepare", "{in}", "--out", "{out}", "--captions", "none.csv"), 2, "there is no file"),
        (("prepare", "{in}", "--out", "{in}/walk0.txt"), 2, "is a file"),
        (("prepare", "{in}", "--out", "{in}/walk0.txt/x"), 1, "a file is in its place"),
        (("prepare", "{in}", "--out", "{in}"), 1, "holds the recordings themselves"),
        (("prepare", "{in}", "--out", "{in}/.."), 1, "holds the recordings themselves"),
        (("prepare", "{in}", "--out", "{out}", "--val", "1.5"), 2, "--val"),
        (("prepare", "{in}", "--out", "{out}", "--val", ".6", "--test", ".6"), 1, "leave some for training"),
        (
            ("prepare", "{in}", "--out", "{out}", "--captions", "cmu"),
            1,
            "none of the 297 captioned CMU trials",
        ),
        (("check", "{in}"), 1, "motion-agent data prepare makes one"),
        ((), 2, "Usage"),
    ],
)
def test_bad_calls(
    recordings: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    places = {"in": recordings, "out": tmp_path / "out"}
    result = call(*(argument.format(**places) for argument in arguments))
    assert result.exit_code == code
    # Usage errors come in a box, which breaks lines anywhere.
    assert said in " ".join(word for word in result.output.split() if word.strip("│"))
