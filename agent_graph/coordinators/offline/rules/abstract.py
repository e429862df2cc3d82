"""Requests that name a purpose, not a movement: each stands for known actions, and the user is told so.

An entry is used only when the backend's repertoire holds its actions, and never where the words themselves
are in the repertoire.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ..sentences.actions import Action
from ..sentences.grammar import Verbs
from ..sentences.subjects import PERSON


class Staging(NamedTuple):
    """What is shown for a request that no single action covers.

    actions: (entry of the repertoire, how it is described), in order; those unknown to a repertoire are left
    out, and without any of them the staging is not used.
    """

    words: re.Pattern[str]
    title: str
    actions: tuple[tuple[str, str], ...]


def _staging(words: str, title: str, *actions: tuple[str, str]) -> Staging:
    return Staging(re.compile(rf"\b(?:{words})\b"), title, actions)


_WALK = ("walk", "walks forward")
_STAGINGS = (
    _staging(
        r"propos(?:e|es|ing) marriage|propos(?:e|es|ing) to (?:his|her|their|a) (?:girlfriend|boyfriend"
        r"|partner|lover|wife)"
        r"|(?:marriage|wedding) proposal|asks? (?:for )?(?:her|his) hand",
        "a marriage proposal",
        _WALK, ("kneel", "kneels down"), ("hold out hands", "holds out both hands"),
    ),
    _staging(
        r"(?:morning |daily |short |quick )?(?:workout|work-out|exercises?|fitness(?: routine)?|gymnastics"
        r"|calisthenics|warm-up)"
        r"|work(?:s|ing)? out|do(?:es|ing)? sports?|gym session|exercising",
        "a workout",
        ("jumping jacks", "does jumping jacks"), ("squat", "squats"), ("arm circles", "makes arm circles"),
        ("side stretch", "stretches to the side"),
    ),
    _staging(
        r"celebrat(?:e|es|ing)(?: .*)?|cheer(?:s|ing)?|victory(?: dance| pose)?|wins?(?: a .*)?|(?:has"
        r" |have |had )?(?:just )?won\b.*|scor(?:es"
        r"|ing) a goal|rejoices?",
        "a celebration",
        ("jump", "jumps"), ("raise arms", "raises both arms"),
    ),
    _staging(
        r"greet(?:s|ing)?(?: .*)?|say(?:s|ing)? (?:hello|hi|goodbye|bye|farewell)(?: .*)?|farewell|hail(?:s"
        r"|ing)? a (?:cab|taxi)",
        "a greeting or farewell",
        ("wave", "waves"),
    ),
    _staging(
        r"play(?:s|ing)? basketball|basketball (?:game|match|player)",
        "basketball",
        ("dribble", "dribbles a ball"), ("jump shot", "jumps and shoots a ball"),
    ),
    _staging(
        r"(?:does|doing|do|practi[cs](?:es|ing|e)) (?:martial arts|kung fu|karate|taekwondo)|martial arts"
        r"|kung fu",
        "martial arts",
        ("karate stance", "takes a karate stance"), ("punch", "punches"), ("kick", "kicks"),
    ),
    _staging(
        r"fight(?:s|ing)?(?! stance| pose)|boxing (?:match|training|session|practice)|brawl(?:s|ing)?"
        r"|spar(?:s|ring)?",
        "a fight",
        ("fighting stance", "stands in a fighting stance"), ("punch", "punches"),
        ("kick", "kicks"), ("duck", "ducks"),
    ),
    _staging(
        r"clean(?:s|ing)?(?: up)? the (?:house|home|room|flat|apartment|kitchen)|do(?:es|ing)? (?:the"
        r" )?(?:housework|chores)",
        "housework",
        ("mop floor", "mops the floor"), ("wash windows", "washes windows"),
    ),
    _staging(
        r"ballet (?:performance|show|recital|routine)|perform(?:s|ing)? (?:a )?ballet",
        "a ballet performance",
        ("pirouette", "does a pirouette"), ("arabesque", "holds an arabesque"), ("leap", "leaps"),
    ),
    _staging(
        r"(?:is|feels|looks|gets|very)(?: very| so| really)? (?:tired|exhausted|worn out|weary)"
        r"|(?:tired|exhausted|worn out|weary)$",
        "tiredness",
        ("walk", "walks slowly"), ("sit down", "sits down"),
    ),
    _staging(
        r"not to (?:wake|be (?:seen|heard))\b.*|without (?:a |any )?(?:noise|sound)",
        "being quiet",
        ("walk", "walks slowly and carefully"),
    ),
    _staging(
        r"party(?:ing)?|partie[sd]|disco|(?:is|feels) (?:very )?(?:happy|joyful)",
        "joy",
        ("dance", "dances"),
    ),
    _staging(r"surrender(?:s|ing)?|gives? up", "a surrender", ("raise hands", "raises both hands")),
    _staging(
        r"(?:is|looks|feels|gets) (?:very )?(?:scared|afraid|frightened)|in fear",
        "fear",
        ("step back", "steps back"), ("duck", "ducks"),
    ),
    _staging(
        r"look(?:s|ing)? for (?:something|someone|.* keys)|search(?:es|ing)?(?: .*)?",
        "a search",
        ("look around", "looks around"), ("walk", "walks forward"), ("bend over", "bends over"),
    ),
    _staging(
        r"wak(?:es|ing|e) up|get(?:s|ting)? out of bed",
        "waking up",
        ("stand up", "stands up"), ("raise arms", "raises both arms"),
    ),
    _staging(r"slow(?:s|ing)? down(?! to an? )", "slowing down", ("walk", "walks slowly")),
    _staging(
        r"(?:do(?:es|ing)?|doing|does not do|not) (?:nothing|anything|move|moving)|doesn't move|idl(?:e|es"
        r"|ing)",
        "no movement",
        ("stand", "stands still"),
    ),
)  # fmt: skip


def stage(text: str, verbs: Verbs) -> tuple[tuple[Action, ...], str] | None:
    """The actions an abstract request is shown with and the sentence that says so; None when it is none."""
    lowered = text.lower()
    for staging in _STAGINGS:
        match = staging.words.search(lowered)
        if not match or _is_known(match[0], verbs):
            continue
        shown = [told for action, told in staging.actions if verbs.knows(action)]
        if shown:
            title = staging.title if match[0] in staging.title else f'{staging.title} ("{match[0]}")'
            remark = f"I have no single action for {title}, so I show it as: {', then '.join(shown)}."
            return tuple(Action(f"{PERSON} {told}") for told in shown), remark
    return None


def _is_known(words: str, verbs: Verbs) -> bool:
    """Whether the repertoire has these very words as an action ("celebrate")."""
    return bool(verbs.repertoire) and any(
        verbs.stems(action) <= verbs.stems(words) for action in verbs.repertoire
    )
