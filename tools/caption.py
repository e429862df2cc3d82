"""caption_motion: tell in words what a motion in memory, or in a file, shows."""

from __future__ import annotations

from itertools import chain, pairwise
from pathlib import Path
from typing import Any

from ..motion_models.errors import FormatError
from ..motion_models.motion.features import SECONDS_PER_TOKEN
from .batching import Result
from .errors import ForbiddenPathError, shortened
from .memory import MotionClip
from .montage.parts import PIECE_TOKENS, Part, describe, draft
from .rendering import seen_tokens
from .results import motion_entry
from .schemas import CaptionMotionArgs
from .services import Call, Services

Span = tuple[int, int]


def caption_motion(services: Services, call: Call, arguments: CaptionMotionArgs) -> Result:
    """Describe what the person does in a motion, by watching the motion itself.

    Give `motion_id`, or `path` for a motion file (bvh, amc, npy, npz) the user names, which becomes a motion
    that can be edited.
    """
    if arguments.path is not None:
        clip = import_motion(services, call, allowed_input(services, arguments.path))
        captions = [segment.description for segment in clip.timeline]
        return _result(clip, clip.times(), captions, imported=True)
    clip = services.any_clip(call, arguments.motion_id or "")
    if clip.members:
        return _people(services, clip)
    services.check_tokenizer(clip)
    seen = seen_tokens(services, clip)
    spans = [
        (number, start, end) for number, tokens in enumerate(seen) for start, end in _windows(0, len(tokens))
    ]
    captions = services.caption([seen[number][start:end] for number, start, end in spans])
    begins = [begin for begin, _ in clip.times()]
    times = [
        (begins[n] + start * SECONDS_PER_TOKEN, begins[n] + end * SECONDS_PER_TOKEN)
        for n, start, end in spans
    ]
    return _result(clip, times, captions, imported=False)


def _people(services: Services, clip: MotionClip) -> Result:
    """What each person of a scene does; one person's own motion can be captioned in more detail."""
    services.check_tokenizer(clip)
    seen = [tuple(chain.from_iterable(seen_tokens(services, member))) for member in clip.members]
    windows = [[tokens[a:b] for a, b in _windows(0, len(tokens))] for tokens in seen]
    captions = iter(services.caption([tokens for person in windows for tokens in person]))
    said = [describe([next(captions) for _ in person]) for person in windows]
    people = [
        {"motion_id": member.motion_id, "caption": text}
        for member, text in zip(clip.members, said, strict=True)
    ]
    caption = "; ".join(f"person {number}: {text}" for number, text in enumerate(said, 1))
    return Result({"motion_id": clip.id, "caption": caption, "people": people}, clip.ref())


def import_motion(services: Services, call: Call, path: Path) -> MotionClip:
    """Read a motion file into memory, described by its captions."""
    from ..motion_models.formats import load_motion

    tokens = services.encode(load_motion(path).features)
    spans = _windows(0, len(tokens))
    captions = services.caption([tokens[start:end] for start, end in spans])
    parts = [Part(text, tokens[start:end]) for text, (start, end) in zip(captions, spans, strict=True)]
    return services.keep(call, draft(parts, f"file:{path.name}", name=path.stem[:60]))


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
    clip: MotionClip, times: list[tuple[float, float]], captions: list[str], *, imported: bool
) -> Result:
    ref = clip.ref()
    content: dict[str, Any] = motion_entry(ref) if imported else {"motion_id": clip.id}
    content["caption"] = describe(captions)
    if len(times) > 1:
        content["segments"] = [
            {
                "description": text,
                "start": round(start, 3),
                "end": round(end, 3),
            }
            for text, (start, end) in zip(captions, times, strict=True)
        ]
    return Result(content, ref, made=(ref,) if imported else ())


def _windows(start: int, end: int) -> list[Span]:
    """Split tokens [start, end) into as few windows of at most PIECE_TOKENS as possible, nearly equal."""
    count = max(1, -(-(end - start) // PIECE_TOKENS))
    edges = [start + (end - start) * number // count for number in range(count + 1)]
    return list(pairwise(edges))
