"""Key poses that stand in for the motion of a model: of actions that it was shown and does not always do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from ..english.families import GESTURES, MAX_GAP, actions_named, table_of
from ..english.inflections import WORD, lemma
from ..english.stages import stages_of
from ..motion.editing.keyposes import Side
from ..motion.measures.predicates import PREDICATES

#: A phrase: for each of its words, those that may stand there.
_Phrase = tuple[frozenset[str], ...]
#: One word of a request: as it is written, and its lemma.
_Word = frozenset[str]


@dataclass(frozen=True)
class StandIn:
    """The posed action `name`, which stands behind what a model makes of a family of actions.

    words: the phrases of requests that it is for; none where it is for any of the family. unless: those of
    requests that it is not for. shown: the predicates that its motions meet.
    """

    name: str
    behind: str
    shown: tuple[str, ...]
    words: tuple[_Phrase, ...] = ()
    unless: tuple[_Phrase, ...] = ()

    def conditions(self, side: Side | None) -> tuple[str, ...]:
        """The predicates that show it, those of a side where one is said and there are such."""
        sided = [f"{name}_{side}" for name in self.shown]
        return tuple(own if own in PREDICATES else name for name, own in zip(self.shown, sided, strict=True))


@cache
def stand_ins() -> tuple[StandIn, ...]:
    """All of them, in the order of english/gestures.yaml."""
    return tuple(
        StandIn(
            entry["name"],
            entry["behind"],
            tuple(entry["shown"]),
            *(tuple(_phrase(words) for words in entry.get(row, ())) for row in ("words", "unless")),
        )
        for entry in table_of(GESTURES)
        if "behind" in entry
    )


def stand_in(text: str) -> StandIn | None:
    """What stands behind the one action of a text: of several the one for most of its words, else the first.

    None for an action that none does, and for several that follow each other.
    """
    named = set(actions_named(text))
    if not named or len(stages_of(text)) > 1:
        return None
    words = [frozenset([word, lemma(word)]) for word in WORD.findall(text.lower())]
    fitting = [(_fit(each, words), each) for each in stand_ins() if each.behind in named]
    best = max((fit for fit, _ in fitting), default=-1)
    return None if best < 0 else next(each for fit, each in fitting if fit == best)


def _fit(each: StandIn, words: Sequence[_Word]) -> int:
    """How many words of a request a stand-in is for; -1 where it is for other requests."""
    if any(_stands(phrase, words, len(words)) for phrase in each.unless):
        return -1
    if not each.words:
        return 0
    return max((len(phrase) for phrase in each.words if _stands(phrase, words, len(words))), default=-1)


def _stands(phrase: _Phrase, words: Sequence[_Word], gap: int = MAX_GAP) -> bool:
    """Whether a phrase stands in a row of words, begun after `gap` of them at most."""
    return not phrase or any(
        phrase[0] & words[n] and _stands(phrase[1:], words[n + 1 :]) for n in range(min(gap + 1, len(words)))
    )


def _phrase(words: str) -> _Phrase:
    return tuple(frozenset(part.split("|")) for part in words.split())
