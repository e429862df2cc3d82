"""Agents that go wrong on purpose are caught by the check meant for it, and a sound one is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from fakes import FakeBackend, ScriptedModel, call, plan
from langchain_core.messages import AIMessage, ToolMessage
from langgraph.store.memory import InMemoryStore
from motion_agent.agent_graph import AgentConfig, create_motion_agent
from motion_agent.evals.conversations.dialogues.drive import hold
from motion_agent.evals.conversations.dialogues.schema import Case
from motion_agent.evals.conversations.scorers import score_turn

CASE = Case.model_validate({
    "id": "wave-sit", "category": "test",
    "turns": [
        {"user": "walk, wave with the left hand, sit",
         "expect": {"plan": True, "trajectory": {"calls": [{"tool": "compose_sequence"}]},
                    "segments": {"count": 3, "order": ["walk", "left", "sit"]}, "memory": {"new": 1}}},
        {"user": "make the last part a jump",
         "expect": {"plan": True, "trajectory": {"calls": [{"tool": "edit_motion"}]},
                    "segments": {"count": 3, "order": ["walk", "wave", "jump"]},
                    "untouched": {"parts": {1: 1, 2: 2}}, "memory": {"current": "new", "child": True}}},
    ],
})  # fmt: skip


def composed() -> dict[str, Any]:
    words = ("a person walks", "a person waves with the left hand", "a person sits down")
    return call("compose_sequence", segments=[{"description": text} for text in words])


def edited(messages: list[Any], segment: int = 3, motion: int = -1) -> AIMessage:
    made = [json.loads(m.text)["motion_id"] for m in messages if isinstance(m, ToolMessage)]
    change = {"op": "replace", "segment": segment, "description": "a person jumps"}
    return plan(call("edit_motion", motion_id=made[motion], operations=[change]))


def failed(tmp_path: Path, *replies: Any) -> set[tuple[int, str]]:
    """(turn, check) of every check a scripted coordinator misses."""
    backend = FakeBackend()
    agent = create_motion_agent(
        AgentConfig(output_folder=tmp_path), model=ScriptedModel(*replies), backend=backend,
        store=InMemoryStore(),
    )  # fmt: skip
    records = hold(CASE, agent)
    return {
        (n, score["key"])
        for n, (turn, record) in enumerate(zip(CASE.turns, records, strict=True), 1)
        for score in score_turn(record, turn.expect, lambda tokens: backend.decode(torch.LongTensor(tokens)))
        if not score["score"]
    }


DONE = AIMessage("Done.")


def test_a_sound_agent_passes_every_check(tmp_path: Path) -> None:
    assert failed(tmp_path, plan(composed()), DONE, edited, DONE) == set()


def test_one_that_drops_a_segment_is_caught(tmp_path: Path) -> None:
    dropped = composed()
    del dropped["args"]["segments"][1]
    missed = failed(tmp_path, plan(dropped), DONE, lambda m: edited(m, 2), DONE)
    assert (1, "segments") in missed


def test_one_that_swaps_left_and_right_is_caught(tmp_path: Path) -> None:
    swapped = composed()
    swapped["args"]["segments"][1]["description"] = "a person waves with the right hand"
    assert failed(tmp_path, plan(swapped), DONE, edited, DONE) == {(1, "segments")}


def test_one_that_edits_the_wrong_part_is_caught(tmp_path: Path) -> None:
    missed = failed(tmp_path, plan(composed()), DONE, lambda m: edited(m, 2), DONE)
    assert missed == {(2, "segments"), (2, "untouched")}


def test_one_that_edits_the_wrong_clip_is_caught(tmp_path: Path) -> None:
    other = {**composed(), "args": {"segments": [{"description": "a person bows"}] * 3}}
    both = plan(composed(), other)
    missed = failed(tmp_path, both, DONE, lambda m: edited(m, 3, motion=0), DONE)
    assert {(2, "memory"), (2, "untouched")} <= missed


@pytest.mark.parametrize("claim", ["Done, the last part is a jump now.", "I have changed it."])
def test_one_that_claims_without_doing_is_caught(tmp_path: Path, claim: str) -> None:
    missed = failed(tmp_path, plan(composed()), DONE, AIMessage(claim))
    assert {(2, "plan_valid"), (2, "trajectory"), (2, "segments"), (2, "memory")} <= missed


def test_one_that_raises_is_caught(tmp_path: Path) -> None:
    def breaks(_: Any) -> AIMessage:
        raise OSError("the line is dead")

    assert (2, "ran") in failed(tmp_path, plan(composed()), DONE, breaks)
