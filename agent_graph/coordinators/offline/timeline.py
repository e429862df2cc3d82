"""The timeline edits are planned on: which segments words mean, and what operations are made of."""

from __future__ import annotations

from typing import Any

from ....tools.arguments.fields import MAX_REPEATS, MAX_SECONDS
from .answers import impossible_length
from .answers import timeline as told
from .dialogue import KnownMotion
from .overlays.shapes import points
from .sentences.actions import Action
from .sentences.grammar import Verbs
from .sentences.parts import find_parts, means_several
from .sentences.requests import Edit
from .sentences.wordlists import ORDINALS

Operation = dict[str, Any]
PartTimes = tuple[tuple[str, float], ...]


class PlanningError(Exception):
    """A request that cannot be planned; the message is what the user is told."""


class UnmetError(PlanningError):
    """Understood, but it cannot be: a length that no motion can have, or no motion is there yet."""


def allowed_seconds(seconds: float | None) -> float | None:
    """A length as the tools accept it. Raises UnmetError for zero and for absurd ones."""
    if seconds is None or 0 < seconds <= MAX_SECONDS:
        return seconds
    raise UnmetError(impossible_length(seconds))


class Timeline:
    """The segments of the motion that is edited, as far as they are known."""

    def __init__(self, clip: KnownMotion, verbs: Verbs) -> None:
        self.segments, self.verbs = clip.segments, verbs
        self.seconds = clip.seconds or sum(seconds for _, seconds in clip.segments or ())

    @property
    def count(self) -> int:
        if self.segments is None:
            raise PlanningError('I do not know the parts of this motion yet; ask "describe it" first.')
        return len(self.segments)

    def matching(self, words: str) -> list[int]:
        """All segments that words can mean, numbers from 1."""
        return find_parts(words, [text for text, _ in self.segments or ()], self.verbs)

    def numbers(self, words: str) -> list[int]:
        """The segments that words mean: one, or neighbours that do the same. Raises PlanningError."""
        if self.segments is None:
            return [self._unseen(words)]
        found = self.matching(words)
        if found and means_several(words):
            return found
        same = len({self.segments[number - 1][0] for number in found}) == 1
        if found and same and found[-1] - found[0] == len(found) - 1:
            return found
        parts = f"The motion has these parts: {told(self.segments)}."
        if found:
            which = " or ".join(f"part {number}" for number in found)
            raise PlanningError(f'"{words}" could be {which}. Which one? {parts}')
        raise PlanningError(f'I find no part "{words}". {parts}')

    def _unseen(self, words: str) -> int:
        """A segment of a motion whose timeline is not known: only "the first", "the last" and the like."""
        number = next((ORDINALS[word] for word in words.split() if word in ORDINALS), 0)
        if not number:
            raise PlanningError(f'I do not know the parts of this motion yet, so I cannot find "{words}".')
        return number

    def seconds_of(self, number: int) -> float:
        if self.segments and 0 < number <= len(self.segments):
            return self.segments[number - 1][1]
        return 0.0


def where(edit: Edit, timeline: Timeline) -> list[int | None]:
    """Segment numbers, the last first so that earlier ones keep theirs; [None] is the whole motion."""
    return [*reversed(timeline.numbers(edit.part))] if edit.part else [None]


def step(op: str, segment: int | None = None, **fields: Any) -> Operation:
    place = {} if segment is None else {"segment": segment}
    return {"op": op, **place, **{key: value for key, value in fields.items() if value is not None}}


def described(action: Action) -> Operation:
    """What an action adds to a replace or insert operation."""
    source = {"motion_id": action.motion} if action.motion else {"description": action.description}
    seconds = None if action.motion else allowed_seconds(action.seconds)
    return source | ({} if seconds is None else {"seconds": seconds})


def laid_over(action: Action, place: int | None) -> list[Operation]:
    """The operations that give a part its action's path, have a limb do its gesture, and keep its end."""
    steps = [step("path", place, points=points(*action.path))] if action.path else []
    if action.limb:
        steps.append(step("limb", place, limb=action.limb, description=action.gesture))
    if action.held:
        steps.append(step("extend", place, seconds=allowed_seconds(action.held), hold=True))
    return steps


def inserted(actions: tuple[Action, ...], position: int | None) -> list[Operation]:
    """Insert actions from a position on; None is the end."""
    steps: list[Operation] = []
    for offset, action in enumerate(actions):
        place = None if position is None else position + offset
        steps.append(step("insert", position=place, **described(action)))
    numbered = [
        (offset - len(actions) if position is None else position + offset, action)
        for offset, action in enumerate(actions)
    ]
    for segment, action in numbered:
        steps += laid_over(action, segment)
    # A repeat moves what comes after it, and what comes before it where segments are counted from the end.
    for segment, action in numbered if position is None else reversed(numbered):
        if action.times > 1:
            steps.append(step("repeat", segment, times=min(action.times, MAX_REPEATS)))
    return steps


def several(words: str, timeline: Timeline) -> list[int]:
    """The segments of "the wave and the jump", the last first."""
    return sorted(timeline.numbers(words), reverse=True)
