"""How a thread is told to a coordinator: whose words stand where, and what makes room first."""

from __future__ import annotations

import pytest
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.messages.ai import UsageMetadata
from motion_agent.agent_graph.config import AgentConfig
from motion_agent.agent_graph.coordinators.talk import Question, fitted, plain
from motion_agent.agent_graph.coordinators.usage import Usage, usage_of
from motion_agent.agent_graph.errors import CoordinatorError
from motion_agent.agent_graph.prompts import result_of

CALLS = AIMessage(
    "",
    tool_calls=[
        {"name": "name_motion", "args": {"name": "stroll"}, "id": "a"},
        {"name": "list_motions", "args": {}, "id": "b"},
    ],
)
RESULTS = [
    ToolMessage('{"motion_id": "m1"}', tool_call_id="a"),
    ToolMessage("the list is damaged", tool_call_id="b", status="error"),
]
THREAD: list[AnyMessage] = [
    HumanMessage("first"),
    CALLS,
    *RESULTS,
    AIMessage("Done."),
    HumanMessage("second"),
    AIMessage("Yes."),
    HumanMessage("third"),
]


def test_our_instructions_stand_before_those_of_a_parent() -> None:
    question = Question([SystemMessage("Be brief."), *THREAD, SystemMessage("Be kind.")])
    assert question.system("Make motion.").text == "Make motion.\n\nBe brief.\n\nBe kind."
    assert not any(isinstance(message, SystemMessage) for message in question.thread())


def test_turns_are_left_out_one_by_one_from_the_oldest() -> None:
    shorter = Question(THREAD).shorter()
    assert shorter is not None
    assert (shorter.messages[0].text, shorter.left_out) == ("second", 1)
    newest = shorter.shorter()
    assert newest is not None and newest.shorter() is None
    assert ([message.text for message in newest.messages], newest.left_out) == (["third"], 2)


def test_results_are_told_under_the_names_of_their_tools_and_failures_as_such() -> None:
    told = plain(THREAD)
    assert [message.type for message in told] == ["human", "ai", "human", "ai", "human", "ai", "human"]
    named = result_of("name_motion", RESULTS[0].text, False)
    failed = result_of("list_motions", RESULTS[1].text, True)
    assert failed != result_of("list_motions", RESULTS[1].text, False)
    assert told[2].text == f"{named}\n\n{failed}"


@pytest.mark.parametrize(
    ("room", "turns", "brief"), [(None, 3, False), (6, 3, True), (5, 2, True), (2, 1, True)]
)
def test_examples_make_room_first_then_the_oldest_turns(room: int | None, turns: int, brief: bool) -> None:
    asked: list[Question] = []

    def told(question: Question) -> list[AnyMessage]:
        asked.append(question)
        examples: list[AnyMessage] = [] if question.brief else [HumanMessage("example")] * 9
        return examples + [m for m in question.messages if not isinstance(m, ToolMessage)]

    messages, left_out = fitted(Question(THREAD), told, len, room)
    assert (3 - left_out, asked[-1].brief) == (turns, brief)
    assert room is None or len(messages) <= room


def test_a_turn_that_does_not_fit_alone_is_an_error() -> None:
    with pytest.raises(CoordinatorError, match=r"reads 0 tokens at once, .* takes 1"):
        fitted(Question(THREAD), lambda question: list(question.messages), len, 0)


def test_what_is_read_and_what_is_written_have_prices_of_their_own() -> None:
    counted = UsageMetadata(input_tokens=1_000_000, output_tokens=500_000, total_tokens=1_500_000)
    replies = [
        AIMessage("", usage_metadata=counted),
        HumanMessage("x"),
        AIMessage("of a model that counts none"),
    ]
    priced = AgentConfig(input_price=2.0, output_price=10.0)
    assert usage_of([*replies, *replies], priced) == Usage(2_000_000, 1_000_000, 14.0)
    assert usage_of(replies, AgentConfig(input_price=2.0)) == Usage(1_000_000, 500_000, None)
