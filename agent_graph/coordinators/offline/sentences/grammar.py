"""The verbs that requests are read with: from a word ("waving", "waved") to the verb it is a form of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from typing import Literal

from .....motion_models.english.families import families
from .....motion_models.english.inflections import gerund, lemma, past_forms, third_person
from .wordlists import (
    CATENATIVES,
    DOES_NOUNS,
    NAMED_ACTIONS,
    NOUN_VERBS,
    THINGS,
    VERBS,
)

Form = Literal["base", "third", "gerund", "past"]

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


#: Verbs that a change of a motion begins with.
_CHANGES = (
    "make|have|let|play|slow down|speed up|slow|speed|mirror|flip|repeat|loop|reverse|rotate|turn|shorten"
    "|lengthen|extend|stretch|trim"
)


@dataclass(frozen=True)
class Verb:
    """One reading of a word: the verb's base form and which form the word is."""

    base: str
    form: Form


class Verbs:
    """The verbs and action nouns a coordinator knows: the built-in tables and the backend's repertoire."""

    def __init__(self, repertoire: Iterable[str] = ()) -> None:
        self.repertoire = tuple(dict.fromkeys(_plain(action) for action in repertoire if action.strip()))
        verbs = VERBS | {action.split()[0] for action in self.repertoire if _is_verb_phrase(action)} - THINGS
        self._forms = dict(_all_forms(verbs))
        nouns = {
            noun: article for article, noun in _nouns(self.repertoire) if noun.split()[0] not in self._forms
        }
        #: Names of actions that take an article, without it: "golf swing".
        self.countable = frozenset(noun for noun, article in nouns.items() if article)
        names = {*nouns, *NAMED_ACTIONS}
        names |= {action for action in self.repertoire if not _is_verb_phrase(action)}
        self._motions: dict[str, str] = {}
        longest_first = sorted(names, key=lambda name: (-len(name), name))
        self._named = re.compile(rf"(?:{'|'.join(map(re.escape, longest_first))})(?:e?s)?\b")

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

    def with_definite_names(self, text: str) -> str:
        """The text with "the" before a motion's name that a change is said of: "make greeting slower"."""
        names = sorted(map(re.escape, self._motions), key=len, reverse=True)
        if not names:
            return text
        changed = rf"\b({_CHANGES}) (?=(?:{'|'.join(names)})\b)"
        return re.sub(changed, r"\1 the ", text, flags=re.IGNORECASE)

    @property
    def known_words(self) -> list[str]:
        """Every form of every known verb."""
        return list(self._forms)

    def verb(self, word: str) -> Verb | None:
        """The verb `word` is a form of, by the tables; None for anything else."""
        return self._forms.get(word.rstrip(","))

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


def _nouns(repertoire: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Article and noun of what a repertoire's actions are called in several words: ('a', 'golf swing')."""
    known = families()
    for name in repertoire:
        nouns = known[name].nouns if name in known else ()
        found = (re.match(r"(?P<article>an? |)(?P<noun>\S+ \S.*)", said) for said in nouns)
        yield from ((said["article"], said["noun"]) for said in found if said)


def _plain(action: str) -> str:
    return " ".join(action.lower().split())


def _is_verb_phrase(action: str) -> bool:
    """Whether a repertoire entry reads as a command: 'sit down', 'scratch the head', not 'jumping jacks'."""
    first, *rest = action.split()
    return (
        first in VERBS
        or (not rest and not first.endswith("s"))
        or (bool(rest) and rest[0] in _PARTICLES | {"a", "an", "the"})
    )


def _all_forms(bases: Iterable[str]) -> Iterator[tuple[str, Verb]]:
    """Each form of each verb; written so that a base form wins over another verb's inflection."""
    ordered = sorted(bases)
    pasts = ((form, base) for base in ordered for form in past_forms(base) if lemma(form) != form)
    yield from ((form, Verb(base, "past")) for form, base in pasts)
    yield from ((gerund(base), Verb(base, "gerund")) for base in ordered)
    yield from ((third_person(base), Verb(base, "third")) for base in ordered)
    yield from ((base, Verb(base, "base")) for base in ordered)
