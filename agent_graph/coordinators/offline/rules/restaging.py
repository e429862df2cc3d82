"""Changes of who is there: one more comes in, one of them does something else, all stand otherwise."""

from __future__ import annotations

import re
from functools import cache

from .....motion_models.english.quantities import NUMBERS, canonical, number
from ..sentences.actions import Action
from ..sentences.clauses import read_actions
from ..sentences.grammar import Verbs
from ..sentences.requests import Arrangement, Restage
from ..sentences.subjects import PERSON
from ..sentences.text import clean
from ..sentences.wordlists import ANYONE, ORDINALS
from .scene import FACE_TO_FACE_VERBS, take_arrangement, take_distance

_PERSON = rf"(?:{'|'.join(sorted(ANYONE))})"
_COMPANION = r"(?:friend|partner|buddy|mate|pal|companion|twin|colleague|neighbour|sidekick)"
_MORE = re.compile(
    rf"\b(?:(?:another|a second|a third|one more|a further|an additional) (?:{_PERSON}|one|guy|dude"
    r"|character)"
    rf"|someone(?: else)?|somebody(?: else)?|(?:a|another) {_COMPANION})\b(?P<rest>.*)"
)
_ADDING = re.compile(
    r"(?:(?:now|and|please|then|also|ok|okay|could you|can you)[, ]+)*"
    r"(?:add|put|place|insert|bring(?: in)?|include|spawn|give (?:him|her|them|it)"
    r"|i (?:want|need)|(?:he|she|they|it) (?:needs?|wants?|could use|should have)|there should be|let|have)\b"
)
_WHICH = {"other": 2, "1": 1, "2": 2, "3": 3, **NUMBERS, **ORDINALS}
_ONE_OF = re.compile(
    r"(?:\b(?:make|let|have|get)\b)?\s*(?:the )?"
    rf"(?P<which>first|second|third|other|1st|2nd|3rd) (?:{_PERSON}|one)"
    r"(?: (?:should|must|has to|needs to|is to))?(?: (?:also|rather|now))? (?P<does>.+?)(?: instead)?$"
    rf"|(?:person|number) (?P<number>one|two|1|2|3)(?: (?:should|must)|:)? (?P<act>.+?)(?: instead)?$"
)
_CLOSER = re.compile(r"\b(?:closer|nearer)\b|\btoo far\b|\bless (?:distance|space)\b")
_APART = re.compile(r"\b(?:further|farther|more) (?:apart|away|distance|space)\b|\btoo (?:close|near)\b")
_PLACES: tuple[tuple[Arrangement, str], ...] = (
    ("facing", r"in front of|in front|opposite|across from|facing|face to face|vis-a-vis"),
    ("behind", r"behind|after(?= (?:him|her|them|it)\b)"),
    ("side by side", r"next to|beside|alongside|by (?:his|her|their) side|to (?:the|his|her) (?:left|right)"),
)
_OF_WHOM = (
    rf"(?: of)?(?: (?:him|her|them|it|the (?:first|other)(?: one| {_PERSON})?)\b)?"
    r"(?:,? (?:on|to|at) (?:the|his|her) (?:left|right)(?: side| hand side)?)?"
)
#: What the others do already.
_SAME = re.compile(
    r"\b(?:(?:do(?:es|ing)?|to do|with|making|dancing) )?(?:exactly |just )?(?:the )?same"
    r"(?: (?:thing|motion|moves?|movements?|dance|steps|routine|actions?))?(?: as (?:him|her|them))?\b"
    r"|\b(?:do(?:es|ing)?) (?:that|this|it)(?: too| as well)?\b|^\s*follow(?:s|ing)?(?: along)?\b"
)
#: In what the one who comes in is like the first, who sets all of it.
_ALIKE = re.compile(
    r",?(?: (?:and|at|in|with))*(?: the)? same (?:speed|pace|tempo|rhythm|time|direction|way|distance)\b"
)
_BACK = re.compile(
    r"\b(wav(?:es?|ing)|bow(?:s|ing)?|nod(?:s|ding)?|salut(?:es?|ing)|punch(?:es|ing)?|kick(?:s|ing)?) back\b"
)


def read_restaging(text: str, verbs: Verbs) -> Restage | None:
    """The change of a scene that words say; None where they say none that can be made."""
    if added := read_addition(text, verbs):
        return added
    words = " ".join(canonical(text).lower().split()).strip(" .!?")
    if one := _ONE_OF.search(words):
        person = _WHICH[one["which"] or one["number"]]
        actions = _done(one["does"] or one["act"], verbs)
        return Restage(person, actions) if actions else None
    arrangement, rest = take_arrangement(words)
    distance, left = take_distance(rest)
    if arrangement or left != rest:
        return Restage(arrangement=arrangement, distance=distance if left != rest else None)
    if _CLOSER.search(words) or _APART.search(words):
        return Restage(factor=0.6 if _CLOSER.search(words) else 1.6)
    return None


