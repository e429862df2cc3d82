"""The named threads of a user: a list of the conversations that can be taken up again."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import quote

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.store.base import BaseStore
from pydantic import BaseModel, ConfigDict

from ...motion_models.errors import InvalidRequestError

#: How much of its first request stands for a thread in a list.
TITLE_LENGTH = 80
#: How many records a store is asked for at once.
PAGE = 1000


class ThreadRecord(BaseModel):
    """One conversation: its name, its first request, how many turns, and the time of the last (epoch)."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: str
    turns: int
    last: float


class Threads:
    """Which threads a user has; what was said in them lies with the checkpointer."""

    def __init__(self, store: BaseStore, checkpointer: BaseCheckpointSaver, user: str = "local") -> None:
        self.store, self.checkpointer = store, checkpointer
        self.namespace = ("motion_agent_threads", quote(user, safe="").replace(".", "%2E"))

    def note(self, name: str, request: str) -> None:
        """A turn begins in a thread."""
        known = self.store.get(self.namespace, name)
        before = known.value if known else {"name": name, "title": request[:TITLE_LENGTH], "turns": 0}
        self.store.put(self.namespace, name, before | {"turns": before["turns"] + 1, "last": time.time()})

    def all(self) -> list[ThreadRecord]:
        """Every thread, the one used last at the end."""
        found: list[Any] = []
        while len(page := self.store.search(self.namespace, limit=PAGE, offset=len(found))) == PAGE:
            found += page
        records = [ThreadRecord.model_validate(item.value) for item in [*found, *page]]
        return sorted(records, key=lambda record: record.last)

    def delete(self, name: str) -> None:
        """Forget what was said in a thread; its motions stay. Raises InvalidRequestError."""
        if self.store.get(self.namespace, name) is None:
            names = ", ".join(record.name for record in self.all()) or "none yet"
            raise InvalidRequestError(f"there is no thread {name!r}; threads: {names}")
        self.checkpointer.delete_thread(name)
        self.store.delete(self.namespace, name)
