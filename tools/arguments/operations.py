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
    position: int | None = Field(default=None, ge=1, le=MAX_SEGMENTS + 1, description="Number it will have.")
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
    end: float | None = Field(default=None, gt=0, description="In seconds.")

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
    factor: float = Field(ge=SLOWEST, le=FASTEST, description="2 is twice as fast.")
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
    seconds: float = Field(default=0.6, ge=0.2, le=10, description="Leave out for a short one.")
    description: Description | None = Field(default=None, description="What happens in it.")
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


def operations() -> dict[str, type[Arguments]]:
    """Every operation by its name."""
    union, _ = get_args(Operation)
    return {get_args(kind.model_fields["op"].annotation)[0]: kind for kind in get_args(union)}


def _flat_schema() -> dict[str, Any]:
    """One object with the fields of all operations, and in words which belong to which."""
    fields: dict[str, Any] = {}
    uses = []
    for name, kind in operations().items():
        schema = kind.model_json_schema()
        needed = set(schema["required"]) - {"op"}
        own = [field for field in schema["properties"] if field != "op"]
        takes = [field if field in needed else f"{field}?" for field in own if field != "seed"]
        uses.append(f"{name}({', '.join(takes)})")
        for field in own:
            told = {key: value for key, value in schema["properties"][field].items() if key != "default"}
            fields[field] = told | fields.get(field, {})
    for told in fields.values():
        if "anyOf" in told:
            told.pop("type", None)
    op = {"type": "string", "enum": list(operations()), "description": f"Takes: {'; '.join(uses)}."}
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
