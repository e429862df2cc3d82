"""export_motion: write a motion from memory to files others can open."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from ..motion_models.errors import FormatError, InvalidRequestError
from ..motion_models.motion.motion import Motion
from .batching import Result
from .errors import ForbiddenPathError
from .memory import MotionClip
from .rendering import render_people
from .schemas import ExportMotionArgs
from .services import Call, Services

if TYPE_CHECKING:
    from ..motion_models.formats import WriteOptions

SLUG_LENGTH = 60
#: Of the 255 bytes that most file systems allow, some are for a number and the ending.
STEM_BYTES = 230
#: Names that Windows gives to devices.
RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10))}
Started = Callable[[str], object] | None


def export_motion(services: Services, call: Call, arguments: ExportMotionArgs) -> Result:
    """Write a motion to files; only when the user asks for them.

    The result tells where the files are.
    """
    clip = services.any_clip(call, arguments.motion_id)
    paths = export_clip(services, clip, arguments.formats)
    return Result({"motion_id": clip.id, "files": [str(path) for path in paths]}, clip.ref())


def export_clip(
    services: Services,
    clip: MotionClip,
    formats: Sequence[str],
    *,
    title: str | None = None,
    started: Started = None,
) -> list[Path]:
    """Write a motion from memory to the output folder, named after `title` or after itself.

    Raises InvalidRequestError where the folder holds as many files as it may.
    """
    people = render_people(services, clip)
    _require_room(services, formats, len(people))
    named = slug(title or clip.name)
    return write(people, services.output_folder, named, formats, look=services.look, started=started)


def _require_room(services: Services, formats: Sequence[str], people: int) -> None:
    from ..motion_models.formats import ONE_PERSON

    if services.max_files is None or not services.output_folder.is_dir():
        return
    more = sum(people if name in ONE_PERSON else 1 for name in formats)
    there = sum(1 for file in services.output_folder.iterdir() if file.is_file() and not file.is_symlink())
    if there + more > services.max_files:
        raise InvalidRequestError(
            f"{more} more files cannot be written: you have {there} of {services.max_files} that you may "
            "keep; delete some first"
        )


def write(
    people: Sequence[Motion],
    folder: Path,
    stem: str,
    formats: Sequence[str],
    *,
    look: WriteOptions,
    started: Started = None,
) -> list[Path]:
    """Write one file per format, or per person where it holds only one; nothing that exists is overwritten.

    stem: what the files are called, where that is free; see `slug` and `kept_stem`. started: called with each
    file's name before it is written.
    """
    from ..motion_models.formats import save_motion, shares

    files = {
        f"{number}.{name}".removeprefix("."): shown
        for name in formats
        for number, shown in shares(people, name).items()
    }
    paths = reserve(folder, stem, list(files))
    for path, shown in zip(paths, files.values(), strict=True):
        if started is not None:
            started(path.name)
        try:
            save_motion(shown, path, options=look)
        except BaseException:
            _drop_empty(paths)
            raise
    return paths


def slug(text: str) -> str:
    """A readable file name: lower-case words of any script joined by hyphens, never a path.

    Latin letters lose their accents, so that a name can be typed on any keyboard.
    """
    plain = _unaccented(text).lower()
    words = re.sub(r"[\W_]+", "-", plain).strip("-")
    return words[:SLUG_LENGTH].rsplit("-", 1)[0] if len(words) > SLUG_LENGTH else words or "motion"


def _unaccented(text: str) -> str:
    """Letters that are Latin ones with marks become plain; all other scripts stay as they are written."""
    letters = (unicodedata.normalize("NFKD", letter) for letter in unicodedata.normalize("NFC", text))
    return "".join(
        (
            parts.encode("ascii", "ignore").decode()
            if parts[0].isascii()
            else unicodedata.normalize("NFC", parts)
        )
        for parts in letters
    )


def kept_stem(stem: str) -> str:
    """The stem of a file that somebody named, as it is, but for what some file system refuses."""
    kept = re.sub(r'[<>:"/\\|?*\x00-\x1f]', "-", stem).strip(" .")
    while len(kept.encode()) > STEM_BYTES:
        kept = kept[:-1]
    return f"{kept}-" if kept.split(".")[0].upper() in RESERVED else kept or "motion"


def reserve(folder: Path, stem: str, formats: Sequence[str]) -> list[Path]:
    """Create empty files nobody else has: `stem.bvh`, ... or `stem-2.bvh`, ..., the same stem for all.

    Raises FormatError for a folder that cannot be made or written to.
    """
    try:
        folder = folder.expanduser().resolve()
        folder.mkdir(parents=True, exist_ok=True)
        return _reserved(folder, stem, formats)
    except ForbiddenPathError:
        raise
    except (OSError, RuntimeError) as error:  # RuntimeError: a home nobody has
        reason = getattr(error, "strerror", None) or error
        raise FormatError(f"cannot write to the folder {folder}: {reason}") from error


def _reserved(folder: Path, stem: str, formats: Sequence[str]) -> list[Path]:
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
        except OSError:
            _drop_empty(done)
            raise
        done.append(path)
    return True


def _drop_empty(paths: Sequence[Path]) -> None:
    for path in paths:
        if path.exists() and path.stat().st_size == 0:
            path.unlink()
