"""The bench itself: the offline coordinator over a subset, resuming, the report, other people's agents."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeBackend, ScriptedModel, call, plan
from langchain_core.messages import AIMessage
from langgraph.store.memory import InMemoryStore
from motion_agent.agent_graph import AgentConfig, create_motion_agent
from motion_agent.agent_graph.cli.commands import app
from motion_agent.agent_graph.errors import CoordinatorError
from motion_agent.evals.conversations import runner, suite
from motion_agent.evals.conversations.dialogues.schema import Case, load_cases
from motion_agent.evals.conversations.page import write_page
from motion_agent.evals.conversations.runner import Job, run_jobs
from motion_agent.evals.conversations.subjects import COORDINATORS, Price, Subject, agent, coordinator
from motion_agent.evals.conversations.summary import always_passed, body, dialogues, efficiency_table, passed
from motion_agent.motion_models.errors import InvalidRequestError, MotionAgentError
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


def test_a_smaller_sample_is_the_beginning_of_a_larger_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def drawn(*options: str) -> list[str]:
        told = list[str]()

        def stop(jobs: list[Job], *_: Any, **__: Any) -> None:
            told.extend(job.case.id for job in jobs)
            raise MotionAgentError("enough")

        monkeypatch.setattr(suite, "run_jobs", stop)
        CliRunner().invoke(app, ["eval", "conversations", "--out", str(tmp_path), *options])
        return told

    everything = [case.id for case in load_cases()]
    assert drawn() == everything
    few, many, other = drawn("--sample", "5"), drawn("--sample", "20"), drawn("--sample", "5", "--seed", "1")
    assert (len(few), len(many)) == (5, 20) and few == many[:5] and few != other
    assert few != everything[:5] and sorted(drawn("--sample", "900")) == sorted(everything)


def test_a_stopped_run_goes_on_where_it_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, backend = tmp_path / "turns.jsonl", FakeBackend()
    first = run_jobs([job(tmp_path)], log, backend=backend, progress=False)
    monkeypatch.setattr(runner, "hold", lambda *_: pytest.fail("held twice"))
    assert run_jobs([job(tmp_path)], log, backend=backend, progress=False) == first


RUNS = Case.model_validate({
    "id": "one", "category": "<b>test</b>", "turns": [{"user": "a person runs", "expect": {"plan": True}}]
})  # fmt: skip


@pytest.mark.parametrize(
    "other",
    [{"backend": "another"}, {"judge": "offline"}, {"trial": 2}, {"case": RUNS},
     {"subject": Subject("other", {"coordinator": "offline"})}],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_what_was_asked_of_somebody_else_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: dict[str, Any]
) -> None:
    """One log may hold the dialogues of several runs; each run reports its own, and keeps the others."""
    monkeypatch.setattr(runner, "_opinion", lambda *_: None)
    monkeypatch.setattr(runner, "_judge", lambda _: None)
    log, backend, mine = tmp_path / "turns.jsonl", FakeBackend(), job(tmp_path)
    theirs = replace(mine, **other)
    first = run_jobs([mine], log, backend=backend, progress=False)
    second = run_jobs([theirs], log, backend=backend, progress=False)
    assert {line["key"] for line in first}.isdisjoint(line["key"] for line in second)
    monkeypatch.setattr(runner, "hold", lambda *_: pytest.fail("held twice"))
    assert run_jobs([theirs, mine], log, backend=backend, progress=False) == [*second, *first]


def test_what_a_turn_costs_is_what_it_read_and_what_it_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Prices are of a million tokens; where nobody said one, nothing is known."""
    used = {"input_tokens": 300_000, "output_tokens": 20_000, "error": "cut short"}
    monkeypatch.setattr(runner, "hold", lambda *_: [used])
    monkeypatch.setattr(runner, "score_turn", lambda *_: {})
    for price, cost in ((Price(input=2.0, output=8.0), 0.76), (None, None)):
        paid = Job(Subject("paid", {"coordinator": "offline"}, price=price), RUNS, 1, tmp_path / "files")
        [line] = runner.hold_job(paid, FakeBackend())
        assert line["cost"] == (None if cost is None else pytest.approx(cost))


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


