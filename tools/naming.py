"""list_motions and name_motion: finding motions again."""

from __future__ import annotations

from .batching import Result
from .results import motion_entry
from .schemas import ListMotionsArgs, NameMotionArgs
from .services import Call, Services


def list_motions(services: Services, call: Call, arguments: ListMotionsArgs) -> Result:
    """List the user's motions with their ids, names and lengths, the newest last."""
    refs = [clip.ref() for clip in services.memory.recent(call.user)]
    return Result({"motions": [motion_entry(ref) for ref in refs]}, refs)


def name_motion(services: Services, call: Call, arguments: NameMotionArgs) -> Result:
    """Give a motion a name the user chose ("call this my greeting"), so that it is found by that name."""
    clip = services.any_clip(call, arguments.motion_id)
    ref = services.memory.rename(call.user, clip.id, arguments.name).ref()
    return Result(motion_entry(ref), ref)
