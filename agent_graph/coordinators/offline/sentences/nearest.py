"""Which known actions are nearest to one that the motion model does not know."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from .....motion_models.english.inflections import lemmas
from .subjects import SMALL_WORDS
from .wordlists import DETERMINERS, PEOPLE

#: Groups of like actions, the words of each by likeness; an unknown word is offered the known ones of its
#: group.
_GROUPS = (
    "wave salute greet nod bow beckon point curtsy hail farewell",
    "clap cheer applaud celebrate raise dance laugh",
    "shrug shake nod gesture look cross fold",
    "stop stand wait stay freeze pause rest hold idle",
    "roll lie fall trip stumble slip faint collapse stagger",
    "crawl crouch kneel squat duck sneak creep lie",
    "kneel squat sit crouch bend lunge",
    "jump leap hop skip vault bounce somersault flip backflip cartwheel",
    "walk stroll march limp tiptoe sneak stagger stomp shuffle",
    "moonwalk backward walk dance",
    "run jog sprint dash rush chase walk slide",
    "punch kick box fight jab block dodge duck stab slash swing attack",
    "throw catch toss swing shoot pitch bowl serve dribble kick",
    "shoot aim reload point",
    "climb descend vault step",
    "pick lift carry put place grab reach take push pull drag bend",
    "push pull lean drag shove open",
    "dance twirl spin pirouette turn sway waltz salsa ballet tango twerk breakdance samba floss",
    "turn spin rotate twist look",
    "stretch yoga exercise warm squat twist lunge",
    "drink eat cook wash brush",
    "mop sweep wash wipe clean",
    "cry mourn hang sit bend",
    "push-up sit-up plank squat lunge jumping jack",
    "hide peek cover crouch duck look",
    "swim row paddle stroke",
    "hug embrace shake kiss",
    "sleep lie rest sit",
)

#: Words that make no two actions alike.
_EMPTY = SMALL_WORDS | DETERMINERS | PEOPLE


def nearest(description: str, repertoire: Sequence[str], count: int = 3) -> list[str]:
    """Up to `count` actions of the repertoire, those that share a word with the description first."""
    words = [word for word in lemmas(description) if word not in _EMPTY]
    scores = {action: _likeness(words, _action_words(action)) for action in repertoire}
    found = [action for action, score in sorted(scores.items(), key=lambda pair: -pair[1]) if score > 0]
    return found[:count]


@cache
def _action_words(action: str) -> frozenset[str]:
    return frozenset(lemmas(re.sub(r"[^a-z -]", " ", action.lower())))


def _likeness(words: Sequence[str], action: frozenset[str]) -> float:
    """2 for each shared word; for a shared group up to 1, the nearer its words stand to one another the
    more.
    """
    score = 2.0 * len(action & set(words))
    for group in _GROUPS:
        listed = group.split()
        for word in words:
            if word in listed:
                places = [
                    abs(listed.index(other) - listed.index(word)) for other in action if other in listed
                ]
                score += 1 / (1 + min(places)) if places else 0.0
    return score
