"""motion-agent weights: what a checkpoint is, and its way into other programs and onto a hub."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from .options import AsJson
from .output import busy, show_json, show_line

if TYPE_CHECKING:
    from ...motion_models.export.summary import LanguageSummary, Summary

app = typer.Typer(no_args_is_help=True, help="Look at checkpoints, convert, merge and upload them.")

Source = Annotated[
    str, typer.Argument(metavar="PATH", help='A checkpoint\'s folder or file, or "hf:USER/NAME".')
]


def _new_folder(out: Path) -> Path:
    if out.is_dir() and any(out.iterdir()):
        raise typer.BadParameter("the folder is not empty: name a new one")
    return out


OutFolder = Annotated[
    Path, typer.Option("--out", "-o", help="A new folder.", file_okay=False, callback=_new_folder)
]
BackboneOption = Annotated[
    str | None,
    typer.Option(
        "--backbone",
        help="A folder or hub name; by default what the checkpoint names, or backbone/ beside it.",
    ),
]


class Layout(StrEnum):
    """What checkpoints are converted to."""

    official = "official"
    motion_agent = "motion-agent"


class Task(StrEnum):
    """What a merged model does."""

    generation = "generation"
    captioning = "captioning"


class Precision(StrEnum):
    """How merged weights are stored."""

    float32 = "float32"
    float16 = "float16"
    bfloat16 = "bfloat16"


@app.command()
def show(source: Source, as_json: AsJson = False) -> None:
    """Say what a checkpoint is, without loading it."""
    from ...motion_models.export.summary import summarise
    from ...motion_models.storage.hub import local_path

    summary = summarise(local_path(source))
    if as_json:
        show_json(summary.as_dict())
    else:
        _show(summary)


@app.command()
def convert(
    source: Source,
    *,
    to: Annotated[Layout, typer.Option("--to", help="The layout to write.")],
    out: OutFolder,
    backbone: BackboneOption = None,
    statistics: Annotated[
        Path | None,
        typer.Option("--statistics", exists=True, help="Folder with mean.npy and std.npy; PATH by default."),
    ] = None,
    captions: Annotated[
        Path | None,
        typer.Option(
            "--captions", exists=True, help="Training captions: a text file, one a line, or a folder."
        ),
    ] = None,
    template: Annotated[
        str, typer.Option("--template", help="Prompts the weights were trained with: alpaca or compact.")
    ] = "alpaca",
) -> None:
    """Turn a backend's folder into official files (vqvae.pth, motionllm.pth), or these into a folder."""
    if to is Layout.official and (statistics or captions):
        raise typer.BadParameter("statistics and captions are for --to motion-agent", param_hint="--to")
    with busy("Converting"):
        from ...motion_models.export.convert import OfficialFiles, from_official, to_official
        from ...motion_models.storage.hub import local_path

        path = local_path(source)
        if to is Layout.official:
            notes = to_official(path, out, backbone)
        else:
            files = OfficialFiles.find(path, backbone, statistics)
            notes = from_official(files, out, captions=captions, template=template)
    show_line(f"written to {out}")
    _show_notes(notes)


@app.command()
def merge(
    source: Source,
    task: Annotated[Task, typer.Option("--task", help="The task whose adapter is merged.")],
    out: OutFolder,
    backbone: BackboneOption = None,
    dtype: Annotated[
        Precision | None,
        typer.Option("--dtype", help="float32 by default, bfloat16 above 200 M parameters."),
    ] = None,
) -> None:
    """Write one plain transformers folder for other servers, such as vLLM and TGI."""
    with busy("Merging"):
        import torch

        from ...motion_models.export.merged import save_merged
        from ...motion_models.language.motion_llm import MotionLLM

        model = MotionLLM.from_pretrained(source, backbone, device="cpu")
        save_merged(model, task.value, out, None if dtype is None else getattr(torch, dtype.value))
    show_line(f"written to {out}; its README.md has the prompt and a request")


@app.command()
def push(
    source: Source,
    *,
    repo: Annotated[str, typer.Option("--repo", help="USER/NAME on the hub.")],
    private: Annotated[bool, typer.Option("--private", help="Make the repository private.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write the folder to --out, upload nothing.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Where the folder is written; by default it is not kept."),
    ] = None,
    reports: Annotated[
        list[Path] | None,
        typer.Option("--report", exists=True, help="Markdown of an evaluation, for the card; repeatable."),
    ] = None,
    license_name: Annotated[
        str,
        typer.Option(
            "--license", help="Licence by the hub's name for it; by default that of the folder's card."
        ),
    ] = "",
    base_model: Annotated[str, typer.Option("--base-model", help="Hub name of the backbone.")] = "",
    datasets: Annotated[
        list[str] | None, typer.Option("--dataset", help="Hub name of training data; repeatable.")
    ] = None,
) -> None:
    """Write a folder with model card and licence, and upload it to a hub (HF_TOKEN, HF_ENDPOINT)."""
    if dry_run and out is None:
        raise typer.BadParameter("a dry run leaves its folder somewhere", param_hint="--out")
    from ...motion_models.export.card import CardOptions
    from ...motion_models.export.folder import write_hub_folder
    from ...motion_models.storage.hub import local_path
    from ...motion_models.storage.hub import push as upload

    card = CardOptions(repo, license_name, tuple(datasets or ()), base_model, tuple(reports or ()))
    with TemporaryDirectory() as temporary, busy("Writing the folder") as say:
        folder = out or Path(temporary)
        write_hub_folder(local_path(source), folder, card)
        if dry_run:
            address = str(folder)
        else:
            say(f"Uploading to {repo}")
            address = upload(folder, repo, private=private)
    show_line(f"written to {address}" if dry_run else f"uploaded to {address}")


def _show(summary: Summary) -> None:
    show_line(f"{summary.path}: {summary.kind}, {summary.bytes / 2**20:.1f} MiB")
    if (tokenizer := summary.tokenizer) is not None:
        show_line(
            f"  tokenizer: {tokenizer.features} features, width {tokenizer.width}, {tokenizer.codes} codes "
            f"of size {tokenizer.code_dim}, {tokenizer.levels} a step, {tokenizer.parameters:,} parameters; "
            f"mean and std {tokenizer.statistics}"
        )
    if (language := summary.language) is not None:
        words = f"{language.text_tokens:,} text and " if language.text_tokens else ""
        show_line(f"  vocabulary: {words}{language.motion_tokens} motion tokens")
        for name, adapter in sorted(language.adapters.items(), reverse=True):
            show_line(f"  adapter {name}: rank {adapter['rank']}, {adapter['parameters']:,} parameters")
        _show_prompts_and_backbone(language)
    if summary.repertoire is not None:
        show_line(f"  lexicon: {summary.repertoire} actions")


def _show_prompts_and_backbone(language: LanguageSummary) -> None:
    if language.template:
        show_line(f"  prompts: {language.template}")
    if language.backbone_parameters:
        show_line(f"  backbone: {language.backbone}, {language.backbone_parameters:,} parameters")
    else:
        show_line(f"  backbone: {language.backbone or 'not among the files'}")


def _show_notes(notes: list[str]) -> None:
    for note in notes:
        show_line(f"note: {note}")
