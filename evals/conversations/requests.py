"""How single messages are read: each in a thread of its own, against what a person wanted of it.

A file holds one JSON object a line: {id, say, parts, saved, people, want}. parts: what the current motion
shows, [] for none; saved: [id, description, name] of motions made before it; want: patterns, one of which the
plan must be, as `told` writes it, or "say: ..." for what an answer without a plan must speak of.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from ...agent_graph.coordinators.offline import OfflineCoordinator
from ...motion_models import load_backend
from ...motion_models.errors import InvalidRequestError
from ...tools.toolbox import TOOLS
from ..aggregate import proportion
from ..report import Report, machine, table

Verdict = Literal["right", "asked", "silently wrong"]
#: Seconds of every part of the motion a message is said about.
PART_SECONDS = 2.0
#: The messages that ship, from everyday talk and from a second writer.
REQUESTS = Path(__file__).with_name("requests.jsonl")
#: What an answer says of something it leaves out, so that a plan that lacks it is no silent mistake.
_NAMED = re.compile(
    r"cannot|can't|not possible|left out|leave out|did not use|did not understand|do not know|no"
    r" effect|may show",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Row:
    """One message with the state it is said in."""

    id: str
    say: str
    want: tuple[str, ...]
    parts: tuple[str, ...] = ()
    saved: tuple[tuple[str, str, str], ...] = ()
    people: int = 0

    @property
    def thread(self) -> list[BaseMessage]:
        """The messages before it, then the message."""
        said: list[BaseMessage] = []
        for motion_id, description, name in self.saved:
            said += _turn(description, _content(motion_id, [description], name))
        if self.parts:
            said += _turn("make the first version", _content("m1", self.parts[:1], ""))
            said += _turn("make the current motion", _content("m9", self.parts, "", self.people))
        return [*said, HumanMessage(self.say)]


def run(*, requests: str | Path | None = None, backend: str | None = None) -> Report:
    """How the offline coordinator reads the messages of a file, with and without the learned reader."""
    rows, repertoire = load_rows(requests or REQUESTS), load_backend(backend).repertoire
    readers = {"rules and reader": True, "rules alone": False}
    read = {name: _answers(rows, repertoire, learned) for name, learned in readers.items()}
    verdicts = {
        name: [verdict(answer, row) for answer, row in zip(answers, rows, strict=True)]
        for name, answers in read.items()
    }
    kinds: tuple[Verdict, ...] = ("right", "asked", "silently wrong")
    counted = [
        [kind, *(proportion(v == kind for v in found).percent() for found in verdicts.values())]
        for kind in kinds
    ]
    first = next(iter(readers))
    missed = [
        [row.say, kind, told(answer) or answer.text]
        for row, answer, kind in zip(rows, read[first], verdicts[first], strict=True)
        if kind != "right"
    ]
    body = [
        table(["", *readers], counted),
        "Not right.",
        table(["message", "verdict", "what was done"], missed),
    ]
    return Report(
        title="Reading",
        command="motion-agent eval reading",
        subject=f"{len(rows)} messages; {machine()}",
        body="\n\n".join(body),
        data={name: {k: found.count(k) / len(found) for k in kinds} for name, found in verdicts.items()},
    )


def _answers(rows: Sequence[Row], repertoire: list[str], learned: bool) -> list[AIMessage]:
    tools = [{"name": name, "description": name, "parameters": {}} for name in TOOLS]
    described = [{"type": "function", "function": tool} for tool in tools]
    coordinator = OfflineCoordinator(repertoire=repertoire, learned=learned).bind_tools(described)
    return [coordinator.invoke(row.thread) for row in rows]


def load_rows(path: str | Path) -> list[Row]:
    """Raises InvalidRequestError naming the line that is no row."""
    rows = []
    for number, line in enumerate(Path(path).read_text("utf-8").splitlines(), 1):
        try:
            content = json.loads(line)
            saved = tuple((str(a), str(b), str(c)) for a, b, c in content.pop("saved", []))
            rows.append(
                Row(
                    parts=tuple(content.pop("parts", ())),
                    want=tuple(content.pop("want")),
                    saved=saved,
                    **content,
                )
            )
        except (ValueError, TypeError, KeyError) as error:
            raise InvalidRequestError(
                f"{path}, line {number}: no request with its answer ({error})"
            ) from error
    return rows


def _turn(said: str, content: Mapping[str, Any]) -> list[BaseMessage]:
    call = {"name": "compose_sequence", "args": {}, "id": f"call {content['motion_id']}"}
    return [
        HumanMessage(said),
        AIMessage("", tool_calls=[call]),
        ToolMessage(json.dumps(content), tool_call_id=call["id"], name="compose_sequence"),
        AIMessage("Done."),
    ]


def _content(motion_id: str, parts: Sequence[str], name: str, people: int = 0) -> dict[str, Any]:
    segments = [
        {"description": text, "start": n * PART_SECONDS, "end": (n + 1) * PART_SECONDS}
        for n, text in enumerate(parts)
    ]
    description = ", then ".join(parts)
    told_people = [{"description": description, "theta": 180 * n, "x": 0, "z": n} for n in range(people)]
    return {
        "motion_id": motion_id, "name": name or description, "description": description,
        "seconds": PART_SECONDS * len(parts), "segments": segments, "people": told_people, "notes": [],
    }  # fmt: skip


def verdict(answer: AIMessage, row: Row) -> Verdict:
    """right: one of the plans wanted, or the answer wanted; asked: nothing is changed, or the lack is
    named.
    """
    plan = told(answer)
    for want in row.want:
        if want.startswith("say: "):
            if not _changes(answer) and re.search(want.removeprefix("say: "), answer.text):
                return "right"
        elif plan and re.fullmatch(want, plan):
            return "right"
    return "asked" if not _changes(answer) or _NAMED.search(answer.text) else "silently wrong"


def _changes(answer: AIMessage) -> bool:
    return any(call["name"] != "caption_motion" for call in answer.tool_calls)


def told(answer: AIMessage) -> str:
    """A plan in short: 'new a person jogs 3s / a person waves', 'edit mirror 2; speed 1.5'."""
    return " & ".join(_call(call["name"], call["args"]) for call in answer.tool_calls)


def _call(name: str, args: Mapping[str, Any]) -> str:
    match name:
        case "generate_motion":
            return f"new {_made(args)}" + (f" v{args['variants']}" if "variants" in args else "")
        case "compose_sequence":
            return f"new {' / '.join(map(_made, args['segments']))}"
        case "edit_motion":
            return f"edit {'; '.join(map(_operation, args['operations']))}"
        case "arrange_scene":
            return "scene " + " / ".join(f"{_made(p)} @{p.get('theta', 0):g}" for p in args["people"])
        case "history":
            return f"history {args['action']} {args.get('motion_id', '')}".strip()
        case "export_motion":
            return f"export {','.join(args.get('formats') or ['all'])}"
        case "name_motion":
            return f"name {args['name']}"
    return name.removesuffix("_motion").removesuffix("_motions")


def _made(part: Mapping[str, Any]) -> str:
    what = part.get("description") or f"[{part.get('motion_id')}]"
    length = f" {part['seconds']:g}s" if "seconds" in part else ""
    return f"{what}{length}" + (f" x{part['repeat']}" if "repeat" in part else "")


def _operation(step: Mapping[str, Any]) -> str:
    """'mirror 2', 'repeat 3 x2', 'reorder 2,1', 'trim 1..4'."""
    words = [step["op"]]
    words += [str(step[key]) for key in ("segment", "position", "limb") if step.get(key) is not None]
    if step.get("description") or step.get("motion_id"):
        words.append(_made(step))
    elif step.get("seconds") is not None:
        words.append(f"{step['seconds']:g}s")
    if step["op"] == "trim":
        words.append(f"{_number(step.get('start'))}..{_number(step.get('end'))}")
    words += [f"x{step['times']}"] if "times" in step else []
    words += [",".join(map(str, step["order"]))] if "order" in step else []
    words += [f"along {len(step['points'])} points"] if "points" in step else []
    words += [f"{step[key]:g}{way}" for key, way in (("x", " left"), ("z", " ahead")) if key in step]
    words += [f"{step[key]:g}" for key in ("factor", "degrees") if isinstance(step.get(key), int | float)]
    return " ".join(words)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
