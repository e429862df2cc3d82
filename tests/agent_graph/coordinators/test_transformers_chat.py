"""A local coordinator of random weights: what it writes can be read."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import torch
from fakes import FakeBackend, holding
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_tests.integration_tests import ChatModelIntegrationTests
from langchain_tests.unit_tests import ChatModelUnitTests
from motion_agent.agent_graph import AgentConfig, CoordinatorError, create_motion_agent
from motion_agent.agent_graph.coordinators.modes import SENTENCES, Way, motions_named, schema_tokens, ways_of
from motion_agent.agent_graph.coordinators.offline import OfflineCoordinator
from motion_agent.agent_graph.coordinators.talk import Question
from motion_agent.agent_graph.coordinators.transformers_chat import LocalCoordinator
from motion_agent.agent_graph.coordinators.transformers_files import load_chat_model
from motion_agent.agent_graph.coordinators.transformers_reading import FEW, GIVEN_UP, SPARE, Reading
from motion_agent.agent_graph.errors import PlanError
from motion_agent.agent_graph.plan import Limits, read_plan
from motion_agent.motion_models.english.interpretation import Interpretation
from motion_agent.tools import create_motion_tools
from motion_agent.tools.schemas import MotionRef
from tiny_llm import save_backbone, tiny_backbone, tiny_tokenizer
from transformers import LlamaConfig, LlamaForCausalLM

YES = {"enum": ["yes", "no"]}
MESSAGES = [HumanMessage("are you there?")]


class Obliging(FakeBackend):
    def interpret(self, description: str) -> Interpretation:
        return Interpretation(text=description, action="walk")


def wild(seed: int = 0, **fields: Any) -> LocalCoordinator:
    """Random weights, drawn from at random, with room for long replies."""
    torch.manual_seed(seed)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tiny_tokenizer()),
            hidden_size=16,
            intermediate_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            num_key_value_heads=2,
            max_position_embeddings=12_000,
        )
    )
    return LocalCoordinator(model, tiny_tokenizer(), temperature=1.0, seed=seed, **fields)


def way(model: LocalCoordinator, tools: Any) -> Way:
    [only] = ways_of(model, tools, "auto", "local")
    return only


def told(*known: str) -> Question:
    """A thread in which motions were made."""
    thread: list[Any] = [HumanMessage("move")]
    for number, motion in enumerate(known):
        call = {"name": "generate_motion", "args": {}, "id": str(number)}
        result = ToolMessage(f'{{"motion_id": "{motion}"}}', tool_call_id=str(number))
        thread += [AIMessage("", tool_calls=[call]), result]
    return Question(thread)


@pytest.mark.parametrize("known", [(), ("mbcdf", "m2345")], ids=["no motions", "motions"])
def test_every_plan_of_random_weights_can_be_read(known):
    """What the grammar cannot hold to (budgets, an end after its start) is all that may be wrong with it."""
    plans = 0
    asked = told(*known)
    for seed in range(10):
        asking = way(wild(seed, max_tokens=160), create_motion_tools(Obliging()))
        reply = asking.ask(asked).invoke(asking.told(asked))
        if reply.response_metadata["finish_reason"] == "length":
            continue
        read = asking.read(reply, asked)
        assert read.tool_calls or read.text or read.invalid_tool_calls
        if not read.tool_calls:
            continue
        plans += 1
        try:
            read_plan(read, holding(*known), lambda: known, Limits())
        except PlanError as error:
            assert not re.search("Extra|Field required|no tool|not exist|refers", str(error)), error
    assert plans


def test_a_turn_with_a_local_coordinator_ends_with_motion_or_an_answer():
    agent = create_motion_agent(AgentConfig(), model=wild(3, max_tokens=160), backend=Obliging())
    state = agent.invoke({"messages": [("user", "walk")]})
    assert state["messages"][-1].text


def test_a_folder_is_a_coordinator(tmp_path):
    from motion_agent.agent_graph.coordinators.create import make_coordinator

    save_backbone(tmp_path / "model", "llama")
    assert isinstance(
        make_coordinator(AgentConfig(coordinator=f"local:{tmp_path / 'model'}"), []), LocalCoordinator
    )
    with pytest.raises(CoordinatorError, match="no local coordinator at"):
        make_coordinator(AgentConfig(coordinator=f"local:{tmp_path / 'none'}"), [])
    (tmp_path / "bad.gguf").write_bytes(b"GGUF")
    with pytest.raises(CoordinatorError, match="cannot be loaded"):
        make_coordinator(AgentConfig(coordinator=f"local:{tmp_path / 'bad.gguf'}"), [])


def test_the_motions_a_grammar_knows_are_those_results_and_the_question_tell_of():
    ref = MotionRef(id="m7", name="greeting", description="", seconds=1, frames=20, segments=[])
    results = [
        ToolMessage('{"motion_id": "m1"}', tool_call_id="1"),
        ToolMessage("no JSON", tool_call_id="2"),
        ToolMessage('{"motions": [{"motion_id": "m2", "name": "stroll"}]}', tool_call_id="3"),
    ]
    question = Question([HumanMessage("m9"), *results], motions={"m7": ref})
    assert motions_named(question) == ["m7", "greeting", "m1", "m2", "stroll"]


def test_a_reply_to_results_has_few_sentences_and_one_to_a_request_any() -> None:
    asking = way(wild(), create_motion_tools(Obliging()))
    request = Question([HumanMessage("move")])
    assert request.asked == "move" and told("m1").asked == ""
    assert asking.ask(request).kwargs["sentences"] is None  # type: ignore[attr-defined]
    assert asking.ask(told("m1")).kwargs["sentences"] == SENTENCES  # type: ignore[attr-defined]
    failed = ToolMessage("no such motion", tool_call_id="1", status="error")
    assert Question([HumanMessage("move"), failed]).asked == "move"


def test_calls_by_place_are_read_in_the_order_of_all_arguments() -> None:
    asking = way(wild(), create_motion_tools(Obliging()))
    written = asking.read(AIMessage("generate_motion('a person walks', 3)"), told())
    assert written.tool_calls[0]["args"] == {"description": "a person walks", "seconds": 3}


def test_the_tools_of_a_model_that_calls_them_take_room_too() -> None:
    class Calling(FakeListChatModel):
        def bind_tools(self, tools: Any, **options: Any) -> Any:
            return self

    tools = create_motion_tools(Obliging())
    [calling] = ways_of(Calling(responses=[]), tools, "tools", "it")
    [prompted] = ways_of(Calling(responses=[]), tools, "prompted", "it")
    assert calling.count(MESSAGES) == prompted.count(MESSAGES) + schema_tokens(tools)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many tokens every step of a model reads."""
    steps: list[int] = []
    forward = LlamaForCausalLM.forward

    def counted(self: Any, **inputs: Any) -> Any:
        steps.append(inputs["input_ids"].shape[1])
        return forward(self, **inputs)

    monkeypatch.setattr(LlamaForCausalLM, "forward", counted)
    return steps


