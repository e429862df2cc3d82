"""The last word of a turn, put together from what its tools gave: so it is true, whatever a model would say.

Made, changed, named, saved and measured are told as the built-in coordinator tells them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from langchain_core.messages import AnyMessage, HumanMessage, ToolMessage

from ...tools.toolbox import TOOLS
from ..messages import calls_tools
from .parts_named import verbs_of

if TYPE_CHECKING:
    from .talk import Question


def is_done(messages: Sequence[AnyMessage]) -> bool:
    """Whether the newest plan of the turn gave all it was asked for, so that nothing is left but to tell."""
    _, given = _turn(messages)
    return bool(given) and all(result.status == "success" for result in given)


def last_word(question: Question) -> str:
    """What the tools of the turn gave; "" where none was called. Failures are told of the newest plan only:
    those before it were repaired."""
    from .offline.deciding import told
    from .offline.dialogue import read_thread

    before, given = _turn(question.messages)
    if not given:
        return ""
    thread = read_thread([*before, *given]).knowing(question.known_motions, question.current)
    return told(thread, verbs_of(tuple(question.repertoire)), set(TOOLS))


def _turn(messages: Sequence[AnyMessage]) -> tuple[list[AnyMessage], list[ToolMessage]]:
    """The messages up to the newest plan of the turn, without what failed in it before; and what it gave."""
    asked = max((n for n, said in enumerate(messages) if isinstance(said, HumanMessage)), default=-1)
    planned = max((n for n, said in enumerate(messages) if n > asked and calls_tools(said)), default=None)
    if planned is None:
        return list(messages), []
    before = [
        said
        for n, said in enumerate(messages[: planned + 1])
        if n < asked or not (isinstance(said, ToolMessage) and said.status == "error")
    ]
    return before, [said for said in messages[planned + 1 :] if isinstance(said, ToolMessage)]
