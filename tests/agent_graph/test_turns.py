"""What an input adds to a thread is answered; the agent never answers itself."""

from __future__ import annotations

from typing import Annotated, Any, TypedDict

import pytest
from fakes import FakeBackend, ScriptedModel, call, plan
from killing import unanswered_calls
from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    HumanMessage,
    RemoveMessage,
    SystemMessage,
    ToolMessage,
)
from langchain_core.messages.tool import invalid_tool_call
from langchain_core.outputs import ChatGeneration, ChatResult
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from motion_agent.agent_graph import AgentConfig, create_motion_agent, serializer
from motion_agent.agent_graph.turns import as_asked, as_own, heard_in, said_anew

WALK = call("generate_motion", "w", description="a person walks", seconds=1)
REQUEST = HumanMessage("walk", id="same")
THREAD: Any = {"configurable": {"thread_id": "t"}}


def agent_of(*replies: Any, config: AgentConfig | None = None) -> tuple[Any, ScriptedModel, FakeBackend]:
    model, backend = ScriptedModel(*replies), FakeBackend()
    kept = InMemorySaver(serde=serializer())
    agent = create_motion_agent(config or AgentConfig(), model=model, backend=backend, checkpointer=kept)
    return agent, model, backend


def texts(state: Any) -> list[str]:
    return [message.text for message in state["messages"] if message.type != "tool"]


HANDOVER = [
    HumanMessage("walk"),
    AIMessage("", tool_calls=[{"name": "transfer_to_motion_agent", "args": {}, "id": "h"}]),
    ToolMessage("Successfully transferred to motion_agent", tool_call_id="h"),
]


def test_after_a_handover_the_request_is_what_the_user_said():
    assert [message.text for message in as_asked(HANDOVER, len(HANDOVER) - 1)] == ["walk"]
    own = AIMessage("", tool_calls=[{"name": "generate_motion", "args": {}, "id": "g"}])
    result = ToolMessage("{}", tool_call_id="g")
    assert as_asked([*HANDOVER, own, result], 2) == [HANDOVER[0], own, result]


def test_a_turn_that_a_handover_begins_has_its_plans_before_it():
    agent, _, backend = agent_of(*[plan(WALK)] * 4, config=AgentConfig(max_plans=1))
    agent.invoke({"messages": [REQUEST]}, THREAD)
    state = agent.invoke({"messages": [HumanMessage("again"), *HANDOVER[1:]]}, THREAD)
    assert len(backend.batches) == 2
    assert state["messages"][-2].status == "error"  # a second plan is more than a turn has


def test_what_another_agent_says_is_a_request():
    thread = [HumanMessage("plan a show"), AIMessage("make a person bow", name="planner")]
    assert isinstance(as_asked(thread, 1)[-1], HumanMessage)
    assert as_asked(thread, 1)[-1].text == "make a person bow"


@pytest.mark.parametrize("again", [[], [REQUEST]], ids=["nothing", "the same message"])
def test_an_input_that_adds_nothing_to_an_answer_is_no_request(again: list[Any]) -> None:
    agent, model, backend = agent_of(plan(WALK), AIMessage("Done."))
    first = agent.invoke({"messages": [REQUEST]}, THREAD)
    assert agent.invoke({"messages": again}, THREAD) == first
    assert (len(model.asked), len(backend.batches)) == (2, 1)


def test_a_thread_that_is_carried_by_hand_and_answered_is_not_answered_again() -> None:
    agent, model, _ = agent_of(plan(WALK), AIMessage("Done."))
    first = agent.invoke({"messages": [REQUEST]}, THREAD)
    other: Any = {"configurable": {"thread_id": "another"}}
    again = agent.invoke({"messages": first["messages"]}, other)
    assert (again["messages"], again["current"]) == (first["messages"], first["current"])
    assert len(model.asked) == 2


RUN = call("generate_motion", "w", description="a person runs", seconds=1)
CHANGED = HumanMessage("run", id="same")


def test_a_request_whose_words_are_changed_is_asked_anew() -> None:
    agent, model, backend = agent_of(plan(WALK), AIMessage("Walked."), plan(RUN), AIMessage("Ran."))
    first = agent.invoke({"messages": [REQUEST]}, THREAD)
    state = agent.invoke({"messages": [CHANGED]}, THREAD)
    assert texts(state) == ["run", "", "Ran."]
    assert [message.text.partition("\n")[0] for message in model.asked[2][1:]] == ["run"]
    assert [captions[0] for captions in backend.batches] == ["a person walks", "a person runs"]
    assert state["current"] not in (None, first["current"])  # although both calls have the same id
    assert set(first["motions"]) < set(state["motions"])
    assert agent.invoke({"messages": [CHANGED]}, THREAD) == state


def test_an_older_request_whose_words_are_changed_is_asked_at_the_end_and_the_rest_stays() -> None:
    agent, model, _ = agent_of(plan(WALK), AIMessage("Walked."), AIMessage("Hello."), AIMessage("Ran."))
    for request in (REQUEST, HumanMessage("hi")):
        agent.invoke({"messages": [request]}, THREAD)
    state = agent.invoke({"messages": [CHANGED]}, THREAD)
    assert texts(state) == ["hi", "Hello.", "run", "Ran."]
    assert [message.text.partition("\n")[0] for message in model.asked[-1][1:]] == ["hi", "Hello.", "run"]