#: Words around a change of places that say nothing more.
_RESTING = re.compile(
    r"\b(?:now|please|and|so|but|then|ok|okay|give|show|me|i|want|need|make|put|move|bring|place|turn|have"
    r"|let"
    r"|get|set|them|they|him|her|it|that|there|both|two|people|persons|guys|should|must|can|you|could|be"
    r"|are|is"
    r"|stand|standing|to|a|an|the|bit|little|much|or|of|for|each|other|together|apart|away|from|between|space"
    r"|distance|gap|please|instead|about|around|like|say|maybe|more|less|up)\b|[\s,.!?-]+"
)
_METRES = re.compile(
    rf"(?<![\w.])(?P<n>\d+(?:[.,]\d+)?|{'|'.join(NUMBERS)}|half an?) ?(?:m|metres?|meters?)\b"
)
_TOO = re.compile(
    r"^(?:(?:they(?:'re| are)?|it's|that's) )?(?:still )?too (?:close|far|near)(?: apart| together)?[,."
    r" ]+(?=.*\d)"
)
_JOINTS = re.compile(r"\s*[,.;]\s*(?:and |but |then )?|\s+(?:and|but)\s+(?:then )?")


def read_restagings(message: str, verbs: Verbs) -> list[Restage]:
    """All changes of a scene that a message is as a whole, those of places first; [] where it is none."""
    words = _TOO.sub("", " ".join(clean(message).lower().split()).strip(" .!?"))
    read = _pieces(words, verbs)
    if not read:
        return []
    placed = [change for change in read if not change.person]
    told = [change for change in read if change.person]
    if not placed:
        return told
    arrangement: Arrangement | None = next(
        (change.arrangement for change in placed if change.arrangement), None
    )
    distance = next((change.distance for change in placed if change.distance is not None), None)
    factor = 1.0 if distance is not None else placed[0].factor
    return [Restage(arrangement=arrangement, distance=distance, factor=factor), *told]


def _pieces(words: str, verbs: Verbs) -> list[Restage] | None:
    """The changes of a message, cut where that lets all of it be read."""

    @cache
    def read(left: str) -> tuple[Restage, ...] | None:
        if not _RESTING.sub("", left):
            return ()
        for joint in _JOINTS.finditer(left):
            said = left[: joint.start()]
            first = _piece(said, verbs) if _RESTING.sub("", said) else ()
            rest = read(left[joint.end() :]) if first is not None else None
            if first is not None and rest is not None:
                return (*((first,) if first else ()), *rest)
        whole = _piece(left, verbs)
        return None if whole is None else (whole,)

    found = read(words)
    return None if found is None else list(found)


def _piece(words: str, verbs: Verbs) -> Restage | None:
    """One change, where nothing of the words is left over."""
    if one := _ONE_OF.fullmatch(words.removeprefix("and ")):
        actions = _done(one["does"] or one["act"], verbs)
        return Restage(_WHICH[one["which"] or one["number"]], actions) if actions else None
    arrangement, rest = take_arrangement(words)
    figure = _METRES.search(rest)
    rest = _METRES.sub("", rest)
    nearer, apart = _CLOSER.search(rest), _APART.search(rest)
    if _RESTING.sub("", _APART.sub("", _CLOSER.sub("", rest))):
        return None
    if figure:
        metres = 0.5 if figure["n"].startswith("half") else number(figure["n"])
        return Restage(arrangement=arrangement, distance=min(max(metres, 0.3), 20.0))
    if arrangement:
        return Restage(arrangement=arrangement)
    return Restage(factor=0.6 if nearer else 1.6) if nearer or apart else None


#: The same person several times: "the same soldier twice", "three of them", "clone him".
_COPIES = re.compile(
    rf"\b(?:the |that |this )?same"
    r" (?!(?:motion|thing|clip|action|animation|moves?|part|one)\b)(?:[\w-]+ )?"
    rf"(?P<times>twice|(?:\d+|{'|'.join(NUMBERS)}) times)\b"
    rf"|\b(?P<of>two|three|four|five|[2-5]) of (?:him|her|them|those|these|it)\b"
    r"|^(?:make|turn) (?:it|that|this|him|her) (?:into )?"
    rf"(?:(?P<people>two|three|four|five|[2-5]) (?:[\w-]+s|people)\b|a (?:pair|couple|duo)\b)"
    rf"|^(?:clone|duplicate|double|copy) (?:him|her|(?:the|this|that) (?:[\w-]+er|{_PERSON}))\b"
    r"(?: so (?:that )?there (?:are|is) (?P<so>two|three|four|[2-4])(?: of them)?)?"
)


def read_addition(text: str, verbs: Verbs) -> Restage | None:
    """Who is to come in beside the one who is there, where words ask for that."""
    words = " ".join(text.lower().split()).strip(" .!?")
    if copies := _COPIES.search(words):
        arrangement, rest = take_arrangement(words[: copies.start()] + words[copies.end() :])
        if not _RESTING.sub("", rest):
            said = next(filter(None, copies.groups()), "2").split()[0]
            wanted = 2 if said == "twice" else round(number(said))
            return Restage(arrangement=arrangement, adds=wanted - 1) if wanted > 1 else None
    more = _MORE.search(words)
    return _one_more(canonical(more["rest"]), verbs) if more and _ADDING.match(words) else None


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
    if place == "side by side" and re.search(r"\b(?:on|to|at) (?:the|his|her) left\b", rest):
        place = "to the left"
    return Restage(0, _done(left, verbs), place, distance if said else None, adds=1)


def _done(words: str, verbs: Verbs) -> tuple[Action, ...]:
    words = _SAME.sub("", _ALIKE.sub("", _BACK.sub(r"\1", words)))
    words = re.sub(r"^[\s,:]*(?:(?:who|that|and|to|is|should|he|she)\b\s*)*", "", words).strip(" ,.")
    read = read_actions(f"{PERSON} {words}", verbs) if words else None
    found = (
        read if read and read.actions and not read.unclear else read_actions(words, verbs) if words else None
    )
    return found.actions if found and not found.unclear else ()