def test_what_was_read_is_not_read_again(read):
    model = wild()
    model.bind(grammar=YES).invoke(MESSAGES)
    whole = read[0]
    read.clear()
    later = [*MESSAGES, AIMessage("yes"), HumanMessage("?")]
    again = model.bind(grammar=YES).invoke(later)
    assert read[0] < whole
    assert again.text == wild().bind(grammar=YES).invoke(later).text


def test_what_every_prompt_begins_with_is_read_before_the_first_request(read):
    model = wild(max_tokens=1)
    for _ in range(2):
        create_motion_agent(AgentConfig(), model=model, backend=Obliging())
    [head] = read
    agent = create_motion_agent(AgentConfig(max_repairs=0), model=model, backend=Obliging())
    agent.invoke({"messages": [("user", "walk")]})
    assert sum(read[1:]) < head / 20


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
def test_logits_are_those_of_a_model_that_reads_everything_anew(dtype):
    """Across more tokens than there is room for at once, one by one and many together, and back again."""
    model = wild()
    model._model.to(dtype)
    reading = Reading(model._model)
    ids = torch.randint(3, 250, (2 * SPARE,)).tolist()
    for length in (FEW // 2, FEW + 1, SPARE + FEW, 2 * SPARE, 2 * SPARE - 1, 20, 21, 2 * SPARE):
        said = reading.next(ids[:length])
        with torch.inference_mode():
            anew = model._model(input_ids=torch.tensor([ids[:length]])).logits[:, -1].float()
        torch.testing.assert_close(said, anew, atol=1e-5 if dtype == torch.float32 else 0.02, rtol=0.02)


def test_a_file_is_parsed_once_for_weights_and_tokenizer(tmp_path, monkeypatch) -> None:
    gguf, transformers = pytest.importorskip("gguf"), pytest.importorskip("transformers")
    parsed: list[str] = []

    class Reader:
        def __init__(self, path: str) -> None:
            parsed.append(path)

    def reads(folder: Any, gguf_file: str, **options: Any) -> Any:
        from gguf import GGUFReader

        GGUFReader(f"{folder}/{gguf_file}")
        return tiny_backbone() if "dtype" in options else tiny_tokenizer()

    monkeypatch.setattr(gguf, "GGUFReader", Reader)
    for kind in (transformers.AutoModelForCausalLM, transformers.AutoTokenizer):
        monkeypatch.setattr(kind, "from_pretrained", reads)
    for name in ("one.gguf", "other.gguf", "one.gguf"):
        (tmp_path / name).write_bytes(b"")
        load_chat_model(tmp_path / name)
    assert parsed == [f"{tmp_path}/{name}" for name in ("one.gguf", "other.gguf", "one.gguf")]
    assert gguf.GGUFReader is Reader


def test_two_prompts_stay_read() -> None:
    """A prompt that goes another way than the one before leaves what that one was; the oldest goes."""
    model = wild()
    reading, read = Reading(model._model), list[int]()
    forward = model._model.forward

    def counted(input_ids: torch.Tensor, **options: Any) -> Any:
        read.append(input_ids.shape[1])
        return forward(input_ids=input_ids, **options)

    model._model.forward = counted
    one, another, third = (torch.randint(3, 250, (2 * GIVEN_UP,)).tolist() for _ in range(3))
    head = one[:100]
    for said, new in (
        (one, 2 * GIVEN_UP),
        (head + another, 2 * GIVEN_UP),
        ([*one, 5], 1),
        ([*head, *another, 5], 1),
        (head + third, 2 * GIVEN_UP),
        ([*head, *another, 6], 1),
        ([*one, 6], 2 * GIVEN_UP - 99),
    ):
        logits = reading.next(said)
        assert read.pop() == new
        anew = forward(input_ids=torch.tensor([said])).logits[:, -1]
        torch.testing.assert_close(logits, anew, atol=1e-5, rtol=1e-3)


def test_what_has_to_come_next_is_not_asked_for(monkeypatch) -> None:
    """The model is asked where it has a choice, and the reply is the one it would have written."""
    answer = {"properties": {"answer": {"enum": ["yes", "no"]}}, "required": ["answer"], "type": "object"}
    grammar = answer | {"additionalProperties": False, "x-guidance": {"whitespace_flexible": False}}
    asked = []
    model = saying(wild(), monkeypatch, '{"answer":"no"}')
    logits = model._reading.next
    monkeypatch.setattr(model._reading, "next", lambda ids: asked.append(len(ids)) or logits(ids))
    reply = model.bind(grammar=grammar).invoke("?")
    assert reply.text == '{"answer":"no"}' and reply.response_metadata["finish_reason"] == "stop"
    assert len(asked) <= 2 < reply.usage_metadata["output_tokens"]  # type: ignore[index]
    short = saying(wild(max_tokens=3), monkeypatch, '{"answer":"no"}').bind(grammar=grammar).invoke("?")
    assert short.response_metadata["finish_reason"] == "length"
    assert short.usage_metadata is not None and short.usage_metadata["output_tokens"] == 3


def test_a_reply_that_says_the_same_again_is_closed(monkeypatch):
    """Its end is where the grammar lets a string end, and the rest of the reply is still held to it."""
    object_of = {"properties": {"answer": {"type": "string"}}, "required": ["answer"], "type": "object"}
    listed = {"properties": {"steps": {"items": object_of, "type": "array", "maxItems": 1}}, "type": "object"}
    for grammar, begun in ((object_of, '{"answer":"'), (listed, '{"steps":[{"answer":"')):
        said = saying(wild(), monkeypatch, begun + "a walk. a jump. " + "a sit. " * 20)
        reply = said.bind(grammar=grammar | {"x-guidance": {"whitespace_flexible": False}}).invoke("?")
        assert reply.response_metadata["finish_reason"] == "stop"
        assert reply.text.startswith(f'{begun}a walk. a jump. a sit."}}')
        assert json.loads(reply.text)
    talk = saying(wild(), monkeypatch, "a walk. a jump. " + "a sit. " * 20)
    assert talk.invoke("?").text == "a walk. a jump. a sit."
    few = saying(wild(), monkeypatch, '{"answer":"a walk. a jump. a sit. a hop."}')
    assert (
        json.loads(few.bind(grammar=object_of, sentences=2).invoke("?").text)["answer"] == "a walk. a jump."
    )


def saying(model: LocalCoordinator, monkeypatch: pytest.MonkeyPatch, text: str) -> LocalCoordinator:
    """The model, made to write a text as far as it may, and to end after it."""
    asked, size = len(model._prompt([HumanMessage("?")])), model._model.config.vocab_size
    told = model._vocabulary.tokenize_str(text)

    def logits(ids: list[int]) -> torch.Tensor:
        wanted = torch.zeros(1, size)
        wanted[0, [*told[len(ids) - asked :], model._tokenizer.eos_token_id][0]] = 100
        return wanted

    monkeypatch.setattr(model._reading, "next", logits)
    return model


def test_a_reply_without_room_says_so():
    reply = wild(max_tokens=3).bind(grammar={"type": "string", "minLength": 200}).invoke("talk")
    assert reply.response_metadata["finish_reason"] == "length"
    assert reply.usage_metadata is not None and reply.usage_metadata["output_tokens"] == 3


class _NoTools:
    """Neither model is for tools of all kinds: they know those of motion, which the graph binds."""

    has_tool_calling = False
    has_tool_choice = False
    has_structured_output = False
    supports_json_mode = False


class TestOfflineUnit(_NoTools, ChatModelUnitTests):
    chat_model_class = OfflineCoordinator  # type: ignore[assignment]
    chat_model_params = {"repertoire": ["walk", "jump"]}  # type: ignore[assignment]  # noqa: RUF012


class TestOfflineIntegration(_NoTools, ChatModelIntegrationTests):
    chat_model_class = OfflineCoordinator  # type: ignore[assignment]
    chat_model_params = {"repertoire": ["walk", "jump"]}  # type: ignore[assignment]  # noqa: RUF012


class TestLocalUnit(_NoTools, ChatModelUnitTests):
    chat_model_class = LocalCoordinator  # type: ignore[assignment]

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"model": tiny_backbone("llama"), "tokenizer": tiny_tokenizer()}
