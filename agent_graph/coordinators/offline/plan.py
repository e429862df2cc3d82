"""From requests to one plan: tool calls whose arguments are resolved against the thread.

The calls of one message run together; "$1" is the motion the first of them makes. Where a request cannot be
planned (no such part, no such tool) a `PlanningError` says why in words for the user.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ....tools.schemas import MAX_SEGMENTS, MAX_VARIANTS
from . import answers
from .amounts import halfway
from .composing import along_shapes, overlaid, planned, segment_of, share_out, total_of
from .dialogue import KnownMotion, Thread
from .edit_planning import operations
from .questions import is_measured, said_to
from .scenes import people_after, people_of, staged
from .sentences.actions import Action, ReadActions
from .sentences.clauses import read_actions
from .sentences.grammar import Verbs
from .sentences.parts import find_parts
from .sentences.requests import (
    Again,
    Describe,
    Edit,
    Export,
    Intent,
    Join,
    ListMotions,
    Make,
    NameIt,
    Question,
    Restage,
    Scene,
    Travel,
)
from .sentences.wordlists import EXPORTABLE, POINTERS
from .timeline import PlanningError, Timeline, UnmetError

# Verbs that are edits of a part but movements of anything else: "extend the right arm".
_PHYSICAL = frozenset(
    [
        "move",
        "bring",
        "shift",
        "put",
        "place",
        "drop",
        "cut",
        "skip",
        "take",
        "extend",
        "stretch",
        "flip",
        "lift",
        "turn",
        "swap",
        "do",
        "perform",
    ]
)

Arguments = dict[str, Any]

#: How many steps one message may undo.
MAX_UNDONE = 10
_MOTION = re.compile(r"\b(?:motion|clip|animation|version)$")
_ALL = "all motions"  # the target of an export of everything


@dataclass
class PlannedReply:
    """Tool calls of one message, in order, and what to say with them (or instead of them).

    problems: why requests could not be planned, but for what no reading could change; each is a remark, too.
    """

    calls: list[tuple[str, Arguments]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(dict.fromkeys(filter(None, self.remarks)))


def make_plan(requests: list[Intent], thread: Thread, verbs: Verbs, tools: Collection[str]) -> PlannedReply:
    """The plan for a message. tools: the names of the tools that are bound; no others are called."""
    planner = _Planner(thread, verbs, frozenset(tools))
    for request in requests:
        try:
            planner.add(request)
        except PlanningError as problem:
            planner.plan.remarks.append(str(problem))
            planner.plan.problems.extend([] if isinstance(problem, UnmetError) else [str(problem)])
    return planner.plan


class _Planner:
    """Plans requests one after another; `focus` is the motion that "it" means at that point."""

    def __init__(self, thread: Thread, verbs: Verbs, tools: frozenset[str]) -> None:
        self.thread, self.verbs, self.tools = thread, verbs, tools
        self.plan = PlannedReply()
        self.focus: KnownMotion | None = thread.current_clip
        self.gone_back = False

    def add(self, request: Intent) -> None:
        match request:
            case Make():
                self.make(request)
            case Scene() | Restage():
                self.scene(request)
            case Edit():
                self.edit(request)
            case Again():
                self.again(request)
            case Describe():
                self.describe(request)
            case Export():
                self.export(request)
            case NameIt():
                self.call("name_motion", motion_id=self.target(request.target).id, name=request.name)
            case Travel():
                self.travel(request)
            case Join():
                self.join(request)
            case ListMotions():
                self.call("list_motions")
            case Question() if self.focus and is_measured(request) and "caption_motion" in self.tools:
                self.measure(self.focus.id)
            case _:
                self.plan.remarks.append(said_to(request, self.focus, self.thread, self.verbs, self.tools))

    def call(self, tool: str, **arguments: Any) -> str:
        """Add a call; the reference to the motion it makes is the result."""
        if tool not in self.tools:
            raise PlanningError(f"I cannot do that here: the tool {tool} is not available.")
        self.plan.calls.append((tool, {key: value for key, value in arguments.items() if value is not None}))
        return f"${len(self.plan.calls)}"

    def measure(self, motion_id: str) -> None:
        """Have a motion measured, once for all questions about it."""
        measuring = ("caption_motion", {"motion_id": motion_id})
        if measuring not in self.plan.calls:
            self.call(measuring[0], **measuring[1])

    def current(self) -> KnownMotion:
        if self.focus is None:
            raise UnmetError(answers.NOTHING_YET)
        return self.focus

    def target(self, words: str) -> KnownMotion:
        """The motion that words mean; the one in focus when nothing is said."""
        if not words:
            return self.current()
        clip = self.thread.find(words, self.verbs)
        if clip is None and self.focus and Timeline(self.focus, self.verbs).matching(words):
            return self.focus
        if clip is None:
            known = ", ".join(self.thread.clips) or "none yet"
            raise PlanningError(f'I do not know which motion "{words}" is. Known motions: {known}.')
        return clip

    def make(self, request: Make) -> None:
        if request.continues and self.focus:
            self.edit(Edit("insert", actions=request.actions))
            return
        segments = [segment_of(action, self.plan.remarks) for action in request.actions]
        if len(segments) > MAX_SEGMENTS:
            raise PlanningError(
                f"That is {len(segments)} actions; a sequence holds at most {MAX_SEGMENTS}. Split it in two."
            )
        self.plan.remarks.extend(along_shapes(request.actions))
        share_out(segments, total_of(segments, request.total, request.limit), self.plan.remarks)
        self.plan.remarks.append(request.remark)
        variants = min(request.variants, MAX_VARIANTS)
        if variants < request.variants:
            self.plan.remarks.append(f"I make {variants} variants, the most at once.")
        common = {"name": request.name or None, "seed": request.seed}
        if (
            len(segments) == 1
            and segments[0].keys() <= {"description", "seconds"}
            and "generate_motion" in self.tools
        ):
            reference = self.call(
                "generate_motion", **segments[0], **common, variants=variants if variants > 1 else None
            )
        else:
            reference = ""
            for _ in range(variants):
                reference = self.call("compose_sequence", segments=segments, **common)
        self.focus = replace(planned(reference, segments), id=self.over(reference, request.actions))

    def over(self, reference: str, actions: Sequence[Action]) -> str:
        """The motion just planned with what its actions lay over it."""
        steps = overlaid(actions)
        return self.call("edit_motion", motion_id=reference, operations=steps) if steps else reference

    def scene(self, request: Scene | Restage) -> None:
        """Each person's motion, then where everyone stands."""
        if "arrange_scene" not in self.tools:
            raise PlanningError(
                "I cannot place several people here: the tool arrange_scene is not available."
            )
        if isinstance(request, Scene):
            people = people_of(request, self.performer)
        else:
            clip = self.current()
            if request.person and request.actions and not clip.people:
                self.edit(Edit("replace", f"part {request.person}", request.actions))
                return
            before = self.plan.calls[-1] if self.plan.calls else None
            people = people_after(request, clip, self.performer)
            if before and before[0] == "arrange_scene":
                self.plan.calls.remove(before)  # one scene comes of several changes
        self.focus = KnownMotion(self.call("arrange_scene", people=people), people=staged(people))

    def performer(self, actions: tuple[Action, ...]) -> Arguments:
        segments = [segment_of(action, self.plan.remarks) for action in actions]
        if len(segments) == 1 and segments[0].keys() == {"description"} and not actions[0].limb:
            return segments[0]
        return {"motion_id": self.over(self.call("compose_sequence", segments=segments), actions)}

    def edit(self, edit: Edit) -> None:
        """Edits of one message on one motion become one call with several operations."""
        if self.focus is None and edit.kind in ("insert", "correct", "limb"):
            self.make(Make(edit.actions))
            return
        if self.gone_back:
            raise UnmetError("What to change then, please say again: it is about the version gone back to.")
        if edit.kind == "back":
            self.bring_back(edit)
            return
        if edit.kind == "halfway":
            self.go_halfway()
            return
        try:
            clip, edit = self.edited(edit)
            edit = replace(edit, actions=tuple(map(self.resolved, edit.actions)))
            steps, timeline = operations(edit, clip, self.verbs)
            if not steps:
                raise PlanningError(f"It is like that already: {answers.timeline(clip.segments or ())}.")
        except PlanningError:
            first, *others = edit.said.lower().split() or [""]
            physical = (
                first in _PHYSICAL
                and not (POINTERS | {"out", "away"}) & set(others[:1])
                and not POINTERS & set(others)
            )
            meant = read_actions(edit.said, self.verbs) if physical else ReadActions()
            if not meant.actions:
                raise
            self.make(Make(meant.actions))
            self.plan.remarks.extend(answers.left_out(text, self.verbs) for text in meant.unclear)
            return
        last = self.plan.calls[-1] if self.plan.calls else None
        if last and last[0] == "edit_motion" and clip.id == f"${len(self.plan.calls)}":
            last[1]["operations"].extend(steps)
            reference = clip.id
        else:
            reference = self.call("edit_motion", motion_id=clip.id, operations=steps)
        self.focus = replace(clip, id=reference, segments=timeline, seconds=0.0)

    def go_halfway(self) -> None:
        """Between the current version and the one before it."""
        now, before = self.current(), self.thread.gone_back(1)
        if before is None:
            raise UnmetError("There is no earlier version that I could go halfway back to.")
        steps = halfway(Timeline(now, self.verbs), Timeline(before, self.verbs))
        self.focus = KnownMotion(self.call("edit_motion", motion_id=now.id, operations=steps))

    def bring_back(self, edit: Edit) -> None:
        """Parts that an earlier version had: that version, or they alone where more has changed since."""
        now = [text for text, _ in self.current().segments or ()]
        for older in reversed(self.thread.clips.values()):
            texts = [text for text, _ in older.segments or ()]
            gone = [number for number, text in enumerate(texts, 1) if text not in now]
            lost = [texts[number - 1] for number in gone]
            meant = find_parts(edit.part, lost, self.verbs) if edit.part else range(1, len(gone) + 1)
            found = [gone[number - 1] for number in meant]
            if not found:
                continue
            kept = [text for number, text in enumerate(texts, 1) if number not in gone]
            if found == gone and kept == now and edit.place == "before":
                self.call("history", action="restore", motion_id=older.id)
                self.focus = older
                return
            actions = tuple(Action(texts[number - 1]) for number in found)
            follows = [number for number in range(found[-1] + 1, len(texts) + 1) if texts[number - 1] in now]
            place, anchor = ("start" if edit.place == "start" else "end"), ""
            if edit.place == "before" and follows and now == kept:
                place, anchor = "before", f"part {now.index(texts[follows[0] - 1]) + 1}"
            self.edit(Edit("insert", actions=actions, place=place, anchor=anchor))
            return
        raise PlanningError(f"No earlier version has {edit.part or 'another part'}.")

    def resolved(self, action: Action) -> Action:
        """An action that stands for a motion in memory, by its id."""
        return replace(action, motion=self.target(action.motion).id) if action.motion else action

    def edited(self, edit: Edit) -> tuple[KnownMotion, Edit]:
        """The motion an edit is about: a part's words may also name another motion."""
        clip = self.current()
        if edit.part and _MOTION.search(edit.part) and len(self.thread.clips) > 1:
            other = self.thread.find(edit.part, self.verbs)
            if other and other.id != clip.id:
                return other, replace(edit, part="")
        if edit.part and not Timeline(clip, self.verbs).matching(edit.part):
            named = self.verbs.named_motion(edit.part)
            other = self.thread.find(named, self.verbs) if named else None
            if other:
                return other, replace(edit, part="")
        return clip, edit

    def again(self, request: Again) -> None:
        """Another version: one by regenerating, several as variants of the same words."""
        clip = self.current()
        count = min(request.count, MAX_VARIANTS)
        if (
            count > 1
            and clip.description
            and len(clip.segments or ()) == 1
            and "generate_motion" in self.tools
        ):
            seconds = round(clip.seconds, 2) or None
            reference = self.call(
                "generate_motion",
                description=clip.description[:1000],
                seconds=seconds,
                variants=count,
                seed=request.seed,
            )
        else:
            operation = {"op": "regenerate"} | ({} if request.seed is None else {"seed": request.seed})
            reference = clip.id
            for _ in range(count):
                reference = self.call("edit_motion", motion_id=clip.id, operations=[operation])
        self.focus = replace(clip, id=reference)

    def describe(self, request: Describe) -> None:
        if request.interpret:
            self.plan.remarks.append(answers.WHY)
        if request.path:
            self.focus = KnownMotion(self.call("caption_motion", path=request.path, **dict(request.how)))
        else:
            self.call("caption_motion", motion_id=self.target(request.target).id)

    def export(self, request: Export) -> None:
        targets = (
            [self.target(request.target)] if request.target != _ALL else list(self.thread.clips.values())
        )
        if not targets:
            raise PlanningError(answers.NOTHING_YET)
        formats = [name for name in request.formats if name in EXPORTABLE]
        refused = [name for name in request.formats if name not in EXPORTABLE]
        if refused:
            self.plan.remarks.append(
                f"I cannot write {', '.join(refused)}; I can write {', '.join(EXPORTABLE)}."
            )
        if formats or not request.formats:
            for clip in targets:
                self.call("export_motion", motion_id=clip.id, formats=formats or None)

    def travel(self, request: Travel) -> None:
        if request.action != "restore":
            steps = min(request.count, MAX_UNDONE)
            for _ in range(steps):
                self.call("history", action=request.action)
            before = self.thread.gone_back(steps) if request.action == "undo" else None
            self.focus, self.gone_back = before or self.focus, before is None
            return
        clip = self.thread.version(request, self.verbs)
        if clip is None:
            how = "before " if request.before else "without " if request.without else ""
            which = f"{how}{request.target}"
            raise PlanningError(
                f'I know no version "{which}". Known motions: {", ".join(self.thread.clips) or "none yet"}.'
            )
        self.call("history", action="restore", motion_id=clip.id)
        self.focus = clip

    def join(self, request: Join) -> None:
        targets = request.targets
        if targets == ("both",):
            targets = tuple(list(self.thread.clips)[-2:])
            if len(targets) < 2:
                raise PlanningError("There are no two motions yet to join.")
        clips = [self.target("" if words in ("it", "this", "that") else words) for words in targets]
        self.focus = KnownMotion(
            self.call("compose_sequence", segments=[{"motion_id": clip.id} for clip in clips])
        )
