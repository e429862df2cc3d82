"""From a message to requests: clean -> sentences -> directives and actions -> requests."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from .....motion_models.english.quantities import (
    canonical,
    negative_seconds,
    take_limit,
    take_seconds,
    take_seed,
    take_total,
    take_variants,
)
from ..sentences.actions import Action, ReadActions
from ..sentences.clauses import read_actions
from ..sentences.cutting import split_clauses
from ..sentences.going_on import GOES_ON
from ..sentences.grammar import Verbs
from ..sentences.parts import means_several
from ..sentences.requests import (
    Again,
    Describe,
    Edit,
    Export,
    Forbid,
    Impossible,
    Intent,
    Make,
    NameIt,
    Social,
    Unable,
    Unclear,
)
from ..sentences.subjects import take_animal
from ..sentences.text import clean, sentences, strip_politeness
from .abstract import stage
from .directives import read_directive
from .files import take_files
from .restaging import read_addition
from .scene import read_scene

#: Longer messages are not read: what is asked for in them could not be told from what is merely said.
MAX_CHARACTERS = 2000

_JOINT = re.compile(
    r"(\s*,?\s*\band then\s+|\s*,\s*and\s+|\s*,?\s*\bthen\s+|\s*,\s*|\s+and\s+)", re.IGNORECASE
)
#: What is to be added, and done otherwise than what is there: "five more, but slower".
_FURTHER_ONES = re.compile(r"\b(?:\w+ more|another \w+)\b,? but\b", re.IGNORECASE)
#: A word of thanks that people in motions do as well: "jumps and cheers".
_DONE_TOO = re.compile(r"cheers\b", re.IGNORECASE)
_LONGEST_DIRECTIVE = 8  # pieces of a sentence that one directive may span
#: First words of a change that is one wherever it stands; people in motions do none of it.
_PLAIN_EDIT = re.compile(r"(?:add|append|insert|remove|delete|replace|mirror)\b", re.IGNORECASE)
_CONTINUES = re.compile(
    r"\s*(?:(?:now|ok|okay|and|so|great|good)[, ]+)*(?:then|after (?:that|this|which)|afterwards?|next(?! to)"
    r"|finally|also|followed by"
    r"|at the end|in the end)\b,?\s*"
    r"|\s*(?:(?:ok|okay|and|so|great|good|nice|lovely)[, !.]+)*now"
    r" (?=(?:he|she|they|the \w+) \w+s\b|(?:let|have|make) (?:him|her|them|the \w+) |an? (?!(?:new"
    r"|different|whole)\b))",
    re.IGNORECASE,
)


def read_message(text: str, verbs: Verbs) -> list[Intent]:
    """Everything a message asks for, in order; never empty."""
    cleaned = clean(text)
    if len(cleaned) > MAX_CHARACTERS or not re.search(r"\w", cleaned):
        return [Unclear(cleaned)]
    below = negative_seconds(canonical(cleaned))
    if below is not None:
        return [Impossible(below)]
    animal, rest = take_animal(cleaned, verbs)
    if animal:
        before = read_message(rest, verbs) if re.search(r"\w", rest) else []
        return [
            *(request for request in before if not isinstance(request, Unclear)),
            _no_human(animal, verbs),
        ]
    found, cleaned = take_files(cleaned)
    scene = read_scene(canonical(cleaned), verbs)
    if scene:
        return [*found, *scene]
    if added := read_addition(cleaned, verbs):
        return [*found, added]
    for sentence in _with_what_goes_on(sentences(cleaned)):
        found.extend(_read_sentence(sentence, verbs))
    requests = _settled(_merged(found))
    if _FURTHER_ONES.search(cleaned) and not isinstance(requests[0], Make):
        return [Unable("changing only the further ones", 'add them first, then say "the last one slower"')]
    if _CONTINUES.match(cleaned) and isinstance(requests[0], Make):
        requests[0] = replace(requests[0], continues=True)
    return requests


def _with_what_goes_on(said: Sequence[str]) -> list[str]:
    """Sentences, with those joined to the one before that only go on about it: "the left one"."""
    whole: list[str] = []
    for sentence in said:
        if whole and GOES_ON.fullmatch(sentence):
            whole[-1] += f", {sentence}"
        else:
            whole.append(sentence)
    return whole


def _no_human(animal: str, verbs: Verbs) -> Unable:
    acted = f'; say "a person imitates a {animal}" for somebody who acts like one'
    like = acted if verbs.knows("imitate an animal") else ""
    return Unable(f"a {animal}", f"I move human bodies only{like}")


def _read_sentence(sentence: str, verbs: Verbs) -> Iterator[Intent]:
    """Cut a sentence into directives and motions: "make it longer and save it as bvh"."""
    whole = read_directive(sentence, verbs)
    if isinstance(whole, Edit) and means_several(whole.part):
        pieces = whole.part.split(" and ")
        if len(pieces) > 1 and not any(read_directive(piece, verbs) for piece in pieces):
            yield _sourced(whole, sentence)
            return
    parts = _JOINT.split(sentence)
    pieces, joints = parts[::2], ["", *parts[1::2]]
    opens = [_opens_directive(piece, verbs) for piece in pieces]
    start, motion, follows = 0, "", len(pieces) == 1
    while start < len(pieces):
        last = min(len(pieces), start + _LONGEST_DIRECTIVE)
        barrier = next((i for i in range(start + 1, last) if opens[i]), last)
        end, request = _directive_at(pieces, joints, range(start, barrier), follows, verbs)
        if request:
            yield from _read_motion(motion, verbs)
            yield request
            motion, start, follows = "", end, True
        else:
            motion += joints[start] + pieces[start]
            start, follows = start + 1, False
    yield from _read_motion(motion, verbs)


def _directive_at(
    pieces: list[str], joints: list[str], window: range, follows: bool, verbs: Verbs
) -> tuple[int, Intent | None]:
    """The directive that starts at the window's first piece, and where it ends; the longest one it holds.

    follows: a directive came right before, so that a bare "faster" is one too.
    """
    start = window.start
    for end in range(window.stop, start, -1):
        words = pieces[start] + "".join(joints[i] + pieces[i] for i in range(start + 1, end))
        request = read_directive(words, verbs) if words.strip() else None
        whole = start == 0 and end == len(pieces)
        if request and (whole or follows or _refers(request, words)):
            return end, _sourced(request, words)
    return start, None


def _opens_directive(piece: str, verbs: Verbs) -> bool:
    request = read_directive(piece, verbs) if piece.strip() else None
    return request is not None and _refers(request, piece)


def _refers(request: Intent, words: str) -> bool:
    """Whether a directive inside a longer sentence points at a motion: "go back" alone may be a movement."""
    if isinstance(request, Social) and _DONE_TOO.match(words.strip()):
        return False
    if isinstance(request, Social | Export | NameIt) or (
        isinstance(request, Edit) and (request.kind == "duration" or _PLAIN_EDIT.match(words.strip()))
    ):
        return True
    return (
        re.search(r"\b(?:it|this|that|the|my|part|segment|variations?|versions?|m\d\w*)\b", words) is not None
    )


def _sourced(request: Intent, words: str) -> Intent:
    return replace(request, said=words) if isinstance(request, Edit) else request


def _read_motion(text: str, verbs: Verbs) -> Iterator[Intent]:
    """A stretch of text that is no directive: actions, an abstract request, or something unclear."""
    if not re.search(r"\w", text):
        return
    limit, rest = take_limit(text)
    total, rest = take_total(rest)
    variants, rest = take_variants(rest)
    seed, rest = take_seed(rest)
    asked = Make((), total, None if seed is None else int(seed), int(variants or 1), limit=limit)
    read, remark = _read_parts(rest, verbs)
    if remark and total is None and (seconds := take_seconds(rest).value):
        asked = replace(asked, total=seconds)  # what is staged has no part that the length was said of
    wanted = tuple(action for action in read.actions if not action.negated)
    if wanted:
        yield replace(asked, actions=wanted, remark=" ".join(filter(None, [remark, _left_out(read.actions)])))
    elif read.actions:
        yield Forbid(read.actions[0])
    elif asked != Make(()):
        yield asked
    elif strip_politeness(rest):
        yield Unclear(rest.strip())
    if read.actions or asked != Make(()):
        yield from (Unclear(clause, beside=True) for clause in read.unclear)


def _read_parts(text: str, verbs: Verbs) -> tuple[ReadActions, str]:
    """What a text asks for, and what to tell of parts that name a purpose and are shown by known actions."""
    read = read_actions(text, verbs)
    said = re.split(r"\blike\b", text, maxsplit=1)[0]  # what follows tells how, not what
    if any(action.motion for action in read.actions) or not (whole := stage(said, verbs)):
        return read, ""
    clauses = split_clauses(strip_politeness(text).lower(), verbs)
    staged = [stage(clause, verbs) for clause in clauses]
    if not any(staged):
        return ReadActions(whole[0]), whole[1]
    parts = [
        ReadActions(found[0]) if found else read_actions(clause, verbs)
        for clause, found in zip(clauses, staged, strict=True)
    ]
    actions = tuple(action for part in parts for action in part.actions)
    remarks = dict.fromkeys(found[1] for found in staged if found)
    return ReadActions(actions, tuple(text for part in parts for text in part.unclear)), " ".join(remarks)


def _left_out(actions: Sequence[Action]) -> str:
    """What to tell about the things a request forbids."""
    forbidden = [action.description.split(" ", 2)[2] for action in actions if action.negated]
    return f"I leave out what should not happen ({', '.join(forbidden)})." if forbidden else ""


def _merged(requests: list[Intent]) -> list[Intent]:
    """Motions said one after another are one motion, also with something unclear between them; a length or a
    name said right after one belongs to it."""
    merged: list[Intent] = []
    for request in requests:
        at = next((n for n in reversed(range(len(merged))) if not isinstance(merged[n], Unclear)), None)
        last = merged[at] if at is not None else None
        goes_on = at == len(merged) - 1 or isinstance(request, Make)
        joined = _joined(last, request) if isinstance(last, Make) and goes_on else None
        if joined and at is not None:
            merged[at] = joined
        else:
            merged.append(request)
    return merged


def _joined(make: Make, request: Intent) -> Make | None:
    """The motion with what was said next taken in; None when that is a request of its own."""
    match request:
        case Make():
            return Make(
                (*make.actions, *request.actions),
                request.total if make.total is None else make.total,
                make.seed if make.seed is not None else request.seed,
                max(make.variants, request.variants),
                make.continues,
                " ".join(filter(None, (make.remark, request.remark))),
                make.name or request.name,
                request.limit if make.limit is None else make.limit,
            )
        case Edit(kind="duration", part="", amount=float(seconds)):
            return replace(make, total=seconds)
        case Again(seed=int(seed)):
            return replace(make, seed=seed)
        case Again(count=count) if count > 1:
            return replace(make, variants=count)
        case NameIt(name=name, target=""):
            return replace(make, name=name)
    return None


def _settled(requests: list[Intent]) -> list[Intent]:
    """Without small talk beside real requests, without doubles, without leftovers that ask for nothing."""
    unclear = [request for request in requests if isinstance(request, Unclear)]
    social = [request for request in requests if isinstance(request, Social)]
    real: list[Intent] = [request for request in requests if not isinstance(request, Social | Unclear)]
    real = [request for request in real if not (isinstance(request, Make) and not request.actions)]
    if any(isinstance(request, Describe) and request.path for request in real):
        real = [request for request in real if request != Describe()]
    if real:
        return [*_one_export(real), *(replace(request, beside=True) for request in unclear)]
    if unclear:
        return [Unclear(". ".join(dict.fromkeys(request.text for request in unclear)))]
    return [*social, Unclear("")][:1]


def _one_export(requests: list[Intent]) -> list[Intent]:
    """'as bvh' 'and glb' are one export of one motion."""
    settled: list[Intent] = []
    for request in requests:
        last = settled[-1] if settled else None
        if isinstance(request, Export) and isinstance(last, Export) and request.target in ("", last.target):
            settled[-1] = replace(last, formats=tuple(dict.fromkeys((*last.formats, *request.formats))))
        else:
            settled.append(request)
    return settled
