"""From requests to one plan: tool calls whose arguments are resolved against the thread.

The calls of one message run together; "$1" is the motion the first of them makes. Where a request cannot be
planned (no such part, no such tool) a `PlanningError` says why in words for the user.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ....motion_models.motion.features import SECONDS_PER_TOKEN
from ....tools.schemas import MAX_REPEATS, MAX_SEGMENTS, MAX_VARIANTS
from . import answers
from .dialogue import KnownMotion, Thread
from .operations import operations
from .questions import answered
from .rules.clauses import Action, ReadActions, read_actions
from .rules.grammar import Verbs
from .rules.reading import MAX_CHARACTERS
from .rules.requests import (
    Again,
    Describe,
    Doubt,
    Edit,
    Export,
    Forbid,
    Foreign,
    Impossible,
    Intent,
    Join,
    ListMotions,
    Make,
    NameIt,
    Question,
    Restage,
    Scene,
    Social,
    Travel,
    Unable,
    Unclear,
)
from .rules.wordlists import EXPORTABLE, POINTERS
from .scenes import people_after, people_of
from .timeline import PlanningError, Timeline, UnmetError, allowed_seconds, laid_over

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
            case _:
                self.plan.remarks.append(self.say(request))

    def call(self, tool: str, **arguments: Any) -> str:
        """Add a call; the reference to the motion it makes is the result."""
        if tool not in self.tools:
            raise PlanningError(f"I cannot do that here: the tool {tool} is not available.")
        self.plan.calls.append((tool, {key: value for key, value in arguments.items() if value is not None}))
        return f"${len(self.plan.calls)}"

    def say(self, request: Intent) -> str:
        """The answer to what needs no tool."""
        match request:
            case Social(kind=kind):
                return answers.SOCIAL[kind]
            case Question(about="abilities"):
                return answers.abilities(self.verbs, self.tools)
            case Question(about="length" | "count" | "moment" | "name" | "parts"):
                return self.answer(request)
            case Question():
                return answered(request, self.focus, self.thread, self.verbs)
            case Unable(what=what, instead=instead):
                return answers.unable(what, instead)
            case Doubt(readings=readings):
                return answers.doubt(readings)
            case Foreign(language=language):
                return answers.foreign(language)
            case Forbid(action=action):
                return self.forbid(action)
            case Impossible(seconds=seconds):
                return answers.impossible_length(seconds)
            case Unclear(text=text) if len(text) > MAX_CHARACTERS:
                return answers.too_long(len(text), MAX_CHARACTERS)
            case Unclear(text=text, beside=True):
                return answers.left_out(text, self.verbs)
            case Unclear(text=text):
                return answers.unclear(text, self.verbs)
        return answers.unclear("", self.verbs)

    def answer(self, question: Question) -> str:
        clip = self.current()
        if question.about == "length" and question.part:
            numbers = Timeline(clip, self.verbs).numbers(question.part)
            lengths = [(clip.segments or ())[number - 1] for number in numbers]
            return (
                f"Part {answers.timeline(lengths).removeprefix('1 ')}."
                if lengths
                else answers.length_of(clip)
            )
        if question.about == "count":
            return answers.count_of(clip, question.part, self.verbs)
        if question.about == "moment":
            return answers.at_moment(clip, float(question.part))
        if question.about == "name":
            return f'It is {clip.id}, called "{clip.name or clip.description}".'
        return answers.length_of(clip) if question.about == "length" else answers.parts_of(clip)

    def forbid(self, action: Action) -> str:
        doing = action.description.split(" ", 2)[-1]
        if self.focus and Timeline(self.focus, self.verbs).matching(action.description):
            part = f"the part where the person {doing}"
            return f'If {part} should go, say "remove {part}".'
        return f'You say what should not happen ("{doing}"). Tell me what the person should do instead.'

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
        segments = [self.segment(action) for action in request.actions]
        if len(segments) > MAX_SEGMENTS:
            raise PlanningError(
                f"That is {len(segments)} actions; a sequence holds at most {MAX_SEGMENTS}. Split it in two."
            )
        self.share_out(segments, request.total)
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
        self.focus = replace(self.planned(reference, segments), id=self.over(reference, request.actions))

    def segment(self, action: Action) -> Arguments:
        """An action as compose_sequence takes it."""
        source = {"motion_id": action.motion} if action.motion else {"description": action.description}
        segment: Arguments = {**source, "seconds": allowed_seconds(action.seconds)}
        if action.times > 1:
            segment["repeat"] = min(action.times, MAX_REPEATS)
        if action.times > MAX_REPEATS:
            self.plan.remarks.append(f"I repeat it {MAX_REPEATS} times, the most at once.")
        return {key: value for key, value in segment.items() if value is not None}

    def share_out(self, segments: list[Arguments], total: float | None) -> None:
        """Give the parts without a length an equal share of what the total leaves, in whole tokens."""
        if total is None or not segments:
            return
        allowed_seconds(total)
        open_ones = [segment for segment in segments if "seconds" not in segment and "description" in segment]
        given = sum(segment.get("seconds", 0.0) * segment.get("repeat", 1) for segment in segments)
        shares = sum(segment.get("repeat", 1) for segment in open_ones)
        tokens = round((total - given) / SECONDS_PER_TOKEN)
        if not shares or tokens < shares:
            self.plan.remarks.append(
                f"The lengths of the parts do not add up to {total:g} s, so I keep theirs."
            )
            return
        for segment in open_ones:
            repeats = segment.get("repeat", 1)
            share = tokens // shares
            segment["seconds"] = round(share * SECONDS_PER_TOKEN, 1)
            tokens, shares = tokens - share * repeats, shares - repeats

    def over(self, reference: str, actions: Sequence[Action]) -> str:
        """What limbs do meanwhile, and the paths that parts go along, done on the motion just planned."""
        steps: list[Arguments] = []
        performed = [action for action in actions for _ in range(action.times)]
        for number, action in enumerate(performed, 1):
            steps += laid_over(action, number if len(performed) > 1 else None)
        return self.call("edit_motion", motion_id=reference, operations=steps) if steps else reference

    def planned(self, reference: str, segments: list[Arguments]) -> KnownMotion:
        """A motion of this plan, as far as it is known before it is made."""
        parts = tuple(
            (str(segment.get("description", segment.get("motion_id"))), float(segment.get("seconds", 0.0)))
            for segment in segments
            for _ in range(segment.get("repeat", 1))
        )
        described = all("description" in segment for segment in segments)
        return KnownMotion(reference, segments=parts if described else None)

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
            people = people_after(request, clip, self.performer)
        self.focus = KnownMotion(self.call("arrange_scene", people=people))

    def performer(self, actions: tuple[Action, ...]) -> Arguments:
        segments = [self.segment(action) for action in actions]
        if len(segments) == 1 and segments[0].keys() == {"description"} and not actions[0].limb:
            return segments[0]
        return {"motion_id": self.over(self.call("compose_sequence", segments=segments), actions)}

    def edit(self, edit: Edit) -> None:
        """Edits of one message on one motion become one call with several operations."""
        if self.focus is None and edit.kind == "insert":
            self.make(Make(edit.actions))
            return
        try:
            clip, edit = self.edited(edit)
            edit = replace(edit, actions=tuple(map(self.resolved, edit.actions)))
            steps, timeline = operations(edit, clip, self.verbs)
        except PlanningError:
            first, *others = edit.said.lower().split() or [""]
            physical = first in _PHYSICAL and not POINTERS & set(others)
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
            self.focus = KnownMotion(self.call("caption_motion", path=request.path))
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
            for _ in range(min(request.count, MAX_UNDONE)):
                self.call("history", action=request.action)
            return
        find = self.thread.version_before if request.before else self.thread.find
        clip = find(request.target, self.verbs)
        if clip is None:
            which = f"before {request.target}" if request.before else request.target
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
