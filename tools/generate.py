"""generate_motion: a description becomes one motion, or several variants of it."""

from __future__ import annotations

from .batching import Work
from .montage.making import generate_parts
from .montage.measuring import measured
from .montage.parts import NewPart, draft
from .results import motion_result
from .schemas import NOMINAL_SECONDS, GenerateMotionArgs
from .services import Call, Services


def generate_motion(services: Services, call: Call, arguments: GenerateMotionArgs) -> Work:
    """Make a new human motion from the description of ONE action.

    For several actions one after another use compose_sequence. Pass the notes of the result on to the user.
    """
    base = call.seed_for(0) if arguments.seed is None else arguments.seed
    requests = [
        NewPart(arguments.description, arguments.seconds, base + variant)
        for variant in range(arguments.variants)
    ]
    services.check_seconds((arguments.seconds or NOMINAL_SECONDS) * arguments.variants)
    parts = yield from generate_parts(services, requests)
    parts = [part for made in parts for part in measured(services, [made])]
    clips = [
        services.keep(
            call, draft([part], "generate_motion", seed=part.seed, name=_name(arguments, number)), number
        )
        for number, part in enumerate(parts)
    ]
    return motion_result(clips)


def _name(arguments: GenerateMotionArgs, variant: int) -> str | None:
    if arguments.name is None or variant == 0:
        return arguments.name
    return f"{arguments.name} {variant + 1}"
