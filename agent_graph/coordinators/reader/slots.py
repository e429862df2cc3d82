"""What fills the slots of a wording: actions in every form, references to parts, numbers, names, formats."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import cache

from ....motion_models.english.captions import load_captions
from ....motion_models.english.inflections import gerund, third_person, verb_bases
from .wordings import FOLDER

NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "twenty"]
_ORDINALS = ["first", "second", "third", "fourth", "fifth"]


@dataclass(frozen=True)
class Act:
    """One action in the forms a wording may need, and what refers to it later: its verb, rest and noun."""

    verb: str
    rest: str
    noun: str

    def form(self, slot: str) -> str:
        head = {"A": self.verb, "As": third_person(self.verb), "Aing": gerund(self.verb)}.get(slot)
        if head is None:
            return self.noun or f"some {self._with_rest(gerund(self.verb))}"
        return self._with_rest(head)

    def _with_rest(self, head: str) -> str:
        return f"{head} {self.rest}".strip()


@cache
def everyday() -> tuple[tuple[str, str], ...]:
    """(verb phrase, noun phrase or "") of the list of everyday actions."""
    lines = (FOLDER / "lists" / "actions.txt").read_text("utf-8").splitlines()
    pairs = (line.partition("|") for line in lines if line.strip() and not line.startswith("#"))
    return tuple((phrase.strip(), noun.strip()) for phrase, _, noun in pairs)


@cache
def listed(name: str) -> tuple[str, ...]:
    """The entries of another list."""
    text = (FOLDER / "lists" / f"{name}.txt").read_text("utf-8")
    return tuple(line.strip() for line in text.splitlines() if line.strip())


@cache
def described() -> tuple[tuple[str, str], ...]:
    """(verb, rest) of the short captions that ship: 'a person walks and turns' -> ('walk', 'and turns')."""
    found = set()
    for segment in load_captions():
        for caption in segment.captions[:2]:
            match = re.fullmatch(r"(?:a person|someone) (\w+)((?: [\w'-]+){0,6})", caption)
            if match and match[1].endswith("s") and (bases := verb_bases(match[1])):
                found.add((bases[0], match[2].strip()))
    return tuple(sorted(found))


def an_act(rng: random.Random) -> Act:
    """An everyday action, sometimes with a manner; or one as the captions describe it."""
    if rng.random() < 0.15:
        verb, rest = rng.choice(described())
        return Act(verb, rest, "")
    phrase, noun = rng.choice(everyday())
    verb, _, rest = phrase.partition(" ")
    if rng.random() < 0.35:
        manner = rng.choice(listed("manners"))
        return Act(verb, f"{rest} {manner}".strip(), _with_adjective(noun, rng))
    return Act(verb, rest, _with_adjective(noun, rng) if rng.random() < 0.3 else noun)


def a_limb_act(rng: random.Random) -> Act:
    """Something that arms or legs do while the rest of the body does something else."""
    verb, _, rest = rng.choice(listed("limb_acts")).partition(" ")
    return Act(verb, rest, "")


def _with_adjective(noun: str, rng: random.Random) -> str:
    match = re.fullmatch(r"an? (.+)", noun)
    if not match:
        return noun
    word = rng.choice(
        ["slow", "quick", "big", "little", "happy", "nice", "long", "short", "high", "deep", "proper"]
    )
    return f"a {word} {match[1]}"


def reference(acts: list[Act], rng: random.Random) -> str:
    """Words for one part of a motion, or for all parts of a kind."""
    index = rng.randrange(len(acts))
    act, last = acts[index], index == len(acts) - 1
    if rng.random() < 0.34:
        return _by_place(index, len(acts), last, rng)
    noun = re.sub(r"^(?:an?|some|two|three) ", "", act.noun) if act.noun else gerund(act.verb)
    doing = gerund(act.verb)
    place = rng.choice(["first", "second", "last", "1st"])
    return rng.choice([
        f"the {noun}", f"the {noun}", f"the {noun}", f"the {noun}", doing, noun,
        f"the {doing}", f"the {doing} part", f"the {act.verb}", f"the {act.verb} part",
        f"his {noun}", f"that {noun}",
        f"the bit with the {noun}",
        f"the part where he {act.form('As')}", f"the part with the {noun}", f"the {place} {noun}",
        f"both {noun}s", f"all {noun}s", f"all the {noun}s", f"every {noun}",
        f"the two {noun}s", f"each {noun}",
        f"the {noun} at the {'end' if last else 'start'}",
    ])  # fmt: skip


def clause(act: Act, form: str) -> str:
    """A part by what happens there. form: "b" (sit down), "s", "ing", or "n" (jumping jacks)."""
    if form != "n":
        return act.form({"b": "A", "s": "As", "ing": "Aing"}[form])
    noun = re.sub(r"^(?:an?|some|two|three) ", "", act.noun) or gerund(act.verb)
    return noun if noun.endswith(("s", "ing")) else f"{noun}s"


def _by_place(index: int, count: int, last: bool, rng: random.Random) -> str:
    unit = rng.choice(["part", "part", "one", "bit", "step", "segment", "action", "piece", "section", "move"])
    ordinal = _ORDINALS[index]
    ways = [f"the {ordinal} {unit}", f"the {ordinal} {unit}", f"{ordinal} {unit}", f"{unit} {index + 1}",
            f"{unit} {NUMBERS[index]}", f"the {ordinal}", f"#{index + 1}"]  # fmt: skip
    if last and count > 1:
        ways += [f"the last {unit}", f"the last {unit}", "the last", f"the final {unit}", "the end"]
    if count == 3 and index == 1:
        ways += [f"the middle {unit}", "the middle"]
    return rng.choice(ways)


def number(rng: random.Random) -> str:
    return rng.choice([str(rng.randint(1, 20)), str(rng.randint(1, 9)), rng.choice(NUMBERS),
                       f"{rng.randint(0, 9)}.{rng.randint(1, 9)}"])  # fmt: skip


def duration(rng: random.Random) -> str:
    if rng.random() < 0.3:
        return rng.choice(listed("durations"))
    unit = rng.choice([" seconds", " seconds", " secs", " s", "s", " sec", "-second", " second"])
    return number(rng) + unit


def times(rng: random.Random) -> str:
    ways = [
        "twice",
        "three times",
        "four times",
        "two times",
        "once",
        "thrice",
        "a couple of times",
        "a few times",
    ]
    return rng.choice(
        [*ways, f"{number(rng)} times", f"{rng.randint(2, 12)}x", f"{rng.choice(NUMBERS[1:])} times in a row"]
    )


def motion_name(rng: random.Random) -> str:
    name = rng.choice(listed("names"))
    if rng.random() < 0.35:
        ending = rng.choice(["a", "b", "1", "2", "3", "new", "old", "x", "test", "final"])
        name = name.split()[-1] + rng.choice(["_", "-", " ", ""]) + ending
    if rng.random() < 0.15:
        name = rng.choice("ABCDXYZ")
    return rng.choice([name, name, name, f'"{name}"', f"'{name}'"])


def distance(rng: random.Random) -> str:
    units = [" metres", " meters", "m", " m", " feet"]
    return rng.choice([number(rng) + rng.choice(units), "a metre", "half a metre", "two steps", "a bit"])


def simple(slot: str, rng: random.Random) -> str:
    """Slots that need nothing of the conversation."""
    match slot:
        case "D":
            return duration(rng)
        case "T":
            return times(rng)
        case "F":
            return rng.choice(listed("factors"))
        case "N":
            return motion_name(rng)
        case "X":
            return rng.choice(listed("formats"))
        case "SIDE":
            return rng.choice(["left", "right", "left", "right", "other"])
        case "STY":
            return rng.choice(listed("styles"))
        case "DIST":
            return distance(rng)
        case "LIMB" | "UP" | "SHAPE" | "Z":
            lists = {"LIMB": "limbs", "UP": "postures", "SHAPE": "shapes", "Z": "styled"}
            return rng.choice(listed(lists[slot]))
        case "DEG":
            return str(rng.choice([10, 15, 20, 30, 45, 60, 90, 90, 120, 180, 180, 270, 360]))
        case "CNT":
            return rng.choice([*NUMBERS[:6], "1", "2", "3", "4", "5", "a few", "a couple of", "10"])
        case "K":
            return rng.choice(
                ["first", "second", "third", "last", "1", "2", "3", "one", "two", "1st", "2nd", "middle"]
            )
    raise ValueError(f"no slot is called {slot!r}")
