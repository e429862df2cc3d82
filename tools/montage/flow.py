"""New parts among others, with what leads from one into the next: what composing and editing share.

Every new part gives some of its own time to the transitions at its ends, so lengths stay as asked; parts that
are there already stay token for token as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ...motion_models.motion.features import ROOT_HEIGHT, SECONDS_PER_TOKEN
from ..batching import Tokens
from ..services import Services
from .making import Parts, generate_parts
from .parts import SEEN_BESIDE, NewPart, Part, as_seen
from .transitions import VIEW_TOKENS, boundary_costs, connecting

Piece = Part | NewPart

#: What a part that only connects its neighbours is called.
CONNECTION = "a transition"

#: What a new part gives to a transition, in tokens: 0.4 s in all where its neighbour gives as much, 0.6 s
#: where the neighbour stays as it is. Longer ones are smoother and cost actions (docs/composition.md).
SHARED_TOKENS, OWN_TOKENS = 1, 3
#: A part gives at most one in so many of its tokens at either end, so that short ones keep half of theirs.
GIVEN_SHARE = 4
#: Whoever ends with the pelvis lower than this (metres) sits, squats or lies.
LOW = 0.65


def flowing(services: Services, pieces: Sequence[Piece]) -> Parts:
    """The pieces as parts: requests generated side by side, and led over into each other.

    A request that goes on with the action before it is generated in its context instead. So is, as a second
    candidate, one that comes after a low pose ("lies face up, then stands up"); the better boundary wins.
    """
    margins = [(_margin(pieces, n, n - 1), _margin(pieces, n, n + 1)) for n in range(len(pieces))]
    inner = [_shortened(piece, sum(margin)) for piece, margin in zip(pieces, margins, strict=True)]
    parts = yield from _generated(services, inner)
    parts = yield from _out_of_low_poses(services, inner, parts)
    return _connected(services, parts, margins)


def _generated(services: Services, pieces: Sequence[Piece]) -> Parts:
    """All pieces as parts; those that go on with the one before wait for it."""
    parts = {n: piece for n, piece in enumerate(pieces) if isinstance(piece, Part)}
    while len(parts) < len(pieces):
        requests = {
            n: replace(piece, after=as_seen(services, parts[n - 1])) if _continues(pieces, n) else piece
            for n, piece in enumerate(pieces)
            if n not in parts and isinstance(piece, NewPart)
            if not _continues(pieces, n) or n - 1 in parts
        }
        made = yield from generate_parts(services, list(requests.values()))
        parts |= dict(zip(requests, made, strict=True))
    return [parts[n] for n in range(len(pieces))]


def _continues(pieces: Sequence[Piece], n: int) -> bool:
    """Whether piece n is a request that goes on with the action of the piece before."""
    inside = 0 < n < len(pieces) and isinstance(pieces[n], NewPart)
    return inside and pieces[n].description == pieces[n - 1].description


def _margin(pieces: Sequence[Piece], n: int, other: int) -> int:
    """How many tokens piece n gives to the transition between it and its neighbour."""
    piece = pieces[n]
    if isinstance(piece, Part) or not 0 <= other < len(pieces) or _continues(pieces, max(n, other)):
        return 0
    most = SHARED_TOKENS if isinstance(pieces[other], NewPart) else OWN_TOKENS
    if piece.seconds is None:
        return most
    tokens = round(piece.seconds / SECONDS_PER_TOKEN)
    return min(most, max(tokens // GIVEN_SHARE, int(tokens > 2)))


def _shortened(piece: Piece, tokens: int) -> Piece:
    """A request for so much less; natural lengths stay natural."""
    if isinstance(piece, Part) or piece.seconds is None or tokens == 0:
        return piece
    return replace(piece, seconds=piece.seconds - tokens * SECONDS_PER_TOKEN, asked=piece.seconds)


def _out_of_low_poses(services: Services, pieces: Sequence[Piece], parts: list[Part]) -> Parts:
    """Try requests after a low pose again in its context, and keep what joins it better.

    Not those that a later part goes on with: it would go on with what is no longer there.
    """
    requests = {
        n: replace(piece, after=before)
        for n, piece in enumerate(pieces)
        if n > 0 and isinstance(piece, NewPart)
        if not _continues(pieces, n) and not _continues(pieces, n + 1)
        if _ends_low(services, (before := as_seen(services, parts[n - 1])).tokens)
    }
    if not requests:
        return parts
    tried = yield from generate_parts(services, list(requests.values()))
    kept = list(parts)
    for n, other in zip(requests, tried, strict=True):
        before = as_seen(services, kept[n - 1]).tokens
        first, second = boundary_costs(services, [(before, (), part.tokens) for part in (kept[n], other)])
        kept[n] = other if second < first else kept[n]
    return kept


def _ends_low(services: Services, tokens: Tokens) -> bool:
    return bool((services.decode(tokens[-VIEW_TOKENS:])[-1, ROOT_HEIGHT] < LOW).all())


def _connected(services: Services, parts: Sequence[Part], margins: Sequence[tuple[int, int]]) -> list[Part]:
    """The parts with their shares of the transitions before and after them.

    A new part beside one that something was done to is decoded beside how that one looks.
    """
    leads: list[Tokens] = [()] * len(parts)
    tails: list[Tokens] = [()] * len(parts)
    seen = [as_seen(services, part) for part in parts]
    for n, (before, after) in enumerate(pairwise(seen), 1):
        given, taken = margins[n - 1][1], margins[n][0]
        way = connecting(services, before.tokens, after.tokens, given + taken)
        posed = parts[n - 1].ends_posed
        tails[n - 1] = parts[n - 1].tokens[-1:] * given if posed else way[:given]
        leads[n] = way[given:]
    return [
        replace(
            part,
            tokens=lead + part.tokens + tail,
            before=_beside(parts, seen, n, n - 1, part.before),
            after=_beside(parts, seen, n, n + 1, part.after),
            divisions=tuple(len(lead) + division for division in part.divisions),
        )
        for n, (part, lead, tail) in enumerate(zip(parts, leads, tails, strict=True))
    ]


def connection(services: Services, left: Part, right: Part, count: int) -> Part:
    """A new part of `count` tokens that leads from one part into another."""
    parts = [left, Part(CONNECTION, ()), right]
    seen = [as_seen(services, left), parts[1], as_seen(services, right)]
    return replace(
        parts[1],
        tokens=connecting(services, seen[0].tokens, seen[2].tokens, count),
        before=_beside(parts, seen, 1, 0, None),
        after=_beside(parts, seen, 1, 2, None),
    )


def _beside(
    parts: Sequence[Part], seen: Sequence[Part], n: int, other: int, known: Tokens | None
) -> Tokens | None:
    """What part n is decoded beside where its neighbour is shown otherwise than its tokens say."""
    if known is not None or parts[n].edits or not 0 <= other < len(parts) or not parts[other].edits:
        return known
    tokens = seen[other].tokens
    return tokens[-SEEN_BESIDE:] if other < n else tokens[:SEEN_BESIDE]
