"""Where a motion is decoded: from the tokens of a clip in memory to its people's joints, as they are shown.

Everything that looks at a motion, or writes it, takes it from here. Tokens that stand side by side are
decoded together; then what is done to the frames of each segment is done, and they are laid one after
another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ..motion_models.backends.protocol import MotionBackend
from ..motion_models.motion.editing.joining import joined
from ..motion_models.motion.editing.stretch import MARGIN, Stretch, placed, stretches
from ..motion_models.motion.features import FPS, FRAMES_PER_TOKEN, from_joints
from ..motion_models.motion.motion import Motion, Segment
from .batching import Tokens
from .clips.frame_edits import Ring, Take, placed_in_time, shown, span_of
from .memory import Member, MotionClip, MotionMemory, shown_frames
from .services import Services


def render_motion(
    memory: MotionMemory, backend: MotionBackend, motion_id: str, user: str = "local"
) -> Motion:
    """One person's motion in memory, by id or name: exactly what export writes.

    Raises UnknownMotionError for a motion the user does not have, SceneError for a scene of several people,
    and a typed error for tokens the backend cannot decode, among them those of another tokenizer.
    """
    clip = memory.get(user, motion_id).of_one_person()
    [motion] = render_people(Services(backend, memory), clip)
    return motion


def render_people(services: Services, clip: MotionClip) -> list[Motion]:
    """The people of a clip; those of a scene in their places, the last pose held until all have ended."""
    services.check_tokenizer(clip)
    if not clip.members:
        return [_person(services, clip, clip.name)]
    return [
        _person(services, member, f"person {number}: {member.description}")
        .with_last_pose_held(clip.frames)
        .moved(theta=member.theta, x=member.x, z=member.z)
        for number, member in enumerate(clip.members, 1)
    ]


def _person(services: Services, clip: MotionClip | Member, name: str) -> Motion:
    """One person's motion, with the timeline it is shown by; its tokens where it is just what they say."""
    ends = list(accumulate((frames for frames, _ in shown_frames(clip.timeline)), initial=0))
    fields = {
        "name": name,
        "caption": clip.description,
        "segments": tuple(
            Segment(part.description, round(start / FPS, 3), round(end / FPS, 3))
            for part, start, end in zip(clip.timeline, ends[:-1], ends[1:], strict=True)
        ),
    }
    if all(part.is_as_decoded for part in clip.timeline):
        tokens = np.asarray(clip.tokens, dtype=np.int64)
        return Motion.from_features(services.decode(clip.tokens), tokens=tokens, **fields)
    whole = render_takes(services, takes_of(clip))
    return Motion(placed(whole.offset, whole.shown).astype(np.float32), **fields)


def takes_of(clip: MotionClip | Member) -> list[Take]:
    """The segments of one person as takes."""
    return [
        Take(
            tokens=clip.tokens[part.start : part.end], edits=part.edits, before=part.before, after=part.after
        )
        for part in clip.timeline
    ]


class Decoder(Protocol):
    """What tokens are decoded by: the services, or whatever else can."""

    def decode_all(self, motions: Sequence[Tokens], /) -> list[npt.NDArray[np.float32]]: ...


class DecodingOnce:
    """Decodes the same motions once, for work that shows them several times.

    Motions are the same where all that are decoded beside them are: then their floats are, to the last bit.
    """

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._decoded: dict[tuple[Tokens, ...], list[npt.NDArray[np.float32]]] = {}

    def decode_all(self, motions: Sequence[Tokens], /) -> list[npt.NDArray[np.float32]]:
        """Features (4N, 263) of each motion (N,), not to be written to."""
        together = tuple(motions)
        if together not in self._decoded:
            self._decoded[together] = self._decoder.decode_all(motions)
        return self._decoded[together]


def render_takes(services: Decoder, takes: Sequence[Take]) -> Stretch:
    """All takes, laid one after another."""
    parts = render_apart(services, takes)
    return joined(parts, ring=any(isinstance(edit, Ring) for edit in takes[-1].edits))


def render_apart(services: Decoder, takes: Sequence[Take]) -> list[Stretch]:
    """Each take as it is shown, before they give way to each other where they are joined."""
    spans = [span_of(len(take.tokens), take.edits) for take in takes]
    times = placed_in_time(spans, [take.edits for take in takes])
    return [
        shown(stretch, take.edits, frames, phase, lambda donor: render_takes(services, donor))
        for stretch, take, (frames, phase) in zip(_decoded(services, takes), takes, times, strict=True)
    ]


def _decoded(services: Decoder, takes: Sequence[Take]) -> list[Stretch]:
    """The frames of each take, decoded together with those beside it as far as they belong together."""
    runs: list[list[Take]] = []
    for take in takes:
        if runs and take.before is None and runs[-1][-1].after is None:
            runs[-1].append(take)
        else:
            runs.append([take])
    decoded = services.decode_all([_tokens(run) for run in runs])
    found: list[Stretch] = []
    for run, features in zip(runs, decoded, strict=True):
        lengths = (len(take.tokens) for take in run)
        cuts = accumulate(lengths, initial=len(run[0].before or ()))
        found += stretches(features, [cut * FRAMES_PER_TOKEN for cut in cuts])
    return found


def _tokens(run: Sequence[Take]) -> Tokens:
    """What is decoded for a run of takes: their tokens, and those they stand beside."""
    shown = tuple(token for take in run for token in take.tokens)
    return (run[0].before or ()) + shown + (run[-1].after or ())


def encoded(encode: Callable[[npt.NDArray[np.float32]], Tokens], stretch: Stretch) -> Tokens:
    """The tokens of a stretch as it is shown, by one of the ways to encode that the services offer.

    Heights stay as they are. The last token may stand for up to two frames that come after the stretch, or
    leave out as many.
    """
    steps = max(1, round(stretch.frames / FRAMES_PER_TOKEN))
    joints = stretch.joints[MARGIN : MARGIN + FRAMES_PER_TOKEN * steps + 1]
    return encode(from_joints(joints.astype(np.float32), floor=False))


def seen_tokens(services: Services, clip: MotionClip | Member) -> list[Tokens]:
    """The tokens of each segment of one person's motion as it is shown."""
    if all(part.is_as_decoded for part in clip.timeline):
        return [clip.tokens[part.start : part.end] for part in clip.timeline]
    whole = render_takes(services, takes_of(clip))
    ends = accumulate((frames for frames, _ in shown_frames(clip.timeline)), initial=0)
    return [encoded(services.encode, whole.cut(start, end)) for start, end in pairwise(ends)]
