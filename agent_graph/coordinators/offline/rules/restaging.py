"""Changes of a scene: one more person, what one of them does, where they stand."""

from __future__ import annotations

import re

from .....motion_models.english.quantities import NUMBERS, canonical
from .clauses import Action, read_actions
from .grammar import Verbs
from .requests import Arrangement, Restage
from .scene import FACE_TO_FACE_VERBS, take_arrangement, take_distance
from .subjects import PERSON
from .wordlists import ORDINALS

_PERSON = r"(?:person|man|woman|guy|girl|boy|lady|dude|character|figure|actor|npc|enemy|dancer|friend|player)"
_MORE = re.compile(
    rf"\b(?:(?:another|a second|a third|one more|a further|an additional) {_PERSON}"
    r"|someone else|somebody else|a friend|a partner)\b(?P<rest>.*)"
)
_ADDING = re.compile(
    r"(?:(?:now|and|please|then|also|ok|okay|could you|can you)[, ]+)*"
    r"(?:add|put|place|insert|bring(?: in)?|include|spawn|i (?:want|need)|there should be|let|have)\b"
)
_WHICH = {"other": 2, "1": 1, "2": 2, "3": 3, **NUMBERS, **ORDINALS}
_ONE = re.compile(
    r"(?:\b(?:make|let|have|get)\b)?\s*(?:the )?"
    rf"(?P<which>first|second|third|other|1st|2nd|3rd) (?:{_PERSON}|one)"
    r"(?: (?:should|must|has to|needs to|is to))?(?: (?:also|rather|now))? (?P<does>.+?)(?: instead)?$"
    rf"|(?:person|number) (?P<number>one|two|1|2|3)(?: (?:should|must)|:)? (?P<act>.+?)(?: instead)?$"
)
_CLOSER = re.compile(r"\b(?:closer|nearer)\b|\btoo far\b|\bless (?:distance|space)\b")
_APART = re.compile(r"\b(?:further|farther|more) (?:apart|away|distance|space)\b|\btoo (?:close|near)\b")
_PLACES: tuple[tuple[Arrangement, str], ...] = (
    ("facing", r"in front of|in front|opposite|across from|facing|face to face|vis-a-vis"),
    ("behind", r"behind"),
    ("side by side", r"next to|beside|alongside|by (?:his|her|their) side|to (?:the|his|her) (?:left|right)"),
)
_OF_WHOM = rf"(?: of)?(?: (?:him|her|them|it|the (?:first|other)(?: one| {_PERSON})?)\b)?"
#: What the others do already.
_SAME = re.compile(
    r"\b(?:do(?:es|ing)?|to do) (?:exactly )?the same(?: (?:thing|motion|move))?(?: as (?:him|her|them))?\b"
)
_BACK = re.compile(
    r"\b(wav(?:es?|ing)|bow(?:s|ing)?|nod(?:s|ding)?|salut(?:es?|ing)|punch(?:es|ing)?|kick(?:s|ing)?) back\b"
)


def read_restaging(text: str, verbs: Verbs) -> Restage | None:
    """The change of a scene that words say; None where they say none that can be made."""
    words = " ".join(canonical(text).lower().split()).strip(" .!?")
    if added := read_addition(words, verbs):
        return added
    if one := _ONE.search(words):
        person = _WHICH[one["which"] or one["number"]]
        actions = _does(one["does"] or one["act"], verbs)
        return Restage(person, actions) if actions else None
    arrangement, rest = take_arrangement(words)
    distance, left = take_distance(rest)
    if arrangement or left != rest:
        return Restage(arrangement=arrangement, distance=distance if left != rest else None)
    if _CLOSER.search(words) or _APART.search(words):
        return Restage(factor=0.6 if _CLOSER.search(words) else 1.6)
    return None


def read_addition(words: str, verbs: Verbs) -> Restage | None:
    """Somebody who is to come in, where words ask for that."""
    more = _MORE.search(words)
    return _one_more(more["rest"], verbs) if more and _ADDING.match(words) else None


def _one_more(rest: str, verbs: Verbs) -> Restage:
    """A person who comes in: what they do (the same, where nothing is said), and where they stand."""
    distance, left = take_distance(rest)
    place: Arrangement | None = None
    for name, words in _PLACES:
        if place is None and (match := re.search(rf"\b(?:{words})\b{_OF_WHOM}", left)):
            place, left = name, f"{left[: match.start()]} {left[match.end() :]}"
    if place is None:
        place = "facing" if _BACK.search(left) or FACE_TO_FACE_VERBS.search(left) else "side by side"
    said = re.search(r"\d|metre|meter", rest)
    return Restage(0, _does(left, verbs), place, distance if said else None, adds=True)


def _does(words: str, verbs: Verbs) -> tuple[Action, ...]:
    words = _SAME.sub("", _BACK.sub(r"\1", words))
    words = re.sub(r"^[\s,:]*(?:(?:who|that|and|to|is|should|he|she)\b\s*)*", "", words).strip(" ,.")
    read = read_actions(f"{PERSON} {words}", verbs) if words else None
    found = (
        read if read and read.actions and not read.unclear else read_actions(words, verbs) if words else None
    )
    return found.actions if found and not found.unclear else ()
