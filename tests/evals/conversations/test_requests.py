"""What a plan is in short, and when it is what somebody wanted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage
from motion_agent.evals.conversations.requests import Row, load_rows, told, verdict
from motion_agent.motion_models.errors import InvalidRequestError

WALK, WAVE = {"description": "a person walks"}, {"description": "a person waves"}


def answer(*calls: tuple[str, dict[str, Any]], text: str = "") -> AIMessage:
    return AIMessage(
        text, tool_calls=[{"name": n, "args": args, "id": str(i)} for i, (n, args) in enumerate(calls)]
    )


def edit(**step: Any) -> tuple[str, dict[str, Any]]:
    return "edit_motion", {"motion_id": "m9", "operations": [step]}


@pytest.mark.parametrize(
    ("call", "short"),
    [
        (("generate_motion", WALK | {"seconds": 3.0}), "new a person walks 3s"),
        (("generate_motion", WALK | {"variants": 2}), "new a person walks v2"),
        (
            ("compose_sequence", {"segments": [WALK | {"seconds": 1.5, "repeat": 2}, {"motion_id": "m1"}]}),
            "new a person walks 1.5s x2 / [m1]",
        ),
        (("arrange_scene", {"people": [WALK, WAVE | {"theta": 180}]}),
         "scene a person walks @0 / a person waves @180"),
        (("history", {"action": "undo"}), "history undo"),
        (("history", {"action": "restore", "motion_id": "m1"}), "history restore m1"),
        (("export_motion", {"motion_id": "m9"}), "export all"),
        (("export_motion", {"motion_id": "m9", "formats": ["bvh", "glb"]}), "export bvh,glb"),
        (("name_motion", {"motion_id": "m9", "name": "intro"}), "name intro"),
        (("caption_motion", {"motion_id": "m9"}), "caption"),
        (("list_motions", {}), "list"),
        (edit(op="mirror", segment=2), "edit mirror 2"),
        (edit(op="limb", segment=1, limb="arms", description="a person waves"),
         "edit limb 1 arms a person waves"),
        (edit(op="insert", position=2, description="a bow", seconds=2), "edit insert 2 a bow 2s"),
        (edit(op="insert", motion_id="m1"), "edit insert [m1]"),
        (edit(op="extend", seconds=1.5), "edit extend 1.5s"),
        (edit(op="trim", start=1), "edit trim 1.."),
        (edit(op="trim", end=4.5), "edit trim ..4.5"),
        (edit(op="repeat", segment=3, times=2), "edit repeat 3 x2"),
        (edit(op="reorder", order=[2, 1]), "edit reorder 2,1"),
        (edit(op="path", points=[[0, 1], [1, 1]]), "edit path along 2 points"),
        (edit(op="shift", x=-1, z=0.5), "edit shift -1 left 0.5 ahead"),
        (edit(op="speed", factor=1.5), "edit speed 1.5"),
        (edit(op="turn", degrees=-90), "edit turn -90"),
    ],
)  # fmt: skip
def test_a_call_in_short(call: tuple[str, dict[str, Any]], short: str) -> None:
    assert told(answer(call)) == short


def test_calls_and_operations_follow_one_another() -> None:
    steps = {"motion_id": "m9", "operations": [{"op": "mirror"}, {"op": "speed", "factor": 2}]}
    plan = answer(("edit_motion", steps), ("export_motion", {"formats": ["bvh"]}))
    assert told(plan) == "edit mirror; speed 2 & export bvh"
    assert told(AIMessage("Hello.")) == ""


MIRRORS, SLOWS = answer(edit(op="mirror")), answer(edit(op="speed", factor=0.5))
LOOKS = ("caption_motion", {"motion_id": "m9"})


@pytest.mark.parametrize(
    ("given", "want", "found"),
    [
        (MIRRORS, ["edit mirror"], "right"),
        (MIRRORS, ["edit speed .*", "edit mirror"], "right"),
        (MIRRORS, ["edit"], "silently wrong"),
        (SLOWS, ["edit mirror"], "silently wrong"),
        (answer(edit(op="mirror"), text="I cannot do the rest."), ["edit speed 2"], "asked"),
        (AIMessage("Which part?"), ["edit mirror"], "asked"),
        (AIMessage("It lasts 4 s."), ["say: 4 s"], "right"),
        (AIMessage("It lasts 5 s."), ["say: 4 s"], "asked"),
        (answer(LOOKS, text="It lasts 4 s."), ["say: 4 s"], "right"),
        (answer(edit(op="mirror"), text="It lasts 4 s."), ["say: 4 s"], "silently wrong"),
        (answer(LOOKS), ["caption"], "right"),
        (AIMessage(""), [".*"], "asked"),
    ],
)
def test_only_the_whole_plan_that_was_wanted_is_right(given: AIMessage, want: list[str], found: str) -> None:
    assert verdict(given, Row("1", "do it", tuple(want))) == found


def test_a_message_comes_after_what_was_made_before_it(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(
        '{"id": "a", "say": "slower", "parts": ["a person walks", "a person waves"], "people": 2, '
        '"saved": [["m3", "a person bows", "greeting"]], "want": ["edit.*"]}\n'
        '{"id": "b", "say": "walk", "want": ["new.*"]}\n'
    )
    first, second = load_rows(file)
    said = [message.text for message in first.thread if message.type == "human"]
    assert said == ["a person bows", "make the first version", "make the current motion", "slower"]
    assert [message.text for message in second.thread] == ["walk"]
    assert (first.saved, first.people) == ((("m3", "a person bows", "greeting"),), 2)
    file.write_text('{"id": "a", "say": "slower", "want": ["edit"]}\n{"id": "b", "say": "walk"}\n')
    with pytest.raises(InvalidRequestError, match=r"line 2: no request with its answer"):
        load_rows(file)
