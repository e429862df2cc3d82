"""Motion files that a message names, and how they are to be read."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from ..sentences.requests import Describe, Intent
from ..sentences.wordlists import FORMATS, MOTION_FILES, ORDINALS

_PATH = re.compile(
    rf"(?P<quote>[\"'])(?P<quoted>[^\"'\n]+\.(?:{'|'.join(MOTION_FILES)}))(?P=quote)"
    rf"|(?<![\w/])(?P<bare>(?:[A-Za-z]:)?[\w./\\~-]*[\w-]+\.(?:{'|'.join(MOTION_FILES)}))\b",
    re.IGNORECASE,
)
_TO_FILE = re.compile(
    r"\b(?:save|export|write|store|download|render|output)\b[^.;\n]*?\b(?:as|to|into|in)\s+$", re.IGNORECASE
)
#: Those that say which person, without "the last one".
_WHICH = [word for word, number in ORDINALS.items() if number > 0]
#: What comes before a property of a file: ", it is at", "which was recorded with", "where".
_LEAD = (
    r"[,;(]?\s*(?:\b(?:and|but|where|with)\s+)?(?:\b(?:it|its|which|that|the file)\b(?:'s)?\s*)?"
    r"(?:\b(?:is|are|was|has|runs|plays|made|recorded|captured|filmed)\s+)*(?:\b(?:at|with|in|by)\s+)?"
)
_FPS = re.compile(
    rf"{_LEAD}\b(?P<fps>\d+(?:\.\d+)?)\s*(?:fps|hz|hertz|frames (?:a|per|/) ?second)\b\)?", re.IGNORECASE
)
_UP = re.compile(
    rf"{_LEAD}(?:\bthe\s+)?(?<![\w.])(?P<up>[-+]?[xyz])(?:[- ]axis)?"
    r"[- ](?:(?:is|points|pointing|as)\s+)?up(?:wards)?\b\)?",
    re.IGNORECASE,
)
#: Whom a file shows, before its name: "the second person in", "what is person 2 doing in".
_PERSON = re.compile(
    rf"(?:\b(?:the|a)\s+)?(?:\b(?P<ordinal>{'|'.join(_WHICH)})\s+)?"
    r"\b(?:person|one|figure|actor|character|man|woman)(?:\s+(?:number\s+)?(?P<number>\d+))?"
    r"(?P<doing>\s+(?:doing|do))?\s+(?:of|in|from)\s+$",
    re.IGNORECASE,
)

#: What asks for no more than that the file is read, in the text that is left.
_OPEN = re.compile(
    r"^(?:(?:please|now|can you|could you)\s+)*(?:open|load|read|import|use|take|look at|watch)(?:\s+up)?"
    r"\s+it\b"
    r"(?:[.,;]?\s*(?:and|then)\b)*\s*",
    re.IGNORECASE,
)


def take_files(text: str) -> tuple[list[Intent], str]:
    """Files the message names: read ones become `Describe(path)`, "save it as x.bvh" a name and an export.

    In the text that is left, "it" stands for the file.
    """
    match = _PATH.search(text)
    if not match:
        return [], text
    path = match["quoted"] or match["bare"]
    before, after = text[: match.start()], text[match.end() :]
    if _TO_FILE.search(before):
        stem, ending = PurePosixPath(path).stem, PurePosixPath(path).suffix[1:].lower()
        kept = _TO_FILE.sub("", before)
        formats = (FORMATS[ending],) if ending in FORMATS else ()
        return [], f'{kept}\nname it "{stem}"\nsave it as {formats[0] if formats else ending}\n{after}'
    how = _taken(after)
    shown = _PERSON.search(before)
    if shown is None:
        left = re.sub(r"(?:the )?(?:motion |file |motion file )?$", "", before) + "it"
    else:
        how = _which(shown) | how
        left = f"{before[: shown.start()]}it{shown['doing'] or ''}"
    for pattern in (_FPS, _UP):
        after = pattern.sub("", after, count=1)
    return [Describe(path=path, how=tuple(how.items()))], _OPEN.sub("", left + after)


def _taken(after: str) -> dict[str, float | str]:
    """What the words after a file's name say of it."""
    how: dict[str, float | str] = {}
    if found := _FPS.search(after):
        how["fps"] = float(found["fps"])
    if found := _UP.search(after):
        how["up"] = found["up"].lower().removeprefix("+")
    return how


def _which(shown: re.Match[str]) -> dict[str, float | str]:
    """Which of several people is meant, if that is said."""
    if shown["number"]:
        return {"person": int(shown["number"])}
    return {"person": ORDINALS[shown["ordinal"].lower()]} if shown["ordinal"] else {}
