"""What is done to the frames of a segment after its tokens were decoded: typed, ordered, kept with it.

Tokens stay what a part is; these are how it is shown. Nothing here calls a model, but for the tokens of
another motion whose limb is taken, which are decoded as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from ...motion_models.gestures.table import posed_action
from ...motion_models.motion.editing import cycles, shapes, timing
from ...motion_models.motion.editing.ground import led_along_floor
from ...motion_models.motion.editing.keyposes import Side
from ...motion_models.motion.editing.limbs import with_limb
from ...motion_models.motion.editing.planting import with_held_feet
from ...motion_models.motion.editing.posing import posed
from ...motion_models.motion.editing.stretch import Stretch, compose
from ...motion_models.motion.editing.timing import Span, Timing
from ...motion_models.motion.features import FRAMES_PER_TOKEN
from ..arguments.fields import Frozen
from ..arguments.operations import Limb
from ..batching import Tokens


class Take(Frozen):
    """Tokens as they are shown.

    before, after: the tokens they are decoded beside, which are not shown; None where they are decoded
    together with whatever stands there.
    """

    tokens: Tokens = Field(min_length=1)
    before: Tokens | None = None
    after: Tokens | None = None
    edits: tuple[FrameEdit, ...] = ()


class Speed(Frozen):
    """`factor` times as fast."""

    kind: Literal["speed"] = "speed"
    factor: float = Field(gt=0)

    @property
    def timing(self) -> Timing:
        return timing.Warp(self.factor)


class Keep(Frozen):
    """Only the frames from `start` to before `end`."""

    kind: Literal["keep"] = "keep"
    start: float
    end: float

    @property
    def timing(self) -> Timing:
        return timing.Keep(self.start, self.end)


class Reverse(Frozen):
    """Backwards."""

    kind: Literal["reverse"] = "reverse"

    @property
    def timing(self) -> Timing:
        return timing.Reverse()


class Hold(Frozen):
    """The last pose for `frames` more."""

    kind: Literal["hold"] = "hold"
    frames: int = Field(ge=1)

    @property
    def timing(self) -> Timing:
        return timing.Hold(self.frames)


class Mirror(Frozen):
    """Left and right exchanged."""

    kind: Literal["mirror"] = "mirror"

    def shown(self, stretch: Stretch) -> Stretch:
        return shapes.mirrored(stretch)


class Turn(Frozen):
    """All of it, and what follows, facing `degrees` further to the left."""

    kind: Literal["turn"] = "turn"
    degrees: float

    def shown(self, stretch: Stretch) -> Stretch:
        return shapes.turned(stretch, self.degrees)


class Shift(Frozen):
    """All of it, and what follows, moved: metres to the left and ahead; it alone, metres upwards."""

    kind: Literal["shift"] = "shift"
    x: float = 0.0
    z: float = 0.0
    y: float = 0.0

    def shown(self, stretch: Stretch) -> Stretch:
        return shapes.raised(shapes.shifted(stretch, self.x, self.z), self.y)


class TurnFurther(Frozen):
    """`degrees` more to the left in all, spread over the turning that there is; standing feet are held."""

    kind: Literal["turn further"] = "turn further"
    degrees: float

    def shown(self, stretch: Stretch) -> Stretch:
        return with_held_feet(shapes.turning_further(stretch, self.degrees), stretch)


class Stride(Frozen):
    """Over `factor` times as much ground; standing feet are held."""

    kind: Literal["stride"] = "stride"
    factor: float = Field(gt=0)

    def shown(self, stretch: Stretch) -> Stretch:
        return with_held_feet(shapes.striding(stretch, self.factor), stretch)


class Feet(Frozen):
    """Standing feet held where they stand, and none under the floor."""

    kind: Literal["feet"] = "feet"

    def shown(self, stretch: Stretch) -> Stretch:
        return with_held_feet(stretch)


class AlongFloor(Frozen):
    """Lowered slowly to a floor at y = 0, where it drifts."""

    kind: Literal["along floor"] = "along floor"

    def shown(self, stretch: Stretch) -> Stretch:
        return led_along_floor(stretch)


class Cycle(Frozen):
    """The frames from `start` to before `end` again and again, until it has so many frames."""

    kind: Literal["cycle"] = "cycle"
    start: int = Field(ge=0)
    end: int = Field(ge=1)
    frames: int = Field(ge=1)

    def shown(self, stretch: Stretch) -> Stretch:
        return cycles.repeated(stretch, self.start, self.end, self.frames)


class Path(Frozen):
    """Along the curve from its start through points (metres to the left, ahead): shares of its length.

    Standing feet are held.
    place: where it starts (x and z in metres, a heading in radians), seen from where the part before leads.
    """

    kind: Literal["path"] = "path"
    points: tuple[tuple[float, float], ...] = Field(min_length=1)
    first: float = 0.0
    last: float = 1.0
    place: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def shown(self, stretch: Stretch) -> Stretch:
        laid, _ = shapes.along(stretch, shapes.curve(self.points), self.first, self.last)
        return with_held_feet(replace(laid, offset=compose(stretch.offset, np.array(self.place))), stretch)


class Pose(Frozen):
    """The key poses of a posed action laid over it (see english/gestures.yaml of motion_models).

    sides: of each cycle, where they are not all on one. share: of the way and the turn that one cycle leads.
    """

    kind: Literal["pose"] = "pose"
    name: str
    side: Side = "right"
    times: int | None = Field(default=None, ge=1)
    sides: tuple[Side, ...] = ()
    share: float = Field(default=1.0, gt=0)

    @property
    def stays(self) -> bool:
        """Whether it ends in its last pose."""
        return posed_action(self.name).gesture.stays

    def shown(self, stretch: Stretch) -> Stretch:
        gesture = posed_action(self.name).gesture.gone(self.share)
        return posed(stretch, gesture, self.side, self.times, self.sides)


class Ring(Frozen):
    """It leads into the beginning of the motion whose end it is."""

    kind: Literal["ring"] = "ring"

    def shown(self, stretch: Stretch) -> Stretch:
        return stretch


class OtherLimb(Frozen):
    """A limb that moves as in another motion, whose takes follow each other."""

    kind: Literal["limb"] = "limb"
    limb: Limb
    donor: tuple[Take, ...] = Field(min_length=1)


InTime = Speed | Keep | Reverse | Hold
#: These change where it stands or its side, not when: their order among changes of time does not matter.
AnyTime = Mirror | Turn | Shift | Ring
FrameEdit = Annotated[
    InTime | AnyTime | TurnFurther | Stride | AlongFloor | Feet | Cycle | Path | Pose | OtherLimb,
    Field(discriminator="kind"),
]
Take.model_rebuild()

#: Decodes the takes of another motion.
Donor = Callable[[tuple[Take, ...]], Stretch]


def span_of(tokens: int, edits: Sequence[FrameEdit]) -> Span:
    """How long so many tokens are shown, in frames."""
    span = Span.of(tokens * FRAMES_PER_TOKEN)
    for edit in edits:
        if isinstance(edit, InTime):
            span = edit.timing.span(span)
        elif not isinstance(edit, AnyTime):
            span = Span.of(edit.frames if isinstance(edit, Cycle) else span.frames)
    return span


def placed_in_time(spans: Sequence[Span], edits: Sequence[Sequence[FrameEdit]]) -> list[tuple[int, float]]:
    """How many frames each of several parts shows, and how far after its start the first of them lies.

    Parts that are played faster or slower one after another share one clock, so that a motion of several
    parts is played like one of a single part; before any other part the clock starts anew.
    """
    found, late = [], 0.0
    for number, span in enumerate(spans):
        shares = number > 0 and _has_clock(edits[number]) and _has_clock(edits[number - 1])
        phase = late if shares else 0.0
        frames = max(1, timing.frame_at(span.length - phase))
        found.append((frames, phase))
        late = max(0.0, phase + frames - span.length)
        late = 0.0 if late < timing.ROUNDING else late
    return found


def shown(stretch: Stretch, edits: Sequence[FrameEdit], frames: int, phase: float, donor: Donor) -> Stretch:
    """A stretch of decoded frames as it is shown: `frames` of it, from `phase` on."""
    waiting: list[Timing] = []
    for edit in edits:
        if isinstance(edit, InTime):
            waiting.append(edit.timing)
        elif isinstance(edit, AnyTime):
            stretch = edit.shown(stretch)
        else:
            stretch = timing.retimed(stretch, waiting) if waiting else stretch
            waiting = []
            if isinstance(edit, OtherLimb):
                stretch = with_limb(stretch, donor(edit.donor), edit.limb)
            else:
                stretch = edit.shown(stretch)
    as_is = not waiting and phase == 0 and frames == stretch.frames
    return stretch if as_is else timing.retimed(stretch, waiting, phase, frames)


def _has_clock(edits: Sequence[FrameEdit]) -> bool:
    return any(isinstance(edit, Speed) for edit in edits)
