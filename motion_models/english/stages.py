"""A caption of several actions in a row, read as one caption for each: "A walks, then sits down" is two."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from .clauses import SUBJECT, clause, in_a_row
from .families import actions_named, main_action
from .inflections import third_person, verb_base

#: What arms, hands or head do while the body does something else: no stage of its own after "and".
_BESIDE = frozenset(
    ["wave", "raise arms", "lower arms", "reach", "gesture", "beckon", "point", "look around", "laugh",
     "clap", "drink", "direct traffic", "referee signal", "flap arms", "swing a sword", "nod", "shrug",
     "lean or bend"]
)  # fmt: skip
_PRONOUN = re.compile(r"^(?:he|she|they|it|i|you|we)\s+", re.I)
#: How a part begins that says only how the same is done once more: "and then with the left leg".
_MANNER = re.compile(r"(?:with|to|on|at|in|for|from|over|around|again|back)\b", re.I)
_JOINED = re.compile(r",?\s*(?:\band)?\s*$")


@lru_cache(maxsize=50_000)
def stages_of(text: str) -> tuple[str, ...]:
    """One caption for each action that follows another; the text alone where it tells of one, or where a
    part names no action that is known.

    "and" joins what is done at once as well as what is done in turn, so it parts only what a body cannot do
    at once: a walk and a squat, but not a walk and a wave.
    """
    sentences = in_a_row(text)
    begun = SUBJECT.match(sentences[0])
    subject = begun["subject"] if begun else "a person"
    verb = sentences[0][begun.end() :].split(" ")[0] if begun else ""
    captions = [sentences[0], *(_sentence(subject, verb, part) for part in sentences[1:])]
    found = [stage for caption in captions for stage in _bodily(caption)]
    return tuple(found) if all(action_of(stage) for stage in found) else (text,)


def action_of(caption: str) -> str:
    """The family of action that a caption is about; "" where it names none."""
    named = actions_named(caption)
    return main_action(named) if named else ""


def _sentence(subject: str, verb: str, part: str) -> str:
    """A later part as a caption of its own."""
    own = SUBJECT.match(part)
    predicate = part[own.end() :] if own else _PRONOUN.sub("", part, count=1)
    if _MANNER.match(predicate) and not actions_named(predicate):
        return f"{subject} {verb} {predicate}"
    head, *rest = predicate.split(" ")
    return " ".join([subject, third_person(verb_base(head)), *rest])


def _bodily(caption: str) -> list[str]:
    """A caption cut before each verb that the whole body must do after the one before."""
    parsed = clause(caption)
    if parsed is None:
        return [caption]
    subject, predicate, verbs = parsed
    words = predicate.split(" ")
    starts = [0, *verbs[1:], len(words)]
    pieces = [" ".join(words[a:b]) for a, b in pairwise(starts)]
    found = [pieces[0]]
    for piece in pieces[1:]:
        if _follows(found[-1], piece):
            found.append(piece)
        else:
            found[-1] += " " + piece
    return [f"{subject} {_JOINED.sub('', piece)}" for piece in found]


def _follows(former: str, piece: str) -> bool:
    first, second = action_of(former), action_of(piece)
    together = action_of(f"{former} {piece}")
    apart = {first, second}
    return bool(first and second) and together in apart and not apart & _BESIDE
