"""The offline coordinator as a chat model: plans in a thread, answers from results, any text at all."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fakes import FakeBackend
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)
from langchain_core.runnables import RunnableConfig
from langchain_tests.unit_tests import ChatModelUnitTests
from langgraph.checkpoint.memory import InMemorySaver
from motion_agent.agent_graph.coordinators.offline import OfflineCoordinator
from motion_agent.agent_graph.graph import create_motion_agent
from motion_agent.tools import schemas

ARGUMENTS = {
    "generate_motion": schemas.GenerateMotionArgs,
    "caption_motion": schemas.CaptionMotionArgs,
    "compose_sequence": schemas.ComposeSequenceArgs,
    "edit_motion": schemas.EditMotionArgs,
    "export_motion": schemas.ExportMotionArgs,
    "list_motions": schemas.ListMotionsArgs,
    "name_motion": schemas.NameMotionArgs,
}
ALL_TOOLS = (*ARGUMENTS, "arrange_scene", "history")
REPERTOIRE = ["walk", "wave", "jump", "bow", "kneel", "sit down", "jumping jacks", "cartwheel"]

Call = tuple[str, dict[str, Any]]


def bound(*tools: str) -> Any:
    return OfflineCoordinator(repertoire=REPERTOIRE).bind_tools(
        [
            {"type": "function", "function": {"name": name, "description": name, "parameters": {}}}
            for name in tools or ALL_TOOLS
        ]
    )


def made(motion_id: str, *parts: tuple[str, float], name: str = "", **extra: Any) -> dict[str, Any]:
    """The content of a tool result that made a motion."""
    end, segments = 0.0, []
    for description, seconds in parts:
        segments.append({"description": description, "start": end, "end": end + seconds})
        end += seconds
    description = ", then ".join(text for text, _ in parts)
    told = {"motion_id": motion_id, "name": name or description, "description": description}
    return {**told, "seconds": end, "segments": segments, "notes": [], **extra}


def turn(request: str, tool: str, content: dict[str, Any], answer: str = "Done.") -> list[BaseMessage]:
    """A finished turn of a thread."""
    call_id = f"call {request}"
    return [
        HumanMessage(request),
        AIMessage("", tool_calls=[{"name": tool, "args": {}, "id": call_id}]),
        ToolMessage(json.dumps(content), tool_call_id=call_id, name=tool),
        AIMessage(answer),
    ]


WALK_JUMP_WAVE = turn(
    "walk, jump and wave",
    "compose_sequence",
    made("m1", ("a person walks", 3.0), ("a person jumps", 1.0), ("a person waves", 2.0)),
)


def calls(text: str, thread: list[BaseMessage] | None = None, *tools: str) -> list[Call]:
    answer = bound(*tools).invoke([*(thread or []), HumanMessage(text)])
    return [(call["name"], call["args"]) for call in answer.tool_calls]


def operations(text: str, thread: list[BaseMessage] | None = None) -> list[dict[str, Any]]:
    [(name, arguments)] = calls(text, thread or WALK_JUMP_WAVE)
    assert name == "edit_motion"
    return arguments["operations"]


class TestStandard(ChatModelUnitTests):
    @property
    def chat_model_class(self) -> type[OfflineCoordinator]:
        return OfflineCoordinator

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"repertoire": REPERTOIRE}


NEW_MOTIONS: list[tuple[str, list[Call]]] = [
    ("a person walks forward", [("generate_motion", {"description": "a person walks forward"})]),
    ("walk for 3 seconds", [("generate_motion", {"description": "a person walks", "seconds": 3.0})]),
    ("a person waves with seed 7", [("generate_motion", {"description": "a person waves", "seed": 7})]),
    ("three variations of a wave", [("generate_motion", {"description": "a person waves", "variants": 3})]),
    (
        "walk, then jump for 2 seconds",
        [
            (
                "compose_sequence",
                {
                    "segments": [
                        {"description": "a person walks"},
                        {"description": "a person jumps", "seconds": 2.0},
                    ]
                },
            )
        ],
    ),
    ("jump twice", [("compose_sequence", {"segments": [{"description": "a person jumps", "repeat": 2}]})]),
    (
        "a person jumps, call it hop and save it as bvh",
        [
            ("generate_motion", {"description": "a person jumps", "name": "hop"}),
            ("export_motion", {"motion_id": "$1", "formats": ["bvh"]}),
        ],
    ),
    (
        "mirror walk.bvh and save it as glb",
        [
            ("caption_motion", {"path": "walk.bvh"}),
            ("edit_motion", {"motion_id": "$1", "operations": [{"op": "mirror"}]}),
            ("export_motion", {"motion_id": "$2", "formats": ["glb"]}),
        ],
    ),
    (
        "two people: one waves, the other bows, facing each other",
        [
            (
                "arrange_scene",
                {
                    "people": [
                        {"description": "a person waves", "theta": 0, "x": 0, "z": 0},
                        {"description": "a person bows", "theta": 180, "x": 0, "z": 1.0},
                    ]
                },
            )
        ],
    ),
    ("add a jump", [("generate_motion", {"description": "a person jumps"})]),
]


@pytest.mark.parametrize(("text", "expected"), NEW_MOTIONS, ids=[text for text, _ in NEW_MOTIONS])
def test_new_motions(text: str, expected: list[Call]) -> None:
    assert calls(text) == expected


EDITS: list[tuple[str, list[dict[str, Any]]]] = [
    ("make it longer", [{"op": "duration", "seconds": 9.0}]),
    ("make it 8 seconds", [{"op": "duration", "seconds": 8.0}]),
    ("make the second part longer", [{"op": "extend", "segment": 2, "seconds": 0.4}]),
    ("make the walk 4 seconds", [{"op": "duration", "segment": 1, "seconds": 4.0}]),
    ("replace the second part with a bow", [{"op": "replace", "segment": 2, "description": "a person bows"}]),
    ("remove the last part", [{"op": "delete", "segment": 3}]),
    ("add a bow at the end", [{"op": "insert", "description": "a person bows"}]),
    ("then bow", [{"op": "insert", "description": "a person bows"}]),
    ("insert a bow before the jump", [{"op": "insert", "position": 2, "description": "a person bows"}]),
    ("insert a bow after the jumping", [{"op": "insert", "position": 3, "description": "a person bows"}]),
    ("repeat the wave", [{"op": "repeat", "segment": 3, "times": 2}]),
    ("swap the first two parts", [{"op": "reorder", "order": [2, 1, 3]}]),
    ("swap the jump and the wave", [{"op": "reorder", "order": [1, 3, 2]}]),
    ("reverse the order", [{"op": "reorder", "order": [3, 2, 1]}]),
    ("move the walk to the end", [{"op": "reorder", "order": [2, 3, 1]}]),
    ("mirror it", [{"op": "mirror"}]),
    ("mirror the wave", [{"op": "mirror", "segment": 3}]),
    ("slow it down", [{"op": "speed", "factor": 0.667}]),
    ("make the jump faster", [{"op": "speed", "segment": 2, "factor": 1.5}]),
    ("trim the first second", [{"op": "trim", "start": 1.0}]),
    ("cut off the last 2 seconds", [{"op": "trim", "end": 4.0}]),
    ("redo the second part", [{"op": "regenerate", "segment": 2}]),
    ("another one", [{"op": "regenerate"}]),
    ("try again with seed 9", [{"op": "regenerate", "seed": 9}]),
    ("make it slower and mirror it", [{"op": "speed", "factor": 0.667}, {"op": "mirror"}]),
    ("swap the first and the last", [{"op": "reorder", "order": [3, 2, 1]}]),
    ("remove the first and the last", [{"op": "delete", "segment": 3}, {"op": "delete", "segment": 1}]),
    ("start with the wave", [{"op": "reorder", "order": [3, 1, 2]}]),
    ("insert a bow between the walk and the jump",
     [{"op": "insert", "position": 2, "description": "a person bows"}]),
    ("make every part 2 seconds", [{"op": "duration", "segment": n, "seconds": 2.0} for n in (3, 2, 1)]),
    ("2 seconds each", [{"op": "duration", "segment": n, "seconds": 2.0} for n in (3, 2, 1)]),
    ("slow down the last two parts", [{"op": "speed", "segment": n, "factor": 0.667} for n in (3, 2)]),
    ("make everything after the walk faster", [{"op": "speed", "segment": n, "factor": 1.5} for n in (3, 2)]),
    ("remove the jump and add a bow",
     [{"op": "delete", "segment": 2}, {"op": "insert", "description": "a person bows"}]),
    ("both the jump and the wave slower", [{"op": "speed", "segment": n, "factor": 0.667} for n in (3, 2)]),
    ("loop the wave", [{"op": "loop", "segment": 3}]),
    ("remove the jump, then make the last part faster",
     [{"op": "delete", "segment": 2}, {"op": "speed", "segment": 2, "factor": 1.5}]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), EDITS, ids=[text for text, _ in EDITS])
def test_edits_of_the_current_motion(text: str, expected: list[dict[str, Any]]) -> None:
    assert operations(text) == expected


def test_a_named_motion_is_changed_and_not_the_current_one() -> None:
    thread = [
        *turn("bow", "generate_motion", made("m1", ("a person bows", 2.0), name="greeting")),
        *turn("jump", "generate_motion", made("m2", ("a person jumps", 2.0))),
    ]
    [(tool, arguments)] = calls("make greeting slower", thread)
    assert tool == "edit_motion"
    assert arguments == {"motion_id": "m1", "operations": [{"op": "speed", "factor": 0.667}]}
    [(_, arguments)] = calls("make the first motion twice as fast", thread)
    assert arguments == {"motion_id": "m1", "operations": [{"op": "speed", "factor": 2.0}]}


def test_something_else_is_a_new_motion() -> None:
    [(tool, arguments)] = calls("now something else: a person bows", WALK_JUMP_WAVE)
    assert (tool, arguments) == ("generate_motion", {"description": "a person bows"})


def test_who_rotates_turns() -> None:
    assert calls("a person rotates 120 degrees")[0][1]["description"] == "a person turns 120 degrees"


def test_one_action_gets_longer_by_going_on() -> None:
    thread = turn("walk", "generate_motion", made("m1", ("a person walks", 4.0)))
    assert operations("make it longer", thread) == [{"op": "extend", "seconds": 2.0}]


def test_a_total_is_shared_out_in_whole_tokens() -> None:
    [(_, arguments)] = calls("walk, jump and wave in 10 seconds altogether")
    seconds = [segment["seconds"] for segment in arguments["segments"]]
    assert sum(seconds) == pytest.approx(10)
    assert all(round(value / 0.2, 6).is_integer() for value in seconds)


def test_a_part_that_could_be_two_is_asked_about() -> None:
    thread = turn(
        "x",
        "compose_sequence",
        made("m1", ("a person jumps", 1), ("a person walks", 1), ("a person jumps high", 1)),
    )
    answer = bound().invoke([*thread, HumanMessage("remove the jump")])
    assert not answer.tool_calls
    assert "part 1 or part 3" in answer.text


def test_a_part_that_is_not_there_is_told_with_those_that_are() -> None:
    answer = bound().invoke([*WALK_JUMP_WAVE, HumanMessage("remove the cartwheel")])
    assert not answer.tool_calls
    assert "2 a person jumps" in answer.text


def test_words_for_a_limb_are_a_movement_not_an_edit() -> None:
    assert calls("extend the right arm", WALK_JUMP_WAVE) == [
        ("generate_motion", {"description": "a person extends the right arm"})
    ]


@pytest.mark.parametrize("text", ["make it longer", "what is the person doing?", "export", "call it hop"])
def test_without_a_motion_there_is_nothing_to_work_on(text: str) -> None:
    answer = bound().invoke([HumanMessage(text)])
    assert not answer.tool_calls
    assert "no motion yet" in answer.text


def test_names_are_found_again() -> None:
    thread = [*WALK_JUMP_WAVE]
    thread += turn("call this my greeting", "name_motion", made("m1", ("a person waves", 2), name="greeting"))
    thread += turn("kneel", "generate_motion", made("m2", ("a person kneels", 2)))
    assert calls("my greeting, then bow", thread) == [
        ("compose_sequence", {"segments": [{"motion_id": "greeting"}, {"description": "a person bows"}]})
    ]
    assert calls("combine the greeting and m2", thread) == [
        ("compose_sequence", {"segments": [{"motion_id": "m1"}, {"motion_id": "m2"}]})
    ]
    assert calls("mirror my greeting", thread)[0][1]["motion_id"] == "m1"


def test_back_to_the_version_before_an_action() -> None:
    thread = turn("walk", "generate_motion", made("m1", ("a person walks", 2)))
    thread += turn(
        "add a jump", "edit_motion", made("m2", ("a person walks", 2), ("a person jumps", 1), parent="m1")
    )
    assert calls("go back to the version before the jump", thread) == [
        ("history", {"action": "restore", "motion_id": "m1"})
    ]
    assert calls("undo", thread) == [("history", {"action": "undo"})]


def test_what_follows_an_undo_is_done_to_what_it_goes_back_to() -> None:
    thread = turn(
        "walk and jump", "compose_sequence", made("m1", ("a person walks", 2), ("a person jumps", 1))
    )
    thread += turn("remove the jump", "edit_motion", made("m2", ("a person walks", 2), parent="m1"))
    undone, edited = calls("undo and make the jump slower", thread)
    assert undone == ("history", {"action": "undo"})
    assert edited[1]["motion_id"] == "m1" and edited[1]["operations"][0]["segment"] == 2
    assert [name for name, _ in calls("undo twice and make it slower", thread)] == ["history", "history"]


def test_what_follows_a_restored_version_is_done_to_that_one() -> None:
    thread = turn("wave", "generate_motion", made("m1", ("a person waves", 2)))
    thread += turn("call this my greeting", "name_motion", made("m1", ("a person waves", 2), name="greeting"))
    thread += turn("kneel", "generate_motion", made("m2", ("a person kneels", 2)))
    restored, edited = calls("go back to my greeting and mirror it", thread)
    assert restored == ("history", {"action": "restore", "motion_id": "m1"})
    assert edited[0] == "edit_motion" and edited[1]["motion_id"] == "m1"


def test_length_is_answered_from_the_thread() -> None:
    answer = bound().invoke([*WALK_JUMP_WAVE, HumanMessage("how long is it?")])
    assert not answer.tool_calls
    assert "6 seconds" in answer.text


def test_only_bound_tools_are_called() -> None:
    answer = bound("generate_motion").invoke([HumanMessage("walk, then wave")])
    assert not answer.tool_calls
    assert "compose_sequence" in answer.text
    assert not OfflineCoordinator().invoke([HumanMessage("walk")]).tool_calls


def test_the_answer_tells_what_was_made_and_what_was_noted() -> None:
    question = HumanMessage("a person proposes marriage")
    plan = bound().invoke([question])
    [call] = plan.tool_calls
    content = made("m1", ("a person walks forward", 2.0), ("a person kneels down", 1.6))
    content["notes"] = ["unknown word: marriage"]
    answer = bound().invoke([question, plan, ToolMessage(json.dumps(content), tool_call_id=call["id"])])
    assert not answer.tool_calls
    assert all(
        words in answer.text for words in ("m1", "3.6 s", "unknown word: marriage", "marriage proposal")
    )


def test_a_part_that_is_left_out_is_told_with_the_plan_that_goes_without_it() -> None:
    question = HumanMessage("walk, then juggle three balls, then wave")
    plan = bound().invoke([question])
    [call] = plan.tool_calls
    error = "no known action in 'a person juggles three balls'; known: walk, wave"
    failed = ToolMessage(error, tool_call_id=call["id"], status="error")
    again = bound().invoke([question, plan, failed])
    [rest] = again.tool_calls
    assert [part["description"] for part in rest["args"]["segments"]] == ["a person walks", "a person waves"]
    assert 'cannot make "juggles three balls"' in again.text


def test_an_error_ends_the_turn_and_is_told() -> None:
    question = HumanMessage("a person flibbers")
    plan = bound().invoke([question])
    [call] = plan.tool_calls
    error = "no known action in 'a person flibbers'; known: walk, wave"
    failed = ToolMessage(error, tool_call_id=call["id"], status="error")
    answer = bound().invoke([question, plan, failed])
    assert not answer.tool_calls
    assert 'cannot make "flibbers"' in answer.text
    assert not any(word in answer.text for word in ("Made", "Saved"))


def test_a_failed_call_leaves_the_thread_as_it_was() -> None:
    thread: list[BaseMessage] = [*WALK_JUMP_WAVE, HumanMessage("mirror it")]
    thread += [AIMessage("", tool_calls=[{"name": "edit_motion", "args": {}, "id": "e"}])]
    thread += [ToolMessage("broken", tool_call_id="e", status="error"), AIMessage("That did not work.")]
    assert calls("mirror it", thread)[0][1]["motion_id"] == "m1"


def test_the_same_thread_gets_the_same_answer_and_a_longer_one_new_call_ids() -> None:
    first, again = (bound().invoke([HumanMessage("walk")]) for _ in range(2))
    later = bound().invoke([*WALK_JUMP_WAVE, HumanMessage("walk")])
    assert first.tool_calls == again.tool_calls
    assert first.tool_calls[0]["id"] != later.tool_calls[0]["id"]


@pytest.mark.parametrize("text", ["walk, then wave and save it as bvh", "what can you do?"])
def test_streaming_gives_the_same_message(text: str) -> None:
    whole = bound().invoke([HumanMessage(text)])
    streamed = sum(bound().stream([HumanMessage(text)]), AIMessageChunk(content=""))
    assert streamed.text == whole.text
    assert streamed.tool_calls == whole.tool_calls
    assert streamed.usage_metadata == whole.usage_metadata


def test_a_conversation_through_the_real_graph(backend: FakeBackend) -> None:
    agent = create_motion_agent(
        model=OfflineCoordinator(repertoire=backend.repertoire), backend=backend, checkpointer=InMemorySaver()
    )
    thread: RunnableConfig = {"configurable": {"thread_id": "talk"}}

    def say(text: str) -> dict[str, Any]:
        return agent.invoke({"messages": [HumanMessage(text)]}, thread)

    first = say("a person walks forward, then turns around and waves")["current"]
    state = say("replace the second part with a jump and call it hop")
    edited = state["motions"][state["current"]]
    assert edited.parent == first
    assert [segment.description for segment in edited.segments][1] == "a person jumps"
    assert "hop" in state["messages"][-1].text
    state = say("hop, then bow")
    assert len(state["motions"][state["current"]].segments) == 4
    assert say("mirror nowhere.bvh")["current"] == state["current"]


@pytest.mark.asyncio
async def test_async_gives_the_same_message() -> None:
    answer = await bound().ainvoke([HumanMessage("walk")])
    assert answer.tool_calls == bound().invoke([HumanMessage("walk")]).tool_calls


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("a person walks for -3 seconds", "-3"),
        ("a person walks for −2.5 s", "-2.5"),
        ("a person walks for minus three seconds, then jumps", "-3"),
        ("two people wave for -3 seconds", "-3"),
        ("make it -3 seconds longer", "-3"),
        ("a person walks for 0 seconds", "0"),
        ("a person walks for zero seconds, then jumps", "0"),
        ("two people wave for 0 seconds", "0"),
        ("a person walks and jumps, 0 seconds in total", "0"),
        ("a person walks for 5000 s", "5000"),
    ],
)
def test_a_length_no_motion_can_have_is_refused_with_the_limits(text: str, seconds: str) -> None:
    answer = bound().invoke([HumanMessage(text)])
    assert not answer.tool_calls
    assert answer.text == f"A motion of {seconds} seconds is not possible: between 0.2 and 600 seconds are."


def test_a_hyphen_makes_no_length_negative() -> None:
    [call] = bound().invoke([HumanMessage("a 3-second walk")]).tool_calls
    assert call["args"] == {"description": "a person walks", "seconds": 3.0}
    [call] = bound().invoke([HumanMessage("a person walks for 2-3 seconds")]).tool_calls
    assert call["args"]["seconds"] == 3.0
    [call] = bound().invoke([HumanMessage("a person walks -3s, then jumps -2s")]).tool_calls
    assert [part["seconds"] for part in call["args"]["segments"]] == [3.0, 2.0]


def test_no_call_when_calls_are_forbidden() -> None:
    tools = [
        {"type": "function", "function": {"name": "generate_motion", "description": "", "parameters": {}}}
    ]
    answer = OfflineCoordinator().bind_tools(tools, tool_choice="none").invoke([HumanMessage("walk")])
    assert not answer.tool_calls


VOCABULARY = """
walk wave jump a the person two people one other and then , . ; while make it longer replace second part
with remove last 3 seconds twice times for in total mirror slow down call this my greeting save as bvh
walk.bvh undo before after add at end seed 7 facing each other not don't 0 9999 1000000 % - 1. 2. swap
first keep to 's "
"""
WORDS = st.sampled_from([*VOCABULARY.split(), "\n"])
TEXTS = st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=25).map(" ".join))


@settings(max_examples=100)
@given(text=TEXTS, opened=st.booleans())
def test_any_text_gives_a_valid_message(text: str, opened: bool) -> None:
    thread: list[BaseMessage] = [SystemMessage("You direct motions."), *(WALK_JUMP_WAVE if opened else [])]
    answer = bound().invoke([*thread, HumanMessage(text)])
    assert answer.text or answer.tool_calls
    for number, call in enumerate(answer.tool_calls, 1):
        assert call["name"] in ALL_TOOLS
        if call["name"] in ARGUMENTS:
            ARGUMENTS[call["name"]].model_validate(call["args"])
        references = [part for part in json.dumps(call["args"]).split('"') if part.startswith("$")]
        assert all(1 <= int(reference[1:]) < number for reference in references if reference[1:].isdigit())


KEYS = st.sampled_from(
    ["motion_id", "name", "segments", "notes", "variants", "motions", "seconds", "caption", "files"]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10)
OBJECTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner), max_leaves=12
)


@settings(max_examples=40)
@given(content=st.text(max_size=80) | OBJECTS.map(json.dumps))
def test_any_tool_result_gives_an_answer(content: str) -> None:
    call = {"name": "generate_motion", "args": {}, "id": "c"}
    thread = [HumanMessage("walk"), AIMessage("", tool_calls=[call]), ToolMessage(content, tool_call_id="c")]
    answer = bound().invoke(thread)
    assert answer.text
    assert not answer.tool_calls
    assert bound().invoke([*thread, answer, HumanMessage("make it longer and describe it")]) is not None


def test_follow_up_questions_are_answered_from_the_thread(backend):
    agent = create_motion_agent(backend=backend, checkpointer=InMemorySaver())
    settings: Any = {"configurable": {"thread_id": "questions"}}

    def said(text: str) -> str:
        state = agent.invoke({"messages": [("user", text)]}, settings)
        assert len(state["motions"]) == 1
        return state["messages"][-1].text

    said("a person walks for 3 seconds, then jumps twice, then sits")
    assert said("how often does he jump?").startswith("Jump: twice, in part 2 and 3; measured: 2 jumps.")
    assert said("how many times does the person kick?").startswith("Kick: never.")
    [motion] = agent.get_state(settings).values["motions"].values()
    end = motion.segments[1].end  # a jump begins on the floor: what is before it is cut off
    assert said("what happens at 3.4 seconds?") == f"At 3.4 s: part 2, a person jumps (3 to {end:g} s)."
    assert "nothing happens any more" in said("what happens at 99 seconds?")
    assert "a person jumps" in said("what is the second part?")
