"""export_motion: write a motion from memory to files others can open."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

from .errors import ForbiddenPathError
from .memory import MotionClip
from .schemas import ExportMotionArgs
from .services import Call, Services
from .work import Result

SLUG_LENGTH = 60


def export_motion(services: Services, call: Call, arguments: ExportMotionArgs) -> Result:
    """Write a motion to files in the output folder: bvh, glb, npz, npy, mp4, gif, html or png.

    Only when the user asks for files. The result tells where they are; existing files are never overwritten.
    """
    clip = services.clip(call, arguments.motion_id)
    paths = export_clip(services, clip, arguments.formats)
    return Result({"motion_id": clip.id, "files": [str(path) for path in paths]}, clip.ref())


def export_clip(
    services: Services,
    clip: MotionClip,
    formats: Sequence[str],
    *,
    stem: str | None = None,
    started: Callable[[str], object] = lambda path: None,
) -> list[Path]:
    """Write one file per format into the output folder and tell their paths.

    stem: the file name without its ending, taken from the clip's name by default. started: called with each
    file's name before it is written.
    """
    from ..motion_models.formats import save_motion

    motion = services.motion(clip)
    paths = reserve(services.output_folder, slug(stem or clip.name), list(dict.fromkeys(formats)))
    for path in paths:
        started(path.name)
        try:
            save_motion(motion, path)
        except BaseException:
            _drop_empty(paths)
            raise
    return paths


def slug(text: str) -> str:
    """A readable file name: lower-case ASCII words joined by hyphens, never a path."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return words[:SLUG_LENGTH].rsplit("-", 1)[0] if len(words) > SLUG_LENGTH else words or "motion"


def reserve(folder: Path, stem: str, formats: Sequence[str]) -> list[Path]:
    """Create empty files nobody else has: `stem.bvh`, ... or `stem-2.bvh`, ..., the same stem for all."""
    folder = folder.expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for number in count(1):
        name = stem if number == 1 else f"{stem}-{number}"
        paths = [folder / f"{name}.{ending}" for ending in formats]
        if not all(path.parent == folder for path in paths):
            raise ForbiddenPathError(f"{stem} leads outside the output folder")
        if _created(paths):
            return paths
    raise AssertionError("there is always a free number")


def _created(paths: Sequence[Path]) -> bool:
    """Create all files, or none when one of them exists already."""
    done: list[Path] = []
    for path in paths:
        try:
            path.touch(exist_ok=False)
        except FileExistsError:
            _drop_empty(done)
            return False
        done.append(path)
    return True


def _drop_empty(paths: Sequence[Path]) -> None:
    for path in paths:
        if path.exists() and path.stat().st_size == 0:
            path.unlink()
