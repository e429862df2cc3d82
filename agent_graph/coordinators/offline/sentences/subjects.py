"""Who does it: the subject of a clause, and small helpers on words that every clause reader shares."""

from __future__ import annotations

import re

from .....motion_models.english.quantities import NUMBERS
from .grammar import Verbs
from .wordlists import ADVERBS, ANIMALS, AUXILIARIES, DETERMINERS, PEOPLE, PRONOUNS, THINGS

PERSON = "a person"

SMALL_WORDS = frozenset(
    [
        "with",
        "to",
        "in",
        "on",
        "at",
        "of",
        "into",
        "onto",
        "over",
        "under",
        "through",
        "for",
        "from",
        "off",
        "by",
        "like",
        "around",
        "across",
        "against",
        "along",
        "left",
        "right",
        "toward",
        "towards",
        "sideways",
        "upward",
        "downward",
        "straight",
        "high",
        "low",
        "while",
        "without",
        "his",
        "her",
        "their",
        "the",
        "then",
        "who",
        "as",
        "and",
    ]
)
_PLAIN_ADJECTIVES = frozenset(
    [
        "same",
        "single",
        "human",
        "random",
        "3d",
        "virtual",
        "stick",
        "normal",
        "regular",
        "first",
        "second",
        "other",
    ]
)
_PEOPLE = "|".join(sorted(PEOPLE, key=len, reverse=True))
_SUBJECT = re.compile(
    rf"(?:(?P<det>the|an?|one|this|that|my|our|some|your)\s+)?(?P<adjectives>(?:[\w-]+\s+){{0,2}}?)"
    rf"(?P<noun>{_PEOPLE}|{'|'.join(sorted(PRONOUNS, key=len, reverse=True))})(?:'s)?(?:\s+(?:who|that"
    rf"|which)(?:'s)?)?(?:\s+|$)"
)
_NO_SUBJECTS = SMALL_WORDS | PRONOUNS | DETERMINERS | AUXILIARIES | frozenset(NUMBERS)
#: What stands between somebody who is no listed person and what they are to do: "the knight should kneel".
_IS_TO = frozenset(["should", "must", "shall"])
#: What is to be otherwise, and does nothing itself.
_NOBODY = frozenset(
    """
    arm hand leg foot head body knee hip elbow shoulder back neck chest trunk finger video clip file motion
    animation pause end start beginning part music camera speed pace length turn way path circle
    """.split()  # noqa: SIM905
)
_UNLISTED_SUBJECTS = tuple(
    re.compile(
        rf"(?:(?P<det>the|an?|one|my|our|your)\s+)?(?P<noun>{noun})\s+(?:(?:who|that"
        r"|which)\s+)?(?:[a-z]+ly\s+)?(?P<verb>[a-z-]+)\b"
    )
    for noun in ("[a-z-]+", "[a-z-]+ [a-z-]+")
)


def take_subject(text: str, verbs: Verbs) -> tuple[str | None, str]:
    """('a person', 'walks') for 'the man walks'; adjectives that matter stay: 'an old man' is kept."""
    match = _SUBJECT.match(text)
    if not match:
        return _unlisted_subject(text, verbs)
    adjectives = [word for word in match["adjectives"].split() if word not in _PLAIN_ADJECTIVES]
    if any(word in DETERMINERS or word in SMALL_WORDS or word in AUXILIARIES for word in adjectives):
        return None, text
    if any(verbs.verb(word) for word in adjectives):
        return None, text
    rest = text[match.end() :].strip()
    if not adjectives or match["noun"] in PRONOUNS:
        return PERSON, rest
    return f"{article(adjectives[0])} {' '.join(adjectives)} {match['noun']}", rest


def _may_be_told(noun: str, verbs: Verbs) -> bool:
    """Whether a noun that is no listed person may be somebody who is to do something."""
    word = noun.rpartition(" ")[2]
    return not (
        word.endswith("s") or word in _NOBODY or word == "feet" or verbs.verb(word) or verbs.noun_action(word)
    )


