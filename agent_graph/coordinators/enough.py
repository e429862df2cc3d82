"""When a reply has said enough: small models say an answer again and again until they have no more room."""

from __future__ import annotations

import re

#: How the text that is being written begins, in a reply that is JSON, and how it ends.
_OPENED, _CLOSED = re.compile(r'": ?"'), re.compile(r'(?<!\\)"')
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?])\s+")
_BEGUN_ANEW = re.compile(r"[.!?]\s+\S*$")
#: A phrase that was said three times, and the letters from the end of a reply in which it is looked for.
_ALIKE = re.compile(r"(?P<phrase>\S.{5,}?[,;])(?:\s*(?P=phrase)){2}$", re.S)
TAIL = 600


def may_show(piece: str) -> bool:
    """Whether a piece of text begins a word or ends a phrase: elsewhere nobody has said enough."""
    return piece[:1].isspace() or any(mark in piece for mark in ",;")


def said_enough(reply: str, sentences: int | None = None) -> int | None:
    """How many letters to keep of a reply that goes on although it has said enough; None where it has not.

    reply: what is written so far, plain text or JSON whose last string is being written. It has said enough
    when a sentence comes again, or a phrase between commas twice more. sentences: the most it may have.
    """
    begins = max((found.end() for found in _OPENED.finditer(reply)), default=0)
    text = reply[begins:]
    if begins and _CLOSED.search(text):
        return None
    if alike := _ALIKE.search(text, max(0, len(text) - TAIL)):
        return begins + alike.end("phrase") - 1
    if not _BEGUN_ANEW.search(text):
        return None
    *said, begun = _BETWEEN_SENTENCES.split(text)
    told = reply.removesuffix(begun).rstrip()
    if said[-1] in said[:-1]:
        return len(told.removesuffix(said[-1]).rstrip())
    return len(told) if sentences is not None and len(said) >= sentences else None
