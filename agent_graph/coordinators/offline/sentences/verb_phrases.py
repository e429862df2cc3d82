"""Verb phrases in the third person: from "to walk", "a quick walk", "is walking" to "walks"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile

from .....motion_models.english.inflections import third_person, verb_base
from .....motion_models.english.quantities import NUMBERS, number
from .grammar import Form, Verb, Verbs, looks_gerund, looks_third
from .subjects import SMALL_WORDS, article, is_adverb
from .wordlists import AUXILIARIES, DETERMINERS, MANNER, MASS_ACTIONS, THINGS

#: How long an action takes whose noun stands after such a word, in seconds.
_LENGTHS = {"long": 6.0, "lengthy": 6.0, "short": 1.5, "brief": 1.5}
#: Actions that are long or short in metres.
_MEASURED = ("jump", "leap", "hop", "step", "stride", "throw", "kick", "punch", "jab", "dive", "slide")
ADJECTIVES = (
    frozenset(MANNER)
    | frozenset(_LENGTHS)
    | frozenset(
        ["small", "little", "tiny", "big", "large", "huge", "high", "low", "deep", "wide", "hard", "soft"]
    )
)
_LIGHT_VERBS = frozenset(["do", "perform", "execute", "make"])


@dataclass(frozen=True)
class Phrase:
    """A verb phrase in the third person, with the count its noun carried ('two jumps'), and its length in
    seconds ('a long bow').
    """

    text: str
    times: int = 1
    known: bool = True
    seconds: float | None = None


def verb_phrase(text: str, verbs: Verbs, *, has_subject: bool) -> Phrase | None:
    """'to walk forward', 'a walk forward' -> 'walks forward'; None when it is no action."""
    words = without_auxiliaries(text.removeprefix("to ").split(), verbs)
    noun = read_noun_action(" ".join(words), verbs)
    if noun:
        return noun
    first = first_word(words[:4], verbs)
    if not first:
        return None
    head = words.index(first)
    verb = verbs.verb(words[head]) or _guess_verb(words[head], guess=has_subject)
    if verb is None:
        return _late_verb(words, verbs) if has_subject else None
    if verb.base in _LIGHT_VERBS:
        performed = read_noun_action(" ".join(words[head + 1 :]), verbs)
        if performed:
            return replace(performed, text=" ".join([*words[:head], performed.text]))
    rest = _coordinated(words[head + 1 :], verb.form, verbs)
    done = third_person(verb.base) + ("," if words[head].endswith(",") else "")
    return Phrase(" ".join([*words[:head], done, *rest]), known=verbs.verb(words[head]) is not None)


def _guess_verb(word: str, *, guess: bool) -> Verb | None:
    """An unlisted word in verb position, when a subject vouches for it."""
    if not guess:
        return None
    if looks_gerund(word):
        return Verb(verb_base(word), "gerund")
    return Verb(verb_base(word), "third") if looks_third(word) else None


def _late_verb(words: list[str], verbs: Verbs) -> Phrase | None:
    """'in a chair stands up': a phrase between subject and verb leaves the clause as it is."""
    found = (verbs.verb(word) for word in words[:8])
    known = any(verb and verb.form in ("third", "gerund") for verb in found)
    return Phrase(" ".join(words)) if known else None


def _coordinated(words: list[str], form: Form, verbs: Verbs) -> Iterable[str]:
    """Later verbs of the same clause in the third person too: 'walk and wave at once' -> 'and waves'."""
    previous = ""
    for word in words:
        verb = verbs.verb(word)
        joined = previous == "and" and verb is not None and verb.form == form != "third"
        yield third_person(verb.base) if joined and verb else word
        previous = word


def read_noun_action(text: str, verbs: Verbs) -> Phrase | None:
    """'a quick jump' -> 'jumps quickly', 'two squats' -> 'squats' twice."""
    words = text.split()
    counted = bool(words) and (words[0] in NUMBERS or words[0].isdigit())
    body = words[1:] if words and (words[0] in DETERMINERS or counted) else words
    body = body[1:] if len(body) > 1 and body[0] == "more" else body
    if not body:
        return None
    if verbs.is_named_action(" ".join(body)):
        named = [article(body[0]), *body] if " ".join(words) in verbs.countable else words
        return Phrase(" ".join(["does", *named]))
    adjectives = list(takewhile(ADJECTIVES.__contains__, body))
    if adjectives and verbs.is_named_action(" ".join(body[len(adjectives) :])):
        named = read_noun_action(
            " ".join([*words[: len(words) - len(body)], *body[len(adjectives) :]]), verbs
        )
        if named and all(word in MANNER for word in adjectives):
            return replace(named, text=" ".join([named.text, *(MANNER[word] for word in adjectives)]))
    core = _noun_core(body)
    rest, modifiers = body[len(core) :], core[:-1]
    performed = _performed(core, modifiers, words[0], verbs)
    bare = words == body
    described = bool(modifiers) and all(word in ADJECTIVES for word in modifiers)
    unlike = performed != "do" or any(verbs.verb(word) for word in core)
    if not performed or (bare and unlike and not described):
        return None
    times = int(number(words[0])) if counted else 1
    lengths = [_LENGTHS[word] for word in modifiers if word in _LENGTHS]
    if lengths and performed not in (*_MEASURED, "do"):
        modifiers = [word for word in modifiers if word not in _LENGTHS]
        seconds = lengths[0]
    else:
        seconds = None
    if performed == "do" or not all(word in MANNER for word in modifiers):
        singular = [*modifiers, core[-1][:-1]] if counted and core[-1].endswith("s") else core
        named = bare and (core[-1] in MASS_ACTIONS or core[-1].endswith("s"))
        determiner = [] if named else ["some" if words[0] == "some" else article(singular[0])]
        return Phrase(" ".join(["does", *determiner, *singular, *rest]), times, seconds=seconds)
    return Phrase(" ".join([third_person(performed), *_with_manner(rest, modifiers)]), times, seconds=seconds)


def _performed(core: list[str], modifiers: list[str], first: str, verbs: Verbs) -> str | None:
    """The verb of the noun that a phrase ends in: of 'high kick', and of 'lazy stretching', too."""
    verb = verbs.verb(core[-1]) if core else None
    if verb and verb.form == "gerund" and modifiers and all(word in MANNER for word in modifiers):
        return verb.base
    return verbs.noun_action(core[-1], plural=first not in ("a", "an", "another", "one")) if core else None


def _with_manner(rest: list[str], modifiers: list[str]) -> list[str]:
    """'forward', 'quick' -> 'forward quickly'; what is held comes last: 'slowly with the arms out'."""
    manner = [MANNER[word] for word in modifiers]
    at = next((i for i, word in enumerate(rest) if word in ("with", "while", "without")), len(rest))
    return [*rest[:at], *manner, *rest[at:]]


def _noun_core(body: list[str]) -> list[str]:
    """The words up to the noun: 'high kick' of 'high kick with the left leg'."""
    core: list[str] = []
    for word in body:
        if core and (
            word in SMALL_WORDS or is_adverb(word) or word in ("back", "away", "ahead") or word[0].isdigit()
        ):
            break
        core.append(word)
    return core


def first_word(words: list[str], verbs: Verbs) -> str:
    """The word where a verb should stand, adverbs skipped; "slow" of "slow down" is a verb."""
    for word, following in pairwise([*words, ""]):
        if not is_adverb(word) or (verbs.verb(word) and following in ("down", "up")):
            return word
    return ""


def without_auxiliaries(words: list[str], verbs: Verbs) -> list[str]:
    """'is slowly walking' -> 'slowly walking'; an auxiliary that is the main verb stays ('does a flip')."""
    while len(words) > 1 and words[0] in AUXILIARIES:
        following = next((word for word in words[1:] if not is_adverb(word)), words[1])
        verb = verbs.verb(following)
        if not ((verb and following not in THINGS) or looks_gerund(following) or following in ("be", "not")):
            break
        words = words[1:]
    return words
