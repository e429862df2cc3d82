"""How a coordinator is made to give plans: by tool calls, a JSON schema, a prompt, or held to a grammar.

Whatever the way, what comes out is a message with tool calls, so the graph knows nothing of it. In every way
the text of a reply is read too, because models that are handed tools often write their calls instead.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, ToolMessage
from langchain_core.messages.utils import count_tokens_approximately
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import BaseModel

from ..config import Mode
from ..errors import CoordinatorError
from ..prompts import written_instructions
from .plan_schema import reply_grammar, reply_schema, signatures
from .replies import with_calls
from .talk import Question, as_calls, as_talk
from .transformers_chat import GRAMMATICAL, LocalCoordinator

#: The kind of chat model that is built in: it takes the thread as it is, and what it says is final.
OFFLINE_KIND = "motion-agent-offline"
#: The sentences in which a local model may tell of results: small ones go on with what nobody asked.
SENTENCES = 4
#: The letters of a schema that make one token, roughly.
LETTERS_PER_TOKEN = 4


@dataclass(frozen=True)
class Way:
    """One way to ask a model for a plan.

    told: the question as messages. ask: the model, from messages to its reply. read: the reply with the calls
    that its text makes. count: the tokens of messages, with all that goes with them.
    """

    mode: Mode
    told: Callable[[Question], list[AnyMessage]]
    ask: Callable[[Question], Runnable[Any, Any]]
    read: Callable[[Any, Question], AIMessage]
    count: Callable[[Sequence[BaseMessage]], int]


def ways_of(model: BaseChatModel, tools: Sequence[BaseTool], mode: Mode, label: str) -> list[Way]:
    """The ways a mode stands for, best first. Raises CoordinatorError for a model that has not got it."""
    if model._llm_type == OFFLINE_KIND:
        return [_as_it_is(model, tools)]
    if mode == "grammar" or (mode == "auto" and model._llm_type == GRAMMATICAL):
        return [_grammatical(model, tools, label)]
    made = {"tools": _calling, "json_schema": _structured, "prompted": _prompted}
    if mode != "auto":
        return [made[mode](model, tools, label)]
    ways = []
    for make in made.values():
        try:
            ways.append(make(model, tools, label))
        except CoordinatorError:  # a way this model has not got; the last one every model has
            continue
    return ways


def _as_it_is(model: BaseChatModel, tools: Sequence[BaseTool]) -> Way:
    asked = model.bind_tools(tools)
    return Way(
        "tools",
        lambda question: list(question.messages),
        lambda question: asked.bind(motions=question.known_motions, current=question.current),
        lambda reply, _: reply,
        _approximate,
    )


def _calling(model: BaseChatModel, tools: Sequence[BaseTool], label: str) -> Way:
    try:
        asked = model.bind_tools(tools)
    except NotImplementedError as error:
        raise CoordinatorError(
            f"{label} cannot call tools: use a chat model that can (one whose bind_tools is implemented), "
            'mode "prompted", or coordinator "offline"'
        ) from error
    arguments, size = _argument_names(tools), schema_tokens(tools)
    return Way(
        "tools",
        as_calls,
        lambda _: asked,
        lambda reply, question: with_calls(reply, arguments, question.asked, talk=True),
        lambda messages: size + _approximate(messages),
    )


def _structured(model: BaseChatModel, tools: Sequence[BaseTool], label: str) -> Way:
    schema = reply_schema(_schemas(tools))
    try:
        asked: Any = model.with_structured_output(schema, method="json_schema", include_raw=True)
    except (NotImplementedError, ValueError, TypeError) as error:
        raise CoordinatorError(
            f'{label} gives no replies by JSON schema ({error}); use mode "prompted"'
        ) from error
    return _written("json_schema", tools, lambda _: asked, _approximate)


def _prompted(model: BaseChatModel, tools: Sequence[BaseTool], label: str) -> Way:
    return _written("prompted", tools, lambda _: model, _approximate)


def _grammatical(model: BaseChatModel, tools: Sequence[BaseTool], label: str) -> Way:
    if not isinstance(model, LocalCoordinator):
        raise CoordinatorError(
            f'{label} runs elsewhere, where no grammar of ours reaches: use mode "json_schema", or a '
            'coordinator "local:FOLDER"'
        )
    schemas = _schemas(tools)

    def held(question: Question) -> Runnable[Any, Any]:
        sentences = None if question.asked else SENTENCES
        return model.bind(grammar=reply_grammar(schemas, motions_named(question)), sentences=sentences)

    return _written("grammar", tools, held, model.count)


def _written(
    mode: Mode,
    tools: Sequence[BaseTool],
    ask: Callable[[Question], Runnable[Any, Any]],
    count: Callable[[Sequence[BaseMessage]], int],
) -> Way:
    """A way in which the model writes its plans, as its instructions and example turns show."""
    told_of = signatures({tool.name: arguments for tool, arguments in _pairs(tools)})
    arguments = _argument_names(tools)

    def read(reply: Any, question: Question) -> AIMessage:
        return with_calls(reply["raw"] if isinstance(reply, dict) else reply, arguments, question.asked)

    def told(question: Question) -> list[AnyMessage]:
        return as_talk(question, written_instructions(told_of, question.repertoire))

    return Way(mode, told, ask, read, count)


def motions_named(question: Question) -> list[str]:
    """The ids and names of the motions that the question or its thread tells of, the newest last."""
    told: dict[str, None] = {}
    for ref in question.motions.values():
        told |= dict.fromkeys((ref.id, ref.name))
    for message in question.messages:
        if isinstance(message, ToolMessage):
            told |= dict.fromkeys(_named(_content(message)))
    return list(told)


def _content(message: ToolMessage) -> Any:
    try:
        return json.loads(message.text)
    except json.JSONDecodeError:
        return None


def _named(content: Any) -> list[str]:
    """The motions a result tells of, however deep."""
    if isinstance(content, list):
        return [name for item in content for name in _named(item)]
    if not isinstance(content, dict):
        return []
    own = [content[key] for key in ("motion_id", "name") if "motion_id" in content and key in content]
    return [name for name in own if isinstance(name, str)] + _named(list(content.values()))


def schema_tokens(tools: Sequence[BaseTool]) -> int:
    """What the schemas of tools take of a prompt, roughly."""
    return sum(len(json.dumps(convert_to_openai_tool(tool))) for tool in tools) // LETTERS_PER_TOKEN


def _approximate(messages: Sequence[BaseMessage]) -> int:
    return count_tokens_approximately(messages)


def _pairs(tools: Sequence[BaseTool]) -> list[tuple[BaseTool, type[BaseModel]]]:
    return [(tool, tool.args_schema) for tool in tools]  # pyright: ignore[reportReturnType]


def _schemas(tools: Sequence[BaseTool]) -> dict[str, type[BaseModel]]:
    return {tool.name: arguments for tool, arguments in _pairs(tools)}


def _argument_names(tools: Sequence[BaseTool]) -> Mapping[str, list[str]]:
    """The arguments of every tool, those it needs first."""
    return {name: list(arguments.model_fields) for name, arguments in _schemas(tools).items()}