def test_a_request_that_is_changed_where_something_new_is_said_is_only_changed() -> None:
    agent, model, _ = agent_of(plan(WALK), AIMessage("Walked."), AIMessage("Hello."))
    agent.invoke({"messages": [REQUEST]}, THREAD)
    state = agent.invoke({"messages": [CHANGED, HumanMessage("hi")]}, THREAD)
    assert texts(state) == ["run", "", "Walked.", "hi", "Hello."]
    assert len(model.asked) == 3


def test_a_plan_that_waits_is_dropped_where_its_request_is_changed() -> None:
    agent, model, backend = agent_of(plan(WALK), plan(RUN), config=AgentConfig(approve_above=0))
    agent.invoke({"messages": [REQUEST]}, THREAD)
    state = agent.invoke({"messages": [CHANGED]}, THREAD)
    [waiting] = state["__interrupt__"]
    assert waiting.value["plan"]["steps"][0]["arguments"]["description"] == "a person runs"
    assert [message.type for message in state["messages"]] == ["human", "ai"]
    assert len(model.asked) == 2 and not backend.batches


def test_what_a_parent_keeps_of_an_older_answer_does_not_ask_again() -> None:
    """A parent adds what its node gives, and takes nothing out."""
    walked = as_own(AIMessage("Walked.", id="a"), heard_in([REQUEST], 0))
    ran = as_own(AIMessage("Ran.", id="b"), heard_in([CHANGED], 0))
    assert said_anew([CHANGED, walked]) and not said_anew([CHANGED, walked, ran])


class Outer(TypedDict, total=False):
    messages: Annotated[list[AnyMessage], add_messages]


def test_a_hand_over_that_says_nothing_new_asks_for_nothing() -> None:
    agent, model, _ = agent_of(AIMessage("I only make human motion."))
    to_motion = {"name": "transfer_to_motion_agent", "args": {}, "id": "h"}

    def hand_over(state: Outer) -> dict[str, Any]:
        done = ToolMessage("Successfully transferred to motion_agent", tool_call_id="h")
        return {"messages": [AIMessage("", tool_calls=[to_motion]), done]}

    parent = StateGraph(Outer)
    parent.add_node("first", agent)
    parent.add_node("hand_over", hand_over)
    parent.add_node("second", agent)
    for begin, end in ((START, "first"), ("first", "hand_over"), ("hand_over", "second"), ("second", END)):
        parent.add_edge(begin, end)
    state = parent.compile().invoke({"messages": [HumanMessage("hi")]})
    assert [type(message) for message in model.asked[0][1:]] == [HumanMessage]
    assert len(model.asked) == 1
    assert texts(state) == ["hi", "I only make human motion.", ""]


def test_what_another_agent_says_after_our_answer_is_a_request() -> None:
    agent, model, _ = agent_of(AIMessage("Hello."), AIMessage("Ready."))
    agent.invoke({"messages": [HumanMessage("hi")]}, THREAD)
    agent.invoke({"messages": [AIMessage("make a person bow", name="planner")]}, THREAD)
    assert [message.text for message in model.asked[1][1:]] == ["hi", "Hello.", "make a person bow"]


def test_an_answer_that_was_taken_back_is_given_anew() -> None:
    agent, model, backend = agent_of(plan(WALK), AIMessage("Done."), AIMessage("Ready."))
    first = agent.invoke({"messages": [REQUEST]}, THREAD)
    state = agent.invoke({"messages": [RemoveMessage(id=first["messages"][-1].id)]}, THREAD)
    assert texts(state) == ["walk", "", "Ready."]
    assert isinstance(model.asked[-1][-1], ToolMessage)  # it goes on from what it made
    assert len(backend.batches) == 1


def test_a_plan_that_waited_goes_on_where_nothing_new_is_said() -> None:
    agent, model, _ = agent_of(plan(WALK), AIMessage("Done."), config=AgentConfig(approve_above=0))
    waiting = agent.invoke({"messages": [REQUEST]}, THREAD)["__interrupt__"]
    again = agent.invoke({"messages": [REQUEST]}, THREAD)["__interrupt__"]
    assert again[0].value == waiting[0].value
    assert len(model.asked) == 1


def test_a_plan_that_waited_is_answered_where_something_else_is_said() -> None:
    agent, _, backend = agent_of(plan(WALK), AIMessage("Hello."), config=AgentConfig(approve_above=0))
    agent.invoke({"messages": [REQUEST]}, THREAD)
    state = agent.invoke({"messages": [HumanMessage("never mind, hello?")]}, THREAD)
    assert not list(unanswered_calls(state["messages"]))
    assert [m.type for m in state["messages"]] == ["human", "ai", "tool", "human", "ai"]
    assert not backend.batches


