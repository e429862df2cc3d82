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
    Fps,
    NamesOption,
    Out,
    Up,
    config_of,
    formats_of,
    up_of,
)
from .output import busy, show_files, show_json, show_line, show_motion

MotionFile = Annotated[
    Path,
    typer.Argument(
        exists=True,
        dir_okay=False,
        metavar="FILE",
        help="A motion file: bvh, amc, npy, npz, glb, gltf, vrma, pkl.",
    ),
]


def caption(
    file: MotionFile, backend: Backend = None, fps: Fps = None, up: Up = None, as_json: AsJson = False
) -> None:
    """Say in words what the person in a motion file does."""
    axis = up_of(up)
    with busy("Loading the motion model") as say:
        from ..conversations.session import Session

        session = Session.start(config_of(backend=backend))
        say(f"Watching {file.name}")
        ref = session.open(file.resolve(), fps=fps, up=axis)
    if as_json:
        segments = [segment.model_dump() for segment in ref.segments]
        said = {"file": str(file), "caption": ref.description, "seconds": ref.seconds, "segments": segments}
        show_json(said | {"notes": list(ref.notes)})
        return
    show_line(ref.description)
    if len(ref.segments) > 1:
        show_motion(ref)
        return
    for note in ref.notes:
        show_line(f"note: {note}")


def export(
    file: MotionFile,
    *,
    out: Out = None,
    formats: Formats = DEFAULT_FORMATS,
    fps: Fps = None,
    up: Up = None,
    person: Annotated[int, typer.Option("--person", min=1, help="Which one of several people.")] = 1,
    body: BodyOption = None,
    names: NamesOption = None,
    as_json: AsJson = False,
) -> None:
    """Turn a motion file into other formats."""
    wanted, axis = formats_of(formats), up_of(up)
    with busy(f"Reading {file.name}") as say:
        from ...motion_models.formats import load_motion
        from ...tools.export import Look, kept_stem, write

        config = config_of(output_folder=out, body=body, bone_names=names)
        motion = load_motion(
            file,
            fps=fps,
            up=axis,
            person=person,
            max_bytes=config.max_file_megabytes << 20,
            progress=lambda share: say(f"Reading {file.name}: {share:.0%}"),
        )
        files = write(
            [motion],
            Path(config.output_folder),
            kept_stem(file.stem),
            wanted,
            look=Look(config.body, config.bone_names, keep_stem=True),
            started=lambda name: say(f"Writing {name}"),
        )
    if as_json:
        show_json({"files": [str(path) for path in files], "notes": list(motion.notes)})
        return
    show_files(files)
    for note in motion.notes:
        show_line(f"note: {note}")
