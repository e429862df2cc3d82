"""How one description is read before anything is generated."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Interpretation:
    """How a backend reads one description before it generates.

    text: what the model is prompted with. action: the known action it rests on ("" when unsure).
    unknown: words of the request that the model never saw. notes: sentences for the user.
    posed: actions that are laid over the motion as key poses, for the model was never shown them (see
    gestures.yaml); beside: what is asked for beside these.
    """

    text: str
    action: str = ""
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
    posed: tuple[str, ...] = ()
    beside: str = ""
