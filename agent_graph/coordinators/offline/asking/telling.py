"""Answers from what was measured: one short sentence with the number and its unit, naming the part."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import accumulate

from .....motion_models.english.inflections import plural
from .....motion_models.english.quantities import spoken
from .....tools.facts.measuring import MOST
from .....tools.facts.records import Apart, Facts, Measured, Number
from ..sentences.grammar import Verbs
from ..sentences.parts import FILLER, NAMED, find_parts
from ..sentences.wordlists import ORDINALS
from .claims import verdict
from .wordings import OF_PARTS, Quantity, event_in, is_of_truth, quantity_in

#: (description, seconds) of each part of a motion.
Parts = Sequence[tuple[str, float]]
#: Words of a description that do not tell which part a question means.
_GENERAL = FILLER | frozenset(
    """
    left right hand arm foot leg forward backward forwards backwards up down on at with by and then go move
    get time metre meter step second degree fast slow high far floor ground twice once slowly quickly
    """.split()  # noqa: SIM905
)
_ORDINAL_PERSON = re.compile(
    rf"\b(?:person|number) (?P<n>[1-9])\b|\b(?P<word>{'|'.join(ORDINALS)}) (?:person|one|guy|man|woman)\b"
)
#: Events whose number is None where it is not certain; others are left out, too, where there are none.
ALWAYS_COUNTED = ("step", "jump")
#: Words of parts in which legs act.
_OF_LEGS = re.compile(r"\b(?:kick|leg|foot|knee|lunge|hop|stomp)\w*")
_UNCERTAIN = "I cannot measure that with certainty in this motion"
_NOT_TOLD = f"{_UNCERTAIN}."


def measurable(question: str) -> bool:
    """Whether a question is answered by measuring the motion."""
    return quantity_in(question) not in (None, "starts", "ends", "unmeasured")


def is_of_measure(question: str) -> bool:
    """Whether a question asks for a quantity, also for one that nothing here measures."""
    return quantity_in(question) is not None


def is_of_time(question: str) -> bool:
    """Whether a question asks when something starts or ends."""
    return quantity_in(question) in ("starts", "ends")


def time_of(question: str, parts: Parts, verbs: Verbs) -> str | None:
    """When a part, or the whole, starts or ends; None where a question asks for something else."""
    quantity = quantity_in(question)
    if not is_of_time(question):
        return None
    ends = list(accumulate(seconds for _, seconds in parts))
    numbers = meant(question, parts, verbs)
    if not numbers:
        return f"It ends at {spoken(ends[-1])} s." if quantity == "ends" else None
    told = [
        f"part {n}, {parts[n - 1][0]}, "
        + (f"ends at {spoken(ends[n - 1])} s" if quantity == "ends" else f"starts at {_start(ends, n)} s")
        for n in numbers
    ]
    return _sentence("; ".join(told))


def _start(ends: Sequence[float], number: int) -> str:
    return spoken(ends[number - 2]) if number > 1 else "0"


def meant(question: str, parts: Parts, verbs: Verbs) -> list[int]:
    """The numbers of the parts that a question names; [] where it is about the whole."""
    descriptions = [text for text, _ in parts]
    if (named := NAMED.search(question)) and (found := find_parts(named[0], descriptions, verbs)):
        return found
    stems = verbs.stems(question)
    asked = (stems | {OF_PARTS[stem] for stem in stems if stem in OF_PARTS}) - _GENERAL
    shared = [len(asked & (verbs.stems(text) - _GENERAL)) for text in descriptions]
    best = max(shared, default=0)
    found = [number for number, size in enumerate(shared, 1) if size == best and best]
    return found if len(found) < len(parts) else []


def told(question: str, measured: Measured, parts: Parts, verbs: Verbs) -> str | None:
    """The answer to a question, from what was measured; None where it asks for nothing measurable."""
    quantity, words = quantity_in(question), question.lower()
    if quantity is None or quantity in ("starts", "ends", "unmeasured"):
        return None
    if measured.people:
        return _of_people(quantity, words, measured)
    if measured.whole is None:
        return None
    if quantity == "who_faster" and len(parts) > 1 and not re.search(r"\bwho\b", words):
        quantity = "fastest_part"
    if quantity in ("apart_start", "apart_end", "apart_least", "who_faster"):
        return "There is one person in this motion."
    if quantity == "fastest_part":
        return _fastest_part(words, measured, parts)
    if quantity == "side":
        quantity = "leg" if _OF_LEGS.search(" ".join(text for text, _ in parts)) else "hand"
    numbers = meant(question, parts, verbs)
    facts = {part.part: part.facts for part in measured.parts}
    chosen = [(number, facts[number]) for number in numbers if number in facts]
    if not chosen:
        beyond = f" (I measure single parts of at most {MOST})" if numbers and len(parts) > MOST else ""
        said = _one(quantity, words, measured.whole, "on the whole" if len(parts) > 1 else "", beyond)
        if said is None and event_in(words) in ALWAYS_COUNTED and not numbers:
            return _NOT_TOLD
        return said and _sentence(said)
    if len(chosen) > 1 and quantity == "count":
        return _counted_in_all(words, chosen, parts)
    each = [_one(quantity, words, found, _part(number, parts)) for number, found in chosen]
    return _sentence("; ".join(filter(None, each))) if any(each) else None


def _fastest_part(words: str, measured: Measured, parts: Parts) -> str:
    """Which part moves over the ground at the highest, or the lowest, mean speed."""
    if len(measured.parts) < 2:
        return f"I cannot compare parts here: I measure single parts of 2 to {MOST}."
    slow = re.search(r"\b(?:slow|least|lowest)", words)
    best = (min if slow else max)(measured.parts, key=lambda part: part.facts.mean_speed_m_s)
    each = ", ".join(f"part {part.part} {spoken(part.facts.mean_speed_m_s)} m/s" for part in measured.parts)
    name = parts[best.part - 1][0]
    return f"Part {best.part}, {name}, is the {'slowest' if slow else 'fastest'} over the ground: {each}."


def _part(number: int, parts: Parts) -> str:
    return f"in part {number}, {parts[number - 1][0]}"


def _one(quantity: Quantity, words: str, facts: Facts, where: str, beyond: str = "") -> str | None:
    """What was measured of one stretch, and whether that is what a question of truth says."""
    count = _count_of(words, facts) if quantity == "count" else None
    said = _count_said(words, count) if quantity == "count" else SAYINGS[quantity](facts, words)
    if said is None:
        return None if quantity == "count" else _UNCERTAIN
    true = verdict(quantity, words, facts, count) if is_of_truth(words) else None
    opening = "" if true is None else "yes, " if true else "no, "
    return f"{opening}{where + ': ' if where else ''}{said}{beyond}"


def _of_people(quantity: Quantity, words: str, measured: Measured) -> str | None:
    """The answer about the people of a scene, or about the one that is named."""
    if quantity in ("apart_start", "apart_end", "apart_least"):
        pairs = [_pair(quantity, apart, len(measured.people)) for apart in measured.apart]
        return _sentence("; ".join(pairs)) if pairs else _NOT_TOLD
    if quantity == "who_faster":
        speeds = [facts.mean_speed_m_s for facts in measured.people]
        slow = re.search(r"\bslow", words)
        number = speeds.index((min if slow else max)(speeds)) + 1
        others = ", ".join(f"person {n} {spoken(v)} m/s" for n, v in enumerate(speeds, 1))
        return f"Person {number} is the {'slowest' if slow else 'fastest'} on average: {others}."
    named = _ORDINAL_PERSON.search(words)
    only = int(named["n"]) if named and named["n"] else ORDINALS.get(named["word"], 0) if named else 0
    told = [
        _one(quantity, words, facts, f"person {number}")
        for number, facts in enumerate(measured.people, 1)
        if not 0 < only <= len(measured.people) or number == only
    ]
    return _sentence("; ".join(filter(None, told))) if any(told) else None


def _pair(quantity: Quantity, apart: Apart, people: int) -> str:
    who = "they" if people == 2 else f"persons {apart.people[0]} and {apart.people[1]}"
    at = {
        "apart_start": f"are {spoken(apart.start_m)} m apart at the start",
        "apart_end": f"are {spoken(apart.end_m)} m apart at the end",
    }
    return f"{who} {at.get(quantity, f'come as near as {spoken(apart.least_m)} m')}"


# --- counts ------------------------------------------------------------------------------------------


def _count_of(words: str, facts: Facts) -> Number | None:
    event = event_in(words)
    if event in ALWAYS_COUNTED:
        return facts.steps if event == "step" else facts.jumps
    return facts.counts.get(event or "")


def _count_said(words: str, count: Number | None) -> str | None:
    if count is None:
        return None
    name = event_in(words) or ""
    if count == 0:
        return f"I count no {name}"
    fewest, most = (count, count) if isinstance(count, int) else count
    number = str(most) if fewest == most else f"{fewest} to {most}"
    return f"I count {number} {name if most == 1 else plural(name)}"


def _counted_in_all(words: str, chosen: Sequence[tuple[int, Facts]], parts: Parts) -> str | None:
    """What was counted in several parts, together."""
    counts = [_count_of(words, facts) for _, facts in chosen]
    ranges = [(one, one) if isinstance(one, int) else one for one in counts if one is not None]
    if len(ranges) < len(counts):
        return None
    fewest, most = (sum(column) for column in zip(*ranges, strict=True))
    count: Number = most if fewest == most else (fewest, most)
    true = verdict("count", words, chosen[0][1], count) if is_of_truth(words) else None
    opening = "" if true is None else "yes, " if true else "no, "
    numbers = " and ".join(str(number) for number, _ in chosen)
    return _sentence(f"{opening}in parts {numbers}: {_count_said(words, count)}")


# --- one saying for each quantity --------------------------------------------------------------------


def _hips(facts: Facts, words: str) -> str:
    return (
        f"the hips get down to {spoken(facts.lowest_hips_m)} m over the floor, the knees bend to"
        f" {facts.smallest_knee_deg} degrees"
    )


def _speed(facts: Facts, words: str) -> str:
    return f"{spoken(facts.mean_speed_m_s)} m/s on average, {spoken(facts.top_speed_m_s)} m/s at the fastest"


def _slide(facts: Facts, words: str) -> str | None:
    if facts.slide_cm is None:
        return None
    return f"planted feet slide {facts.slide_cm} cm in all" if facts.slide_cm else "planted feet slide 0 cm"


def _first_foot(facts: Facts, words: str) -> str | None:
    if facts.first_foot is None and facts.steps == 0:
        return "there is no step"
    return f"the {facts.first_foot} foot steps first" if facts.first_foot else None


def _hand(facts: Facts, words: str) -> str:
    return _most(facts.busier_hand, "hand")


def _leg(facts: Facts, words: str) -> str:
    return _most(facts.busier_leg, "leg")


def _most(busier: str | None, limb: str) -> str:
    if busier is None:
        return f"neither {limb} moves much"
    return f"both {limb}s move about alike" if busier == "both" else f"the {busier} {limb} moves most"


def _hand_height(facts: Facts, words: str) -> str:
    tops = {"left": facts.left_hand_top_m, "right": facts.right_hand_top_m}
    named = [side for side in tops if re.search(rf"\b{side}\b", words)] or list(tops)
    told = [f"the {side} hand gets up to {spoken(tops[side])} m" for side in named]
    return " and ".join(told)


def _jump_height(facts: Facts, words: str) -> str | None:
    if facts.jumps == 0:
        return "there is no jump"
    height = facts.jump_height_m
    return None if height is None else f"the feet get {spoken(height)} m off the floor"


def _turned(facts: Facts, words: str) -> str | None:
    if facts.turned_deg is None:
        return None
    side = "left" if facts.turned_deg >= 0 else "right"
    return f"a turn of {abs(facts.turned_deg)} degrees to the {side} from start to end"


def _way(facts: Facts) -> str:
    """'2 m ahead and 0.3 m to the left'; '' where it leads nowhere."""
    ways = ((facts.ahead_m, "ahead", "behind"), (facts.left_m, "to the left", "to the right"))
    return " and ".join(
        f"{spoken(abs(metres))} m {one if metres > 0 else other}"
        for metres, one, other in ways
        if abs(metres) >= 0.1
    )


def _place(facts: Facts, words: str) -> str:
    way = _way(facts)
    return f"it ends {spoken(facts.straight_m)} m from where it starts" + (f", {way}" if way else "")


def _direction(facts: Facts, words: str) -> str:
    return f"the way leads {_way(facts) or 'nowhere'}"


def _distance(facts: Facts, words: str) -> str:
    return f"the way is {spoken(facts.path_m)} m long, and {spoken(facts.straight_m)} m in a straight line"


def _begins(facts: Facts, words: str) -> str | None:
    return f"{facts.begins} at the start" if facts.begins else None


def _ends(facts: Facts, words: str) -> str | None:
    return f"{facts.ends} at the end" if facts.ends else None


SAYINGS: dict[Quantity, Callable[[Facts, str], str | None]] = {
    "knee": lambda facts, _: (
        f"the smallest knee angle is {facts.smallest_knee_deg} degrees (180 is a straight leg)"
    ),
    "hips": _hips,
    "top_speed": lambda facts, _: f"the top speed is {spoken(facts.top_speed_m_s)} m/s",
    "mean_speed": _speed,
    "slide": _slide,
    "first_foot": _first_foot,
    "hand": _hand,
    "leg": _leg,
    "hand_height": _hand_height,
    "jump_height": _jump_height,
    "lean": lambda facts, _: f"the trunk leans {facts.greatest_lean_deg} degrees from upright at most",
    "turned": _turned,
    "direction": _direction,
    "back": _place,
    "place": _place,
    "distance": _distance,
    "posture_start": _begins,
    "posture_end": _ends,
}


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
