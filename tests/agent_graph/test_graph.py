"""The whole state machine, driven by a scripted coordinator."""

from __future__ import annotations

import json

import pytest
from fakes import ScriptedModel, call, plan
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.messages.tool import invalid_tool_call
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore
from motion_agent.agent_graph import AgentConfig, CoordinatorError, create_motion_agent
from motion_agent.agent_graph.messages import call_ids
from motion_agent.motion_models.errors import InvalidRequestError

DONE = AIMessage("Done.")
WALK = call("generate_motion", description="a person walks", seconds=2)
WRONG = call("caption_motion", motion_id="m7")


def tool_messages(state):
    return [message for message in state["messages"] if isinstance(message, ToolMessage)]


def made_id(messages):
    """The id of the motion the last tool message tells of."""
    return json.loads(messages[-1].content)["motion_id"]


def assert_sane(messages):
    """Every call is answered exactly once, right after the message it stands in."""
    answers = [message.tool_call_id for message in messages if isinstance(message, ToolMessage)]
    calls = [i for message in messages if isinstance(message, AIMessage) for i in call_ids(message)]
    assert answers == calls


def test_a_description_becomes_a_motion(talk):
    state = talk(plan(call("generate_motion", description="a person walks", seconds=3)), DONE).say("walk")
    [ref] = state["motions"].values()
    assert (ref.id, ref.seconds, ref.frames) == (state["current"], 3.0, 60)
    content = json.loads(tool_messages(state)[0].text)
    assert content["motion_id"] == ref.id
    assert content["segments"] == [{"description": "a person walks", "start": 0.0, "end": 3.0}]
    assert state["messages"][-1].content == "Done."


def test_an_answer_without_tools_has_no_motion(talk):
    state = talk(AIMessage("Hello.")).say("hi")
    assert (state["motions"], state["current"]) == ({}, None)
    assert state.keys() == {"messages", "motions", "current"}


def test_generate_steps_of_a_plan_are_one_batch(talk, backend):
    calls = [call("generate_motion", description=f"a person {verb}") for verb in ("walks", "jumps", "sits")]
    state = talk(plan(*calls), DONE).say("three motions")
    assert backend.batches == [["a person walks", "a person jumps", "a person sits"]]
    assert len(state["motions"]) == 3


def test_steps_use_the_motions_of_earlier_steps(talk):
    steps = [
        WALK,
        call("generate_motion", description="a person jumps"),
        call("compose_sequence", segments=[{"motion_id": "$2"}, {"motion_id": "$1"}], name="both"),
        call("name_motion", motion_id="$3", name="routine"),
        call("caption_motion", motion_id="$3"),
    ]
    state = talk(plan(*steps), DONE).say("compose")
    current = state["motions"][state["current"]]
    assert [part.description for part in current.segments] == ["a person jumps", "a person walks"]
    assert current.name == "routine"
    assert {message.status for message in tool_messages(state)} == {"success"}


def test_a_dialogue_edits_what_it_made(talk):
    conversation = talk(
        plan(WALK),
        DONE,
        lambda messages: plan(
            call(
                "edit_motion",
                motion_id=made_id(messages[:-2]),
                operations=[{"op": "repeat", "segment": 1, "times": 2}],
            )
        ),
        DONE,
    )
    first = conversation.say("walk")
    second = conversation.say("twice")
    child = second["motions"][second["current"]]
    assert child.parent == first["current"]
    assert child.seconds == 4.0


def test_the_coordinator_is_told_the_repertoire_and_the_motions(talk):
    conversation = talk(plan(WALK), DONE, DONE)
    state = conversation.say("walk")
    conversation.say("again")
    first, _, third = conversation.model.asked
    assert isinstance(first[0], SystemMessage)
    assert "walk, run, jump" in first[0].text
    assert third[0].text == first[0].text  # a server's cache holds it
    line = f"- {state['current']}, 2 s: 1: a person walks"
    assert third[-1].text == f"again\n\n(The motion at hand:\n{line})"


def test_a_refused_plan_goes_back_with_its_errors_and_runs_nothing(talk, backend):
    conversation = talk(plan(WALK, WRONG), plan(WALK), DONE)
    state = conversation.say("walk")
    walk, wrong, repaired = tool_messages(state)
    assert "step 2 refers to motion m7, which does not exist; known: none yet" in wrong.content
    assert "not run" in walk.content
    assert (walk.status, wrong.status, repaired.status) == ("error", "error", "success")
    assert len(backend.batches) == 1
    assert_sane(state["messages"])


