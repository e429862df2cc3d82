"""What a thread has come to, read off its messages: the motions made, the current one, this turn's results.

Everything is taken from the tool messages' JSON, so a thread loaded from a checkpoint reads the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolCall, ToolMessage

from ....tools.schemas import Trail
from .sentences.grammar import Verbs
from .sentences.parts import FILLER
from .sentences.requests import Travel
from .sentences.wordlists import DOUBT, ORDINALS

MAKERS = frozenset({"generate_motion", "compose_sequence", "edit_motion", "arrange_scene"})


@dataclass(frozen=True)
class Performer:
    """One person of a scene: the id of their motion ("" where it is not known), and where they stand."""

    motion: str = ""
    description: str = ""
    theta: float = 0.0
    x: float = 0.0
    z: float = 0.0


@dataclass(frozen=True)
class KnownMotion:
    """A motion the thread knows.

    segments: (description, seconds) each; None when not known yet. people: of a scene. reached: (what, how
    much) of every quantity that was measured.
    """

    id: str
    name: str = ""
    description: str = ""
    seconds: float = 0.0
    segments: tuple[tuple[str, float], ...] | None = None
    people: tuple[Performer, ...] = ()
    reached: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class ToolReply:
    """What one tool call of this turn gave. content: its JSON object, or {"text": ...} for plain text."""

    tool: str
    content: Mapping[str, Any]
    failed: bool = False


@dataclass
class Thread:
    """The state of a conversation. request: the user's last message; outcomes: tool results since then;
    remark: what was said with the tool calls; attempts: how many plans this turn has tried; files: those
    written last; doubted: the message before, where the answer to it asked what was meant; trail: the motions
    that were current one after another, as far as the messages tell."""

    request: str = ""
    clips: dict[str, KnownMotion] = field(default_factory=dict)
    current: str | None = None
    outcomes: list[ToolReply] = field(default_factory=list)
    remark: str = ""
    attempts: int = 0
    files: tuple[str, ...] = ()
    doubted: str = ""
    trail: Trail = field(default_factory=Trail)

    def gone_back(self, steps: int) -> KnownMotion | None:
        """The motion that is current after so many steps are undone; None where the messages do not tell."""
        past = self.trail.past
        known = past[-1:] == (self.current,) and len(past) > steps
        return self.clips.get(past[-1 - steps]) if known else None

    @property
    def current_clip(self) -> KnownMotion | None:
        return self.clips.get(self.current or "")

    @property
    def names(self) -> list[str]:
        """Every id, and every name a user gave (a motion nobody named is called by its description)."""
        given = [clip.name for clip in self.clips.values() if clip.name and clip.name != clip.description]
        return [*self.clips, *given]

    def knowing(self, motions: Sequence[Mapping[str, Any]], current: str | None) -> Thread:
        """The same with older motions, told as tools tell of them, and the one that is current."""
        older = [_clip(content) for content in motions]
        clips = {clip.id: clip for clip in older if clip.id not in self.clips} | self.clips
        return replace(self, clips=clips, current=current if current in clips else self.current)

    def find(self, words: str, verbs: Verbs) -> KnownMotion | None:
        """The motion that words mean: an id, a name, a number in order, "the original", or its content."""
        asked = _bare(words)
        for clip in reversed(self.clips.values()):
            if asked and asked in (clip.id.lower(), _bare(clip.name)):
                return clip
        return self._by_number(asked) or self._by_content(asked, verbs)

    def _by_number(self, asked: str) -> KnownMotion | None:
        """'first version', 'motion 2', 'original', 'previous'."""
        clips = list(self.clips.values())
        match = re.fullmatch(
            r"(?:motion|version|clip|number|animation|the)? ?(?:number )?(\w+)(?: (?:motion|version|clip|one"
            r"|animation))?",
            asked,
        )
        word = match[1] if match else ""
        if word in ("original", "beginning"):
            return clips[0] if clips else None
        if word in ("previous", "before", "earlier"):
            return clips[-2] if len(clips) > 1 else None
        number = int(word) if word.isdigit() and len(word) < 4 else ORDINALS.get(word, 0)
        return clips[number - 1 if number > 0 else number] if number and abs(number) <= len(clips) else None

    def _by_content(self, asked: str, verbs: Verbs) -> KnownMotion | None:
        wanted = verbs.stems(asked) - FILLER
        matching = [
            clip for clip in self.clips.values() if wanted and wanted <= verbs.stems(clip.description)
        ]
        return matching[-1] if matching else None

    def version(self, travel: Travel, verbs: Verbs) -> KnownMotion | None:
        """The version that is to be gone back to, by what it is called, or has or has not."""
        if travel.without:
            return self._version_without(travel.target, verbs)
        find = self.version_before if travel.before else self.find
        return find(travel.target, verbs)

    def _version_without(self, words: str, verbs: Verbs) -> KnownMotion | None:
        """The newest motion with nothing of what words say."""
        unwanted = verbs.stems(words) - FILLER
        told = ((clip, " ".join(text for text, _ in clip.segments or ())) for clip in self.clips.values())
        kept = [clip for clip, said in told if said and not unwanted & verbs.stems(said)]
        return kept[-1] if kept and unwanted else None

    def version_before(self, words: str, verbs: Verbs) -> KnownMotion | None:
        """The newest motion from before the one that first contained `words`."""
        wanted = verbs.stems(words) - FILLER
        previous: KnownMotion | None = None
        for clip in self.clips.values():
            told = " ".join([clip.description, *(text for text, _ in clip.segments or ())])
            if wanted and wanted <= verbs.stems(told):
                return previous
            previous = clip
        return None


def read_thread(messages: Sequence[BaseMessage], tools: Collection[str] = ()) -> Thread:
    """Play the messages through.

    tools: the tools this coordinator calls; calls of others, such as a supervisor that hands a request over,
    and what they gave are no part of the talk. Empty: every call counts.
    """
    thread, calls, asked = Thread(), dict[str, ToolCall](), False
    for message in messages:
        if isinstance(message, HumanMessage):
            thread.doubted, asked = thread.request if asked else "", False
            thread.request, thread.outcomes, thread.remark, thread.attempts = str(message.text), [], "", 0
        elif isinstance(message, AIMessage) and message.tool_calls:
            own = {str(call["id"]): call for call in message.tool_calls if not tools or call["name"] in tools}
            if not own:
                continue
            calls |= own
            thread.remark, thread.attempts = str(message.text), thread.attempts + 1
        elif isinstance(message, AIMessage):
            asked = str(message.text).startswith(DOUBT)
        elif isinstance(message, ToolMessage):
            call = calls.get(message.tool_call_id)
            tool = call["name"] if call else message.name or ""
            if tools and tool not in tools:
                continue
            outcome = _outcome(message, tool)
            thread.outcomes.append(outcome)
            if not outcome.failed:
                _remember(thread, outcome, (call["args"] if call else {}).get("action"))
    return thread


def _outcome(message: ToolMessage, tool: str) -> ToolReply:
    text = str(message.text)
    try:
        content = json.loads(text)
    except json.JSONDecodeError:
        content = None
    failed = message.status == "error" or (isinstance(content, dict) and "error" in content)
    return ToolReply(tool, content if isinstance(content, dict) else {"text": text}, failed)


def _remember(thread: Thread, outcome: ToolReply, action: object) -> None:
    """Take a result into the thread: new motions, new names, where the current motion is now.

    action: what a call of `history` was to do.
    """
    written = outcome.content.get("files")
    if outcome.tool == "export_motion" and isinstance(written, list):
        thread.files = tuple(map(str, written))
    told = list(_motions_of(outcome.content))
    for content in told:
        clip = _clip(content)
        thread.clips[clip.id] = _updated(thread.clips.get(clip.id), clip)
    if not told or outcome.tool in ("list_motions", "name_motion", "export_motion"):
        return
    imported = outcome.tool == "caption_motion" and "seconds" in outcome.content
    if outcome.tool in MAKERS or outcome.tool == "history" or imported:
        thread.current = str(told[0]["motion_id"])
        past, undone = thread.trail.past, thread.trail.undone
        if action == "undo" and len(past) > 1:
            thread.trail = Trail(past=past[:-1], undone=(*undone, past[-1]))
        elif action == "redo" and undone:
            thread.trail = Trail(past=(*past, thread.current), undone=undone[:-1])
        else:
            thread.trail = thread.trail.visited(thread.current)


def _motions_of(content: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The motions a result tells of: itself, its variants, its list."""
    for told in (content, *objects(content, "variants"), *objects(content, "motions")):
        if isinstance(told.get("motion_id"), str) and told["motion_id"].strip():
            yield told


