"""Works in lock step: one batch a round, errors kept apart."""

from __future__ import annotations

from typing import Any

from motion_agent.motion_models.errors import BackendError, InvalidRequestError, MotionAgentError
from motion_agent.tools.batching import Job, Result, StepRun, Tokens, perform
from motion_agent.tools.errors import SkippedStepError
from motion_agent.tools.schemas import MotionRef


def result(**content):
    ref = MotionRef(id="m", name="n", description="d", seconds=1, frames=20, segments=[])
    return Result(content, ref)


def asking(*prompts):
    """Work that asks for one motion after another and tells what it got."""

    def start(done):
        got = []
        for prompt in prompts:
            [tokens] = yield [Job(prompt)]
            got.append(tokens)
        return result(got=got, seen=sorted(done))

    return start


def content(outcome: Result | MotionAgentError) -> dict[str, Any]:
    assert isinstance(outcome, Result)
    return outcome.content


class Machine:
    def __init__(self, *broken):
        self.batches, self.broken = [], set(broken)

    def __call__(self, jobs) -> list[Tokens]:
        prompts = [job.prompt for job in jobs]
        self.batches.append(prompts)
        if self.broken & set(prompts):
            raise BackendError("broken")
        return [(len(prompt),) for prompt in prompts]


def test_independent_works_share_every_round():
    machine = Machine()
    one, two = perform([StepRun(asking("a", "bb")), StepRun(asking("ccc"))], machine)
    assert machine.batches == [["a", "ccc"], ["bb"]]
    assert (content(one)["got"], content(two)["got"]) == ([(1,), (2,)], [(3,)])


def test_work_that_needs_another_starts_after_it_and_sees_its_result():
    machine = Machine()
    tasks = [StepRun(asking("a")), StepRun(asking("b"), needs=frozenset({0})), StepRun(asking("c"))]
    outcomes = perform(tasks, machine)
    assert machine.batches == [["a", "c"], ["b"]]
    assert 0 in content(outcomes[1])["seen"]


def test_one_bad_job_does_not_spoil_the_batch():
    good, bad = perform([StepRun(asking("a")), StepRun(asking("b"))], Machine("b"))
    assert content(good)["got"] == [(1,)]
    assert isinstance(bad, BackendError)


def test_what_needs_a_failed_step_is_skipped_and_what_only_follows_it_is_not():
    tasks = [
        StepRun(asking("b")),
        StepRun(asking("c"), needs=frozenset({0})),
        StepRun(lambda done: result(ok=True), after=frozenset({0, 1})),
    ]
    failed, skipped, followed = perform(tasks, Machine("b"))
    assert isinstance(failed, BackendError)
    assert isinstance(skipped, SkippedStepError)
    assert "step 1 failed" in str(skipped)
    assert content(followed) == {"ok": True}


def test_an_error_before_the_first_job_is_an_outcome():
    def start(done):
        raise InvalidRequestError("no")

    [outcome] = perform([StepRun(start)], Machine())
    assert isinstance(outcome, InvalidRequestError)


def test_work_without_jobs_runs_no_batch():
    machine = Machine()
    [outcome] = perform([StepRun(lambda done: result(ok=True))], machine)
    assert content(outcome) == {"ok": True}
    assert machine.batches == []


def test_what_only_follows_a_step_waits_for_it_too():
    machine = Machine()
    first, second = perform([StepRun(asking("a")), StepRun(asking("b"), after=frozenset({0}))], machine)
    assert machine.batches == [["a"], ["b"]]
    assert content(second)["seen"] == [0]
    assert content(first)["seen"] == []