def test_repairs_are_bounded_and_the_turn_ends_honestly(talk, backend):
    conversation = talk(*[plan(WRONG)] * 3, plan(WALK), DONE, max_repairs=2)
    state = conversation.say("walk")
    assert "could not carry out" in state["messages"][-1].text
    assert "motion m7, which does not exist" in state["messages"][-1].text
    assert (state["motions"], backend.batches) == ({}, [])
    assert_sane(state["messages"])
    assert conversation.say("walk")["motions"]


def test_a_turn_that_gives_up_tells_of_the_newest_problem_and_of_no_earlier_turns(talk):
    wrong = [plan(call("caption_motion", motion_id=f"m{number}")) for number in (1, 2, 3, 4)]
    conversation = talk(*wrong, AIMessage(""), max_repairs=1)
    answers = [conversation.say("look")["messages"][-1].text for _ in range(2)]
    for answer, newest, others in zip(answers, ("m2", "m4"), (("m1",), ("m1", "m2", "m3")), strict=True):
        assert f"motion {newest}, which does not exist" in answer
        assert not any(other in answer for other in others)


@pytest.mark.parametrize("failing", [plan(WRONG), plan(call("history", action="undo"))], ids=["read", "run"])
def test_a_plan_that_fails_again_unchanged_is_told_of_once_and_ends_the_turn(talk, failing):
    """Whether it is refused when it is read or fails when it runs; the answer names the first fault."""
    conversation = talk(*[failing] * 3, plan(WALK), DONE, max_repairs=9)
    state = conversation.say("go")
    first, again, last = (message.text for message in tool_messages(state))
    fault = first.removesuffix("; nothing was run")
    assert fault in again and "the same plan again, so it was not run" in again and again == last
    assert fault in state["messages"][-1].text and "the same plan" not in state["messages"][-1].text
    assert_sane(state["messages"])
    assert conversation.say("walk")["motions"]


def test_a_plan_that_failed_in_an_earlier_turn_is_looked_at_anew(talk):
    failing = plan(WRONG)
    conversation = talk(failing, AIMessage("No."), failing, failing, AIMessage("No."), max_repairs=9)
    for state, told in ((conversation.say("look"), 1), (conversation.say("look again"), 3)):
        messages = [message.text for message in tool_messages(state)]
        assert len(messages) == told
    assert ["the same plan again" in text for text in messages] == [False, False, True]


def test_a_step_goes_back_from_what_the_steps_before_it_made(talk):
    """What a later step of the plan makes, in the same batch, is not undone by an earlier one."""
    jump = call("generate_motion", description="a person jumps", seconds=2)
    sit = call("generate_motion", description="a person sits", seconds=2)
    conversation = talk(plan(WALK), DONE, plan(jump, call("history", action="undo"), sit), DONE)
    walk = conversation.say("walk")["current"]
    state = conversation.say("jump, no, back; sit")
    made = [json.loads(message.text)["motion_id"] for message in tool_messages(state)]
    assert made[0] == made[2] == walk and len(set(made)) == 3
    assert state["current"] == made[3]


def test_a_plan_that_failed_may_be_repaired_or_tried_after_another_that_ran(talk, backend):
    undo = plan(call("history", action="undo"))
    conversation = talk(undo, undo, plan(WALK), plan(WALK), undo, DONE)
    state = conversation.say("walk twice, and go back")
    statuses = [message.status for message in tool_messages(state)]
    assert statuses == ["error", "error", "success", "success", "success"]
    assert "the same plan again" in tool_messages(state)[1].content
    assert len(backend.batches) == 2


def test_a_turn_that_gives_up_says_which_motion_is_still_there(talk):
    conversation = talk(plan(WALK), DONE, plan(WRONG), plan(WRONG), max_repairs=1)
    current = conversation.say("walk")["current"]
    state = conversation.say("look")
    assert f"The current motion is still {current}" in state["messages"][-1].text
    assert state["current"] == current


def test_refusals_are_counted_anew_in_every_turn(talk):
    conversation = talk(plan(WRONG), AIMessage("No."), plan(WRONG), plan(WALK), DONE, max_repairs=1)
    conversation.say("one")
    assert conversation.say("two")["motions"]


def test_a_plan_that_runs_ends_a_row_of_refused_ones(talk):
    conversation = talk(plan(WRONG), plan(WALK), plan(WRONG), plan(WALK), DONE, max_repairs=1)
    assert len(conversation.say("walk, twice")["motions"]) == 2


