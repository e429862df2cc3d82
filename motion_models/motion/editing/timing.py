"""Time as a motion is cut, played faster, slower or backwards, and held: exact, however often it is done.

A chain of such changes is one map from the frames that are shown to times of the frames that there are, which
are looked up once. Twice as fast and then half as fast gives back the very frames, not an average of some.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from .stretch import MARGIN, Stretch, settled

Times = npt.NDArray[np.float64]
#: What is shorter than this, in frames, is rounding and no frame.
ROUNDING = 1e-6


@dataclass(frozen=True)
class Span:
    """How long something lasts, in frames. last: the time of its last frame; the first is at 0."""

    length: float
    last: float

    @classmethod
    def of(cls, frames: int) -> Span:
        return cls(float(frames), frames - 1.0)

    @property
    def frames(self) -> int:
        """How many frames show it: those at 0, 1, 2, ... before its end."""
        return frame_at(self.length)


class Timing(Protocol):
    """A change of time. span: what becomes of a span. source: when something is shown, before the change."""

    def span(self, before: Span) -> Span: ...

    def source(self, times: Times, before: Span) -> Times: ...


@dataclass(frozen=True)
class Warp:
    """`factor` times as fast."""

    factor: float

    def span(self, before: Span) -> Span:
        return Span(before.length / self.factor, before.last / self.factor)

    def source(self, times: Times, before: Span) -> Times:
        return times * self.factor


@dataclass(frozen=True)
class Keep:
    """Only what is from `start` to before `end`, in frames."""

    start: float
    end: float

    def span(self, before: Span) -> Span:
        length = self.end - self.start
        return Span(length, frame_at(length) - 1.0)

    def source(self, times: Times, before: Span) -> Times:
        return times + self.start


@dataclass(frozen=True)
class Reverse:
    """Backwards, from the last frame to the first."""

    def span(self, before: Span) -> Span:
        return before

    def source(self, times: Times, before: Span) -> Times:
        return before.last - times


@dataclass(frozen=True)
class Hold:
    """The last pose for `frames` more."""

    frames: int

    def span(self, before: Span) -> Span:
        length = before.frames + self.frames
        return Span(float(length), length - 1.0)

    def source(self, times: Times, before: Span) -> Times:
        return np.minimum(times, before.frames - 1.0)


def frame_at(time: float) -> int:
    """The first whole frame at or after a time, but for rounding."""
    return int(np.ceil(time - ROUNDING))


def after(changes: list[Timing], span: Span) -> Span:
    """What becomes of a span by one change after another."""
    for change in changes:
        span = change.span(span)
    return span


def retimed(
    stretch: Stretch, changes: list[Timing], phase: float = 0.0, frames: int | None = None
) -> Stretch:
    """A stretch by one change of time after another.

    The frames shown are those at `phase`, phase + 1, ...: `frames` of them, or as many as there are.
    """
    spans = [Span.of(stretch.frames)]
    for change in changes:
        spans.append(change.span(spans[-1]))
    count = spans[-1].frames if frames is None else frames
    times = phase + np.arange(-float(MARGIN), count + MARGIN)
    for change, before in zip(reversed(changes), reversed(spans[:-1]), strict=True):
        times = change.source(times, before)
    return _at(stretch, times)


def _at(stretch: Stretch, times: Times) -> Stretch:
    """The frames at `times`, on the straight line between the two around each; beyond the ends, on theirs."""
    rows = times + MARGIN
    low = np.clip(np.floor(rows + ROUNDING).astype(int), 0, len(stretch.joints) - 2)
    share = rows - low
    share = np.where(np.abs(share - np.round(share)) < ROUNDING, np.round(share), share)

    def between(values: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
        weight = share.reshape(-1, *[1] * (values.ndim - 1))
        return values[low] * (1 - weight) + values[low + 1] * weight

    return settled(between(stretch.joints), between(stretch.roots), stretch.offset)
