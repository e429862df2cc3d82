"""motion-agent caption and motion-agent export: files in, words or other files out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    Who,
    config_of,
    formats_of,
    up_of,
)
from .output import busy, show_files, show_json, show_line, show_motion

if TYPE_CHECKING:
    from ...motion_models.motion.motion import Motion

MotionFile = Annotated[
    Path,
    typer.Argument(
        exists=True,
        dir_okay=False,
        metavar="FILE",
        help="A motion file: bvh, amc, npy, npz, glb, gltf, vrma, pkl.",
    ),
]
#: How many clips stand side by side at most.
MOST_COMPARED = 8


def caption(
    file: MotionFile,
    *,
    backend: Backend = None,
    fps: Fps = None,
    up: Up = None,
    person: Who = 1,
    as_json: AsJson = False,
) -> None:
    """Say in words what the person in a motion file does."""
    axis = up_of(up)
    with busy("Loading the motion model") as say:
        from ..conversations.session import Session

        session = Session.start(config_of(backend=backend))
        say(f"Watching {file.name}")
        ref = session.open(file.resolve(), fps=fps, up=axis, person=person)
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
    person: Who = 1,
    body: BodyOption = None,
    names: NamesOption = None,
    as_json: AsJson = False,
) -> None:
    """Turn a motion file into other formats."""
    wanted, axis = formats_of(formats), up_of(up)
    with busy(f"Reading {file.name}") as say:
        from ...motion_models.formats import WriteOptions, load_motion
        from ...tools.export import kept_stem, write

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
            look=WriteOptions(config.body, config.bone_names),
            started=lambda name: say(f"Writing {name}"),
        )
    if as_json:
        show_json({"files": [str(path) for path in files], "notes": list(motion.notes)})
        return
    show_files(files)
    for note in motion.notes:
        show_line(f"note: {note}")


def compare(
    files: Annotated[
        list[Path],
        typer.Argument(
            exists=True, dir_okay=False, metavar="FILE FILE ...", help="Two motion files or more."
        ),
    ],
    *,
    out: Out = None,
    fps: Fps = None,
    up: Up = None,
    body: BodyOption = None,
    as_json: AsJson = False,
) -> None:
    """Show motion files side by side, as one page that plays them together."""
    axis = up_of(up)
    if not 2 <= len(files) <= MOST_COMPARED:
        raise typer.BadParameter(f"give 2 to {MOST_COMPARED} files, not {len(files)}", param_hint="FILE")
    with busy("Reading the files") as say:
        from ...motion_models.formats import WriteOptions, load_motion
        from ...tools.export import kept_stem, write

        config = config_of(output_folder=out, body=body)
        motions: list[Motion] = []
        for file in files:
            say(f"Reading {file.name}")
            motion = load_motion(file, fps=fps, up=axis, max_bytes=config.max_file_megabytes << 20)
            motions.append(replace(motion, name=file.name))
        look = WriteOptions(config.body, apart=True)
        stem = kept_stem(" and ".join(file.stem for file in files))
        pages = write(motions, Path(config.output_folder), stem, ["html"], look=look)
    notes = [f"{motion.name}: {note}" for motion in motions for note in motion.notes]
    if as_json:
        show_json({"files": [str(path) for path in pages], "notes": notes})
        return
    show_files(pages)
    for note in notes:
        show_line(f"note: {note}")
