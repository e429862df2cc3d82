"""Whether a stage of MotionLLM's training is finished, and by the settings it is asked for with again."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Literal

from ..adapters import ADAPTER_OF_TASK
from ..checkpoint_io import read_json
from ..errors import InvalidRequestError
from ..local import LLM_FOLDER
from .presets import MotionLLMPreset

Stage = Literal["backbone", "generation", "captioning"]


def is_finished(output: Path, stage: Stage) -> bool:
    """Whether the folder holds what the stage makes."""
    file = output / LLM_FOLDER / "config.json"
    if not file.is_file():
        return False
    return stage == "backbone" or ADAPTER_OF_TASK[stage] in read_json(file).get("adapters", {})


def require_same_model(output: Path, stage: Stage, preset: MotionLLMPreset) -> None:
    """Raise InvalidRequestError where a finished stage was trained on another backbone or by another rank."""
    config = read_json(output / LLM_FOLDER / "config.json")
    begun = config.get("backbone")
    if begun and Path(str(begun)).name != Path(preset.backbone).name:
        raise InvalidRequestError(
            f"{output} was trained on the backbone {begun}, not {preset.backbone}: choose another --out"
        )
    if stage == "backbone":
        return
    name = ADAPTER_OF_TASK[stage]
    made, asked = config["adapters"][name], asdict(preset.adapters[name])
    if made != asked:
        raise InvalidRequestError(
            f"{output} has its {stage} trained with {_differing(made, asked)}: choose another --out"
        )


def _differing(made: dict[str, object], asked: dict[str, object]) -> str:
    name = next(name for name in asked if made.get(name) != asked[name])
    return f"{name} {made.get(name)}, not {asked[name]}"
