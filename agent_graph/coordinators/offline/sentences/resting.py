"""Who stops, waits or rests: a short part held still, or the pose before it kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from .actions import Action
from .subjects import PERSON

#: What is shown where somebody does nothing, and for how long where no length is said, in seconds.
STILL = f"{PERSON} stands still"
PAUSE_SECONDS = 1.0

_SIZE = r"(?:short|brief|little|tiny|quick|small|long|full|complete|last)"
_MEANWHILE = rf"(?:(?:for )?(?:a|some|one) )?(?:{_SIZE} )?(?:bit|little|moment|while|time|second)"
_RESTS = re.compile(
    r"(?:just |then |only )*"
    r"(?:(?:stop|halt|pause|freeze|wait|rest)(?:e?s|p?ing|ing)?|(?:is |are |be )?(?:waiting|resting|freezing)"
    rf"|(?:(?:take|have|make|do)(?:e?s)? )?(?:an? |another |some )(?:{_SIZE} )*(?:pause|rest|break|stop|wait)"
    r"|(?:come|slow down)s? to an? (?:(?:full|complete|dead) )?(?:stop|halt|standstill))"
    rf"(?: (?:dead|still|there|here|in place|on the spot|completely|abruptly|suddenly|again|briefly"
    rf"|{_MEANWHILE}))*"
)
#: What rests are said with, besides how long they take.
REST_WORDS = frozenset(
    """
    stop halt pause freeze wait rest break stay take come slow down standstill dead place spot completely
    briefly short brief tiny full complete
    """.split()  # noqa: SIM905
)
#: Words that are said to whoever reads, too.
_TO_THE_READER = re.compile(r"(?:stop|halt|wait|pause|rest)(?: a (?:moment|bit|second|while|little))?")
_LOW = re.compile(r"\b(?:sit|kneel|lie|crouch)(?:e?s)?\b(?!.*\b(?:up|stand|get)s?\b)")


def rests(words: str) -> bool:
    """Whether a clause without its subject and its length says that nothing is done meanwhile."""
    return _RESTS.fullmatch(words.strip(" ,.")) is not None


def rested(actions: Sequence[Action], seconds: float | None, words: str) -> list[Action] | None:
    """The actions, the last one's pose kept where it is low, else followed by standing still.

    None where nothing comes before and the words may be meant for the reader: "wait".
    """
    if actions and _stays_low(actions):
        held = (actions[-1].held or 0.0) + (seconds or PAUSE_SECONDS)
        return [*actions[:-1], replace(actions[-1], held=held)]
    if not actions and seconds is None and _TO_THE_READER.fullmatch(words):
        return None
    return [*actions, Action(STILL, seconds or PAUSE_SECONDS)]


#: What is done with arms, legs or head in the pose somebody is in.
_IN_PLACE = re.compile(
    r"\b(?:cross|uncross|fold|raise|lower|lift|look|nod|wave|drink|read|clap|scratch|yawn|shake|point|tilt"
    r"|stretch)"
    r"(?:e?s)?\b(?!.*\b(?:up|stand|walk)s?$)"
)


def _stays_low(actions: Sequence[Action]) -> bool:
    """Whether the last of some actions leaves somebody in a low pose."""
    for action in reversed(actions):
        if in_a_low_pose(action.description):
            return True
        if not _IN_PLACE.search(action.description):
            return False
    return False


def in_a_low_pose(description: str) -> bool:
    """Whether what is described ends sitting, kneeling, crouching or lying."""
    return _LOW.search(description) is not None
