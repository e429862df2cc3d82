"""The operations of edit_motion: typed objects for the tool, one flat object for the models that fill it in.

Providers differ in what they make of a union of object types (some refuse it, some turn it into text). So the
schema they are given shows one object with `op` and the fields of all operations; what comes back is read as
the operation it names, and a field that this operation has not got is an error that says so. A new operation
is a class in `Operation`; the flat schema follows from it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from .fields import (
    MAX_REPEATS,
    MAX_SEGMENTS,
    Arguments,
    Description,
    MotionId,
    Seconds,
    Seed,
    SegmentNumber,
    filled_in,
    one_source,
)

SLOWEST, FASTEST = 0.25, 4.0
#: The furthest a motion is shifted, or a point of its path lies away, in metres; and how many points it has.
FURTHEST, MAX_POINTS = 100.0, 64

Metres = Annotated[float, Field(ge=-FURTHEST, le=FURTHEST)]
#: What of a body can be taken from another motion.
Limb = Literal["left arm", "right arm", "arms", "left leg", "right leg", "legs", "upper body"]


class Replace(Arguments):
    """Put a newly generated part where `segment` was."""

    op: Literal["replace"]
    segment: SegmentNumber
    description: Description
    seconds: Seconds | None = None
    seed: Seed | None = None


class Insert(Arguments):
    """Add a part, newly generated or from memory, so that it becomes segment number `position`."""

    sources = ("description", "motion_id")

    op: Literal["insert"]
    description: Description | None = None
    motion_id: MotionId | None = None
    position: int | None = Field(default=None, ge=1, le=MAX_SEGMENTS + 1, description="Its new number.")
    seconds: Seconds | None = None
    seed: Seed | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        one_source(self)
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
    times: int = Field(default=2, ge=2, le=MAX_REPEATS, description="In all.")


class Reorder(Arguments):
    """Put the segments into a new order."""

    op: Literal["reorder"]
    order: list[int] = Field(
        min_length=2,
        max_length=MAX_SEGMENTS,
        description="[2, 1, 3] swaps the first two.",
    )


class Trim(Arguments):
    """Keep only the stretch from `start` to `end` (seconds from the beginning), cut the rest away."""

    op: Literal["trim"]
    start: float = Field(default=0.0, ge=0, description="In seconds.")
    end: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _cuts_something(self) -> Self:
        if self.start == 0 and self.end is None:
            raise ValueError("give a start after 0, an end, or both")
        if self.end is not None and self.end <= self.start:
            raise ValueError("end must come after start")
        return self


class Extend(Arguments):
    """Go on for `seconds` more at the end of a segment; what is there stays.

    With the same action, or (`hold`) in the pose in which it ends.
    """

    op: Literal["extend"]
    seconds: Seconds
    hold: bool = False
    segment: SegmentNumber | None = Field(default=None, description="Leave out for the last segment.")
    seed: Seed | None = None


class Mirror(Arguments):
    """Exchange left and right in one segment (or, without `segment`, in the whole motion)."""

    op: Literal["mirror"]
    segment: SegmentNumber | None = None


class Speed(Arguments):
    """Play one segment (or, without `segment`, the whole motion) faster or slower."""

    op: Literal["speed"]
    factor: float = Field(ge=SLOWEST, le=FASTEST, description="2 is twice as fast.")
    segment: SegmentNumber | None = None


class Duration(Arguments):
    """Have a segment (or the whole motion) last `seconds`, exactly.

    A little longer or shorter is another speed; much longer or shorter, the action is performed anew.
    """

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
    seconds: float = Field(default=0.6, ge=0.2, le=10, description="Leave out for a short one.")
    description: Description | None = None
    seed: Seed | None = None


class Reverse(Arguments):
    """Play one segment (or, without `segment`, the whole motion) backwards."""

    op: Literal["reverse"]
    segment: SegmentNumber | None = None


class Turn(Arguments):
    """Have the whole motion, or what comes from the start of `segment` on, face another way."""

    op: Literal["turn"]
    degrees: float = Field(ge=-360, le=360, description="Left is positive.")
    segment: SegmentNumber | None = None


class Shift(Arguments):
    """Move the whole motion, or what comes from the start of `segment` on, without changing it."""

    op: Literal["shift"]
    x: Metres = Field(default=0.0, description="Metres left.")
    z: Metres = Field(default=0.0, description="Metres ahead.")
    segment: SegmentNumber | None = None

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        if self.x == 0 and self.z == 0:
            raise ValueError("give x, z or both")
        return self


class Loop(Arguments):
    """Cut one segment (or, without `segment`, the whole motion) to a cycle whose end meets its start."""

    op: Literal["loop"]
    segment: SegmentNumber | None = None
    times: int = Field(default=1, ge=1, le=MAX_REPEATS)


class Path(Arguments):
    """Have one segment (or, without `segment`, the whole motion) go along these points to the last one.

    They are told from where it starts, facing ahead; it goes at its own pace, for as long as it takes.
    """

    op: Literal["path"]
    points: list[Annotated[list[Metres], Field(min_length=2, max_length=2)]] = Field(
        min_length=1, max_length=MAX_POINTS, description="[left, ahead] in metres."
    )
    segment: SegmentNumber | None = None


class TakeLimb(Arguments):
    """Keep one segment (or, without `segment`, the whole motion), but for a limb that does something else.

    What it does is newly generated (`description` of the whole body), or taken from `motion_id`.
    """

    sources = ("description", "motion_id")

    op: Literal["limb"]
    limb: Limb
    description: Description | None = None
    motion_id: MotionId | None = None
    segment: SegmentNumber | None = None
    seed: Seed | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        one_source(self)
        return self


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
    | InBetween
    | Reverse
    | Turn
    | Shift
    | Loop
    | Path
    | TakeLimb,
    Field(discriminator="op"),
]


def operations() -> dict[str, type[Arguments]]:
    """Every operation by its name."""
    union, _ = get_args(Operation)
    return {get_args(kind.model_fields["op"].annotation)[0]: kind for kind in get_args(union)}


def _flat_schema() -> dict[str, Any]:
    """One object with the fields of all operations, and in words which belong to which."""
    fields: dict[str, Any] = {}
    uses: dict[str, list[str]] = {}
    for name, kind in operations().items():
        schema = kind.model_json_schema()
        needed = set(schema["required"]) - {"op"}
        own = [field for field in schema["properties"] if field != "op"]
        takes = [field if field in needed else f"{field}?" for field in own if field != "seed"]
        uses.setdefault(", ".join(takes), []).append(name)
        for field in own:
            told = {key: value for key, value in schema["properties"][field].items() if key != "default"}
            fields[field] = told | fields.get(field, {})
    for field in fields.values():
        if "anyOf" in field:
            field.pop("type", None)
    told = "; ".join(f"{', '.join(names)}({takes})" for takes, names in uses.items())
    op = {"type": "string", "enum": list(operations()), "description": f"Takes: {told}."}
    return {
        "type": "object",
        "properties": {"op": op, **fields},
        "required": ["op"],
    }


def _filled(operation: Any) -> Any:
    """An operation without the fields that were left out: a flat object names those of all operations."""
    if not isinstance(operation, dict):
        return operation
    kind = operations().get(str(operation.get("op")))
    return operation if kind is None else filled_in(operation, kind.model_fields)


#: An operation as models write it.
FlatOperation = Annotated[Operation, BeforeValidator(_filled), WithJsonSchema(_flat_schema())]
