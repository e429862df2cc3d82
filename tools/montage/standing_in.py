"""Key poses in place of what a backend made, where they show measurably better what was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...motion_models.english.demands import Demands
from ...motion_models.fitting.candidates import worth
from ...motion_models.gestures.reading import Posing
from ..clips.frame_edits import Pose
from ..services import Services
from .choosing import Candidate, shown


@dataclass(frozen=True)
class Posed:
    """A motion, and the key poses that are laid over it."""

    motion: Candidate
    poses: Sequence[Posing] = ()

    @property
    def edits(self) -> tuple[Pose, ...]:
        return tuple(
            Pose(name=pose.name, side=pose.side, times=pose.times, sides=pose.sides, share=pose.share)
            for pose in self.poses
        )


def posed_better(
    services: Services, demands: Demands, known_by: tuple[str, ...], own: Candidate, posed: Posed
) -> Posed | None:
    """A motion of key poses, if it shows the action and lacks less of what was asked than the backend's own.

    known_by: the predicates that show the action.
    """
    [stretch] = shown(services, [posed.motion.tokens])
    for pose in posed.edits:
        stretch = pose.shown(stretch)
    found = worth(demands, "", stretch, 0.0, known_by=known_by)
    return posed if found.shows and found.lacks < own.lacks else None