@pytest.mark.parametrize(
    "who", [coordinator("nobody:x"), agent("no.such:thing")], ids=["coordinator", "agent"]
)
def test_what_cannot_be_set_up_ends_the_run_before_anything_is_held_or_written(
    who: Subject, tmp_path: Path
) -> None:
    jobs = [job(tmp_path), Job(who, CASE, 1, tmp_path / "files")]
    with pytest.raises(MotionAgentError, match=r"nobody:x|no\.such:thing"):
        run_jobs(jobs, tmp_path / "turns.jsonl", backend=FakeBackend(), progress=False)
    assert not list(tmp_path.iterdir())


def test_a_judge_that_cannot_be_set_up_ends_the_run_too(tmp_path: Path) -> None:
    judged = Job(coordinator("offline"), CASE, 1, tmp_path / "files", judge="nobody:x")
    with pytest.raises(CoordinatorError, match="nobody:x"):
        run_jobs([judged], tmp_path / "turns.jsonl", backend=FakeBackend(), progress=False)
    assert not list(tmp_path.iterdir())


def test_the_command_says_in_one_line_what_cannot_be_set_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    asked = ["eval", "conversations", "-c", "openai:gpt-4.1", "--fast", "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, asked)
    assert (done.exit_code, done.stdout) == (1, "")
    [line] = done.stderr.splitlines()
    assert "coordinator openai:gpt-4.1 cannot be set up" in line
    assert not (tmp_path / "out").exists()


class Away:
    """An agent whose server is away at first."""

    checkpointer, store, up = True, None, False

    def stream(self, *_: Any, **__: Any) -> list[Any]:
        if not self.up:
            raise ConnectionError("no server")
        return []

    def get_state(self, *_: Any) -> Any:
        return type("snapshot", (), {"values": {}})


def test_dialogues_that_ended_in_an_error_are_held_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = Away()
    module = type("module", (), {"away": away})
    monkeypatch.setattr("motion_agent.evals.conversations.subjects.import_module", lambda _: module)
    mine, log = Job(agent("theirs:away"), CASE, 1, tmp_path / "files"), tmp_path / "turns.jsonl"
    before = run_jobs([mine], log, backend=FakeBackend(), progress=False)
    assert [line["record"]["error"] for line in before] == ["ConnectionError: no server"] * 2
    assert "| turns without a refused plan | 0.0% |" in body(before)
    away.up = True
    for _ in range(2):
        after = run_jobs([mine], log, backend=FakeBackend(), progress=False)
        assert [line["record"]["error"] for line in after] == ["", ""]
    assert len(log.read_text("utf-8").splitlines()) == 4  # held twice, and the last run read it from there


def test_a_case_that_fails_in_one_trial_is_not_always_passed() -> None:
    outcomes = {"steady": [1, 1, 1], "shaky": [1, 0, 1], "hopeless": [0, 0, 0], "able": [1, 1, 1]}
    held = [
        [{"case": case, "trial": trial, "scores": [{"score": score}]}]
        for case, scores in outcomes.items()
        for trial, score in enumerate(scores, 1)
    ]
    assert always_passed(held) == 0.5


def test_efficiency_is_told_of_a_turn_and_the_cost_of_all() -> None:
    used = [(1.0, 1, 100, 10), (2.0, 2, 200, 20), (9.0, 6, 600, 90)]
    names = ("seconds_taken", "model_calls", "input_tokens", "output_tokens")
    lines = [
        {"subject": "a", "first_try": n > 0, "cost": 0.25, "record": dict(zip(names, each, strict=True))}
        for n, each in enumerate(used)
    ]
    told = {
        row.split("|")[1].strip(): row.split("|")[2].strip() for row in efficiency_table(lines).splitlines()
    }
    assert told["turns without a refused plan"] == "66.7%"
    assert told["seconds per turn, median"] == "2.00" and told["seconds per turn, slowest"] == "9.00"
    assert told["replies of the coordinator per turn"] == "3.00"
    assert told["tokens in / out per turn"] == "300 / 40"
    assert told["cost of all turns"] == "0.7500"
    assert "no price given" in efficiency_table([*lines[1:], lines[0] | {"cost": None}])


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
def test_the_command_exits_by_its_threshold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least: str, code: int
) -> None:
    cases = tmp_path / "cases"
    cases.mkdir()
    never = "[{user: a person walks, expect: {plan: true, segments: {count: 9}}}]"
    (cases / "a.yaml").write_text(f"category: two people\ncases: [{{id: never, turns: {never}}}]\n")
    monkeypatch.setattr("motion_agent.evals.conversations.suite.CASES", cases)
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
