"""Requests for actions that key poses make: which are laid over what motion, how often, on which side."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import cast

from ..english.demand_words import FAST, NUMBER, SLOW, TIMES, side_steps, times_of
from ..english.demands import read_demands
from ..english.families import Family, actions_named, families
from ..english.inflections import lemma, lemmas
from ..english.interpretation import Interpretation
from ..english.lexicon import UNKNOWN, UNSEEN, Lexicon, common_words, notes_on
from ..english.request_text import (
    TOKEN,
    after_article,
    is_subject,
    join,
    normalised,
    person,
    plainly_worded,
)
from ..english.spelled_numbers import number_in
from ..motion.editing.keyposes import Side
from .stand_ins import stand_in, stand_ins
from .table import PosedAction, posed_action, posed_actions
from .travelling import way_of

#: What somebody does who does something else with arms and head at the same time.
_GOES_WITH = frozenset(
    ["walk", "walk backward", "run", "step aside", "turn", "stand", "sit", "sit down", "stand up", "kneel",
     "balance on one leg", "climb stairs", "climb up", "climb down", "crawl", "look around", "jump", "squat",
     "lean or bend"]
)  # fmt: skip
#: What words of comparison and of onlookers name, and nobody does: "like a soldier", "past a dog".
_NOT_DONE = frozenset(["imitate an animal"])
#: What is named by the way back of steps to the side: "three to the left and three back".
_WAY_BACK = frozenset(["walk backward"])
_JOINED = re.compile(r"((?:, ?|\s)\s*(?:\b(?:and|while|whilst|with|as)\b\s+)|,\s*)")
#: The share of its natural time that a gesture takes which is asked for slowly or quickly.
SLOWLY, QUICKLY = 1.6, 0.65


@dataclass(frozen=True)
class Posing:
    """A posed action as a request asks for it.

    times: None where no number is said. pace: how long it takes, as a share of its natural time. sides,
    share: see `Way`.
    """

    name: str
    side: Side
    times: int | None = None
    pace: float = 1.0
    sides: tuple[Side, ...] = ()
    share: float = 1.0

    @property
    def action(self) -> PosedAction:
        return posed_action(self.name)

    def repeated(self, times: int) -> Posing:
        """The same done `times` times as often."""
        if times == 1 or self.action.style:
            return self
        once = self.action.gesture.times if self.action.gesture.travels else 1
        return replace(self, times=times * (self.times or once), sides=self.sides * times)

    @property
    def seconds(self) -> float | None:
        """How long it takes; None where it lasts as long as what it is laid over."""
        return None if self.action.style else self.pace * self.action.gesture.seconds(self.times)


def interpret(lexicon: Lexicon, description: str) -> Interpretation:
    """Read a description as `Lexicon.interpret` does, with the posed actions that its model was never shown.

    Of a request for one of these the text is that of the motion which it is laid over, and no other word gets
    lost. Raises what `Lexicon.interpret` raises.
    """
    text = plainly_worded(normalised(description))
    known = lexicon.profiles
    posed = () if lexicon.reading == "language" else unseen_in(text, known)
    if not posed:
        return lexicon.interpret(description)
    rest = beside(text, posed, known)
    base, asking = lexicon.interpret(rest), _words_of(posed)
    words, left = TOKEN.findall(text), TOKEN.findall(rest)
    first = next(
        (n for n, word in enumerate(words) if lemma(word) in asking), 0
    )  # before them is who does it
    lost, notes = lexicon.unread([word for word in words[first:] if word not in left])
    unknown = [word for word in (*base.unknown, *lost) if lemma(word) not in asking]
    told = [note for note in (*base.notes, *notes) if not note.startswith((UNKNOWN, UNSEEN))]
    told = [
        *notes_on(unknown, lexicon.things(words)),
        *(note for note in told if not _speaks_of(note, asking)),
    ]
    return replace(base, unknown=tuple(unknown), notes=tuple(dict.fromkeys(told)), posed=posed, beside=rest)


def interpret_behind(lexicon: Lexicon, description: str) -> Interpretation | None:
    """Read a description as if its model had never been shown the one action that key poses stand behind.

    None where none do, or where something is done beside it that does not go with it. Raises what
    `Lexicon.interpret` raises.
    """
    text = plainly_worded(normalised(description))
    found = stand_in(text)
    rest = (
        "" if found is None else _beside_one(text, posed_action(found.name), found.behind, lexicon.profiles)
    )
    if found is None or not rest:
        return None
    return replace(lexicon.interpret(rest), unknown=(), notes=(), posed=(found.name,), beside=rest)


def _beside_one(text: str, action: PosedAction, family: str, known: Collection[str]) -> str:
    """What a text asks for beside a posed action of a family; "" where the two do not go together."""
    others = set(actions_named(text)) - {family, "stand"} - _NOT_DONE
    if action.gesture.aside and side_steps(text).sides:
        others -= _WAY_BACK
    if not others:
        return action.base
    if action.takes_all or others - _GOES_WITH:
        return ""
    rest = _without(text, [family], set(known) - {family})
    return rest.strip() if _does(rest, others) else ""


def unseen_in(text: str, known: Collection[str]) -> tuple[str, ...]:
    """The posed actions that a text asks for and a model was never shown: ways of going, and one that is
    done.

    known: the actions it was shown. Beside one of these that keeps hands and head busy nothing else is done.
    """
    named = actions_named(text)
    posed = [name for name in named if name in posed_actions() and name not in known]
    styles = [name for name in posed if posed_actions()[name].style]
    busy = any(name in known and name not in _GOES_WITH | _NOT_DONE for name in named)
    return tuple(styles + ([] if busy else [name for name in posed if name not in styles][:1]))


def beside(text: str, names: Collection[str], known: Collection[str]) -> str:
    """What a text asks for beside its posed actions: the caption of the motion that they are laid over."""
    actions = [posed_actions()[name] for name in names]
    done = next((action for action in actions if not action.style), None)
    if done is not None and done.takes_all:
        return done.base
    rest = _without(text, [action.name for action in actions if not action.style], known)
    rest = _plainly(rest, [action.name for action in actions if action.style], known)
    return rest if _does(rest, known) else (done or actions[0]).base


def _without(text: str, apart: Collection[str], known: Collection[str]) -> str:
    """The clauses of a text in which nobody does any of these actions alone."""
    pieces = _JOINED.split(text)
    kept = [n for n in range(0, len(pieces), 2) if _does(pieces[n], known) or not _names(pieces[n], apart)]
    return "".join(pieces[n] + (pieces[n + 1] if n + 2 in kept else " ") for n in kept if pieces[n].strip())


def _plainly(text: str, styles: Collection[str], known: Collection[str]) -> str:
    """A text without the words of ways of going, that a model would be led astray by: "a zombie walks"."""
    tokens, asking = TOKEN.findall(text), _words_of(styles)
    known = set(known) & set(actions_named(text))
    words: list[str] = []
    for n, word in enumerate(tokens):
        stays = word in common_words() and words[-1:] != [""]  # "sits down", not "head down"
        if lemma(word) not in asking or stays or _does(word, known):
            words.append(word)
        elif is_subject(tokens, n, frozenset()):
            words += person(tokens, n)
        elif n != 1 or not after_article(tokens, n):  # of "a sad person" the article stays
            words.append("")
    return join(words)


def _does(text: str, known: Collection[str]) -> bool:
    return any(name in known and name not in _NOT_DONE for name in actions_named(text))


def _names(text: str, names: Collection[str]) -> bool:
    return not set(names).isdisjoint(actions_named(text))


def posing(description: str, name: str) -> Posing:
    """How often, on which side and how fast a request asks for a posed action."""
    said, action = description.lower(), posed_action(name)
    pace = 1.0
    if not action.style and (action.gesture.travels or not read_demands(said).going):
        pace = SLOWLY if SLOW.search(said) else QUICKLY if FAST.search(said) else 1.0
    if action.gesture.travels:
        way = way_of(description, action.gesture)
        return Posing(name, way.side or action.side, way.times, pace, way.sides, way.share)
    side = side_said(description) or action.side
    return Posing(name, side, None if action.style else _times(said, _family(name)), pace)


def _family(name: str) -> Family:
    """The family whose words ask for a posed action."""
    return families()[next((each.behind for each in stand_ins() if each.name == name), name)]


def side_said(description: str) -> Side | None:
    """The one side that a request names."""
    sides = {match[0] for match in re.finditer(r"\b(?:left|right)\b", description.lower())}
    return cast("Side", sides.pop()) if len(sides) == 1 else None


def _times(said: str, family: Family) -> int | None:
    """A stated number of a family's action: "stomps twice", "ten toe touches", "4 lunges"."""
    found = TIMES.search(said)
    if found is not None:
        return max(1, int(times_of(found)))
    words = {word for pattern in family.trigger_patterns for each in pattern for word in each}
    for match in re.finditer(rf"\b(?P<n>{NUMBER})(?=\s+(?P<what>(?:[\w-]+\s*){{1,3}}))", said):
        several = match["n"] not in ("a", "an") and number_in(match["n"]) >= 1
        if several and words & set(lemmas(match["what"])):
            return int(number_in(match["n"]))
    return None


def _words_of(names: Collection[str]) -> frozenset[str]:
    """The lemmas of all words that ask for these actions."""
    table = families()
    patterns = [pattern for name in names for pattern in table[name].trigger_patterns]
    return frozenset(word for pattern in patterns for words in pattern for word in words)


def _speaks_of(note: str, asking: frozenset[str]) -> bool:
    """Whether a note is about one of some words, by their lemmas."""
    return any(lemma(word) in asking for word in re.findall(r"'([^' ]+)'", note))
