"""How the state of a conversation becomes bytes and comes back.

`StateSerializer` is for any checkpointer. `KeptSerializer` is for databases of our own: it packs what is
large, and reads the same bytes only once, because a thread is read anew at every turn and most of it has not
changed. What it hands out twice are the same messages, which are never changed in place, in new lists and
dicts, which LangGraph does change: a look at an unfinished turn marks its steps as seen in the checkpoint.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from threading import Lock
from typing import Any

from langchain_core.messages import AIMessage
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from .values import storable

#: Bytes from which a value is packed, and how the kind of packed values ends.
PACKED_FROM, PACKED = 4096, "+zlib"
#: How many large values are remembered as they were read.
REMEMBERED = 8


class StateSerializer(JsonPlusSerializer):
    """LangGraph's own, but what no checkpoint can hold is made holdable instead of ending the turn."""

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        try:
            return super().dumps_typed(obj)
        except (TypeError, ValueError, RecursionError):  # of these kinds are all of the encoder's refusals
            return super().dumps_typed(storable(obj))


class KeptSerializer(StateSerializer):
    """The same, packed, and quick to read again."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._read: OrderedDict[bytes, Any] = OrderedDict()
        self._lock = Lock()

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        kind, data = super().dumps_typed(obj)
        return (kind, data) if len(data) < PACKED_FROM else (kind + PACKED, zlib.compress(data, 1))

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        kind, packed = data
        if not kind.endswith(PACKED):
            return self._sound(data)
        with self._lock:
            if packed in self._read:
                self._read.move_to_end(packed)
                return _fresh(self._read[packed])
        value = self._sound((kind.removesuffix(PACKED), zlib.decompress(packed)))
        with self._lock:
            self._read[packed] = value
            if len(self._read) > REMEMBERED:
                self._read.popitem(last=False)
        return _fresh(value)

    def _sound(self, data: tuple[str, bytes]) -> Any:
        """What was kept, if it is of a known kind and its messages are whole. Raises ValueError."""
        try:
            value = super().loads_typed(data)
        except NotImplementedError as error:  # to LangGraph that means a method that is not there
            raise ValueError(str(error)) from error
        for message in value if isinstance(value, list) else [value]:
            calls = message.tool_calls if isinstance(message, AIMessage) else []
            if any(not {"name", "args", "id"} <= call.keys() for call in calls):
                raise ValueError("a call of a message is damaged")
        return value


def _fresh(value: Any) -> Any:
    """The value in containers of its own."""
    if type(value) is dict:
        return {key: _fresh(item) for key, item in value.items()}
    if type(value) is list:
        return [_fresh(item) for item in value]
    if isinstance(value, tuple):
        made: Any = getattr(value, "_make", tuple)  # of a named one, such as what LangGraph keeps lists in
        return made(map(_fresh, value))
    return value
