"""The command line, in this process and as a program."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from chat_server import answers, calls, chat_server
from fakes import FakeBackend
from motion_agent.agent_graph.cli import app
from motion_agent.agent_graph.cli.evaluate import Evaluation, evaluator
from motion_agent.agent_graph.cli.output import _console
from motion_agent.motion_models.errors import CheckpointError
from typer.testing import CliRunner

WALK = json.dumps({"description": "a person walks", "seconds": 2})


@pytest.fixture(autouse=True)
def _fake_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("motion_agent.motion_models.load_backend", lambda *_, **__: FakeBackend())


def cli(*arguments: str, typed: str | None = None):
    return CliRunner().invoke(app, list(arguments), input=typed)


def test_a_terminal_that_has_no_width_is_shown_all(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "0")
    _console().print("a person walks")
    assert capsys.readouterr().out == "a person walks\n"


def test_run_writes_files_and_tells_where(tmp_path):
    done = cli("run", "a person walks forward, then jumps", "--out", "made", "--format", "npz,bvh")
    assert done.exit_code == 0, done.output
    files = [tmp_path / "made" / f"a-person-walks-forward-then-jumps.{ending}" for ending in ("npz", "bvh")]
    for path in files:
        assert str(path) in done.stdout
        assert path.stat().st_size > 0
    assert "0.0 s" in done.stdout
    assert "loading" in done.stdout


def test_run_never_overwrites(tmp_path):
    for _ in range(2):
        assert cli("run", "a person walks", "--out", "made", "--format", "npz").exit_code == 0
    names = sorted(path.name for path in (tmp_path / "made").iterdir())
    assert names == ["a-person-walks-2.npz", "a-person-walks.npz"]


def test_run_as_json_is_json_alone(tmp_path):
    done = cli("run", "a person walks", "--out", "made", "--format", "npz", "--json", "--seed", "3")
    document = json.loads(done.stdout)
    assert document["motion"]["id"] == document["made"][0]
    assert document["files"] == [str(tmp_path / "made" / "a-person-walks.npz")]
    assert document["seconds_taken"].keys() == {"loading", "motion", "files"}


def test_the_same_seed_gives_the_same_motion():
    def joints(seed: str) -> list[float]:
        done = cli("run", "a person walks", "--format", "npz", "--json", "--seed", seed)
        with np.load(json.loads(done.stdout)["files"][0], allow_pickle=False) as arrays:
            return arrays["joints"].tolist()

    assert joints("3") == joints("3") != joints("4")


def test_a_request_that_is_not_understood_is_exit_1_and_one_line():
    done = cli("run", "asdf qwer zxcv")
    assert done.exit_code == 1
    assert done.stderr.startswith("no motion was made: ")


def test_talking_about_a_file(walk):
    np.save("stroll.npy", walk)
    done = cli("run", "what is the person doing?", "--motion", "stroll.npy", "--json")
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert (document["files"], document["motion"]["name"]) == ([], "stroll")
    assert re.search(r"a person does \d+", document["answer"])


def test_a_question_about_a_file_may_be_answered_from_what_was_seen_when_it_was_opened(walk):
    np.save("stroll.npy", walk)
    with chat_server(answers("They stroll.")) as server:
        done = cli("run", "what is it?", "-m", "stroll.npy", "-c", "openai:local", "--base-url", server.url)
    assert done.exit_code == 0, done.output
    assert "They stroll." in done.stdout


def test_a_chat_outlives_a_folder_that_cannot_be_written():
    Path("taken").touch()
    done = cli("chat", "--out", "taken/in", typed="a person walks and save it as npz\n/list\n/quit\n")
    assert done.exit_code == 0, done.output
    assert "cannot write to the folder" in done.stdout


def test_a_chat_goes_on_after_a_full_disk(monkeypatch):
    def full(*args, **options):
        raise OSError("no space left")

    monkeypatch.setattr("motion_agent.agent_graph.conversations.session.Session.say", full)
    done = cli("chat", typed="walk\n/list\n/quit\n")
    assert (done.exit_code, done.stderr.count("error: no space left")) == (0, 1)


def test_a_file_a_request_names_is_looked_for_where_the_user_is(walk):
    np.save("stroll.npy", walk)
    watch = calls(("c1", "caption_motion", json.dumps({"path": "stroll.npy"})))
    with chat_server(watch, answers("A stroll.")) as server:
        done = cli("run", "what is in it?", "-c", "openai:local", "--base-url", server.url, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["motion"]["name"] == "stroll"


def test_run_with_a_coordinator_over_http():
    with chat_server(calls(("c1", "generate_motion", WALK)), answers("Here you are.")) as server:
        done = cli("run", "walk", "-c", "openai:local", "--base-url", server.url, "-f", "npz")
    assert done.exit_code == 0, done.output
    assert "Here you are." in done.stdout


def test_a_turn_that_is_given_up_is_exit_1_whatever_it_made(monkeypatch):
    monkeypatch.setenv("MOTION_AGENT_MAX_PLANS", "1")
    with chat_server(calls(("c1", "generate_motion", WALK))) as server:
        done = cli("run", "walk", "-c", "openai:local", "--base-url", server.url, "-f", "npz")
    assert done.exit_code == 1
    assert done.stderr.startswith("given up: ")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["run", "  "], "the request is empty"),
        (["run"], "prompt"),
        (["run", "walk", "--format", "exe"], "unknown format 'exe'"),
        (["run", "walk", "--format", ","], "no format given"),
        (["run", "walk", "--nonsense"], "nonsense"),
        (["run", "walk", "--motion", "nowhere.bvh"], "nowhere.bvh"),
        (["caption", "nowhere.bvh"], "nowhere.bvh"),
        (["train", "everything", "--data", "."], "everything"),
        (["nonsense"], "nonsense"),
    ],
)
def test_bad_usage_is_exit_2(arguments, reason):
    done = cli(*arguments)
    assert done.exit_code == 2
    assert reason in done.stderr


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (
            ["-c", "nowhere:model"],
            "write provider:model (openai:gpt-4.1), local:FOLDER, local:FILE.gguf, or offline",
        ),
        (["-c", "nonsense"], "coordinator nonsense cannot be set up: write provider:model (openai:gpt-4.1)"),
        (["-c", "openai:gpt-4.1"], "coordinator openai:gpt-4.1 cannot be set up"),
        (["-c", "openai:x", "--base-url", "http://127.0.0.1:9/v1"], "failed"),
        (["--base-url", "http://127.0.0.1:9/v1"], "offline coordinator reaches no server"),
    ],
)
def test_what_cannot_work_is_exit_1_and_one_line(arguments, reason, monkeypatch):
    monkeypatch.setenv("MOTION_AGENT_MAX_RETRIES", "0")
    done = cli("run", "walk", *arguments)
    assert done.exit_code == 1
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert reason in done.stderr


def test_tracebacks_only_on_request(monkeypatch):
    def missing(*_: Any, **__: Any):
        raise CheckpointError("no weights here")

    monkeypatch.setattr("motion_agent.motion_models.load_backend", missing)
    assert cli("run", "walk").stderr == "error: no weights here\n"
    assert "CheckpointError: " in cli("run", "walk", "--debug").stderr


def test_unexpected_faults_are_one_line_too(monkeypatch):
    monkeypatch.setattr("motion_agent.motion_models.load_backend", lambda *_, **__: 1 / 0)
    done = cli("run", "walk")
    assert done.exit_code == 1
    assert done.stderr == "error: unexpected ZeroDivisionError: division by zero (--debug shows where)\n"


def test_a_chat_makes_exports_and_ends(tmp_path):
    typed = "a person walks\n/list\n/export npz\n/export exe\n/nonsense\n\n/quit\nnot read\n"
    done = cli("chat", "--out", "made", typed=typed)
    assert done.exit_code == 0, done.output
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["a-person-walks.npz"]
    assert "unknown format 'exe'" in done.stderr
    assert "there is no /nonsense; /help lists the commands" in done.stderr


def test_a_chat_writes_the_body_and_the_bones_that_were_asked_for(tmp_path):
    typed = "a person walks\n/export bvh\n/quit\n"
    done = cli("chat", "--out", "made", "--body", "mannequin", "--names", "mixamo", typed=typed)
    assert done.exit_code == 0, done.output
    text = (tmp_path / "made" / "a-person-walks.bvh").read_text("ascii")
    assert text.splitlines()[1] == "ROOT mixamorig:Hips"
    refused = cli("chat", "--body", "elephant", typed="")
    assert refused.exit_code == 1 and "'human' or 'mannequin'" in refused.stderr


def test_help_in_a_chat_lists_the_commands_and_what_can_be_asked():
    shown = cli("chat", typed="/help\n/quit\n").stdout
    for told in (
        "/export [formats]",
        "/list",
        "/help",
        "/quit",
        "make it longer",
        "what is the person doing?",
    ):
        assert told in shown


def test_a_chat_ends_with_its_input():
    assert cli("chat", typed="").exit_code == 0
    assert "There is no motion yet." in cli("chat", typed="/export\n").stdout


def test_a_chat_goes_on_after_a_failed_turn():
    with chat_server(answers("unused")) as server:
        url = server.url
    done = cli("chat", "-c", "openai:x", "--base-url", url, typed="walk\n/list\n/quit\n")
    assert done.exit_code == 0
    assert "error: coordinator openai:x" in done.stderr


def test_caption_of_a_file(walk):
    np.save("stroll.npy", walk)
    assert re.fullmatch(r"a person does \d+", cli("caption", "stroll.npy").stdout.strip())
    document = json.loads(cli("caption", "stroll.npy", "--json").stdout)
    assert re.fullmatch(r"a person does \d+", document["caption"])


def test_caption_of_a_file_that_is_no_motion():
    Path("notes.bvh").write_text("hello")
    done = cli("caption", "notes.bvh")
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)


def test_export_of_a_file(walk, tmp_path):
    np.save("stroll.npy", walk)
    done = cli("export", "stroll.npy", "--format", "bvh,npz", "--out", "made", "--json")
    assert json.loads(done.stdout)["files"] == [
        str(tmp_path / "made" / "stroll.bvh"),
        str(tmp_path / "made" / "stroll.npz"),
    ]


def test_files_are_compared_side_by_side(walk, tmp_path):
    np.save("stroll.npy", walk)
    np.save("走る.npy", walk[:24] * 100)
    done = cli("compare", "stroll.npy", "走る.npy", "--out", "made")
    page = tmp_path / "made" / "stroll and 走る.html"
    assert done.exit_code == 0 and "note: 走る.npy: its positions were taken as centimetres" in done.stdout
    text = page.read_text("utf-8").split('id="motion-data">')[1].split("</script>")[0]
    shown = json.loads(text)
    assert shown["apart"] and [person["name"] for person in shown["people"]] == ["stroll.npy", "走る.npy"]
    told = json.loads(cli("compare", "stroll.npy", "走る.npy", "--out", "made", "--json").stdout)
    assert told["files"] == [str(page.with_stem("stroll and 走る-2"))]
    assert cli("compare", "stroll.npy").exit_code == 2


def test_what_a_file_says_wrongly_can_be_said(walk, monkeypatch):
    turned = np.stack([walk[..., 0], -walk[..., 2], walk[..., 1]], axis=-1)
    np.save("stroll.npy", turned * 100)
    done = cli("export", "stroll.npy", "-f", "npz", "--out", "made", "--fps", "40")
    assert done.exit_code == 0 and "note: its positions were taken as centimetres, z up" in done.stdout
    with np.load("made/stroll.npz") as made:
        assert np.abs(made["joints"] - walk[::2]).max() < 1e-3 and made["mocap_framerate"] == 20
    said = json.loads(cli("export", "stroll.npy", "-f", "npy", "--up", "+Z", "--json").stdout)
    assert said["notes"] == ["its positions were taken as centimetres, z up"]
    noted = json.loads(cli("caption", "stroll.npy", "--json").stdout)["notes"]
    assert noted == ["its positions were taken as centimetres, z up", said_otherwise(noted)]
    assert cli("export", "stroll.npy", "--up", "sky").exit_code == 2
    monkeypatch.setenv("MOTION_AGENT_MAX_FILE_MEGABYTES", "1")
    np.save("long.npy", np.tile(walk, (80, 1, 1)))
    refused = cli("export", "long.npy", "-f", "npz")
    assert refused.exit_code == 1 and "max_file_megabytes" in refused.stderr


def said_otherwise(notes):
    """The note on an axis that is not the usual one."""
    return next(note for note in notes if "--up" in note)


def test_the_folder_of_the_settings_holds_where_no_flag_is_given(walk, tmp_path, monkeypatch):
    np.save("stroll.npy", walk)
    Path("motion-agent.toml").write_text('output_folder = "filed"')
    assert cli("export", "stroll.npy", "-f", "npz").exit_code == 0
    monkeypatch.setenv("MOTION_AGENT_OUTPUT_FOLDER", "kept")
    assert cli("run", "a person walks", "-f", "npz").exit_code == 0
    assert cli("run", "a person walks", "-f", "npz", "-o", "flagged").exit_code == 0
    written = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.glob("*/*.npz"))
    assert written == ["filed/stroll.npz", "flagged/a-person-walks.npz", "kept/a-person-walks.npz"]


def test_tools_and_version():
    assert "generate_motion(description, seconds?" in cli("tools").stdout
    assert "description" in json.loads(cli("tools", "--json").stdout)["generate_motion"]["properties"]
    assert cli("version").stdout.startswith("motion-agent ")
    assert cli("--version").stdout == cli("version").stdout


@pytest.mark.parametrize("what", list(Evaluation))
def test_evaluations_are_where_the_table_says(what):
    assert callable(evaluator(what))


class FakeReport:
    title, command, data = "Motion", "motion-agent eval motion", {"met": 1}
    saved: ClassVar[list[tuple[Path, str]]] = []

    def markdown(self) -> str:
        return "## Motion"

    def save(self, folder: Path, name: str) -> None:
        self.saved.append((folder, name))


def test_an_evaluation_prints_and_keeps_its_report(monkeypatch):
    asked = {}
    monkeypatch.setattr(
        "motion_agent.agent_graph.cli.evaluate.evaluator",
        lambda what: lambda **o: asked.update(o) or FakeReport(),
    )
    assert cli("eval", "motion", "--seeds", "2", "--out", "kept").stdout == "## Motion\n"
    assert (asked["backend"], asked["seeds"], asked["repetitions"]) == (None, 2, 20)
    assert FakeReport.saved == [(Path("kept"), "motion")]
    assert json.loads(cli("eval", "speed", "--json").stdout)["data"] == {"met": 1}
    monkeypatch.setenv("MOTION_AGENT_BACKEND", "mine")
    assert cli("eval", "speed").exit_code == 0
    assert asked["backend"] == "mine"


def test_an_evaluation_on_recordings_needs_them():
    done = cli("eval", "tokenizer")
    assert done.exit_code == 2
    assert "--data" in done.stderr


def test_training_on_a_folder_without_motion_is_one_line():
    done = cli("train", "tokenizer", "--data", ".")
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)


def test_help_loads_nothing_heavy():
    probe = (
        "import sys\nfrom typer.testing import CliRunner\nfrom motion_agent.agent_graph.cli import app\n"
        "assert CliRunner().invoke(app, ['run', '--help']).exit_code == 0\n"
        "heavy = ('torch', 'langchain_core', 'langgraph', 'scipy')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_program_exits_with_its_code():
    program = [sys.executable, "-m", "motion_agent.agent_graph.cli"]
    assert subprocess.run([*program, "version"], capture_output=True, check=False).returncode == 0
    assert subprocess.run([*program, "nonsense"], capture_output=True, check=False).returncode == 2
