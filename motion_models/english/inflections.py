"""English word forms, as far as describing motion needs them: lemmas, third person, gerund."""

from __future__ import annotations

import re
from functools import lru_cache

WORD = re.compile(r"[a-z]+(?:'[a-z]+)?", re.IGNORECASE)

#: lemma -> (third person, gerund, past, past participle); "" where the regular rule holds.
_IRREGULAR_VERBS: dict[str, tuple[str, str, str, str]] = {
    "be": ("is", "being", "was", "been"),
    "do": ("does", "", "did", "done"),
    "go": ("goes", "", "went", "gone"),
    "have": ("has", "", "had", "had"),
    "lie": ("", "lying", "lay", "lain"),
    "run": ("", "", "ran", "run"),
    "swim": ("", "", "swam", "swum"),
    "sit": ("", "", "sat", "sat"),
    "stand": ("", "", "stood", "stood"),
    "take": ("", "", "took", "taken"),
    "make": ("", "", "made", "made"),
    "throw": ("", "", "threw", "thrown"),
    "swing": ("", "", "swung", "swung"),
    "spin": ("", "", "spun", "spun"),
    "rise": ("", "", "rose", "risen"),
    "leap": ("", "", "leapt", "leapt"),
    "kneel": ("", "", "knelt", "knelt"),
    "bend": ("", "", "bent", "bent"),
    "hold": ("", "", "held", "held"),
    "hang": ("", "", "hung", "hung"),
    "come": ("", "", "came", "come"),
    "drink": ("", "", "drank", "drunk"),
    "creep": ("", "", "crept", "crept"),
    "sweep": ("", "", "swept", "swept"),
    "strike": ("", "", "struck", "struck"),
    "get": ("", "", "got", "got"),
    "let": ("", "", "let", "let"),
    "put": ("", "", "put", "put"),
    "cut": ("", "", "cut", "cut"),
    "bring": ("", "", "brought", "brought"),
    "keep": ("", "", "kept", "kept"),
    "sink": ("", "", "sank", "sunk"),
    "spring": ("", "", "sprang", "sprung"),
    "shoot": ("", "", "shot", "shot"),
    "wind": ("", "", "wound", "wound"),
    "shake": ("", "", "shook", "shaken"),
    "draw": ("", "", "drew", "drawn"),
    "stride": ("", "", "strode", "stridden"),
    "give": ("", "", "gave", "given"),
    "beat": ("", "", "beat", "beaten"),
    "begin": ("", "beginning", "began", "begun"),
    "speed": ("", "", "sped", "sped"),
    "fall": ("", "", "fell", "fallen"),
    "dive": ("", "", "dove", "dived"),
    "slide": ("", "", "slid", "slid"),
    "tread": ("", "", "trod", "trodden"),
    "lean": ("", "", "leant", "leant"),
    "wring": ("", "", "wrung", "wrung"),
    "grip": ("", "", "", ""),
}

_IRREGULAR_NOUNS = {"feet": "foot", "knives": "knife", "dancers": "dancer", "people": "person", "men": "man",
                    "women": "woman", "mice": "mouse", "legs": "leg", "toes": "toe"}  # fmt: skip

#: Words that look inflected and are not.
_WHOLE = frozenset(
    ["across", "its", "his", "this", "is", "as", "towards", "sideways", "upwards", "forwards", "backwards",
     "downwards", "always", "chess", "karate", "during", "thing", "something", "ring", "king", "string",
     "thus", "plus", "us", "yes", "less", "unless", "gas", "bus", "press", "pass", "toss", "cross", "chasses",
     "ceiling", "ground", "need", "speed", "feed", "red", "bed", "hundred", "indeed", "bring", "swing",
     "spring", "wing", "fling", "sing", "sling", "wring", "cling", "perhaps", "whereas", "series", "nothing",
     "everything", "anything", "evening", "morning", "besides", "hers", "theirs", "yours", "ours"]
)  # fmt: skip

_VOWELS = "aeiou"


def third_person(verb: str) -> str:
    """ "walk" -> "walks", "reach" -> "reaches", "carry" -> "carries"."""
    if irregular := _IRREGULAR_VERBS.get(verb, ("",) * 4)[0]:
        return irregular
    if verb.endswith(("s", "x", "z", "ch", "sh", "o")):
        return verb + "es"
    if verb.endswith("y") and verb[-2:-1] not in _VOWELS:
        return verb[:-1] + "ies"
    return verb + "s"


def gerund(verb: str) -> str:
    """ "walk" -> "walking", "run" -> "running", "raise" -> "raising"."""
    if irregular := _IRREGULAR_VERBS.get(verb, ("",) * 4)[1]:
        return irregular
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return verb[:-1] + "ing"
    return verb + (verb[-1] if _doubles(verb) else "") + "ing"


def past(verb: str) -> str:
    """ "walk" -> "walked", "run" -> "ran", "hop" -> "hopped"."""
    if irregular := _IRREGULAR_VERBS.get(verb, ("",) * 4)[2]:
        return irregular
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2:-1] not in _VOWELS:
        return verb[:-1] + "ied"
    return verb + (verb[-1] if _doubles(verb) else "") + "ed"


def _doubles(verb: str) -> bool:
    """Whether the final consonant doubles before -ing and -ed: one vowel before it, one syllable."""
    syllables = re.findall(r"[aeiou]+", verb.removeprefix("un").replace("qu", "q"))
    bare = verb.replace("qu", "q")
    return len(verb) >= 3 and len(syllables) == 1 and bool(re.search(r"[^aeiou][aeiou][bdgklmnprtz]$", bare))


_LEMMAS = {
    form: lemma for lemma, forms in _IRREGULAR_VERBS.items() for form in (*forms, gerund(lemma)) if form
}


@lru_cache(maxsize=20_000)
def lemma(word: str) -> str:
    """The base form by rule: "walks", "walked", "walking" -> "walk"; "punches" -> "punch"; "feet" -> "foot".

    A rule-made base form need not be a word; it only has to be the same for all forms of one word.
    """
    word = word.lower().removesuffix("'s")
    if word in _IRREGULAR_NOUNS:
        return _IRREGULAR_NOUNS[word]
    if word in _LEMMAS:
        return _strip_final_e(_LEMMAS[word])
    if word in _WHOLE or len(word) <= 3:
        return word
    return _strip_final_e(_strip_suffix(word))


def _strip_suffix(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    for suffix in ("ing", "ed"):
        stem = word.removesuffix(suffix)
        if stem != word and re.search(r"[aeiouy]", stem) and len(stem) >= 2:
            if stem.endswith("i") and suffix == "ed":
                return stem[:-1] + "y"
            return stem[:-1] if re.search(r"([bdgkmnprt])\1$", stem) else stem
    return word


def _strip_final_e(stem: str) -> str:
    """Drop a silent e, so that "raise" and "rais(ing)" agree."""
    return stem[:-1] if len(stem) > 3 and stem.endswith("e") and not stem.endswith(("ee", "oe")) else stem


def lemmas(text: str) -> list[str]:
    """The lemmas of the words of a text, in order."""
    return [lemma(word) for word in WORD.findall(text)]
