"""The bank of example turns: every plan can run, none is a request that measures, and near ones are found."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from motion_agent.agent_graph.coordinators.example_turns import ExampleTurn, example_turns, nearest
from motion_agent.agent_graph.plan import Limits, read_plan
from motion_agent.agent_graph.prompts import EXAMPLE_MOTION, EXAMPLE_SECONDS, EXAMPLES
from motion_agent.evals.conversations.dialogues.schema import load_cases
from motion_agent.evals.conversations.plans import REQUESTS
from motion_agent.evals.conversations.requests import REQUESTS as MESSAGES
from motion_agent.tools.toolbox import TOOLS


def bare(said: str) -> str:
    """A message without case and punctuation."""
    return " ".join(re.findall(r"\w+", said.casefold()))


@pytest.mark.parametrize("turn", [turn for turn in example_turns() if turn.plan], ids=lambda turn: turn.said)
def test_every_plan_can_run(turn: ExampleTurn) -> None:
    parts = max(len(turn.motion), 1)
    reply = turn.messages()[1]
    assert isinstance(reply, AIMessage)
    plan = read_plan(reply, lambda _: [EXAMPLE_SECONDS / parts] * parts, list, Limits())
    as_the_grammar_orders_it = [(step["tool"], step["arguments"]) for step in plan.as_json()["steps"]]
    assert json.dumps(as_the_grammar_orders_it) == json.dumps(turn.plan)
    for step in plan.steps:
        for operation in getattr(step.arguments, "operations", ()):
            segment = getattr(operation, "segment", None)
            assert segment is None or -1 <= segment <= parts
        assert (EXAMPLE_MOTION in step.motion_ids) <= bool(turn.motion)
    told = turn.messages()[0].text
    named = {name for step in plan.steps for name in step.motion_ids} - {EXAMPLE_MOTION}
    assert not turn.others or (named and all(name in told for name in named))


def test_no_turn_is_one_that_measures() -> None:
    measured = [turn.user for case in [*load_cases(), *load_cases(REQUESTS)] for turn in case.turns]
    measured += [json.loads(line)["say"] for line in MESSAGES.read_text("utf-8").splitlines()]
    told = {bare(turn.said) for turn in example_turns()} | {bare(said) for said, _ in EXAMPLES}
    assert len(measured) > 200 and told & set(map(bare, measured)) == set()


def test_the_bank_has_every_tool_and_says_nothing_twice() -> None:
    tools = {name for turn in example_turns() for name, _ in turn.plan}
    assert tools == set(TOOLS)
    said = Counter((bare(turn.said), bool(turn.motion)) for turn in example_turns())
    assert max(said.values()) == 1


@pytest.mark.parametrize("turn", example_turns()[::7], ids=lambda turn: turn.said)
def test_a_turn_is_nearest_to_its_own_words(turn: ExampleTurn) -> None:
    assert nearest(turn.said.upper(), 3, at_hand=bool(turn.motion))[-1] == turn


def test_what_is_asked_of_an_action_counts_and_not_which_it_is() -> None:
    (turn,) = nearest("put a cartwheel after part 2", 1, at_hand=True)
    assert turn.plan[0][1]["operations"][0]["op"] == "insert"


def test_where_there_is_a_motion_no_turn_says_that_there_is_none() -> None:
    near = [nearest("delete the middle part", 20, at_hand=at_hand) for at_hand in (False, True)]
    assert near[0][-1].first and not any(turn.first for turn in near[1])


def test_without_a_motion_no_turn_that_has_one_is_near() -> None:
    assert not any(turn.motion for turn in nearest("delete the last part", 20, at_hand=False))


def test_a_turn_tells_its_motion_as_it_would_have_been_told() -> None:
    (turn,) = nearest("delete the last part", 1, at_hand=True)
    said, reply = turn.messages()
    assert isinstance(said, HumanMessage) and isinstance(reply, AIMessage)
    request, _, note = said.text.partition("\n\n")
    assert request == turn.said
    assert EXAMPLE_MOTION in note and all(f"{n}: {part}" in note for n, part in enumerate(turn.motion, 1))
    assert [call["args"] for call in reply.tool_calls] == [arguments for _, arguments in turn.plan]


@pytest.mark.parametrize("reply", [{}, {"plan": [["history", {}]], "answer": "Done."}])
def test_a_turn_has_a_plan_or_an_answer(reply: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="a plan or an answer"):
        ExampleTurn.model_validate({"said": "go", **reply})
