"""Fields that several tools share, and the base of everything a coordinator fills in.

Field descriptions are written for the model that fills them in. Unknown fields are rejected, so that a
misspelt argument is an error the model can repair and never a silent default; a null or an empty text in
place of an optional field means that it was left out, because many models write one for every field. A length
or a seed that was written into a description counts as given, where its own field was left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from ...motion_models.english.quantities import take_last_seconds, take_seed

#: Longest stretch one tool call may ask for, in seconds; a plan's total is bounded by configuration.
MAX_SECONDS = 600.0
MAX_SEGMENTS, MAX_REPEATS = 64, 20
#: Bounds are enforced, and named in errors, but not spelt out in schemas: every token of these is paid for.
#: Nor are defaults: what is not required may be left out.
UNTOLD = (
    "title",
    "default",
    "additionalProperties",
    "minLength",
    "maxLength",
    "maxItems",
    "minimum",
    "maximum",
    "exclusiveMinimum",
)

Description = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
MotionId = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=60),
]
Seconds = Annotated[float, Field(gt=0, le=MAX_SECONDS, description="Leave out for a natural length.")]
Seed = Annotated[int, Field(ge=0, le=2**63 - 1)]
SegmentNumber = Annotated[int, Field(description="1 is the first, -1 the last.", ge=-MAX_SEGMENTS)]


class Frozen(BaseModel):
    """An immutable record that accepts nothing it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Arguments(Frozen):
    """Base of everything a coordinator fills in.

    sources: fields of which exactly one is given. goes_with: fields that are given with one value of another
    field, (name, value), and never else.
    """

    sources: ClassVar[tuple[str, ...]] = ()
    goes_with: ClassVar[Mapping[str, tuple[str, str]]] = MappingProxyType({})

    @model_validator(mode="before")
    @classmethod
    def _as_meant(cls, given: Any) -> Any:
        fields = cls.model_fields
        return stated(filled_in(given, fields), fields) if isinstance(given, dict) else given

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        schema = handler(core_schema)
        whole = handler.resolve_ref_schema(schema)
        whole.pop("description", None)
        for place in (whole, *whole.get("properties", {}).values()):
            _shorten(place)
        return schema


def one_source(arguments: Arguments) -> None:
    """Raises ValueError unless exactly one of the fields in `sources` is given."""
    if sum(getattr(arguments, name) is not None for name in arguments.sources) != 1:
        raise ValueError(f"give exactly one of {' and '.join(arguments.sources)}")


def left_out(value: Any) -> bool:
    """Whether a value says that its field was left out."""
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def filled_in(given: dict[str, Any], fields: Mapping[str, FieldInfo]) -> dict[str, Any]:
    """What was really said of an object in which a server or a model filled in every field.

    A null, an empty text and a field unknown here that is 0 say nothing. Where some say nothing, so does a 0
    in a field that need not be given.
    """
    needed = {name for name, field in fields.items() if field.is_required()}
    nothing = {
        name
        for name, value in given.items()
        if name not in needed and (left_out(value) or (name not in fields and value == 0))
    }
    if nothing:
        nothing |= {name for name, value in given.items() if name not in needed and value == 0}
    return {name: value for name, value in given.items() if name not in nothing}


def stated(given: dict[str, Any], fields: Mapping[str, FieldInfo]) -> dict[str, Any]:
    """An object whose length or seed was told in its description, in the fields that are there for them."""
    for name, take in (("seconds", take_last_seconds), ("seed", take_seed)):
        description = given.get("description")
        if name in fields and name not in given and isinstance(description, str):
            value, told = take(description)
            given = given if value is None or not told else {**given, "description": told, name: value}
    return given


def _shorten(schema: dict[str, Any]) -> None:
    """Leave what a model needs to fill a field in; its description in one place, which every server reads.

    A number may be null, because some servers have every field filled in; a text may as well be empty.
    """
    for key in UNTOLD:
        schema.pop(key, None)
    if isinstance(items := schema.get("items"), dict):
        _shorten(items)
    if "anyOf" not in schema:
        return
    value, null = schema.pop("anyOf")
    _shorten(value)
    for key in ("description",) if value.get("type") in ("number", "integer") else tuple(value):
        if key in value:
            schema.setdefault(key, value.pop(key))
    if value:
        schema["anyOf"] = [value, null]
