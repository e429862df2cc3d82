"""What the page shows of a conversation, as plain values: no Gradio here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage

from ...motion_models.formats import FORMATS, ONE_PERSON
from ...tools.schemas import MotionRef
from ..conversations.progress import WHILE_WAITING, step_in_words
from ..conversations.session import MOVED, OPENED, files_of
from ..messages import call_ids, calls_tools
from ..serving.house import Person
from ..trail import trail_in

#: One message as Gradio's chat takes it.
Shown = dict[str, Any]
#: What stands before a step that is done, that failed, and that is yet to come.
DONE, FAILED, OPEN = "✓", "✗", "·"
#: What each format is for, as its link is explained.
FOR = {
    "bvh": "skeleton for Blender, MotionBuilder",
    "glb": "body and skeleton for game engines",
    "npz": "joints for Python",
    "npy": "features for Python",
    "mp4": "video",
    "gif": "small moving picture",
    "html": "this viewer as one file",
    "png": "strip of poses",
    "vrma": "animation for VRM avatars",
}


@dataclass(frozen=True)
class View:
    """One conversation. current: the motion it is about, and people how many it shows; waiting: the plan that
    waits for a word."""

    thread: str
    messages: list[Shown] = field(default_factory=list)
    versions: list[MotionRef] = field(default_factory=list)
    current: MotionRef | None = None
    people: int = 1
    can_undo: bool = False
    can_redo: bool = False
    waiting: dict[str, Any] | None = None


def view_of(person: Person, thread: str) -> View:
    """A conversation as it is kept; an empty one where there is none of this name yet."""
    snapshot = person.agent.get_state(person.session(thread).settings)
    state: Any = snapshot.values
    if not state:
        return View(thread)
    trail, motions = trail_in(state), state.get("motions", {})
    waiting = [interrupt.value for task in snapshot.tasks for interrupt in task.interrupts]
    current = motions.get(state.get("current"))
    return View(
        thread,
        messages_shown(state.get("messages", []), person.folder, bool(waiting)),
        list(motions.values()),
        current,
        people=_people(person, current),
        can_undo=len(trail.past) > 1,
        can_redo=bool(trail.undone),
        waiting=waiting[0] if waiting else None,
    )


def _people(person: Person, ref: MotionRef | None) -> int:
    clip = None if ref is None else person.services.memory.find(person.name, ref.id)
    return 1 if clip is None else max(1, len(clip.members))


def messages_shown(messages: Sequence[AnyMessage], folder: Path, waiting: bool = False) -> list[Shown]:
    """The thread as people read it: what was said, and each plan with what became of its steps.

    folder: where files lie, which answers need not tell.
    """
    results = {message.tool_call_id: message for message in messages if isinstance(message, ToolMessage)}
    shown: list[Shown] = []
    for message in messages:
        if isinstance(message, HumanMessage) and message.text.strip():
            shown.append({"role": "user", "content": plain(message.text)})
        elif isinstance(message, AIMessage):
            if calls_tools(message) and not call_ids(message)[0].startswith((MOVED, OPENED)):
                still = waiting and message is messages[-1]
                shown.append(_plan_shown(message, results, still))
                shown += _files_shown(message, results)
            if message.text.strip() and not _comes_again(message, messages):
                shown.append({"role": "assistant", "content": message.text.replace(f"{folder}/", "")})
    return shown


def _comes_again(message: AIMessage, messages: Sequence[AnyMessage]) -> bool:
    """Whether what was said beside a plan is a part of the answer, too."""
    later = messages[messages.index(message) + 1 :]
    answer = next((said for said in later if isinstance(said, AIMessage) and said.text.strip()), None)
    return calls_tools(message) and answer is not None and message.text.strip() in answer.text


def _plan_shown(message: AIMessage, results: Mapping[str, ToolMessage], waiting: bool) -> Shown:
    steps = []
    for call, call_id in zip(message.tool_calls, call_ids(message), strict=False):
        result = results.get(call_id)
        mark = OPEN if result is None else FAILED if result.status == "error" else DONE
        reason = f" ({result.text})" if result is not None and mark == FAILED else ""
        steps.append(step_line(call["name"], call["args"], mark) + plain(reason))
    return thought("A plan that waits for you" if waiting else "The plan", steps, pending=False)


def _files_shown(message: AIMessage, results: Mapping[str, ToolMessage]) -> list[Shown]:
    """Links to what a plan had written."""
    written = [files_of(results[call_id]) for call_id in call_ids(message) if call_id in results]
    names = [Path(file).name for files in written for file in files]
    if not names:
        return []
    links = " ".join(f"[{plain(name)}](/v1/files/{quote(name)})" for name in names)
    return [{"role": "assistant", "content": f"Files: {links}"}]


def thought(title: str, lines: Sequence[str], pending: bool) -> Shown:
    """What the agent is about, as a message that can be folded."""
    metadata = {"title": title, "status": "pending" if pending else "done"}
    return {"role": "assistant", "content": "\n".join(lines) or " ", "metadata": metadata}


def step_line(tool: str, arguments: Mapping[str, Any], mark: str) -> str:
    return f"{mark} {plain(step_in_words(tool, arguments))}\n"


def plain(text: str) -> str:
    """Text as Markdown that shows every character of it as it is."""
    return re.sub(r"([\\`*_{}\[\]<>#|!~$&])", r"\\\1", text)


class Progress:
    """What a turn tells of itself, as one message that grows."""

    def __init__(self) -> None:
        self._doing, self._marks = WHILE_WAITING[""], list[str]()
        self._steps: list[dict[str, Any]] = []
        self._notes: list[str] = []
        self._done = 0

    def take(self, kind: str, data: Mapping[str, Any]) -> None:
        """An event as `Workers.events` gives it."""
        if kind == "step":
            self._doing = WHILE_WAITING.get(data["node"], self._doing)
        elif kind == "planned":
            self._steps, self._done = list(data["plan"]["steps"]), 0
            self._marks = [OPEN] * len(self._steps)
        elif kind == "generating":
            self._doing = f"Making {data['motions']} motion{'s' if data['motions'] > 1 else ''}"
        elif kind in ("done", "failed") and self._done < len(self._marks):
            self._marks[self._done] = DONE if kind == "done" else FAILED
            self._done += 1
            if kind == "failed":
                self._notes.append(plain(data["reason"]))

    @property
    def shown(self) -> Shown:
        steps = zip(self._steps, self._marks, strict=True)
        lines = [step_line(step["tool"], step["arguments"], mark) for step, mark in steps]
        return thought(f"{self._doing} ...", [*lines, *self._notes], pending=True)


def version_name(ref: MotionRef, number: int) -> str:
    """A version as a list names it."""
    return f"{number}. {ref.name}, {ref.seconds:g} s"


def downloads(ref: MotionRef | None, people: int) -> str:
    """Links to a motion in every format, as HTML; of several people one by one where a file holds one."""
    if ref is None:
        return ""
    links = [link for name in FORMATS for link in _links(ref, name, people)]
    return f'<nav aria-label="Download"><span>Download</span> {" ".join(links)}</nav>'


def _links(ref: MotionRef, name: str, people: int) -> list[str]:
    address = f"/v1/motions/{quote(ref.id, safe='')}/{name}"
    if name not in ONE_PERSON or people < 2:
        return [_link(address, f"{ref.id}.{name}", name.upper(), FOR[name])]
    return [
        _link(
            f"{address}?who={who}",
            f"{ref.id}.{who}.{name}",
            f"{name.upper()} {who}",
            f"{FOR[name]}, person {who}",
        )
        for who in range(1, people + 1)
    ]


def _link(address: str, file: str, text: str, meaning: str) -> str:
    label = escape(f"{text}: {meaning}")
    named = f'download="{escape(file)}" aria-label="{label}" title="{label}"'
    return f'<a href="{escape(address)}" {named}>{text}</a>'
