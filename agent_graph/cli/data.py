"""motion-agent data: one's own recordings as training data, and a look at what a folder of it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from .interrupts import stopping
from .options import AsJson, Fps, Frames, Up, up_of
from .output import errors, output, show_error, show_json, show_line

if TYPE_CHECKING:
    from ...motion_models.data.preparation.check import FolderReport
    from ...motion_models.data.preparation.prepare import Prepared

Item = TypeVar("Item")

app = typer.Typer(no_args_is_help=True, help="Prepare and check captioned motion to train on.")
#: How many problems are printed; --json has all.
SHOWN = 20
#: What a folder's statistics are, by the weighting of its std.
_STATISTICS = {
    None: "without mean and std",
    "unknown": "with a mean and std that could not be compared with the clips",
    "unweighted": "with the mean and std that training of your own takes (unweighted)",
    "once": "with a std whose root features are weighted once",
    "twice": "with the mean and std that published checkpoints take (weighted twice)",
}


@app.command()
def prepare(
    source: Annotated[
        Path,
        typer.Argument(
            exists=True,
            file_okay=False,
            help="Folder of motion files (bvh, amc, npz, npy, glb, ...), or of CMU trials.",
        ),
    ],
    *,
    out: Annotated[
        Path, typer.Option("--out", "-o", file_okay=False, help="Folder to write, in HumanML3D's layout.")
    ],
    captions: Annotated[
        Path | None,
        typer.Option(
            "--captions",
            help='Table (.jsonl, .csv) of file, caption, start, end; "cmu" for the captions that ship; '
            "without it, a .txt beside each motion file.",
        ),
    ] = None,
    val: Annotated[
        float, typer.Option("--val", min=0, max=1, help="Share of recordings for validation.")
    ] = 0.05,
    test: Annotated[float, typer.Option("--test", min=0, max=1, help="Share of recordings for tests.")] = 0.1,
    mirror: Annotated[
        bool,
        typer.Option(
            "--mirror", help="Also add every clip mirrored, with left and right swapped in its captions."
        ),
    ] = False,
    fps: Fps = None,
    up: Up = None,
    as_json: AsJson = False,
) -> None:
    """Turn motion files and captions into training data. What is done already is kept."""
    from ...motion_models.data.preparation import prepare as preparing

    asked = preparing.Preparation(val, test, mirror, preparing.Reading(fps, up_of(up)))
    table = _table(captions)
    with stopping("stopped; the same command goes on from here"):
        made = preparing.prepare(
            source, out, captions=table, preparation=asked, track=_bar("Preparing recordings")
        )
    if as_json:
        show_json(made.to_dict())
    else:
        _show_prepared(made)


@app.command()
def check(
    folder: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="Folder in HumanML3D's layout.")
    ],
    frames: Frames = None,
    as_json: AsJson = False,
) -> None:
    """Count what a folder of captioned motion holds and list all problems; exit 1 when there are any."""
    from ...motion_models.data.preparation.check import check_folder

    report = check_folder(folder, frames=frames, track=_bar("Reading clips"))
    if as_json:
        show_json(report.to_dict())
    else:
        _show_report(report)
    if report.problems:
        raise typer.Exit(1)


def _table(captions: Path | None) -> Path | str | None:
    from ...motion_models.data.preparation.prepare import CMU

    if captions is None or str(captions) == CMU:
        return CMU if captions else None
    if not captions.is_file():
        raise typer.BadParameter(f"there is no file {captions}", param_hint="--captions")
    return captions


def _bar(text: str) -> Callable[[Sequence[Item]], Iterable[Item]]:
    """A progress bar on stderr over what it is given."""

    def track(items: Sequence[Item]) -> Iterator[Item]:
        from rich.progress import track as bar

        return iter(bar(items, text, console=errors, transient=True))

    return track


def _show_prepared(made: Prepared) -> None:
    from ...motion_models.data.naming import counted

    counts = ", ".join(f"{split} {count}" for split, count in made.clips.items())
    clips = counted(sum(made.clips.values()), "clip")
    kept = f" ({made.kept} there already)" if made.kept else ""
    source = counted(made.recordings, "recording") + kept
    show_line(f"{made.folder}: {clips} ({counts}), {made.seconds / 60:.1f} minutes, from {source}")
    for note in made.notes:
        show_line(f"note: {note}")
    if made.tagger == "none":
        show_line("note: words are tagged OTHER; pip install motion-agent[data] tells parts of speech")
    _list("left out", [f"{name}: {reason}" for name, reason in made.failed])


def _show_report(report: FolderReport) -> None:
    from rich.table import Table

    show_line(f"{report.folder}: {report.representation}, {_STATISTICS[report.statistics]}")
    table = Table("split", "ids", "clips used", "captions", "minutes")
    for split, content in report.splits.items():
        row = (content.ids, content.clips, content.captions, f"{content.seconds / 60:.1f}")
        table.add_row(split, *map(str, row))
    output.print(table)
    for note in report.notes:
        show_line(f"note: {note}")
    _list("problem", report.problems)


def _list(lead: str, lines: Sequence[str]) -> None:
    for line in lines[:SHOWN]:
        show_error(line, lead)
    if len(lines) > SHOWN:
        show_error(f"{len(lines) - SHOWN} more; --json lists all", lead)
