"""Questions: which messages are one, and what the thread itself can say to them."""

from __future__ import annotations

import math
import re
from collections.abc import Collection

from ....motion_models.english.quantities import NUMBERS, spoken
from ....motion_models.motion.features import FPS
from ....motion_models.motion.skeleton import N_JOINTS
from . import answers
from .amounts import runs
from .dialogue import KnownMotion, Thread
from .overlays.shapes import degrees_in
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
_OF_PART = (
    r"(?: (?:is|was|does|will|are|do|has|of))*(?P<part>(?: (?!in total|altogether|overall|all in all|in all"
    r"|in (?:secs?|seconds|minutes|frames)|now|last\b|take\b|run\b|be\b|long\b)[\w-]+)*)"
)
_ASKING = re.compile(
    rf"^{_OPENERS}(?:which|what|what's|whats|how|why|who|who's|whose|when|where|where's|is|are|was"
    rf"|were|does|did|isn't"
    r"|aren't|doesn't|didn't|wasn't|has|have you|have i|had|do (?:they|you|i|we)|am i|tell me (?:what"
    r"|which|how|why|when|where|if|whether)"
    r"|do (?:his|her|their|the) (?:feet|hands|arms|legs|knees|people|parts|fingers)|with which|in which|at"
    r" what|at which|from which|for how long|can it|can i (?:undo|redo|go back) (?:more|several|two|three)"
    r"|read (?:it|them|me|back|out)|(?:can|could) you tell me)\b",
    re.IGNORECASE,
)
#: Questions in form that ask for a motion: "how about a wave?", "what if he jumps?", "why not let him sit?"
_WISHES = re.compile(
    rf"^{_OPENERS}(?:how about|what about|what if|why not|why don't (?:you|we)|what would|how would"
    r"|is it possible to (?:see|have|make|get)|is there a way to (?:make|have))\b",
    re.IGNORECASE,
)
#: What is asked, and of which part, by its first words; the exact before the vague.
_ABOUT: tuple[tuple[About, str], ...] = (
    ("length", rf"(?:how long|how many seconds|what's the length|what is the length)\b{_OF_PART}"),
    (
        "rates",
        r".*\b(?:frames? (?:per|a) second|fps|frame rate|joint count|how many (?:joints|bones))",
    ),
    ("body", r".*\b(?:fingers?|face|eyes|mouth|toes move)\b"),
    ("people", r"can it do (?:two|several|more|many|2) people|how many people can"),
    ("undoing", r"can i (?:undo|redo|go back)"),
    ("parts", r"read\b|how many (?:parts|segments|actions)|what(?: are|'s) the (?:steps|parts|order)"),
    ("count", r"how (?:many|often)(?: times)?\b(?! (?:metres|meters|degrees|people))(?P<part>.*)"),
    (
        "next",
        r"what (?:comes|happens|is|follows|does \w+ do)(?: right| next)* (?P<side>after|before)"
        r"(?P<part> (?!(?:it|that|this|the )?(?:second|\d)).+)",
    ),
    ("place", r"(?:where|how far)\b.*\b(?:ends?|gets?|finish|from|start|stands? at the end|compared)\b"),
    ("side", r"(?:with |on |to )?(?:which|what) (?:hand|arm|leg|foot|side|way|direction|fist|knee)\b"),
    ("measure", r"how (?:far|fast|high|deep|low|quick|many (?:metres|meters|degrees))\b"),
    ("why", r"why\b|how come\b"),
    ("who", r"who\b"),
    ("files", r"where\b.*\b(?:file|files|save|saved|export|path|it|that)\b"),
    ("formats", r"(?:which|what) (?:file )?(?:formats?|files?)\b"),
    ("truth", r"(?:is|are|was|were|does|did|do|isn't|doesn't|didn't)\b"),
)
#: Questions whose first words tell all: no reader knows them better.
EXACT = frozenset(("length", "rates", "body", "people", "undoing", "parts", "count", "next", "place"))
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


def asked(text: str) -> Question | None:
    """What a question is about by its first words, and the part it names; None where they do not tell."""
    words = re.sub(rf"^{_OPENERS}", "", text.strip().lower()).strip(" ?!.")
    for about, pattern in _ABOUT:
        if match := re.match(pattern, words):
            said = match.groupdict()
            part = (said.get("part") or "").strip() if about in EXACT else words
            return Question(about, "" if _WHOLE.fullmatch(part) else part, said.get("side") or "")
    return None


