"""Several candidates of a new part, measured on their joints: the best one is kept, cut to what was asked.

A round makes as many candidates as the backend thinks worth making, and more where a request names numbers.
Where none of them keeps its demands, further rounds follow, up to a budget; what a model can only undo is
shown backwards; a way that is too short is gone on with. Every number is fixed beforehand, so a seed gives
the same motion whatever is made beside it.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

from ...motion_models.english.demands import Demands, Ending, read_demands
from ...motion_models.fitting.candidates import candidate_seed, worth
from ...motion_models.fitting.checks import Check
from ...motion_models.fitting.lengths import least_seconds
from ...motion_models.fitting.windows import Fit, fit
from ...motion_models.motion.editing.stretch import Stretch, stretches
from ...motion_models.motion.editing.timing import Reverse, retimed
from ...motion_models.motion.features import SECONDS_PER_TOKEN
from ..batching import Job, Tokens
from ..rendering import encoded
from ..services import Services

#: Candidates of a request that names numbers, sides or paths, in one round; others have the backend's.
DEMANDING = 8
#: Rounds at most, and so many more for what still lacks metres.
ROUNDS, LONGER = 3, 4
#: What it costs to stop at once where a motion should go on for a while.
SHORT = 0.5
#: What ends in a posture when it is shown backwards: a motion that few recordings begin with.
UNDONE: dict[Ending, str] = {"lying": "a person gets up from the floor"}
#: How much of a motion is judged by its caption: no more than a model was trained on, in tokens.
JUDGED_TOKENS = 49


@dataclass(frozen=True)
class Wanted:
    """What candidates are made for. prompt, action: the backend's reading; seconds None: a natural length.

    plain: the fewest words that name the action, "" where all words matter. foreign: whether the prefix shows
    another action than the one that is wanted. cut: whether their length may be cut to what was asked for.
    known_by: predicates that show the action, where there are better ones than its family's. rounds: how many
    there are at most.
    """

    demands: Demands
    prompt: str
    action: str
    seconds: float | None
    seed: int
    prefix: Tokens = ()
    before: Tokens = ()
    plain: str = ""
    foreign: bool = False
    cut: bool = True
    known_by: tuple[str, ...] = ()
    rounds: int = ROUNDS

    @property
    def least_seconds(self) -> float:
        """Shorter than this a motion of natural length is too short."""
        return least_seconds(self.demands) if self.seconds is None else 0.0


@dataclass(frozen=True)
class Candidate:
    """One motion for a request: its tokens, what it keeps once corrected, and what it costs.

    prompt: what it was made from, or shows backwards. kept: whether it keeps all of it and shows its action.
    evident: whether its joints show that it does. early: whether it stops too soon. lacks: see `Worth`.
    """

    prompt: str
    tokens: Tokens
    divisions: tuple[int, ...]
    checks: tuple[Check, ...]
    kept: bool
    cost: float
    evident: bool = False
    early: bool = False
    lacks: float = 0.0

    @property
    def too_short(self) -> bool:
        """Whether it stops before it lasted as long, or got as far, as it should."""
        return self.early or any(
            check.what == "metres" and not check.met and float(check.reached) < float(check.asked)
            for check in self.checks
        )


Choosing = Generator[list[Job], list[Tokens], Candidate]


def side_by_side(works: Sequence[Choosing]) -> Generator[list[Job], list[Tokens], list[Candidate]]:
    """Several choices at once: what they ask for in one round is one batch."""
    asked = {number: next(work) for number, work in enumerate(works)}
    done: dict[int, Candidate] = {}
    while asked:
        made = iter((yield [job for jobs in asked.values() for job in jobs]))
        given = {number: [next(made) for _ in jobs] for number, jobs in asked.items()}
        asked = {}
        for number, tokens in given.items():
            try:
                asked[number] = works[number].send(tokens)
            except StopIteration as finished:
                done[number] = finished.value
    return [done[number] for number in range(len(works))]


def choose(services: Services, wanted: Wanted) -> Choosing:
    """The best candidate of the rounds that a request is worth."""
    count = services.candidates if services.candidates == 1 or not wanted.demands.quantified else DEMANDING
    best: Candidate | None = None
    for number in range(wanted.rounds if services.candidates > 1 else 1):
        asked = jobs(wanted, count, number)
        made = yield asked
        found = min(judged(services, wanted, asked, made), key=lambda candidate: candidate.cost)
        best = found if best is None or found.cost < best.cost else best
        if best.kept:
            break
    assert best is not None  # there is a first round
    if best.kept or services.candidates == 1 or (undone := _undone(wanted)) is None:
        return best
    up = yield from choose(services, undone)
    down = judged(services, wanted, jobs(wanted, 1, 0), [_backwards(services, up.tokens)])
    return min([best, *down], key=lambda candidate: candidate.cost)


def _undone(wanted: Wanted) -> Wanted | None:
    """What shows a way down when it is played backwards; None where nothing is known to."""
    prompt = UNDONE.get(wanted.demands.ends) if wanted.demands.ends and wanted.demands.lowers else None
    if prompt is None or wanted.before:
        return None
    return replace(wanted, demands=read_demands(prompt), prompt=prompt, action="", prefix=(), plain="")


def _backwards(services: Services, tokens: Tokens) -> Tokens:
    """The tokens of a motion from its end to its start."""
    [stretch] = shown(services, [tokens])
    return encoded(services.encode_closely, retimed(stretch, [Reverse()]))


def jobs(wanted: Wanted, count: int, number: int) -> list[Job]:
    """The candidates of one round.

    After the first, every other one is made without what can hold a model back: the context of another
    action, and words beside the plain name of its own.
    """
    return [
        Job(
            prompt=(eased and wanted.plain) or wanted.prompt,
            seconds=wanted.seconds,
            seed=candidate_seed(wanted.seed, number * count + k),
            prefix=() if eased and wanted.foreign else wanted.prefix,
        )
        for k in range(count)
        for eased in [number > 0 and k % 2 == 1]
    ]


def judged(
    services: Services, wanted: Wanted, asked: Sequence[Job], made: Sequence[Tokens]
) -> list[Candidate]:
    """Each motion, cut and corrected to what was asked for, with its cost."""
    whole = [wanted.before + tokens for tokens in made]
    stretched = shown(services, whole)
    fits = [fit(wanted.demands, stretch.shown, cut=wanted.cut) for stretch in stretched]
    cut = [_taken(tokens, found) for tokens, found in zip(whole, fits, strict=True)]
    again = [n for n, tokens in enumerate(cut) if tokens != whole[n]]
    for n, stretch in zip(again, shown(services, [cut[n] for n in again]), strict=True):
        stretched[n] = stretch
    scores = services.judge([wanted.prompt] * len(cut), [tokens[-JUDGED_TOKENS:] for tokens in cut])
    found = []
    for job, tokens, each, stretch, score in zip(asked, cut, fits, stretched, scores, strict=True):
        worthy = worth(wanted.demands, wanted.action, stretch, score, known_by=wanted.known_by)
        # A backend that makes one motion only is taken at its word, in length as well.
        lacks = _lacking_seconds(wanted, tokens) if services.candidates > 1 else 0.0
        found.append(
            Candidate(
                job.prompt,
                tokens,
                each.divisions,
                worthy.checks,
                worthy.kept,
                worthy.cost + SHORT * lacks,
                evident=worthy.evident,
                early=lacks > 0,
                lacks=worthy.lacks,
            )
        )
    return found


def _lacking_seconds(wanted: Wanted, tokens: Tokens) -> float:
    """How much of the time is missing that it should last at least, as a share of it."""
    least = wanted.least_seconds
    return max(0.0, 1 - len(tokens) * SECONDS_PER_TOKEN / least) if least else 0.0


def shown(services: Services, motions: Sequence[Tokens]) -> list[Stretch]:
    """The frames of each motion."""
    return [stretches(features, [0, len(features)])[0] for features in services.decode_all(motions)]


def _taken(tokens: Tokens, found: Fit) -> Tokens:
    return tuple(tokens[n] for n in found.tokens)