def _unlisted_subject(text: str, verbs: Verbs) -> tuple[str | None, str]:
    """('a bear', 'turns right') where a known verb in the third person gives the subject away.

    A bare unknown word in front of one is taken for a proper name and becomes "a person".
    """
    if verbs.is_named_action(text):
        return None, text
    for pattern in _UNLISTED_SUBJECTS:
        match = pattern.match(text)
        verb = verbs.verb(match["verb"]) if match else None
        doing = bool(verb and verb.form == "gerund" and match and match["det"])
        third = bool(
            verb and verb.form == "third" and match and (match["det"] or match["verb"] not in THINGS)
        )
        ordered = bool(
            match and match["det"] and match["verb"] in _IS_TO and _may_be_told(match["noun"], verbs)
        )
        if match and (third or doing or ordered):
            words = match["noun"].split()
            if any(word in _NO_SUBJECTS or verbs.verb(word) or is_adverb(word) for word in words):
                return None, text
            rest = re.sub(r"^\s*(?:who|that|which)\b", "", text[match.end("noun") :]).strip()
            return (f"{article(words[0])} {match['noun']}", rest) if match["det"] else (PERSON, rest)
    return None, text


#: "A dancing person", with or without what they do next.
_DOING_BEFORE = re.compile(
    rf"^(?P<who>(?:an? |the |some )?)(?P<doing>[a-z]+ing) (?P<people>{_PEOPLE})(?=$|[ ,])(?P<next> [a-z]+)?"
)
#: "A man who is very angry walks".
_WHO_IS = re.compile(
    rf"^(?:an?|the|some) (?P<people>{_PEOPLE}) (?:who|that)(?:'s| is) (?:very |really |so |quite )?"
    r"(?P<how>(?!\w+ing\b)[a-z]+)(?= [a-z]+s\b)"
)
_AT_REST = frozenset(["standing", "sitting", "kneeling", "lying", "crouching"])


def doing_first(text: str, verbs: Verbs) -> str:
    """'a dancing man' -> 'a man dancing'; 'a walking man stops' -> 'a man walking, then stops'.

    Who stands, sits, kneels or lies does what follows in that pose; 'a man who is angry walks' -> 'an angry
    man walks'.
    """
    text = _WHO_IS.sub(lambda who: f"{article(who['how'])} {who['how']} {who['people']}", text)
    match = _DOING_BEFORE.match(text)
    doing = verbs.verb(match["doing"]) if match else None
    if not match or not doing or doing.form != "gerund":
        return text
    following = verbs.verb((match["next"] or "").strip())
    joint = (
        (" and" if match["doing"] in _AT_REST else ", then")
        if following and following.form == "third"
        else ""
    )
    return f"{match['who']}{match['people']} {match['doing']}{joint}{text[match.end('people') :]}"


#: A motion that is no person's: what is asked for, who it is, and what comes before.
_OF_AN_ANIMAL = re.compile(
    r"(?:^|[,;.:]\s*|\b(?:and|then|while)\s+)"
    r"(?P<asked>(?:(?:make|let|have|get|add|show me|i want|i need|put)\s+)?)"
    r"(?:the|an?|my|our|this|that|your|some|one|two|three|\d+)\s+(?:(?!of\b)[\w-]+\s+)?"
    rf"(?P<who>{'|'.join(sorted(ANIMALS))})s?"
    r"(?:\s+(?:who|that|which|is|are|to))*\s+(?:[a-z]+ly\s+)?(?P<verb>[a-z-]+)\b",
    re.IGNORECASE,
)


def take_animal(text: str, verbs: Verbs) -> tuple[str, str]:
    """("dog", what was said before it) where an animal is to move, not a person; ("", text) where none is."""
    for match in _OF_AN_ANIMAL.finditer(text):
        word = match["verb"].lower()
        verb = verbs.verb(word)
        caused = re.match(r"make|let|have|get", match["asked"], re.IGNORECASE) is not None
        moves = verb.form != "base" or bool(match["asked"]) if verb else caused or word.endswith(("s", "ing"))
        if moves:
            return match["who"].lower(), text[: match.start()]
    return "", text


def article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def is_adverb(word: str) -> bool:
    return (
        word in ADVERBS
        or (word.endswith("ly") and len(word) > 4 and word != "fly")
        or word in ("very", "really")
    )
