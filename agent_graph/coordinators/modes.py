"""How a coordinator is made to give plans: by tool calls, by a JSON schema, or by asking for JSON.

Whatever the mode, what comes out is a message with tool calls, so the graph knows nothing of it. Models that
know no tools see the thread as plain talk: their own plans as the JSON they wrote, results as what the user
says next, speakers in turn.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.runnables import Runnable, RunnableLambda
from langchain_core.tools import BaseTool
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from ..config import Mode
from ..errors import CoordinatorError
from ..prompts import plan_format, result_of
from .replies import with_calls

#: The kind of chat model whose replies are held to a grammar, which its tool calls always are.
GRAMMATICAL = "motion-agent-local"

Asked = Runnable[LanguageModelInput, AIMessage]


def plan_schema(tools: Sequence[BaseTool]) -> dict[str, Any]:
    """JSON schema of a plan: {"steps": [{"tool": name, "arguments": {...}}, ...]}."""
    return plan_schema_of({tool.name: _arguments_of(tool) for tool in tools})


def plan_schema_of(tools: Mapping[str, type[BaseModel]]) -> dict[str, Any]:
    """The same from the Pydantic models of the tools' arguments."""
    models = [(arguments, "validation") for arguments in tools.values()]
    places, shared = models_json_schema(models, ref_template="#/$defs/{model}")  # pyright: ignore[reportArgumentType]
    steps = [
        {
            "title": name,
            "type": "object",
            "properties": {"tool": {"const": name}, "arguments": places[model]},  # pyright: ignore[reportArgumentType]
            "required": ["tool", "arguments"],
            "additionalProperties": False,
        }
        for name, model in zip(tools, models, strict=True)
    ]
    return {
        "title": "MotionPlan",
        "description": "The steps of one plan. '$1' stands for the motion that its first step makes.",
        "type": "object",
        "properties": {"steps": {"type": "array", "minItems": 1, "items": {"anyOf": steps}}},
        "required": ["steps"],
        "additionalProperties": False,
        "$defs": shared.get("$defs", {}),
    }


def reply_schema(tools: Sequence[BaseTool]) -> dict[str, Any]:
    """JSON schema of a reply: a plan, or {"answer": "..."}; one object, as servers want it."""
    plan = plan_schema(tools)
    return plan | {
        "title": "Reply",
        "description": "Either steps to run, or an answer to the user.",
        "properties": plan["properties"] | {"answer": {"type": "string"}},
        "required": [],
    }


def in_mode(model: BaseChatModel, tools: Sequence[BaseTool], mode: Mode, label: str) -> Asked:
    """The model, asked in a mode. Raises CoordinatorError for a model that has not got that mode."""
    if mode == "grammar" and model._llm_type != GRAMMATICAL:
        raise CoordinatorError(
            f'{label} runs elsewhere, where no grammar of ours reaches: use mode "json_schema", or a '
            'coordinator "local:FOLDER"'
        )
    if mode in ("auto", "tools", "grammar"):
        try:
            return model.bind_tools(tools)
        except NotImplementedError as error:
            if mode == "tools":
                raise CoordinatorError(
                    f"{label} cannot call tools: use a chat model that can (one whose bind_tools is "
                    'implemented), mode "prompted", or coordinator "offline"'
                ) from error
    if mode == "json_schema":
        return _talk(tools) | _structured(model, tools, label)
    return _talk(tools) | model | RunnableLambda(_reader(tools), name="read_plan")


def as_talk(messages: Sequence[AnyMessage], system: str = "") -> list[AnyMessage]:
    """A thread for models that know no tools. system: what is added to the instructions."""
    plain: list[AnyMessage] = []
    names: dict[str, str] = {}
    for message in messages:
        if isinstance(message, AIMessage):
            names |= {call["id"] or "": call["name"] or "" for call in message.tool_calls}
        said = _plain(message, names, system)
        if plain and type(plain[-1]) is type(said):  # many chat templates insist on speakers in turn
            plain[-1] = said.model_copy(update={"content": f"{plain[-1].text}\n\n{said.text}"})
        else:
            plain.append(said)
    return plain


def _plain(message: AnyMessage, names: dict[str, str], system: str) -> AnyMessage:
    if isinstance(message, SystemMessage):
        return SystemMessage(f"{message.text}\n\n{system}".strip())
    if isinstance(message, ToolMessage):
        name = message.name or names.get(message.tool_call_id, "")
        return HumanMessage(result_of(name, message.text, message.status == "error"))
    if isinstance(message, AIMessage):
        return AIMessage(_written(message))
    return HumanMessage(message.text)


def _written(message: AIMessage) -> str:
    """A reply as the model wrote it, or should have."""
    steps = [{"tool": call["name"], "arguments": call["args"]} for call in message.tool_calls]
    if steps:
        return json.dumps({"steps": steps})
    return "(unreadable)" if message.invalid_tool_calls else json.dumps({"answer": message.text})


def talk_instructions(tools: Sequence[BaseTool]) -> str:
    """How a model without tool calls is told to write plans."""
    return plan_format(json.dumps(plan_schema(tools)), {tool.name: tool.description for tool in tools})


def _talk(tools: Sequence[BaseTool]) -> Runnable[Any, Any]:
    system = talk_instructions(tools)
    return RunnableLambda(lambda messages: as_talk(messages, system), name="as_talk")


def _structured(model: BaseChatModel, tools: Sequence[BaseTool], label: str) -> Runnable[Any, AIMessage]:
    read = _reader(tools)
    try:
        asked: Any = model.with_structured_output(reply_schema(tools), method="json_schema", include_raw=True)
    except (NotImplementedError, ValueError, TypeError) as error:
        raise CoordinatorError(
            f'{label} gives no replies by JSON schema ({error}); use mode "prompted"'
        ) from error
    reading: Runnable[Any, AIMessage] = RunnableLambda(lambda reply: read(reply["raw"]), name="read_plan")
    return asked | reading


def _reader(tools: Sequence[BaseTool]) -> Callable[[Any], AIMessage]:
    arguments = {tool.name: list(_arguments_of(tool).model_fields) for tool in tools}
    return lambda reply: with_calls(reply, arguments)


def _arguments_of(tool: BaseTool) -> Any:
    """The Pydantic model of a tool's arguments, in which what it needs comes first."""
    return tool.args_schema
