"""What sentences are read as: one action for each stretch of motion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

#: So many actions of a row are told apart at most; a plan holds far fewer.
MOST = 1000


class InTurn(NamedTuple):
    """How a row is done with left and right in turn. first: the side that begins. times: how often in all."""

    first: str = "left"
    times: int | None = None


@dataclass(frozen=True)
class Action:
    """One described stretch of motion as the request has it.

    description: third person, "a person ...". known: whether the tables or the repertoire hold its verb.
    negated: the words said what not to do, so it must not be performed. motion: the name or id of a motion in
    memory that is meant instead of a new one. limb: what does `gesture` (a description) meanwhile. path: the
    shape it goes along and its metres. held: seconds its last pose is kept. in_turn: done with left and right
    in turn.
    """

    description: str
    seconds: float | None = None
    times: int = 1
    known: bool = True
    negated: bool = False
    motion: str = ""
    limb: str = ""
    gesture: str = ""
    path: tuple[str, float] | None = None
    held: float | None = None
    in_turn: InTurn | None = None


class ReadActions(NamedTuple):
    """What a sentence asks for: its actions, in order, and the clauses that are none.

    Every clause is in one of the two, or is politeness, or names who does what follows.
    """

    actions: tuple[Action, ...] = ()
    unclear: tuple[str, ...] = ()
