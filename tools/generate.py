"""generate_motion: a description becomes one motion, or several variants of it."""

from __future__ import annotations

from typing import Any

from .batching import Result, Work
from .memory import MotionClip
from .montage.parts import Request, draft, generate_parts
from .schemas import NOMINAL_SECONDS, GenerateMotionArgs, MotionRef
from .services import Call, Services


def generate_motion(services: Services, call: Call, arguments: GenerateMotionArgs) -> Work:
    """Make a new human motion from the description of ONE action, such as "a person walks forward".

    Use `seconds` when the user says how long, `seed` to get a motion again or to vary it, `variants` for
    several versions at once. For several actions one after another use compose_sequence. The result tells
    the motion's id and notes on words the motion model did not know; pass those on to the user.
    """
    base = call.seed_for(0) if arguments.seed is None else arguments.seed
    requests = [
        Request(arguments.description, arguments.seconds, base + variant)
        for variant in range(arguments.variants)
    ]
    services.check_seconds((arguments.seconds or NOMINAL_SECONDS) * arguments.variants)
    parts = yield from generate_parts(services, requests)
    clips = [
        services.keep(
            call, draft([part], "generate_motion", seed=part.seed, name=_name(arguments, number)), number
        )
        for number, part in enumerate(parts)
    ]
    return made(clips)


def made(clips: list[MotionClip], **extra: Any) -> Result:
    """The result of a tool that made motions: the first is the motion, the others its variants."""
    first, *others = [clip.ref() for clip in clips]
    content = told(first) | extra
    if others:
        content["variants"] = [told(ref) for ref in others]
    artifact = first.model_copy(update={"alternatives": others})
    return Result(content, artifact, made=(artifact, *others))


def told(ref: MotionRef) -> dict[str, Any]:
    """What the calling model is told of a motion: a compact JSON object."""
    content: dict[str, Any] = {"motion_id": ref.id, "name": ref.name, "description": ref.description}
    content |= {"seconds": ref.seconds, "segments": [segment.model_dump() for segment in ref.segments]}
    content |= {"parent": ref.parent} if ref.parent else {}
    return content | {"notes": ref.notes}


def _name(arguments: GenerateMotionArgs, variant: int) -> str | None:
    if arguments.name is None or variant == 0:
        return arguments.name
    return f"{arguments.name} {variant + 1}"
