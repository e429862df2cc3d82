"""A part of the timeline that was chosen, as words: the edits that a click puts into the message box."""

from __future__ import annotations

from collections.abc import Sequence

#: What can be done to a part, as its button says and as the message asks for it.
EDITS = {
    "Replace": "replace part {part} with ",
    "Slower": "make part {part} slower",
    "Faster": "make part {part} faster",
    "Mirror": "mirror part {part}",
    "Repeat": "repeat part {part}",
    "Remove": "remove part {part}",
}
_NUMBERS = ("", "", "two", "three", "four", "five", "six", "seven", "eight")


def edit_of(part: int, parts: Sequence[Sequence[str]], edit: str = "Replace") -> str:
    """The request for an edit of a part, to be gone on with. parts: what each person does, one after another.

    Scenes are said anew, as the edits of parts are those of one person.
    """
    if len(parts) < 2:
        return EDITS[edit].format(part=part)
    number = _NUMBERS[len(parts)] if len(parts) < len(_NUMBERS) else str(len(parts))
    doing = [" then ".join(text.removeprefix("a person ") for text in person) for person in parts]
    last = "the other" if len(parts) == 2 else "one"
    return f"{number} people: " + ", ".join([*(f"one {does}" for does in doing[:-1]), f"{last} {doing[-1]}"])


def is_an_edit(text: str) -> bool:
    """Whether a message is what `edit_of` wrote, or nothing: then another may take its place."""
    beginnings = [phrase.partition("{part}")[0] for phrase in EDITS.values()]
    scenes = [f"{number} people: one " for number in _NUMBERS[2:]]
    return not text.strip() or text.startswith((*beginnings, *scenes))
