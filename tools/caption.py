"""caption_motion: tell in words and numbers what a motion in memory, or in a file, shows."""

from __future__ import annotations

from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from ..motion_models.arrays import FloatArray
from ..motion_models.errors import FormatError
from ..motion_models.fitting.telling import best_caption, contradictions
from ..motion_models.motion.features import FPS, FRAMES_PER_TOKEN
from ..motion_models.motion.measures.phases import phases
from ..motion_models.motion.skeleton import resample
from .batching import Result, Tokens
from .errors import ForbiddenPathError, shortened
from .facts.measuring import measured_motion, measured_scene
from .facts.records import Measured
from .memory import ClipSegment, Member, MotionClip, frames_in_all, shown_frames
from .montage.checking import WEAK
from .montage.parts import DESCRIBED, PIECE_TOKENS, Part, describe, draft
from .rendering import render_people, seen_tokens
from .results import motion_entry
from .schemas import CaptionMotionArgs
from .services import Call, Services

Span = tuple[int, int]
#: When each stretch of a motion begins and ends, in seconds.
Times = list[tuple[float, float]]
#: What goes on can be told once; of what happens, "jumps" and "jumps" again, each is told.
ONGOING = (
    "a person walks",
    "a person runs",
    "a person stands",
    "a person sits",
    "a person lies",
    "a person dances",
)


def caption_motion(services: Services, call: Call, arguments: CaptionMotionArgs) -> Result:
    """Describe and measure a motion: speed, angles, counts.

    Give `motion_id`, or `path` for a motion file (bvh, amc, npy, npz, glb) the user names, which becomes a
    motion that can be edited.
    """
    if arguments.path is not None:
        return _file(services, call, arguments, arguments.path)
    clip = services.any_clip(call, arguments.motion_id or "")
    if clip.members:
        return _people(services, clip)
    [motion] = render_people(services, clip)
    times, captions = _told(services, clip, motion.joints)
    return _result(clip, times, captions, _measured(clip, motion.joints), imported=False)


def _file(services: Services, call: Call, arguments: CaptionMotionArgs, path: str) -> Result:
    """Describe one person's motion in a file, which becomes one in memory."""
    clip = import_motion(services, call, allowed_input(services, path), arguments)
    captions = [segment.description for segment in clip.timeline]
    [motion] = render_people(services, clip)
    return _result(clip, clip.times(), captions, _measured(clip, motion.joints), imported=True)


def _people(services: Services, clip: MotionClip) -> Result:
    """What each person of a scene does; one person's own motion can be captioned in more detail."""
    motions = render_people(services, clip)
    said = [
        describe(_told(services, member, motion.joints)[1])
        for member, motion in zip(clip.members, motions, strict=True)
    ]
    people = [
        {"motion_id": member.motion_id, "caption": text}
        for member, text in zip(clip.members, said, strict=True)
    ]
    caption = "; ".join(f"person {number}: {text}" for number, text in enumerate(said, 1))
    own = [
        (frames_in_all(member.timeline), [part.description for part in member.timeline])
        for member in clip.members
    ]
    measured = measured_scene([motion.joints for motion in motions], own)
    content = {"motion_id": clip.id, "caption": caption, "people": people, "measured": measured.content()}
    return Result(content, clip.ref())


def _measured(clip: MotionClip, joints: FloatArray) -> Measured:
    """What is measured of one person's motion, joints (T, 22, 3), as it is shown."""
    ends = accumulate((frames for frames, _ in shown_frames(clip.timeline)), initial=0)
    words = [part.description for part in clip.timeline]
    return measured_motion(joints, list(zip(pairwise(ends), words, strict=True)))


def _told(services: Services, clip: MotionClip | Member, joints: FloatArray) -> tuple[Times, list[str]]:
    """When what happens in one person's motion, joints (T, 22, 3): one caption for each stretch.

    A part that was made from words is told in them, where the joints bear them out; recorded ones are told
    stretch by stretch, and so is whatever the words do not fit.
    """
    seen, stretches = seen_tokens(services, clip), list[tuple[int, int, str]]()
    tokens: list[Tokens] = []
    start = 0
    for part, (frames, _), own in zip(clip.timeline, shown_frames(clip.timeline), seen, strict=True):
        shown = joints[start : start + frames]
        if part.prompt and _borne_out(part, shown):
            stretches.append((start, start + frames, part.description))
        else:
            for first, last in _windows(shown, len(own)):
                tokens.append(own[first:last])
                ends = start + FRAMES_PER_TOKEN * first, start + min(frames, FRAMES_PER_TOKEN * last)
                stretches.append((*ends, ""))
        start += frames
    captions = iter(services.caption(tokens) if tokens else ())
    told = [(a, b, text or best_caption([next(captions)], joints[a:b])) for a, b, text in stretches]
    merged = _merged(told)
    return [(a / FPS, b / FPS) for a, b, _ in merged], [text for _, _, text in merged]


