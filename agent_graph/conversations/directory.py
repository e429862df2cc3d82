"""The named threads of a user: the conversations that can be taken up again, and what was asked last.

A request is written down before its turn begins and struck out when the turn has ended, so that one whose
process was killed before the thread held it is not lost. The list itself counts only what the thread holds.
"""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import quote

from langchain_core.messages import BaseMessage, messages_from_dict, messages_to_dict
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.store.base import BaseStore
from pydantic import BaseModel, ConfigDict, ValidationError

from ...motion_models.errors import InvalidRequestError
from ...tools.errors import StorageError, one_line
from ...tools.schemas import MotionRef
from ..state import Conversation

#: How much of its first request stands for a thread in a list.
TITLE_LENGTH = 80
#: How many records a store is asked for at once.
PAGE = 1000


class ThreadRecord(BaseModel):
    """One conversation: its name, its first request, how many turns, and the time of the last (epoch).

    order: greater than that of every thread that was used before, whatever the clock said.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    title: str
    turns: int
    last: float
    order: int = 0


class Threads:
    """Which threads a user has; what was said in them lies with the checkpointer."""

    def __init__(self, store: BaseStore, checkpointer: BaseCheckpointSaver, user: str = "local") -> None:
        self.store, self.checkpointer = store, checkpointer
        name = quote(user, safe="").replace(".", "%2E")
        self.namespace = ("motion_agent_threads", name)
        self._asked, self._used = ("motion_agent_asked", name), ("motion_agent_used", name)

    def asking(self, name: str, asked: Conversation) -> None:
        """A turn begins in a thread, with what goes into it."""
        self.store.put(self._asked, name, _written(asked))

    def asked(self, name: str) -> Conversation | None:
        """What the turn that was begun last, and has not ended, was begun with."""
        known = self.store.get(self._asked, name)
        return None if known is None else _read(known.value)

    def answered(self, name: str, requests: list[BaseMessage]) -> None:
        """A turn has ended in a thread, which holds these requests now."""
        if requests:
            self._note(name, requests)
        self.store.delete(self._asked, name)

    def _note(self, name: str, requests: list[BaseMessage]) -> None:
        known = self.store.get(self.namespace, name)
        if known is not None and known.value.get("turns") == len(requests):
            return
        counted = self.store.get(self._used, "count")
        order = 1 + (counted.value["order"] if counted else 0)
        self.store.put(self._used, "count", {"order": order})
        fields = {"title": requests[0].text[:TITLE_LENGTH], "turns": len(requests), "last": time.time()}
        self.store.put(self.namespace, name, {"name": name, "order": order} | fields)

    def all(self) -> list[ThreadRecord]:
        """Every thread, the one used last at the end. Raises StorageError."""
        found: list[Any] = []
        while len(page := self.store.search(self.namespace, limit=PAGE, offset=len(found))) == PAGE:
            found += page
        own = [item.value for item in [*found, *page] if item.namespace == self.namespace]
        try:
            records = [ThreadRecord.model_validate(value) for value in own]
        except ValidationError as error:
            raise StorageError(f"the list of conversations is damaged: {one_line(error)}") from error
        return sorted(records, key=lambda record: (record.order, record.last))

    def delete(self, name: str) -> None:
        """Forget what was said in a thread; its motions stay. Raises InvalidRequestError."""
        listed = self.store.get(self.namespace, name) or self.store.get(self._asked, name)
        if listed is None and self.checkpointer.get_tuple({"configurable": {"thread_id": name}}) is None:
            names = ", ".join(record.name for record in self.all()) or "none yet"
            raise InvalidRequestError(f"there is no thread {name!r}; threads: {names}")
        self.checkpointer.delete_thread(name)
        self.store.delete(self.namespace, name)
        self.store.delete(self._asked, name)


def _written(asked: Conversation) -> dict[str, Any]:
    """What goes into a turn as JSON."""
    motions = [ref.model_dump(mode="json") for ref in asked.get("motions", {}).values()]
    current = {"current": asked["current"]} if "current" in asked else {}
    return {"messages": messages_to_dict(asked.get("messages", [])), "motions": motions} | current


def _read(value: dict[str, Any]) -> Conversation:
    try:
        refs = [MotionRef.model_validate(motion) for motion in value["motions"]]
        messages: Any = messages_from_dict(value["messages"])
    except (KeyError, TypeError, ValueError) as error:
        raise StorageError(f"the request of the turn that was cut short is damaged: {error}") from error
    asked = Conversation(messages=messages, motions={ref.id: ref for ref in refs})
    return asked | {"current": value["current"]} if "current" in value else asked
