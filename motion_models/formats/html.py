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
from .body import Skin, skin_of
from .body.figure import LEFT_COLOUR, RIGHT_COLOUR, trunk_colour
from .body.skin import part_colour, rest_positions
from .writing import DEFAULT, WriteOptions, person_names

_INT16 = 32767


def save_html(motions: Sequence[Motion], path: Path, options: WriteOptions = DEFAULT) -> Path:
    """Write people as one self-contained page."""
    title = ", ".join(person_names(motions))
    path.write_text(_page(title, viewer_data(motions, options), _file("viewer.min.js")), encoding="utf-8")
    return path


def viewer_data(motions: Sequence[Motion], options: WriteOptions = DEFAULT) -> dict[str, object]:
    """What the viewer shows, as JSON values."""
    names = person_names(motions)
    people = [_person(motion, number, names[number], options) for number, motion in enumerate(motions)]
    colours = {"left": LEFT_COLOUR, "right": RIGHT_COLOUR}
    return {"people": people, "colours": colours, "apart": options.apart}


def live_page(code: str) -> str:
    """The viewer's page without a motion, for programs that hand it one later.

    code: JavaScript that gets `viewer_data` from somewhere and calls `showMotion(data)` with it, once. The
    page itself can reach nothing.
    """
    viewer = _script_safe(json.dumps(_file("viewer.min.js")))
    return _page("", {}, f"const viewerCode = {viewer};\n{_file('live.js')}\n{code}")


def _page(title: str, data: dict[str, object], script: str) -> str:
    values = {
        "title": html.escape(title),
        "left": LEFT_COLOUR,
        "right": RIGHT_COLOUR,
        "data": _script_safe(json.dumps(data, separators=(",", ":"))),
        "script": script,
    }
    return _fill(_file("template.html"), values)


def _file(name: str) -> str:
    return (files(__name__.rpartition(".")[0]) / "viewer" / name).read_text(encoding="utf-8")


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


def _person(motion: Motion, number: int, name: str, options: WriteOptions) -> dict[str, object]:
    rig = motion.rig
    return {
        "name": name,
        "caption": motion.caption,
        "segments": [{"description": s.description, "start": s.start, "end": s.end} for s in motion.segments],
        "fps": motion.fps,
        "frames": motion.frames,
        "colour": trunk_colour(number),
        "parents": RIG_PARENTS,
        "offsets": rig.offsets.round(5).tolist(),
        "rest": rest_positions(rig).round(5).tolist(),
        "root": _base64(rig.root.astype("<f4")),
        "rotations": _base64((rig.rotations * _INT16).round().astype("<i2")),
        "skin": _skin(skin_of(rig, options.body)),
    }


def _skin(skin: Skin) -> dict[str, object]:
    """A surface in few bytes: positions in steps, weights in 255ths, how many indices each part has."""
    step = float(np.abs(skin.positions).max()) / _INT16
    return {
        "step": step,
        "positions": _base64((skin.positions / step).round().astype("<i2")),
        "normals": _base64((skin.normals * 127).round().astype("i1")),
        "joints": _base64(skin.joints),
        "weights": _base64((skin.weights * 255).round().astype("u1")),
        "triangles": _base64(skin.triangles.astype("<u2")),
        "parts": [
            {"size": triangles.size, "colour": part_colour(part, 0) if part != "centre" else ""}
            for part, triangles in skin.parts.items()
        ],
    }


def _base64(array: npt.NDArray) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")