def _borne_out(part: ClipSegment, joints: FloatArray) -> bool:
    """Whether the words a part was made from are those of what it shows."""
    doubted = any(note.startswith(WEAK) for note in part.notes)
    return (
        not doubted
        and all(check.met for check in part.checks)
        and contradictions(part.description, joints) < 1
    )


def _merged(told: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Neighbours of the same words, where one goes on with the other, as one."""
    kept: list[tuple[int, int, str]] = []
    for start, end, text in told:
        if kept and kept[-1][2] == text and text.startswith(ONGOING):
            kept[-1] = (kept[-1][0], end, text)
        else:
            kept.append((start, end, text))
    return kept


def import_motion(services: Services, call: Call, path: Path, arguments: CaptionMotionArgs) -> MotionClip:
    """Read a motion file into memory, described by its captions; the arguments say how it is read."""
    from ..motion_models.formats import load_motion

    motion = load_motion(
        path,
        fps=arguments.fps,
        up=arguments.up,
        person=arguments.person,
        max_bytes=services.max_file_megabytes << 20,
    )
    services.check_seconds(motion.seconds)
    tokens, joints = services.encode(motion.features), resample(motion.joints, motion.fps, FPS)
    spans = _windows(joints, len(tokens))
    said = services.caption([tokens[start:end] for start, end in spans])
    told = [
        (start, end, best_caption([text], joints[FRAMES_PER_TOKEN * start : FRAMES_PER_TOKEN * end]))
        for text, (start, end) in zip(said, spans, strict=True)
    ]
    kept = services.encode_closely(motion.features)
    parts = [Part(text, kept[start:end]) for start, end, text in _merged(told)]
    return services.keep(call, draft(parts, f"file:{path.name}", name=path.stem[:60], notes=motion.notes))


def allowed_input(services: Services, path: str) -> Path:
    """The file a path names, which must lie in the folder that may be read.

    A relative path is read from the working folder where that lies in the folder, else from the folder.
    """
    try:
        root, wanted = services.input_folder.expanduser().resolve(), Path(path).expanduser()
        readings = wanted.resolve(), (root / wanted).resolve()
        for reading in readings:
            reading.is_file()  # a name that is too long raises here, not later
    except (OSError, RuntimeError, ValueError) as error:  # also a home nobody has, a NUL
        reason = getattr(error, "strerror", None) or error
        raise FormatError(f"{shortened(path)!r} is not a path that can be read: {reason}") from error
    for reading in readings:
        if reading.is_relative_to(root):
            return reading
    raise ForbiddenPathError(f"{shortened(path)} lies outside the folder that may be read")


def _result(
    clip: MotionClip, times: Times, captions: list[str], measured: Measured, *, imported: bool
) -> Result:
    ref = clip.ref()
    content: dict[str, Any] = motion_entry(ref) if imported else {"motion_id": clip.id}
    content["caption"] = _sentence(times, captions)
    if len(times) > 1:
        content["segments"] = [
            {
                "description": text,
                "start": round(start, 3),
                "end": round(end, 3),
            }
            for text, (start, end) in zip(captions, times, strict=True)
        ]
    content["measured"] = measured.content()
    return Result(content, ref, made=(ref,) if imported else ())


def _sentence(times: Times, captions: list[str]) -> str:
    """All captions as one sentence, with their times where there are several."""
    if len(captions) == 1 or len(captions) > DESCRIBED:
        return describe(captions)
    return ", then ".join(
        f"{text} ({start:.1f} to {end:.1f} s)" for text, (start, end) in zip(captions, times, strict=True)
    )


def _windows(joints: FloatArray, tokens: int) -> list[Span]:
    """Stretches [first, last) of `tokens` tokens that are told apart: one kind of thing goes on in each."""
    edges = [0, *(min(tokens, round(end / FRAMES_PER_TOKEN)) for _, end in phases(joints)[:-1]), tokens]
    found: list[Span] = []
    for start, end in pairwise(sorted(set(edges))):
        count = max(1, -(-(end - start) // PIECE_TOKENS))
        cuts = [start + (end - start) * number // count for number in range(count + 1)]
        found += list(pairwise(cuts))
    return found
