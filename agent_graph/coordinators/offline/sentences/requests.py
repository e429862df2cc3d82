"""What a user can ask for: the typed requests that reading a message gives, before any motion is looked up.

Parts and motions are still words here ("the second part", "my greeting"); `plan` resolves them
against the thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .actions import Action

EditKind = Literal[
    "replace", "insert", "delete", "repeat", "swap", "move", "trim", "keep", "longer", "shorter", "duration",
    "mirror", "speed", "regenerate", "correct", "side", "style", "pause", "hold", "only", "cut", "inbetween",
    "reverse", "loop", "turn", "shift", "limb", "path", "quantity", "heading", "extent", "copy", "back",
    "together", "sides", "split", "return", "halfway",
]  # fmt: skip
#: How an amount is meant: the new one, so much more or less than now, or so many times what is now.
Relation = Literal["to", "more", "less", "factor"]
Arrangement = Literal["facing", "side by side", "back to back", "behind", "circle", "to the left"]
About = Literal[
    "length",
    "parts",
    "abilities",
    "name",
    "limits",
    "able",
    "count",
    "moment",
    "truth",
    "measure",
    "change",
    "why",
    "order",
    "who",
    "formats",
    "files",
    "rates",
    "people",
    "undoing",
    "program",
    "judging",
    "touching",
    "wording",
    "open",
    "versions",
    "headcount",
    "longest",
    "longer",
    "pauses",
    "next",
]


@dataclass(frozen=True)
class Make:
    """New motion. total: seconds of the whole; limit: at most so many. continues: the message opened with
    "then": go on from the current motion where there is one. remark: said to the user when the words were
    taken freely."""

    actions: tuple[Action, ...]
    total: float | None = None
    seed: int | None = None
    variants: int = 1
    continues: bool = False
    remark: str = ""
    name: str = ""
    limit: float | None = None


@dataclass(frozen=True)
class Scene:
    """Several people at once. arrangement: how they stand; distance in metres."""

    people: tuple[tuple[Action, ...], ...]
    arrangement: Arrangement = "side by side"
    distance: float = 1.0


@dataclass(frozen=True)
class Restage:
    """A change of the scene at hand. person: who is to do `actions`, from 1; adds: how many come in.

    distance: metres between people; factor: how much further apart.
    """

    person: int = 0
    actions: tuple[Action, ...] = ()
    arrangement: Arrangement | None = None
    distance: float | None = None
    factor: float = 1.0
    adds: int = 0


@dataclass(frozen=True)
class Edit:
    """A change to the current motion.

    part: the words for what is changed ("" is the whole motion). actions: what comes in. amount: seconds,
    factor, times, degrees or metres, as the kind needs. place: "end", "start", "before", "after" or "between"
    the part `anchor`; the side of a change of sides; the limb that does `actions`. said: the user's own
    words, read as a motion after all when no such part exists ("extend the right arm"); the manner of a
    change of style; the shape of a path; the unit of a quantity; the sides of a row; the way of a
    heading; the extent of a movement; the side of a copy.
    relation: what the amount of a quantity is measured from.
    """

    kind: EditKind
    part: str = ""
    actions: tuple[Action, ...] = ()
    amount: float | None = None
    place: str = "end"
    anchor: str = ""
    said: str = ""
    relation: Relation = "to"


@dataclass(frozen=True)
class Again:
    """Another version of the current motion: another seed, or the one given."""

    count: int = 1
    seed: int | None = None


@dataclass(frozen=True)
class Describe:
    """Watch a motion and say what it shows. interpret: the user also asked for reasons or scenarios.

    how: fps, up and person, where the message says how a file is to be read.
    """

    target: str = ""
    path: str = ""
    how: tuple[tuple[str, float | str], ...] = ()
    interpret: bool = False


@dataclass(frozen=True)
class Export:
    formats: tuple[str, ...] = ()
    target: str = ""


@dataclass(frozen=True)
class NameIt:
    name: str
    target: str = ""


@dataclass(frozen=True)
class Travel:
    """Undo, redo, or back to a version; `target` words the version, `before` asks for the one before it.

    count: how many steps to undo. without: the version is one that lacks the target.
    """

    action: Literal["undo", "redo", "restore"]
    target: str = ""
    before: bool = False
    count: int = 1
    without: bool = False


@dataclass(frozen=True)
class Join:
    """Put motions of memory one after another."""

    targets: tuple[str, ...]


@dataclass(frozen=True)
class ListMotions:
    pass


@dataclass(frozen=True)
class Question:
    """Answered from the thread itself, or by measuring the motion.

    part: the words of the part that is asked about, or the whole question. side: "after" or "before": its
    neighbour is asked for.
    """

    about: About
    part: str = ""
    side: str = ""


@dataclass(frozen=True)
class Social:
    kind: Literal["hello", "thanks", "bye", "fine", "yes", "no", "complain", "fresh"]


@dataclass(frozen=True)
class Forbid:
    """Only what not to do was said ("don't jump")."""

    action: Action


@dataclass(frozen=True)
class Impossible:
    """A length below zero, whatever it is to be the length of."""

    seconds: float


@dataclass(frozen=True)
class Unable:
    """Understood, and not possible: what, in words for the user, and what to say instead."""

    what: str
    instead: str = ""


@dataclass(frozen=True)
class Doubt:
    """A message that two readings take for different things: each as the user could say it."""

    readings: tuple[str, ...]


@dataclass(frozen=True)
class Foreign:
    """A message in another language, by its English name."""

    language: str


@dataclass(frozen=True)
class Unclear:
    """Nothing this coordinator understands; `text` is quoted back. beside: the rest of the message was."""

    text: str
    beside: bool = False


Intent = (
    Make | Scene | Restage | Edit | Again | Describe | Export | NameIt | Travel | Join | ListMotions
    | Question | Social | Forbid | Impossible | Unable | Doubt | Foreign | Unclear
)  # fmt: skip
