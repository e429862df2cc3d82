"""Families of action: the many labels of the captions grouped so that they can be counted and recognised.

`families_in` reads a text; it judges generated captions and finds the known action in a request. It answers
with every family the text names, so a text may hit several.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml

from ..errors import FormatError
from .captions import CaptionedSegment, load_captions
from .clauses import finite_verbs, in_a_row
from .inflections import WORD, lemma, lemmas

#: The tables of actions: those of the captions, and those made of key poses.
FAMILIES, GESTURES = "families.yaml", "gestures.yaml"
#: Words that may stand between two words of a trigger ("raises both of the arms").
MAX_GAP = 3

#: A phrase of a family: for each of its words the lemmas that satisfy it.
Pattern = tuple[frozenset[str], ...]


@dataclass(frozen=True)
class Family:
    """A group of labels that are one action to a user; see families.yaml for the fields.

    labels: those of the captions; of an action without labels the captions that ship show nothing.
    posed: whether it stands in gestures.yaml, and is made of key poses where a model was never shown it.
    """

    name: str
    description: str
    labels: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()
    continuous: bool = False
    countable: bool = False
    posed: bool = False

    @cached_property
    def trigger_patterns(self) -> tuple[Pattern, ...]:
        return tuple(_pattern(phrase) for phrase in self.triggers)

    @cached_property
    def patterns(self) -> tuple[Pattern, ...]:
        """Triggers and hints."""
        return self.trigger_patterns + tuple(_pattern(phrase) for phrase in self.hints)


def _pattern(phrase: str) -> Pattern:
    return tuple(frozenset(lemma(word) for word in part.split("|")) for part in phrase.split())


#: Things that are spelled like an action where an article stands before them: "a box", "the back".
_NAMED_LIKE = frozenset(["box", "back", "bowl", "fly", "rake", "spike", "smoke", "toast"])
_ARTICLES = frozenset(["a", "an", "the", "this", "that"])
_OWNERS = frozenset(["his", "her", "their", "its", "my", "your", "both"])
#: What is done with one's own body where no thing follows, by what may follow all the same: "turns a corner".
_ONESELF = frozenset(["turn", "rotate", "spin", "roll", "hang", "flip", "twirl", "swivel", "revolve"])
_OWN_WAY = frozenset(
    ["body", "back", "side", "corner", "circle", "way", "bit", "little", "few", "full", "half", "whole",
     "quarter", "complete", "single", "small", "other", "opposite", "same", "second", "couple", "moment",
     "time", "degree", "last", "next", "first", "right", "left", "third", "long", "short", "tight", "wide",
     "large", "big", "slow"]
)  # fmt: skip


def _means_another(words: Sequence[str], at: int) -> bool:
    """Whether one word is spelled like an action and is none: "scratches the back", "rolls a ball"."""
    before, after = words[at - 1] if at else "", words[at + 1 : at + 3]
    if words[at] in _NAMED_LIKE:
        return before in _ARTICLES | _OWNERS
    has_object = len(after) == 2 and after[0] in _ARTICLES | _OWNERS and after[1] not in _OWN_WAY
    return words[at] in _ONESELF and before not in _ARTICLES and has_object


def means_another(text: str) -> bool:
    """Whether a text has a word that is spelled like an action and is none where it stands."""
    words = _words(text)
    return any(_means_another(words, at) for at in range(len(words)))


@cache
def families() -> dict[str, Family]:
    """All families by name, in the order of the tables.

    Raises FormatError when a label or a name stands twice.
    """
    posed = [entry for entry in table_of(GESTURES) if "behind" not in entry]
    entries = table_of(FAMILIES) + [_words_alone(entry) for entry in posed]
    table = {entry["name"]: _family(entry) for entry in entries}
    if len(table) < len(entries):
        twice = [name for name, count in Counter(entry["name"] for entry in entries).items() if count > 1]
        raise FormatError(f"families.yaml, gestures.yaml: more than one family called {', '.join(twice)}")
    labels = Counter(label for family in table.values() for label in family.labels)
    if twice := [label for label, count in labels.items() if count > 1]:
        raise FormatError(f"families.yaml: labels in more than one family: {', '.join(twice)}")
    return table


def table_of(name: str) -> list[dict[str, Any]]:
    """The entries of a table beside this file, as they are written."""
    return yaml.safe_load(Path(__file__).with_name(name).read_text("utf-8"))


def _words_alone(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry of a posed action without its poses."""
    return {k: entry[k] for k in ("name", "description", "triggers", "nouns") if k in entry} | {"posed": True}


def _family(entry: dict[str, Any]) -> Family:
    fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in entry.items()}
    return Family(**fields)


@cache
def _family_by_label() -> dict[str, str]:
    return {label: family.name for family in families().values() for label in family.labels}


