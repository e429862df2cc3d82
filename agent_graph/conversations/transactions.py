"""Reads of a store apart from its writes.

What is asked of LangGraph's store together it does in one transaction, reads first. In SQLite such a
transaction sees the file as it was when it began, and may not write any more once another connection has
written: it fails at once with "database is locked", however long it was allowed to wait. A transaction
that begins with a write waits for its turn.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from langgraph.store.base import BaseStore, Op, PutOp, Result

Store = TypeVar("Store", bound=type)


def reads_apart(cls: Store) -> Store:
    """A store's class whose batches read in one transaction and write in another, in the order of before."""
    return type(cls.__name__, (_ReadsApart, cls), {})  # pyright: ignore[reportReturnType]


class _ReadsApart(BaseStore):
    def batch(self, ops: Iterable[Op]) -> list[Result]:
        reads, writes, places = _parted(ops)
        found = super().batch(reads) if reads else []  # pyright: ignore[reportAbstractUsage]
        done = super().batch(writes) if writes else []  # pyright: ignore[reportAbstractUsage]
        return _in_places(found + done, places)


def _parted(ops: Iterable[Op]) -> tuple[list[Op], list[Op], list[int]]:
    """Operations that read, those that write, and where each of these stood."""
    asked = list(enumerate(ops))
    reads = [(place, op) for place, op in asked if not isinstance(op, PutOp)]
    writes = [(place, op) for place, op in asked if isinstance(op, PutOp)]
    return [op for _, op in reads], [op for _, op in writes], [place for place, _ in reads + writes]


def _in_places(results: list[Result], places: list[int]) -> list[Result]:
    return [result for _, result in sorted(zip(places, results, strict=True), key=lambda pair: pair[0])]
