"""The actions that are made of key poses: english/gestures.yaml, read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from ..english.families import GESTURES, table_of
from ..errors import FormatError
from ..motion.editing.keyposes import Gesture, KeyPose, Reach, Side

STANDING = "a person stands"
#: With the trunk bent so far (degrees), or the hips so low (metres), nobody does anything else.
DEEP, LOW = 60.0, 0.12


@dataclass(frozen=True)
class PosedAction:
    """An action made of key poses.

    base: the caption of what it is laid over. style: whether it only colours that. side: of the acting hand
    or foot where none is asked for.
    """

    name: str
    gesture: Gesture
    base: str = STANDING
    style: bool = False
    side: Side = "right"

    @property
    def takes_all(self) -> bool:
        """Whether the whole body does it, so that nothing else can be done meanwhile."""
        keys = (*self.gesture.into, *self.gesture.keys)
        return not self.style and any(
            any(key.foot) or any(key.other_foot) or abs(key.bend) >= DEEP or key.drop >= LOW for key in keys
        )


@cache
def posed_actions() -> dict[str, PosedAction]:
    """Those for models that were never shown them, by name, which is that of a family.

    Raises FormatError for a pose of unknown parts.
    """
    return {entry["name"]: _posed_action(entry) for entry in table_of(GESTURES) if "behind" not in entry}


@cache
def standing_behind() -> dict[str, PosedAction]:
    """Those that stand in for what a model makes of an action it was shown, by name; see `stand_ins`.

    Raises FormatError for a pose of unknown parts.
    """
    return {entry["name"]: _posed_action(entry) for entry in table_of(GESTURES) if "behind" in entry}


def posed_action(name: str) -> PosedAction:
    """One of either. Raises KeyError."""
    before = posed_actions()
    return before[name] if name in before else standing_behind()[name]


def _posed_action(entry: Mapping[str, Any]) -> PosedAction:
    own = {key: entry[key] for key in ("base", "style", "side") if key in entry}
    cycle = {key: entry[key] for key in ("alternates", "times", "back", "stays", "travels") if key in entry}
    keys, into, out = (
        tuple(_pose(entry["name"], pose) for pose in entry.get(row, ())) for row in ("poses", "into", "out")
    )
    return PosedAction(entry["name"], Gesture(keys, into=into, out=out, **cycle), **own)


def _pose(name: str, values: Mapping[str, Any]) -> KeyPose:
    given = dict(values)
    elbow = given.pop("elbow", None)
    for hand in ("hand", "other_hand"):
        if hand in given:
            to, *at = given[hand]
            given[hand] = Reach(to, tuple(at), tuple(elbow)) if elbow else Reach(to, tuple(at))
    for foot in ("foot", "other_foot"):
        if foot in given:
            given[foot] = tuple(given[foot])
    if strange := set(given) - {field.name for field in fields(KeyPose)}:
        raise FormatError(f"gestures.yaml: no parts of a pose ({name}): {', '.join(sorted(strange))}")
    return KeyPose(**given)
