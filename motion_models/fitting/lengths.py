"""How long a motion must be about, so that what it is asked for fits in: seconds before anything is made."""

from __future__ import annotations

from ..english.demands import Demands

#: Metres a second of going somewhere, by gait, direction and pace.
WALK, RUN, BACKWARD, SIDEWAYS = 1.1, 2.4, 0.7, 0.5
PACE = {"slow": 0.6, "fast": 1.3, None: 1.0}
#: Seconds of one occurrence.
SECONDS_EACH = {
    "step": 0.65, "side step": 1.1, "jump": 1.4, "hop": 0.7, "jumping jack": 1.2, "squat": 2.4,
    "push-up": 2.0, "kick": 1.6, "punch": 1.0,
    "bow": 3.0, "cartwheel": 2.5, "wave": 0.7, "clap": 0.5, "nod": 0.8, "arm raise": 2.0,
}  # fmt: skip
#: An un-timed walk or run lasts at least so long.
GOING_SECONDS = 3.0
#: More is made than is needed, and what is over is cut: a share, and seconds for starting and stopping.
SPARE_SHARE, SPARE_SECONDS = 1.2, 0.8
#: So much in one go at most; what happens more often is repeated instead.
MOST_SECONDS = 9.8
#: No motion is made longer than this by repeating.
LONGEST_SECONDS = 600.0


def needed_seconds(demands: Demands) -> float | None:
    """Seconds in which a request's metres or count fit; None where its natural length will do."""
    if demands.count is not None:
        if demands.count.times == 1:
            return None
        return min(MOST_SECONDS, _spared(demands.count.times * SECONDS_EACH[demands.count.event]))
    if demands.metres is None or demands.going is None:
        return None
    return _spared(demands.metres / speed_of(demands))


def least_seconds(demands: Demands) -> float:
    """Seconds that somebody goes at least who is told neither how long nor how far; 0 for all else."""
    turn, sideways = demands.turn, demands.direction in ("left", "right")
    stated = (demands.seconds, demands.metres, demands.count, demands.ends, turn and turn.degrees)
    return 0.0 if demands.going is None or sideways or any(stated) else GOING_SECONDS


def speed_of(demands: Demands) -> float:
    """Metres a second that somebody asked to go like this makes."""
    if demands.going == "run":
        return RUN * PACE[demands.pace]
    sideways = demands.direction in ("left", "right")
    return (SIDEWAYS if sideways else BACKWARD if demands.direction == "backward" else WALK) * PACE[
        demands.pace
    ]


def _spared(seconds: float) -> float:
    return round(seconds * SPARE_SHARE + SPARE_SECONDS, 1)
