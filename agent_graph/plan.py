"""MotionPlan: the tool calls of ONE message, as typed steps, checked as a whole before any model runs.

A step may refer to the motion an earlier step makes as "$1", "$2", ... wherever a motion id is expected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from langchain_core.messages import AIMessage
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ..tools.errors import one_line, shortened
from ..tools.schemas import (
    ArrangeSceneArgs,
    CaptionMotionArgs,
    ComposeSequenceArgs,
    EditMotionArgs,
    ExportMotionArgs,
    GenerateMotionArgs,
    HistoryArgs,
    ListMotionsArgs,
    NameMotionArgs,
    reference_number,
)
from ..tools.toolbox import TOOLS
from .budget import Lengths, seconds_of
from .errors import PlanError
from .values import UNFIT


class Step(BaseModel):
    """One tool call. call_id: the id its tool message answers to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    call_id: str
    arguments: Any

    @property
    def motion_ids(self) -> list[str]:
        """Every motion the arguments refer to, "$n" included."""
        return list(_values_of(self.arguments.model_dump(), "motion_id"))

    @property
    def references(self) -> frozenset[int]:
        """The numbers of the steps whose motions this one uses."""
        numbers = (reference_number(motion_id) for motion_id in self.motion_ids)
        return frozenset(number for number in numbers if number is not None)

    @property
    def makes_motion(self) -> bool:
        return True


class GenerateStep(Step):
    tool: Literal["generate_motion"]
    arguments: GenerateMotionArgs


class ComposeStep(Step):
    tool: Literal["compose_sequence"]
    arguments: ComposeSequenceArgs


class EditStep(Step):
    tool: Literal["edit_motion"]
    arguments: EditMotionArgs


class ArrangeStep(Step):
    tool: Literal["arrange_scene"]
    arguments: ArrangeSceneArgs


class CaptionStep(Step):
    tool: Literal["caption_motion"]
    arguments: CaptionMotionArgs

    @property
    def makes_motion(self) -> bool:
        return self.arguments.path is not None


class LookingStep(Step):
    """A step that makes no motion; it is run after all steps before it, in the order of the message."""

    @property
    def makes_motion(self) -> bool:
        return False


class ExportStep(LookingStep):
    tool: Literal["export_motion"]
    arguments: ExportMotionArgs


class ListStep(LookingStep):
    tool: Literal["list_motions"]
    arguments: ListMotionsArgs


class NameStep(LookingStep):
    tool: Literal["name_motion"]
    arguments: NameMotionArgs


class HistoryStep(LookingStep):
    tool: Literal["history"]
    arguments: HistoryArgs


AnyStep = Annotated[
    GenerateStep
    | ComposeStep
    | EditStep
    | ArrangeStep
    | CaptionStep
    | ExportStep
    | ListStep
    | NameStep
    | HistoryStep,
    Field(discriminator="tool"),
]
_STEP: TypeAdapter[AnyStep] = TypeAdapter(AnyStep)


class MotionPlan(BaseModel):
    """The steps of one message, in its order; step numbers start at 1. seconds: of motion that they make."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    steps: list[AnyStep] = Field(min_length=1)
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """The plan as people and models write it: {"steps": [{"tool": ..., "arguments": {...}}, ...]}."""
        steps = [
            {"tool": step.tool, "arguments": step.arguments.model_dump(mode="json", exclude_unset=True)}
            for step in self.steps
        ]
        return {"steps": steps}


@dataclass(frozen=True)
class Limits:
    """What one plan may ask for."""

    steps: int = 16
    seconds: float = 600.0
    people: int = 8


def read_plan(
    message: AIMessage, lengths: Lengths, known: Callable[[], Sequence[str]], limits: Limits
) -> MotionPlan:
    """Read a message's tool calls as a plan, or raise PlanError with everything that is wrong with it.

    lengths: those of the parts of a motion in memory, by its id or name. known: motions to mention in errors.
    """
    steps, problems = _typed_steps(message)
    problems += _reference_problems(steps, lengths, known)
    problems += _size_problems(message, steps, limits)
    arguments = {number: step.arguments for number, step in steps.items()}
    seconds = seconds_of(arguments, lengths, limits.seconds)
    if seconds > limits.seconds:
        most = f"at most {limits.seconds:g} s are allowed"
        problems.append((0, f"the plan asks for {seconds:g} s of motion; {most}"))
    if problems:
        raise PlanError(sorted(problems, key=lambda problem: problem[0]))
    return MotionPlan(steps=[steps[number] for number in sorted(steps)], seconds=seconds)


def _typed_steps(message: AIMessage) -> tuple[dict[int, AnyStep], list[tuple[int, str]]]:
    steps: dict[int, AnyStep] = {}
    problems: list[tuple[int, str]] = []
    for number, call in enumerate(message.tool_calls, 1):
        if call["name"] not in TOOLS:
            name = shortened(call["name"])
            problems.append((number, f"calls {name!r}, which is no tool; tools: {', '.join(TOOLS)}"))
            continue
        values = {"tool": call["name"], "call_id": call["id"] or "", "arguments": call["args"]}
        try:
            steps[number] = _STEP.validate_python(values)
        except ValidationError as error:
            reason = one_line(error).replace(f"{call['name']}.arguments", "arguments")
            problems.append((number, f"({call['name']}) has wrong arguments: {reason}"))
    for number, call in enumerate(message.invalid_tool_calls, len(message.tool_calls) + 1):
        reason = call["error"] or "cannot be read"
        verb = "has" if reason.startswith(UNFIT) else "is not valid JSON:"
        problems.append((number, f"({call['name']}) {verb} {reason}"))
    return steps, problems


def _reference_problems(
    steps: dict[int, AnyStep], lengths: Lengths, known: Callable[[], Sequence[str]]
) -> Iterator[tuple[int, str]]:
    for number, step in steps.items():
        for motion_id in dict.fromkeys(step.motion_ids):
            target = reference_number(motion_id)
            if target is not None:
                if reason := _wrong_reference(number, target, steps):
                    yield number, f"refers to {motion_id}, {reason}"
            elif lengths(motion_id) is None:
                names = ", ".join(known()) or "none yet"
                yield number, f"refers to motion {shortened(motion_id)}, which does not exist; known: {names}"


def _wrong_reference(number: int, target: int, steps: dict[int, AnyStep]) -> str | None:
    """Why step `number` may not use the motion of step `target`; None when it may."""
    if target == number:
        return "which is the step itself"
    if target > number:
        return "which comes later; a step can only use the motions of earlier steps"
    if target < 1:
        return "but steps are numbered from 1"
    if target in steps and not steps[target].makes_motion:
        return f"but step {target} ({steps[target].tool}) makes no motion"
    return None


def _size_problems(
    message: AIMessage, steps: dict[int, AnyStep], limits: Limits
) -> Iterator[tuple[int, str]]:
    count = len(message.tool_calls) + len(message.invalid_tool_calls)
    if count > limits.steps:
        yield 0, f"the plan has {count} steps; at most {limits.steps} are allowed"
    for number, step in steps.items():
        if isinstance(step, ArrangeStep) and len(step.arguments.people) > limits.people:
            people = len(step.arguments.people)
            yield number, f"has {people} people; at most {limits.people} are allowed"


def _values_of(value: Any, key: str) -> Iterator[str]:
    """Every string under `key`, however deep."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == key and isinstance(inner, str):
                yield inner
            else:
                yield from _values_of(inner, key)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _values_of(inner, key)