def _clip(content: Mapping[str, Any]) -> KnownMotion:
    segments = objects(content, "segments") if "seconds" in content else []
    return KnownMotion(
        id=str(content["motion_id"]),
        name=str(content.get("name") or ""),
        description=str(content.get("description") or ""),
        seconds=number_in(content, "seconds"),
        segments=tuple(map(_segment, segments)) or None,
        people=tuple(map(_performer, objects(content, "people"))),
        reached=tuple((str(it.get("what")), number_in(it, "reached")) for it in _numeric_checks(content)),
    )


def _numeric_checks(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What was counted or measured of a motion as a number."""
    return [it for it in objects(content, "checks") if isinstance(it.get("reached"), int | float)]


def _performer(content: Mapping[str, Any]) -> Performer:
    return Performer(
        motion=str(content.get("motion_id") or ""),
        description=str(content.get("description") or ""),
        theta=number_in(content, "theta"),
        x=number_in(content, "x"),
        z=number_in(content, "z"),
    )


def _segment(content: Mapping[str, Any]) -> tuple[str, float]:
    return str(content.get("description") or ""), number_in(content, "end") - number_in(content, "start")


def objects(content: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """The JSON objects of a list in a tool's result; tools of other makers may put anything there."""
    listed = content.get(key)
    return [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []


def number_in(content: Mapping[str, Any], key: str) -> float:
    """A number of a tool's result; 0 for what is none or cannot be a time in seconds."""
    value = content.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e6:
        return float(value)
    return 0.0


def _updated(old: KnownMotion | None, new: KnownMotion) -> KnownMotion:
    """What was known of a clip stays where a later result leaves it out."""
    if old is None:
        return new
    return replace(
        old,
        name=new.name or old.name,
        description=new.description or old.description,
        seconds=new.seconds or old.seconds,
        segments=new.segments or old.segments,
        people=new.people or old.people,
        reached=new.reached or old.reached,
    )


def _bare(words: str) -> str:
    return re.sub(r"^(?:(?:my|the|our|a|an|this|that) )+", "", words.lower().strip(" \"'.,")).strip(" \"'")
