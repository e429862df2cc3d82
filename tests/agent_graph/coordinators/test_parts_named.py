"""Which parts a message names is told in numbers, to models that write their plans alone."""

from __future__ import annotations

import pytest
from langchain_core.messages import HumanMessage
from motion_agent.agent_graph.coordinators.parts_named import parts_named
from motion_agent.agent_graph.coordinators.talk import Question, as_calls, as_talk
from motion_agent.tools.schemas import MotionRef, SegmentRef

PARTS = ["a person walks forward", "a person waves", "a person sits down"]


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        ("skip the waving", [2]),
        ("exchange the first and the second part", [1, 2]),
        ("the last part longer", [3]),
        ("a bit slower", []),
        ("all parts slower", [1, 2, 3]),
        ("drop part 9", []),
    ],
)
def test_parts_are_named_by_order_or_by_what_they_show(said: str, numbers: list[int]) -> None:
    assert parts_named(said, PARTS) == numbers
    assert parts_named(said, []) == []


def test_they_are_told_with_the_newest_request() -> None:
    segments = [SegmentRef(description=text, start=n, end=n + 1) for n, text in enumerate(PARTS)]
    motion = MotionRef(id="m1", name="", description="", seconds=3, frames=60, segments=segments)
    question = Question([HumanMessage("skip the waving")], motions={"m1": motion}, current="m1")
    assert as_talk(question, "")[-1].text.endswith("(Meant: part 2: a person waves)")
    assert "Meant" not in as_calls(question)[-1].text
    plain = Question([HumanMessage("a bit slower")], motions={"m1": motion}, current="m1")
    assert "Meant" not in as_talk(plain, "")[-1].text
