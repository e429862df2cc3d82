"""What a checkpoint is: kind, sizes, vocabulary, adapters, statistics, read off the files without a model.

Shapes come from the headers of safetensors, so that a folder of many gigabytes is read at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from math import prod
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from torch import Tensor

from ..errors import CheckpointError
from ..language.checkpoint import ADAPTERS, BACKBONE, OFFICIAL, is_official_state
from ..storage.checkpoint_io import first_line, load_torch_archive, read_json
from ..storage.layout import LEXICON_FILE, LLM_FOLDER, TOKENIZER_FOLDER, TOKENIZER_MODEL_TYPE, files_of
from ..tokenizer.tokenizer import STATISTICS
from .convert import VQVAE_FILE

Shapes = Mapping[str, tuple[int, ...]]
_STATISTICS = ("mean", "std")


@dataclass(frozen=True)
class TokenizerSummary:
    """A motion tokenizer.

    statistics: where mean and std are: "stored", "beside" the file or "missing". levels: codes of a step.
    """

    features: int
    width: int
    codes: int
    code_dim: int
    parameters: int
    statistics: str
    levels: int = 1


@dataclass(frozen=True)
class LanguageSummary:
    """A MotionLLM or the part of one; 0 and "" stand for what the files do not say.

    adapters: name -> rank and parameters. row_parameters: of the embedding rows of the motion tokens; a
    backbone with a head of its own has as many there.
    """

    template: str
    text_tokens: int
    motion_tokens: int
    adapters: dict[str, dict[str, int]]
    row_parameters: int
    backbone: str
    backbone_parameters: int

    @property
    def referred(self) -> str:
        """The backbone that is named but not among the files, "" where they have it."""
        return "" if self.backbone_parameters else self.backbone


@dataclass(frozen=True)
class Summary:
    """What stands at a path. bytes: of all its files."""

    path: str
    kind: str
    bytes: int
    tokenizer: TokenizerSummary | None = None
    language: LanguageSummary | None = None
    repertoire: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Without the parts that are not there."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def summarise(path: Path) -> Summary:
    """Read a checkpoint of any layout we know. Raises CheckpointError for everything else."""
    if path.is_file():
        return _official_file(path)
    if not path.is_dir():
        raise CheckpointError(f"nothing at {path}: give a checkpoint's folder or file")
    if (path / LLM_FOLDER).is_dir() or (path / TOKENIZER_FOLDER).is_dir():
        return _backend(path)
    if (path / VQVAE_FILE).is_file() or (path / OFFICIAL).is_file():
        return _official_folder(path)
    config = read_json(path / "config.json")
    if config.get("model_type") == TOKENIZER_MODEL_TYPE:
        return Summary(str(path), "motion tokenizer", _size(path), tokenizer=_own_tokenizer(path))
    if "adapters" in config and "codebook_size" in config:
        return Summary(str(path), "MotionLLM", _size(path), language=_own_language(path))
    if "architectures" in config:
        return _transformers(path, config)
    raise CheckpointError(f"{path} is no checkpoint we know: see docs/checkpoints.md for the layouts")


def _backend(path: Path) -> Summary:
    lexicon = path / LEXICON_FILE
    return Summary(
        str(path),
        "motion-agent backend",
        _size(path),
        _own_tokenizer(path / TOKENIZER_FOLDER),
        _own_language(path / LLM_FOLDER),
        len(read_json(lexicon).get("actions", ())) if lexicon.is_file() else None,
    )


def _official_folder(path: Path) -> Summary:
    parts = [_official_file(path / name) for name in (VQVAE_FILE, OFFICIAL) if (path / name).is_file()]
    tokenizer = next((part.tokenizer for part in parts if part.tokenizer), None)
    language = next((part.language for part in parts if part.language), None)
    if language is not None and (path / BACKBONE).is_dir():
        backbone, parameters = _carried(path / BACKBONE)
        language = replace(language, backbone=backbone, backbone_parameters=parameters)
    return Summary(str(path), "official files", _size(path), tokenizer, language)


def _official_file(path: Path) -> Summary:
    state = load_torch_archive(path)
    net = state.get("net") if isinstance(state, dict) else None
    if isinstance(net, dict) and all(isinstance(value, Tensor) for value in net.values()):
        shapes = {name.removeprefix("vqvae."): tuple(value.shape) for name, value in net.items()}
        kind = f"official motion tokenizer ({VQVAE_FILE})"
        where = "stored" if STATISTICS in state else _beside(path)
        return Summary(str(path), kind, _size(path), tokenizer=_tokenizer(shapes, path, where))
    if is_official_state(state):
        shapes = {name: tuple(value.shape) for name, value in state.items()}
        kind = f"official adapters and motion rows ({OFFICIAL})"
        return Summary(str(path), kind, _size(path), language=_language(shapes, "alpaca"))
    raise CheckpointError(f"{path} is neither a {VQVAE_FILE} nor a {OFFICIAL}")


def _transformers(path: Path, config: Mapping[str, Any]) -> Summary:
    from transformers import AutoTokenizer

    files = sorted(path.glob("*.safetensors"))
    if not files:
        raise CheckpointError(f"{path} holds no safetensors: save the model again with safe_serialization")
    parameters = sum(_count(shapes_of(file)) for file in files)
    try:
        words = AutoTokenizer.from_pretrained(path, local_files_only=True).get_vocab()
    except (OSError, ValueError) as error:
        raise CheckpointError(f"the tokenizer of {path} cannot be read: {first_line(error)}") from error
    motion = sum(word.startswith(("<Motion", "</Motion")) for word in words)
    kind = "plain transformers model" + (", a MotionLLM merged" if motion else "")
    [name, *_] = config["architectures"] or ["unknown"]
    language = LanguageSummary("", len(words) - motion, motion, {}, 0, name, parameters)
    return Summary(str(path), kind, _size(path), language=language)


#: The layers of a decoder that stand alone: the last gives the features.
_DECODER_LAYER = re.compile(r"decoder\.model\.\d\.weight")


def _own_tokenizer(path: Path) -> TokenizerSummary:
    shapes = shapes_of(path / "model.safetensors")
    stored = all(name in shapes for name in _STATISTICS)
    weights = {name: shape for name, shape in shapes.items() if name not in _STATISTICS}
    return _tokenizer(weights, path, "stored" if stored else "missing")


def _tokenizer(shapes: Shapes, path: Path, statistics: str) -> TokenizerSummary:
    try:
        width, entering, _ = shapes["decoder.model.0.weight"]
        features = shapes[max(name for name in shapes if _DECODER_LAYER.fullmatch(name))][0]
        codes, code_dim = next(shape for name, shape in sorted(shapes.items()) if name.endswith("codebook"))
        sizes = {"width": width, "features": features, "codes": codes, "code_dim": code_dim}
        sizes["levels"] = entering // code_dim
    except (KeyError, ValueError, StopIteration) as error:
        raise CheckpointError(f"{path} is no motion tokenizer: it has no {error}") from error
    own = {
        n: s for n, s in shapes.items() if n.startswith(("encoder.", "decoder.")) or n.endswith("codebook")
    }
    return TokenizerSummary(**sizes, parameters=_count(own), statistics=statistics)


def _own_language(path: Path) -> LanguageSummary:
    config = read_json(path / "config.json")
    reference, text_tokens = config.get("backbone"), config.get("text_size")
    if not isinstance(text_tokens, int):
        raise CheckpointError(f"{path / 'config.json'} says no number of text tokens: get it again")
    backbone, parameters = _carried(path / BACKBONE) if reference is None else (str(reference), 0)
    return _language(
        shapes_of(path / ADAPTERS),
        str(config.get("template", "")),
        text_tokens=text_tokens,
        backbone=backbone,
        backbone_parameters=parameters,
    )


def _carried(path: Path) -> tuple[str, int]:
    """A backbone among the files: its architecture and number of parameters."""
    kind = read_json(path / "config.json").get("model_type", "unknown")
    files = sorted(path.glob("*.safetensors"))
    if not files:
        raise CheckpointError(f"{path} has no safetensors: get the checkpoint again")
    return f"carried along ({kind})", sum(_count(shapes_of(file)) for file in files)


def _language(
    shapes: Shapes,
    template: str,
    *,
    text_tokens: int = 0,
    backbone: str = "",
    backbone_parameters: int = 0,
) -> LanguageSummary:
    adapters: dict[str, dict[str, int]] = {}
    for name, shape in shapes.items():
        for side in (".lora_A.", ".lora_B."):
            if side in name:
                adapter = adapters.setdefault(name.split(side)[1].removesuffix(".weight"), {"parameters": 0})
                adapter["parameters"] += prod(shape)
                adapter["rank"] = min(shape)
    rows = shapes.get("embeddings", (0, 0))
    return LanguageSummary(
        template, text_tokens, rows[0], adapters, prod(rows), backbone, backbone_parameters
    )


def shapes_of(path: Path) -> dict[str, tuple[int, ...]]:
    """Names and shapes in a safetensors file, from its header. Raises CheckpointError."""
    try:
        with safe_open(path, framework="pt") as file:
            return {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as error:
        raise CheckpointError(f"{path} is missing or damaged ({first_line(error)}): get it again") from error


def _beside(path: Path) -> str:
    names = ("{}.npy", "meta/{}.npy")
    spelled = (str, str.capitalize)
    found = [
        any((path.parent / name.format(spell(what))).is_file() for name in names for spell in spelled)
        for what in _STATISTICS
    ]
    return "beside" if all(found) else "missing"


def _count(shapes: Shapes) -> int:
    return sum(prod(shape) for shape in shapes.values())


def _size(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in files_of(path))
