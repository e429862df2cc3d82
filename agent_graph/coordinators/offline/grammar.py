"""English verb forms: enough inflection to turn "waving", "to wave" and "waved" into "waves".

Rules for regular verbs, a table for irregular ones, and a `Verbs` that looks the other way: from a word
to the verb it is a form of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from typing import Literal

from .wordlists import (
    CATENATIVES,
    DOES_NOUNS,
    IRREGULAR_GERUND,
    IRREGULAR_PAST,
    IRREGULAR_THIRD,
    NAMED_ACTIONS,
    NOUN_VERBS,
    THINGS,
    UNDOUBLED,
    VERBS,
)

Form = Literal["base", "third", "gerund", "past"]

_VOWELS = "aeiou"
_PARTICLES = frozenset(
    [
        "up",
        "down",
        "around",
        "over",
        "forward",
        "backward",
        "backwards",
        "back",
        "left",
        "right",
        "in",
        "out",
        "off",
        "away",
    ]
)


@dataclass(frozen=True)
class Verb:
    """One reading of a word: the verb's base form and which form the word is."""

    base: str
    form: Form


def third_person(base: str) -> str:
    """'walk' -> 'walks', 'do' -> 'does', 'carry' -> 'carries', 'punch' -> 'punches'."""
    if base in IRREGULAR_THIRD:
        return IRREGULAR_THIRD[base]
    if base.endswith(("s", "x", "z", "ch", "sh")) or (base.endswith("o") and base[-2:] not in ("oo", "io")):
        return base + "es"
    if base.endswith("y") and base[-2:-1] not in _VOWELS:
        return base[:-1] + "ies"
    return base + "s"


def gerund(base: str) -> str:
    """'wave' -> 'waving', 'run' -> 'running', 'lie' -> 'lying'."""
    if base in IRREGULAR_GERUND:
        return IRREGULAR_GERUND[base]
    if base.endswith("ie"):
        return base[:-2] + "ying"
    if base.endswith("e") and not base.endswith(("ee", "ye", "oe")):
        return base[:-1] + "ing"
    return _doubled(base) + "ing"


def past(base: str) -> str:
    """'wave' -> 'waved', 'hop' -> 'hopped', 'sit' -> 'sat'."""
    if base in IRREGULAR_PAST:
        return IRREGULAR_PAST[base]
    if base.endswith("e"):
        return base + "d"
    if base.endswith("y") and base[-2:-1] not in _VOWELS:
        return base[:-1] + "ied"
    return _doubled(base) + "ed"


def _doubled(base: str) -> str:
    """The base with its last consonant doubled where English doubles it before -ing and -ed."""
    if base in UNDOUBLED or not re.search(r"[^aeiou][aeiou][bdgklmnprtz]$", base):
        return base
    vowel_groups = re.findall(r"[aeiou]+", base)
    return base + base[-1] if len(vowel_groups) == 1 or base in ("begin", "backflip", "sidestep") else base


