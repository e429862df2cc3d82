"""Ctrl-C, in processes of its own: one line and exit code 130, wherever it comes."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from motion_agent.agent_graph.cli import app
from typer.testing import CliRunner

LISTENING = """
import signal, sys, time
from motion_agent.agent_graph.cli.interrupts import interrupt_handled, listening, stopping

def ctrl_c():
    signal.raise_signal(signal.SIGINT)

class Group:
    def __del__(self):
        ctrl_c()

with listening():
"""

needs_alarms = pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="needs alarms")

PROGRAMS = {
    "as it is": "ctrl_c()",
    "in a text that is run": "exec('ctrl_c()')",
    "in a __del__": "group = Group(); del group; time.sleep(60)",
    "in a __del__ at the end": "group = Group(); del group",
    "under a bare except": "\n    try: ctrl_c()\n    except BaseException: pass\n    time.sleep(60)",
    "while the program ends": "\n    try: ctrl_c()\n    finally: sys.exit(0)",
}


@pytest.fixture
def ran(tmp_path: Path) -> Callable[[str], subprocess.CompletedProcess[str]]:
    """Run a program as a module, which is how Python may end itself by a signal in place of a code."""

    def run(program: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "program.py").write_text(LISTENING + f"    {program}\n")
        command = [sys.executable, "-m", "program"]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, cwd=tmp_path)

    return run


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(text, id=name, marks=[needs_alarms] if "sleep" in text else [])
        for name, text in PROGRAMS.items()
    ],
)
def test_ctrl_c_is_never_lost(ran, program: str) -> None:
    done = ran(program)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "stopped\n")


def test_what_was_heard_does_not_come_again(ran) -> None:
    done = ran(
        "\n    try: ctrl_c()\n    except KeyboardInterrupt: interrupt_handled()"
        "\n    time.sleep(1.5); print('goes on')"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "goes on\n", "")


@pytest.mark.skipif(sys.platform == "win32", reason="no program can be told of it there")
def test_sigterm_ends_with_a_line_and_as_the_system_has_it(ran) -> None:
    done = ran("signal.raise_signal(signal.SIGTERM); print('goes on')")
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGTERM, "", "stopped\n")


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="needs processes that are forked")
def test_sigterm_of_a_process_that_was_started_says_nothing(ran) -> None:
    done = ran(
        "\n    import os; child = os.fork()"
        "\n    if not child: signal.raise_signal(signal.SIGTERM)"
        "\n    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{-signal.SIGTERM}\n", "")


def test_a_server_goes_on_where_its_output_is_closed() -> None:
    program = (
        "import os\nread, write = os.pipe()\nos.close(read)\nos.dup2(write, 1)\n"
        "from motion_agent.agent_graph.cli.output import errors, show_state\n"
        "show_state('listens')\nshow_state('stopped')\nerrors.print('to its end')"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "to its end\n")


def test_a_command_may_say_more(ran) -> None:
    done = ran("\n    with stopping('stopped; go on'): ctrl_c()")
    assert (done.returncode, done.stderr) == (130, "stopped; go on\n")


@pytest.mark.parametrize(
    ("work", "arguments", "told"),
    [
        ("agent_graph.conversations.session:Session.start", ["run", "a person walks"], "stopped"),
        ("agent_graph.conversations.session:Session.start", ["chat"], "stopped"),
        (
            "motion_models.data.preparation.prepare:prepare",
            ["data", "prepare", ".", "--out", "made"],
            "stopped; the same command goes on from here",
        ),
        (
            "motion_models.training.tokenizer:train_tokenizer",
            ["train", "tokenizer", "--data", "."],
            "stopped",
        ),
        ("evals.motion.quality:run", ["eval", "motion"], "stopped"),
        (
            "evals.conversations.suite:run",
            ["eval", "conversations", "--out", "made"],
            "stopped; the same command goes on from here",
        ),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else "",
)
def test_a_command_that_is_interrupted_says_so(
    work: str, arguments: list[str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    module, _, name = work.partition(":")
    import_module(f"motion_agent.{module}")
    monkeypatch.setattr(f"motion_agent.{module}.{name}", interrupted)
    done = CliRunner().invoke(app, arguments)
    assert (done.exit_code, done.stdout, done.stderr) == (130, "", f"{told}\n")


def test_a_slow_cleanup_is_left_its_time(ran) -> None:
    done = ran("\n    try: ctrl_c()\n    finally: time.sleep(2.5); print('tidy')")
    assert (done.returncode, done.stdout, done.stderr) == (130, "tidy\n", "stopped\n")


@needs_alarms
def test_who_takes_the_signal_meanwhile_is_told_of_what_was_lost(ran) -> None:
    program = """
    try: ctrl_c()
    except BaseException: pass
    signal.signal(signal.SIGINT, lambda *_: (print("told"), interrupt_handled()))
    time.sleep(1.5)"""
    done = ran(program)
    assert (done.returncode, done.stdout, done.stderr) == (0, "told\n", "")
