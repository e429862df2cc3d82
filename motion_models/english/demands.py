"""What can be checked on the joints of a motion, read from the words that ask for it.

One reader for every coordinator: it reads the descriptions that reach the tools. What it finds is typed, so
that choosing among candidates, correcting them and telling what was reached all work on the same demands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from . import demand_words as words
from .spelled_numbers import number_in

Side = Literal["left", "right"]
Direction = Literal["forward", "backward", "left", "right"]
#: level: feet stay on the floor; jump: they leave it, but begin on it; free: the action leaves the floor.
Floor = Literal["level", "jump", "free"]
Event = Literal[
    "step", "side step", "jump", "hop", "jumping jack", "squat", "push-up", "kick", "punch", "bow", "spin",
    "cartwheel", "wave", "clap", "nod", "arm raise",
]  # fmt: skip
Ending = Literal["standing", "sitting", "lying", "kneeling"]


@dataclass(frozen=True)
class Turn:
    """A turn of the body. degrees: how far, None where the words do not say; side None: to either."""

    degrees: float | None = None
    side: Side | None = None


@dataclass(frozen=True)
class Count:
    """How often something is to happen. side: whose arm or leg is to do it, None for either."""

    event: Event
    times: int
    side: Side | None = None


@dataclass(frozen=True)
class Demands:
    """Everything checkable in one request; what the words do not name is None or False.

    text: the words without the quantities that a model cannot keep and the tools see to. event: what of it
    can be counted; gesture: likewise, of hands and head. lowers: whether the person is to go down into its
    ending posture, so must not begin in it; rises: is to get up, so must not begin standing. limb: which
    side's arm or leg does it. going: how the person gets from place to place. speed: metres a second.
    seconds: how long it is to last, which tools are told apart from the words. unmeasured: what is stated in
    words that nothing here measures, as it was written.
    """

    text: str
    event: Event | None = None
    gesture: Event | None = None
    floor: Floor = "level"
    metres: float | None = None
    direction: Direction | None = None
    turn: Turn | None = None
    count: Count | None = None
    pace: Literal["slow", "fast"] | None = None
    limb: tuple[Side, Literal["arm", "leg"]] | None = None
    ends: Ending | None = None
    lowers: bool = False
    rises: bool = False
    path: Literal["circle", "straight"] | None = None
    going: Literal["walk", "run"] | None = None
    in_place: bool = False
    still: bool = False
    speed: float | None = None
    seconds: float | None = None
    unmeasured: tuple[str, ...] = ()

    @property
    def quantified(self) -> bool:
        """Whether a number, a side, a pace, a path or a posture to begin in is named, which a plain motion
        may well miss."""
        named = (self.metres, self.turn, self.count, self.pace, self.speed, self.limb, self.path)
        return self.in_place or self.lowers or self.rises or any(part is not None for part in named)

    @property
    def bends(self) -> bool:
        """Whether its metres are those of a way that bends by demand, not from its start to its end."""
        return self.path == "circle" or self.turn is not None

    @property
    def countable(self) -> Event | None:
        """The one thing whose occurrences can be counted."""
        return self.event or self.gesture

    @property
    def floor_alone(self) -> Demands:
        """Only that the motion keeps to the floor as this one does."""
        return Demands(self.text, floor=self.floor)

    @property
    def underway(self) -> Demands:
        """What can already be asked of the first pieces of a longer motion."""
        straight = "straight" if self.metres and not self.bends else None
        return replace(
            self,
            metres=None,
            turn=None,
            count=None,
            ends=None,
            lowers=False,
            rises=False,
            path=straight,
            seconds=None,
        )

    def repeated(self, times: int) -> Demands:
        """The demands of doing all of it `times` times, where what is done can be counted."""
        if self.event == "spin":
            return replace(self, turn=Turn(360.0 * times, self.turn.side if self.turn else None))
        if self.count is not None:
            return replace(self, count=replace(self.count, times=times * self.count.times))
        side, event = self.limb[0] if self.limb else None, self.countable
        return self if event is None else replace(self, count=Count(event, times, side))


def read_demands(description: str) -> Demands:
    """Read one description: "a person walks 10 metres" -> Demands(metres=10, going="walk", ...)."""
    said = " ".join(description.lower().replace("°", " degrees").replace("’", "'").split())
    side, steps, metres, aside = _side(said), _steps(said), _metres(said), words.side_steps(said)
    count, limb = _count(said), _limb(said)
    if count is not None and limb is not None:
        count = replace(count, side=limb[0])
    turn, speed = _turn(said, side), words.SPEED.search(said) if _goes(said) else None
    return Demands(
        text=_plain(description, speed is not None, metres is not None, steps, count),
        event=words.event_in(said),  # type: ignore[arg-type]
        gesture="side step" if aside.sides or aside.number else words.gesture_in(said),  # type: ignore[arg-type]
        floor="free" if words.FREE.search(said) else "jump" if words.JUMPING.search(said) else "level",
        metres=metres,
        direction=aside.direction if aside.sides else _direction(said, side),
        turn=turn,
        count=Count("side step", aside.number) if aside.number else Count("step", steps) if steps else count,
        pace=_pace(said),
        limb=limb,
        ends=_ends(said),
        lowers=bool(words.LOWERING.search(said)),
        rises=bool(words.RISING.search(said)),
        path=_path(said, turn),
        going="run" if words.RUNNING.search(said) else "walk" if _goes(said) or steps or metres else None,
        in_place=bool(words.IN_PLACE.search(said)),
        still=bool(words.STILL.search(said)),
        speed=words.speed_of(speed) if speed else None,
        unmeasured=_unmeasured(said, metres, count, turn, speed is not None),
    )


def _unmeasured(
    said: str, metres: float | None, count: Count | None, turn: Turn | None, speed: bool
) -> tuple[str, ...]:
    """Numbers and shapes that are stated, and that no demand holds."""
    stated = {
        words.SHAPES: True,
        words.TIMES: count is None and (turn is None or turn.degrees is None),
        words.METRES: metres is None and words.SPEED.search(said) is None,
        words.DEGREES: turn is None or turn.degrees is None,
        words.SPEED: not speed,
    }
    found = [pattern.search(said) for pattern, open_ in stated.items() if open_]
    return tuple(match[0].strip() for match in found if match is not None)


def _goes(said: str) -> bool:
    return bool(words.GOING.search(said) or words.RUNNING.search(said))


def _metres(said: str) -> float | None:
    """How far the person is to get; no heights, no distances between people or things."""
    match = words.METRES.search(said)
    if match is None or words.NO_WAY.match(said[match.end() :]):
        return None
    if not (_goes(said) or words.JUMPING.search(said)):
        return None
    return words.metres_of(match) or None


def _steps(said: str) -> int | None:
    """All steps that are stated; none on stairs, whose steps are things."""
    if words.FREE.search(said):
        return None
    value = sum(number_in(match["n"]) for match in words.STEPS.finditer(said))
    return int(value) if value >= 1 and value == int(value) else None


def _count(said: str) -> Count | None:
    """A stated number of one countable event: "three jumps", "jumps twice", "kicks 3 times"."""
    noun, times = words.counted_noun(said), words.TIMES.search(said)
    if noun is not None:
        return Count(noun[0], noun[1])  # type: ignore[arg-type]
    event = words.repeated_event(said, times) if times is not None else None
    if event in (None, "spin") or times is None or words.times_of(times) < 1:
        return None
    return Count(event, int(words.times_of(times)))  # type: ignore[arg-type]


def _side(said: str) -> Side | None:
    """The one side that is named as a direction; None where both are, or neither."""
    left, right = bool(words.LEFT.search(said)), bool(words.RIGHT.search(said))
    return None if left == right else "left" if left else "right"


def _direction(said: str, side: Side | None) -> Direction | None:
    if not (_goes(said) or words.JUMPING.search(said)) or words.TURNING.search(said):
        return None
    if words.RETURNING.search(said):
        return None
    if words.BACKWARD.search(said):
        return None if words.FORWARD.search(said) else "backward"
    if side is not None and words.SIDEWAYS.search(said):
        return side
    return "forward" if words.FORWARD.search(said) or _leads_on(said) else None


def _leads_on(said: str) -> bool:
    """Whether so many metres are gone by a way that no word leads elsewhere."""
    elsewhere = (words.TURNING, words.SHAPES, words.BENDING, words.CIRCLE)
    return _goes(said) and _metres(said) is not None and not any(way.search(said) for way in elsewhere)


def _path(said: str, turn: Turn | None) -> Literal["circle", "straight"] | None:
    """The shape of the way; so many metres that lead nowhere else lead straight on."""
    if words.CIRCLE.search(said):
        return "circle"
    return "straight" if turn is None and (words.STRAIGHT.search(said) or _leads_on(said)) else None


def _turn(said: str, side: Side | None) -> Turn | None:
    """A turn by so many degrees, half or full turns, around, or just to a side."""
    degrees, turning = words.DEGREES.search(said), words.TURNING.search(said)
    degrees = degrees or (words.BARE_DEGREES.search(said) if turning else None)
    if degrees is not None and (turning or _goes(said)):
        return Turn(number_in(degrees["n"]), side)
    stated = words.turns_in(said)
    if stated is not None:
        return Turn(stated, side)
    return Turn(None, side) if turning and side is not None else None


def _pace(said: str) -> Literal["slow", "fast"] | None:
    """How fast somebody is to go; of other actions nobody knows what fast would be."""
    if not _goes(said):
        return None
    return "slow" if words.SLOW.search(said) else "fast" if words.FAST.search(said) else None


def _limb(said: str) -> tuple[Side, Literal["arm", "leg"]] | None:
    """The one arm or leg that does it; None where both sides are named."""
    limbs: tuple[tuple[re.Pattern[str], Literal["arm", "leg"]], ...] = (
        (words.ARMS, "arm"),
        (words.LEGS, "leg"),
    )
    for pattern, limb in limbs:
        sides = {match["side"] for match in pattern.finditer(said)}
        if len(sides) == 1:
            return sides.pop(), limb  # type: ignore[return-value]
    return None


def _ends(said: str) -> Ending | None:
    """The posture of the end: that of the last posture named, but for one that is left ("from sitting")."""
    found = [
        (match.start(), ending)
        for ending, pattern in words.ENDINGS.items()
        for match in pattern.finditer(said)
        if not words.LEAVING.search(said[: match.start()])
    ]
    return max(found)[1] if found else None  # type: ignore[return-value]


def _plain(description: str, speed: bool, metres: bool, steps: int | None, count: Count | None) -> str:
    """The words a model is prompted with: it cannot count, and numbers in the prompt only mislead it."""
    text = description
    if speed:
        text = _without(text, rf"(?:at (?:about |a speed of )?)?{words.SPEED.pattern}")
    if metres:
        going = re.sub(r"\b(?:go|move|travel)(s|es)?(?= (?:\w+ ){0,2}\d)", _walk, text, flags=re.IGNORECASE)
        text = _without(going, rf"(?:for |a distance of |about |exactly )*{words.METRES.pattern}")
    if steps is not None and steps > 1:
        text = _walking(text)
    if count is not None:
        text = _without(text, rf"\b(?:exactly )?{words.TIMES.pattern}")
    return description if text == description else " ".join(text.replace(" ,", ",").split())


def _without(text: str, pattern: str) -> str:
    return re.sub(pattern, "", text, flags=re.IGNORECASE)


def _walk(match: re.Match[str]) -> str:
    """Whoever goes so many metres, and is not told how, walks."""
    return "walks" if match[1] else "walk"


def _walking(text: str) -> str:
    """ "takes four steps back" -> "walks back", "takes two steps to the left" -> "steps to the left"."""
    steps = rf"(?:exactly )?{words.STEPS.pattern}"
    match = re.search(rf"\b(?P<verb>takes?|taking|makes?|does?|go(?:es)?)\s+{steps}", text, re.IGNORECASE)
    if match is None:
        return _without(text, rf"\b{steps}")
    said = match["verb"].lower()
    base = "stepp" if words.SIDEWAYS.search(text.lower()) else "walk"
    verb = f"{base}ing" if said == "taking" else base.removesuffix("p") + ("s" if said.endswith("s") else "")
    return text[: match.start()] + verb + text[match.end() :]
