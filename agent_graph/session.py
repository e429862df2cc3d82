"""One conversation from a program's side: say something, import a file, write files.

The command line stands on this; it adds nothing to the graph but timings and the files of a turn.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore

from ..motion_models.backend import MotionBackend
from ..tools.caption import caption_motion
from ..tools.export import export_clip
from ..tools.schemas import CaptionMotionArgs, MotionRef
from ..tools.services import Services
from ..tools.toolbox import as_content, call_from
from .config import AgentConfig
from .graph import build_graph, services_of
from .prompts import open_file, opened_file
from .state import Conversation, serializer
from .usage import Usage, usage_of


@dataclass(frozen=True)
class Turn:
    """What one request led to.

    new: the motions made, oldest first; current: the motion the talk is about now. files: what the
    coordinator had written. acted: whether any tool succeeded. gave_up: whether the agent ended the turn
    because its plans kept failing. taken: wall-clock seconds. usage: what the coordinator read and wrote.
    """

    answer: str
    new: list[MotionRef]
    current: MotionRef | None
    files: list[str]
    acted: bool
    gave_up: bool
    taken: float
    usage: Usage


@dataclass
class Session:
    """A conversation in this process, in a thread of its own."""

    config: AgentConfig
    services: Services
    agent: Any
    settings: RunnableConfig = field(default_factory=lambda: {"configurable": {"thread_id": uuid4().hex}})
    opened: Conversation = field(default_factory=lambda: Conversation(messages=[], motions={}))

    @classmethod
    def start(cls, config: AgentConfig, backend: MotionBackend | None = None) -> Session:
        """Load the motion backend and build the agent."""
        store = InMemoryStore()
        services = services_of(config, backend, store)
        agent = build_graph(config, services, None, InMemorySaver(serde=serializer()), store)
        return cls(config, services, agent)

    def say(self, text: str, on_step: Callable[[str], object] = lambda node: None) -> Turn:
        """One turn. on_step is called with the name of each node when it has run."""
        before = self._state().get("motions", {}).keys() | self.opened.get("motions", {}).keys()
        asked = self.opened | {"messages": [*self.opened.get("messages", []), HumanMessage(text)]}
        self.opened = Conversation(messages=[], motions={})
        started = time.perf_counter()
        for update in self.agent.stream(asked, self.settings, stream_mode="updates"):
            for node in update:
                on_step(node)
        state = self._state()
        new = [ref for motion_id, ref in state["motions"].items() if motion_id not in before]
        replies = _since_user(state["messages"])
        return Turn(
            answer=state["messages"][-1].text,
            new=new,
            current=state["motions"].get(state.get("current")),
            files=[str(path) for reply in replies for path in _files(reply)],
            acted=any(isinstance(reply, ToolMessage) and reply.status == "success" for reply in replies),
            gave_up=state.get("gave_up", False),
            taken=time.perf_counter() - started,
            usage=usage_of(replies, self.config),
        )

    def open(self, path: Path) -> MotionRef:
        """Read a motion file and make it the motion the talk is about, from the next request on.

        The thread shows it as a call of caption_motion, so that every coordinator understands it.
        """
        asked = CaptionMotionArgs(path=str(path))
        call_id = f"open_{uuid4().hex[:8]}"
        result = caption_motion(self.services, call_from(self.settings, call_id), asked)
        [ref] = result.made
        calls = [{"name": "caption_motion", "args": asked.model_dump(exclude_none=True), "id": call_id}]
        messages: list[AnyMessage] = [
            HumanMessage(open_file(path.name)),
            AIMessage("", tool_calls=calls),
            ToolMessage(as_content(result), tool_call_id=call_id, name="caption_motion"),
            AIMessage(opened_file(path.name, result.content["caption"])),
        ]
        self.opened = Conversation(messages=messages, motions={ref.id: ref}, current=ref.id)
        return ref

    def export(
        self,
        ref: MotionRef,
        formats: Sequence[str],
        *,
        title: str | None = None,
        started: Callable[[str], object] | None = None,
    ) -> list[Path]:
        """Write a motion to the output folder, one file per format, named after `title` or the motion."""
        clip = self.services.memory.get(call_from(self.settings).user, ref.id)
        return export_clip(self.services, clip, formats, title=title, started=started)

    def motions(self) -> list[MotionRef]:
        """Every motion of the conversation, the newest last."""
        return list((self._state().get("motions", {}) | self.opened.get("motions", {})).values())

    def current(self) -> MotionRef | None:
        """The motion the talk is about."""
        motion_id = self.opened.get("current") or self._state().get("current")
        return next((ref for ref in self.motions() if ref.id == motion_id), None)

    def _state(self) -> dict[str, Any]:
        return self.agent.get_state(self.settings).values


def _since_user(messages: Sequence[BaseMessage]) -> list[BaseMessage]:
    start = max(n for n, message in enumerate(messages) if isinstance(message, HumanMessage))
    return list(messages[start + 1 :])


def _files(message: BaseMessage) -> list[str]:
    """The files an export_motion step wrote."""
    if not (
        isinstance(message, ToolMessage) and message.name == "export_motion" and message.status == "success"
    ):
        return []
    return json.loads(message.text)["files"]
