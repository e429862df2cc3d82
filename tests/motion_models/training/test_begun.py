"""What a folder says that its training was begun with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from motion_agent.motion_models.errors import InvalidRequestError
from motion_agent.motion_models.training.begun import (
    NOTES,
    Stage,
    backbone_of,
    is_begun,
    is_finished,
    is_same_backbone,
    preset_of,
    require_same_model,
)
from motion_agent.motion_models.training.presets import COMPACT, DEFAULT, PAPER_PRESET, motion_llm_preset


def begun(folder: Path, preset: str, **config: object) -> Path:
    """A folder with notes and, as a stage writes it last, the config of a MotionLLM."""
    backbone = motion_llm_preset(preset).backbone
    (folder / NOTES).write_text(json.dumps({"preset": preset, "backbone": backbone}))
    (folder / "motion_llm").mkdir()
    (folder / "motion_llm" / "config.json").write_text(json.dumps(config))
    return folder


@pytest.mark.parametrize(
    ("kept", "asked", "expected"),
    [
        (None, (None, None), (PAPER_PRESET, "google/gemma-2-2b-it")),
        (None, (None, COMPACT), (COMPACT, COMPACT)),
        (None, (DEFAULT, None), (DEFAULT, COMPACT)),
        (None, (None, "me/model"), (PAPER_PRESET, "me/model")),
        (DEFAULT, (None, None), (DEFAULT, COMPACT)),
        ("gemma2-2b-r16", (None, None), ("gemma2-2b-r16", "google/gemma-2-2b-it")),
        ("gemma2-2b-r16", ("gemma2-2b-r32", None), ("gemma2-2b-r32", "google/gemma-2-2b-it")),
        ("gemma2-2b-r16", (None, "me/model"), ("gemma2-2b-r16", "me/model")),
    ],
)
def test_what_is_not_asked_for_is_as_it_was_begun(
    kept: str | None, asked: tuple[str | None, str | None], expected: tuple[str, str], tmp_path: Path
) -> None:
    if kept is not None:
        begun(tmp_path, kept)
    found = preset_of(tmp_path, *asked)
    assert (found.name, found.backbone) == expected


@pytest.mark.parametrize(
    ("adapters", "finished"),
    [([], ["backbone"]), (["t2m"], ["backbone", "generation"]), (["m2t"], ["backbone", "captioning"])],
)
def test_a_stage_is_finished_where_its_adapter_is_there(
    adapters: list[str], finished: list[Stage], tmp_path: Path
) -> None:
    stages: list[Stage] = ["backbone", "generation", "captioning"]
    assert not is_begun(tmp_path) and not any(is_finished(tmp_path, stage) for stage in stages)
    begun(tmp_path, COMPACT, adapters={name: {} for name in adapters})
    assert is_begun(tmp_path) and backbone_of(tmp_path) is None
    assert [stage for stage in stages if is_finished(tmp_path, stage)] == finished


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("google/gemma", "google/gemma", True),
        ("/data/gemma", "google/gemma", True),
        ("gemma", "gemma-2", False),
    ],
)
def test_a_backbone_is_known_by_its_name_wherever_it_lies(one: str, other: str, same: bool) -> None:
    assert is_same_backbone(one, other) is same


def test_an_adapter_of_another_rank_is_refused_with_both_numbers(tmp_path: Path) -> None:
    trained = {"rank": 16, "dropout": 0.1}
    begun(tmp_path, "gemma2-2b-r16", backbone="google/gemma-2-2b-it", adapters={"t2m": trained})
    require_same_model(tmp_path, "backbone", motion_llm_preset("gemma2-2b-r64"))
    with pytest.raises(InvalidRequestError, match=r"generation trained with rank 16, not 64"):
        require_same_model(tmp_path, "generation", motion_llm_preset("gemma2-2b-r64"))
    with pytest.raises(
        InvalidRequestError, match="trained on the backbone google/gemma-2-2b-it, not me/model"
    ):
        require_same_model(tmp_path, "backbone", motion_llm_preset("gemma2-2b-r16", "me/model"))
