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
    """What the calling model is motion_entry of a motion: a compact JSON object."""
    content: dict[str, Any] = {"motion_id": ref.id, "name": ref.name, "description": ref.description}
    content |= {"seconds": ref.seconds, "segments": [segment.model_dump() for segment in ref.segments]}
    content |= {"parent": ref.parent} if ref.parent else {}
    return content | {"notes": ref.notes}
