"""Between our folder and the files that Motion-Agent publishes.

Official files: `vqvae.pth` and `motionllm.pth`, mean.npy and std.npy, and a backbone by hub name or folder.
What they do not say (the prompt template, sampling, what can be asked for) is given, or the paper's.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from ..english.lexicon import Lexicon
from ..errors import CheckpointError
from ..language.checkpoint import BACKBONE, OFFICIAL, load_official
from ..language.motion_llm import MotionLLM
from ..language.templates import TEMPLATES, PromptRenderer
from ..storage.layout import LEXICON_FILE, LLM_FOLDER, TOKENIZER_FOLDER
from ..tokenizer.tokenizer import STATISTICS, MotionTokenizer

VQVAE_FILE = "vqvae.pth"
_PAPER_TEMPLATE = "alpaca"


def to_official(folder: Path, out: Path, backbone: str | Path | None = None) -> list[str]:
    """Write a backend's folder as official files; returns what these cannot say, in sentences.

    A backbone the folder carries is copied beside them. backbone: instead of the one the folder names.
    Raises CheckpointError.
    """
    _require_parts(folder)
    tokenizer = MotionTokenizer.from_pretrained(folder / TOKENIZER_FOLDER)
    model = MotionLLM.from_pretrained(folder / LLM_FOLDER, backbone, device="cpu")
    # Refused, where several codes make a step, before anything is written.
    state = tokenizer.official_state() | {STATISTICS: {"mean": tokenizer.mean, "std": tokenizer.std}}
    out.mkdir(parents=True, exist_ok=True)
    model.save_official(out / OFFICIAL)
    torch.save(state, out / VQVAE_FILE)
    np.save(out / "mean.npy", tokenizer.mean.numpy())
    np.save(out / "std.npy", tokenizer.std.numpy())
    if model.backbone_reference is None:
        shutil.copytree(folder / LLM_FOLDER / BACKBONE, out / BACKBONE, dirs_exist_ok=True)
    return list(_unsaid(model))


def _unsaid(model: MotionLLM) -> list[str]:
    notes = ["sampling defaults and the lexicon have no place in official files"]
    if model.backbone_reference is not None:
        notes.append(f"the backbone is {model.backbone_reference}")
    if (name := model.renderer.template.name) != _PAPER_TEMPLATE:
        notes.append(
            f"these weights were trained on {name!r} prompts, official files mean {_PAPER_TEMPLATE!r} ones: "
            f"convert them back with --template {name}"
        )
    return notes


@dataclass(frozen=True)
class OfficialFiles:
    """Where the parts of an official checkpoint are. statistics: a folder with mean.npy and std.npy."""

    vqvae: Path
    motionllm: Path
    backbone: str | Path
    statistics: Path | None = None

    @classmethod
    def find(cls, path: Path, backbone: str | None = None, statistics: Path | None = None) -> OfficialFiles:
        """In a folder, or beside one of the files. Raises CheckpointError for what is missing."""
        folder = path if path.is_dir() else path.parent
        files = {name: folder / name for name in (VQVAE_FILE, OFFICIAL)}
        if missing := [name for name, file in files.items() if not file.is_file()]:
            raise CheckpointError(f"{folder} lacks {' and '.join(missing)}: put both official files there")
        own = folder / BACKBONE
        if backbone is None and not own.is_dir():
            raise CheckpointError(f"{OFFICIAL} holds adapters only: name its backbone with --backbone")
        return cls(files[VQVAE_FILE], files[OFFICIAL], backbone or own, statistics)


def from_official(
    files: OfficialFiles, out: Path, *, captions: Path | None = None, template: str = _PAPER_TEMPLATE
) -> list[str]:
    """Write official files as a folder for `load_backend`; returns what was assumed, in sentences.

    A backbone given as a folder is copied into it, one given by hub name is referred to. captions: those of
    the training, for the repertoire and to name unknown words. Raises CheckpointError.
    """
    if template not in TEMPLATES:
        raise CheckpointError(f"no prompt template {template!r}: there are {', '.join(TEMPLATES)}")
    where = files.statistics
    tokenizer = MotionTokenizer.from_pretrained(
        files.vqvae, mean=_statistic(where, "mean"), std=_statistic(where, "std")
    )
    # As stored: bfloat16 and half precision have other ranges.
    model = load_official(files.motionllm, files.backbone, dtype="auto")
    if tokenizer.codebook_size != model.vocabulary.codebook_size:
        raise CheckpointError(
            f"{files.vqvae} has {tokenizer.codebook_size} codes, {files.motionllm} rows for "
            f"{model.vocabulary.codebook_size}: they do not belong together"
        )
    model.renderer = PromptRenderer(model.tokenizer, model.vocabulary, TEMPLATES[template])
    seconds = tokenizer.representation.seconds_per_token
    model.defaults = replace(model.defaults, seconds_per_token=seconds)
    if Path(files.backbone).is_dir():
        model.backbone_reference = None
    # A published model stands on a language model that knew words before: it reads every request.
    lexicon = Lexicon.from_captions([] if captions is None else read_captions(captions), "language")
    model.save_pretrained(out / LLM_FOLDER)
    tokenizer.save_pretrained(out / TOKENIZER_FOLDER)
    lexicon.save(out / LEXICON_FILE)
    return list(_assumed(model, captions))


def _assumed(model: MotionLLM, captions: Path | None) -> list[str]:
    notes = [f"prompts are the {model.renderer.template.name!r} ones, sampling draws from the whole softmax"]
    if captions is None:
        notes.append("no captions were given: the repertoire is unknown and no word counts as unknown")
    if model.backbone_reference is not None:
        notes.append(f"the backbone is referred to as {model.backbone_reference}, not copied")
    return notes


def _statistic(folder: Path | None, name: str) -> Path | None:
    """mean.npy or Mean.npy in the folder; None lets the tokenizer look beside its weights."""
    if folder is None:
        return None
    found = [folder / spelled for spelled in (f"{name}.npy", f"{name.capitalize()}.npy")]
    return next((file for file in found if file.is_file()), found[0])


def _require_parts(folder: Path) -> None:
    if missing := [part for part in (TOKENIZER_FOLDER, LLM_FOLDER) if not (folder / part).is_dir()]:
        raise CheckpointError(f"{folder} is no folder of a motion backend: it lacks {', '.join(missing)}/")


def read_captions(path: str | Path) -> list[str]:
    """Captions of a text file, one a line, or of a folder of them. Raises CheckpointError.

    HumanML3D's lines ("caption#words with their kinds#from#to") lose all but the caption.
    """
    path = Path(path)
    files = sorted(path.glob("*.txt")) if path.is_dir() else [path]
    try:
        lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise CheckpointError(f"captions cannot be read from {path}: {error}") from error
    captions = [text for line in lines if (text := line.split("#", 1)[0].strip())]
    if not captions:
        raise CheckpointError(f"{path} holds no captions: give a text file, one caption a line")
    return captions