def base_of_third(word: str) -> str:
    """The likely base of an unlisted third-person form: 'flibbers' -> 'flibber'."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    return word[:-1]


def base_of_gerund(word: str) -> str:
    """The likely base of an unlisted -ing form: 'jogging' -> 'jog', 'juggling' -> 'juggle'."""
    stem = word.removesuffix("ing")
    if len(stem) > 2 and stem[-1] == stem[-2] and stem[-1] not in "lsz":
        return stem[:-1]
    if re.search(r"([^aeiou]l|[vcgzu]|[^aeiou][aeiou][kst])$", stem):
        return stem + "e"
    return stem


class Verbs:
    """The verbs and action nouns a coordinator knows: the built-in tables and the backend's repertoire."""

    def __init__(self, repertoire: Iterable[str] = ()) -> None:
        self.repertoire = tuple(dict.fromkeys(_plain(action) for action in repertoire if action.strip()))
        verbs = VERBS | {action.split()[0] for action in self.repertoire if _is_verb_phrase(action)}
        self._forms = dict(_all_forms(verbs))
        names = (*NAMED_ACTIONS, *(action for action in self.repertoire if not _is_verb_phrase(action)))
        self._motions: dict[str, str] = {}
        self._named = re.compile(rf"(?:{'|'.join(map(re.escape, names))})(?:e?s)?\b")

    def with_motions(self, names: Iterable[str]) -> Verbs:
        """The same vocabulary, knowing also the names and ids of the motions in memory."""
        extended = copy(self)
        extended._motions = {name.lower(): name for name in names if name.strip()}
        return extended

    def named_motion(self, phrase: str) -> str | None:
        """The motion in memory a phrase names: 'my greeting', 'the motion m3'; None for anything else."""
        if not self._motions:
            return None
        bare = re.sub(
            r"^(?:(?:do|play|perform|use|my|the|our|this|that|motion|with|by) )+",
            "",
            phrase.lower().strip(" ,.\"'"),
        )
        return self._motions.get(bare.strip(" \"'"))

    @property
    def known_words(self) -> list[str]:
        """Every form of every known verb."""
        return list(self._forms)

    def verb(self, word: str) -> Verb | None:
        """The verb `word` is a form of, by the tables; None for anything else."""
        return self._forms.get(word)

    def noun_action(self, head: str, *, plural: bool = True) -> str | None:
        """The verb of an action said as a noun: 'jump' -> 'jump', 'cartwheel' -> 'do'; None: no action."""
        singular = head[:-1] if head.endswith("s") and not head.endswith("ss") else head
        for noun in (head, singular) if plural else (head,):
            if noun in NOUN_VERBS:
                return NOUN_VERBS[noun]
            if noun in DOES_NOUNS:
                return "do"
            verb = self.verb(noun)
            if verb and verb.form == "base" and verb.base not in CATENATIVES:
                return verb.base
        return None

    def is_named_action(self, phrase: str) -> bool:
        """Whether the phrase opens with an action that has a name of its own ("jumping jacks")."""
        return self._named.match(phrase) is not None

    def knows(self, action: str) -> bool:
        """Whether the repertoire holds an action; an empty one forbids nothing."""
        return not self.repertoire or action in self.repertoire

    def stems(self, text: str) -> set[str]:
        """The words of a text in base form: "the walking part" shares one with "a person walks"."""
        words = re.findall(r"[\w-]+", text.lower())
        return {self._stem(word) for word in words}

    def _stem(self, word: str) -> str:
        verb = self.verb(word)
        if verb:
            return verb.base
        return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def looks_third(word: str) -> bool:
    """Whether an unlisted word could be a third-person verb: '-s', and not a known plural."""
    return (
        len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "ous", "'s")) and word not in THINGS
    )


def looks_gerund(word: str) -> bool:
    return (
        len(word) > 5
        and word.endswith("ing")
        and word not in ("something", "nothing", "anything", "everything")
    )


def _plain(action: str) -> str:
    return " ".join(action.lower().split())


def _is_verb_phrase(action: str) -> bool:
    """Whether a repertoire entry reads as a command: 'sit down', but not 'jumping jacks'."""
    first, *rest = action.split()
    return first in VERBS or (not rest and not first.endswith("s")) or (bool(rest) and rest[0] in _PARTICLES)


def _all_forms(bases: Iterable[str]) -> Iterator[tuple[str, Verb]]:
    """Each form of each verb; written so that a base form wins over another verb's inflection."""
    inflections: tuple[tuple[Form, Callable[[str], str]], ...] = (
        ("past", past),
        ("gerund", gerund),
        ("third", third_person),
    )
    ordered = sorted(bases)
    for form, inflect in inflections:
        yield from ((inflect(base), Verb(base, form)) for base in ordered)
    yield from ((base, Verb(base, "base")) for base in ordered)
