"""Going to another version of a motion by a button: without a coordinator, in the same thread and trail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from ...tools.history import history
from ...tools.schemas import HistoryArgs, MotionRef
from ...tools.toolbox import as_content, call_from
from ..messages import unanswered
from ..prompts import move, moved
from ..trail import trail_in
from ..turns import as_own
from .session import MOVED, Session


def go(session: Session, asked: HistoryArgs) -> MotionRef:
    """Undo, redo or restore; the motion that the talk is about then.

    The thread shows it as a call of history, so that every coordinator understands it. A plan that waits for
    a word is left. Raises EditError where there is nothing to go to.
    """
    with session.held():
        state: Any = session.state()
        call_id = f"{MOVED}{uuid4().hex[:8]}"
        call = replace(call_from(session.settings, call_id), trail=trail_in(state))
        result = history(session.services, call, asked)
        ref = result.artifact
        assert isinstance(ref, MotionRef), "history gives one"
        calls = [{"name": "history", "args": asked.model_dump(exclude_none=True), "id": call_id}]
        messages = [
            *unanswered(state.get("messages", [])),
            HumanMessage(move(asked.action), id=call_id),
            as_own(AIMessage("", tool_calls=calls)),
            ToolMessage(as_content(result), tool_call_id=call_id, name="history"),
            as_own(AIMessage(moved(ref))),
        ]
        change = {"messages": messages, "motions": {ref.id: ref}, "current": ref.id, "trail": result.trail}
        # As from `begin`, which ends a turn that has its answer already.
        session.agent.update_state(session.settings, change | {"plan": None}, as_node="begin")
        return ref
