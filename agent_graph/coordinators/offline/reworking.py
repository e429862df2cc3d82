"""Edits beyond the order and the length of parts: another side or manner, pauses, cuts at a part, exact
changes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from itertools import takewhile

from ....motion_models.english.inflections import lemmas_by_kind, plural
from ....tools.arguments.operations import operations as known_operations
from ..reader.slots import listed
from .amounts import quantity, runs
from .answers import timeline as told
from .copying import copied, sided, split
from .overlays.limbs import at_once, limb_in
from .overlays.shapes import points
from .overlays.way_back import way_back
from .sentences.actions import Action
from .sentences.requests import Edit
from .sentences.resting import PAUSE_SECONDS, STILL, in_a_low_pose
from .sentences.sides import LEG_VERBS, OTHER_SIDE, WAY_VERBS, with_side
from .sentences.subjects import PERSON
from .sentences.wordlists import MANNER
from .timeline import (
    Operation,
    PlanningError,
    Timeline,
    UnmetError,
    described,
    laid_over,
    several,
    step,
    where,
)

_LIMB = re.compile(r"\b(hand|arm|leg|foot|fist|knee)\b")
#: Verbs that stand for whatever a part does.
_ANY_VERB = {
    *("use", "do", "make", "take", "switch", "change", "go", "put", "perform", "have", "let", "give", "swap"),
    *("move", "lead", "show"),
}
_UNABLE = {
    "reverse": "playing a motion backwards",
    "loop": "making a seamless loop",
    "turn": "turning a finished motion",
    "shift": "moving a finished motion",
    "hold": "holding a pose",
}
_INSTEAD = {
    "loop": ' Say "repeat it 3 times" to have it several times in a row.',
    "hold": ' Say "add a pause of 2 seconds at the end" for standing still there.',
    "turn": ' Say "a person turns left, then ..." for a turn inside the motion.',
}


def _supported(operation: str, kind: str) -> None:
    """Raises PlanningError where `edit_motion` cannot do it yet."""
    if operation not in known_operations():
        raise PlanningError(f"I cannot do that yet: {_UNABLE[kind]} is not possible.{_INSTEAD.get(kind, '')}")


def between(edit: Edit, timeline: Timeline) -> int:
    """The number a part gets that comes between two others. Raises PlanningError where that is no one
    place.
    """
    if edit.anchor:
        numbers = several(edit.anchor, timeline)
        if len(numbers) == 2 and numbers[0] - numbers[1] == 1:
            return numbers[0]
    elif timeline.count == 2:
        return 2
    raise PlanningError(f"Between which two parts? The motion has these: {told(timeline.segments or ())}.")


def _pause(edit: Edit, timeline: Timeline) -> list[Operation]:
    """A part that stands still; after one that ends sitting, kneeling or lying, its pose kept."""
    seconds, position = edit.amount or PAUSE_SECONDS, timeline.count + 1
    match edit.place:
        case "start":
            position = 1
        case "between":
            position = between(edit, timeline)
        case "before":
            position = timeline.numbers(edit.anchor)[0]
        case "after":
            position = timeline.numbers(edit.anchor)[-1] + 1
    if position > 1 and in_a_low_pose((timeline.segments or ())[position - 2][0]):
        return [step("extend", position - 1, seconds=seconds, hold=True)]
    at = {"position": position} if position <= timeline.count else {}
    return [step("insert", **at, description=STILL, seconds=seconds)]


def _hold(edit: Edit, timeline: Timeline) -> list[Operation]:
    if "hold" not in getattr(known_operations()["extend"], "model_fields", {}):
        _supported("hold", "hold")
    numbers = where(edit, timeline)
    if edit.part and edit.said == "pose":
        numbers = [_pose_until(timeline.numbers(edit.part)[-1], timeline)]
    return [step("extend", number, seconds=edit.amount or 1.0, hold=True) for number in numbers]


def _pose_until(number: int, timeline: Timeline) -> int:
    """The last part of those after one in which its pose is kept: gestures of the arms, and low poses."""
    following = [text for text, _ in (timeline.segments or ())[number:]]
    kept = takewhile(lambda text: limb_in(text) or in_a_low_pose(text), following)
    return number + len(list(kept))


def _side(edit: Edit, timeline: Timeline) -> list[Operation]:
    """Mirror what is said to be on the other side; say the side where the words of a part name none."""
    said = timeline.verbs.verb((edit.said.split() or [""])[0])
    doing = {said.base} if said and said.form == "base" else set()
    told_so = timeline.verbs.stems(" ".join(text for text, _ in timeline.segments or ()))
    if doing - _ANY_VERB - told_so:
        raise PlanningError(f"No part does that: {told(timeline.segments or ())}.")
    numbers = several(edit.part, timeline) if edit.part else sided(timeline, edit.place)
    descriptions = [text for text, _ in timeline.segments or ()]
    steps = [
        found for number in numbers if (found := _on_side(number, descriptions[number - 1], edit, timeline))
    ]
    if not steps:
        raise PlanningError(f"It is already done on the {edit.place} side: {told(timeline.segments or ())}.")
    return steps


def _on_side(number: int, description: str, edit: Edit, timeline: Timeline) -> Operation | None:
    side = edit.place
    place = None if timeline.count == 1 else number
    if side == "both":
        return _reworded(number, _with_both(description, edit.said), timeline)
    if side == "other" or re.search(rf"\b{OTHER_SIDE[side]}\b", description):
        return step("mirror", place)
    if re.search(rf"\b{side}\b", description):
        return None
    if found := _BOTH.search(description):
        return _reworded(
            number, _BOTH.sub(f"the {side} {_singular(found['limbs'])}", description, 1), timeline
        )
    if not (limb := _LIMB.search(edit.said)) and WAY_VERBS.search(description):
        words = f"to the {side}"
    else:
        words = f"with the {side} {limb[1] if limb else 'leg' if LEG_VERBS.search(description) else 'hand'}"
    return _reworded(number, f"{description} {words}", timeline)


_BOTH = re.compile(r"\bboth (?:(?:of )?(?:the|his|her|their) )?(?P<limbs>hands|arms|legs|feet|fists|knees)\b")


def _singular(limbs: str) -> str:
    return {"feet": "foot"}.get(limbs, limbs.removesuffix("s"))


_RAISES = re.compile(r"\b(?:raise|lift|hold|put|stretch|wave)(?:e?s)?\b")


def _with_both(description: str, said: str) -> str:
    """'waves with the right hand' -> 'waves with both hands'. Raises PlanningError where none is raised."""
    one = re.search(
        r"\b(?:(?:the|his|her|their) )?(?:left|right) (hand|arm|leg|foot|fist|knee)\b", description
    )
    if re.search(r"\b(?:up|raised|in the air)\b", said) and not (one and _RAISES.search(description)):
        raise PlanningError(f'"{description}" raises no limb.')
    asked = re.search(r"\bboth (\w+)", said)
    limbs = asked[1] if asked else plural(one[1]) if one else "hands"
    return description.replace(one[0], f"both {limbs}", 1) if one else f"{description} with both {limbs}"


def _reworded(number: int, description: str, timeline: Timeline) -> Operation:
    """The same part in other words, as long as before."""
    seconds = round(timeline.seconds_of(number), 2) or None
    return step("replace", number, description=description, seconds=seconds)


def _style(edit: Edit, timeline: Timeline) -> list[Operation]:
    manner = _manner(edit.said)
    texts = [text for text, _ in timeline.segments or ()]
    every = list(range(1, timeline.count + 1))
    styled = [number for number, text in enumerate(texts, 1) if _STYLED.search(text)]
    numbers = several(edit.part, timeline) if edit.part else (styled or every)[::-1]
    return [
        _reworded(number, f"{_STYLED.sub('', texts[number - 1])} {manner}", timeline) for number in numbers
    ]


#: What something is done with, and no manner by itself.
_MANNER_NOUNS = frozenset(
    ["power", "force", "energy", "swagger", "attitude", "passion", "anger", "joy", "care", "confidence",
     "emotion", "feeling", "ease", "grace", "rhythm", "purpose", "strength", "effort", "weight"]
)  # fmt: skip


def _manner(said: str) -> str:
    """'sad' -> 'sadly', 'sadder' -> 'sadly', 'power' -> 'with power'; 'like a robot' stays."""
    if " " in said:
        return said
    word = lemmas_by_kind(said).get("ADJ", (said,))[0] if said.endswith("er") else said
    if word in _MANNER_NOUNS:
        return f"with {word}"
    if word in MANNER:
        return MANNER[word]
    if word.endswith("ly"):
        return word
    if word.endswith("y"):
        return f"{word[:-1]}ily"
    return f"{word[:-2]}ly" if word.endswith("le") else f"{word}ally" if word.endswith("ic") else f"{word}ly"


def _together(edit: Edit, timeline: Timeline) -> list[Operation]:
    """Two parts at once: one part of both, where one of them is a gesture of the arms."""
    numbers = _two(edit, timeline)
    if len(numbers) != 2:
        raise PlanningError(f"Which two parts? The motion has these: {told(timeline.segments or ())}.")
    texts = [(timeline.segments or ())[number - 1][0] for number in numbers]
    longest = round(max(timeline.seconds_of(number) for number in numbers), 2) or None
    both = Action(f"{texts[0]} and {texts[1].removeprefix(PERSON).strip()} at the same time")
    layered = at_once(both, timeline.verbs)
    if not layered.limb:
        layered = _of_two_limbs(texts)
    if layered is None:
        raise UnmetError(f"I cannot make these two at once: {told(timeline.segments or ())}.")
    first, second = numbers
    made = step("replace", first, **described(layered), seconds=longest)
    return [made, *laid_over(layered, first), step("delete", second)]


def _two(edit: Edit, timeline: Timeline) -> list[int]:
    """The two parts that are named, or all where there are no more."""
    if not edit.part and not edit.anchor:
        return list(range(1, timeline.count + 1))
    return sorted(
        {number for words in (edit.part, edit.anchor) if words for number in several(words, timeline)}
    )


def _of_two_limbs(texts: Sequence[str]) -> Action | None:
    """What one limb does with what another does at the same time; None where no two limbs do them."""
    first, second = (limb_in(text) for text in texts)
    if first is None or second is None or first == second:
        return None
    return Action(texts[0], limb=second, gesture=texts[1])


def _sides(edit: Edit, timeline: Timeline) -> list[Operation]:
    """A part done in a row, each time on the side that is said: "left, right, left"."""
    every = runs(timeline, among=timeline.matching(edit.part) if edit.part else None)
    if len(every) != 1:
        raise PlanningError(f"Which part? The motion has these: {told(timeline.segments or ())}.")
    first, *others = every[0].numbers
    description, seconds = (timeline.segments or ())[first - 1]
    once = re.sub(r" (?:once|twice|\w+ times)\b", "", description)
    row = [{"description": with_side(side, once), "seconds": round(seconds, 2)} for side in edit.said.split()]
    steps = [step("delete", number) for number in reversed(others)] + [step("replace", first, **row[0])]
    return steps + [step("insert", position=first + at, **new) for at, new in enumerate(row[1:], 1)]


#: The ways a part says it goes, each with the opposite.
_WAYS = {
    "forwards": "backwards", "forward": "backward", "backwards": "forwards", "backward": "forward",
    "back": "forward", "counterclockwise": "clockwise", "clockwise": "counterclockwise", "up": "down",
    "down": "up",
}  # fmt: skip
_WAY = re.compile(rf"\b(?:{'|'.join(_WAYS)}|sideways|straight ahead|to the front)\b")
_GOING = re.compile(
    r"\b(?:walk|run|jog|march|sneak|crawl|skip|step|jump|hop|leap|kick|roll|dive|lunge|shuffle|go|move|turn"
    r"|spin)(?:e?s)?\b"
)


def _heading(edit: Edit, timeline: Timeline) -> list[Operation]:
    """Another way to go: the one said, or the opposite of what is there, by side where a side is said."""
    texts = [text for text, _ in timeline.segments or ()]
    numbers = several(edit.part, timeline) if edit.part else _going(texts, edit.said == "other")
    if len({texts[number - 1] for number in numbers}) != 1 and not edit.part:
        raise PlanningError(f"Which part? The motion has these: {told(timeline.segments or ())}.")
    return [_headed(number, texts[number - 1], edit.said, timeline) for number in numbers]


def _going(texts: Sequence[str], turned: bool) -> list[int]:
    """The parts that a way is said of: those that say one now, or those that go somewhere; the last first."""
    said = re.compile(rf"{_WAY.pattern}|\b(?:left|right|circle)\b") if turned else _WAY
    every = list(enumerate(texts, 1))
    named = [number for number, text in every if said.search(text)]
    return (named or [number for number, text in every if _GOING.search(text)])[::-1]


def _headed(number: int, text: str, way: str, timeline: Timeline) -> Operation:
    now = _WAY.search(text)
    if way == "other" and (not now or now[0] not in _WAYS):
        return step("mirror", None if timeline.count == 1 else number)
    to = _WAYS[now[0]] if way == "other" and now else way
    if now:
        return _reworded(number, f"{text[: now.start()]}{to}{text[now.end() :]}", timeline)
    words = text.split()
    at = next((place for place, word in enumerate(words) if _GOING.fullmatch(word)), len(words) - 1) + 1
    return _reworded(number, " ".join([*words[:at], to, *words[at:]]), timeline)


#: Words of a part that say how large its movement is.
_EXTENT = re.compile(r" (?:very )?(?:high|deeply|deep|big|wide|far|low|hard|slightly)\b")


_TRAVELS = re.compile(r"\b(?:walk|run|jog|march|sneak|crawl|go)(?:e?s)?\b")


def _extent(edit: Edit, timeline: Timeline) -> list[Operation]:
    """A movement made anew, larger or smaller by its words."""
    numbers = several(edit.part, timeline) if edit.part else list(range(timeline.count, 0, -1))
    texts = [text for text, _ in timeline.segments or ()]
    if len({texts[number - 1] for number in numbers}) != 1:
        raise PlanningError(f"Which part? The motion has these: {told(timeline.segments or ())}.")
    steps = []
    for number in numbers:
        plain = _EXTENT.sub("", texts[number - 1])
        if edit.said in ("big", "slightly") and _TRAVELS.search(plain):
            raise PlanningError(
                f'How large "{plain}" is cannot be said so; say how many metres it should go.'
            )
        how = "high" if edit.said == "big" and re.search(r"\b(?:jump|hop|leap|kick)", plain) else edit.said
        steps.append(_reworded(number, f"{plain} {how}", timeline))
    return steps


#: A manner that another one takes the place of.
_STYLES = "|".join(listed("styles"))
_STYLED = re.compile(
    rf" (?:(?:{'|'.join(_manner(style) for style in listed('styles'))})\b"
    rf"|in an? (?:very |really )?(?:{_STYLES}) (?:way|manner|mood|style)\b)"
)


def _only(edit: Edit, timeline: Timeline) -> list[Operation]:
    kept = several(edit.part, timeline)
    gone = [number for number in range(timeline.count, 0, -1) if number not in kept]
    if not gone:
        raise PlanningError("That is all there is in this motion; nothing is left to take away.")
    return [step("delete", number) for number in gone]


def _cut(edit: Edit, timeline: Timeline) -> list[Operation]:
    """Everything after, or before, a part."""
    numbers = timeline.matching(edit.anchor) or timeline.numbers(edit.anchor)
    parts = range(timeline.count, 0, -1)
    gone = [n for n in parts if (n > numbers[0] if edit.place == "after" else n < numbers[0])]
    if not gone:
        raise PlanningError(f"Nothing comes {edit.place} it: {told(timeline.segments or ())}.")
    return [step("delete", number) for number in gone]


def _inbetween(edit: Edit, timeline: Timeline) -> list[Operation]:
    numbers = _two(edit, timeline)
    if len(numbers) != 2 or numbers[1] - numbers[0] != 1:
        raise PlanningError(
            f"Between which two parts? The motion has these: {told(timeline.segments or ())}."
        )
    return [step("inbetween", numbers[0])]


def _correct(edit: Edit, timeline: Timeline) -> list[Operation]:
    """'no, turn right': in place of the one part there is, or of the part that does the same on another
    side.
    """
    action, *more = edit.actions
    same = [n for n in timeline.matching(_without_side(action)) if timeline.count > 1]
    numbers = same or ([1] if timeline.count == 1 else [])
    if len(numbers) != 1 or more:
        raise PlanningError(f"Instead of which part? The motion has these: {told(timeline.segments or ())}.")
    new = step("replace", numbers[0], description=action.description, seconds=action.seconds)
    return [new, *laid_over(action, numbers[0] if timeline.count > 1 else None)]


def _without_side(action: Action) -> str:
    """The verb of an action, as the words of a part are looked up."""
    return action.description.removeprefix(f"{PERSON} ").split()[0]


def _exact(kind: str) -> Callable[[Edit, Timeline], list[Operation]]:
    def build(edit: Edit, timeline: Timeline) -> list[Operation]:
        _supported(kind, kind)
        return [step(kind, number) for number in where(edit, timeline)]

    return build


def _turn(edit: Edit, timeline: Timeline) -> list[Operation]:
    _supported("turn", "turn")
    return [step("turn", where(edit, timeline)[-1], degrees=edit.amount)]  # with all that follows


def _shift(edit: Edit, timeline: Timeline) -> list[Operation]:
    _supported("shift", "shift")
    metres = edit.amount or 1.0
    axis = "x" if edit.place in OTHER_SIDE else "z"
    signed = -metres if edit.place in ("right", "back") else metres
    return [step("shift", None, **{axis: signed})]


def _limb(edit: Edit, timeline: Timeline) -> list[Operation]:
    """Another limb for a part, or the whole: newly made, or that of a motion in memory."""
    [action] = edit.actions
    source = {"motion_id": action.motion} if action.motion else {"description": action.description}
    return [step("limb", number, limb=edit.place, **source) for number in where(edit, timeline)]


def _return(edit: Edit, timeline: Timeline) -> list[Operation]:
    """The way back to where the motion starts, at its end."""
    back = way_back(timeline.segments or ())
    if not back:
        raise UnmetError(
            "I cannot tell how far and which way it is back to the start: say it, such as"
            ' "then turn around and walk 3 metres".'
        )
    return [
        step("insert", description=action.description, seconds=action.seconds and round(action.seconds, 2))
        for action in back
    ]


def _path(edit: Edit, timeline: Timeline) -> list[Operation]:
    if edit.said.startswith("circle"):
        return _circle(edit, timeline)
    return [
        step("path", number, points=points(edit.said, edit.amount or _bent(number, timeline)))
        for number in where(edit, timeline)
    ]


#: How wide a circle is that the motion model walks by itself, in metres.
_CIRCLE_METRES = 2.4


def _circle(edit: Edit, timeline: Timeline) -> list[Operation]:
    """The part that goes in a circle, along one that is wider or narrower, or the other way round."""
    texts = [text for text, _ in timeline.segments or ()]
    numbers = [n for n, text in enumerate(texts, 1) if re.search(r"\bcircles?\b", text)]
    if not numbers and len(texts) == 1 and _GOING.search(texts[0]):
        numbers = [1]
    if len(numbers) != 1:
        raise PlanningError(
            f"Which part goes in a circle? The motion has these: {told(timeline.segments or ())}."
        )
    text, factor = texts[numbers[0] - 1], edit.amount or 1.0
    wide = re.search(r"(\d+(?:\.\d+)?)[ -]?m(?:et(?:er|re)s?)?\b", text)
    metres = factor * (float(wide[1]) if wide else _CIRCLE_METRES)
    said = edit.said.removeprefix("circle").strip() or text
    right = re.search(r"(?<!anti)(?<!anti[ -])(?<!counter)(?<!counter[ -])\bclockwise|\bto the right\b", said)
    shape = "circle to the right" if right else "ring"
    at = None if timeline.count == 1 else numbers[0]
    return [step("path", at, points=points(shape, round(metres, 1)))]


#: About how fast people go, in metres a second.
_PACE, _FAST_PACE = 1.1, 2.5
_FAST = re.compile(r"\b(?:run|sprint|jog|dash)", re.IGNORECASE)


def _bent(number: int | None, timeline: Timeline) -> float:
    """The radius, in metres, of a quarter of a circle that is about as long as the way is now."""
    parts = timeline.segments or ()
    meant = parts if number is None else parts[number - 1 : number]
    way = sum(seconds * (_FAST_PACE if _FAST.search(text) else _PACE) for text, seconds in meant)
    return round(max(way, 1.0) / (math.pi / 2), 1)


REWORKED: dict[str, Callable[[Edit, Timeline], list[Operation]]] = {
    "pause": _pause, "hold": _hold, "side": _side, "style": _style, "only": _only, "cut": _cut,
    "inbetween": _inbetween, "correct": _correct, "reverse": _exact("reverse"), "loop": _exact("loop"),
    "turn": _turn, "shift": _shift, "limb": _limb, "path": _path, "quantity": quantity,
    "heading": _heading, "extent": _extent, "copy": copied, "together": _together, "sides": _sides,
    "split": split, "return": _return,
}  # fmt: skip