_WHOLE = re.compile(r"(?:it|(?:this|that|the)(?: whole)?)? ?(?:thing|motion|clip|animation|one)?")


#: What is true of every motion, and of this program.
_FACTS: dict[About, str] = {
    "who": "I am the built-in coordinator of motion-agent: a program that reads requests, no chat model.",
    "rates": f"Motions have {FPS:g} frames a second and {N_JOINTS} joints.",
    "body": "A motion has no fingers and no face: its skeleton ends at the wrists, the feet and the head.",
    "people": (
        "Yes, several people can stand in one scene, each with a motion of their own; they do not touch. "
        'Say "two people: one punches, the other ducks".'
    ),
    "undoing": 'Yes: say "undo" once for each step, "undo 2 steps", or "go back to the first version".',
    "why": 'I cannot tell why. Say "do it again" for another version, or "undo" to go back.',
}


def answered(question: Question, clip: KnownMotion | None, thread: Thread, verbs: Verbs) -> str:
    """The answer to a question about a motion or about this program, from the thread alone."""
    if question.about in _FACTS:
        return _FACTS[question.about]
    match question.about:
        case "formats":
            return _formats(question.part)
        case "files":
            return _files(thread)
        case "change":
            return _change(thread)
    if clip is None:
        return answers.NOTHING_YET
    if question.about == "truth":
        return _truth(question.part, clip, verbs)
    if question.about == "side":
        return _side(clip)
    if question.about == "next":
        return _beside(question, clip, verbs)
    if question.about == "place":
        return _place(clip)
    return (
        f"I cannot measure that here: I know how long it is ({answers.spoken(clip.seconds)} s) and the"
        f" words it was made"
        f' from. {answers.parts_of(clip)} Say "save it as png" for pictures of its poses.'
    )


def _beside(question: Question, clip: KnownMotion, verbs: Verbs) -> str:
    """What comes right after, or before, a part."""
    timeline = Timeline(clip, verbs)
    numbers = timeline.numbers(question.part)
    number = numbers[-1] + 1 if question.side == "after" else numbers[0] - 1
    if not 0 < number <= timeline.count:
        return f"Nothing comes {question.side} it. {answers.parts_of(clip)}"
    return f"Part {number}: {(clip.segments or ())[number - 1][0]}. {answers.parts_of(clip)}"


_METRES = re.compile(r"\b(\d+(?:\.\d+)?|[a-z]+)(?:(?<=\d) ?| )(?:m|metres?|meters?)\b")
_SIDEWAYS = re.compile(r"\b(?:sideways|to the (?:left|right)|(?:(?:side)?step|shuffle)s? (?:left|right))")


def _place(clip: KnownMotion) -> str:
    """Where somebody ends up, reckoned from the metres and turns that the parts say."""
    ahead = left = heading = 0.0
    for text, _ in clip.segments or ():
        sign = (
            -1.0
            if re.search(r"\bright\b|(?<!counter)(?<!counter-)(?<!anti)(?<!anti-)clockwise", text)
            else 1.0
        )
        if re.search(r"\b(?:turn|spin|rotate|pivot)s?\b", text):
            heading += sign * (degrees_in(text) or (180.0 if "around" in text else 90.0))
            continue
        found = _METRES.search(text)
        if not found or not (found[1] in NUMBERS or found[1][0].isdigit()):
            continue
        metres = float(NUMBERS.get(found[1], 0) or found[1])
        metres *= -1.0 if re.search(r"\bback(?:wards?)?\b", text) else 1.0
        way = math.radians(heading + (sign * 90.0 if _SIDEWAYS.search(text) else 0.0))
        ahead, left = ahead + metres * math.cos(way), left + metres * math.sin(way)
    ahead, left = round(ahead, 1) + 0.0, round(left, 1) + 0.0
    if not ahead and not left:
        return f"Its words say no distance, so I cannot tell where it ends. {answers.parts_of(clip)}"
    there = [
        f"{abs(metres):g} m {way[0] if metres > 0 else way[1]}"
        for metres, way in ((ahead, ("ahead of", "behind")), (left, ("to the left of", "to the right of")))
        if metres
    ]
    return f"By its words it ends {' and '.join(there)} where it starts. {answers.parts_of(clip)}"


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
