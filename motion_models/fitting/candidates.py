"""What a motion is worth for a request: what it keeps of it, what it shows, how likely its caption is."""

from __future__ import annotations

from dataclasses import dataclass

from ..english.demands import Demands
from ..motion.editing.stretch import Stretch
from ..motion.measures.kinematics import skating_ratio
from .actions import evidence, stooping
from .checks import Check, checks_of, misfit
from .remedies import Remedy, remedied, remedy_for

#: What a miss, an action that does not show, feet that always slide, a body bent all the time over an action
#: that is done upright, and an unlikely caption cost.
MISS, SHOWS, SKATES, STOOPS, UNLIKELY = 2.0, 1.0, 1.0, 2.0, 1.0
#: A correction of frames costs so much: a motion that needs none is better.
CORRECTED = 0.3
#: Separates the seeds of candidates; the first has the request's own.
_SEED_STRIDE = 1_000_003
#: A caption less likely than this (mean log p) is as bad as any.
UNLIKELIEST = -5.0


def candidate_seed(seed: int, number: int) -> int:
    """The seed of a request's candidate of this number, from 0 on; the same whatever else is made."""
    return (seed + _SEED_STRIDE * number) % 2**63


@dataclass(frozen=True)
class Worth:
    """What a motion keeps of a request, and what it costs: the less, the better.

    shows: whether it meets all that its action is known by. evident: whether there is something that it is
    known by, so that no other judge is needed. lacks: what of the cost is for demands that it misses and for
    an action that does not show.
    """

    checks: tuple[Check, ...]
    shows: bool
    cost: float
    evident: bool = False
    lacks: float = 0.0

    @property
    def kept(self) -> bool:
        """Whether nothing would be gained by another try."""
        return self.shows and all(check.met for check in self.checks)


def worth(
    demands: Demands,
    action: str,
    stretch: Stretch,
    score: float,
    *,
    corrected: bool = True,
    known_by: tuple[str, ...] = (),
) -> Worth:
    """Hold a motion against a request.

    action: its family, "" where unknown. score: mean log p of the caption. corrected: whether small
    corrections of frames will be made. known_by: see `evidence`.
    """
    remedy = remedy_for(demands, stretch) if corrected else Remedy()
    joints = remedied(remedy, stretch).shown
    checks = checks_of(demands, joints)
    shown = evidence(action, demands, joints, known_by)
    lacks = MISS * misfit(checks) + SHOWS * shown.lacking
    cost = lacks + SKATES * skating_ratio(joints)
    cost += CORRECTED * remedy.size - UNLIKELY * max(score, UNLIKELIEST)
    cost += STOOPS * stooping(action, demands, joints)
    shows = shown.lacking == 0
    return Worth(tuple(checks), shows, round(float(cost), 9), shows and shown.known, lacks)
