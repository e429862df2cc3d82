"""English word forms: every form of a verb from its base, and the base of any form.

The dictionary is lemminflect's (the NIH lexicon); it is read when the first word is looked up. A verb it
does not hold ends in one that it holds ("backflip", "moonwalk") and follows that one, or is formed by
lemminflect's rules ("zorb"). A verb of several words bends its first: "sit down" -> "sits down".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from types import ModuleType
from typing import Literal

WORD = re.compile(r"[a-z]+(?:'[a-z]+)?", re.IGNORECASE)

#: Penn Treebank tags of the forms: third person, gerund, past, past participle.
Tag = Literal["VBZ", "VBG", "VBD", "VBN"]

#: Words whose other reading is meant where a motion is described: "left" is a side, hardly ever "leave".
_READ_AS = {"left": "left", "ground": "ground", "bound": "bound", "bit": "bit", "rung": "rung",
            "might": "might", "drunk": "drunk", "people": "person", "legged": "leg"}  # fmt: skip
#: Slips of the dictionary, among its forms and its bases.
_CORRECTED = {"mimiced": "mimicked", "mimicing": "mimicking", "mimick": "mimic"}
#: What follows the verb in a hyphenated phrasal verb: "warm-up" bends as "warms-up".
_PARTICLES = frozenset(
    ["up", "down", "in", "out", "on", "off", "over", "under", "around", "back", "away", "forward", "through"]
)
#: The shortest half of a compound: shorter ones are found in words that are no compounds.
_SHORTEST_HALF = 3


def third_person(verb: str) -> str:
    """The third person: "walk" -> "walks", "reach" -> "reaches", "be" -> "is"."""
    return _forms(verb, "VBZ")[0]


def gerund(verb: str) -> str:
    """The -ing form: "walk" -> "walking", "squat" -> "squatting", "lie" -> "lying"."""
    return _forms(verb, "VBG")[0]


def past(verb: str) -> str:
    """The usual past: "walk" -> "walked", "hit" -> "hit", "catch" -> "caught"."""
    return _forms(verb, "VBD")[0]


def past_forms(verb: str) -> tuple[str, ...]:
    """Every past and participle, the usual past first: "dive" -> "dived", "dove"."""
    return tuple(dict.fromkeys((*_forms(verb, "VBD"), *_forms(verb, "VBN"))))


@lru_cache(maxsize=20_000)
def plural(noun: str) -> str:
    """The plural: "arm" -> "arms", "foot" -> "feet"; a word that is no noun takes an -s all the same."""
    known = _dictionary().getAllInflections(noun, "NOUN").get("NNS")
    return (known or _dictionary().getAllInflectionsOOV(noun, "NOUN")["NNS"])[0]


@lru_cache(maxsize=20_000)
def lemmas_by_kind(word: str) -> Mapping[str, tuple[str, ...]]:
    """The lemmas of a word as a "VERB", "NOUN", "ADJ", "ADV" or "AUX", as far as the dictionary has one."""
    found = _dictionary().getAllLemmas(word)
    return {kind: tuple(_corrected(base) for base in bases) for kind, bases in found.items()}


@lru_cache(maxsize=20_000)
def verb_bases(form: str) -> tuple[str, ...]:
    """The verbs of the dictionary a word is a form of, likeliest first: "found" -> "find", "found".

    Empty where it is none. Compounds count ("backflips"); what merely looks like a verb does not.
    """
    known = lemmas_by_kind(form)
    if "VERB" in known:
        return known["VERB"]
    first, ending = ("", form) if known else _compound(form)
    return tuple(first + base for base in verb_bases(ending)) if first else ()


@lru_cache(maxsize=20_000)
def verb_base(form: str) -> str:
    """The likeliest base of a word that is known to be a verb: "caught" -> "catch", "zorbing" -> "zorb"."""
    if known := verb_bases(form):
        return known[0]
    plain = re.fullmatch(r"[a-z][a-z'-]+", form)
    return _dictionary().getAllLemmasOOV(form, "VERB")["VERB"][0] if plain else form


@lru_cache(maxsize=20_000)
def lemma(word: str) -> str:
    """The base form of any word: of a verb where it can be one, else of a noun, else the word itself.

    "walks" and "walking" -> "walk"; "feet" -> "foot"; "left" stays. All forms of one word have one lemma.
    """
    word = word.lower().removesuffix("'s")
    if word in _READ_AS:
        return _READ_AS[word]
    if verbs := verb_bases(word):
        return verbs[0]
    known = lemmas_by_kind(word)
    if "NOUN" in known:
        return known["NOUN"][0]
    return verb_base(word) if not known and word.endswith(("s", "ed", "ing")) else word


def lemmas(text: str) -> list[str]:
    """The lemmas of the words of a text, in order."""
    return [lemma(word) for word in WORD.findall(text)]


@cache
def _dictionary() -> ModuleType:
    """lemminflect, imported when first needed: it reads its tables, and imports spaCy where there is one."""
    import lemminflect

    return lemminflect


def _corrected(form: str) -> str:
    return _CORRECTED.get(form, form)


@lru_cache(maxsize=20_000)
def _forms(verb: str, tag: Tag) -> tuple[str, ...]:
    """The forms of a verb with one tag, the usual one first; never empty."""
    head, particles = _phrasal(verb)
    if particles:
        return tuple(form + particles for form in _forms(head, tag))
    listed = _dictionary().getAllInflections(verb, "VERB")
    # The dictionary leaves out a participle that is spelled like the past.
    if known := listed.get(tag) or (listed.get("VBD") if tag == "VBN" else None):
        return tuple(_corrected(form) for form in known)
    first, ending = _compound(verb)
    if first:
        return tuple(first + form for form in _forms(ending, tag))
    return tuple(_dictionary().getAllInflectionsOOV(verb, "VERB")[tag])


def _phrasal(verb: str) -> tuple[str, str]:
    """The word that bends, and what follows it: ("sit", " down"), ("warm", "-up"), ("walk", "")."""
    head, space, rest = verb.partition(" ")
    if space:
        return head, space + rest
    head, hyphen, rest = verb.partition("-")
    return (head, hyphen + rest) if hyphen and head and rest in _PARTICLES else (verb, "")


@lru_cache(maxsize=20_000)
def _compound(word: str) -> tuple[str, str]:
    """A word and a form of a verb, both of the dictionary: ("back", "flips"); ("", word) for no compound."""
    for cut in range(_SHORTEST_HALF, len(word) - _SHORTEST_HALF + 1):
        first, ending = word[:cut], word[cut:]
        if "VERB" in lemmas_by_kind(ending) and lemmas_by_kind(first.rstrip("-")):
            return first, ending
    return "", word
