"""A chat model that needs no network and no key: it reads everyday requests about human motion.

It takes the place of the coordinator LLM. Like one, it sees the messages of a thread and the tools bound to
it, and answers with tool calls or with text; unlike one, it always gives the same answer to the same thread,
in milliseconds. What it does not understand it says so.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LangSmithParams, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.messages.tool import tool_call, tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import Field

from .deciding import decide
from .dialogue import read_thread
from .sentences.grammar import Verbs

ToolLike = dict[str, Any] | type | Callable[..., Any] | BaseTool


class OfflineCoordinator(BaseChatModel):
    """The built-in coordinator.

    repertoire: the actions the motion model knows ("walk", "sit down", "cartwheel"), most common first; they
    widen the words it understands and are what it offers when it does not understand. Empty: nothing is
    known about the motion model, and any action is passed on. learned: whether the learned reader is asked
    beside the rules.
    """

    repertoire: list[str] = Field(default_factory=list)
    learned: bool = True

    @property
    def _llm_type(self) -> str:
        return "motion-agent-offline"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model": self._llm_type, "repertoire": self.repertoire}

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        params = super()._get_ls_params(stop=stop, **kwargs)
        params.setdefault("ls_model_name", self._llm_type)
        return params

    @cached_property
    def _verbs(self) -> Verbs:
        return Verbs(self.repertoire)

    def bind_tools(
        self,
        tools: Sequence[ToolLike],
        *,
        tool_choice: str | bool | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Let the coordinator call these tools.

        tool_choice: "none" forbids calls; every other choice is left to the request, because a call the user
        did not ask for would be a random action.
        """
        formatted = [] if tool_choice == "none" else [convert_to_openai_tool(tool) for tool in tools]
        return self.bind(tools=formatted, **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        tools = {tool["function"]["name"] for tool in kwargs.get("tools") or []}
        thread = read_thread(messages, tools).knowing(kwargs.get("motions") or (), kwargs.get("current"))
        plan = decide(thread, self._verbs, tools, learned=self.learned)
        message = AIMessage(
            plan.text,
            tool_calls=[
                tool_call(name=name, args=arguments, id=_call_id(messages, number))
                for number, (name, arguments) in enumerate(plan.calls, 1)
            ],
            response_metadata={"model_name": self._llm_type, "model_provider": "motion_agent"},
        )
        message.usage_metadata = _usage(messages, message)
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        """The same answer word by word, then each tool call, then the usage."""
        message = self._generate(messages, stop, run_manager, **kwargs).generations[0].message
        assert isinstance(message, AIMessage)
        words = re.findall(r"\S+\s*", message.text)
        chunks = [AIMessageChunk(content=word) for word in words]
        for index, call in enumerate(message.tool_calls):
            piece = tool_call_chunk(
                name=call["name"], args=json.dumps(call["args"]), id=call["id"], index=index
            )
            chunks.append(AIMessageChunk(content="", tool_call_chunks=[piece]))
        last = AIMessageChunk(
            content="", usage_metadata=message.usage_metadata, response_metadata=message.response_metadata
        )
        last.chunk_position = "last"
        for chunk in [*chunks, last]:
            if run_manager and isinstance(chunk.content, str):
                run_manager.on_llm_new_token(chunk.content, chunk=ChatGenerationChunk(message=chunk))
            yield ChatGenerationChunk(message=chunk)


def _call_id(messages: Sequence[BaseMessage], number: int) -> str:
    """An id that is the same when the same thread is answered again, and new on every later turn."""
    said = "\x1e".join(
        f"{message.type}\x1f{message.text}" for message in messages if message.type != "system"
    )
    return f"call_{hashlib.sha256(said.encode()).hexdigest()[:20]}_{number}"


def _usage(messages: Sequence[BaseMessage], answer: AIMessage) -> UsageMetadata:
    """Words read and said: there are no tokens, but budgets that count them must see something true."""
    read = sum(len(str(message.text).split()) for message in messages)
    said = len(answer.text.split()) + sum(len(str(call["args"]).split()) for call in answer.tool_calls)
    return UsageMetadata(input_tokens=read, output_tokens=said, total_tokens=read + said)
