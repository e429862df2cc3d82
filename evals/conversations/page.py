"""The result as one HTML file that needs nothing else: the table, and every failure with its transcript.

Everything an agent, a user or a case said is escaped; motions are pictures inside the page.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

from ...motion_models.formats import save_motion
from ...motion_models.motion.motion import Motion
from ..aggregate import by_group, proportion
from .runner import backend_of
from .scorers.shown import joints_of
from .summary import Dialogue, dialogues, passed, reasons

#: Failures whose motions are drawn; a picture takes about half a second and 60 kB.
DRAWN = 30
STYLE = """body{font:15px/1.5 system-ui,sans-serif;max-width:1100px;margin:2em auto;padding:0 1em;color:#222}
table{border-collapse:collapse}td,th{border:1px solid #ccd;padding:.3em .7em;text-align:left}
article{border-top:2px solid #ccd;margin-top:2em}img{max-width:100%}.user{font-weight:600}
.missed{color:#a02020}.good{background:#e5f5e5}.bad{background:#fbe6e6}pre{white-space:pre-wrap;color:#556}"""


def write_page(lines: Sequence[dict[str, Any]], path: Path, backend: str | None = None) -> Path:
    """Write the page; motions are drawn by the backend they were made with."""
    held = dialogues(lines)
    failures = [dialogue for dialogue in held if not passed(dialogue)]
    drawn = {id(d): _pictures(d, backend) for d in failures[:DRAWN]}
    articles = "\n".join(_article(d, drawn.get(id(d), {})) for d in failures)
    path.write_text(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Conversations</title>"
        f"<style>{STYLE}</style><h1>Conversations</h1>{_table(held)}<h2>Failures</h2>"
        f"{articles or 'None.'}</html>",
        encoding="utf-8",
    )
    return path


def _table(held: Sequence[Dialogue]) -> str:
    subjects = by_group(held, lambda d: d[0]["subject"])
    categories = by_group(held, lambda d: d[0]["category"])
    head = "".join(f"<th>{escape(name)}</th>" for name in subjects)
    rows = []
    for category in categories:
        cells = []
        for done in subjects.values():
            mine = [passed(d) for d in done if d[0]["category"] == category]
            kind = "good" if all(mine) else "bad"
            cells.append(f'<td class="{kind}">{sum(mine)} of {len(mine)}</td>')
        rows.append(f"<tr><td>{escape(category)}</td>{''.join(cells)}</tr>")
    total = "".join(
        f"<th>{escape(proportion(map(passed, done)).percent())}</th>" for done in subjects.values()
    )
    return f"<table><tr><th></th>{head}</tr>{''.join(rows)}<tr><th>all</th>{total}</tr></table>"


def _article(dialogue: Dialogue, pictures: dict[int, str]) -> str:
    first = dialogue[0]
    missed = "".join(f"<li>{escape(reason)}</li>" for reason in reasons(dialogue))
    turns = "".join(_turn(line, pictures.get(line["turn"], "")) for line in dialogue)
    title = escape(f"{first['case']} ({first['category']}), {first['subject']}, trial {first['trial']}")
    return f'<article><h3>{title}</h3><ul class="missed">{missed}</ul>{turns}</article>'


def _turn(line: dict[str, Any], picture: str) -> str:
    record = line["record"]
    calls = "\n".join(
        f"{'refused: ' if attempt['refused'] else ''}{call['name']} {call['args']}"
        for attempt in record["attempts"]
        for call in attempt["calls"]
    )
    drawn = f'<img alt="the current motion" src="data:image/png;base64,{picture}">' if picture else ""
    said = escape(record["answer"] or record["error"] or "(no answer)")
    return f'<p class="user">{escape(record["user"])}</p><pre>{escape(calls)}</pre><p>{said}</p>{drawn}'


def _pictures(dialogue: Dialogue, backend: str | None) -> dict[int, str]:
    """Turn number -> base64 PNG strip of the motion that was current after it, where it was made then."""
    pictures = {}
    with TemporaryDirectory() as folder:
        for line in dialogue:
            record = line["record"]
            motion = record["motions"].get(record["current"])
            if motion is None or not motion["tokens"] or record["current"] not in record["made"]:
                continue
            joints = joints_of(motion, lambda tokens: backend_of(backend).decode(torch.LongTensor(tokens)))
            shown = Motion(joints, caption=motion["description"])
            png = save_motion(shown, Path(folder) / "motion.png").read_bytes()
            pictures[line["turn"]] = base64.b64encode(png).decode()
    return pictures