def test_plans_of_a_turn_are_bounded(talk):
    conversation = talk(*[plan(WALK)] * 4, plan(WALK), DONE, max_plans=3)
    state = conversation.say("walk")
    statuses = [message.status for message in tool_messages(state)]
    assert statuses == ["success"] * 3 + ["error"]
    assert "one turn may run 3 plans at most" in state["messages"][-1].text
    assert_sane(state["messages"])
    assert conversation.say("walk")["messages"][-1].text == "Done."


def test_a_turn_that_is_given_up_tells_no_problem_of_an_earlier_one(talk):
    conversation = talk(plan(WRONG), DONE, *[plan(WALK)] * 2, max_plans=1)
    assert tool_messages(conversation.say("what is m7?"))[-1].status == "error"
    given_up = conversation.say("walk")["messages"][-1].text
    assert "one turn may run 1 plan" in given_up and "m7" not in given_up


def test_the_last_plan_a_turn_may_run_can_succeed(talk):
    state = talk(plan(WALK), DONE, max_plans=1).say("walk")
    assert state["messages"][-1].text == "Done."


def test_refused_plans_do_not_use_up_the_plans_of_a_turn(talk):
    state = talk(plan(WRONG), plan(WRONG), plan(WALK), DONE, max_plans=1).say("walk")
    assert state["messages"][-1].text == "Done."
    assert len(state["motions"]) == 1


def test_a_failing_step_does_not_take_the_others_with_it(talk):
    calls = [
        WALK,
        call("generate_motion", description="a person flibbers"),
        call("compose_sequence", segments=[{"motion_id": "$2"}]),
    ]
    state = talk(plan(*calls), DONE).say("walk")
    walk, unknown, skipped = tool_messages(state)
    assert (walk.status, unknown.status, skipped.status) == ("success", "error", "error")
    assert "no known action" in unknown.content
    assert "step 2 failed" in skipped.content
    assert len(state["motions"]) == 1


def test_a_step_that_looks_waits_for_those_before_it(talk):
    state = talk(plan(WALK, call("list_motions")), DONE).say("walk")
    listed = json.loads(tool_messages(state)[1].text)["motions"]
    assert len(listed) == 1 and state["current"] in str(listed)


def test_a_broken_backend_is_told_to_the_coordinator(talk, backend):
    backend.generate = lambda captions, **options: 1 / 0
    state = talk(plan(WALK), AIMessage("Sorry.")).say("walk")
    assert "fake failed: ZeroDivisionError" in tool_messages(state)[0].content
    assert state["motions"] == {}


def test_malformed_calls_are_answered_too(talk):
    broken = invalid_tool_call(name="generate_motion", args='{"desc', id="c9", error="not JSON")
    state = talk(AIMessage("", tool_calls=plan(WALK).tool_calls, invalid_tool_calls=[broken]), DONE).say(
        "walk"
    )
    assert [message.tool_call_id for message in tool_messages(state)] == ["call_generate_motion_1", "c9"]
    assert "not valid JSON" in tool_messages(state)[1].content
    assert_sane(state["messages"])


@pytest.mark.parametrize("ids", [(None, None), ("", ""), ("same", "same")])
def test_calls_without_ids_of_their_own_get_them(talk, ids):
    calls = [{**WALK, "id": call_id} for call_id in ids]
    state = talk(AIMessage("", tool_calls=calls), DONE).say("walk")
    assert len(state["motions"]) == 2
    assert_sane(state["messages"])


def test_a_failing_coordinator_is_one_typed_error_and_the_thread_goes_on(talk):
    def fall_over(messages):
        raise ConnectionError("no route\nto host")

    conversation = talk(fall_over, plan(WALK), DONE)
    with pytest.raises(CoordinatorError, match="ScriptedModel failed: ConnectionError: no route to host"):
        conversation.say("walk")
    assert conversation.say("walk")["motions"]


def test_a_turn_cut_short_leaves_no_unanswered_call_for_the_model(talk, backend):
    conversation = talk(plan(WALK), DONE)

    def interrupted(description):
        raise KeyboardInterrupt

    backend.interpret = interrupted
    with pytest.raises(KeyboardInterrupt):
        conversation.say("walk")
    conversation.say("hello?")
    asked = conversation.model.asked[-1]
    assert [type(message) for message in asked[1:]] == [HumanMessage, AIMessage, ToolMessage, HumanMessage]
    assert asked[3].content == "this call was interrupted"


class CrashingStore(InMemoryStore):
    """Keeps what it is given, then takes the process down, once."""

    crashed = False

    def put(self, *args, **kwargs):
        super().put(*args, **kwargs)
        if not self.crashed:
            self.crashed = True
            raise KeyboardInterrupt


