"""New parts measured where they ended up: what of their demands was reached, and in words what was not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ...motion_models.fitting.checks import Check, checks_of
from ...motion_models.motion.features import FRAMES_PER_TOKEN, recover_joints
from ..memory import unique
from ..services import Services
from .parts import Part, joined


def measured(services: Services, parts: Sequence[Part]) -> list[Part]:
    """The parts with their checks and notes; those that do something several times as one part for each time.

    Only new parts are measured: what is edited exactly was not asked for in words.
    """
    if all(part.demands is None for part in parts):
        return list(parts)
    joints = recover_joints(services.decode(joined(parts)))
    told, start = [], 0
    for part in parts:
        end = start + len(part.tokens)
        stretch = joints[start * FRAMES_PER_TOKEN : end * FRAMES_PER_TOKEN]
        told += [part] if part.demands is None else _told(part, tuple(checks_of(part.demands, stretch)))
        start = end
    return told


def _told(part: Part, checks: tuple[Check, ...]) -> list[Part]:
    missed = tuple(check.says for check in checks if not check.met)
    whole = replace(part, checks=checks, notes=unique(part.notes + missed), demands=None)
    return [whole] if part.times == 1 else _divided(whole)


def _divided(part: Part) -> list[Part]:
    """One part for each time; each is told its share of what is counted, the first all the rest."""
    count = len(part.tokens)
    inner = part.divisions
    if len(inner) != part.times - 1:
        inner = tuple(round(count * n / part.times) for n in range(1, part.times))
    edges = [0, *inner, count]
    return [
        replace(
            part,
            tokens=part.tokens[start:end],
            checks=_share(part.checks, part.times, number),
            times=1,
            divisions=(),
        )
        for number, (start, end) in enumerate(pairwise(edges))
        if end > start
    ]


def _share(checks: tuple[Check, ...], times: int, number: int) -> tuple[Check, ...]:
    """What part `number` of `times` says of the checks of all of them."""
    shares = []
    for check in checks:
        if check.counted:
            asked, reached = (divmod(round(float(value)), times) for value in (check.asked, check.reached))
            own = [each + (number < more) for each, more in (asked, reached)]
            shares.append(replace(check, asked=float(own[0]), reached=float(own[1]), met=check.met))
        elif number == 0:
            shares.append(check)
    return tuple(shares)
