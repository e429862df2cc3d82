"""The folder a hub gets: weights as they are, a model card, the licence, and no pickles."""

from __future__ import annotations

import json
import shutil
from fnmatch import fnmatch
from importlib.metadata import version
from pathlib import Path

from ..errors import CheckpointError
from ..storage.hub import PATTERNS, require_repository_name
from ..storage.layout import LEXICON_FILE, LLM_FOLDER, TOKENIZER_FOLDER, files_of
from .card import CardOptions, model_card
from .summary import Summary, summarise

_ATTRIBUTES = "".join(
    f"{pattern} filter=lfs diff=lfs merge=lfs -text\n"
    for pattern in ("*.safetensors", "tokenizer.json", "*.model")
)
_PICKLES = ("*.pth", "*.pt", "*.bin", "*.pkl", "*.pickle", "*.ckpt", "*.tar", "*.npz")


def write_hub_folder(source: Path, out: Path, options: CardOptions) -> Summary:
    """Copy a backend's folder, or a merged model's, into the empty folder `out` with all a hub wants beside.

    Raises CheckpointError for pickles, for anything else than such a folder, and for a backbone that only
    this machine has, HubError for a repository that is not USER/NAME.
    """
    require_repository_name(options.repo)
    summary = summarise(source)
    _check_source(source, summary)
    written = source / "README.md"
    card = model_card(summary, options, written.read_text("utf-8") if written.is_file() else "")
    beside = {"README.md": card, ".gitattributes": _ATTRIBUTES} | _license(source, card, options)
    if out.exists() and any(out.iterdir()):
        raise CheckpointError(f"{out} is not empty: name a new folder")
    for file in _files(source, summary):
        target = out / file.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    if summary.tokenizer is not None:
        beside["config.json"] = _config(summary, out)
    for name, text in beside.items():
        (out / name).write_text(text, encoding="utf-8")
    return summary


def _license(source: Path, card: str, options: CardOptions) -> dict[str, str]:
    """The MIT licence where none came along and the card says so."""
    if any(source.glob("LICENSE*")):
        return {}
    if "\nlicense: mit\n" not in card:
        raise CheckpointError(f"a licence other than mit needs its text: put it into {source} as LICENSE")
    text = Path(__file__).with_name("MIT.txt").read_text("utf-8")
    return {"LICENSE": text.format(holder=f"the authors of {options.repo}")}


def _check_source(source: Path, summary: Summary) -> None:
    whole = summary.tokenizer is not None and summary.language is not None and (source / LLM_FOLDER).is_dir()
    if not whole and "merged" not in summary.kind:
        raise CheckpointError(
            f"{source} is {summary.kind}: a hub gets a whole backend (motion-agent weights convert --to "
            "motion-agent) or a merged model (weights merge)"
        )
    backbone = summary.language.referred if summary.language else ""
    # A folder that is gone still is no model of a hub.
    if whole and backbone and (Path(backbone).exists() or Path(backbone).is_absolute()):
        raise CheckpointError(
            f"{source} refers to the backbone at {backbone}, which others do not have: name its hub model in "
            f"{LLM_FOLDER}/config.json, or convert again, which copies the folder"
        )


def _files(source: Path, summary: Summary) -> list[Path]:
    """What is copied, nothing of a training; a pickle among the files is refused rather than left out."""
    files = files_of(source)
    if pickles := [file for file in files if any(fnmatch(file.name, pattern) for pattern in _PICKLES)]:
        raise CheckpointError(f"{pickles[0]} may hold code: hub folders carry safetensors only, take it away")
    if summary.tokenizer is not None:
        parts = (TOKENIZER_FOLDER, LLM_FOLDER, LEXICON_FILE)
        files = [
            file
            for file in files
            if file.relative_to(source).parts[0] in parts or file.name.startswith("LICENSE")
        ]
    return [file for file in files if any(fnmatch(file.name, pattern) for pattern in PATTERNS)]


def _config(summary: Summary, out: Path) -> str:
    """A file by which hubs count downloads and programs see what this is."""
    parts = {"tokenizer": TOKENIZER_FOLDER, "motion_llm": LLM_FOLDER, "lexicon": LEXICON_FILE}
    config = {
        "model_type": "motion-agent",
        "motion_agent_version": version("motion-agent"),
        "parts": {name: part for name, part in parts.items() if (out / part).exists()},
        "base_model": summary.language.referred or None if summary.language else None,
    }
    return json.dumps(config, indent=2) + "\n"
