"""Real language models of 135 million to 1.5 billion parameters drive the agent, without a network."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from language_models import LARGER, SMALL, SMALLEST, LanguageModel
from motion_agent.evals.conversations.dialogues.schema import load_cases
from motion_agent.evals.conversations.files import write_files
from motion_agent.evals.conversations.plans import REQUESTS, Tally
from motion_agent.evals.conversations.runner import Job, Line, hold_job
from motion_agent.evals.conversations.subjects import coordinator
from motion_agent.motion_models import load_backend


def heard(model: LanguageModel, folder: Path) -> list[Line]:
    """What became of every known request."""
    backend, subject = load_backend(), coordinator(f"local:{model.file()}")
    subject.build(backend, folder, keep_model=True)
    write_files(backend, folder)
    cases = load_cases(REQUESTS, categories=["known"])
    return [line for case in cases for line in hold_job(Job(subject, case, 1, folder), backend)]


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def smallest(tmp_path_factory: pytest.TempPathFactory) -> list[Line]:
    return heard(SMALLEST, tmp_path_factory.mktemp("smallest"))


def missed(lines: list[Line]) -> list[tuple[str, str]]:
    return [
        (line["record"]["user"], score["comment"])
        for line in lines
        for score in line["scores"]
        if not score["score"]
    ]


@pytest.mark.timeout(900)
def test_first_plans_of_a_real_model_are_valid_and_fit(smallest: list[Line]) -> None:
    made = Tally.of(smallest)
    assert (made.valid, made.answered) == (made.wanting, 1)
    assert made.fits >= 10, missed(smallest)


def test_a_first_request_is_answered_soon(tmp_path: Path) -> None:
    """Processor seconds of one thread from request to the last word, after loading."""
    agent = coordinator(f"local:{SMALLEST.file()}").build(load_backend(), tmp_path)
    began = time.process_time()
    state = agent.invoke({"messages": [("user", "a person walks forward")]})
    assert state["motions"] and state["messages"][-1].text
    assert time.process_time() - began < 15


def test_the_prompt_is_small(smallest: list[Line]) -> None:
    """Example turns included; once the model writes a plan of 64 parts, which it then reads as well."""
    records = [line["record"] for line in smallest]
    *most, largest = sorted(record["input_tokens"] / record["model_calls"] for record in records)
    assert max(most) < 2200
    assert largest < 4096


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("model", "fits"), [(SMALL, 13), (LARGER, 14)], ids=["0.5B", "1.5B"])
def test_larger_models_do_more_of_what_is_asked(model: LanguageModel, fits: int, tmp_path: Path) -> None:
    lines = heard(model, tmp_path)
    made = Tally.of(lines)
    assert made.valid == made.wanting
    assert made.fits >= fits, missed(lines)
