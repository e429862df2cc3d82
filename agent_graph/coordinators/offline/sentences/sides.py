"""Sides of a description: one put into it, and a row done with left and right in turn."""

from __future__ import annotations

import re
from dataclasses import replace

from .....motion_models.english.families import actions_named
from .....motion_models.english.quantities import NUMBERS, number
from .....motion_models.gestures.table import posed_actions
from .actions import MOST, Action, InTurn

#: Words for one of two sides, and what the other is.
SIDE = re.compile(r"\b(?:left|right)\b")
OTHER_SIDE = {"left": "right", "right": "left"}
#: What is done with a leg, and what goes to a side.
LEG_VERBS = re.compile(r"\b(?:kick|hop|stomp|lunge|step on|balance)")
WAY_VERBS = re.compile(r"\b(?:turn|step|sidestep|walk|run|look|lean|go|jog|jump|point|spin)s?\b")
_LIMBS = r"(?:legs?|arms?|hands?|feet|foot|knees?|sides?|fists?)"
#: "Alternating lunges", "kicks, alternating legs", "switching sides each time", "left and right in turn".
_IN_TURN = re.compile(
    rf",? *\b(?:(?:on|with|in|to) )?(?:alternating|alternate|alternately)\b(?! between\b)"
    rf"(?: (?:the |his |her |their )?{_LIMBS}\b)?(?: (?:each|every) time)?"
    rf"|,? *\b(?:switch|chang|swap)ing (?:the )?{_LIMBS}(?: (?:each|every) time| in between)?(?=$|[,.])"
)
_BOTH_NAMED = re.compile(rf",? *\b(?:with |on |to )?(?:the )?left and (?:the )?right\b(?: {_LIMBS}\b)?")
#: "10 on each side", "5 reps per leg".
_EACH_SIDE = re.compile(
    rf",? *(?P<n>\d+|{'|'.join(NUMBERS)}) (?:times |reps )?(?:(?:on|for|with|per|to) )?"
    rf"(?:each|either|every|both) {_LIMBS}\b|,? *(?P<m>\d+) (?:times |reps )?per {_LIMBS}\b"
)
#: "Left leg first", "starting with the right".
_BEGINNING = re.compile(
    rf",? *\b(?:start(?:ing|s)? with (?:the )?(?P<side>left|right)(?: {_LIMBS})?"
    rf"|(?:the )?(?P<s>left|right) {_LIMBS} first)\b"
)
#: How many of a row are done where no number is said.
_ROW = 4


def with_side(side: str, description: str) -> str:
    """'a person kicks', 'left' -> 'a person kicks with the left leg'; a side that is there is changed."""
    if SIDE.search(description):
        return SIDE.sub(side, description)
    limb = "leg" if LEG_VERBS.search(description) else "hand"
    way = WAY_VERBS.search(description)
    done, comma, meanwhile = description.partition(",")
    return (
        f"{done} to the {side}{comma}{meanwhile}"
        if way
        else f"{done} with the {side} {limb}{comma}{meanwhile}"
    )


def take_in_turn(clause: str) -> tuple[InTurn | None, str]:
    """Whether and how a clause is done with left and right in turn, and the clause without these words."""
    left, alternating = _IN_TURN.subn(" ", clause)
    each = _EACH_SIDE.search(left)
    left = _EACH_SIDE.sub(" ", left)
    if not (alternating or each) or not re.search(r"\w", left):
        return None, clause
    first = _BEGINNING.search(left)
    left = _BOTH_NAMED.sub(" ", _BEGINNING.sub(" ", left))
    times = 2 * round(number(each["n"] or each["m"])) if each else None
    begins = (first["side"] or first["s"]) if first else "left"
    return InTurn(begins, times), " ".join(left.split()).strip(" ,")


def in_turn(action: Action) -> list[Action]:
    """An action as it is, or, where that was said, as a row done on the left and on the right in turn."""
    turn = action.in_turn
    if turn is None:
        return [action]
    posed = posed_actions()
    if any(posed[name].gesture.alternates for name in actions_named(action.description) if name in posed):
        return [replace(action, times=turn.times or action.times, in_turn=None)]
    count = turn.times or (action.times if action.times > 1 else _ROW)
    count = min(count, MOST)
    once = replace(action, times=1, in_turn=None)
    sides = (turn.first, OTHER_SIDE[turn.first])
    row = (with_side(sides[n % 2], action.description) for n in range(count))
    return [replace(once, description=description) for description in row]