def test_calls_of_others_are_left_to_them() -> None:
    agent, model, _ = agent_of(AIMessage("Hello."))
    asking = AIMessage("", tool_calls=[{"name": "ask_animator", "args": {}, "id": "a"}])
    state = agent.invoke({"messages": [HumanMessage("walk"), asking]}, THREAD)
    assert [message.type for message in state["messages"]] == ["human", "ai", "ai"]
    assert [message.text for message in model.asked[0][1:]] == ["walk"]


ASK, TELL = ({"name": name, "args": {}, "id": name} for name in ("ask_animator", "tell_animator"))


def test_calls_of_others_get_an_answer_once_somebody_speaks_after_them() -> None:
    agent, model, _ = agent_of(AIMessage("Hello."), AIMessage("Ready."))
    told = ToolMessage("Told.", tool_call_id="tell_animator")
    first = [
        HumanMessage("walk"),
        AIMessage("", tool_calls=[ASK, TELL]),
        told,
        AIMessage("", tool_calls=[ASK]),
    ]
    agent.invoke({"messages": first}, THREAD)
    state = agent.invoke({"messages": [HumanMessage("hello?")]}, THREAD)
    assert not list(unanswered_calls(state["messages"]))
    kinds = ["human", "ai", "tool", "tool", "ai", "tool", "ai", "human", "ai"]
    assert [message.type for message in state["messages"]] == kinds
    assert [message.text for message in state["messages"] if message.type == "human"] == ["walk", "hello?"]
    assert [m.content for m in state["messages"] if m.type == "tool"].count("Told.") == 1
    assert [m.status for m in state["messages"] if m.type == "tool"].count("error") == 2
    assert (state["messages"][-1].text, len(model.asked)) == ("Ready.", 2)


def test_a_parent_answers_its_own_calls() -> None:
    agent, _, _ = agent_of(AIMessage("Hello."))
    parent = StateGraph(Outer)
    parent.add_node("motion", agent)
    parent.add_edge(START, "motion")
    parent.add_edge("motion", END)
    asking = AIMessage("", tool_calls=[ASK])
    state = parent.compile().invoke({"messages": [HumanMessage("walk"), asking, HumanMessage("hello?")]})
    assert [message.type for message in state["messages"]] == ["human", "ai", "human", "ai"]


def test_a_reply_that_comes_again_with_its_id_is_a_new_one() -> None:
    """As a cache of replies gives it."""
    again = AIMessage("Hello.", id="cached")
    agent, model, _ = agent_of()
    given = ChatResult(generations=[ChatGeneration(message=again)])
    object.__setattr__(model, "_generate", lambda *_, **__: given)
    agent.invoke({"messages": [HumanMessage("hi")]}, THREAD)
    state = agent.invoke({"messages": [HumanMessage("hi")]}, THREAD)
    assert texts(state) == ["hi", "Hello.", "hi", "Hello."]


def test_the_mark_of_a_reply_is_kept_with_its_metadata() -> None:
    reply = AIMessage("Hi.", response_metadata={"model_name": "x"})
    assert as_own(reply).response_metadata["model_name"] == "x"


NO_REQUESTS: dict[str, list[AnyMessage]] = {
    "an instruction": [SystemMessage("Be brief.")],
    "a call of another agent": [
        AIMessage("", tool_calls=[{"name": "ask_animator", "args": {}, "id": "a"}]),
        ToolMessage("Done.", tool_call_id="a"),
    ],
    "a call that waits": [AIMessage("", tool_calls=[{"name": "ask_animator", "args": {}, "id": "a"}])],
    "a call that cannot be read": [
        AIMessage("", invalid_tool_calls=[invalid_tool_call(name="x", args="{", id="a", error="cut")])
    ],
    "the result of a call": [ToolMessage("Done.", tool_call_id="a")],
}


@pytest.mark.parametrize("added", NO_REQUESTS.values(), ids=NO_REQUESTS.keys())
def test_what_other_programs_add_after_an_answer_is_no_request(added: list[AnyMessage]) -> None:
    agent, model, backend = agent_of(plan(WALK), AIMessage("Done."), AIMessage("Ready."))
    agent.invoke({"messages": [REQUEST]}, THREAD)
    state = agent.invoke({"messages": added}, THREAD)
    assert (len(model.asked), len(backend.batches)) == (2, 1)
    assert [message.text for message in state["messages"][-len(added) :]] == [m.text for m in added]
    after = agent.invoke({"messages": [HumanMessage("thanks")]}, THREAD)
    assert (after["messages"][-1].text, len(model.asked)) == ("Ready.", 3)


@pytest.mark.parametrize("said", [HumanMessage("walk"), AIMessage("make a person bow", name="planner")])
@pytest.mark.parametrize("added", NO_REQUESTS.values(), ids=NO_REQUESTS.keys())
def test_a_request_is_answered_whatever_other_programs_add_to_it(
    said: AnyMessage, added: list[AnyMessage]
) -> None:
    agent, model, _ = agent_of(AIMessage("Hello."))
    state = agent.invoke({"messages": [said, *added]}, THREAD)
    assert (state["messages"][-1].text, len(model.asked)) == ("Hello.", 1)
    assert said.text in [message.text.partition("\n")[0] for message in model.asked[0]]
