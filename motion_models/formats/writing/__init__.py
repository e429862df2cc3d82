"""How files are written: which body they show, how their bones are called, what people are called."""

from __future__ import annotations

from ..people.our_names import NAMES, Names
from .options import DEFAULT, WriteOptions, person_names
from .skeleton import Bone, bones_of

__all__ = ["DEFAULT", "NAMES", "Bone", "Names", "WriteOptions", "bones_of", "person_names"]
