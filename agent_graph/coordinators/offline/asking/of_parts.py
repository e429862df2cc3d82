"""What the words and lengths of a motion's parts say: the longest of them, and the pauses."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .....motion_models.english.inflections import lemma
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


def in_order(asked: str, parts: Parts, verbs: Verbs) -> str:
    """Which of two parts comes first; "" where one is not there. asked: "the walk than the jump"."""
    texts = [text for text, _ in parts]
    named = [
        re.sub(r"^(?:he|she|they|it|the (?:person|man|woman)) ", "", words) for words in asked.split(" than ")
    ]
    first, second = (find_parts(words, texts, verbs) for words in named)
    if not (first and second):
        return ""
    if first == second:
        return f"Both are part {first[0]}, {texts[first[0] - 1]}."
    early, late = (
        f"part {min(numbers)}, {texts[min(numbers) - 1]}" for numbers in sorted([first, second], key=min)
    )
    return f"{early[:1].upper()}{early[1:]}, comes before {late}."


def wanted_by(asked: str, said: Iterable[str], parts: Parts) -> str:
    """Which part's words ask for what a question wants a reason for; "" where none does.

    said: the words of the question that say what it is about.
    """
    wanted = {lemma(word) for word in said} - {"why", "like", "that"}
    found = [
        n
        for n, (text, _) in enumerate(parts, 1)
        if wanted and wanted <= {lemma(word) for word in text.split()}
    ]
    if len(found) != 1 or re.search(r"\bnot\b|n't\b", asked):
        return ""
    part = f"part {found[0]}"
    return (
        f'Its words ask for it: {part} was made as "{parts[found[0] - 1][0]}". Say "do {part} again" for'
        f' another version, or "remove {part}"; how it looks beyond its words I cannot explain.'
    )


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
