"""One conversation from a program's side: say something, import a file, write files.

The command line stands on this; it adds nothing to the graph but timings and the files of a turn.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.types import Command, StateSnapshot

from ...motion_models.backends.protocol import MotionBackend
from ...motion_models.errors import InvalidRequestError
from ...tools.caption import caption_motion
from ...tools.errors import StorageError
from ...tools.export import export_clip
from ...tools.schemas import CaptionMotionArgs, MotionRef
from ...tools.services import Services
from ...tools.toolbox import as_content, call_from
from ..config import AgentConfig
from ..coordinators.usage import Usage, usage_of
from ..graph import GIVE_UP, build_graph, services_of
from ..prompts import open_file, opened_file
from ..run_settings import RunSettings
from ..state import Conversation
from ..turns import as_own
from ..values import clean_text
from .boundary import Place
from .directory import Threads
from .locks import one_turn
from .persistence import open_memory
from .places import IN_PROCESS, PATIENCE, memory_of

OnStep = Callable[[str], object]
OnEvent = Callable[[dict[str, Any]], object]
#: What the ids of the messages begin with that the program writes in the user's place: when a file is opened,
#: and when a version is gone to.
OPENED, MOVED = "open_", "move_"


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

    threads: the list a named thread stands in, None for one without a name. memory: where it is kept. run:
    what its turns set for themselves, such as the coordinator. patience: seconds a turn waits for one of
    another process in its thread.
    """

    config: AgentConfig
    services: Services
    agent: Any
    settings: RunnableConfig = field(default_factory=lambda: {"configurable": {"thread_id": uuid4().hex}})
    opened: Conversation = field(default_factory=lambda: Conversation(messages=[], motions={}))
    threads: Threads | None = None
    memory: str = field(default=IN_PROCESS, repr=False)  # which may hold a password
    resources: ExitStack = field(default_factory=ExitStack)
    run: RunSettings = field(default_factory=RunSettings)
    patience: float = PATIENCE

    @classmethod
    def start(
        cls, config: AgentConfig, backend: MotionBackend | None = None, *, thread: str | None = None
    ) -> Session:
        """Load the motion backend and build the agent. thread: a name to find the conversation by later."""
        memory = memory_of(config, keep=thread is not None)
        if thread is not None and clean_text(thread) != thread:
            raise InvalidRequestError(f"{clean_text(thread)!r} is no name for a conversation: it is not text")
        with ExitStack() as resources:
            kept = resources.enter_context(open_memory(memory))
            services = services_of(config, backend, kept.store)
            agent = build_graph(config, services, None, kept.checkpointer, kept.store)
            session = cls(config, services, agent, memory=memory, resources=resources.pop_all())
        if thread is not None:
            session.settings = {"configurable": {"thread_id": thread}}
            session.threads = Threads(kept.store, kept.checkpointer)
        return session

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *raised: object) -> None:
        self.resources.close()

    @property
    def thread(self) -> str:
        return self.settings["configurable"]["thread_id"]  # pyright: ignore[reportTypedDictNotRequiredAccess]

    def say(
        self,
        text: str,
        on_step: OnStep = lambda node: None,
        on_event: OnEvent = lambda event: None,
    ) -> Turn:
        """One turn. on_step is called with the name of each node when it has run, on_event with what the
        nodes tell meanwhile ("planned", "generating", "done", "failed").

        Whatever these raise ends the turn where it stands; `resume` finishes it.
        Raises StorageError where nothing can be kept, ThreadBusyError while another process has a turn.
        """
        request = HumanMessage(clean_text(text), id=uuid4().hex)
        with self.held():
            messages = [*self.opened.get("messages", []), request]
            asked = self.opened | Conversation(messages=messages)
            if self.threads is not None:
                self.threads.asking(self.thread, asked)
            return self._run(asked, on_step, on_event)

    def resume(self, on_step: OnStep = lambda node: None) -> Turn | None:
        """Finish the turn the thread was cut short in, by a crash or by Ctrl-C; None when there is none.

        A turn whose request had not reached the thread yet is begun again.
        """
        with self.held():
            snapshot = self._snapshot()
            if snapshot.tasks:  # also those that have run, and whose results were not taken in yet
                return self._run(None, on_step)
            asked = None if self.threads is None else self.threads.asked(self.thread)
            if asked is not None and not _holds(snapshot.values, asked):
                return self._run(asked, on_step)
            if snapshot.values:
                self._ended(snapshot.values)
            return None

    def decide(
        self,
        word: Any,
        on_step: OnStep = lambda node: None,
        on_event: OnEvent = lambda event: None,
    ) -> Turn:
        """Go on with a turn whose plan waits for approval; word: as the graph's `approve` takes it."""
        with self.held():
            return self._run(Command(resume=word), on_step, on_event)

    def held(self) -> AbstractContextManager[None]:
        """No other process has a turn in this thread meanwhile; only threads with a name have others."""
        return one_turn(self.memory if self.threads is not None else None, self.thread, self.patience)

    def _run(self, asked: Any, on_step: OnStep, on_event: OnEvent = lambda event: None) -> Turn:
        self.opened = Conversation(messages=[], motions={})
        seen = _Seen(on_step, on_event)
        started = time.perf_counter()
        try:
            for kind, update in self.agent.stream(
                asked,
                self.settings,
                context=dict(self.run) or None,
                stream_mode=["updates", "values", "custom"],
                durability="sync",
            ):
                seen.take(kind, update)
        except StorageError:
            raise  # what the thread holds cannot be read either
        except BaseException:
            self._ended(self.state())
            raise
        self._ended(seen.state)
        return self._turn(seen, time.perf_counter() - started)

    def _turn(self, seen: _Seen, taken: float) -> Turn:
        state = seen.state
        replies = _since_user(state["messages"])
        return Turn(
            answer=state["messages"][-1].text,
            new=[ref for motion_id, ref in state["motions"].items() if motion_id not in seen.before],
            current=state["motions"].get(state.get("current")),
            files=[str(path) for reply in replies for path in files_of(reply)],
            acted=any(isinstance(reply, ToolMessage) and reply.status == "success" for reply in replies),
            gave_up=seen.gave_up,
            taken=taken,
            usage=usage_of(replies, self.config),
            waiting=seen.waiting,
        )

    def _ended(self, state: dict[str, Any]) -> None:
        """Count the turns the thread holds."""
        if self.threads is not None:
            requests = [message for message in state.get("messages", []) if _is_request(message)]
            self.threads.answered(self.thread, requests)

    def open(self, path: Path, **how: Any) -> MotionRef:
        """Read a motion file and make it the motion the talk is about, from the next request on.

        how: fps, up and person, what the file says wrongly or not; see `CaptionMotionArgs`. The thread shows
        it as a call of caption_motion, so that every coordinator understands it.
        """
        asked = CaptionMotionArgs(path=str(path), **how)
        call_id = f"{OPENED}{uuid4().hex[:8]}"
        call = call_from(self.settings, call_id)
        result = caption_motion(self.services, call, asked)
        [ref] = result.made
        calls = [{"name": "caption_motion", "args": asked.model_dump(exclude_defaults=True), "id": call_id}]
        messages: list[AnyMessage] = [
            HumanMessage(open_file(path.name), id=call_id),
            as_own(AIMessage("", tool_calls=calls)),
            ToolMessage(as_content(result), tool_call_id=call_id, name="caption_motion"),
            as_own(AIMessage(opened_file(path.name, result.content["caption"]))),
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
        return list((self.state().get("motions", {}) | self.opened.get("motions", {})).values())

    def current(self) -> MotionRef | None:
        """The motion the talk is about."""
        motion_id = self.opened.get("current") or self.state().get("current")
        return next((ref for ref in self.motions() if ref.id == motion_id), None)

    def state(self) -> dict[str, Any]:
        """What the thread holds. Raises StorageError."""
        return self._snapshot().values

    def _snapshot(self) -> StateSnapshot:
        """The thread as it is kept. What was read but makes no sense is damage of where it is kept."""
        with Place(self.memory).telling():
            return self.agent.get_state(self.settings)


class _Seen:
    """What a turn streams: the state it began and ended with, and what happened between."""

    def __init__(self, on_step: OnStep, on_event: OnEvent) -> None:
        self._on_step, self._on_event = on_step, on_event
        self.before: frozenset[str] | None = None  # the motions known when the turn began
        self.state: dict[str, Any] = {}
        self.waiting: dict[str, Any] | None = None
        self.gave_up = False

    def take(self, kind: str, update: dict[str, Any]) -> None:
        if kind == "custom":
            self._on_event(update)
            return
        if kind == "values":
            self.state = update
            if self.before is None:
                self.before = frozenset(update.get("motions", {}))
            return
        for node, change in update.items():
            if node == "__interrupt__":
                self.waiting = change[0].value
            elif not node.startswith("__"):  # what LangGraph tells of itself as of a node, such as `cached`
                self.gave_up = node == GIVE_UP
                self._on_step(node)


def _is_request(message: BaseMessage) -> bool:
    """Whether a message is what a user said, not what the program says in their place."""
    return message.type == "human" and not (message.id or "").startswith((OPENED, MOVED))


def _holds(state: dict[str, Any], asked: Conversation) -> bool:
    """Whether a request has reached the thread."""
    ids = {message.id for message in asked.get("messages", [])}
    return any(message.id in ids for message in state.get("messages", []))


def _since_user(messages: Sequence[BaseMessage]) -> list[BaseMessage]:
    start = max(n for n, message in enumerate(messages) if isinstance(message, HumanMessage))
    return list(messages[start + 1 :])


def files_of(message: BaseMessage) -> list[str]:
    """The files an export_motion step wrote."""
    if not (
        isinstance(message, ToolMessage) and message.name == "export_motion" and message.status == "success"
    ):
        return []
    return json.loads(message.text)["files"]
