"""What of a request can hardly be met, or not at all: what is told of it beside what is made."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from .....motion_models.english.quantities import spoken
from ..sentences.requests import Doubt, Edit, Intent, Make, Question, Restage, Scene, Social, Unable, Unclear
from .beyond import answered, bodily, lacking, words_of


def limits(requests: Sequence[Intent], ruled_out: Sequence[str]) -> list[str]:
    """What to tell of words that a motion model can hardly honour: two things at once, "without"."""
    said = [
        action.description
        for request in requests
        if isinstance(request, Make | Edit)
        for action in request.actions
    ]
    told = [
        f'Two things at once may show only one of them ("{text}").'
        for text in said
        if re.search(r"\b(?:while|whilst|at the same time|simultaneously)\b", text)
    ]
    found = [match[0] for text in said for match in re.finditer(r"\b(?:without .*|no longer .*)", text)]
    unmet = [
        f'I cannot promise "{words}": the motion model does not know what to leave out.'
        for words in dict.fromkeys([*found, *ruled_out])
    ]
    return [*told, *unmet]


#: What people do who touch or hold one another.
_TOUCHING = re.compile(
    r"\b(?:hold(?:s|ing)? (?:(?:each other|one another)(?:'?s)? |their |both )?hands"
    r"|(?:hand|arm) in (?:hand|arm)"
    r"|(?:shak|hug|embrac|kiss|wrestl|carry|carri|lift|push|pull|grab|throw|catch|high[- ]fiv|touch)\w*"
    r"(?: \w+)? (?:hands|each other|one another|the other|him|her|them)"
    r"|hugs?|hugging|handshake|high[- ]fives?)\b",
    re.IGNORECASE,
)


def untouched(requests: Sequence[Intent], message: str) -> list[str]:
    """What to tell of people of a scene who are to touch one another."""
    found = _TOUCHING.search(message) if any(isinstance(request, Scene) for request in requests) else None
    return [f'People of a scene do not touch: each does "{found[0]}" alone.'] if found else []


#: How wide or strong something is to be, which no change of a motion sets.
_EXTENT = re.compile(r"\b(?:deeper|shallower|higher|wider|narrower|stronger|bigger|harder)\b", re.IGNORECASE)


def extents(requests: Sequence[Intent], message: str) -> list[str]:
    """What to tell of how deep or wide something is to be where only its number or place is changed."""
    counted = bool(requests) and all(
        isinstance(request, Edit) and request.kind in ("quantity", "repeat", "delete", "only", "move")
        for request in requests
    )
    found = _EXTENT.search(message) if counted else None
    return (
        [f'How high, wide or strong a movement is cannot be set afterwards ("{found[0]}").'] if found else []
    )


_EACH_OTHER = re.compile(
    r"\b(?:each other|one another|face to face|both of them|the two of them"
    r"|with (?:an?|his|her) (?:partner|friend|opponent|buddy|teammate))\b",
    re.IGNORECASE,
)


def one_alone(requests: Sequence[Intent], message: str) -> list[str]:
    """What to tell where two are spoken of and one is made."""
    one = bool(requests) and all(isinstance(request, Make) and not request.continues for request in requests)
    return (
        ['I show one person; say "two people ..." for more.'] if one and _EACH_OTHER.search(message) else []
    )


def looped(requests: Sequence[Intent]) -> list[str]:
    """What to tell where a loop is to be of a stated length: it is one cycle long."""
    loops = any(isinstance(request, Edit) and request.kind == "loop" for request in requests)
    long = any(
        isinstance(request, Make) and (request.total or any(action.seconds for action in request.actions))
        for request in requests
    )
    return (
        ["A loop is one cycle long, whatever length is asked for; repeat it for more."]
        if loops and long
        else []
    )


def uncut(requests: Sequence[Intent], seconds: float) -> list[str]:
    """What to tell where more is to be kept of a motion of so many seconds than there is."""
    more = any(
        isinstance(request, Edit)
        and request.kind == "keep"
        and not request.anchor
        and (request.amount or 0) >= seconds
        for request in requests
    )
    return [f"It lasts {spoken(seconds)} s only, so nothing is cut off."] if seconds and more else []


def without(requests: Sequence[Intent], message: str) -> list[str]:
    """What to tell of faces, clothes, music and the like that new motion is to come with."""
    moved = any(isinstance(request, Make | Scene | Restage | Edit) for request in requests)
    named = lacking(message) if moved else ""
    return [f"I make the movement only: {named}."] if named else []


def possible(requests: Sequence[Intent], message: str) -> list[Intent]:
    """The requests, but an answer where all that is wanted is what no motion has, such as music."""
    if not answered(message):
        return list(requests)
    kept = [found for request in requests if (found := _bodily(request)) is not None]
    if kept and not all(map(_holds_nothing, kept)):
        return [*kept, Question("program", message.lower())] if isinstance(kept[-1], Unable) else kept
    return [Question("program", message.lower())]


def _bodily(request: Intent) -> Intent | None:
    """A request without actions that no body does; None where nothing is left of it."""
    if isinstance(request, Unclear):
        return None if request.beside and not _moves(request.text) else request
    if not isinstance(request, Make | Edit) or not request.actions:
        return request
    actions = tuple(action for action in request.actions if _moves(action.description))
    return replace(request, actions=actions) if actions else None


#: Words of an action that tell nothing of it.
_EMPTY = re.compile(
    r"\b(?:an?|the|his|her|their|person|gets?|puts?|gives?|him|them|it|has|have|does|do|adds?|shows?"
    r"|sees?|makes?|some|with"
    r"|and|at|in|on|of"
    r"|camera|for|to|please)\b|[^a-z]",
    re.IGNORECASE,
)


def is_moving(requests: Sequence[Intent]) -> bool:
    """Whether new motion is made of some requests, and says what somebody does."""
    made = [action for request in requests if isinstance(request, Make) for action in request.actions]
    made += [
        one
        for request in requests
        if isinstance(request, Scene)
        for person in request.people
        for one in person
    ]
    return any(_EMPTY.sub("", action.description) for action in made)


def _moves(words: str) -> bool:
    """Whether anything is left of some words without what no motion has."""
    return bodily(words) == words or bool(_EMPTY.sub("", bodily(words)))


def _holds_nothing(request: Intent) -> bool:
    vague = isinstance(request, Question) and request.about in _VAGUE
    quoted = isinstance(request, Unable) and request.what.startswith('"')
    return vague or quoted or isinstance(request, Unclear | Doubt | Social)


#: What is asked by questions in which the words for what no motion has tell more.
_VAGUE = ("truth", "parts", "abilities", "open", "formats", "files", "measure")


def nameable(unused: Sequence[str], message: str) -> list[str]:
    """The words of a request that were not used, but for those of things that no motion has."""
    named = words_of(message)
    return [word for word in unused if word not in named]
