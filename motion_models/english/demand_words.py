"""The words that name what can be checked: patterns on lower-case text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from .inflections import gerund, past_forms, third_person
from .spelled_numbers import NUMBER, number_in


def _words(*forms: str) -> re.Pattern[str]:
    """Any of these words or phrases."""
    return re.compile(rf"\b(?:{'|'.join(forms)})\b")


def _verbs(bases: str, *more: str) -> re.Pattern[str]:
    """Any form of any of these verbs, or of the phrases in `more`."""
    return _words(_forms(bases), *more)


def _forms(bases: str) -> str:
    """The forms of verbs, as alternatives: "walk" -> walk|walks|walking|walked."""
    forms = {
        form for base in bases.split() for form in (base, third_person(base), gerund(base), *past_forms(base))
    }
    return "|".join(sorted(forms, key=len, reverse=True))


# --- numbers with a unit -----------------------------------------------------------------------------

#: What may stand between a number and what it counts.
_KIND = (
    r"(?:(?:more|small|big|large|long|short|quick|slow|full|complete|whole|high|low|deep|normal|front|side"
    r"|round\w*|left|right|strong|hard|karate|straight|body|back|knee|modified|easy|proper) )*"
)
#: Lengths, and what they are in metres. "One foot" and "on two feet" are limbs.
METRES = re.compile(
    rf"(?<!on )(?<!with )(?<!onto )(?<!using )(?<!\w)(?!(?:a|an|one) foot\b)(?P<n>{NUMBER})[ -]?"
    r"(?P<u>kilomet(?:re|er)s?|km|centimet(?:re|er)s?|cm|met(?:re|er)s?|m|yards?|yds?|feet|foot|ft)\b"
)
_UNIT_METRES = {
    "metre": 1.0, "meter": 1.0, "m": 1.0, "kilometre": 1000.0, "kilometer": 1000.0, "km": 1000.0,
    "centimetre": 0.01, "centimeter": 0.01, "cm": 0.01, "yard": 0.9144, "yd": 0.9144, "feet": 0.3048,
    "foot": 0.3048, "ft": 0.3048,
}  # fmt: skip
#: After a length these say that it is no way to go.
NO_WAY = re.compile(
    r" ?(?:/|per\b|an? (?:second|minute|hour)\b)"
    r"| (?:high|tall|apart|wide|up|above|behind|in front|into the air|off the (?:ground|floor))\b"
)
#: Speeds, and how many metres a second they are.
SPEED = re.compile(
    rf"\b(?P<n>{NUMBER})[ -]?(?P<u>m(?:et(?:re|er)s?)? ?(?:/|per|an?) ?s(?:ec(?:onds?)?)?"
    r"|k(?:ilo)?m(?:et(?:re|er)s?)? ?(?:/|per|an) ?h(?:ours?)?|kph|km/h|mph|miles (?:per|an) hour)\b"
)
DEGREES = re.compile(rf"\b(?P<n>{NUMBER})[ -]?(?:degrees?|degs?)\b")
#: "Turn 180", "a full 360": of turns these numbers need no unit.
BARE_DEGREES = re.compile(
    r"\b(?P<n>45|90|135|180|270|360|540|720|1080)\b(?! ?(?:\w+ )?(?:times|m\b|met|s\b|sec|step))"
)
#: "At a normal pace" is a speed and no number of steps.
STEPS = re.compile(rf"(?<!\bat )\b(?P<n>{NUMBER})\s+{_KIND}(?:steps?|paces?|strides?)\b(?! at a time)")
TIMES = re.compile(rf"\b(?:once|twice|thrice|(?P<n>{NUMBER})[ -](?:times|reps|repetitions))\b")
_ADVERBS = {"once": 1.0, "twice": 2.0, "thrice": 3.0}


def metres_of(match: re.Match[str]) -> float:
    """What `METRES` matched, in metres."""
    unit = match["u"] if match["u"] in _UNIT_METRES else match["u"].rstrip("s")
    return number_in(match["n"]) * _UNIT_METRES[unit]


def speed_of(match: re.Match[str]) -> float:
    """What `SPEED` matched, in metres a second."""
    unit = match["u"]
    factor = (
        1.0 if unit[0] == "m" and unit[:2] not in ("mp", "mi") else 1 / 3.6 if unit[0] == "k" else 0.44704
    )
    return number_in(match["n"]) * factor


def times_of(match: re.Match[str]) -> float:
    """What `TIMES` matched."""
    return number_in(match["n"]) if match["n"] else _ADVERBS[match[0]]


# --- going and turning -------------------------------------------------------------------------------

GOING = _verbs(
    "walk stroll march stride go move step sidestep pace sneak tiptoe limp advance retreat wander trudge"
    " shuffle stagger crawl skip travel creep hike",
    r"back(?:s|ing) (?:up|away)",
)
RUNNING = _verbs("run jog sprint dash rush gallop race")
JUMPING = _verbs("jump hop leap skip bounce hurdle vault spring bound", r"jet[eé]s?", r"burpees?")
#: Actions that leave the floor, stand on something, or are upside down.
FREE = _verbs(
    "climb hang swim fly dive roll paddle ride paraglide flip somersault",
    r"ladders?", r"stair(?:s|ways?|cases?)?", r"(?:swings?|swinging) on", r"(?:monkey )?bars?", "cartwheels?",
    "handstands?", r"(?:back|front) ?flips?", r"(?:jump|leap|hop|step)(?:s|ing)? (?:down|off)", "steps? up",
    r"(?:step|get|walk|jump|leap)\w* (?:up )?(?:onto|on to)",
    r"(?:up|down) (?:the |a |some )?(?:steps|hill|slope)",
    "upside down", "head over heels",
)  # fmt: skip

TURNING = _verbs(
    "turn rotate pivot swivel spin twirl whirl pirouette veer curve", "about[- ]face", "u-turn", "clockwise"
)
SPINS = "spin twirl whirl pirouette"
_SPINS = _verbs(SPINS)
_BACK = _words(
    rf"(?:{_forms('turn rotate pivot swivel wheel spin face')}) (?:\w+ly )?(?:all the way )?"
    r"(?:around|round|about|back)",
    r"about[- ]face", "u-turn", r"(?:face|turn)\w* (?:to )?(?:the )?(?:other|opposite)(?: way| direction)?",
)  # fmt: skip
_FULL = re.compile(
    rf"\b(?P<n>{NUMBER})?\s*(?P<part>half|three[- ]quarter|quarter|third|eighth|full|complete|whole)s?"
    r"(?:[- ]|(?: of)? an? )(?:turn|rotation|spin|revolution|circle)s?\b"
)
_AND_A_HALF = re.compile(
    rf"\b(?P<n>{NUMBER}) (?:full |complete |whole )?(?:turn|rotation|spin|revolution|circle)s\b"
)
_HALF_WAY = _words(r"half[- ]?way (?:a)?round")
_SHARES = {
    "half": 180.0, "quarter": 90.0, "third": 120.0, "eighth": 45.0,
    "three-quarter": 270.0, "three quarter": 270.0,
}  # fmt: skip

#: Going down into a posture, first of all; after something else the person stands anyway.
_FIRST = r"^(?:an?|the|some\w*|\w+)?\s*(?:\w+\s+){0,3}?"
LOWERING = re.compile(rf"{_FIRST}(?:sits?|sitting|lies?|lying|lays?|kneels?|kneeling) down\b")
#: Getting up from a posture, first of all.
RISING = re.compile(
    rf"{_FIRST}(?:(?:stands?|standing|gets?|getting) (?:back )?up|rises?|rising)(?! and down)\b"
)
#: After "left" and "right" these make a limb of it, or a moment.
_LIMBS = "hand|arm|leg|foot|knee|elbow|shoulder|hip|fist|side|wrist|ankle|ear|cheek|punch|jab|hook|kick"
LEFT = re.compile(rf"\bleft(?:wards?)?\b(?! (?:{_LIMBS}))|\b(?:counter|anti)[- ]?clockwise\b")
RIGHT = re.compile(
    rf"\bright(?:wards?)?\b(?! (?:{_LIMBS}|away|now|there|after|before|behind|angle|in front))"
    r"|(?<!counter)(?<!counter-)(?<!counter )(?<!anti)(?<!anti-)(?<!anti )\bclockwise\b"
)
#: Ways that come home.
RETURNING = _words(r"(?:and|there) back(?! and forth)")
BACKWARD = _words(
    "backwards?", r"back(?! and forth| to\b| kick)", r"retreat\w*", "in reverse", r"backpedal\w*"
)
SIDEWAYS = re.compile(
    r"\b(?:to (?:the|his|her|their|your|my) (?:left|right)|sideways?|side[- ]?step\w*|leftwards?|rightwards?"
    rf"|(?:{_forms('step shuffle jump hop move go walk run')}) (?:\w+ )?(?:left|right))\b"
)
FORWARD = _words("forwards?", "ahead", "straight on", "onwards?", "to the front")
CIRCLE = _words(r"(?:in|around in|round in) (?:an? )?(?:\w+ )?circles?", "walks a circle", "circular")
#: Shapes of a path that a model does not know.
SHAPES = _words(
    "squares?", "rectangles?", "triangles?", r"zig[- ]?zag(?:s|ging|ged)?", r"figure (?:of )?(?:eight|8)",
    "spirals?", r"semi[- ]?circles?", "half[- ]circles?", r"s[- ]curves?", "slalom", "serpentine",
)  # fmt: skip
STRAIGHT = _words("straight", "in a line")
#: Ways that lead elsewhere than straight on.
BENDING = _words(
    "back", "around", "round", "along", "curv(?:e|es|ed|ing)", "corners?", "bends?", "to and fro"
)
IN_PLACE = _words("in place", "on the spot", "in one spot")
STILL = _words(r"(?:stands?|standing|stays?) still", "idles?", "waits?", r"freez\w+", "motionless")
SLOW = _words("slow", "slowly", "slower", "leisurely", "unhurriedly")
FAST = _words(
    "fast", "faster", "quick", "quickly", "rapidly", "briskly", "brisk", "swiftly", "hurriedly", "speedily",
    "in a hurry", "at full speed", r"sprint\w*",
)  # fmt: skip


def turns_in(said: str) -> float | None:
    """Degrees of "a half turn", "turns around", "spins twice"; None where no such thing is said."""
    times, match = TIMES.search(said), _FULL.search(said)
    many = times_of(times) if times else 1.0
    if (more := _AND_A_HALF.search(said)) is not None and more["n"].endswith("half"):
        return 360.0 * number_in(more["n"]) * many
    if match is not None:
        return _SHARES.get(match["part"], 360.0) * (number_in(match["n"]) if match["n"] else 1.0) * many
    if _HALF_WAY.search(said):
        return 180.0 * many
    if _SPINS.search(said):
        return 360.0 * many if times else None
    return 180.0 * many if _BACK.search(said) else None


# --- limbs, postures, countable events ---------------------------------------------------------------

ARMS = re.compile(r"\b(?P<side>left|right)[- ](?:hand|arm|fist|elbow|punch|jab|hook)(?:ed)?\b")
LEGS = re.compile(r"\b(?P<side>left|right) (?:leg|foot|knee|kick)\b")
ENDINGS = {
    "standing": _words(rf"(?:{_forms('stand get rise')}) up", "rises?", "stands? still", "stands"),
    "sitting": _words(r"(?:sits?|sitting|sat)(?![- ]?ups?\b)", "takes? a seat"),
    "lying": _words("lies", "lie", "lying", "lays? down"),
    "kneeling": _words("kneels?", "kneeling", r"down on (?:one|a|his|both|her) knees?"),
}
#: Before a posture this says that it is left.
LEAVING = re.compile(r"\b(?:from|out of|after) (?:an? |the |his |her )?(?:\w+ )?$")
EVENTS = {
    "jumping jack": _words("(?:jumping|star)[- ](?:jacks?|jumps?)"),
    "jump": _words(rf"(?:{_forms('jump leap')})(?! kick| rope|[- ]jack)"),
    "hop": _verbs("hop"),
    "squat": _verbs("squat", "knee[- ]bends?"),
    "push-up": _words("(?:push|press)[- ]?ups?"),
    "kick": _verbs("kick"),
    "punch": _verbs("punch jab"),
    "bow": _verbs("bow"),
    "spin": _verbs(SPINS),
    "cartwheel": _words("cartwheels?"),
}
#: Steps and gestures, which are counted where a number is said, and otherwise have none.
GESTURES = {
    "step": _verbs("step"),
    "wave": _verbs("wave"),
    "clap": _verbs("clap applaud"),
    "nod": _verbs("nod"),
    "arm raise": re.compile(
        rf"\b(?:{_forms('raise lift')}) (?:up )?(?:an?|the|his|her|their|your|my|both|one|left|right)"
        r" (?:left |right )?(?:arms?|hands?)\b"
    ),
}
_NOUNS = {
    "wave": "waves?",
    "clap": "claps?",
    "nod": "nods?",
    "jumping jack": "(?:jumping|star)[- ](?:jacks?|jumps?)",
    "jump": "jumps?(?![- ]jack)|leaps?",
    "hop": "hops?",
    "squat": "squats?|knee[- ]bends?",
    "push-up": "(?:push|press)[- ]?ups?",
    "kick": "kicks?",
    "punch": "punch(?:es)?|jabs?",
    "bow": "bows?",
    "cartwheel": "cartwheels?",
}


_TO_AND_FRO = _words("up and down", "back and forth", "to and fro", "over and over", "again and again")


def event_in(said: str) -> str | None:
    """What of a text can be counted: "a person jumps" -> "jump"; None where nothing or several can."""
    found = [event for event, words in EVENTS.items() if words.search(said)]
    if "jumping jack" in found:
        found = [event for event in found if event != "jump"]
    return found[0] if len(found) == 1 else None


def gesture_in(said: str) -> str | None:
    """The one gesture of a text that can be counted; None where there are several, or something else is."""
    found = [gesture for gesture, words in GESTURES.items() if words.search(said)]
    return found[0] if len(found) == 1 and event_in(said) is None else None


def repeated_event(said: str, times: re.Match[str]) -> str | None:
    """What is to happen so often: the last thing before the number that can be counted, else the only one.

    None where something else was named in between: "jumps and turns around twice".
    """
    before = [
        (match.end(), event)
        for event, words in (EVENTS | GESTURES).items()
        for match in words.finditer(said[: times.start()])
    ]
    if not before:
        return event_in(said)
    end, event = max(before)
    event = "jumping jack" if (end, "jumping jack") in before else event
    between = _TO_AND_FRO.sub("", said[end : times.start()])
    return None if re.search(r"\b(?:and|then)\b|,", between) else event


def counted_noun(said: str) -> tuple[str, int] | None:
    """(event, number) of "does five squats" or "three high kicks"; "a jump" is one."""
    for event, noun in _NOUNS.items():
        match = re.search(rf"\b(?P<n>{NUMBER})\s+{_KIND}(?:{noun})\b", said)
        if match is not None and number_in(match["n"]) >= 1:
            return event, int(number_in(match["n"]))
    return None


# --- steps to either side ---------------------------------------------------------------------------

Side = Literal["left", "right"]
_STEP_NOUN = r"(?:side[- ]?)?(?:steps?|paces?|strides?|shuffles?)"
_STEPPING = re.compile(r"\b(?:side[- ]?)?(?:step|pace|stride|shuffl)\w*\b")
_STEP_KIND = r"(?:(?:more|small|big|large|long|short|quick|slow|little|side|sideways|further) )*"
_TO_SIDE = r"(?:sideways |over )*(?:to (?:the|his|her|their|your|my) )?"
_SIDE_LIMB = r"(?![- ](?:hand|arm|leg|foot|knee|elbow|shoulder|hip|fist)\b)"
#: How many steps, where a number is said, and the side they lead to, or that they lead back.
_GOES = re.compile(
    rf"(?:\b(?P<n>{NUMBER}) {_STEP_KIND}(?:{_STEP_NOUN} )?(?:back )?{_TO_SIDE})?\b"
    rf"(?P<way>left|right|back(?! and forth)(?: to the (?:left|right)\b)?|returns?|returning"
    rf"|other (?:side|way|direction))\b{_SIDE_LIMB}"
)
#: Steps to a side that is not said.
_ASIDE = re.compile(
    rf"\b(?P<n>{NUMBER}) {_STEP_KIND}"
    rf"(?:side[- ]?(?:steps?|shuffles?)|{_STEP_NOUN} (?:to (?:the|one) side|sideways|aside))\b"
)
#: Ways that are none to the side, though a side may be named.
_OTHER_WAYS = (TURNING, FORWARD, RUNNING, JUMPING, re.compile(r"\bbackwards?\b"))


@dataclass(frozen=True)
class SideSteps:
    """sides: of each step, () where none is said. number: of all steps, None where it is not said."""

    sides: tuple[Side, ...] = ()
    number: int | None = None

    @property
    def direction(self) -> Side | None:
        """The one side that all of them lead to."""
        return self.sides[0] if len(set(self.sides)) == 1 else None


def side_steps(said: str) -> SideSteps:
    """The steps to either side, in the order in which they are named: "two to the left and two back".

    Empty where another way to go is asked for.
    """
    if not _STEPPING.search(said) or any(way.search(said) for way in _OTHER_WAYS):
        return SideSteps()
    said = METRES.sub("", said.replace(",", " ").replace("  ", " "))
    sides: list[Side] = []
    counted = False
    for match in _GOES.finditer(said):
        number = int(number_in(match["n"])) if match["n"] else None
        way, undone = _side_of(match["way"], sides)
        if way is not None:
            sides.extend(way for _ in range(number or undone))
            counted = counted or number is not None
    aside, times = _ASIDE.search(said), TIMES.search(said)
    often = int(times_of(times)) if times else 1
    if sides:
        counted = counted or len(sides) > 1 or times is not None
        return SideSteps(tuple(sides * often), len(sides) * often if counted else None)
    number = int(number_in(aside["n"])) if aside else 1
    return SideSteps((), number * often if aside or (times and SIDEWAYS.search(said)) else None)


def _side_of(way: str, before: list[Side]) -> tuple[Side | None, int]:
    """Where a word leads after other steps, and by how many without a number; None from the middle back."""
    left, right = before.count("left"), before.count("right")
    if way in ("left", "right"):
        return ("left" if way == "left" else "right"), 1
    if left == right:
        return None, 0
    return ("right" if left > right else "left"), abs(left - right)
