"""Arguments of every tool and the reference a tool returns: the typed edge between language and motion."""

from __future__ import annotations

from types import MappingProxyType
from typing import Literal, Self

from pydantic import Field, model_validator

from ..motion_models.motion.features import SECONDS_PER_TOKEN
from .arguments.fields import (
    MAX_REPEATS,
    MAX_SEGMENTS,
    Arguments,
    Description,
    Frozen,
    MotionId,
    Name,
    Seconds,
    Seed,
    one_source,
)
from .arguments.operations import FlatOperation

MAX_VARIANTS = 8
#: What a motion of no stated length counts in a budget, in seconds.
NOMINAL_SECONDS = 4.0


def made_seconds(seconds: float | None) -> float:
    """What a part counts in a budget: its stated length, but what is made is one token long at least."""
    return NOMINAL_SECONDS if seconds is None else max(seconds, SECONDS_PER_TOKEN)


MotionFormat = Literal["bvh", "glb", "npz", "npy", "mp4", "gif", "html", "png", "vrma"]
#: The bodies that files show, and whose names their bones may bear.
BodyName = Literal["human", "mannequin"]
BoneNames = Literal["ours", "mixamo", "unity", "vrm"]
#: Axes of a file that may point up.
UpAxis = Literal["x", "y", "z", "-x", "-y", "-z"]


class GenerateMotionArgs(Arguments):
    description: Description = Field(description="One plain English sentence: 'a person walks forward'.")
    seconds: Seconds | None = None
    seed: Seed | None = None
    variants: int = Field(default=1, ge=1, le=MAX_VARIANTS, description="How many versions.")
    name: Name | None = None


class CaptionMotionArgs(Arguments):
    sources = ("motion_id", "path")

    motion_id: MotionId | None = None
    path: str | None = Field(default=None, min_length=1, max_length=1000, description="A motion file.")
    fps: float | None = Field(default=None, ge=5, le=1000, description="Only where the file is wrong.")
    up: UpAxis | None = None
    person: int = Field(default=1, ge=1, le=1000, description="Which one in the file.")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        one_source(self)
        if self.path is None and (self.fps is not None or self.up is not None or self.person != 1):
            raise ValueError("fps, up and person say how a file is read: give them with a path only")
        return self


class SegmentRequest(Arguments):
    """One part of a sequence: either new (`description`) or taken from memory (`motion_id`)."""

    sources = ("description", "motion_id")

    description: Description | None = None
    motion_id: MotionId | None = None
    seconds: Seconds | None = None
    repeat: int = Field(default=1, ge=1, le=MAX_REPEATS)

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        one_source(self)
        if self.motion_id is not None and self.seconds is not None:
            raise ValueError("seconds belongs to a description; a motion in memory keeps its own length")
        return self


class ComposeSequenceArgs(Arguments):
    segments: list[SegmentRequest] = Field(min_length=1, max_length=MAX_SEGMENTS, description="In order.")
    name: Name | None = None
    seed: Seed | None = None


class EditMotionArgs(Arguments):
    motion_id: MotionId = Field(description="Id or name.")
    operations: list[FlatOperation] = Field(
        min_length=1,
        max_length=32,
        description="Applied one after another.",
    )
    name: Name | None = None


class Person(Arguments):
    """One person of a scene: what they do and where they start."""

    sources = ("description", "motion_id")

    description: Description | None = None
    motion_id: MotionId | None = None
    theta: float = Field(
        default=0.0,
        ge=-360,
        le=360,
        description="Degrees: 0 faces +z, 90 +x, 180 -z.",
    )
    x: float = Field(default=0.0, ge=-100, le=100, description="Metres left of the first.")
    z: float = Field(default=0.0, ge=-100, le=100, description="Metres ahead of the first.")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        one_source(self)
        return self


class ArrangeSceneArgs(Arguments):
    people: list[Person] = Field(
        min_length=2,
        max_length=MAX_SEGMENTS,
    )
    name: Name | None = None


class ExportMotionArgs(Arguments):
    motion_id: MotionId
    formats: list[MotionFormat] = Field(
        default=["bvh", "glb", "html", "mp4", "npz"], min_length=1, max_length=9
    )


class ListMotionsArgs(Arguments):
    """No arguments."""


class NameMotionArgs(Arguments):
    motion_id: MotionId
    name: Name


class HistoryArgs(Arguments):
    goes_with = MappingProxyType({"motion_id": ("action", "restore")})

    action: Literal["undo", "redo", "restore"]
    motion_id: MotionId | None = Field(default=None, description="Only for restore.")

    @model_validator(mode="after")
    def _names_what_to_restore(self) -> Self:
        if (self.action == "restore") != (self.motion_id is not None):
            raise ValueError("restore needs a motion_id; undo and redo take none")
        return self


#: How many motions a trail holds: as far back as undo goes, while restore reaches every motion.
TRAIL_LENGTH = 200


class Trail(Frozen):
    """The motions a conversation was about, one after another: the last of `past` is the current one.

    undone: those gone back from, the next to redo last. Clips stay in memory whatever the trail says.
    """

    past: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()

    @property
    def current(self) -> str | None:
        return self.past[-1] if self.past else None

    def visited(self, motion_id: str) -> Trail:
        """The trail with a further motion; what was undone can no longer be redone, only restored."""
        return self if motion_id == self.current else Trail(past=(*self.past, motion_id)[-TRAIL_LENGTH:])


def reference_number(motion_id: str) -> int | None:
    """The n of '$n', the motion made by step n of the same plan; None for the id of any other motion."""
    number = motion_id[1:]
    return int(number) if motion_id.startswith("$") and number.isdecimal() else None


class SegmentRef(Frozen):
    """One stretch of a motion's timeline; `start` and `end` in seconds; what its words could not give."""

    description: str
    start: float
    end: float
    notes: list[str] = Field(default_factory=list)


class CheckRef(Frozen):
    """One thing that a request demands, and what was reached of it. what: metres, degrees left, jumps ..."""

    what: str
    asked: float | str
    reached: float | str
    met: bool

    def plus(self, other: CheckRef) -> CheckRef:
        """Both together, of what is counted."""
        asked, reached = (
            float(a) + float(b) for a, b in ((self.asked, other.asked), (self.reached, other.reached))
        )
        return CheckRef(what=self.what, asked=asked, reached=reached, met=asked == reached)


class MotionRef(Frozen):
    """What a conversation carries of a motion: everything but its tokens, which stay in memory.

    notes: those of its segments and of the whole, each once. checks: of everything checkable its words name.
    """

    id: str
    name: str
    description: str
    seconds: float
    frames: int
    segments: list[SegmentRef]
    parent: str | None = None
    notes: list[str] = Field(default=[])
    checks: list[CheckRef] = Field(default=[])
    alternatives: list[MotionRef] = Field(default=[], description="Further variants made by the same call.")
