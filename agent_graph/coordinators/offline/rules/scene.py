"""Requests with several people: who does what, and how they stand to one another."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from .....motion_models.english.quantities import NUMBERS, number
from ..sentences.actions import ReadActions
from ..sentences.clauses import read_actions
from ..sentences.grammar import Verbs
from ..sentences.requests import Arrangement, Scene, Unclear
from ..sentences.subjects import PERSON, SMALL_WORDS
from ..sentences.text import strip_politeness
from ..sentences.wordlists import ANYONE, CROWDS

_CROWD = rf"(?:{'|'.join(sorted(CROWDS))})"
_COUNT = rf"(?:{'|'.join(NUMBERS)}|\d+|a couple of|a pair of|several|both)"
_GROUP = re.compile(
    rf"\b(?:(?P<count>{_COUNT}) (?:[\w-]+ )?{_CROWD}|(?P<pair>a couple|a pair|^couple|^pair))\b"
    r"(?: who| that| are)?"
)
_ANYBODY = rf"(?:{'|'.join(sorted(ANYONE))})"
_ONE = r"(?:a|the|one) (?:man|woman|boy|girl|guy|lady|person)"
_OTHER = r"(?:another|the other|a second|the second)"
#: What one person has two of: "from one foot to the other".
_SIDE_OF_ONE = r"(?:foot|leg|arm|hand|side|knee|hip|shoulder|fist|elbow|ear|way|direction|end|place|spot)"
_MEMBER = re.compile(
    rf"(?:,|;|:|\band|\bwhile|\bwhereas|\bwith)?\s*\b(?:one of them|one(?: {_ANYBODY})?|{_OTHER}(?:"
    rf" one| {_ANYBODY})?(?: from the left)?"
    rf"|the (?:first|third|fourth|last|left|middle|cent(?:re|er)|right)(?: one| {_ANYBODY})?"
    rf"(?: (?:from|on|to) the (?:left|right|end))?|person (?:[abcd]|\d|one|two|three|four)"
    rf"|{_ONE})\b:?\s+"
)
_PAIR = re.compile(
    rf"\bone(?: of them| {_ANYBODY})?\b(?! {_SIDE_OF_ONE}\b).+\b{_OTHER}\b|\bthe first (?:person|man|woman"
    r"|one)\b.+\bthe"
    rf" second\b"
    rf"|\bperson (?:a|1|one)\b.+\bperson (?:b|2|two)\b|\ba man\b.+\b(?:and|while|,) a woman\b|\ba"
    rf" woman\b.+\b(?:and|while|,) a man\b"
    rf"|\ba person\b.+\b(?:and|while|,) another person\b"
)
_MUTUAL = r"(?:each other|one another)"
_ARRANGEMENTS: tuple[tuple[Arrangement, re.Pattern[str]], ...] = (
    (
        "facing",
        re.compile(
            rf"(?:facing|face|faces|opposite|across from|in front of|looking at|towards?) {_MUTUAL}"
            r"|face to face|facing the other"
        ),
    ),
    ("back to back", re.compile(rf"back to back|facing away from {_MUTUAL}|backs? to {_MUTUAL}")),
    ("behind", re.compile(rf"one behind the other|behind {_MUTUAL}|in single file|in a queue")),
    (
        "circle",
        re.compile(
            r"(?:(?:standing|arranged|placed|forming|form|stand) )in a circle|(?:form|forming) a circle"
        ),
    ),
    ("side by side", re.compile(rf"side by side|(?:next to|beside|alongside) {_MUTUAL}|in a (?:row|line)")),
)
_DISTANCE = re.compile(
    rf",?\s*(?:at )?(?:(?:to|by|about|around|roughly|like|say|maybe) )*(?P<n>\d+(?:[.,]\d+)?"
    rf"|{'|'.join(NUMBERS)}|half a) ?(?:m|metres?|meters?)"
    r"(?: (?:apart|away(?: from (?:each other|one another))?|from each other|distance|between them"
    r"|in front\b(?: of (?:them|him|her|it|the (?:first|other)(?: one| person)?))?))"
    rf"|,?\s*(?:at |with )?an? (?:distance|gap) of (?:about )?(?P<of>\d+(?:[.,]\d+)?|{'|'.join(NUMBERS)})"
    r" ?(?:m|metres?|meters?)\b"
)
_STANCE = re.compile(r"\b(?:are |is )?(?:both )?(?:stand(?:ing|s)?|placed|positioned)\s*(?=[,.;]|$)")
_EACH_OTHER = re.compile(
    r"\s*\b(?:with|at|to|against)? ?(?:each other|one another)\b|\b(?:both|each) (?:of them )?"
)
FACE_TO_FACE_VERBS = re.compile(
    r"\b(?:shak|fight|box|hug|greet|talk|spar|fenc|argu|wrestl|high-fiv|duel|salut|convers|kiss|chat|bow"
    r"|handshake|toss|pass)"
)


#: Two who go towards each other, and so many metres from where they start.
_MEETING = re.compile(
    rf"\b(?:walk|run|go|come|jog|step|march|rush|stroll)(?:s|ing)? (?:\w+ )?(?:towards?|up to) {_MUTUAL}\b"
)
_MET_FROM = 4.0


def read_scene(text: str, verbs: Verbs) -> list[Scene | Unclear]:
    """The scene a message asks for, then what it does not understand; empty when it is about one person."""
    lowered = " ".join(strip_politeness(_by_letter(text)).lower().split())
    lowered = _with_people(lowered, verbs)
    group = _GROUP.search(lowered)
    if not group and not _PAIR.search(lowered):
        return []
    meet = _MEETING.search(lowered) is not None
    arrangement, lowered = take_arrangement(lowered)
    distance, lowered, said = *take_distance(lowered), lowered
    if meet and lowered == said:
        distance = _MET_FROM
    people = _people(lowered, verbs)
    if len(people) < 2 or not all(person.actions for person in people):
        return []
    talks = _EACH_OTHER.search(lowered) or FACE_TO_FACE_VERBS.search(lowered)
    default: Arrangement = "facing" if talks and len(people) == 2 else "side by side"
    unclear = dict.fromkeys(clause for person in people for clause in person.unclear)
    scene = Scene(tuple(person.actions for person in people), arrangement or default, distance)
    return [scene, *(Unclear(clause, beside=True) for clause in unclear)]


#: People called by letters: "A walks and B sits", "person A waves at person B, B bows".
_LETTERED = re.compile(r"(?<![\w'])(?:[Pp]erson )?(?P<who>[AB])(?=:? (?!(?:is|was)\b)[a-z]+s\b)")
_NOT_DOING = re.compile(r"\b[Pp]erson (?:[ABab]|[12])\b(?!:? [a-z]+(?:s|ing)\b)(?! (?:is|should|must)\b)")


def _by_letter(text: str) -> str:
    """Two who are called A and B as persons a and b; one to whom something is done is "somebody"."""
    doing = {found["who"] for found in _LETTERED.finditer(text)}
    if doing != {"A", "B"}:
        return text
    return _NOT_DOING.sub("somebody", _LETTERED.sub(lambda found: f"person {found['who'].lower()}", text))


#: Several of a kind that is in no list of people, who do something: "3 soldiers marching".
_OF_A_KIND = re.compile(
    rf"^(?P<count>{_COUNT}) (?:[a-z]+ )?(?P<kind>[a-z]+s)"
    r"(?= (?:in an? (?:row|line|circle) )?(?:who |that )?(?:are )?(?P<doing>[a-z]+ing|[a-z]+)\b)"
)
_NO_PEOPLE = frozenset(
    """
    seconds minutes times steps metres meters reps sets rounds laps degrees versions variations takes ways
    clips motions animations hands arms legs feet knees fists
    """.split()  # noqa: SIM905
)


def _with_people(text: str, verbs: Verbs) -> str:
    """'3 soldiers marching' as '3 people marching'."""
    match = _OF_A_KIND.match(text)
    if not match or match["kind"] in _NO_PEOPLE | CROWDS or verbs.noun_action(match["kind"]):
        return text
    doing = verbs.verb(match["doing"])
    if (
        not doing
        or doing.form not in ("gerund", "base")
        or verbs.is_named_action(text[match.end("count") + 1 :])
    ):
        return text
    return f"{match['count']} people{text[match.end('kind') :]}"


def _people(text: str, verbs: Verbs) -> list[ReadActions]:
    """What each person does: said one by one, or the same for all."""
    text = _STANCE.sub("", text)
    group = _GROUP.search(text)
    after = text[group.end() :] if group else text
    members = [member for member in _MEMBER.finditer(after) if _acts(after[member.end() :])]
    if len(members) >= 2:
        ends = [*(member.start() for member in members[1:]), len(after)]
        said = [after[member.end() : end] for member, end in zip(members, ends, strict=True)]
        people = [_does(words, verbs) for words in said]
        people[0] = people[0]._replace(unclear=(*_of_all(after[: members[0].start()]), *people[0].unclear))
        return people
    count = _count(group)
    if group and len(members) == 1 and count > 1:
        return _one_apart(after, members[0], count, verbs)
    together = _does(f"{text[: group.start()]} {after}" if group else after, verbs)
    return [together] * count


def _one_apart(text: str, member: re.Match[str], count: int, verbs: Verbs) -> list[ReadActions]:
    """What each of several does, where one does something else: "4 kids race, the second falls".

    [] where there is no such one.
    """
    at = _place_in_a_row(member[0], count)
    if at >= count:
        return []
    before, then = _THEN_ONE.subn("", text[: member.start()])
    all_of_them, one = _does(before, verbs), _does(text[member.end() :], verbs)
    people = [all_of_them] * count
    if then:
        both = (*all_of_them.actions, *one.actions)
        one = ReadActions(
            both if all_of_them.actions and one.actions else (), (*all_of_them.unclear, *one.unclear)
        )
    people[at] = one
    return people


def _place_in_a_row(words: str, count: int) -> int:
    """Whom words mean of so many in a row, from the left and from 0."""
    if numbered := re.search(r"\bperson (?P<n>\w+)", words):
        said = numbered["n"]
        return "abcd".index(said) if said in "abcd" else round(number(said)) - 1
    found = _IN_A_ROW.search(words)
    said = found[0] if found else "one"
    if said in ("middle", "centre", "center"):
        return count // 2
    return count - 1 if said in ("last", "right") else _FROM_THE_LEFT[said]


#: What leads over from what all do to what one of them does afterwards.
_THEN_ONE = re.compile(r",?\s*(?:and )?(?:then|after that|afterwards|finally)\s*,?\s*$")
_FROM_THE_LEFT = {
    "one": 0, "first": 0, "left": 0, "second": 1, "other": 1, "another": 1, "third": 2, "fourth": 3,
}  # fmt: skip
_IN_A_ROW = re.compile(
    r"\b(?:first|second|third|fourth|last|left|right|middle|cent(?:re|er)|other|another)\b"
)
_NO_DOING = re.compile(
    r"(?:and|or|while|then|in|on|with|from|over|away|back|down|m|met\w+|seconds?|steps?(?! (?:back|forward"
    r"|aside|to|up|down|over|in|away|on|out)\b)|paces?)\b|\s*$"
)


def _acts(words: str) -> bool:
    """Whether what follows is what somebody does: in "pushes the other one and .." the other does nothing."""
    return _NO_DOING.match(words) is None


def _of_all(words: str) -> tuple[str, ...]:
    """What is said of all before each is told apart, which nobody of the scene does: to be named."""
    said = words.strip(" ,.:;")
    said = re.sub(
        r"^(?:and|who|where|in|with|are)\b|\b(?:and|while|with|where|in which|,)+$", "", said
    ).strip(" ,")
    doing = any(word not in SMALL_WORDS for word in re.findall(r"[a-z-]{3,}", said))
    return (said,) if doing else ()


def _does(words: str, verbs: Verbs) -> ReadActions:
    cleaned = _EACH_OTHER.sub(" ", words).strip(" ,.:;")
    cleaned = re.sub(r"^(?:(?:and|then|who|where|all|both|each)\b\s*)+", "", cleaned)
    cleaned = re.sub(r"^(?:(?:are|is) )?standing\s+(?!still|up|on|in|there|at|with|by|and)", "", cleaned)
    cleaned = re.sub(r"(?:,|\band|\bwhile|\bwith|\bthe)+$", "", cleaned).strip(" ,")
    return read_actions(f"{PERSON} {cleaned}", verbs) if cleaned else ReadActions()


def _count(group: re.Match[str] | None) -> int:
    said = group["count"] if group else None
    if not said or said in ("a couple of", "a pair of", "both"):
        return 2
    return 3 if said == "several" else int(number(said))


def take_arrangement(text: str) -> tuple[Arrangement | None, str]:
    """How people are to stand to one another, and the words without it."""
    for arrangement, pattern in _ARRANGEMENTS:
        if pattern.search(text):
            return arrangement, pattern.sub("", text)
    return None, text


def take_distance(text: str) -> tuple[float, str]:
    """How far apart they are to stand, in metres (1 where nothing is said), and the words without it."""
    match = _DISTANCE.search(text)
    if not match:
        return 1.0, text
    said = match["n"] or match["of"]
    metres = 0.5 if said == "half a" else number(said)
    return min(max(metres, 0.3), 20.0), _DISTANCE.sub("", text)


class Place(NamedTuple):
    """Where a person starts: turned by theta degrees about +Y, at (x, z) metres from the first person.

    At theta 0 a person faces +Z and has +X on the left hand.
    """

    theta: float
    x: float
    z: float


def places(count: int, arrangement: Arrangement, distance: float) -> list[Place]:
    """One place per person, the first at the origin; face to face at 1 m is (180, 0, 1), as in paper A.3."""
    if arrangement == "facing" and count == 2:
        return [Place(0, 0, 0), Place(180, 0, distance)]
    if arrangement == "back to back" and count == 2:
        return [Place(0, 0, 0), Place(180, 0, -distance)]
    if arrangement == "behind":
        return [Place(0, 0, 0.0 - distance * index) for index in range(count)]
    if arrangement in ("circle", "facing") and count > 2:
        return [_on_circle(360 * index / count, count, distance) for index in range(count)]
    side = 1 if arrangement == "to the left" else -1
    return [Place(0, side * distance * index + 0.0, 0) for index in range(count)]


def _on_circle(angle: float, count: int, distance: float) -> Place:
    """Round a centre that lies in front of the first person, all facing it, neighbours `distance` apart."""
    radius = distance / (2 * math.sin(math.pi / count))
    radians = math.radians(angle)
    x, z = -radius * math.sin(radians), radius - radius * math.cos(radians)
    return Place(round(angle % 360, 1), round(x, 3) + 0.0, round(z, 3) + 0.0)
