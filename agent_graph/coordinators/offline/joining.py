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
from .dialogue import Thread, find_parts
from .grammar import Verbs
from .questions import is_question
from .requests import (
    Describe,
    Doubt,
    Edit,
    Export,
    Forbid,
    Foreign,
    Impossible,
    Intent,
    ListMotions,
    Make,
    NameIt,
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
    r"\b(?:it|him|her|them|these|those|both|all|every|each|instead|other|first|second|third|last|parts?|everything"
    r"|order|again|same|rest"
    r"|between|backwards|reverse|longer|shorter|faster|slower|further|rather)\b"
)
_NEGATION = re.compile(r"\b(?:not|no|never|without|nothing|stop)\b|n't\b")
_CHANGING = re.compile(
    r"^(?:(?:please|now|ok|okay|and|then|so|but|no|hey|can you|could you|would you)[, ]+)*"
    r"(?:make|change|put|swap|move|skip|keep|add|insert|remove|delete|replace|use|play|hold|reverse|undo|redo|start over"
    r"|merge|blend|rename|export|save|trim|cut|(?:turn|rotate|shift|bring|drag) (?:it|him|her|them|everything)|drop|lose"
    r"|loop|mirror|flip|slow|speed|extend|shorten"
    r"|(?:have|let) (?:him|her|it|them|the \w+) (?:look|seem|be|feel|appear|act))\b"
)
#: A noun with a definite word before it: "the wave", "both walks".
_DEFINITE = re.compile(r"\b(?:the|both|all|every|that|his|her)(?: the)? ([a-z-]+)\b")


def joined(
    message: str,
    rules: list[Intent],
    heard: Heard | None,
    learned: list[Intent] | None,
    thread: Thread,
    verbs: Verbs,
    works: Plans,
) -> list[Intent]:
    """The requests to plan. learned: those of `heard`, None where it lacks something; works: whether a plan exists."""
    if any(isinstance(request, Impossible | Foreign) for request in rules):
        return rules
    if is_question(message):
        return _question(rules, heard, learned)
    if thread.current is not None and _speaks_of_it(message, thread, verbs):
        rules = [Unclear(message)] if _makes(rules) else rules
        learned = None if _makes(learned or ()) else learned
    if heard is None:
        return rules
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
    refused = _refused(rules) or not works(rules)
    possible = learned is not None and works(learned)
    if possible and learned is not None and heard.sure >= _needed(refused, learned):
        return learned
    if refused and not possible:
        return rules
    if _harmless(rules) or (not refused and (_exact(rules) or _plainly_new(message, rules, thread))):
        return rules
    readings = [in_short(learned if possible else None), in_short(None if refused else rules)]
    return [Doubt(tuple(dict.fromkeys(filter(None, readings))))]


def _refused(rules: Sequence[Intent]) -> bool:
    return all(isinstance(request, Unclear | Forbid) for request in rules)


def _needed(refused: bool, learned: Sequence[Intent]) -> float:
    """How sure a learned reading must be to be carried out."""
    if _harmless(learned) or all(isinstance(request, Export | NameIt) for request in learned):
        return SURE_OF_QUESTION if refused else SURE_ALONE
    return SURE_ALONE if refused else SURE


def _harmless(requests: Sequence[Intent]) -> bool:
    return all(isinstance(request, _TALK) for request in requests)


def _makes(requests: Sequence[Intent]) -> bool:
    return any(
        isinstance(request, Make | Scene) and not getattr(request, "continues", False) for request in requests
    )


def _speaks_of_it(message: str, thread: Thread, verbs: Verbs) -> bool:
    """Whether a message changes, by its words, what is there already; no new motion is made from such words."""
    words = message.lower()
    if _OF_THE_MOTION.search(words) and _CHANGING.match(words):
        return True
    told = [text for text, _ in thread.current_clip.segments or ()] if thread.current_clip else []
    named = (noun for noun in _DEFINITE.findall(words) if verbs.noun_action(noun) or verbs.verb(noun))
    return any(find_parts(f"the {noun}", told, verbs) for noun in named)


def _exact(rules: Sequence[Intent]) -> bool:
    """Whether every request was said in a form the rules know as a whole; only new motion is read freely."""
    return not any(isinstance(request, Make | Scene | Unclear) for request in rules)


def _plainly_new(message: str, rules: Sequence[Intent], thread: Thread) -> bool:
    """Whether a message describes people moving, and points at nothing that is there.

    With a motion at hand, which would no longer be the current one, its verbs must be known ones, too.
    """
    words = message.lower()
    actions = [action for request in rules if isinstance(request, Make) for action in request.actions]
    return (
        all(isinstance(request, Make | Scene) for request in rules)
        and (thread.current is None or all(action.known for action in actions))
        and not (thread.current is not None and _OF_THE_MOTION.search(words))
        and not _CHANGING.match(words)
        and not _NEGATION.search(words)
    )


def _kinds(requests: Sequence[Intent]) -> list[str]:
    """The kinds of requests, neighbours of one kind once."""
    kinds = [_kind(request) for request in requests if not (isinstance(request, Unclear) and request.beside)]
    if "Export" in kinds:
        kinds = [kind for kind in kinds if kind != "NameIt"]  # a file's name is both
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
