"""Recorded behaviour: what the program did when somebody last looked, kept as JSON beside the tests.

A record is a table of cases. It is written by `RECORDS=write python -m pytest tests/records`, and read by a
person in the difference that this makes; without the variable, whatever differs from it fails its test.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from fakes import FakeBackend
from pydantic import BaseModel

FOLDER = Path(__file__).parent
#: Numbers are kept to so many digits after the point, and may differ by a little more: processors do.
DIGITS, TOLERANCE = 3, 2e-3
WIDTH, TOLD = 116, 12


class Counting(FakeBackend):
    """Captions a motion with its length: what recorded motion is encoded to differs between processors."""

    def caption(self, motions: Sequence[torch.LongTensor]) -> list[str]:
        return [f"a person moves for {len(tokens)} tokens" for tokens in motions]


def assert_recorded(name: str, cases: Mapping[str, Any]) -> None:
    """Compare cases with the record of this name; write it instead where RECORDS says so."""
    found = {case: plain(value) for case, value in cases.items()}
    file = FOLDER / f"{name}.json"
    if os.environ.get("RECORDS") == "write":
        file.write_text(_laid_out(found) + "\n", "utf-8")
    told = list(differences(json.loads(file.read_text("utf-8")), found))
    more = f"\n... and {len(told) - TOLD} more" if len(told) > TOLD else ""
    assert not told, f"{name}.json says otherwise:\n" + "\n".join(told[:TOLD]) + more


def plain(value: Any) -> Any:
    """A value as JSON has it, numbers rounded. Raises TypeError for what a record should not hold."""
    match value:
        case None | bool() | int():
            return value
        case str():
            return str(value)
        case float() | np.floating():
            return round(float(value), DIGITS) + 0.0
        case np.integer() | np.bool_():
            return value.item()
        case np.ndarray() | torch.Tensor():
            return plain(value.tolist())
        case BaseModel():
            return plain(value.model_dump())
        case Mapping():
            return {str(key): plain(inner) for key, inner in value.items()}
        case Sequence():
            return [plain(inner) for inner in value]
        case set() | frozenset():
            return sorted(plain(inner) for inner in value)
    raise TypeError(f"a record holds no {type(value).__name__}")


def differences(kept: Any, found: Any, place: str = "") -> Iterator[str]:
    """Where two values differ, one line each."""
    match kept, found:
        case (dict(), dict()):
            for key in [*kept, *(key for key in found if key not in kept)]:
                inner = f"{place} / {key}" if place else key
                if key not in found or key not in kept:
                    yield f"{inner}: {'no longer there' if key in kept else 'not recorded'}"
                else:
                    yield from differences(kept[key], found[key], inner)
        case (list(), list()) if len(kept) == len(found):
            for number, pair in enumerate(zip(kept, found, strict=True)):
                yield from differences(*pair, f"{place}[{number}]")
        case (float(), float() | int()) | (int(), float()):
            if not math.isclose(kept, found, rel_tol=TOLERANCE, abs_tol=TOLERANCE):
                yield f"{place}: {kept} is now {found}"
        case _:
            if (type(kept), kept) != (type(found), found):
                yield f"{place}:\n    was {_line(kept)}\n    is  {_line(found)}"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _laid_out(value: Any, indent: str = "") -> str:
    """JSON whose parts stand on one line each where they fit."""
    line, inner = _line(value), indent + " "
    if len(indent) + len(line) <= WIDTH or not value or not isinstance(value, dict | list):
        return line
    if isinstance(value, list):
        return "[\n" + ",\n".join(f"{inner}{_laid_out(item, inner)}" for item in value) + f"\n{indent}]"
    items = (f"{inner}{_line(key)}: {_laid_out(item, inner)}" for key, item in value.items())
    return "{\n" + ",\n".join(items) + f"\n{indent}}}"
