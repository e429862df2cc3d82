"""A person's files: uploaded to talk about, or written to fetch. All lie in that person's one folder."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from starlette.responses import FileResponse, Response

from ...motion_models.errors import FormatError, InvalidRequestError
from ...motion_models.formats import ONE_PERSON, READABLE, save_motion
from ...tools.rendering import render_people
from ...tools.schemas import MotionFormat
from .answers import motion
from .conversations import while_connected
from .errors import NotFoundError
from .guards import Caller
from .house import Person

router = APIRouter(prefix="/v1", tags=["files"])

#: Plain names: no folders, nothing hidden, nothing that a shell or a system takes for something else.
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,120}")
FileName = Annotated[str, InPath(pattern=f"^{FILE_NAME.pattern}$")]
MEDIA_TYPES = {
    "bvh": "text/plain",
    "glb": "model/gltf-binary",
    "npz": "application/octet-stream",
    "npy": "application/octet-stream",
    "mp4": "video/mp4",
    "gif": "image/gif",
    "html": "text/html",
    "png": "image/png",
    "vrma": "model/gltf-binary",
}
#: A viewer page may come from anyone's caption: it runs apart from everything else of this address.
APART = {"Content-Security-Policy": "sandbox allow-scripts", "X-Content-Type-Options": "nosniff"}


@router.get("/motions")
def list_motions(person: Caller) -> dict[str, Any]:
    """The newest motions, the newest last."""
    return {"motions": [motion(clip.ref()) for clip in person.services.memory.recent(person.name, 1000)]}


@router.get("/motions/{motion_id}")
def show_motion(motion_id: str, person: Caller) -> dict[str, Any]:
    """One motion, by its id or its name."""
    return motion(person.services.memory.get(person.name, motion_id).ref())


@router.get("/motions/{motion_id}/{format}")
async def motion_file(
    request: Request, motion_id: str, format: MotionFormat, person: Caller, who: int | None = None
) -> Response:
    """A motion as a file of a format. who: one person of a scene, from 1."""
    work = request.app.state.workers.result(person.name, lambda: _rendered(person, motion_id, format, who))
    name, content = await while_connected(request, work)
    headers = APART | {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(content, media_type=MEDIA_TYPES[format], headers=headers)


@router.get("/files")
def list_files(person: Caller) -> dict[str, Any]:
    """The files in this person's folder."""
    return {"files": [{"name": file.name, "bytes": file.stat().st_size} for file in _files(person)]}


@router.put("/files/{name}", status_code=201)
async def upload(request: Request, name: FileName, person: Caller) -> dict[str, Any]:
    """Upload a motion file (the body is its content) to talk about or to caption."""
    content = await request.body()
    await asyncio.to_thread(keep, person, name, content)
    return {"name": name, "bytes": len(content)}


@router.get("/files/{name}")
def fetch(name: FileName, person: Caller) -> Response:
    """Fetch a file."""
    kind = Path(name).suffix.lower().removeprefix(".")
    return FileResponse(_file(person, name), media_type=MEDIA_TYPES.get(kind), headers=APART)


@router.delete("/files/{name}", status_code=204)
def delete(name: FileName, person: Caller) -> None:
    """Delete a file."""
    _file(person, name).unlink(missing_ok=True)


def _rendered(person: Person, motion_id: str, format: str, who: int | None) -> tuple[str, bytes]:
    """Name and content of a motion's file. Raises InvalidRequestError where one person has to be chosen."""
    clip = person.services.memory.get(person.name, motion_id)
    people = render_people(person.services, clip)
    if who is not None:
        if not 1 <= who <= len(people):
            raise InvalidRequestError(
                f"there are {len(people)} people in {clip.id}, from 1; who={who} is none"
            )
        people = [people[who - 1]]
    if format in ONE_PERSON and len(people) > 1:
        raise InvalidRequestError(f"{format} holds one person: choose one of {len(people)} with who=1, ...")
    with tempfile.TemporaryDirectory() as folder:
        path = save_motion(people, Path(folder) / f"{clip.id}.{format}", options=person.services.look)
        return path.name, path.read_bytes()


def _files(person: Person) -> list[Path]:
    if not person.folder.is_dir():
        return []
    return sorted(file for file in person.folder.iterdir() if file.is_file() and not file.is_symlink())


def _file(person: Person, name: str) -> Path:
    """An existing file of a person, never one a link leads to. Raises NotFoundError."""
    file = person.folder / name
    if not file.is_file() or file.is_symlink():
        raise NotFoundError(f"there is no file {name!r}")
    return file


def keep(person: Person, name: str, content: bytes) -> None:
    """Write an uploaded file at once and whole: nobody reads half of it.

    Raises FormatError for one that is no motion file, InvalidRequestError where there are too many.
    """
    if Path(name).suffix.lower().removeprefix(".") not in READABLE:
        raise FormatError(f"{name} cannot be read as a motion; known are {', '.join(READABLE)}")
    most = person.config.serve.max_files
    try:
        person.folder.mkdir(parents=True, exist_ok=True)
        kept = {file.name for file in _files(person)}
        if name not in kept and len(kept) >= most:
            raise InvalidRequestError(f"you have {most} files, which is all you may keep: delete some first")
        handle, written = tempfile.mkstemp(dir=person.folder, prefix=".upload-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(written).replace(person.folder / name)
        except BaseException:
            Path(written).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise FormatError(f"{name} cannot be kept: {error.strerror or error}") from error
