"""Questions: which messages are one, and what the thread itself can say to them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Any

from pydantic import ValidationError

from ....motion_models.english.quantities import spoken
from ....motion_models.motion.features import FPS
from ....tools.facts.records import Measured
from . import answers
from .amounts import runs
from .asking.first_words import by_words
from .asking.of_parts import in_order, longer, longest, pauses, wanted_by
from .asking.program import FACTS, formats, of_the_program
from .asking.telling import measurable, time_of, told
from .coverage import content_words
from .dialogue import KnownMotion, Thread
from .rules.reading import MAX_CHARACTERS
from .sentences.actions import Action
from .sentences.grammar import Verbs
from .sentences.languages import said_in
from .sentences.requests import (
    Doubt,
    Forbid,
    Foreign,
    Impossible,
    Intent,
    Question,
    Social,
    Unable,
    Unclear,
)
from .sentences.wordlists import AUXILIARIES
from .timeline import Timeline, UnmetError

#: (description, seconds) of each part of a motion.
Segments = Sequence[tuple[str, float]]
_EMPTY = frozenset(
    [
        "a",
        "an",
        "the",
        "it",
        "its",
        "he",
        "she",
        "they",
        "him",
        "her",
        "his",
        "their",
        "person",
        "guy",
        "man",
        "woman",
        "someone",
        "at",
        "all",
        "in",
        "there",
        "now",
        "then",
        "or",
        "and",
        "of",
        "to",
        "with",
        "any",
        "this",
        "that",
        "motion",
        "clip",
        "animation",
        "use",
        "uses",
        "used",
        "end",
        "start",
        "there's",
        "really",
        "ever",
        "actually",
    ]
)


def answered(question: Question, clip: KnownMotion | None, thread: Thread, verbs: Verbs) -> str:
    """The answer to a question about a motion or about this program, from the thread alone."""
    if question.about == "why" and clip:
        wanted = wanted_by(question.part, content_words(question.part), clip.segments or ())
        if wanted:
            return wanted
    known = _without_motion(question, thread, verbs)
    if known or clip is None:
        return known or answers.NOTHING_YET
    return _of_motion(question, clip, verbs)


def _without_motion(question: Question, thread: Thread, verbs: Verbs) -> str:
    """The answer to a question that is not about the motion in focus; "" for others."""
    match question.about:
        case "program":
            return of_the_program(question.part)
        case "formats":
            return formats(question.part)
        case "wording":
            return answers.wording(question.part, question.side)
        case "open":
            return answers.open_question(question.part)
        case "versions":
            return _versions(thread)
        case "files":
            return _files(thread)
        case "change":
            return _change(thread)
        case "able":
            return answers.known_or_near(question.part, verbs)
    return FACTS.get(question.about, "")


def _of_motion(question: Question, clip: KnownMotion, verbs: Verbs) -> str:
    parts = clip.segments or ()
    match question.about:
        case "truth":
            return _truth(question.part, clip, verbs)
        case "next":
            return _beside(question, clip, verbs)
        case "headcount":
            return _headcount(clip)
        case "longest" if parts:
            return longest(question.side, parts)
        case "longer" if parts:
            return longer(question.part, question.side, parts, verbs)
        case "order" if parts:
            return in_order(question.part, parts, verbs) or answers.parts_of(clip)
        case "pauses" if parts:
            return pauses(parts)
    return (time_of(question.part, parts, verbs) if parts else None) or answers.UNMEASURED


def is_measured(question: Question) -> bool:
    """Whether a question is answered by measuring the motion with `caption_motion`."""
    return question.about in ("measure", "truth") and measurable(question.part)


def answered_by_measuring(
    question: Question, content: Mapping[str, Any], clip: KnownMotion, thread: Thread, verbs: Verbs
) -> str:
    """The answer from what a tool measured of a motion; from its words where that is not certain."""
    try:
        measured = Measured.model_validate(content.get("measured"))
    except ValidationError:
        measured = Measured()
    parts = clip.segments or ((clip.description, clip.seconds),)
    said = told(question.part, measured, parts, verbs)
    if said is not None:
        return said
    vague = by_words(question.part) or replace(question, about="measure")
    return said_to(vague, clip, thread, verbs, ())


def _beside(question: Question, clip: KnownMotion, verbs: Verbs) -> str:
    """What comes right after, or before, a part."""
    timeline = Timeline(clip, verbs)
    if question.side == "between":
        return _between(question, clip, timeline)
    numbers = timeline.numbers(question.part)
    number = numbers[-1] + 1 if question.side == "after" else numbers[0] - 1
    if not 0 < number <= timeline.count:
        return f"Nothing comes {question.side} it. {answers.parts_of(clip)}"
    return f"Part {number}: {(clip.segments or ())[number - 1][0]}. {answers.parts_of(clip)}"


def _between(question: Question, clip: KnownMotion, timeline: Timeline) -> str:
    ends = [timeline.numbers(words) for words in question.part.split(" and ")]
    first, last = min(ends[0]), max(ends[-1])
    found = [
        f"part {n}: {(clip.segments or ())[n - 1][0]}" for n in range(min(first, last) + 1, max(first, last))
    ]
    said = "; ".join(found) or "nothing comes between them"
    return f"{said[:1].upper()}{said[1:]}. {answers.parts_of(clip)}"


def _versions(thread: Thread) -> str:
    """How many motions there are, what they are called, and which is the current one."""
    if not thread.clips:
        return answers.NOTHING_YET
    each = "; ".join(
        f'{clip.id}, called "{clip.name or clip.description}"' if clip.name or clip.description else clip.id
        for clip in thread.clips.values()
    )
    count = len(thread.clips)
    known = "There is 1 version" if count == 1 else f"There are {count} versions"
    current = f" The current one is {thread.current}." if count > 1 and thread.current else ""
    return f"{known}: {each}.{current}"


def _headcount(clip: KnownMotion) -> str:
    count = len(clip.people)
    if count < 2:
        return "There is one person in this motion."
    each = "; ".join(f"person {number}: {one.description}" for number, one in enumerate(clip.people, 1))
    return f"There are {count} people in it" + (
        f": {each}." if all(p.description for p in clip.people) else "."
    )


def _files(thread: Thread) -> str:
    if thread.files:
        return f"The last files are {', '.join(thread.files)}."
    return 'Nothing was saved by me yet. Say "save it as bvh" to write a file; I then tell where it is.'


def _change(thread: Thread) -> str:
    clips = list(thread.clips.values())
    current = thread.current_clip
    if current is None or not clips:
        return answers.NOTHING_YET
    before = [clip for clip in clips if clip.id != current.id]
    if not before:
        return f"Nothing was changed yet: there is one version. {answers.parts_of(current)}"
    earlier = thread.gone_back(1) or before[-1]
    if not earlier.segments or not current.segments:
        return f"The last version is {current.id}. Before it was {earlier.id}: {earlier.description}."
    told = _differences(earlier.segments, current.segments)
    said = "; ".join(told) or "the same parts, as long as before; what changed is how they are done"
    return f"From {earlier.id} to {current.id}: {said}. {answers.parts_of(current)}"


def _differences(earlier: Segments, later: Segments) -> list[str]:
    """What became of the parts of one version in the next: longer, new, gone, another in its place."""
    before, after = ([text for text, _ in parts] for parts in (earlier, later))
    told: list[str] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            pairs = zip(range(c, d), earlier[a:b], later[c:d], strict=True)
            told += [
                f"part {at + 1}, {text}, went from {spoken(was)} s to {spoken(now)} s"
                for at, (text, was), (_, now) in pairs
                if abs(was - now) >= 1 / FPS
            ]
            continue
        gone, come = answers.timeline(earlier[a:b], first=a + 1), answers.timeline(later[c:d], first=c + 1)
        told.append(
            f"part {gone} became part {come}"
            if gone and come
            else f"new: part {come}"
            if come
            else f"gone: part {gone}"
        )
    return told


def _truth(asked: str, clip: KnownMotion, verbs: Verbs) -> str:
    """Yes or no by the words a motion was made from; "I cannot see" where they hold no answer."""
    if not clip.segments:
        return answers.parts_of(clip)
    wanted = _content(asked, verbs)
    told = [verbs.stems(text) for text, _ in clip.segments]
    where = [number for number, stems in enumerate(told, 1) if wanted and wanted <= stems]
    if where:
        number = where[0]
        return f'Yes: part {number} was made as "{clip.segments[number - 1][0]}".'
    verb = {word for word in wanted if (found := verbs.verb(word)) and found.base == word}
    everything = set().union(*told)
    sides = {"left", "right"} & wanted
    if sides and ({"left", "right"} - sides) & everything:
        return f"No, it says the other side. {answers.parts_of(clip)}"
    if verb and not verb & everything:
        return f"No: no part was made to. {answers.parts_of(clip)}"
    return f"I cannot see that; I know the words it was made from. {answers.parts_of(clip)}"


def _content(asked: str, verbs: Verbs) -> set[str]:
    words = [word for word in re.findall(r"[a-z-]+", asked.lower()) if word not in _EMPTY | AUXILIARIES]
    return verbs.stems(" ".join(words)) if words else set()


def said_to(
    request: Intent, focus: KnownMotion | None, thread: Thread, verbs: Verbs, tools: Collection[str]
) -> str:
    """The answer to what needs no tool. Raises PlanningError where it is about a motion that is not there."""
    match request:
        case Social(kind=kind):
            return answers.SOCIAL[kind]
        case Question(about="abilities"):
            return answers.abilities(verbs, tools)
        case Question(about="length" | "count" | "moment" | "name" | "parts"):
            return _of_the_timeline(request, focus, verbs)
        case Question():
            return answered(request, focus, thread, verbs)
        case Unable(what=what, instead=instead):
            return answers.unable(what, instead)
        case Doubt(readings=readings):
            return answers.doubt(readings)
        case Foreign(language=language):
            return said_in(language)
        case Forbid(action=action):
            return _forbidden(action, focus, verbs)
        case Impossible(seconds=seconds):
            return answers.impossible_length(seconds)
        case Unclear(text=text) if len(text) > MAX_CHARACTERS:
            return answers.too_long(len(text), MAX_CHARACTERS)
        case Unclear(text=text, beside=True):
            return answers.left_out(text, verbs)
        case Unclear(text=text):
            return answers.unclear(text, verbs)
    return answers.unclear("", verbs)


def _of_the_timeline(question: Question, clip: KnownMotion | None, verbs: Verbs) -> str:
    if clip is None:
        raise UnmetError(answers.NOTHING_YET)
    match question.about:
        case "length" if question.part:
            numbers = Timeline(clip, verbs).numbers(question.part)
            parts = [(number, *(clip.segments or ())[number - 1]) for number in numbers]
            told = ", ".join(f"part {at}, {text}: {spoken(seconds)} s" for at, text, seconds in parts)
            return f"{told[:1].upper()}{told[1:]}." if parts else answers.length_of(clip)
        case "count":
            return _count(question.part, clip, verbs)
        case "moment":
            return answers.at_moment(clip, float(question.part))
        case "name":
            return f'It is {clip.id}, called "{clip.name or clip.description}".'
    return answers.length_of(clip) if question.about == "length" else answers.parts_of(clip)


_COUNTED = re.compile(
    r"^(?:(?:does|did|do|will|are|is|was|were) )?(?:(?:he|she|it|they|the person|someone) )?"
    r"|\b(?:are|is|were|was) (?:there|in (?:there|it)|that|those|it|left)\b.*|\b(?:right )?now\b|\b(?:in|of) "
    r"(?:it|there|that time|total)\b.*|\b(?:does|did|do|will|can|manage|has) ?(?:he|she|it|they)?\b"
    r"(?: (?:do|make|manage|take|perform))?"
)


def _count(asked: str, clip: KnownMotion, verbs: Verbs) -> str:
    """How many of something a motion has: as measured, or as the words of its parts say."""
    timeline = Timeline(clip, verbs)
    words = " ".join(_COUNTED.sub(" ", asked).split())
    meant = timeline.matching(words) if words else list(range(1, timeline.count + 1))
    name = (words or (clip.segments or ((clip.description, 0.0),))[0][0]).capitalize()
    if not meant:
        return f"{name}: never. {answers.parts_of(clip)}"
    unit = "steps" if re.search(r"\bstep|\bstair", words) else "times"
    every = runs(timeline, unit, meant)
    if not words and len(every) != 1:
        return answers.parts_of(clip)
    told = _measured(words, clip, verbs)
    if any(run.figure for run in every) or (unit == "times" and len(meant) > 1):
        total = float(sum((run.figure or 1.0) * len(run.numbers) for run in every))
        often = {1.0: "once", 2.0: "twice"}.get(total, f"{spoken(total)} times")
        said = f"{spoken(total)} by its words" if unit == "steps" else often
        told = [f"{said}, in part {' and '.join(map(str, meant))}", *told]
    counted = "; ".join(told) or "its words say no number, and none was measured"
    return f"{name}: {counted}. {answers.parts_of(clip)}"


def _measured(words: str, clip: KnownMotion, verbs: Verbs) -> list[str]:
    """What was counted of the things that words name."""
    stems = verbs.stems(words)
    named = [(what, reached) for what, reached in clip.reached if stems and stems <= verbs.stems(what)]
    return [f"measured: {spoken(reached)} {what}" for what, reached in named]


def _forbidden(action: Action, focus: KnownMotion | None, verbs: Verbs) -> str:
    doing = action.description.split(" ", 2)[-1]
    if focus and Timeline(focus, verbs).matching(action.description):
        part = f"the part where the person {doing}"
        return f'If {part} should go, say "remove {part}".'
    return f'You say what should not happen ("{doing}"). Tell me what the person should do instead.'
