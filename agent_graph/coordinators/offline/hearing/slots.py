"""What the slots of a heard request say: actions, seconds, counts, parts, degrees of a change."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from .....motion_models.english.quantities import canonical, number
from .....motion_models.motion.features import FPS
from ...reader.reading import Command, Slot
from ..rules.edit_phrases import PLAINLY, SLIGHTLY, STRONGLY
from ..sentences.actions import Action
from ..sentences.clauses import read_actions
from ..sentences.going_on import there_and_back, with_conditions
from ..sentences.grammar import Verbs
from ..sentences.parts import NAMED
from ..sentences.phrases import part_words
from ..sentences.requests import Intent
from ..sentences.wordlists import DETERMINERS

#: What a learned reading gives where it cannot be said as a request: a slot is missing or says nothing known.
Read = Intent | None
Build = Callable[[Command, Verbs], Read]

QUOTES = " \"'"
#: A word that does not belong to the part before it.
_LOOSE_END = re.compile(r" (?:at|to|in|on|of|is|be|should|please)(?: the)?$", re.IGNORECASE)
#: What says of a part that nothing is to be done to it: "slower on the run, the kick is fine".
_LEFT_ALONE = re.compile(
    r" (?:is|are|was|looks?|stays?|can stay|should stay)(?: \w+)? (?:ok(?:ay)?|fine|good|great|perfect"
    r"|nice|right|alright"
    r"|as (?:it|they) (?:is|are|was)|as is|the same|unchanged)\b",
    re.IGNORECASE,
)
#: What makes parts before or behind of the part that follows it.
_RANGE = re.compile(
    r"(?:everything|all|whatever) (?:that )?(?:is |comes |happens )?"
    r"(?:after|before|behind|past|from|but|except) $"
)
#: What makes of a length the time that the last pose is kept.
_HELD = re.compile(
    r"\b(?:held|hold|holds|holding|keep|keeps)(?: (?:it|that|this|the pose))?(?: for)? *$", re.IGNORECASE
)
#: What is said of the pose before, and is no action of its own.
_HOLDING = re.compile(
    r"(?:and )?(?:hold|keep)(?:s|ing)?(?: (?:it|that|this|there|still|the pose|that pose))?"
)
#: What stands right before an action that is not wanted.
_NEGATED = re.compile(
    r"(?:\b(?:not|dont|doesnt|no|never|without|stops?|quits?)|n't)(?: to)?\s*$", re.IGNORECASE
)


#: A verb that says nothing by itself of what is done.
_NO_ACTION = re.compile(
    r"a person (?:does (?:an? )?)?(?:do|make|have|has|take|perform|get|give|put|use|let|try|trie"
    r"|want)(?:e?s)?"
)


def actions_in(words: str, verbs: Verbs) -> tuple[Action, ...]:
    read = read_actions(canonical(words), verbs)
    found = [action for action in read.actions if not action.negated]
    return () if read.unclear else tuple(one for one in found if not _NO_ACTION.fullmatch(one.description))


def new_actions(command: Command, verbs: Verbs) -> tuple[Action, ...]:
    """The actions that come in, with the length or count said of them."""
    named = [
        slot for slot in command.slots if slot.tag == "ACT" and not _HOLDING.fullmatch(slot.text.lower())
    ]
    said = [slot for slot in named if not _NEGATED.search(slot.before)]
    read = [_actions_of(_whole(slot, command.said), verbs) for slot in said]
    if not any(read):
        return ()
    actions = [action for found in read for action in found]
    each = re.search(r"\b(?:each|apiece)\b", command.said.lower())
    for slot in command.slots:
        if slot.tag not in ("LENGTH", "TIMES", "COUNT", "DISTANCE", "DEGREES"):
            continue
        before = [
            found
            for other, found in zip(said, read, strict=True)
            if _stands_before(other, slot) or _counts(slot, other)
        ]
        meant = len(actions) if each else max(1, sum(map(len, before)))
        for at in range(meant) if each else [meant - 1]:
            actions[at] = _measured(actions[at], slot)
    return with_conditions(there_and_back(actions))


#: A word that something must follow, and the words that do: "in" of "skipping happily in a circle".
_OPEN_END = re.compile(r"\b(?:in|on|at|to|with|over|into|onto|from|towards?|like|under|through|the|an?)$")
_REST = re.compile(r" (?:(?! (?:and|then|while|for|before|after|until|when|instead)\b)[^,.;:!?\n])+")


def _whole(slot: Slot, said: str) -> str:
    """The words of a slot, with those that must follow where the last is open."""
    words = slot.text.strip()
    rest = (
        _REST.match(said.partition(slot.before + slot.text)[2]) if _OPEN_END.search(words.lower()) else None
    )
    return words + rest[0] if rest else words


def _actions_of(words: str, verbs: Verbs) -> tuple[Action, ...]:
    """What words say that were heard as an action; what follows a comma may be details of it."""
    for said in (words, f"a {words}", f"a person {words}"):
        if read := actions_in(said, verbs):
            return read
    first, comma, details = words.partition(",")
    read = _actions_of(first, verbs) if comma else ()
    *before, last = read or (None,)
    return (*before, replace(last, description=f"{last.description},{details}")) if last else ()


def _stands_before(one: Slot, other: Slot) -> bool:
    return len(one.before) < len(other.before)


def _counts(one: Slot, other: Slot) -> bool:
    """Whether a slot is the number right before another: '5' of '5 steps back'."""
    return one.tag == "COUNT" and other.before.rstrip() == f"{one.before}{one.text}".rstrip()


def _measured(action: Action, slot: Slot) -> Action:
    """An action as long or as often as a slot says."""
    if slot.tag == "LENGTH" and _HELD.search(slot.before):
        return replace(action, held=length_in(slot.text) or action.held)
    if slot.tag == "LENGTH":
        return replace(action, seconds=length_in(slot.text) or action.seconds)
    if slot.tag in ("DISTANCE", "DEGREES"):
        bare = re.fullmatch(r"[\d.]+", slot.text) is not None
        unit = (" degrees" if slot.tag == "DEGREES" else " metres") if bare else ""
        return replace(action, description=f"{action.description} {slot.text}{unit}")
    said = slot.text if slot.tag == "TIMES" else f"{slot.text} times"
    return replace(action, times=times_in(said) or action.times)


def seconds_of(command: Command) -> float | None:
    return next((found for words in command.all("LENGTH") if (found := length_in(words))), None)


def length_in(words: str) -> float | None:
    """Seconds said: "2 s", "second 2", "half a second", "20 frames" (at 20 a second)."""
    text = canonical(words.lower().strip())
    if found := re.search(r"(\d+(?:\.\d+)?) seconds", text):
        return float(found[1])
    if found := re.search(r"(\d+(?:\.\d+)?) ?frames", text):
        return float(found[1]) / FPS
    if found := re.search(r"(?:second|mark)? ?(\d+(?:\.\d+)?)", text):
        return float(found[1])
    return {"second": 1.0, "a moment": 1.0, "moment": 1.0, "the second": 1.0}.get(text)


def times_of(command: Command) -> int | None:
    said = " ".join(command.all("TIMES")) or (
        f"{command.first('COUNT')} times" if command.first("COUNT") else ""
    )
    return times_in(said)


def times_in(words: str) -> int | None:
    """How often words say: "twice", "three more times", "4x"."""
    found = re.search(r"(\d+)(?: more)? times", canonical(words.lower()))
    return int(found[1]) if found else None


def count_of(command: Command) -> int:
    said = command.first("COUNT").lower().strip()
    try:
        return max(1, round(number(said))) if said else times_of(command) or 1
    except ValueError:
        return 1


def part_of(command: Command, tag: str = "PART") -> str:
    """The words of the part, or motion in memory, that is meant; without a slot, those the request has."""
    slots = [slot for slot in command.slots if slot.tag == tag]
    slots = [slot for slot in slots if not set(slot.text.lower().split()) <= DETERMINERS]
    slots = [
        slot for slot in slots if not _LEFT_ALONE.match(command.said.partition(slot.before + slot.text)[2])
    ]
    slots = slots or [slot for slot in command.slots if slot.tag == "PICK"]
    said = [_range_before(slot) + _noun_after(slot, command.said) for slot in slots]
    said = said or [words.strip(QUOTES) for words in command.all("MOTION")]
    if not said:
        rest = command.said
        for slot in command.slots:
            rest = rest.replace(slot.text, " ; ", 1) if slot.tag != tag else rest
        said = [found[0]] if (found := NAMED.search(rest)) else []
    return part_words({"part": " and ".join(said)})


def _noun_after(slot: Slot, said: str) -> str:
    """The words of a slot; "the first" of "the first motion" is a motion and no part."""
    words = slot.text.strip(QUOTES)
    found = re.match(r" (?:motion|clip|version|animation|take$)\b", said.partition(slot.text)[2].lower())
    if found:
        return words + found[0]
    begin = len(slot.before)
    named = (match for match in NAMED.finditer(said) if match.start() < begin < match.end())
    whole = next((match[0] for match in named if match[0].endswith(words)), words)
    return _LOOSE_END.sub("", whole)


def _range_before(slot: Slot) -> str:
    """'everything after ' where that stands before the words of a part."""
    found = _RANGE.search(slot.before.lower())
    return found[0] if found else ""


#: A factor of a pace or a length that stands in no slot: "2 times as fast", "by a factor of 2".
_TIMES = re.compile(
    r"\b(\d+(?:\.\d+)?) ?(?:times|x) (?:faster|slower|as (?:fast|slow|long))\b|\bfactor of (\d+(?:\.\d+)?)"
)


def degree_of(command: Command) -> float:
    """How strongly a speed or a length is to change, as a factor above 1."""
    said, whole = command.first("FACTOR").lower(), command.said.lower()
    if found := re.search(r"(\d+(?:\.\d+)?) ?(?:%|percent)", said):
        value = float(found[1]) / 100
        return value if value > 1 else 1 + value
    if found := re.search(r"(\d+(?:\.\d+)?)", canonical(said)) or _TIMES.search(canonical(whole)):
        value = float(next(filter(None, found.groups())))
        return value if value >= 1 else 1 / max(value, 0.1)
    if re.search(r"twice|double|half|halve", said) or re.search(
        r"\b(?:double|twice|half|halve|triple)\b", whole
    ):
        return 3.0 if "triple" in whole else STRONGLY
    if re.search(r"\b(?:an? (?:bit|little|tad|touch)|slightly|somewhat)\b", whole):
        return SLIGHTLY
    return STRONGLY if re.search(r"\b(?:much|a lot|way|far)\b", whole) else PLAINLY


def number_of(word: str) -> str:
    """'one' -> '1'; ordinals and figures stay."""
    try:
        return str(round(number(word)))
    except ValueError:
        return word
