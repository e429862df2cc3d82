"""What a tool gives back for a motion: content for the calling model, a MotionRef for the program."""

from __future__ import annotations

from typing import Any

from .batching import Result
from .memory import MotionClip
from .schemas import MotionRef


def motion_result(clips: list[MotionClip], **extra: Any) -> Result:
    """The result of a tool that made motions: the first is the motion, the others its variants."""
    first, *others = [clip.ref() for clip in clips]
    content = motion_entry(first) | extra
    if others:
        content["variants"] = [motion_entry(ref) for ref in others]
    artifact = first.model_copy(update={"alternatives": others})
    return Result(content, artifact, made=(artifact, *others))


def motion_entry(ref: MotionRef) -> dict[str, Any]:
    """What the calling model is told of a motion: a compact JSON object. Notes are in it once, at its end."""
    content: dict[str, Any] = {"motion_id": ref.id, "name": ref.name, "description": ref.description}
    segments = [segment.model_dump(exclude={"notes"}) for segment in ref.segments]
    content |= {"seconds": ref.seconds, "segments": segments}
    content |= {"parent": ref.parent} if ref.parent else {}
    if ref.checks:
        content["checks"] = [
            check.model_dump() for check in ref.checks if check.asked != 0.0 or not check.met
        ]
    return content | {"notes": ref.notes}
