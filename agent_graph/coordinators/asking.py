"""Asking a coordinator: in the best way it has, again in the next where that fails, within what it can read.

What is found out of a model (that its server takes no tools, that it writes its calls, how much it reads at
once) is remembered as long as the agent lives.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage
from langchain_core.messages.utils import count_tokens_approximately
from langchain_core.runnables import Runnable, RunnableConfig

from ..errors import CoordinatorError
from ..messages import calls_tools
from .last_word import is_done, last_word
from .modes import Way
from .talk import Question, fitted

#: Words of servers that have not got a way to ask, and codes that mean something else whatever they say.
_LACKING = re.compile(r"tool|function|response_format|json_schema|structured|grammar|jinja|template", re.I)
_OTHER_CODES = (401, 403, 404, 408, 429)
#: Words of servers whose context is too small, some of which say how large it is.
_TOO_LONG = re.compile(
    r"context (?:length|size|window)|maximum context|prompt is too long|too many tokens", re.I
)
_LIMIT = re.compile(r"context (?:length|size|window)\D{0,40}(\d{3,7})", re.I)

Asks = Generator[tuple[Runnable[Any, Any], list[AnyMessage]], Any, AIMessage]


class Asking(Runnable[Question, AIMessage]):
    """From a question to the reply of one model.

    ways: how it can be asked, best first. context: the tokens it can read and write, None where not known.
    reply_tokens: those of them that a reply may take.
    """

    def __init__(
        self,
        ways: Sequence[Way],
        context: int | None,
        reply_tokens: int,
        schema: int = 0,
        *,
        plans_only: bool = False,
    ) -> None:
        """schema: the tokens that the tools' schemas take of a prompt. plans_only: what tools did is told by
        their results, and the model is asked for plans alone."""
        self._ways, self._schema, self._plans_only = ways, schema, plans_only
        self._reply_tokens = reply_tokens
        self._room = None if context is None else context - min(reply_tokens, context // 2)
        self._at, self._calls_tools = 0, False

    @property
    def mode(self) -> str:
        """The way the model is asked in now."""
        return self._ways[self._at].mode

    def invoke(self, input: Question, config: RunnableConfig | None = None, **kwargs: Any) -> AIMessage:
        asks = self._asks(input)
        try:
            model, messages = next(asks)
            while True:
                try:
                    reply = model.invoke(messages, config)
                except Exception as error:
                    model, messages = asks.throw(error)
                else:
                    model, messages = asks.send(reply)
        except StopIteration as end:
            return end.value

    async def ainvoke(
        self, input: Question, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AIMessage:
        asks = self._asks(input)
        try:
            model, messages = next(asks)
            while True:
                try:
                    reply = await model.ainvoke(messages, config)
                except Exception as error:
                    model, messages = asks.throw(error)
                else:
                    model, messages = asks.send(reply)
        except StopIteration as end:
            return end.value

    def _asks(self, question: Question) -> Asks:
        """What is sent to the model, in turn, until there is a reply to go on with."""
        question = replace(question, plans_only=self._plans_only)
        if self._plans_only and is_done(question.messages):
            return AIMessage(last_word(question))
        while True:
            at = self._at
            way, further = self._ways[at], at + 1 < len(self._ways)
            messages, left_out = fitted(question, way.told, way.count, self._room)
            try:
                reply = yield way.ask(question), messages
            except Exception as error:
                if shorter := self._shortened(question, error):
                    question = shorter
                elif further and _lacks(error):
                    self._at = at + 1
                elif (cut := _cut_reply(error)) is not None:
                    return way.read(cut, question)
                else:
                    raise
                continue
            read = self._judged(way, reply, messages, question, further)
            if read is not None:
                return (
                    read.model_copy(
                        update={"response_metadata": read.response_metadata | {"left_out": left_out}}
                    )
                    if left_out
                    else read
                )
            self._at = at + 1

    def _judged(
        self, way: Way, reply: Any, messages: list[AnyMessage], question: Question, further: bool
    ) -> AIMessage | None:
        """The reply as it was read; None where it shows that another way has to be tried."""
        read = way.read(reply, question)
        if self._plans_only and not calls_tools(read) and (told := last_word(question)):
            read = read.model_copy(update={"content": told})
        if way.mode == "tools":
            self._calls_tools |= bool(reply.tool_calls or reply.invalid_tool_calls)
            if further and not self._calls_tools:
                if self._tools_were_dropped(reply, messages):
                    return None
                if read.tool_calls or read.invalid_tool_calls:  # it writes them: next time it is asked to
                    self._at += 1
        elif further and read.invalid_tool_calls and not read.tool_calls:
            self._at += 1
        return read

    def _tools_were_dropped(self, reply: AIMessage, messages: list[AnyMessage]) -> bool:
        """Whether the server read a prompt too short to hold the tools: some templates leave them out."""
        if reply.usage_metadata is None:
            return False
        read, told = reply.usage_metadata["input_tokens"], count_tokens_approximately(messages)
        return told < self._schema and 0.5 * told < read < told + 0.4 * self._schema

    def _shortened(self, question: Question, error: Exception) -> Question | None:
        """The question without its oldest turn, where the model could not read so much."""
        if not _TOO_LONG.search(str(error)) or isinstance(error, CoordinatorError):
            return None
        if found := _LIMIT.search(str(error)):
            context = int(found[1])
            self._room = context - min(self._reply_tokens, context // 2)
        return question.shorter()


def _lacks(error: Exception) -> bool:
    """Whether a server refused the way it was asked, and not the question."""
    code = getattr(error, "status_code", None)
    refused = isinstance(error, NotImplementedError) or (isinstance(code, int) and 400 <= code < 600)
    return refused and code not in _OTHER_CODES and bool(_LACKING.search(str(error)))


def _cut_reply(error: Exception) -> AIMessage | None:
    """The reply whose client refused it because it was cut off; None for other errors."""
    completion = getattr(error, "completion", None)
    if type(error).__name__ != "LengthFinishReasonError" or completion is None:
        return None
    text = completion.choices[0].message.content or ""
    return AIMessage(text, response_metadata={"finish_reason": "length"})
