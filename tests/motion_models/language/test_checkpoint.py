from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from motion_agent.motion_models.errors import CheckpointError
from motion_agent.motion_models.language.backbones import dtype_for, load_backbone_model
from motion_agent.motion_models.language.checkpoint import load_motion_llm, load_official
from motion_agent.motion_models.language.motion_llm import MotionLLM
from safetensors.torch import load_file, save_file
from tiny_llm import ADAPTERS, CAPTIONS, save_backbone, shake_adapters, tiny_llm

MOTIONS = [[1, 2, 3], [500], [7] * 12]


def official(folder: Path, kind: str) -> tuple[MotionLLM, Path, Path]:
    """A model over a saved backbone, its official file and the backbone's folder."""
    folder.mkdir(exist_ok=True)
    backbone = save_backbone(folder / "backbone", kind)
    model = MotionLLM(*load_backbone_model(backbone), template="alpaca").add_adapters(ADAPTERS)
    shake_adapters(model).save_official(folder / "motionllm.pth")
    return model, folder / "motionllm.pth", backbone


@pytest.mark.parametrize("kind", ["gemma2", "llama", "compact"])
def test_our_folder_gives_the_same_model_again(tmp_path: Path, kind: str) -> None:
    model = tiny_llm(kind)
    model.save_pretrained(tmp_path)
    again = MotionLLM.from_pretrained(tmp_path, device="cpu")
    assert again.network.adapters == model.network.adapters
    assert again.renderer.template == model.renderer.template
    assert again.defaults == model.defaults
    for task in ("generation", "captioning"):
        torch.testing.assert_close(
            again.log_likelihood(CAPTIONS, MOTIONS, task=task),
            model.log_likelihood(CAPTIONS, MOTIONS, task=task),
            rtol=5e-3,
            atol=5e-2,
        )


def test_a_model_without_adapters_is_saved_too(tmp_path: Path) -> None:
    model = tiny_llm("compact", adapters=False)
    model.save_pretrained(tmp_path)
    again = MotionLLM.from_pretrained(tmp_path)
    torch.testing.assert_close(
        again.log_likelihood(CAPTIONS, MOTIONS), model.log_likelihood(CAPTIONS, MOTIONS), rtol=5e-3, atol=5e-2
    )


