"""A motion as a list of parts: what composing and editing work on.

A `Part` is one segment of a timeline with its tokens. Editing replaces parts in the list and joins them
again, so what an edit does not touch stays token for token the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from ...motion_models.english.demands import Demands
from ...motion_models.fitting.checks import Check
from ...motion_models.motion.editing.timing import Span
from ...motion_models.motion.features import FPS
from ..batching import Tokens
from ..clips.frame_edits import FrameEdit, Pose, Take, span_of
from ..memory import ClipDraft, ClipSegment, MotionClip, unique
from ..rendering import encoded, render_apart
from ..services import Services

#: The longest stretch a backend makes in one go, in tokens (9.8 s, the longest clip of the datasets); longer
#: ones are made in pieces, each in the context of the piece before.
PIECE_TOKENS = 49
#: How much of an action is shown where it goes on, in tokens (2 s).
CONTEXT_TOKENS = 10
#: How much of another action is shown before a new one, in tokens (0.6 s): enough to tell sitting from lying.
#: With more, the shipped model goes on with what it sees instead of what it is asked (docs/results.md).
TRANSITION_TOKENS = 3
#: How many tokens on either side a part keeps that it is decoded beside (4.8 s): no decoder sees further.
SEEN_BESIDE = 24
#: More segments than this are summed up in a description.
DESCRIBED = 12


@dataclass(frozen=True)
class Part:
    """One segment with its tokens. prompt: what the model was prompted with, "" for recorded motion.

    notes: what its words could not give; they stay with it wherever it goes. edits, before, after: see
    `ClipSegment`. checks: what of its demands was reached. demands: those of a part that was just made and
    is still to be measured. times: how often it does the same, from one of the `divisions`, offsets of its
    tokens, to the next.
    """

    description: str
    tokens: Tokens
    prompt: str = ""
    seed: int | None = None
    notes: tuple[str, ...] = ()
    edits: tuple[FrameEdit, ...] = ()
    before: Tokens | None = None
    after: Tokens | None = None
    checks: tuple[Check, ...] = ()
    demands: Demands | None = None
    times: int = 1
    divisions: tuple[int, ...] = ()

    @property
    def span(self) -> Span:
        """How long it is shown, in frames."""
        return span_of(len(self.tokens), self.edits)

    @property
    def seconds(self) -> float:
        return self.span.length / FPS

    @property
    def ends_posed(self) -> bool:
        """Whether it ends in a key pose, which is laid over whatever its last tokens show."""
        return any(isinstance(edit, Pose) and edit.stays for edit in self.edits)

    @property
    def take(self) -> Take:
        return Take(tokens=self.tokens, edits=self.edits, before=self.before, after=self.after)


@dataclass(frozen=True)
class NewPart:
    """A part to generate, right after another one where there is one. times: how often it is to happen.

    seconds: how much of it to make; asked: how long it will be with what leads into it and out of it.
    """

    description: str
    seconds: float | None
    seed: int
    after: Part | None = None
    times: int = 1
    asked: float | None = None


def opening(request: NewPart) -> Tokens:
    """What the backend is shown of the part before: more of it when the same action goes on."""
    if request.after is None:
        return ()
    return request.after.tokens[-(CONTEXT_TOKENS if goes_on(request) else TRANSITION_TOKENS) :]


def goes_on(request: NewPart) -> bool:
    """Whether a part goes on with the action of the part before it."""
    return request.after is not None and request.after.description == request.description


def parts_of(clip: MotionClip) -> list[Part]:
    """The parts of a motion in memory; `draft(...)` of them gives the same tokens, timeline, look and notes.

    Nobody knows which part a note of the whole is about, so each part takes it along.
    """
    whole = clip.notes_of_the_whole
    return [
        Part(
            piece.description,
            clip.tokens[piece.start : piece.end],
            piece.prompt,
            piece.seed,
            unique(piece.notes + whole),
            piece.edits,
            piece.before,
            piece.after,
            piece.checks,
        )
        for piece in clip.timeline
    ]


def joined(parts: Sequence[Part]) -> Tokens:
    """The tokens of all parts, one after another."""
    return tuple(token for part in parts for token in part.tokens)


def draft(parts: Sequence[Part], source: str, **fields: object) -> ClipDraft:
    """Lay parts on one timeline, each with its notes."""
    timeline, start = [], 0
    for part in opened(parts):
        end = start + len(part.tokens)
        timeline.append(
            ClipSegment(
                description=part.description,
                start=start,
                end=end,
                prompt=part.prompt,
                seed=part.seed,
                notes=part.notes,
                checks=part.checks,
                edits=part.edits,
                before=part.before,
                after=part.after,
            )
        )
        start = end
    values = {
        "description": describe([part.description for part in parts]),
        "tokens": joined(parts),
        "timeline": tuple(timeline),
        "source": source,
    }
    return ClipDraft.model_validate(values | fields)


def guarded(parts: Sequence[Part]) -> list[Part]:
    """The parts, but those that something was done to, and their neighbours, look as they do for good.

    They keep what they are decoded beside, whatever comes to stand there.
    """
    where = [n for n in range(len(parts) + 1) if any(part.edits for part in parts[max(0, n - 1) : n + 1])]
    return closed(parts, where)


def closed(parts: Sequence[Part], where: Sequence[int]) -> list[Part]:
    """The parts, but those at the seams numbered in `where` keep what they are decoded beside."""
    kept = list(parts)
    for n in where:
        if n > 0 and kept[n - 1].after is None:
            kept[n - 1] = replace(kept[n - 1], after=_tokens_after(parts, n - 1))
        if n < len(kept) and kept[n].before is None:
            kept[n] = replace(kept[n], before=_tokens_before(parts, n))
    return kept


def opened(parts: Sequence[Part]) -> list[Part]:
    """The parts, but neighbours that nothing was done to are decoded together, and alone at the ends."""
    kept = list(parts)
    for n in range(1, len(kept)):
        if not kept[n - 1].edits and not kept[n].edits:
            kept[n - 1], kept[n] = replace(kept[n - 1], after=None), replace(kept[n], before=None)
    if not kept[0].edits and not kept[0].before:
        kept[0] = replace(kept[0], before=None)
    if not kept[-1].edits and not kept[-1].after:
        kept[-1] = replace(kept[-1], after=None)
    return kept


def _tokens_after(parts: Sequence[Part], n: int) -> Tokens:
    """What part n is decoded beside at its end."""
    found: Tokens = ()
    while parts[n].after is None and n + 1 < len(parts) and parts[n + 1].before is None:
        n += 1
        found += parts[n].tokens
    return (found + (parts[n].after or ()))[:SEEN_BESIDE]


def _tokens_before(parts: Sequence[Part], n: int) -> Tokens:
    """What part n is decoded beside at its start."""
    found: Tokens = ()
    while parts[n].before is None and n > 0 and parts[n - 1].after is None:
        n -= 1
        found = parts[n].tokens + found
    return ((parts[n].before or ()) + found)[-SEEN_BESIDE:]


def as_seen(services: Services, part: Part) -> Part:
    """A part whose tokens say how it is shown, for whatever goes by tokens; the part itself, if they do."""
    if not part.edits:
        return part
    [stretch] = render_apart(services, [part.take])
    return replace(part, tokens=encoded(services.encode_closely, stretch), edits=(), before=None, after=None)


def describe(descriptions: Sequence[str]) -> str:
    """One sentence for a sequence: repeats are counted, very long ones are summed up."""
    counted = [(text, len(list(group))) for text, group in groupby(descriptions)]
    words = [text if count == 1 else f"{text} ({count} times)" for text, count in counted]
    if len(words) > DESCRIBED:
        words = [*words[:DESCRIBED], f"and {len(words) - DESCRIBED} more"]
    return ", then ".join(words)
