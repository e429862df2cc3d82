"""history: back and forth between the versions of a conversation. Only a pointer moves; clips stay."""

from __future__ import annotations

from collections.abc import Sequence

from .batching import Result
from .errors import EditError
from .results import motion_entry
from .schemas import HistoryArgs, Trail
from .services import Call, Services


def history(services: Services, call: Call, arguments: HistoryArgs) -> Result:
    """Go back to an earlier version of the current motion, or forth again.

    undo: the motion that was current before this one. redo: take the last undo back. restore: make the motion
    `motion_id` current again.
    """
    trail = call.trail
    if arguments.motion_id is not None:
        trail = trail.visited(services.any_clip(call, arguments.motion_id).id)
    else:
        trail = undone(trail) if arguments.action == "undo" else redone(trail)
    ref = services.memory.get(call.user, trail.past[-1]).ref()
    return Result(motion_entry(ref), ref, trail=trail)


def followed(trail: Trail, results: Sequence[Result]) -> Trail:
    """The trail after tools, in the order of their plan."""
    for result in results:
        if result.trail is not None:
            trail = result.trail
        elif result.made:
            trail = trail.visited(result.made[0].id)
    return trail


def undone(trail: Trail) -> Trail:
    """The trail one motion back. Raises EditError at its start."""
    if len(trail.past) < 2:
        raise EditError(f"there is nothing to undo: {trail.current or 'no motion'} is the first version")
    return Trail(past=trail.past[:-1], undone=(*trail.undone, trail.past[-1]))


def redone(trail: Trail) -> Trail:
    """The trail with its last undo taken back. Raises EditError when nothing was undone."""
    if not trail.undone:
        raise EditError("there is nothing to redo: nothing was undone since the last new motion")
    return Trail(past=(*trail.past, trail.undone[-1]), undone=trail.undone[:-1])
