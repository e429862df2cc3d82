"""The plan as a schema: JSON schema for servers, a grammar for local models, signatures for prompts.

The grammar is that of the plan's own types, so whatever validation takes can be written. It is narrower only
where a plan could not run: a step refers to a motion that exists, or to one that an earlier step makes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Annotated, Any, get_args

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema

from ...tools.arguments.fields import Arguments
from ...tools.arguments.operations import operations
from ..prompts import USES

#: Steps up to which a grammar tells the motions of earlier ones apart; later ones may use any of these.
REFERENCES = 16
#: Letters that an answer to the user may have in a grammar: one that runs on is closed there.
LONGEST_ANSWER = 1000


def plan_schema(tools: Mapping[str, type[BaseModel]]) -> dict[str, Any]:
    """JSON schema of a plan: {"steps": [{"tool": name, "arguments": {...}}, ...]}. tools: their arguments."""
    models = [(arguments, "validation") for arguments in tools.values()]
    places, shared = models_json_schema(models, ref_template="#/$defs/{model}")  # pyright: ignore[reportArgumentType]
    steps = [
        _step(name, places[model])  # pyright: ignore[reportArgumentType]
        for name, model in zip(tools, models, strict=True)
    ]
    schema = {
        "title": "MotionPlan",
        "description": "The steps of one plan. '$1' stands for the motion that its first step makes.",
        **_object({"steps": {"type": "array", "minItems": 1, "items": {"anyOf": steps}}}, ["steps"]),
        "$defs": shared.get("$defs", {}),
    }
    for part in _objects(schema):
        part["additionalProperties"] = False
    return schema


def reply_schema(tools: Mapping[str, type[BaseModel]]) -> dict[str, Any]:
    """JSON schema of a reply: a plan, or {"answer": "..."}; one object, as servers want it."""
    plan = plan_schema(tools)
    return plan | {
        "title": "Reply",
        "description": "Either steps to run, or an answer to the user.",
        "properties": plan["properties"] | {"answer": {"type": "string"}},
        "required": [],
    }


def reply_grammar(tools: Mapping[str, type[BaseModel]], motions: Sequence[str]) -> dict[str, Any]:
    """JSON schema of all replies that can be carried out. motions: the ids and names that exist."""
    answer = _object({"answer": {"type": "string", "minLength": 1, "maxLength": LONGEST_ANSWER}}, ["answer"])
    grammar: dict[str, Any] = {"x-guidance": {"item_separator": ", ", "key_separator": ": "}, "$defs": {}}
    grammar["x-guidance"]["whitespace_flexible"] = False
    places = [list(motions), [*motions, *(f"${number}" for number in range(1, REFERENCES))]]
    grammar["$defs"] = {
        f"step{number}": {"anyOf": [_step(n, s) for n, a in tools.items() for s in _variants(a, known)]}
        for number, known in enumerate(places)
    }
    first, later = ({"$ref": f"#/$defs/step{number}"} for number in range(2))
    steps = {"type": "array", "prefixItems": [first], "items": later, "minItems": 1, "maxItems": REFERENCES}
    return grammar | {"anyOf": [_object({"steps": steps}, ["steps"]), answer]}


def signatures(tools: Mapping[str, type[BaseModel]]) -> str:
    """What each tool takes and is for, a line each, those first that are used most."""
    order = [*(name for name in USES if name in tools), *(name for name in tools if name not in USES)]
    return "\n".join(_line(name, tools[name]) for name in order)


def _line(tool: str, arguments: type[BaseModel]) -> str:
    line = f"- {tool}({', '.join(_fields(arguments))})"
    line += f": {USES[tool]}" if tool in USES else ""
    if "operations" not in arguments.model_fields:
        return line
    kinds = (f"{name}({', '.join(list(_fields(kind))[1:])})" for name, kind in operations().items())
    return f"{line}; op is one of {', '.join(kinds)}"


def _fields(arguments: type[BaseModel]) -> Iterator[str]:
    """The fields of an object as a signature shows them; seeds are left to those who know of them."""
    sources = getattr(arguments, "sources", ())
    for name, field in arguments.model_fields.items():
        mark = "" if field.is_required() else "?"
        inner = [kind for kind in get_args(field.annotation) if isinstance(kind, type)]
        if name == "operations":
            yield f"{name} [{{op, ...}}]"
        elif inner and issubclass(inner[0], Arguments):
            yield f"{name}{mark} [{{{', '.join(_fields(inner[0]))}}}]"
        elif name in sources[:1]:
            yield " | ".join(sources)
        elif name not in ("seed", *sources):
            yield f"{name}{mark}"


# ---------------------------------------------------------------------- the grammar


def _variants(model: type[BaseModel], motions: Sequence[str]) -> list[dict[str, Any]]:
    """The objects a model accepts, one for each choice that leaves fields out, as far as motions exist."""
    found = (_variant(model, *choice, motions) for choice in _choices(model))
    return [variant for variant in found if variant is not None]


def _choices(model: type[BaseModel]) -> Iterator[tuple[set[str], dict[str, list[str]]]]:
    """Fields that go together: those left out, and the values that others are then held to."""
    sources, goes_with = getattr(model, "sources", ()), getattr(model, "goes_with", {})
    apart: list[list[tuple[set[str], dict[str, list[str]]]]] = []
    if sources:
        apart.append([({other for other in sources if other != source}, {}) for source in sources])
    for name, (field, value) in goes_with.items():
        others = [other for other in get_args(model.model_fields[field].annotation) if other != value]
        apart.append([(set(), {field: [value]}), ({name}, {field: others})])
    for chosen in product(*apart):
        left_out = {name for names, _ in chosen for name in names}
        yield left_out, {name: values for _, held in chosen for name, values in held.items()}


def _variant(
    model: type[BaseModel], left_out: set[str], held: Mapping[str, list[str]], motions: Sequence[str]
) -> dict[str, Any] | None:
    together = {*getattr(model, "sources", ()), *getattr(model, "goes_with", {})}
    full = _bounded(model)
    properties: dict[str, Any] = {}
    required = []
    for name, field in model.model_fields.items():
        if name in left_out:
            continue
        needed = field.is_required() or name in together
        value = {"enum": held[name]} if name in held else _field(name, field.annotation, full[name], motions)
        if value is None and needed:
            return None
        if value is not None:
            properties[name] = value
            required += [name] if needed else []
    return _object(properties, required)


def _field(name: str, annotation: Any, schema: dict[str, Any], motions: Sequence[str]) -> Any:
    """The grammar of one field; None where it cannot be filled in."""
    if name == "motion_id":
        return {"enum": list(motions)} if motions else None
    inner = [kind for kind in get_args(annotation) if isinstance(kind, type)]
    if name == "operations":
        items = [variant for kind in operations().values() for variant in _variants(kind, motions)]
    elif inner and issubclass(inner[0], Arguments):
        items = _variants(inner[0], motions)
    else:
        return schema
    return {key: schema[key] for key in ("type", "minItems", "maxItems")} | {"items": {"anyOf": items}}


def _bounded(model: type[BaseModel]) -> dict[str, dict[str, Any]]:
    """The schema of every field with the bounds that validation has, but not the null of optional ones."""
    schemas = {}
    for name, field in model.model_fields.items():
        kind: Any = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation  # pyright: ignore[reportInvalidTypeForm]
        schema = TypeAdapter(kind).json_schema()
        schemas[name] = schema["anyOf"][0] if "anyOf" in schema else schema
    return schemas


def _step(tool: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return _object({"tool": {"const": tool}, "arguments": arguments}, ["tool", "arguments"])


def _object(properties: dict[str, Any], required: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Every object type inside a schema."""
    inner: Iterable[Any] = ()
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict):
            yield schema
        inner = schema.values()
    elif isinstance(schema, list):
        inner = schema
    for value in inner:
        yield from _objects(value)
