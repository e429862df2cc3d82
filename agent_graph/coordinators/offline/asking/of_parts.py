"""What the words and lengths of a motion's parts say: the longest of them, and the pauses."""

from __future__ import annotations

import re

from .....motion_models.english.quantities import spoken
from ..sentences.grammar import Verbs
from ..sentences.parts import find_parts
from .telling import Parts

#: Seconds by which a part must be longer than another to be called so.
LONGER = 0.05
_STILL = re.compile(
    r"\b(?:stand(?:s|ing)? (?:still|there|motionless)"
    r"|(?:stay|hold|keep|remain)s? (?:still|there|the pose|motionless)"
    r"|pauses?|waits?|rests?|freezes?|stops?|halts?|does not move|idles?)\b"
)


def longest(extent: str, parts: Parts) -> str:
    """Which part is the longest, or the shortest, and how long it lasts. extent: the word that was said."""
    short = extent.startswith(("short", "least"))
    lengths = [seconds for _, seconds in parts]
    goal = min(lengths) if short else max(lengths)
    found = [number for number, seconds in enumerate(lengths, 1) if abs(seconds - goal) < LONGER]
    name = "shortest" if short else "longest"
    if len(parts) == 1:
        return f"There is one part only: {parts[0][0]}, {spoken(goal)} s."
    if len(found) == len(parts):
        return f"All {len(parts)} parts are equally long: {spoken(goal)} s each."
    told = " and ".join(f"part {number}, {parts[number - 1][0]}" for number in found)
    verb = "is the" if len(found) == 1 else "are the"
    return f"{told[:1].upper()}{told[1:]}, {verb} {name}: {spoken(goal)} s."


def longer(asked: str, side: str, parts: Parts, verbs: Verbs) -> str:
    """Whether one part lasts longer, or shorter, than another. asked: "the walk than the jump"."""
    first, _, second = asked.partition(" than ")
    texts = [text for text, _ in parts]
    numbers = [find_parts(words, texts, verbs) for words in (first, second)]
    if not all(numbers):
        missing = second if numbers[0] else first
        return f'I find no part "{missing}", so I cannot compare.'
    lengths = [sum(parts[number - 1][1] for number in found) for found in numbers]
    more = lengths[0] - lengths[1] if side == "longer" else lengths[1] - lengths[0]
    verdict = "Yes" if more >= LONGER else "No"
    told = " and ".join(
        f"{words} lasts {spoken(seconds)} s" for words, seconds in zip((first, second), lengths, strict=True)
    )
    return f"{verdict}: {told}."


def pauses(parts: Parts) -> str:
    """Which parts are pauses by the words they were made from."""
    found = [
        f"part {number}, {text} ({spoken(seconds)} s)"
        for number, (text, seconds) in enumerate(parts, 1)
        if _STILL.search(text)
    ]
    if found:
        return f"Yes, by its words: {'; '.join(found)}."
    return "No part is a pause by its words; how still somebody is in between I do not measure."
