"""What a clip in memory looks like: the motions of its people, as they are shown and written."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..motion_models.backends.protocol import MotionBackend
from ..motion_models.motion.features import FRAMES_PER_TOKEN, SECONDS_PER_TOKEN
from ..motion_models.motion.motion import Motion, Segment
from .memory import Member, MotionClip, MotionMemory
from .services import Services


def render_motion(
    memory: MotionMemory, backend: MotionBackend, motion_id: str, user: str = "local"
) -> Motion:
    """One person's motion in memory, by id or name: exactly what export writes.

    Raises UnknownMotionError for a motion the user does not have, SceneError for a scene of several people,
    and a typed error for tokens the backend cannot decode.
    """
    clip = memory.get(user, motion_id).of_one_person()
    [motion] = render_people(Services(backend, memory), clip)
    return motion


def render_people(services: Services, clip: MotionClip) -> list[Motion]:
    """The people of a clip; those of a scene in their places, the last pose held until all have ended."""
    if not clip.members:
        return [_person(services.decode(clip.tokens), clip, clip.name)]
    frames = clip.length * FRAMES_PER_TOKEN
    decoded = services.decode_all([member.tokens for member in clip.members])
    return [
        _person(features, member, f"person {number}: {member.description}")
        .with_last_pose_held(frames)
        .moved(theta=member.theta, x=member.x, z=member.z)
        for number, (member, features) in enumerate(zip(clip.members, decoded, strict=True), 1)
    ]


def _person(features: npt.NDArray[np.float32], clip: MotionClip | Member, name: str) -> Motion:
    """One person's joints of decoded features (T, 263), with the timeline they were decoded from."""
    return Motion.from_features(
        features,
        name=name,
        caption=clip.description,
        segments=tuple(
            Segment(
                part.description,
                round(part.start * SECONDS_PER_TOKEN, 3),
                round(part.end * SECONDS_PER_TOKEN, 3),
            )
            for part in clip.timeline
        ),
        tokens=np.asarray(clip.tokens, dtype=np.int64),
    )
