"""The bench itself: the offline coordinator over a subset, resuming, the report, other people's agents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeBackend, ScriptedModel, call, plan
from langchain_core.messages import AIMessage
from langgraph.store.memory import InMemoryStore
from motion_agent.agent_graph import AgentConfig, create_motion_agent
from motion_agent.agent_graph.cli.app import app
from motion_agent.evals.conversations import runner
from motion_agent.evals.conversations.page import write_page
from motion_agent.evals.conversations.report import body, dialogues, passed
from motion_agent.evals.conversations.runner import Job, run_jobs
from motion_agent.evals.conversations.schema import Case, load_cases
from motion_agent.evals.conversations.subjects import COORDINATORS, agent, coordinator
from motion_agent.motion_models.errors import InvalidRequestError
from typer.testing import CliRunner

CASE = Case.model_validate({
    "id": "one", "category": "<b>test</b>",
    "turns": [{"user": "a person walks", "expect": {"plan": True, "memory": {"new": 1}}},
              {"user": "<i>undo</i>", "expect": {"answer": {"mentions": ["never said"]}}}],
})  # fmt: skip


def job(tmp_path: Path, case: Case = CASE, who: str = "offline") -> Job:
    return Job(coordinator(who), case, 1, tmp_path / "files")


def test_there_are_enough_cases_of_every_kind() -> None:
    cases = load_cases()
    assert len(cases) >= 60
    assert len(load_cases(fast=True)) == 10
    assert {len(case.turns) for case in cases} >= {1, 2, 8}


def test_the_offline_coordinator_holds_the_subset(tmp_path: Path) -> None:
    jobs = [job(tmp_path, case) for case in load_cases(fast=True)]
    lines = run_jobs(jobs, tmp_path / "turns.jsonl", progress=False)
    failed = [dialogue[0]["case"] for dialogue in dialogues(lines) if not passed(dialogue)]
    assert not failed


def test_a_stopped_run_goes_on_where_it_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, backend = tmp_path / "turns.jsonl", FakeBackend()
    first = run_jobs([job(tmp_path)], log, backend=backend, progress=False)
    monkeypatch.setattr(runner, "hold", lambda *_: pytest.fail("held twice"))
    assert run_jobs([job(tmp_path)], log, backend=backend, progress=False) == first


def test_a_dialogue_cut_off_in_the_log_is_held_again(tmp_path: Path) -> None:
    log, backend = tmp_path / "turns.jsonl", FakeBackend()
    run_jobs([job(tmp_path)], log, backend=backend, progress=False)
    first, second = log.read_text("utf-8").splitlines()
    log.write_text(f"{first}\n{second[:40]}\n", encoding="utf-8")
    again = run_jobs([job(tmp_path)], log, backend=backend, progress=False)
    assert [line["turn"] for line in again] == [1, 2]


def test_reports_escape_what_was_said_and_tell_what_was_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = FakeBackend()
    monkeypatch.setattr("motion_agent.evals.conversations.page.backend_of", lambda _: backend)
    lines = run_jobs([job(tmp_path)], tmp_path / "turns.jsonl", backend=backend, progress=False)
    page = write_page(lines, tmp_path / "report.html").read_text("utf-8")
    assert "<i>" not in page
    assert "&lt;i&gt;undo" in page
    assert "data:image/png;base64," in page
    assert "never said" in page
    assert "turn 2, answer" in body(lines)
    assert "| 0 of 1 |" in body(lines)


def test_an_agent_that_cannot_be_built_fails_its_dialogues_and_says_why(tmp_path: Path) -> None:
    lines = run_jobs([job(tmp_path, who="nobody:x")], tmp_path / "log", backend=FakeBackend(), progress=False)
    assert not passed(lines)
    assert "nobody" in json.dumps(lines[0]["scores"])


def somebody() -> Any:
    """An agent of somebody else's, as `--agent module:attribute` finds it."""
    script = [plan(call("generate_motion", description="a person walks")), AIMessage("There you are."),
              AIMessage("I never said that.")]  # fmt: skip
    return create_motion_agent(model=ScriptedModel(*script), backend=FakeBackend(), store=InMemoryStore())


def test_any_compiled_agent_can_be_examined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = type("module", (), {"somebody": staticmethod(somebody)})
    monkeypatch.setattr("motion_agent.evals.conversations.subjects.import_module", lambda _: module)
    mine = Job(agent("theirs:somebody"), CASE, 1, tmp_path / "files")
    lines = run_jobs([mine], tmp_path / "log", backend=FakeBackend(), progress=False)
    assert passed(lines)


@pytest.mark.parametrize("path", ["json:nothing", "no.such.module:x", "json", "json:__name__"])
def test_what_is_no_agent_is_refused(path: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequestError, match=r"--agent"):
        agent(path).build(FakeBackend(), tmp_path)


def test_settings_of_a_coordinator_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "llama.toml"
    file.write_text('coordinator = "openai:llama"\nbase_url = "http://h/v1"\n[price]\ninput = 2.0\n')
    subject = coordinator(str(file))
    assert (subject.label, subject.settings["base_url"]) == ("llama", "http://h/v1")
    assert subject.price is not None and subject.price.input == 2.0


@pytest.mark.parametrize("file", sorted(COORDINATORS.glob("*.toml")), ids=lambda file: file.stem)
def test_the_settings_that_come_along_are_valid(file: Path) -> None:
    subject = coordinator(file.stem)
    assert subject.label == file.stem
    assert AgentConfig.load(**subject.settings).coordinator == subject.settings["coordinator"]


@pytest.mark.parametrize(("least", "code"), [("0", 0), ("1", 1)])
def test_the_command_exits_by_its_threshold(tmp_path: Path, least: str, code: int) -> None:
    asked = ["eval", "conversations", "--category", "two people", "--jobs", "1", "--threshold", least]
    done = CliRunner().invoke(app, [*asked, "--out", str(tmp_path)])
    assert done.exit_code == code, done.output
    assert "| two people |" in (tmp_path / "conversations.md").read_text("utf-8")
    assert (tmp_path / "report.html").is_file()


@pytest.mark.parametrize("text", ["cases: 3", "category: x", "category: x\ncases: [{id: a, turns: []}]"])
def test_a_file_that_holds_no_cases_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(InvalidRequestError, match=r"a\.yaml"):
        load_cases(tmp_path)
