"""motion-agent caption and motion-agent export: files in, words or other files out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import (
    DEFAULT_FORMATS,
    AsJson,
    Backend,
    BodyOption,
    Formats,
    NamesOption,
    Out,
    config_of,
    formats_of,
)
from .output import busy, show_files, show_json, show_line, show_motion

MotionFile = Annotated[
    Path,
    typer.Argument(exists=True, dir_okay=False, metavar="FILE", help="A motion file: bvh, amc, npy, npz."),
]


def caption(file: MotionFile, backend: Backend = None, as_json: AsJson = False) -> None:
    """Say in words what the person in a motion file does."""
    with busy("Loading the motion model") as say:
        from ..conversations.session import Session

        session = Session.start(config_of(backend=backend))
        say(f"Watching {file.name}")
        ref = session.open(file.resolve())
    if as_json:
        segments = [segment.model_dump() for segment in ref.segments]
        show_json(
            {"file": str(file), "caption": ref.description, "seconds": ref.seconds, "segments": segments}
        )
        return
    show_line(ref.description)
    if len(ref.segments) > 1:
        show_motion(ref)


def export(
    file: MotionFile,
    *,
    out: Out = None,
    formats: Formats = DEFAULT_FORMATS,
    body: BodyOption = None,
    names: NamesOption = None,
    as_json: AsJson = False,
) -> None:
    """Turn a motion file into other formats."""
    wanted = formats_of(formats)
    with busy(f"Reading {file.name}") as say:
        from ...motion_models.formats import load_motion
        from ...tools.export import Look, kept_stem, write

        config = config_of(output_folder=out, body=body, bone_names=names)
        files = write(
            [load_motion(file)],
            config.output_folder,
            kept_stem(file.stem),
            wanted,
            look=Look(config.body, config.bone_names, keep_stem=True),
            started=lambda name: say(f"Writing {name}"),
        )
    if as_json:
        show_json({"files": [str(path) for path in files]})
    else:
        show_files(files)
