"""Single requests put to coordinators: what counts as valid, as fitting, as answered; and the command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fakes import FakeBackend, ScriptedModel, call, plan
from langchain_core.messages import AIMessage
from langgraph.store.memory import InMemoryStore
from motion_agent.agent_graph import create_motion_agent
from motion_agent.agent_graph.cli.commands import app
from motion_agent.evals.conversations import plans, runner, subjects
from motion_agent.evals.conversations.dialogues.schema import Case, load_cases
from motion_agent.evals.conversations.plans import REQUESTS, Tally
from motion_agent.evals.conversations.runner import Job, hold_job
from motion_agent.evals.conversations.subjects import Subject, coordinator
from typer.testing import CliRunner

CASES = {case.id: case for case in load_cases(REQUESTS)}
#: "bow, then wave with the left hand", "two people face each other and wave", "how do I cook rice?"
IN_ORDER, TOGETHER, TALK = CASES["fresh-2"], CASES["known-10"], CASES["unseen-12"]
BOW, WAVE = {"description": "a person bows"}, {"description": "a person waves with the left hand"}
DONE = AIMessage("Done.")


def test_every_group_has_as_many_requests() -> None:
    groups = [case.category for case in CASES.values()]
    assert {group: groups.count(group) for group in groups} == {"known": 15, "fresh": 15, "unseen": 15}
    assert [case.id for case in CASES.values() if case.turns[0].expect.plan is False] == [
        "fresh-10", "known-13", "unseen-12",
    ]  # fmt: skip


def tally(case: Case, folder: Path, monkeypatch: pytest.MonkeyPatch, *replies: Any) -> Tally:
    agent = create_motion_agent(model=ScriptedModel(*replies), backend=FakeBackend(), store=InMemoryStore())
    monkeypatch.setattr(subjects, "_imported", lambda _: agent)
    return Tally.of(
        hold_job(Job(Subject("scripted", agent="scripted:agent"), case, 1, folder), FakeBackend())
    )


def composed(*parts: dict[str, Any]) -> AIMessage:
    return plan(call("compose_sequence", segments=list(parts)))


@pytest.mark.parametrize(
    ("case", "replies", "outcome"),
    [
        (IN_ORDER, [composed(BOW, WAVE), DONE], (1, 1)),
        (IN_ORDER, [composed(WAVE, BOW), DONE], (1, 0)),
        (IN_ORDER, [plan(call("compose_sequence", parts=[BOW])), composed(BOW, WAVE), DONE], (0, 1)),
        (IN_ORDER, [plan(call("generate_motion", **BOW), call("generate_motion", **WAVE)), DONE], (1, 0)),
        (IN_ORDER, [DONE], (0, 0)),
        (TOGETHER, [plan(call("arrange_scene", people=[WAVE, {**WAVE, "z": 1}])), DONE], (1, 1)),
        (TOGETHER, [plan(call("generate_motion", **WAVE)), DONE], (1, 0)),
    ],
    ids=["sound", "swapped", "repaired", "apart", "only talk", "a scene", "no scene"],
)
def test_a_plan_is_valid_at_once_or_not_and_a_request_fits_or_not(
    case: Case,
    replies: list[Any],
    outcome: tuple[int, int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = tally(case, tmp_path, monkeypatch, *replies)
    assert (made.wanting, made.valid, made.fits, made.answered) == (1, *outcome, 0)
    assert made.replies == len(replies)


@pytest.mark.parametrize(
    ("replies", "answered"),
    [([AIMessage("I only make motion.")], 1), ([plan(call("generate_motion", **BOW)), DONE], 0)],
)
def test_what_wants_no_motion_is_to_be_answered(
    replies: list[Any], answered: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tally(TALK, tmp_path, monkeypatch, *replies)
    assert (made.wanting, made.fits, made.answered) == (0, answered, answered)


@pytest.fixture
def walks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One request that fits and one that cannot."""
    folder = tmp_path / "requests"
    folder.mkdir()
    expect = "{plan: true, descriptions: {contain: [WORD]}}"
    (folder / "one.yaml").write_text(
        "category: one\ncases:\n"
        f"  - {{id: a, turns: [{{user: a person walks, expect: {expect.replace('WORD', 'walk')}}}]}}\n"
        f"  - {{id: b, turns: [{{user: a person waves, expect: {expect.replace('WORD', 'fly')}}}]}}\n"
    )
    monkeypatch.setattr(plans, "REQUESTS", folder)


@pytest.mark.usefixtures("walks")
def test_the_command_tells_what_fits_and_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ["eval", "plans", "-c", "offline", "--jobs", "1", "--out", str(tmp_path / "out"), "--threshold"]
    done = CliRunner().invoke(app, [*asked, "0.5"])
    assert done.exit_code == 0, done.output
    assert "| offline | one | 2 of 2 | 1 of 2 | 0 of 0 | 2.00 |" in done.stdout
    assert "| offline | a person waves | no word of fly in: a person waves |" in done.stdout
    monkeypatch.setattr(runner, "hold", lambda *_: pytest.fail("held twice"))
    assert CliRunner().invoke(app, [*asked, "0.6"]).exit_code == 1


def test_a_chat_model_that_runs_here_is_loaded_once_for_all_its_dialogues(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = []

    def load(config: Any, _: Any) -> ScriptedModel:
        loaded.append((config.coordinator, config.max_tokens))
        return ScriptedModel(DONE)

    monkeypatch.setattr(subjects, "make_coordinator", load)
    for name in ("local:a", "local:a", "local:b"):
        coordinator(name).build(FakeBackend(), tmp_path, keep_model=True)
    limited = Subject("limited", {"coordinator": "local:b", "max_tokens": 200})
    limited.build(FakeBackend(), tmp_path, keep_model=True)
    assert loaded == [("local:a", 4096), ("local:b", 4096), ("local:b", 200)]
