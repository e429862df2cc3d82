"""One conversation from a program's side: say something, import a file, write files.

The command line stands on this; it adds nothing to the graph but timings and the files of a turn.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

from ...motion_models.backends.protocol import MotionBackend
from ...tools.caption import caption_motion
from ...tools.export import export_clip
from ...tools.schemas import CaptionMotionArgs, MotionRef
from ...tools.services import Services
from ...tools.toolbox import as_content, call_from
from ..config import AgentConfig
from ..coordinators.usage import Usage, usage_of
from ..graph import build_graph, services_of
from ..prompts import open_file, opened_file
from ..state import Conversation
from .directory import Threads
from .persistence import open_memory
from .places import memory_of


@dataclass(frozen=True)
class Turn:
    """What one request led to.

    new: the motions made, oldest first; current: the motion the talk is about now. files: what the
    coordinator had written. acted: whether any tool succeeded. gave_up: whether the agent ended the turn
    because its plans kept failing. taken: wall-clock seconds. usage: what the coordinator read and wrote.
    waiting: the plan that waits for a word, and how much motion it asks for; see `Session.decide`.
    """

    answer: str
    new: list[MotionRef]
    current: MotionRef | None
    files: list[str]
    acted: bool
    gave_up: bool
    taken: float
    usage: Usage
    waiting: dict[str, Any] | None = None


@dataclass
class Session:
    """A conversation in this process; a context manager where it is kept anywhere.

    threads: the list a named thread stands in, None for one without a name.
    """

    config: AgentConfig
    services: Services
    agent: Any
    settings: RunnableConfig = field(default_factory=lambda: {"configurable": {"thread_id": uuid4().hex}})
    opened: Conversation = field(default_factory=lambda: Conversation(messages=[], motions={}))
    threads: Threads | None = None
    resources: ExitStack = field(default_factory=ExitStack)

    @classmethod
    def start(
        cls, config: AgentConfig, backend: MotionBackend | None = None, *, thread: str | None = None
    ) -> Session:
        """Load the motion backend and build the agent. thread: a name to find the conversation by later."""
        with ExitStack() as resources:
            kept = resources.enter_context(open_memory(memory_of(config, keep=thread is not None)))
            services = services_of(config, backend, kept.store)
            agent = build_graph(config, services, None, kept.checkpointer, kept.store)
            session = cls(config, services, agent, resources=resources.pop_all())
        if thread is not None:
            session.settings = {"configurable": {"thread_id": thread}}
            session.threads = Threads(kept.store, kept.checkpointer)
        return session

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *raised: object) -> None:
        self.resources.close()

    def say(self, text: str, on_step: Callable[[str], object] = lambda node: None) -> Turn:
        """One turn. on_step is called with the name of each node when it has run."""
        if self.threads is not None:
            self.threads.note(self.settings["configurable"]["thread_id"], text)  # pyright: ignore[reportTypedDictNotRequiredAccess]
        asked = self.opened | {"messages": [*self.opened.get("messages", []), HumanMessage(text)]}
        return self._run(asked, on_step)

    def resume(self, on_step: Callable[[str], object] = lambda node: None) -> Turn | None:
        """Finish the turn the thread was cut short in, by a crash or by Ctrl-C; None when there is none."""
        return self._run(None, on_step) if self.agent.get_state(self.settings).next else None

    def decide(self, word: Any, on_step: Callable[[str], object] = lambda node: None) -> Turn:
        """Go on with a turn whose plan waits for approval; word: as the graph's `approve` takes it."""
        return self._run(Command(resume=word), on_step)

    def _run(self, asked: Any, on_step: Callable[[str], object]) -> Turn:
        before = self._state().get("motions", {}).keys() | self.opened.get("motions", {}).keys()
        self.opened = Conversation(messages=[], motions={})
        started = time.perf_counter()
        for update in self.agent.stream(asked, self.settings, stream_mode="updates", durability="sync"):
            for node in update:
                if not node.startswith("__"):  # LangGraph tells of an interrupt in the same way
                    on_step(node)
        snapshot = self.agent.get_state(self.settings)
        state = snapshot.values
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
            waiting=snapshot.interrupts[0].value if snapshot.interrupts else None,
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
