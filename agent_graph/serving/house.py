"""What all requests share, one motion model and one memory, and what each person has of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any

from ...motion_models.backends.protocol import MotionBackend
from ...motion_models.errors import MotionAgentError
from ...tools.batching import Result, StepRun, perform
from ...tools.schemas import Arguments
from ...tools.services import Call, Services
from ...tools.toolbox import LOCAL_USER, ToolSpec
from ..config import AgentConfig
from ..conversations.directory import Threads
from ..conversations.persistence import Persistence
from ..conversations.session import Session
from ..errors import ThreadBusyError
from ..graph import MotionAgent, build_graph, services_of
from ..run_settings import RunSettings


class Person:
    """One caller's own: motions, threads and a folder that nobody else sees."""

    def __init__(
        self, name: str, config: AgentConfig, services: Services, kept: Persistence, memory: str
    ) -> None:
        self.name, self.config, self.services, self.memory = name, config, services, memory
        self.agent: MotionAgent = build_graph(config, services, None, kept.checkpointer, kept.store)
        self.threads = Threads(kept.store, kept.checkpointer, name)
        self._busy: set[str] = set()
        self._lock = Lock()

    @property
    def folder(self) -> Path:
        """Where this person's files lie, uploaded and written ones."""
        return self.services.output_folder

    def key(self, thread: str) -> str:
        """The thread's name among those of everybody; without keys the same as on the command line."""
        return thread if self.name == LOCAL_USER else f"{self.name}/{thread}"

    def settings(self, thread: str) -> dict[str, Any]:
        """The configuration of a run in a thread."""
        return {"configurable": {"thread_id": self.key(thread), "user_id": self.name}}

    def call(self, call_id: str, **fields: Any) -> Call:
        """A call of a tool without a conversation. Equal ids make equal motions, once."""
        return Call(user=self.name, origin=f"{self.name}/call/{call_id}", seed=self.config.seed, **fields)

    def session(self, thread: str, run: RunSettings | None = None) -> Session:
        settings: Any = self.settings(thread)
        return Session(
            self.config,
            self.services,
            self.agent,
            settings=settings,
            threads=self.threads,
            memory=self.memory,
            run=run or RunSettings(),
            patience=0.0,  # a turn of another process is not waited for, as one of another request is not
        )

    def require_free(self, thread: str) -> None:
        """Raises ThreadBusyError while another request has the thread."""
        with self._lock:
            self._check(thread)

    def _check(self, thread: str) -> None:
        if thread in self._busy:
            raise ThreadBusyError(f"conversation {thread!r} is in the middle of a turn; wait for its end")

    @contextmanager
    def turn_in(self, thread: str, run: RunSettings | None = None) -> Iterator[Session]:
        """A thread for one turn; run: what that sets for itself.

        Raises ThreadBusyError while another request has the thread.
        """
        with self._lock:
            self._check(thread)
            self._busy.add(thread)
        try:
            yield self.session(thread, run)
        finally:
            with self._lock:
                self._busy.discard(thread)


def carry_out(spec: ToolSpec, person: Person, arguments: Arguments, call: Call) -> Result:
    """One tool for one person, without a conversation. Raises MotionAgentError."""
    services = person.services
    [outcome] = perform([StepRun(lambda _: spec.body(services, call, arguments))], services.generate)
    if isinstance(outcome, MotionAgentError):
        raise outcome
    return outcome


class House:
    """One motion model and one memory for everybody."""

    def __init__(
        self, config: AgentConfig, kept: Persistence, memory: str, backend: MotionBackend | None = None
    ) -> None:
        """config: as `sharing` gives it. backend: a motion model that is loaded already.

        Raises BackendError and CoordinatorError for what cannot be loaded, before anybody asks.
        """
        self.config, self.kept, self.memory = config, kept, memory
        self.services = services_of(config, backend, kept.store)
        self._people: dict[str, Person] = {}
        self._lock = Lock()
        self.person(next(iter(config.serve.keys), LOCAL_USER))

    def person(self, name: str = LOCAL_USER) -> Person:
        """Whom a key belongs to; those without keys are all one person."""
        with self._lock:
            if name not in self._people:
                self._people[name] = self._settle(name)
            return self._people[name]

    def _settle(self, name: str) -> Person:
        base = self.services.output_folder.expanduser().resolve()
        folder = base if name == LOCAL_USER else base / name
        own = {"output_folder": folder, "input_folder": folder, "max_files": self.config.serve.max_files}
        services = replace(self.services, **own)
        return Person(name, self.config, services, self.kept, self.memory)


def sharing(config: AgentConfig) -> AgentConfig:
    """The configuration with everything that callers ask for at once in one running batch."""
    return config.changed(backend_options=config.backend_options.model_copy(update={"shared": True}))