def test_a_saved_model_saves_the_same_bytes(tmp_path: Path) -> None:
    tiny_llm("compact").save_pretrained(tmp_path / "a")
    MotionLLM.from_pretrained(tmp_path / "a").save_pretrained(tmp_path / "b")
    for name in ("adapters.safetensors", "backbone/model.safetensors", "config.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize("kind", ["gemma2", "llama"])
def test_official_file_round_trip(tmp_path: Path, kind: str) -> None:
    model, file, backbone = official(tmp_path, kind)
    again = MotionLLM.from_pretrained(file, backbone=backbone, device="cpu")
    assert again.renderer.template.name == "alpaca"
    assert {name: spec.rank for name, spec in again.network.adapters.items()} == {"t2m": 4, "m2t": 2}
    for task in ("generation", "captioning"):
        torch.testing.assert_close(
            again.log_likelihood(CAPTIONS, MOTIONS, task=task),
            model.log_likelihood(CAPTIONS, MOTIONS, task=task),
        )


def test_official_layout_has_the_published_keys(tmp_path: Path) -> None:
    _, file, _ = official(tmp_path, "gemma2")
    state = torch.load(file, weights_only=True)
    projections = [f"self_attn.{p}_proj" for p in "qkvo"] + [f"mlp.{p}_proj" for p in ("gate", "up", "down")]
    expected = {
        f"base_model.model.model.layers.{layer}.{projection}.lora_{side}.{adapter}.weight"
        for layer in range(2)
        for projection in projections
        for side in "AB"
        for adapter in ("t2m", "m2t")
    }
    assert state.keys() == expected | {"embeddings", "lm_head"}
    assert state["embeddings"].shape == state["lm_head"].shape == (514, 32)


def test_a_backbone_given_by_name_is_referred_to_not_copied(tmp_path: Path) -> None:
    _, file, backbone = official(tmp_path, "llama")
    model = MotionLLM.from_pretrained(file, backbone=backbone)
    model.save_pretrained(tmp_path / "ours")
    assert json.loads((tmp_path / "ours" / "config.json").read_text())["backbone"] == str(backbone)
    assert not (tmp_path / "ours" / "backbone" / "model.safetensors").exists()
    again = MotionLLM.from_pretrained(tmp_path / "ours")
    torch.testing.assert_close(
        again.log_likelihood(CAPTIONS, MOTIONS), model.log_likelihood(CAPTIONS, MOTIONS), rtol=5e-3, atol=5e-2
    )


def test_a_folder_named_as_backbone_is_found_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    official(tmp_path, "llama")
    monkeypatch.chdir(tmp_path)
    MotionLLM.from_pretrained("motionllm.pth", backbone="backbone", device="cpu").save_pretrained("ours")
    monkeypatch.chdir("ours")
    assert MotionLLM.from_pretrained(tmp_path / "ours", device="cpu").caption([[1, 2]])


@pytest.mark.parametrize("stored", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("asked", [torch.bfloat16, torch.float32])
def test_a_carried_backbone_is_held_as_its_device_wants_unless_it_was_trained_in_more(
    tmp_path: Path, stored: torch.dtype, asked: torch.dtype
) -> None:
    model = tiny_llm("llama")
    model.network.plain_backbone.to(stored)  # type: ignore[arg-type]
    model.save_pretrained(tmp_path)
    held = load_motion_llm(tmp_path, dtype=asked).network.plain_backbone.dtype
    assert held == (asked if stored == torch.bfloat16 else torch.float32)


def test_a_backbone_is_held_as_its_device_wants_whatever_the_machine_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, file, backbone = official(tmp_path, "llama")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert (
        MotionLLM.from_pretrained(file, backbone, device="cpu").network.plain_backbone.dtype == torch.float32
    )
    assert dtype_for("cuda:1") == torch.bfloat16


def test_an_official_file_needs_a_backbone(tmp_path: Path) -> None:
    model, file, backbone = official(tmp_path, "gemma2")
    beside = MotionLLM.from_pretrained(file, device="cpu")
    torch.testing.assert_close(
        beside.log_likelihood(CAPTIONS, MOTIONS), model.log_likelihood(CAPTIONS, MOTIONS)
    )
    backbone.rename(tmp_path / "elsewhere")
    with pytest.raises(CheckpointError, match="name its backbone"):
        MotionLLM.from_pretrained(file)


def test_own_head_rows_do_not_fit_a_tied_backbone(tmp_path: Path) -> None:
    _, file, backbone = official(tmp_path, "gemma2")
    state = torch.load(file, weights_only=True)
    torch.save({**state, "lm_head": state["lm_head"] + 1}, file)
    with pytest.raises(CheckpointError, match="the backbone ties them"):
        load_official(file, backbone)


def test_the_official_layout_needs_both_adapters(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="'t2m' and 'm2t'"):
        tiny_llm(adapters=False).save_official(tmp_path / "motionllm.pth")


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def change_config(folder: Path, **changes: object) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **changes}))


