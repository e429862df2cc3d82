"""Tool calls of a plan as runs of their own in callbacks and traces, as they are when a tool is invoked.

A plan's tools run together, so that all it generates is one batch; LangChain's own `BaseTool.invoke` cannot
do that. What it tells its callbacks is told here in its place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from langchain_core.callbacks import CallbackManagerForToolRun
from langchain_core.messages import ToolMessage
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import get_callback_manager_for_config

from .batching import Result, Work

Start = Callable[[Mapping[int, Result]], Work | Result]


def traced(
    start: Start,
    config: RunnableConfig,
    tool: Mapping[str, str],
    arguments: Mapping[str, Any],
    message: Callable[[Result], ToolMessage],
) -> Start:
    """The same work, told to the callbacks of `config` when it begins and when it ends or fails.

    tool: its name and description. message: what the calling model is told of a result.
    """
    callbacks = get_callback_manager_for_config(config)

    def begin(done: Mapping[int, Result]) -> Work | Result:
        run = callbacks.on_tool_start(dict(tool), json.dumps(arguments, default=str), inputs=dict(arguments))
        try:
            work = start(done)
        except BaseException as error:
            run.on_tool_error(error)
            raise
        if not isinstance(work, Result):
            return _to_its_end(work, run, message)
        run.on_tool_end(message(work))
        return work

    return begin


def _to_its_end(work: Work, run: CallbackManagerForToolRun, message: Callable[[Result], ToolMessage]) -> Work:
    try:
        result = yield from work
    except BaseException as error:
        run.on_tool_error(error)
        raise
    run.on_tool_end(message(result))
    return result
