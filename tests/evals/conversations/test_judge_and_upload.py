"""The two services that may be asked beside the checks: a judge and LangSmith."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import create_autospec

import pytest
from fakes import FakeBackend, ScriptedModel
from langchain_core.runnables import Runnable, RunnableLambda
from langsmith import Client
from motion_agent.evals.conversations import runner
from motion_agent.evals.conversations.dialogues.schema import Case
from motion_agent.evals.conversations.runner import Job, run_jobs
from motion_agent.evals.conversations.subjects import coordinator
from motion_agent.evals.conversations.summary import body, passed
from motion_agent.evals.conversations.upload import upload

CASE = Case.model_validate({
    "id": "one", "category": "test",
    "turns": [{"user": "a person walks", "expect": {"plan": True, "memory": {"new": 1}}}],
})  # fmt: skip


class StrictJudge(ScriptedModel):
    """Says no to everything; keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__()

    def with_structured_output(self, schema: Any, **kwargs: Any) -> Runnable[Any, Any]:
        def grade(messages: Any) -> dict[str, Any]:
            self.asked.append(messages)
            return {"score": False, "reasoning": "I do not like it"}

        return RunnableLambda(grade)


def test_a_judge_is_asked_and_success_does_not_rest_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = StrictJudge()
    monkeypatch.setattr(runner, "make_coordinator", lambda *_: model)
    runner._judge.cache_clear()
    job = Job(coordinator("offline"), CASE, 1, tmp_path / "files", judge="openai:strict")
    lines = run_jobs([job], tmp_path / "log", backend=FakeBackend(), progress=False)
    assert lines[0]["opinion"] == {"key": "judge", "score": False, "comment": "I do not like it"}
    assert "a person walks" in str(model.asked)
    assert passed(lines)
    assert "opinion (no part of success) | 0 of 1" in body(lines)


def test_a_run_is_sent_as_traces_with_feedback(tmp_path: Path) -> None:
    job = Job(coordinator("offline"), CASE, 1, tmp_path / "files")
    lines = run_jobs([job], tmp_path / "log", backend=FakeBackend(), progress=False)
    client = create_autospec(Client, instance=True)
    assert upload(lines, "motion", client) == 1
    [run] = client.create_run.call_args_list
    assert run.kwargs["project_name"] == "motion"
    assert run.kwargs["inputs"] == {"turns": ["a person walks"]}
    keys = [call.args[1] for call in client.create_feedback.call_args_list]
    assert keys == ["success", "turn 1 plan_valid", "turn 1 memory"]
    client.flush.assert_called_once()
