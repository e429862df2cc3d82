"""Questions: which messages are one, and what the thread itself can say to them."""

from __future__ import annotations

import re
from collections.abc import Collection

from . import answers
from .dialogue import KnownMotion, Thread
from .rules.clauses import Action
from .rules.grammar import Verbs
from .rules.languages import said_in
from .rules.reading import MAX_CHARACTERS
from .rules.requests import (
    About,
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
from .rules.wordlists import AUXILIARIES, EXPORTABLE
from .timeline import Timeline, UnmetError

_OPENERS = (
    r"(?:(?:and|so|but|ok|okay|hey|hmm|well|um|wait|sorry|(?:hi|hello|hey)(?: there)?|please|now|just|only"
    r"|(?:don't|do not|dont) (?:change|touch|do) (?:anything|it)|no changes)[, !.]+)*"
)
_ASKING = re.compile(
    rf"^{_OPENERS}(?:which|what|what's|whats|how|why|who|who's|whose|when|where|where's|is|are|was"
    rf"|were|does|did|isn't"
    r"|aren't|doesn't|didn't|wasn't|has|have you|have i|had|do (?:they|you|i|we)|am i|tell me (?:what"
    r"|which|how|why|when|where|if|whether)"
    r"|do (?:his|her|their|the) (?:feet|hands|arms|legs|knees|people|parts)|with which|in which|at"
    r" what|at which|from which|for how long)\b",
    re.IGNORECASE,
)
#: Questions in form that ask for a motion: "how about a wave?", "what if he jumps?", "why not let him sit?"
_WISHES = re.compile(
    rf"^{_OPENERS}(?:how about|what about|what if|why not|why don't (?:you|we)|what would|how would"
    r"|is it possible to (?:see|have|make|get)|is there a way to (?:make|have))\b",
    re.IGNORECASE,
)
_ABOUT: tuple[tuple[About, re.Pattern[str]], ...] = (
    (
        "side",
        re.compile(r"(?:with |on |to )?(?:which|what) (?:hand|arm|leg|foot|side|way|direction|fist|knee)\b"),
    ),
    ("measure", re.compile(r"how (?:far|fast|high|deep|low|quick|many (?:steps|metres|meters|degrees))\b")),
    ("why", re.compile(r"why\b|how come\b")),
    ("who", re.compile(r"who\b")),
    ("files", re.compile(r"where\b.*\b(?:file|files|save|saved|export|path|it|that)\b")),
    ("formats", re.compile(r"(?:which|what) (?:file )?(?:formats?|files?)\b")),
    ("truth", re.compile(r"(?:is|are|was|were|does|did|do|isn't|doesn't|didn't)\b")),
)
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


def is_question(text: str) -> bool:
    """Whether a message asks for an answer, not for a motion or a change."""
    return _ASKING.match(text.strip()) is not None and _WISHES.match(text.strip()) is None


def asked_about(text: str) -> About | None:
    """What a question is about by its first words; None where they do not tell."""
    words = re.sub(rf"^{_OPENERS}", "", text.strip().lower())
    return next((about for about, pattern in _ABOUT if pattern.match(words)), None)


def answered(question: Question, clip: KnownMotion | None, thread: Thread, verbs: Verbs) -> str:
    """The answer to a question about a motion or about this program, from the thread alone."""
    match question.about:
        case "who":
            return (
                "I am the built-in coordinator of motion-agent: a program that reads requests, no chat model."
            )
        case "formats":
            return _formats(question.part)
        case "files":
            return _files(thread)
        case "change":
            return _change(thread)
        case "why":
            return 'I cannot tell why. Say "do it again" for another version, or "undo" to go back.'
    if clip is None:
        return answers.NOTHING_YET
    if question.about == "truth":
        return _truth(question.part, clip, verbs)
    if question.about == "side":
        return _side(clip)
    return (
        f"I cannot measure that here: I know how long it is ({answers.spoken(clip.seconds)} s) and the"
        f" words it was made"
        f' from. {answers.parts_of(clip)} Say "save it as png" for pictures of its poses.'
    )


def _formats(asked: str) -> str:
    known = f'I can write {", ".join(EXPORTABLE)}; say for example "save it as bvh".'
    missing = [name for name in ("fbx", "usd", "obj", "vrm", "c3d") if re.search(rf"\b{name}\b", asked)]
    if missing:
        return (
            f"I cannot write {' or '.join(missing)}. {known} Blender opens bvh and glb and can write others."
        )
    return f"{known} Blender opens bvh and glb, Unity and Unreal open glb."


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
    earlier = f"Before it was {before[-1].id}: {before[-1].description}."
    return f"The last version is {current.id}. {answers.parts_of(current)} {earlier}"


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


def _side(clip: KnownMotion) -> str:
    sided = [
        f"part {number} says \"{text}\"" for number, (text, _) in enumerate(clip.segments or (), 1)
        if re.search(r"\b(?:left|right|both)\b", text)
    ]  # fmt: skip
    if sided:
        return f"By the words it was made from: {'; '.join(sided)}."
    unset = 'No side was asked for, so I do not know. Say "with the left hand" to set it.'
    return f"{unset} {answers.parts_of(clip)}"


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
            lengths = [(clip.segments or ())[number - 1] for number in numbers]
            told = f"Part {answers.timeline(lengths).removeprefix('1 ')}."
            return told if lengths else answers.length_of(clip)
        case "count":
            return answers.count_of(clip, question.part, verbs)
        case "moment":
            return answers.at_moment(clip, float(question.part))
        case "name":
            return f'It is {clip.id}, called "{clip.name or clip.description}".'
    return answers.length_of(clip) if question.about == "length" else answers.parts_of(clip)


def _forbidden(action: Action, focus: KnownMotion | None, verbs: Verbs) -> str:
    doing = action.description.split(" ", 2)[-1]
    if focus and Timeline(focus, verbs).matching(action.description):
        part = f"the part where the person {doing}"
        return f'If {part} should go, say "remove {part}".'
    return f'You say what should not happen ("{doing}"). Tell me what the person should do instead.'
