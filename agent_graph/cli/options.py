"""Options several commands share, and how they become settings."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypedDict, TypeVar, get_args, get_type_hints

import typer

if TYPE_CHECKING:
    from ..config import AgentConfig

DEFAULT_FORMATS = "bvh,glb,html,mp4,npz"

Out = Annotated[
    Path | None,
    typer.Option(
        "--out", "-o", help='Folder the files are written to; "motions" by default.', file_okay=False
    ),
]
Formats = Annotated[
    str,
    typer.Option(
        "--format", "-f", help="File formats, separated by commas: bvh,glb,npz,npy,mp4,gif,html,png,vrma."
    ),
]
Coordinator = Annotated[
    str | None,
    typer.Option(
        "--coordinator", "-c", help='"offline" (the default), or "provider:model" such as openai:gpt-4.1.'
    ),
]
BaseUrl = Annotated[str | None, typer.Option("--base-url", help="Address of an OpenAI-compatible server.")]
ModeOption = Annotated[
    str | None,
    typer.Option("--mode", help="How plans are asked for: auto, tools, json_schema, prompted or grammar."),
]
ThreadName = Annotated[
    str | None,
    typer.Option("--thread", "-t", help="Name of a conversation that is saved and can be continued."),
]
Backend = Annotated[
    str | None,
    typer.Option("--backend", help='Another motion model: a folder, "hf:USER/NAME" or "plug-in:argument".'),
]
SeedOption = Annotated[int | None, typer.Option("--seed", min=0, help="Base of all random seeds.")]
Frames = Annotated[
    tuple[int, int] | None,
    typer.Option(
        "--frames",
        metavar="LEAST MOST",
        help="Lengths of the clips that are used, in frames; the published protocol's by default (40 199).",
    ),
]
Fps = Annotated[
    float | None,
    typer.Option("--fps", min=5, max=1000, help="Frames a second of the file, whatever it says."),
]
Up = Annotated[
    str | None,
    typer.Option("--up", help="The file's axis that points up: y, z, -y, ...; else the motion tells."),
]
Who = Annotated[int, typer.Option("--person", min=1, help="Which one of several people in the file.")]
BodyOption = Annotated[
    str | None, typer.Option("--body", help="What files show: human (the default) or mannequin.")
]
NamesOption = Annotated[
    str | None,
    typer.Option(
        "--names", help="Bone names of GLB and BVH files: ours (the default), mixamo, unity or vrm."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]

Command = TypeVar("Command", bound=Callable[..., None])


class MotionSettings(TypedDict):
    """Settings of `AgentConfig` that say what motion is made with, what files show and where they go."""

    output_folder: Out
    body: BodyOption
    bone_names: NamesOption
    backend: Backend


class AgentSettings(MotionSettings):
    """These, and the settings of the coordinator."""

    coordinator: Coordinator
    base_url: BaseUrl
    mode: ModeOption


def spelt_out(command: Command) -> Command:
    """A command whose last parameter is `**name: Unpack[...]` of a TypedDict of options.

    The command line shows these one by one; those that are not given are None.
    """
    signature = inspect.signature(command, eval_str=True)
    *own, rest = signature.parameters.values()
    [fields] = get_args(rest.annotation)
    options = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=option)
        for name, option in get_type_hints(fields, include_extras=True).items()
    ]
    command.__signature__ = signature.replace(parameters=[*own, *options])  # type: ignore[attr-defined]
    return command


def formats_of(text: str) -> list[str]:
    """The formats a comma-separated list names. Raises a usage error for one that does not exist."""
    from ...tools.schemas import MotionFormat

    known = get_args(MotionFormat)
    wanted = [part.strip().lower().removeprefix(".") for part in text.split(",") if part.strip()]
    for name in wanted:
        if name not in known:
            raise typer.BadParameter(f"unknown format {name!r}; formats: {', '.join(known)}")
    if not wanted:
        raise typer.BadParameter(f"no format given; formats: {', '.join(known)}")
    return wanted


def up_of(text: str | None) -> str | None:
    """The axis an option names. Raises a usage error for none."""
    from ...motion_models.formats import UP_AXES

    axis = None if text is None else text.strip().lower().removeprefix("+")
    if axis is not None and axis not in UP_AXES:
        raise typer.BadParameter(f"one of {', '.join(UP_AXES)}, not {text!r}", param_hint="--up")
    return axis


def config_of(**settings: Any) -> AgentConfig:
    """Flags over environment and file. Who sits at the terminal may have any file read."""
    from ..config import AgentConfig

    return AgentConfig.load(**settings, input_folder=Path(Path.cwd().anchor))
