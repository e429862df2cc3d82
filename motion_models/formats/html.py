"""The viewer as one HTML file: three.js page, code and motion inside, so it opens by a double click, offline.

Captions come from anyone, so nothing of the data can leave its place: it is JSON in a script element with
every `<`, `>` and `&` escaped, and the page's policy forbids any network access.
"""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..motion.motion import Motion
from ..motion.rig import RIG_PARENTS
from .body import LEFT_COLOUR, RIGHT_COLOUR, trunk_colour
from .mesh import body_mesh

_QUATERNION_SCALE = 32767


def save_html(motions: Sequence[Motion], path: Path) -> Path:
    """Write people as one self-contained page."""
    people = [_person(motion, number) for number, motion in enumerate(motions)]
    data = {"people": people, "colours": {"left": LEFT_COLOUR, "right": RIGHT_COLOUR}}
    folder = files(__name__.rpartition(".")[0]) / "viewer"
    page = (folder / "template.html").read_text(encoding="utf-8")
    values = {
        "title": html.escape(", ".join(motion.name for motion in motions)),
        "left": LEFT_COLOUR,
        "right": RIGHT_COLOUR,
        "data": _script_safe(json.dumps(data, separators=(",", ":"))),
        "script": (folder / "viewer.min.js").read_text(encoding="utf-8"),
    }
    path.write_text(_fill(page, values), encoding="utf-8")
    return path


def _fill(page: str, values: dict[str, str]) -> str:
    """Replace each {{name}} of the template; what is put in is not searched again."""
    first, *rest = page.split("{{")
    pieces = [first]
    for piece in rest:
        name, _, text = piece.partition("}}")
        pieces += [values[name], text]
    return "".join(pieces)


def _script_safe(text: str) -> str:
    """JSON that cannot end the script element it stands in."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _person(motion: Motion, number: int) -> dict[str, object]:
    rig = motion.rig
    parts = [
        {
            "joint": part.joint,
            "side": part.side,
            "positions": _base64(part.positions.astype("<f4")),
            "triangles": _base64(part.triangles.astype("<u2")),
        }
        for part in body_mesh(rig)
    ]
    return {
        "name": motion.name,
        "caption": motion.caption,
        "segments": [{"description": s.description, "start": s.start, "end": s.end} for s in motion.segments],
        "fps": motion.fps,
        "frames": motion.frames,
        "colour": trunk_colour(number),
        "parents": RIG_PARENTS,
        "offsets": rig.offsets.round(5).tolist(),
        "root": _base64(rig.root.astype("<f4")),
        "rotations": _base64((rig.rotations * _QUATERNION_SCALE).round().astype("<i2")),
        "parts": parts,
    }


def _base64(array: npt.NDArray) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")