def test_a_turn_resumed_after_a_crash_makes_nothing_twice(backend):
    store = CrashingStore()
    agent = create_motion_agent(
        model=ScriptedModel(plan(WALK), DONE), backend=backend, store=store, checkpointer=InMemorySaver()
    )
    thread: RunnableConfig = {"configurable": {"thread_id": "t"}}
    with pytest.raises(KeyboardInterrupt):
        agent.invoke({"messages": [("user", "walk")]}, thread)
    [kept] = store.search(("motion_agent",))
    state = agent.invoke(None, thread)
    assert list(state["motions"]) == [kept.key]
    assert len(store.search(("motion_agent",))) == 1
    assert_sane(state["messages"])


def test_no_message_is_a_clear_error(talk):
    conversation = talk(DONE)
    with pytest.raises(InvalidRequestError, match="no message"):
        conversation.agent.invoke({"messages": []}, conversation.settings)


async def test_async_is_the_same(talk):
    conversation = talk(plan(WALK), DONE)
    state = await conversation.agent.ainvoke({"messages": [("user", "walk")]}, conversation.settings)
    assert state["current"] in state["motions"]


def test_threads_share_a_users_motions_but_not_their_talk(backend):
    def agent(*replies):
        return create_motion_agent(
            AgentConfig(),
            model=ScriptedModel(*replies),
            backend=backend,
            store=store,
            checkpointer=InMemorySaver(),
        )

    store = InMemoryStore()
    first = agent(plan(WALK), DONE).invoke(
        {"messages": [("user", "walk")]}, {"configurable": {"thread_id": "a", "user_id": "ann"}}
    )
    asks = plan(call("caption_motion", motion_id=first["current"])), DONE
    for user, status in (("ann", "success"), ("bob", "error")):
        state = agent(*asks, DONE).invoke(
            {"messages": [("user", "what?")]}, {"configurable": {"thread_id": "b", "user_id": user}}
        )
        assert tool_messages(state)[0].status == status


def test_a_seed_makes_runs_repeatable(backend):
    def tokens(seed):
        store = InMemoryStore()
        agent = create_motion_agent(
            AgentConfig(seed=seed), model=ScriptedModel(plan(WALK, WALK), DONE), backend=backend, store=store
        )
        agent.invoke({"messages": [("user", "walk")]})
        return [item.value["tokens"] for item in store.search(("motion_agent",))]

    assert tokens(7) == tokens(7)
    assert tokens(7) != tokens(100)
    first, second = tokens(7)
    assert first != second


def test_with_a_seed_the_same_request_gives_another_motion_every_time(backend):
    """Within a plan, within a turn and from turn to turn; the same conversation again gives the same."""

    def talk_of_three_turns():
        store = InMemoryStore()
        script = [plan(WALK, WALK), plan(WALK), DONE, plan(WALK), DONE, plan(WALK, WALK), DONE]
        agent = create_motion_agent(
            AgentConfig(seed=7),
            model=ScriptedModel(*script),
            backend=backend,
            store=store,
            checkpointer=InMemorySaver(),
        )
        thread: RunnableConfig = {"configurable": {"thread_id": "t"}}
        for _ in range(3):
            agent.invoke({"messages": [("user", "walk")]}, thread)
        return [tuple(item.value["tokens"]) for item in store.search(("motion_agent",))]

    made = talk_of_three_turns()
    assert len(set(made)) == len(made) == 6
    assert talk_of_three_turns() == made


def test_without_a_seed_every_motion_has_one_of_its_own(talk, backend):
    conversation = talk(plan(WALK, WALK), DONE, plan(WALK), DONE)
    for _ in range(2):
        conversation.say("walk")
    assert len(set(backend.seeds)) == 3 and None not in backend.seeds


def test_a_model_that_cannot_call_tools_is_refused_at_once(backend):
    model = GenericFakeChatModel(messages=iter([plan(WALK), DONE]))
    with pytest.raises(CoordinatorError, match=r"GenericFakeChatModel cannot call tools.*use a chat model"):
        create_motion_agent(AgentConfig(mode="tools"), model=model, backend=backend)


def test_the_graph_can_be_part_of_another(backend):
    from langgraph.graph import START, StateGraph
    from motion_agent.agent_graph.state import Conversation, Turn

    agent = create_motion_agent(model=ScriptedModel(plan(WALK), DONE), backend=backend)
    outer = StateGraph(Conversation, input_schema=Turn)
    outer.add_node("move", agent)
    outer.add_edge(START, "move")
    graph = outer.compile(checkpointer=InMemorySaver())
    state = graph.invoke({"messages": [("user", "walk")]}, {"configurable": {"thread_id": "t"}})
    assert state["current"] in state["motions"]
