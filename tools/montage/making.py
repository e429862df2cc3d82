"""New parts: made by the backend, and of key poses where it does not know or does not show an action."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

from ...motion_models.english.demands import Demands, read_demands
from ...motion_models.english.families import families
from ...motion_models.english.inflections import WORD
from ...motion_models.english.interpretation import Interpretation
from ...motion_models.english.lexicon import common_words
from ...motion_models.fitting.lengths import needed_seconds
from ...motion_models.gestures.reading import Posing, posing, side_said
from ...motion_models.gestures.stand_ins import stand_in
from ...motion_models.gestures.table import STANDING
from ...motion_models.motion.features import SECONDS_PER_TOKEN
from ..batching import Job, Tokens
from ..services import Services
from .checking import doubts
from .choosing import LONGER, ROUNDS, Candidate, Choosing, Wanted, choose, side_by_side
from .parts import CONTEXT_TOKENS, PIECE_TOKENS, NewPart, Part, goes_on, opening
from .standing_in import Posed, posed_better

#: What a motion of somebody who only stands under key poses shows.
AT_EASE = ("stands_at_ease",)

#: Work that asks for motions and makes parts of them.
Parts = Generator[list[Job], list[Tokens], list[Part]]


def generate_parts(services: Services, requests: Sequence[NewPart]) -> Parts:
    """Generate parts side by side, each the best of its candidates.

    Where none of them shows what was asked and key poses stand behind its action, it is made of these as
    well, and the better of the two is kept.
    """
    read = [_read(services, request) for request in requests]
    made = yield from side_by_side(
        [_making(services, request, each) for request, each in zip(requests, read, strict=True)]
    )
    posed = yield from _stood_in(services, requests, read, made)
    told = [n for n in range(len(made)) if n not in posed]
    seen = doubts(
        services,
        [read[n].reading for n in told],
        [made[n].tokens[-PIECE_TOKENS:] for n in told],
        evident=[made[n].evident for n in told],
    )
    notes = {n: (*_eased(read[n].reading, made[n]), *doubt) for n, doubt in zip(told, seen, strict=True)}
    return [
        _part(request, each, posed.get(n, Posed(one, each.poses)), notes.get(n, ()))
        for n, (request, each, one) in enumerate(zip(requests, read, made, strict=True))
    ]


def _part(request: NewPart, read: _Read, made: Posed, notes: tuple[str, ...]) -> Part:
    return Part(
        request.description,
        made.motion.tokens,
        made.motion.prompt,
        request.seed,
        (*_notes(read.reading), *notes),
        edits=made.edits,
        demands=read.demands,
        times=request.times,
        divisions=made.motion.divisions,
    )


@dataclass(frozen=True)
class _Read:
    """What can be checked of a request, how the backend reads it, and what is laid over that as key poses.

    behind: how it is read for key poses that can stand in for what the backend makes; known_by: the
    predicates that these show, and that its motion is held against.
    """

    demands: Demands
    reading: Interpretation
    poses: tuple[Posing, ...] = ()
    behind: Interpretation | None = None
    known_by: tuple[str, ...] = ()


def _read(services: Services, request: NewPart) -> _Read:
    demands = read_demands(request.description)
    reading = services.interpret(demands.text)
    if reading.posed:
        return _read_posed(services, request, services.interpret(request.description))
    if request.times > 1:
        demands = demands.repeated(request.times)
    found = stand_in(request.description)
    behind = None if found is None else services.interpret_behind(request.description)
    known_by = () if found is None or behind is None else found.conditions(side_said(request.description))
    return _Read(_lasting(demands, request), reading, (), behind, known_by)


def _read_posed(services: Services, request: NewPart, whole: Interpretation) -> _Read:
    """A request whose key poses are laid over the motion of what is asked for beside them."""
    poses = tuple(posing(request.description, name).repeated(request.times) for name in whole.posed)
    demands = read_demands(whole.beside)
    base = services.interpret(demands.text)
    demands = demands if demands.going or demands.lowers else demands.floor_alone
    known_by = AT_EASE if whole.beside == STANDING else ()
    reading = replace(whole, text=base.text, action=base.action)
    return _Read(_lasting(demands, request), reading, poses, known_by=known_by)


def _lasting(demands: Demands, request: NewPart) -> Demands:
    return replace(demands, seconds=request.seconds if request.asked is None else request.asked)


def _stood_in(
    services: Services, requests: Sequence[NewPart], read: Sequence[_Read], made: Sequence[Candidate]
) -> Generator[list[Job], list[Tokens], dict[int, Posed]]:
    """By number the motions of key poses that show what was asked better than what was made."""
    behind = {
        n: _read_posed(services, request, each.behind)
        for n, (request, each, one) in enumerate(zip(requests, read, made, strict=True))
        if each.behind is not None and not one.kept
    }
    bases = yield from side_by_side([_making(services, requests[n], each) for n, each in behind.items()])
    found = {
        n: posed_better(services, read[n].demands, read[n].known_by, made[n], Posed(base, each.poses))
        for (n, each), base in zip(behind.items(), bases, strict=True)
    }
    return {n: posed for n, posed in found.items() if posed is not None}


def _making(services: Services, request: NewPart, read: _Read) -> Choosing:
    """One part: what is longer than one piece goes on in the context of its own piece, and so does what has
    not got as far as it should."""
    demands, reading = read.demands, read.reading
    lengths_of_poses = [pose.seconds for pose in read.poses if pose.seconds is not None]
    seconds = request.seconds if request.seconds is not None else needed_seconds(demands)
    if seconds is None and lengths_of_poses and not demands.going:
        seconds = max(lengths_of_poses)
    services.check_seconds(seconds or 0.0)
    lengths = _piece_lengths(seconds)
    start, best = opening(request), None
    for piece in range(len(lengths) + LONGER):
        before = best.tokens if best else ()
        last = piece >= len(lengths) - 1
        wanted = Wanted(
            demands=demands if last else demands.underway,
            prompt=reading.text,
            action=reading.action,
            seconds=lengths[min(piece, len(lengths) - 1)],
            seed=request.seed + piece,
            prefix=(start + before)[-CONTEXT_TOKENS:],
            before=before,
            plain=_plainly(reading.action) if _has_manner_alone(demands) else "",
            foreign=not before and not goes_on(request),
            cut=last and (request.seconds is None or demands.count is not None),
            known_by=read.known_by,
            rounds=ROUNDS if read.behind is None else 1,
        )
        best = yield from choose(services, wanted)
        if last and not (wanted.cut and best.too_short):
            break
    assert best is not None  # there is a first piece
    return best


def _has_manner_alone(demands: Demands) -> bool:
    """Whether words beside the name of an action only say how somebody goes, and no number or way."""
    return bool(demands.going) and not demands.quantified and demands.direction in (None, "forward")


def _plainly(action: str) -> str:
    """The fewest words that name an action; "" for one that is no family's."""
    family = families().get(action)
    return family.description if family else ""


def _eased(reading: Interpretation, made: Candidate) -> tuple[str, ...]:
    """What to say of a part that was made from fewer words than it was asked for with, and lacks any.

    Words that say nothing of an action are not missed where the joints show it.
    """
    lost = set(WORD.findall(reading.text)) - set(WORD.findall(made.prompt)) - common_words()
    if made.prompt == reading.text or (made.kept and made.evident and not lost):
        return ()
    return (f"'{reading.text}' did not come out; this is '{made.prompt}'",)


def _piece_lengths(seconds: float | None) -> list[float | None]:
    """How long each piece is, in seconds: as few pieces as possible, of nearly equal length."""
    if seconds is None:
        return [None]
    total = max(1, round(seconds / SECONDS_PER_TOKEN))
    count = -(-total // PIECE_TOKENS)
    tokens = [total // count + (piece < total % count) for piece in range(count)]
    return [round(length * SECONDS_PER_TOKEN, 3) for length in tokens]


def _notes(reading: Interpretation) -> tuple[str, ...]:
    """What the user should know of how a request was read; unknown words are never passed over."""
    if reading.unknown and not reading.notes:
        return (f"unknown words: {', '.join(reading.unknown)}; used: {reading.action or reading.text}",)
    return reading.notes
