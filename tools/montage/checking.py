"""Does a motion show what was asked? A look at the result before the user gets it."""

from __future__ import annotations

from collections.abc import Sequence

from ...motion_models.english.interpretation import Interpretation
from ...motion_models.errors import MotionAgentError
from ..batching import Tokens
from ..services import Services

#: How the note begins that a motion hardly shows what was asked.
WEAK = "weak match"


def doubts(
    services: Services,
    readings: Sequence[Interpretation],
    motions: Sequence[Tokens],
    *,
    evident: Sequence[bool] | None = None,
) -> list[tuple[str, ...]]:
    """What to say of each new motion: nothing, or that it matches its request only weakly.

    A match is weak when the backend itself finds the request an unlikely caption of the motion, and what it
    would call the motion is another action. Backends that cannot judge are believed, and joints before any
    backend is asked. evident: of each motion whether its joints show the action. With the weights that ship
    3.5 % of the open suite's motions are doubted, and 61 % when each is given another's request; a look costs
    6 % of the time to make a motion (tests/tools/montage/test_checking.py, slow).
    """
    unseen = [number for number in range(len(motions)) if not (evident and evident[number])]
    unlikely = services.unlikely([readings[n] for n in unseen], [motions[n] for n in unseen])
    weak = [number for number, low in zip(unseen, unlikely, strict=True) if low]
    notes: list[tuple[str, ...]] = [()] * len(motions)
    if not weak:
        return notes
    for number, seen in zip(weak, services.caption([motions[n] for n in weak]), strict=True):
        if _action(services, seen) != readings[number].action:
            notes[number] = (f"{WEAK}: '{readings[number].text}' came out more like '{seen}'",)
    return notes


def _action(services: Services, caption: str) -> str | None:
    """The action a caption names; None where it names none that the backend knows."""
    try:
        return services.interpret(caption).action
    except MotionAgentError:
        return None
