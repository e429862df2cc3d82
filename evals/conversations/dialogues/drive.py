"""Hold one dialogue with a compiled LangGraph agent and write down what came of each turn.

A turn's record is plain JSON: what the scorers read as `outputs`, and one line of the log.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver

from ....agent_graph.state import serializer
from ....tools.memory import MotionMemory
from ....tools.rendering import takes_of
from .schema import Case

Record = dict[str, Any]


class Dialogue:
    """One thread of an agent, of a user of its own.

    agent: a compiled graph whose state has "messages"; "motions" and "current" are read where it has them,
    the tokens of motions where its store is a `MotionMemory`'s. One without a checkpointer is given one.
    """

    def __init__(self, agent: Any, files: dict[str, str] | None = None) -> None:
        if not agent.checkpointer:
            agent = agent.copy({"checkpointer": InMemorySaver(serde=serializer())})
        self.agent, self.files, self.user = agent, files or {}, f"eval-{uuid4().hex[:12]}"
        self.settings: Any = {"configurable": {"thread_id": uuid4().hex, "user_id": self.user}}
        self.memory = MotionMemory(agent.store) if agent.store is not None else None

    def say(self, text: str) -> Record:
        """One turn. What the agent raises is the record's `error`, and its answer is empty."""
        for name, path in self.files.items():
            text = text.replace(f"{{file:{name}}}", path)
        before, started, error = self._state(), time.perf_counter(), ""
        refused: set[str] = set()
        try:
            refused = self._run(text)
        except Exception as failure:  # an agent may raise anything; the bench must go on
            error = f"{type(failure).__name__}: {failure}"
        taken, state = time.perf_counter() - started, self._state()
        since = [] if error else _since_user(state.get("messages", []))
        known = before.get("motions") or {}
        motions = {name: self._motion(ref) for name, ref in (state.get("motions") or {}).items()}
        return {
            "user": text,
            "answer": since[-1].text if since and isinstance(since[-1], AIMessage) else "",
            "attempts": _attempts(since, refused),
            "motions": motions,
            "made": [name for name in motions if name not in known],
            "before": before.get("current"),
            "current": state.get("current"),
            "files": _files(since),
            "gave_up": bool(state.get("gave_up", False)),
            "error": error,
            "seconds_taken": round(taken, 3),
            **_usage(since),
        }

    def _run(self, text: str) -> set[str]:
        """Run the turn; the ids of the calls a validating node refused before anything ran."""
        refused: set[str] = set()
        asked = {"messages": [HumanMessage(text)]}
        for update in self.agent.stream(asked, self.settings, stream_mode="updates"):
            for change in update.values():
                if isinstance(change, dict) and change.get("rejections"):
                    refused |= {message.tool_call_id for message in change.get("messages", [])}
        return refused

    def _state(self) -> dict[str, Any]:
        return self.agent.get_state(self.settings).values

    def _motion(self, ref: Any) -> dict[str, Any]:
        kept = ref.model_dump(exclude={"alternatives"}) if hasattr(ref, "model_dump") else dict(ref)
        clip = self.memory.find(self.user, kept["id"]) if self.memory else None
        takes = [] if clip is None or clip.members else takes_of(clip)
        return kept | {
            "tokens": list(clip.tokens) if clip else None,
            "takes": [take.model_dump(mode="json") for take in takes],
        }


def hold(case: Case, agent: Any, files: dict[str, str] | None = None) -> list[Record]:
    """All turns of a case in one thread: one record a turn, with where the talk stood after each before."""
    dialogue, records = Dialogue(agent, files), list[Record]()
    for turn in case.turns:
        stood = [record["current"] for record in records]
        records.append({**dialogue.say(turn.user), "stood": stood})
    return records


def executed(record: Record) -> list[dict[str, Any]]:
    """The calls that ran, in order."""
    return [call for attempt in record["attempts"] if not attempt["refused"] for call in attempt["calls"]]


def _since_user(messages: Sequence[BaseMessage]) -> list[BaseMessage]:
    start = max((n for n, message in enumerate(messages) if isinstance(message, HumanMessage)), default=-1)
    return list(messages[start + 1 :])


def _attempts(messages: Sequence[BaseMessage], refused: set[str]) -> list[dict[str, Any]]:
    """Every message that asked for tools: its calls, what failed, and whether all of it was refused."""
    replies = {m.tool_call_id: m for m in messages if isinstance(m, ToolMessage)}
    attempts = []
    for message in messages:
        if not isinstance(message, AIMessage) or not (message.tool_calls or message.invalid_tool_calls):
            continue
        calls = [*message.tool_calls, *message.invalid_tool_calls]
        told = [replies[call["id"] or ""] for call in calls if call["id"] in replies]
        attempts.append(
            {
                "calls": [{"name": call["name"], "args": call["args"]} for call in calls],
                "errors": [str(reply.content) for reply in told if reply.status == "error"],
                "refused": bool(message.invalid_tool_calls) or any(call["id"] in refused for call in calls),
            }
        )
    return attempts


def _files(messages: Sequence[BaseMessage]) -> list[str]:
    return [
        str(message.content)
        for message in messages
        if isinstance(message, ToolMessage)
        and message.name == "export_motion"
        and message.status == "success"
    ]


def _usage(messages: Sequence[BaseMessage]) -> dict[str, int]:
    """How often the coordinator spoke this turn, and its tokens as it counts them itself."""
    replies = [message for message in messages if isinstance(message, AIMessage)]
    used = [reply.usage_metadata for reply in replies if reply.usage_metadata]
    return {
        "model_calls": len(replies),
        "input_tokens": sum(usage["input_tokens"] for usage in used),
        "output_tokens": sum(usage["output_tokens"] for usage in used),
    }