def family_of(label: str) -> str:
    """The family of an annotator's label ("climb ladder" -> "climb up"). Raises KeyError."""
    return _family_by_label()[label]


@lru_cache(maxsize=50_000)
def families_in(text: str) -> frozenset[str]:
    """The names of all families whose trigger words stand in a text."""
    words = _words(text)
    return frozenset(
        name for name, family in families().items() if any(_found(p, words) for p in family.patterns)
    )


def _words(text: str) -> list[str]:
    """The lemmas of a text, and where a new action may begin a gap that no phrase spans: "walks, sits down"
    does not walk down."""
    parts = [_marked(part) for row in in_a_row(text) for part in row.split(",")]
    gap = [""] * (MAX_GAP + 1)
    return [word for number, part in enumerate(parts) for word in (gap if number else []) + part]


#: Stands for an "and" after which somebody does something else: "looks around and sits down" looks not down.
_NEXT = "\0"


def _marked(part: str) -> list[str]:
    words, said = lemmas(part), [*WORD.findall(part.lower()), "", ""]
    for number, word in enumerate(words):
        following = said[number + 2] if said[number + 1].endswith("ly") else said[number + 1]
        if word == "and" and following in finite_verbs():
            words[number] = _NEXT
    return words


def _found(pattern: Pattern, words: Sequence[str]) -> bool:
    return any(_match_end(pattern, words, start) is not None for start in range(len(words)))


def _match_end(pattern: Pattern, words: Sequence[str], start: int) -> int | None:
    """Where a match that begins at word `start` ends, each word within MAX_GAP words of the one before.

    What somebody does next belongs to it only as the verb itself: "runs and jumps".
    """
    if len(pattern) == 1 and _means_another(words, start):
        return None
    return _end(pattern, words, start)


def _end(pattern: Pattern, words: Sequence[str], start: int) -> int | None:
    if words[start] not in pattern[0]:
        return None
    if len(pattern) == 1:
        return start + 1
    following = range(start + 1, min(start + 2 + MAX_GAP, len(words)))
    next_one = next((n for n in following if words[n] == _NEXT), None)
    if next_one is not None:
        following = range(start + 1, min(next_one + 2, following.stop))
    ends = (_end(pattern[1:], words, i) for i in following)
    return next((end for end in ends if end is not None), None)


def actions_named(text: str, among: frozenset[str] | None = None) -> list[str]:
    """Families named by a trigger, in the order of the text; "jumping jacks" names those and no jump.

    Where triggers overlap, the one with more words wins, and of two as long the one of a posed action. among:
    the families that are looked for, None for all.
    """
    return list(_actions_named(text, among))


@cache
def _named_alone() -> frozenset[str]:
    """Lemmas that name an action by themselves: who "is walking in the cold" walks, and is not just cold."""
    patterns = [pattern for family in families().values() for pattern in family.trigger_patterns]
    return frozenset(word for pattern in patterns if len(pattern) == 1 for word in pattern[0])


#: Who is called after an action does it where nothing else is said: "a boxer", but not "a boxer ducks".
_ROLES = frozenset(
    ["ballerina", "boxer", "fighter", "swordsman", "policeman", "officer", "usher", "bodybuilder",
     "conductor", "archer", "sniper"]
)  # fmt: skip


@lru_cache(maxsize=50_000)
def _actions_named(text: str, among: frozenset[str] | None) -> tuple[str, ...]:
    words = _words(text)
    found = [
        (-len(pattern), not family.posed, start, end, name)
        for name, family in families().items()
        if among is None or name in among
        for pattern in family.trigger_patterns
        for start in range(len(words))
        if (end := _match_end(pattern, words, start)) is not None
        and not ("be" in pattern[0] and _named_alone() & set(words[start + 1 : end - 1]))
    ]
    chosen: list[tuple[int, int, str]] = []
    for _, _, start, end, name in sorted(found, key=lambda match: match[:4]):
        if all(end <= other[0] or start >= other[1] for other in chosen):
            chosen.append((start, end, name))
    doing = [match for match in chosen if match[1] - match[0] > 1 or words[match[0]] not in _ROLES]
    return tuple(dict.fromkeys(name for _, _, name in sorted(doing or chosen)))


def repertoire(segments: Sequence[CaptionedSegment] | None = None) -> list[tuple[str, int]]:
    """(family, number of captioned segments), most common first."""
    counts = Counter(
        family_of(segment.action) for segment in (load_captions() if segments is None else segments)
    )
    return counts.most_common()


#: Where or how something is done while the other action is what is asked for.
_SIDE_ACTIONS = ("stand", "lean or bend", "turn", "step aside", "raise arms", "look around")


def main_action(named: Sequence[str]) -> str:
    """The one of the families a text names that it is about: the first that is no side action."""
    return next((name for name in named if name not in _SIDE_ACTIONS), named[0])
