"""From clauses to actions: each clause said as 'a person <verb>s ...'.

One action is one future segment of motion. Two verb phrases joined by "and" are two actions unless the
sentence says they happen at once ("while", "at the same time").
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from .....motion_models.english.quantities import NUMBERS, take_each, take_seconds, take_times
from .actions import Action, ReadActions
from .cutting import NEGATED, UP_OR_DOWN, opened, split_clauses
from .going_on import CHANGEOVER, both_counted, gone_on, named_limb, there_and_back, with_units
from .grammar import Verbs
from .resting import rested, rests
from .sides import in_turn, take_in_turn
from .subjects import PERSON, doing_first, take_subject
from .text import strip_politeness
from .verb_phrases import verb_phrase
from .wordlists import MANNER

#: What is done beyond what was done before, as a part of its own: "3 more metres", "2 m more".
_FURTHER = re.compile(
    rf"\b(?P<count>\d+(?:\.\d+)?|{'|'.join(NUMBERS)}) (?:more|further|extra|additional)"
    r" (?=(?:m|met\w+|steps?|paces|seconds)\b)"
)
#: "At a calm pace", "in a slow way".
_IN_A_MANNER = re.compile(
    rf"\b(?:at|in) an? (?:very |really )?(?P<how>{'|'.join(MANNER)})"
    r" (?:tempo|pace|speed|manner|way|fashion|rhythm|style)\b"
)
#: Arms that take no part, however that is said.
_UNMOVED = re.compile(
    r",? (?:without (?:any )?(?:moving|using|swinging) (?:the|his|her|their) (?:arms|hands)"
    r"|(?:but|and|while|with)(?: the| his| her| their)? (?:arms|hands) (?:don't|do not|never|not)"
    r" (?:swing|move|moving|swinging))(?:, (?:they )?(?:are )?(?:just )?hanging(?: down| there)*)?\b"
)
#: Somebody who stands or sits while something is done that needs no other stance: "standing and drinking".
_AT_REST = re.compile(
    r"\b(?P<first>standing|sitting|kneeling|lying|stands|sits|kneels) and"
    r" (?P<then>(?!walk|run|jog|jump|turn|go|step|sit|stand|l[iy]|kneel|danc|climb|crawl|leav|mov|fall|then"
    r"|get|bow)\w+(?:ing|s)\b[^,;.]*?)(?= for \d|,|$)"
)
_LEFT = re.compile(
    r"^(?:leaves|exits)(?: the (?:room|stage|scene|frame|shot|screen))?(?= again\b| quickly\b|$)"
)
_MOVED = {"up": "raise", "down": "lower"}
_UNSAID_WALK = re.compile(
    r"^(?:forwards?|backwards?|straight(?: ahead)?|ahead)\b[^a-z]*\d[\d.]* ?(?:m|met|steps?)\w*"
)
#: Who goes somewhere without a word of how, walks.
_WALKED = re.compile(
    r"^goes(?= (?:\d|straight|forwards?|ahead|back|to the|towards?|around|in (?:front|a)|"
    rf"(?:{'|'.join(NUMBERS)}) (?:m|met)))"
    r"|^comes(?= (?:in|out|over|closer|forwards?|towards?|into|from)\b)"
)
#: What is told of a part, and is none: "turn should be to the right".
_SAID_OF_IT = re.compile(r"\b(?:should|must|ought to|needs to|has to) be\b")
#: Who rotates, and not a part of the body, turns.
_WHOLE_TURN = re.compile(r"\brotates\b(?! (?:the|his|her|their|both|one|a|an)\b)")


def read_actions(sentence: str, verbs: Verbs, subject: str = PERSON) -> ReadActions:
    """Read a sentence clause by clause."""
    sentence = _IN_A_MANNER.sub(lambda found: MANNER[found["how"]], sentence.lower())
    each, text = take_each(_FURTHER.sub(r"\g<count> ", strip_politeness(sentence).lower()))
    text = _AT_REST.sub(r"\g<first> and \g<then> at the same time", unmoved_said(doing_first(text, verbs)))
    actions: list[Action] = []
    unclear: list[str] = []
    for said, following in pairwise([*split_clauses(text, verbs), ""]):
        turned, clause = take_in_turn(said)
        words = opened(clause)
        going_on = gone_on(words, actions)
        going_on = _resting(words, actions, verbs) if going_on is None else going_on
        if going_on is not None:
            actions = going_on
            continue
        subject, action = _read_clause(clause, subject, verbs)
        if action:
            action = replace(named_limb(action, actions), in_turn=turned)
            actions.append(replace(action, seconds=each) if action.seconds is None else action)
        elif not _says_nothing(clause, verbs, last=not following):
            unclear.append(clause)
    counted = there_and_back(both_counted(actions, text))
    told = [each for action in counted for each in in_turn(action)]
    return ReadActions(with_units(told), tuple(unclear))


def _resting(clause: str, actions: list[Action], verbs: Verbs) -> list[Action] | None:
    """The actions with a rest after them, where a clause says one."""
    seconds, words = take_seconds(clause)
    subject, doing = take_subject(words, verbs)
    words = doing if subject else words
    return rested(actions, seconds, words.strip()) if rests(words) else None


def unmoved_said(text: str) -> str:
    """The text with "but the arms don't swing" and the like said without a negation."""
    return _UNMOVED.sub(" with the arms still", text)


def _says_nothing(clause: str, verbs: Verbs, *, last: bool) -> bool:
    """Whether a clause is politeness alone, or no more than the subject of the clauses that follow."""
    subject, rest = take_subject(opened(clause), verbs)
    if CHANGEOVER.fullmatch(rest):
        return True
    return not re.search(r"\w", rest) and not (subject and last)


def _read_clause(clause: str, subject: str, verbs: Verbs) -> tuple[str, Action | None]:
    """One clause as an action; the subject is handed on to the clauses after it."""
    seconds, text = take_seconds(opened(clause))
    times, text = take_times(text)
    text = _UNSAID_WALK.sub(r"walk \g<0>", text)
    text = UP_OR_DOWN.sub(lambda match: f"{_MOVED[match['way']]} both {match['limbs']}", text)
    motion = verbs.named_motion(text)
    if motion:
        return subject, Action(motion, None, max(1, round(times or 1)), motion=motion)
    own_subject, text = take_subject(text, verbs)
    subject = own_subject or subject
    negation = NEGATED.match(text)
    phrase = verb_phrase(
        text[negation.end() :] if negation else text, verbs, has_subject=own_subject is not None
    )
    if phrase is None or _SAID_OF_IT.search(phrase.text):
        return subject, None
    count = max(1, round(times or 1) * phrase.times)
    seconds = phrase.seconds if seconds is None else seconds
    return subject, Action(
        f"{subject} {_tidy(phrase.text)}", seconds, count, phrase.known, negation is not None
    )


def _tidy(phrase: str) -> str:
    """Possessives of the people talking become the performer's: 'raises your arms' -> 'raises the arms'."""
    phrase = re.sub(r"\b(?:my|your|our)\b", "the", phrase)
    phrase = re.sub(r"^(?:first|finally|lastly|initially) (?=\w)", "", phrase)
    phrase = _WHOLE_TURN.sub("turns", phrase)
    phrase = re.sub(r"^comes (?:back )?up$", "stands up", phrase)
    phrase = _LEFT.sub("walks away", _WALKED.sub("walks", phrase))
    phrase = re.sub(r"\b(?:yourself|myself|ourselves)\b", "themselves", phrase)
    phrase = re.sub(r"(?:,? (?:and|or|then|but))+$", "", phrase)
    return re.sub(r"\s+([,.])", r"\1", phrase).strip(" ,.!?:\"'")
