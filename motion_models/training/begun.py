"""What a folder of MotionLLM's training was begun with: its preset and backbone, and the stages it has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from ..errors import HubError, InvalidRequestError
from ..language.adapters import ADAPTER_OF_TASK
from ..storage.checkpoint_io import read_json
from ..storage.hub import must_be_fetched
from ..storage.layout import LLM_FOLDER
from .presets import COMPACT, MotionLLMPreset, motion_llm_preset

Stage = Literal["backbone", "generation", "captioning"]

NOTES = "training.json"


def preset_of(output: str | Path, name: str | None, backbone: str | None) -> MotionLLMPreset:
    """The preset and the backbone asked for; what is not asked for is as `output` was begun with, else the
    paper's. Raises InvalidRequestError where the two do not go together."""
    notes = Path(output) / NOTES
    begun = read_json(notes) if notes.is_file() else {}
    return motion_llm_preset(name or begun.get("preset"), backbone or begun.get("backbone"))


def require_backbone(output: Path, preset: MotionLLMPreset, report: Callable[[str], None]) -> None:
    """Say which backbone is about to be fetched. Raises InvalidRequestError where it cannot be had."""
    carried = is_begun(output) and backbone_of(output) is None
    source = preset.backbone
    if preset.new or carried or Path(source).is_dir():
        return
    try:
        if must_be_fetched(source):
            report(f"fetching the backbone {source} from the hub")
    except HubError as error:
        raise InvalidRequestError(
            f"backbone {source}: there is no such folder, and {error}; give --backbone FOLDER (a causal LM "
            f"with its tokenizer) or --backbone {COMPACT}; a download needs the network, for gated models "
            "HF_TOKEN"
        ) from error


def is_begun(output: Path) -> bool:
    """Whether the folder holds what a first stage made, written to its end: the config is written last."""
    return _config_file(output).is_file()


def backbone_of(output: Path) -> str | None:
    """The backbone that what was begun names; None where it carries its own."""
    named = read_json(_config_file(output)).get("backbone")
    return str(named) if named else None


def is_same_backbone(begun: str, asked: str) -> bool:
    """By name: a folder may have been moved, and a hub's model stored in one."""
    return Path(begun).name == Path(asked).name


def is_finished(output: Path, stage: Stage) -> bool:
    """Whether the folder holds what the stage makes."""
    if not is_begun(output):
        return False
    return stage == "backbone" or ADAPTER_OF_TASK[stage] in _adapters(output)


def require_same_model(output: Path, stage: Stage, preset: MotionLLMPreset) -> None:
    """Raise InvalidRequestError where a finished stage was trained on another backbone or by another rank."""
    begun = backbone_of(output)
    if begun and not is_same_backbone(begun, preset.backbone):
        raise InvalidRequestError(
            f"{output} was trained on the backbone {begun}, not {preset.backbone}: choose another --out"
        )
    if stage == "backbone":
        return
    name = ADAPTER_OF_TASK[stage]
    made, asked = _adapters(output)[name], asdict(preset.adapters[name])
    if made != asked:
        raise InvalidRequestError(
            f"{output} has its {stage} trained with {_differing(made, asked)}: choose another --out"
        )


def _config_file(output: Path) -> Path:
    return output / LLM_FOLDER / "config.json"


def _adapters(output: Path) -> dict[str, dict[str, object]]:
    """Name -> settings of the adapters that are there."""
    return read_json(_config_file(output)).get("adapters", {})


def _differing(made: dict[str, object], asked: dict[str, object]) -> str:
    name = next(name for name in asked if made.get(name) != asked[name])
    return f"{name} {made.get(name)}, not {asked[name]}"
