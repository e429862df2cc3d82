"""Which parts of a motion a message names: small models cannot find their numbers, and are told them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .offline.sentences.grammar import Verbs


def parts_named(said: str, parts: Sequence[str], repertoire: Sequence[str] = ()) -> list[int]:
    """The numbers of the parts that a message names, by order or by what they show; [] for none.

    parts: their descriptions, in order. repertoire: the actions the motion model knows.
    """
    from .offline.asking.telling import meant

    return meant(said, [(text, 0.0) for text in parts], verbs_of(tuple(repertoire))) if parts else []


@lru_cache(maxsize=4)
def verbs_of(repertoire: tuple[str, ...]) -> Verbs:
    """What the built-in coordinator reads words with, for a repertoire."""
    from .offline.sentences.grammar import Verbs

    return Verbs(repertoire)
