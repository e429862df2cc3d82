"""Arguments of every tool and the reference a tool returns: the typed edge between language and motion.

Field descriptions are written for the model that fills them in. Unknown fields are rejected, so that a
misspelt argument is an error the model can repair and never a silent default.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from ..motion_models.motion.features import SECONDS_PER_TOKEN

#: Longest stretch one tool call may ask for, in seconds; a plan's total is bounded by configuration.
MAX_SECONDS = 600.0
MAX_SEGMENTS = 64
MAX_VARIANTS, MAX_REPEATS = 8, 20
SLOWEST, FASTEST = 0.25, 4.0
#: What a motion of no stated length counts in a budget, in seconds.
NOMINAL_SECONDS = 4.0


def made_seconds(seconds: float | None) -> float:
    """What a part counts in a budget: its stated length, but what is made is one token long at least."""
    return NOMINAL_SECONDS if seconds is None else max(seconds, SECONDS_PER_TOKEN)


Description = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=1000),
    Field(description="What the person does, as one plain English sentence: 'a person walks forward'."),
]
MotionId = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80),
    Field(
        description="Id or name of a motion in memory, or '$n': the motion made by step n of this message."
    ),
]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=60),
    Field(description="A short name to find the motion by later."),
]
Seconds = Annotated[
    float, Field(gt=0, le=MAX_SECONDS, description="Length in seconds; leave out for a natural length.")
]
Seed = Annotated[int, Field(ge=0, lt=2**63, description="Random seed: the same seed gives the same motion.")]
SegmentNumber = Annotated[
    int, Field(description="Which segment of the timeline: 1 is the first, -1 the last.", ge=-MAX_SEGMENTS)
]
MotionFormat = Literal["bvh", "glb", "npz", "npy", "mp4", "gif", "html", "png"]


class Frozen(BaseModel):
    """An immutable record that accepts nothing it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Arguments(Frozen):
    """Base of everything a coordinator fills in."""


class GenerateMotionArgs(Arguments):
    description: Description
    seconds: Seconds | None = None
    seed: Seed | None = None
    variants: int = Field(default=1, ge=1, le=MAX_VARIANTS, description="How many different versions.")
    name: Name | None = None


class CaptionMotionArgs(Arguments):
    motion_id: MotionId | None = None
    path: str | None = Field(
        default=None, min_length=1, max_length=1000, description="A motion file (bvh, amc, npy, npz) to read."
    )

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.motion_id is None) == (self.path is None):
            raise ValueError("give exactly one of motion_id and path")
        return self


class SegmentRequest(Arguments):
    """One part of a sequence: either new (`description`) or taken from memory (`motion_id`)."""

    description: Description | None = None
    motion_id: MotionId | None = None
    seconds: Seconds | None = None
    repeat: int = Field(default=1, ge=1, le=MAX_REPEATS, description="How many times in a row.")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.description is None) == (self.motion_id is None):
            raise ValueError("give exactly one of description and motion_id")
        if self.motion_id is not None and self.seconds is not None:
            raise ValueError("seconds belongs to a description; a motion in memory keeps its own length")
        return self


class ComposeSequenceArgs(Arguments):
    segments: list[SegmentRequest] = Field(
        min_length=1, max_length=MAX_SEGMENTS, description="The parts in the order they are performed."
    )
    name: Name | None = None
    seed: Seed | None = None


class Replace(Arguments):
    """Put a newly generated part where `segment` was."""

    op: Literal["replace"]
    segment: SegmentNumber
    description: Description
    seconds: Seconds | None = None
    seed: Seed | None = None


class Insert(Arguments):
    """Add a part, newly generated or from memory, so that it becomes segment number `position`."""

    op: Literal["insert"]
    description: Description | None = None
    motion_id: MotionId | None = None
    position: int | None = Field(
        default=None, ge=1, le=MAX_SEGMENTS + 1, description="Number it will have; leave out for the end."
    )
    seconds: Seconds | None = None
    seed: Seed | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.description is None) == (self.motion_id is None):
            raise ValueError("give exactly one of description and motion_id")
        if self.motion_id is not None and (self.seconds is not None or self.seed is not None):
            raise ValueError("seconds and seed belong to a description, not to a motion in memory")
        return self


class Delete(Arguments):
    """Remove one segment."""

    op: Literal["delete"]
    segment: SegmentNumber


class Repeat(Arguments):
    """Perform a segment (or, without `segment`, the whole motion) `times` times in a row."""

    op: Literal["repeat"]
    segment: SegmentNumber | None = None
    times: int = Field(default=2, ge=2, le=MAX_REPEATS, description="How often it happens in all.")