def change_tensors(file: Path, change: Callable[[dict[str, torch.Tensor]], object]) -> None:
    state = load_file(file)
    change(state)
    save_file(state, file)


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "no config": (lambda p: (p / "config.json").unlink(), "neither a MotionLLM folder"),
    "config cut": (lambda p: truncate(p / "config.json"), "cannot be read as JSON"),
    "newer version": (lambda p: change_config(p, version=99), "update motion-agent"),
    "other vocabulary": (lambda p: change_config(p, text_size=12), "text vocabulary of 12"),
    "unknown template": (lambda p: change_config(p, template="x"), "does not fit"),
    "bad defaults": (lambda p: change_config(p, generation={}), "generation defaults"),
    "adapters without ranks": (lambda p: change_config(p, adapters={"t2m": {}}), "adapters of config.json"),
    "a rank that is none": (lambda p: change_config(p, adapters={"t2m": {"rank": "x"}}), "does not fit"),
    "no list of adapters": (lambda p: change_config(p, adapters=7), "adapters of config.json"),
    "a third adapter": (lambda p: change_config(p, adapters={"x": {"rank": 4}}), "no task has: x"),
    "an adapter gone": (lambda p: change_config(p, adapters={"t2m": {"rank": 4}}), "do not belong"),
    "other ranks": (
        lambda p: change_config(p, adapters={"t2m": {"rank": 8}, "m2t": {"rank": 2}}), "belongs to another",
    ),
    "other codebook": (lambda p: change_config(p, codebook_size=64), "belongs to another"),
    "adapters gone": (lambda p: (p / "adapters.safetensors").unlink(), "missing or damaged"),
    "adapters cut": (lambda p: truncate(p / "adapters.safetensors"), "missing or damaged"),
    "weights gone": (lambda p: (p / "backbone/model.safetensors").unlink(), "missing or damaged"),
    "weights cut": (lambda p: truncate(p / "backbone/model.safetensors"), "missing or damaged"),
    "tokenizer gone": (lambda p: [f.unlink() for f in (p / "backbone").glob("tokenizer*")], "not a complete"),
    "backbone config gone": (lambda p: (p / "backbone/config.json").unlink(), "not a complete"),
    "a key gone": (
        lambda p: change_tensors(p / "adapters.safetensors", lambda s: s.pop("embeddings")),
        "lacks 1 tensors, e.g. embeddings",
    ),
    "a number that is none": (
        lambda p: change_tensors(p / "adapters.safetensors", lambda s: s["embeddings"][3].fill_(torch.nan)),
        "embeddings holds infinities or NaN",
    ),
    "a key too many": (
        lambda p: change_tensors(p / "adapters.safetensors", lambda s: s.update(x=torch.ones(1))),
        "do not belong, e.g. x",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("damage", "message"), DAMAGE.values(), ids=DAMAGE.keys())
def test_damaged_folders_are_refused(tmp_path: Path, damage: Callable[[Path], object], message: str) -> None:
    tiny_llm("compact").save_pretrained(tmp_path)
    damage(tmp_path)
    with pytest.raises(CheckpointError, match=message):
        MotionLLM.from_pretrained(tmp_path)


def test_damaged_official_files_are_refused(tmp_path: Path) -> None:
    _, file, backbone = official(tmp_path, "gemma2")
    truncate(file)
    with pytest.raises(CheckpointError, match="damaged or unsafe"):
        MotionLLM.from_pretrained(file, backbone=backbone)
    torch.save({"net": torch.ones(2)}, file)
    with pytest.raises(CheckpointError, match="not a MotionLLM checkpoint"):
        MotionLLM.from_pretrained(file, backbone=backbone)


def test_an_unknown_backbone_folder_is_refused(tmp_path: Path) -> None:
    _, file, _ = official(tmp_path, "gemma2")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CheckpointError, match="cannot be loaded"):
        MotionLLM.from_pretrained(file, backbone=tmp_path / "empty")


def test_a_backbone_out_of_reach_is_asked_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def no_network(url: str) -> None:
        asked.append(url)
        raise ConnectionError("no network")

    monkeypatch.setattr("huggingface_hub.get_hf_file_metadata", no_network)
    _, file, _ = official(tmp_path, "gemma2")
    with pytest.raises(CheckpointError, match="no such folder, and nobody/model is not in the cache"):
        MotionLLM.from_pretrained(file, backbone="nobody/model")
    assert len(asked) == 1


@pytest.mark.parametrize("kind", ["gemma2", "llama"])
def test_a_backbone_with_weights_missing_is_refused(tmp_path: Path, kind: str) -> None:
    backbone = save_backbone(tmp_path, kind)
    change_tensors(backbone / "model.safetensors", lambda s: s.pop("model.layers.0.mlp.up_proj.weight"))
    with pytest.raises(CheckpointError, match=r"lacks 1 tensors, e\.g\. model\.layers\.0\.mlp\.up_proj"):
        load_backbone_model(backbone)


def test_weights_beyond_half_precision_are_not_written(tmp_path: Path) -> None:
    model = shake_adapters(tiny_llm())
    with torch.no_grad():
        model.network.rows.embedding[0, 0] = 1e6
    with pytest.raises(CheckpointError, match="not finite"):
        model.save_pretrained(tmp_path)
