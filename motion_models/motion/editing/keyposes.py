"""What a gesture is: a cycle of key poses, each told by where hands, feet and trunk are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Side = Literal["left", "right"]
#: What a hand's place is measured from; shoulder and ankle are those of its own side, the floor is that under
#: the body as it stood before the pose.
Anchor = Literal["head", "chest", "shoulder", "other shoulder", "hips", "ankle", "floor"]
Point = tuple[float, float, float]


@dataclass(frozen=True)
class Reach:
    """Where a wrist is.

    at: metres outwards, up and ahead of the anchor. elbow: which way the elbow points, likewise. What is
    measured from the head, the chest or a shoulder turns with the chest; a hand at the floor stays there.
    """

    to: Anchor
    at: Point
    elbow: Point = (0.5, -1.0, -0.2)


@dataclass(frozen=True)
class KeyPose:
    """One pose, as it differs from the motion that it is laid over.

    seconds: to get into the pose. hold: seconds in it. bend, lean, twist: of the trunk, degrees forward, and
    to the acting side. pitch: of the trunk with the hips, degrees forward. nod, tilt: of the head, degrees
    forward and to the acting side. hand, other_hand: wrists of the acting side and of the other. shrug:
    metres that the shoulders rise. drop, sway, ahead: of the hips, metres down, to the acting side and
    forward. turn: of the whole body, degrees to the acting side. foot, other_foot: metres outwards, up and
    forward. foot_turn, other_foot_turn: degrees to the acting side that a foot has gone about the middle of
    the body. heel, other_heel: degrees that a heel is lifted about the ball of its foot.
    """

    seconds: float = 0.5
    hold: float = 0.0
    bend: float = 0.0
    lean: float = 0.0
    twist: float = 0.0
    pitch: float = 0.0
    nod: float = 0.0
    tilt: float = 0.0
    hand: Reach | None = None
    other_hand: Reach | None = None
    shrug: float = 0.0
    drop: float = 0.0
    sway: float = 0.0
    ahead: float = 0.0
    turn: float = 0.0
    foot: Point = (0.0, 0.0, 0.0)
    other_foot: Point = (0.0, 0.0, 0.0)
    foot_turn: float = 0.0
    other_foot_turn: float = 0.0
    heel: float = 0.0
    other_heel: float = 0.0

    @property
    def on_hands(self) -> bool:
        """Whether a hand is on the floor."""
        return any(hand is not None and hand.to == "floor" for hand in (self.hand, self.other_hand))

    def mirrored(self) -> KeyPose:
        """The same pose with the acting side and the other exchanged."""
        return replace(
            self,
            lean=-self.lean,
            twist=-self.twist,
            tilt=-self.tilt,
            hand=self.other_hand,
            other_hand=self.hand,
            sway=-self.sway,
            turn=-self.turn,
            foot=self.other_foot,
            other_foot=self.foot,
            foot_turn=-self.other_foot_turn,
            other_foot_turn=-self.foot_turn,
            heel=self.other_heel,
            other_heel=self.heel,
        )

    def gone(self, share: float) -> KeyPose:
        """The same pose after such a share of the way over the floor, and of the turn."""
        (out, up, forward), (other_out, other_up, other_forward) = self.foot, self.other_foot
        return replace(
            self,
            sway=share * self.sway,
            ahead=share * self.ahead,
            turn=share * self.turn,
            foot=(share * out, up, share * forward),
            other_foot=(share * other_out, other_up, share * other_forward),
            foot_turn=share * self.foot_turn,
            other_foot_turn=share * self.other_foot_turn,
        )


@dataclass(frozen=True)
class Gesture:
    """A cycle of key poses. alternates: each second cycle is done on the other side.

    times: how many cycles there are by themselves; back: seconds to get out of the last pose. stays: whether
    it ends in its last pose instead. into, out: poses before the first cycle and after the last one. travels:
    whether each cycle begins where the one before has led hips and feet, and the motion goes on there.
    """

    keys: tuple[KeyPose, ...]
    alternates: bool = False
    times: int = 1
    back: float = 0.5
    stays: bool = False
    into: tuple[KeyPose, ...] = ()
    out: tuple[KeyPose, ...] = ()
    travels: bool = False

    @property
    def cycle(self) -> float:
        """Seconds of one cycle."""
        return lasting(self.keys)

    @property
    def is_held(self) -> bool:
        """Whether it is one pose, which lasts as long as is asked for."""
        return len(self.keys) == 1 and not self.alternates and not self.travels

    @property
    def degrees(self) -> float:
        """How far one cycle turns the whole body to the acting side."""
        return self.keys[-1].turn if self.travels else 0.0

    @property
    def aside(self) -> float:
        """How far one cycle leads to the acting side, metres."""
        return self.keys[-1].sway if self.travels else 0.0

    def seconds(self, times: int | None = None) -> float:
        """Its natural length, for so many cycles."""
        if times is not None and times > 1 and self.is_held:
            return self.repeated().seconds(times)
        around = lasting(self.into) + lasting(self.out) + (0.0 if self.stays else self.back)
        return (times or self.times) * self.cycle + around

    def repeated(self) -> Gesture:
        """One pose as a cycle: into it and out of it."""
        out = KeyPose(seconds=self.back)
        return replace(self, keys=(*self.keys, out), stays=False) if self.is_held else self

    def gone(self, share: float) -> Gesture:
        """The same with such a share of its way over the floor, and of its turn."""
        return self if share == 1.0 else replace(self, keys=tuple(key.gone(share) for key in self.keys))


def lasting(keys: tuple[KeyPose, ...]) -> float:
    """Seconds of several poses."""
    return sum(key.seconds + key.hold for key in keys)
