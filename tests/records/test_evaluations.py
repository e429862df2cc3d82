"""What is said of coordinators that were examined: each check at its limits, and the tables of a run."""

from __future__ import annotations

from typing import Any

import numpy as np
from motion_agent.evals.conversations import plans, summary
from motion_agent.evals.conversations.dialogues.drive import executed
from motion_agent.evals.conversations.dialogues.schema import Expect
from motion_agent.evals.conversations.scorers import score_turn
from records.recording import assert_recorded


def motion(*parts: tuple[str, float, list[Any]], parent: str | None = None) -> dict[str, Any]:
    """A motion of parts: what each is called, its seconds and what is done to its frames."""
    ends = np.cumsum([0.0, *(seconds for _, seconds, _ in parts)]).tolist()
    takes = [
        {"tokens": [sum(map(ord, words)) % 512] * round(seconds * 5), "edits": edits}
        for words, seconds, edits in parts
    ]
    return {
        "seconds": ends[-1],
        "segments": [
            {"description": words, "start": start, "end": end}
            for (words, _, _), start, end in zip(parts, ends, ends[1:], strict=False)
        ],
        "takes": takes,
        "tokens": [token for take in takes for token in take["tokens"]],
        "parent": parent,
    }


WALK, WAVE, JUMP = ("a person walks", 2.0, []), ("a person waves", 3.0, []), ("a person jumps", 1.0, [])
MIRRORED = ("a person walks", 2.0, [{"edit": "mirror"}])
MOTIONS = {
    "first": motion(WALK),
    "second": motion(WALK, WAVE, parent="first"),
    "third": motion(WAVE, MIRRORED, JUMP, parent="second"),
    "unknown": motion(WALK) | {"tokens": None, "takes": None},
}


def record(current: str | None, *stood: str | None, made: tuple[str, ...] = (), **more: Any) -> Any:
    """A turn after others; stood: what was current after each of them."""
    told: dict[str, Any] = {
        "motions": MOTIONS, "current": current, "before": stood[-1] if stood else None, "stood": list(stood),
        "made": list(made), "files": [], "answer": "", "attempts": [], "error": "", "user": "go",
    }  # fmt: skip
    return told | more


def attempt(*tools: str, refused: bool = False, errors: tuple[str, ...] = ()) -> dict[str, Any]:
    calls = [{"name": tool, "args": {"motion_id": "m1", "formats": ["bvh"]}} for tool in tools]
    return {"calls": calls, "refused": refused, "errors": list(errors)}


RECORDS = {
    "one more part": record("second", "first", made=("second",), answer="Made 'a wave', 5 s."),
    "turned about": record("third", "first", "second", made=("third",), files=["walk.bvh and walk.npz"]),
    "back to the first": record("first", "first", "second"),
    "nothing yet": record(None),
    "nothing before": record("first", None, made=("first",)),
    "tokens not shown": record("unknown", "first", made=("unknown",)),
    "mended twice": record(
        "second", "first",
        attempts=[attempt("fly", refused=True), attempt("edit_motion", refused=True, errors=("no",)),
                  attempt("edit_motion", "export_motion")],
    ),
    "mended three times": record(
        "second", "first", attempts=[attempt("fly", refused=True)] * 3 + [attempt("edit_motion")]
    ),
    "failed as it ran": record("first", "first", attempts=[attempt("edit_motion", errors=("no such part",))]),
    "raised": record("first", "first", error="ValueError: no"),
}  # fmt: skip

