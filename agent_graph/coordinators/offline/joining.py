"""Two readers of one message: what the rules read, and what the learned reader heard.

Where both take a message for the same kind of request, it is done as the rules read it, for they know numbers
and names exactly. Where they differ, the learned reading is done if it is sure and can be carried out;
otherwise nothing is changed and the user is asked. A message in question form is answered, never carried out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ..reader.reading import Heard
from .answers import in_short
from .dialogue import Thread
from .questions import is_question
from .requests import (
    Again,
    Describe,
    Doubt,
    Edit,
    Forbid,
    Foreign,
    Impossible,
    Intent,
    ListMotions,
    Make,
    Question,
    Scene,
    Social,
    Travel,
    Unable,
    Unclear,
)

#: How sure all decisions of a learned reading must be where the rules read something else, or nothing.
SURE, SURE_ALONE = 0.8, 0.6
#: How sure it must be of a question, which changes nothing.
SURE_OF_QUESTION = 0.4

Plans = Callable[[Sequence[Intent]], bool]
_TALK = (Question, Describe, ListMotions, Social, Unable, Doubt, Foreign, Unclear, Forbid, Impossible)
#: Words that speak of what is there already.
_OF_THE_MOTION = re.compile(
    r"\b(?:it|them|these|those|both|instead|other|first|second|third|last|part|parts|everything|order|again|same|rest"
    r"|between|backwards|reverse|longer|shorter|faster|slower|further|rather)\b"
)
_CHANGING = re.compile(
    r"^(?:(?:please|now|ok|okay|and|then|so|but|no|hey|can you|could you|would you)[, ]+)*"
    r"(?:make|change|put|swap|move|skip|keep|add|insert|remove|delete|replace|use|play|hold|reverse|undo|redo|start over"
    r"|merge|blend|rename|export|save|trim|cut|turn it|rotate it|loop|mirror|flip|slow|speed|extend|shorten)\b"
)


def joined(
    message: str,
    rules: list[Intent],
    heard: Heard | None,
    learned: list[Intent] | None,
    thread: Thread,
    works: Plans,
) -> list[Intent]:
    """The requests to plan. learned: those of `heard`, None where it lacks something; works: whether a plan exists."""
    asks = is_question(message)
    if any(isinstance(request, Impossible | Foreign) for request in rules):
        return rules
    if asks:
        return _question(rules, heard, learned)
    if heard is None:
        return _guarded(message, rules, thread)
    if learned is not None and _kinds(rules) == _kinds(learned):
        return learned if works(learned) and not works(rules) else rules
    return _differing(message, rules, heard, learned, thread, works)


def _question(rules: list[Intent], heard: Heard | None, learned: list[Intent] | None) -> list[Intent]:
    """Answers only: the more particular one."""
    ours = [request for request in rules if isinstance(request, _TALK) and not isinstance(request, Unclear)]
    theirs = learned[:1] if learned and heard and heard.intent >= SURE_OF_QUESTION else []
    theirs = [request for request in theirs if isinstance(request, _TALK)]
    if ours and (not theirs or not _vague(ours[0]) or _vague(theirs[0])):
        return ours
    return theirs or [Unable("an answer to that question", 'ask "how long is it?" or "what is in it?"')]


def _vague(request: Intent) -> bool:
    """Whether a more particular question may take its place."""
    return isinstance(request, Describe | Unable) or (
        isinstance(request, Question) and request.about in ("abilities", "parts")
    )


def _differing(
    message: str,
    rules: list[Intent],
    heard: Heard,
    learned: list[Intent] | None,
    thread: Thread,
    works: Plans,
) -> list[Intent]:
    refused = all(isinstance(request, Unclear | Forbid) for request in rules) or not works(rules)
    sure = learned is not None and works(learned)
    if learned is not None and sure and heard.sure >= (SURE_ALONE if refused else SURE):
        return learned
    if refused and not (learned and sure):
        return rules
    if thread.current is None and not refused and not _changes_something(learned):
        return _guarded(message, rules, thread)
    if _harmless(rules):
        return rules
    readings = [
        in_short(requests) for requests in (learned if sure else None, None if refused else rules) if requests
    ]
    return [Doubt(tuple(dict.fromkeys(filter(None, readings))))]


def _changes_something(requests: list[Intent] | None) -> bool:
    return requests is not None and any(isinstance(request, Edit | Travel | Again) for request in requests)


def _harmless(requests: list[Intent]) -> bool:
    return all(isinstance(request, _TALK) for request in requests)


def _guarded(message: str, rules: list[Intent], thread: Thread) -> list[Intent]:
    """Without a second reader: no new motion from words that speak of the one that is there."""
    makes = any(
        isinstance(request, Make | Scene) and not getattr(request, "continues", False) for request in rules
    )
    words = message.lower()
    if makes and thread.current is not None and _OF_THE_MOTION.search(words) and _CHANGING.match(words):
        return [Unclear(message)]
    return rules


def _kinds(requests: Sequence[Intent]) -> list[str]:
    """The kinds of requests, neighbours of one kind once."""
    kinds = [_kind(request) for request in requests if not (isinstance(request, Unclear) and request.beside)]
    return [kind for number, kind in enumerate(kinds) if not number or kinds[number - 1] != kind]


def _kind(request: Intent) -> str:
    match request:
        case Make(continues=True):
            return "insert"
        case Make(actions=actions) if actions and all(action.motion for action in actions):
            return "Join"
        case Make(variants=variants) if variants > 1 and not request.actions:
            return "Again"
        case Edit(kind=kind):
            return {"regenerate": "Again", "pause": "insert"}.get(kind, kind)
        case Travel(action=action, count=count):
            return action if count == 1 else f"{action} {count}"
        case Question(about=about):
            return "Describe" if about == "parts" else about
        case Social(kind=kind):
            return "talk" if kind in ("fine", "yes", "thanks") else kind
    return type(request).__name__
