"""Numbers as people write them before a unit: "10", "2.5", "two and a half", "one hundred and eighty"."""

from __future__ import annotations

import re

_UNITS = {
    "zero": 0, "a": 1, "an": 1, "one": 1, "single": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES = {"dozen": 12, "hundred": 100, "thousand": 1000}
_WORD = "|".join(sorted((*_UNITS, *_SCALES), key=len, reverse=True))
_SPELLED = (
    rf"(?:half an? dozen|half an?|a half|an? couple(?: of)?|couple of"
    rf"|(?:{_WORD})(?:[ -](?:and[ -])?(?:{_WORD}))*(?:[ -]and[ -]an?[ -]half)?)"
)

#: A number in figures or in words; no word that is none, such as "few", whose count nobody can check.
NUMBER = rf"(?:\d+(?:[.,]\d+)?(?: and an? half)?|{_SPELLED})"
_PARTS = re.compile(rf"\d+(?:[.,]\d+)?|\b(?:half|couple|{_WORD})\b")


def number_in(text: str) -> float:
    """The value of what `NUMBER` matched: 'two and a half' -> 2.5, 'one hundred and eighty' -> 180."""
    words = _PARTS.findall(text)
    if "couple" in words:
        return 2.0
    if words[0] == "half" and words[-1] == "dozen":
        return 6.0
    if words[-1] == "half":
        return sum(_value(word) for word in words[:-2]) + 0.5 if len(words) > 2 else 0.5
    if words[0] == "half":
        return 0.5
    total = 0.0
    for word in words:
        total = max(total, 1.0) * _SCALES[word] if word in _SCALES else total + _value(word)
    return total


def _value(word: str) -> float:
    return float(_UNITS[word]) if word in _UNITS else float(word.replace(",", "."))
