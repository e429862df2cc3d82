"""The bodies that files and pictures show: a human in a suit, or a mannequin of rounded parts."""

from __future__ import annotations

from typing import Literal

from ...motion.rig import RigMotion
from .human import human_skin
from .mannequin import mannequin_skin
from .skin import PARTS, MovingSkin, Skin

__all__ = ["BODIES", "PARTS", "Body", "MovingSkin", "Skin", "skin_of"]

Body = Literal["human", "mannequin"]
BODIES = {"human": human_skin, "mannequin": mannequin_skin}


def skin_of(rig: RigMotion, body: Body = "human") -> Skin:
    """The surface of a body on a rig's bones."""
    return BODIES[body](rig)
