"""What a turn is doing, in words for people: its stages, and the steps of a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

#: What the user is told while a node of the graph runs, by the node that ran before it.
WHILE_WAITING = {
    "": "Reading the request",
    "begin": "Reading the request",
    "coordinate": "Checking the plan",
    "validate": "Making the motion",
    "execute": "Putting it into words",
    "approve": "Making the motion",
    "give_up": "Ending the turn",
}
#: What each tool does, as the first words of a step.
DOES = {
    "generate_motion": "Make a motion",
    "compose_sequence": "Join parts",
    "edit_motion": "Change a motion",
    "arrange_scene": "Arrange people",
    "caption_motion": "Watch a motion",
    "export_motion": "Write files",
    "list_motions": "List the motions",
    "name_motion": "Name a motion",
    "history": "Go to a version",
}
#: Arguments that stand in a step without their name.
_PLAIN = ("description", "motion_id", "path", "action", "op", "name")


def step_in_words(tool: str, arguments: Mapping[str, Any]) -> str:
    """One step of a plan: "Join parts: a person walks, 3 s; a person waves"."""
    said = _values(arguments)
    return f"{DOES.get(tool, tool)}: {said}" if said else DOES.get(tool, tool)


def _values(arguments: Mapping[str, Any]) -> str:
    return ", ".join(said for name, value in arguments.items() if (said := _value(name, value)))


def _value(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return _values(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "; ".join(said for item in value if (said := _value("", item)))
    if isinstance(value, bool) or value is None:
        return name if value else ""
    if name == "seconds":
        return f"{value:g} s"
    return str(value) if name in _PLAIN or not name else f"{name} {value}"
