"""What the page has done: turns, decisions and versions, each as the views that follow from it.

All of it goes through the server's workers, with their bounds, and is given up when nobody watches any more.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from pydantic import ValidationError

from ...motion_models.errors import InvalidRequestError, MotionAgentError
from ...tools.caption import allowed_input
from ...tools.schemas import HistoryArgs
from ..conversations.session import Session, Turn
from ..conversations.versions import go
from ..run_settings import RunSettings
from ..serving.conversations import THREAD_NAME, Decision, Said, Turning, carried_out
from ..serving.errors import told
from ..serving.files import FILE_NAME, keep
from ..serving.house import Person
from ..serving.workers import Workers
from .view import Progress, Shown, View, plain, view_of

T = TypeVar("T")
#: What is asked where somebody sends a file and says nothing.
ABOUT_A_FILE = "What is the person doing?"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Talk:
    """One person's conversation from the page's side. run: what its turns set for themselves."""

    person: Person
    workers: Workers
    thread: str
    run: RunSettings | None = None

    def __post_init__(self) -> None:
        if not THREAD_NAME.fullmatch(self.thread):
            raise InvalidRequestError(f"{self.thread!r:.80} is no name for a conversation")

    async def view(self) -> View:
        """The conversation as it is."""
        return await self._worked(lambda: view_of(self.person, self.thread))

    async def say(self, text: str, upload: Path | None) -> AsyncGenerator[View]:
        """Say something, perhaps about a file that was uploaded."""
        file = None if upload is None else await self._worked(lambda: _kept(self.person, upload))
        said = _checked(Said, text=text.strip() or ABOUT_A_FILE, file=file)

        def turning(session: Session, on_step: Any, on_event: Any) -> Turn:
            if said.file is not None:
                session.open(allowed_input(self.person.services, said.file))
            return session.say(said.text, on_step, on_event)

        about = f"{plain(said.file)}: " if said.file else ""
        shown = [{"role": "user", "content": about + plain(said.text)}]
        async for view in self._turn(turning, shown):
            yield view

    async def decide(self, approved: bool, reason: str, steps: str | None) -> AsyncGenerator[View]:
        """A word on the plan that waits; steps: the plan as JSON, perhaps changed (None, "": it is not)."""
        waiting = (await self.view()).waiting
        if waiting is None:
            raise InvalidRequestError("no plan waits in this conversation any more")
        changed = _steps(steps) if approved and steps and steps.strip() else None
        changed = None if changed == waiting["plan"]["steps"] else changed
        word = _checked(Decision, approved=approved, reason=reason, steps=changed).word()
        async for view in self._turn(lambda session, *heard: session.decide(word, *heard), []):
            yield view

    async def go(self, **asked: Any) -> View:
        """Another version: undo, redo, or restore with a motion_id; nothing is noted of the one at hand."""
        arguments = _checked(HistoryArgs, **asked)

        def work() -> View:
            with self.person.turn_in(self.thread) as session:
                current = session.current()
                if current is None or arguments.motion_id != current.id:
                    go(session, arguments)
            return view_of(self.person, self.thread)

        return await self._worked(work)

    async def _worked(self, work: Callable[[], T]) -> T:
        return await self.workers.result(self.person.name, work)

    async def _turn(self, turning: Turning, said: list[Shown]) -> AsyncGenerator[View]:
        """The conversation while a turn runs, and when it has ended. Raises what the turn raises."""
        before = replace(await self.view(), waiting=None)
        messages, progress = [*before.messages, *said], Progress()
        yield replace(before, messages=[*messages, progress.shown])
        work = partial(carried_out, self.person, self.thread, turning, run=self.run)
        async for event in self.workers.events(self.person.name, work):
            if event is not None:
                progress.take(*event)
                yield replace(before, messages=[*messages, progress.shown])
        yield await self.view()


def new_thread() -> str:
    """A name for a conversation that nobody has begun."""
    return uuid4().hex


def problem(error: Exception) -> str:
    """What the page says of an error; one that was not foreseen goes to the log."""
    if not isinstance(error, MotionAgentError):
        _log.error("a turn of the page failed", exc_info=error)
    return told(error)["message"]


def _checked(kind: Callable[..., T], **fields: Any) -> T:
    """What a model makes of what the page sent. Raises InvalidRequestError."""
    try:
        return kind(**fields)
    except ValidationError as error:
        raise InvalidRequestError(told(error)["message"]) from error


def _steps(text: str) -> Any:
    """The steps of a plan as somebody wrote them. Raises InvalidRequestError."""
    try:
        steps = json.loads(text)
    except ValueError as error:
        raise InvalidRequestError(f"the changed plan is not JSON: {error}") from error
    if not isinstance(steps, list) or not steps:
        raise InvalidRequestError('the changed plan is a list of steps: [{"tool": ..., "arguments": {...}}]')
    return steps


def _kept(person: Person, upload: Path) -> str:
    """Move an upload into the person's folder; its name there."""
    stem = re.sub(r"[^A-Za-z0-9 ._-]", "-", upload.stem).lstrip(" ._-") or "motion"
    name = f"{stem[:100]}{upload.suffix.lower()}"
    if not FILE_NAME.fullmatch(name):
        raise InvalidRequestError(f"{name!r:.80} is no name for a file")
    try:
        keep(person, name, upload.read_bytes())
    finally:
        upload.unlink(missing_ok=True)
    return name