WISHES: list[dict[str, Any]] = [
    {"plan": True},
    {"plan": False},
    *({"duration": wish} for wish in (
        {"seconds": 5}, {"seconds": 5.2}, {"seconds": 5.25}, {"seconds": 4.5, "tolerance": 0.5},
        {"at_least": 5}, {"at_least": 5.1}, {"at_most": 5}, {"at_most": 4.9}, {"ratio": 2.5, "tolerance": 0},
        {"ratio": 1}, {"longer": True}, {"shorter": True}, {"seconds": 3, "segment": 2},
        {"longer": True, "segment": 1}, {"shorter": True, "segment": 3}, {"seconds": 1, "segment": 3},
    )),
    *({"segments": wish} for wish in (
        {"count": 2}, {"at_least": 2}, {"at_least": 3}, {"order": ["walk", "wave"]}, {"order": ["walk"]},
        {"order": ["WAVE", "walk|run", "jump"]},
    )),
    {"descriptions": {"contain": ["walk", "wave"]}},
    {"descriptions": {"lack": ["wave", "jump"]}},
    *({"untouched": wish} for wish in (
        {}, {"turn": 1}, {"turn": 2}, {"turn": 5}, {"parts": {1: 1}}, {"parts": {1: 2}}, {"parts": {2: 1}},
        {"parts": {1: 1, 2: 2}}, {"parts": {3: 3}}, {"parts": {1: 1}, "turn": 1},
    )),
    {"answer": {"mentions": ["made", "5 s"]}},
    {"answer": {"mentions": ["bow"], "forbids": ["wave"]}},
    *({"memory": wish} for wish in (
        {"new": 0}, {"new": 1}, {"current": "new"}, {"current": "same"}, {"current": "none"}, {"current": 1},
        {"current": 2}, {"current": 3}, {"child": True}, {"child": False}, {"files": ["bvh"]},
        {"files": ["npz", "glb"]},
    )),
]  # fmt: skip


def test_scorers() -> None:
    """Which wishes each turn fulfils, and what is said of those that it does not."""
    cases: dict[str, Any] = {}
    for name, outputs in RECORDS.items():
        cases[name] = {}
        for wish in WISHES:
            scores = score_turn(outputs, Expect.model_validate(wish), decode=lambda _: np.zeros((4, 263)))
            told = [f"{each['key']}: {each['comment'] or each['score']}" for each in scores]
            cases[name][str(wish)] = "; ".join(told)
        cases[name]["executed"] = [call["name"] for call in executed(outputs)]
    assert_recorded("scorers_at_their_limits", cases)


def line(subject: str, case: str, trial: int, turn: int, score: bool, **more: Any) -> dict[str, Any]:
    """One turn of a dialogue in the log of a run; the scores that are none of the first kind hold."""
    scores = [
        {"key": "segments", "score": score, "comment": "" if score else f"turn {turn} has <3> | parts"},
        {"key": "descriptions" if case != "talk" else "answer", "score": True, "comment": ""},
    ]
    told = {
        "key": f"{subject}/{case}/{trial}", "subject": subject, "case": case, "trial": trial, "turn": turn,
        "category": "edit" if case == "faster" else "talk", "of": 2, "scores": scores, "opinion": None,
        "first_try": turn == 1, "cost": None,
        "record": {
            "seconds_taken": trial + turn / 4, "model_calls": turn, "input_tokens": 100 * turn,
            "output_tokens": 10 * trial, "attempts": [{"refused": trial == 2}],
        },
    }  # fmt: skip
    return told | more


LINES = [
    line("offline", "faster", 1, 1, True), line("offline", "faster", 1, 2, True),
    line("offline", "faster", 2, 1, True), line("offline", "faster", 2, 2, False),
    line("offline", "talk", 1, 1, True), line("offline", "talk", 2, 1, True),
    line("model", "faster", 1, 1, False, cost=0.25, opinion={"score": True}),
    line("model", "faster", 2, 1, False, cost=0.5, opinion={"score": False}),
    line("model", "talk", 1, 1, True, cost=1.0), line("model", "talk", 2, 1, False, cost=0.0),
]  # fmt: skip


def test_tables_of_runs() -> None:
    cells = {
        f"{subject}, {case}": plans.Tally.of(
            [one for one in LINES if one["key"].startswith(f"{subject}/{case}")]
        )
        for subject in ("offline", "model")
        for case in ("faster", "talk")
    }
    cases = {
        "all": summary.body(LINES).splitlines(),
        "one trial": summary.body([each for each in LINES if each["trial"] == 1]).splitlines(),
        "plans": {name: [*tally.cells, tally.requests, tally.fits] for name, tally in cells.items()},
        "cells": [summary.cell("a\n b"), *(summary.cell("x" * most)[-5:] for most in (300, 301))],
    }
    assert_recorded("tables_of_runs", cases)