class Reorder(Arguments):
    """Put the segments into a new order."""

    op: Literal["reorder"]
    order: list[int] = Field(
        min_length=2,
        max_length=MAX_SEGMENTS,
        description="The present segment numbers in their new order: [2, 1, 3] swaps the first two.",
    )


class Trim(Arguments):
    """Keep only the stretch from `start` to `end` (seconds from the beginning), cut the rest away."""

    op: Literal["trim"]
    start: float = Field(default=0.0, ge=0, description="Where the kept stretch begins, in seconds.")
    end: float | None = Field(default=None, gt=0, description="Where it ends; leave out for the end.")

    @model_validator(mode="after")
    def _cuts_something(self) -> Self:
        if self.start == 0 and self.end is None:
            raise ValueError("give start, end or both")
        if self.end is not None and self.end <= self.start:
            raise ValueError("end must come after start")
        return self


class Extend(Arguments):
    """Go on with the same action for `seconds` more at the end of a segment; what is there stays."""

    op: Literal["extend"]
    seconds: Seconds
    segment: SegmentNumber | None = Field(default=None, description="Leave out for the last segment.")
    seed: Seed | None = None


class Mirror(Arguments):
    """Exchange left and right in one segment (or, without `segment`, in the whole motion)."""

    op: Literal["mirror"]
    segment: SegmentNumber | None = None


class Speed(Arguments):
    """Play one segment (or, without `segment`, the whole motion) faster or slower."""

    op: Literal["speed"]
    factor: float = Field(ge=SLOWEST, le=FASTEST, description="2 is twice as fast, 0.5 half as fast.")
    segment: SegmentNumber | None = None


class Duration(Arguments):
    """Perform the action of a segment (or of the whole motion) anew so that it lasts `seconds`."""

    op: Literal["duration"]
    seconds: Seconds
    segment: SegmentNumber | None = None


class Regenerate(Arguments):
    """Another variation of the same words, for one segment or for the whole motion."""

    op: Literal["regenerate"]
    segment: SegmentNumber | None = None
    seed: Seed | None = None


class InBetween(Arguments):
    """Put a new connecting part between a segment and the next one; both stay as they are."""

    op: Literal["inbetween"]
    segment: SegmentNumber
    seconds: float = Field(default=0.6, ge=0.2, le=10, description="Length of the new part.")
    description: Description | None = Field(
        default=None, description="What happens in it; leave out for a plain movement from pose to pose."
    )
    seed: Seed | None = None


Operation = Annotated[
    Replace
    | Insert
    | Delete
    | Repeat
    | Reorder
    | Trim
    | Extend
    | Mirror
    | Speed
    | Duration
    | Regenerate
    | InBetween,
    Field(discriminator="op"),
]


class EditMotionArgs(Arguments):
    motion_id: MotionId
    operations: list[Operation] = Field(
        min_length=1,
        max_length=32,
        description="Edits done one after another; segment numbers refer to the timeline at that point.",
    )
    name: Name | None = None


class Person(Arguments):
    """One person of a scene: what they do and where they start."""

    description: Description | None = None
    motion_id: MotionId | None = None
    theta: float = Field(
        default=0.0,
        ge=-360,
        le=360,
        description="Turn in degrees about the vertical axis; 0 faces +z, 90 faces +x, 180 faces -z.",
    )
    x: float = Field(default=0.0, ge=-100, le=100, description="Metres to the left of the first person.")
    z: float = Field(default=0.0, ge=-100, le=100, description="Metres in front of the first person.")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.description is None) == (self.motion_id is None):
            raise ValueError("give exactly one of description and motion_id")
        return self


class ArrangeSceneArgs(Arguments):
    people: list[Person] = Field(
        min_length=2, max_length=MAX_SEGMENTS, description="The people; the first stands at the origin."
    )
    name: Name | None = None


class ExportMotionArgs(Arguments):
    motion_id: MotionId
    formats: list[MotionFormat] = Field(
        default=["bvh", "glb", "html", "mp4", "npz"], min_length=1, max_length=8, description="File formats."
    )


class ListMotionsArgs(Arguments):
    """No arguments."""


class NameMotionArgs(Arguments):
    motion_id: MotionId
    name: Name


class HistoryArgs(Arguments):
    action: Literal["undo", "redo", "restore"]
    motion_id: MotionId | None = Field(default=None, description="The version to restore; only for restore.")

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
    notes: list[str] = []


class MotionRef(Frozen):
    """What a conversation carries of a motion: everything but its tokens, which stay in memory.

    notes: those of its segments and of the whole, each once.
    """

    id: str
    name: str
    description: str
    seconds: float
    frames: int
    segments: list[SegmentRef]
    parent: str | None = None
    notes: list[str] = []
    alternatives: list[MotionRef] = Field(default=[], description="Further variants made by the same call.")
