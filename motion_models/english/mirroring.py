"""The words of mirrored motion: left and right change places where they name a side."""

from __future__ import annotations

import re

_OTHER_SIDE = {
    "left": "right", "leftward": "rightward", "leftwards": "rightwards", "lefthand": "righthand",
    "clockwise": "counterclockwise",
}  # fmt: skip
_OTHER_SIDE |= {other: side for side, other in _OTHER_SIDE.items()}

#: What may be swapped, after the phrases that keep their words.
_SIDES = re.compile(
    r"\b(?:right|left)[- ]angled?\b|\ball (?:right|left)\b"
    r"|\bright (?P<moment>after|before)\b|\bright (?P<place>away(?! from\b)|there|now|behind|in front)\b"
    r"|\b(?:counter|anti)[- ]?clockwise\b|\b(?:left|right)(?:ward|wards|hand)?\b|\bclockwise\b",
    re.IGNORECASE,
)
#: After these "right after" and "right behind" speak of a side, as in "to the right after".
_SIDE_BEFORE = r"\b(?:the|his|her|their|its|your|my|to|from|(?:left|right) (?:and|or|then)) $"
#: After these "right after" and "right before" do too, as in "turns right after two steps".
_GOES = (
    r"\b(?:turn|rotat|spin|twist|swivel|pivot|veer|curv|circl|bear|step|shuffl|sidestep|slid|mov|go|walk|run"
    r"|jog|hop|look|fac|lean|bend|shift|sway|lung)\w*(?: \w+ly)? $"
)
_NAMES_A_SIDE = {
    "moment": re.compile(f"{_SIDE_BEFORE}|{_GOES}", re.IGNORECASE),
    "place": re.compile(_SIDE_BEFORE, re.IGNORECASE),
}


def mirror_text(text: str) -> str:
    """Swap left and right, clockwise and counterclockwise; "right angle", "upright", "right away" stay.

    Twice gives the text back, up to the spelling of "counter-clockwise" and "anticlockwise" and where
    "left after" becomes a "right after" that may as well speak of time.
    """
    return _SIDES.sub(_mirror_match, text)


def _mirror_match(match: re.Match[str]) -> str:
    whole = match[0]
    if match.lastgroup:
        if not _NAMES_A_SIDE[match.lastgroup].search(match.string[: match.start()]):
            return whole
        word, rest = whole[: len("right")], whole[len("right") :]
    else:
        word, rest = whole, ""
    plain = re.sub(r"^(?:counter|anti)[- ]?", "counter", word.lower())
    other = _OTHER_SIDE.get(plain)
    if other is None:
        return whole
    cased = other.upper() if word.isupper() else other.capitalize() if word[0].isupper() else other
    return cased + rest
