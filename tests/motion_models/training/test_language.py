"""One training after another: what learns, what stays frozen, what goes on to the same bits."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from loops import ACTIONS, LOOPS_RECIPE, Loops
from motion_agent.motion_models.errors import InvalidRequestError
from motion_agent.motion_models.language.adapters import ADAPTER_OF_TASK, AdapterSpec
from motion_agent.motion_models.language.motion_llm import MotionLLM
from motion_agent.motion_models.language.vocabulary import Task
from motion_agent.motion_models.training.language import (
    select_adapter,
    train_adapter,
    train_backbone,
    what_is_trained,
)
from motion_agent.motion_models.training.recipe import RunOptions
from tiny_llm import ADAPTERS, shake_adapters, tiny_llm

PLAIN = RunOptions(bf16=False)


def untrained() -> MotionLLM:
    model = tiny_llm("compact", adapters=False)
    for parameter in model.network.parameters():
        parameter.data.mul_(0.3)
    return model


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[MotionLLM, Path]:
    folder = tmp_path_factory.mktemp("backbone")
    model = untrained()
    train_backbone(model, Loops(), folder, LOOPS_RECIPE, options=PLAIN)
    return model, folder


def weights(model: MotionLLM) -> dict[str, torch.Tensor]:
    return {name: parameter.detach().clone() for name, parameter in model.network.named_parameters()}


def test_backbone_learns_both_tasks(trained: tuple[MotionLLM, Path]) -> None:
    model, _ = trained
    motions = [(codes * 6)[:6] for codes in ACTIONS.values()]
    for task in ("generation", "captioning"):
        learned = model.log_likelihood(list(ACTIONS), motions, task=task)
        assert (learned > untrained().log_likelihood(list(ACTIONS), motions, task=task) / 3).all()
    made = model.generate(list(ACTIONS), seconds=1.2, greedy=True)
    assert [motion[0].item() for motion in made] == [codes[0] for codes in ACTIONS.values()]
    assert model.caption(motions) == list(ACTIONS)


def test_a_killed_run_goes_on_exactly(trained: tuple[MotionLLM, Path], tmp_path: Path) -> None:
    model, folder = trained
    shutil.copytree(folder / "checkpoint-30", tmp_path / "checkpoint-30")
    resumed = untrained()
    train_backbone(resumed, Loops(), tmp_path, LOOPS_RECIPE, options=PLAIN)
    for name, parameter in weights(resumed).items():
        torch.testing.assert_close(parameter, weights(model)[name], rtol=0, atol=0)


@pytest.mark.parametrize("kind", ["gemma2", "llama"])
@pytest.mark.parametrize("task", ["generation", "captioning"])
@pytest.mark.parametrize("train_rows", [True, False])
def test_only_the_adapter_and_the_rows_change(
    kind: str, task: Task, train_rows: bool, tmp_path: Path
) -> None:
    model = tiny_llm(kind, policy="switched", extra_rows=3)
    before = weights(model)
    recipe = replace(LOOPS_RECIPE, steps=2, warmup_steps=0)
    train_adapter(model, task, Loops(), tmp_path, recipe, options=PLAIN, train_rows=train_rows)
    after = weights(model)
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    # The text rows are the backbone's own, so that they are among what must not change by a bit.
    assert any("embed_tokens" in name for name in before)
    assert kind != "llama" or any("lm_head" in name for name in before)
    adapter = {name for name in before if ".lora_" in name and f".{ADAPTER_OF_TASK[task]}." in name}
    rows = {name for name in before if name.startswith("rows.")}
    assert changed == (adapter | rows if train_rows else adapter)


def test_a_trained_adapter_lowers_its_loss_and_reloads(
    trained: tuple[MotionLLM, Path], tmp_path: Path
) -> None:
    trained[0].save_pretrained(tmp_path / "backbone")
    torch.manual_seed(0)
    model = MotionLLM.from_pretrained(tmp_path / "backbone").add_adapters(ADAPTERS)
    captions, motions = ["a person jumps twice"], [[9, 9, 9, 9]]

    class Swapped(Loops):
        def __getitem__(self, index: int) -> tuple[str, torch.Tensor]:
            return captions[0], torch.tensor(motions[0])

    before = model.log_likelihood(captions, motions)
    train_adapter(
        model, "generation", Swapped(), tmp_path / "adapter", replace(LOOPS_RECIPE, steps=20), options=PLAIN
    )
    after = model.log_likelihood(captions, motions)
    assert after.item() > before.item() + 1.0
    model.save_pretrained(tmp_path / "saved")
    again = MotionLLM.from_pretrained(tmp_path / "saved")
    torch.testing.assert_close(again.log_likelihood(captions, motions), after, rtol=2e-2, atol=2e-2)


def test_training_checkpoints_hold_only_what_is_trained(tmp_path: Path) -> None:
    model = tiny_llm()
    recipe = replace(LOOPS_RECIPE, steps=1, save_steps=1, warmup_steps=0)
    train_adapter(model, "captioning", Loops(), tmp_path, recipe, options=PLAIN)
    from safetensors.torch import load_file

    names = load_file(tmp_path / "checkpoint-1" / "model.safetensors").keys()
    assert names
    assert all(".m2t." in name for name in names)
    with pytest.raises(InvalidRequestError, match=r"made with tasks \['captioning'\]"):
        train_adapter(model, "generation", Loops(), tmp_path, recipe, options=PLAIN)
    with pytest.raises(InvalidRequestError, match="made with learning_rate"):
        train_adapter(
            model, "captioning", Loops(), tmp_path, replace(recipe, learning_rate=1e-3), options=PLAIN
        )
    (tmp_path / "recipe.json").unlink()
    with pytest.raises(InvalidRequestError, match="another model or stage"):
        train_adapter(model, "generation", Loops(), tmp_path, replace(recipe, steps=2), options=PLAIN)


def test_select_adapter_counts_the_lora_parameters() -> None:
    model = tiny_llm("compact")
    # Sum over the seven projections of rank * (inputs + outputs), two layers.
    attention, mlp = 4 * (32 + 32), 3 * (32 + 128)
    assert select_adapter(model, "generation", train_rows=False) == 2 * 4 * (attention + mlp)


@pytest.mark.parametrize("train_rows", [True, False])
def test_what_is_trained_is_said(train_rows: bool) -> None:
    model = tiny_llm("llama")
    lora = select_adapter(model, "generation", train_rows=train_rows)
    said = what_is_trained(model)
    total = sum(p.numel() for p in model.network.parameters())
    # 514 rows of width 32, in the embedding and in a head of its own.
    rows = 2 * 514 * 32 if train_rows else 0
    assert f"training {lora:,} LoRA parameters" in said
    assert (f"{rows:,} of the 514 motion rows" if train_rows else "no motion row") in said
    assert f"{(lora + rows) / total:.2%} of all" in said
    assert "300 text rows" in said
    model.network.requires_grad_(True)
    assert f"all {total:,} parameters" in what_is_trained(model)


def test_activations_computed_twice_give_the_same_weights(tmp_path: Path) -> None:
    made, computed = [], []
    for checkpointing in (False, True):
        model = tiny_llm("llama", policy="switched")
        layer = model.network.plain_backbone.get_decoder().get_submodule("layers.0.mlp")
        passes: list[int] = []
        layer.register_forward_pre_hook(lambda *_, passes=passes: passes.append(1))
        options = replace(PLAIN, gradient_checkpointing=checkpointing)
        recipe = replace(LOOPS_RECIPE, steps=2, warmup_steps=0)
        train_adapter(model, "generation", Loops(), tmp_path / str(checkpointing), recipe, options=options)
        made.append(weights(model))
        computed.append(len(passes))
    for name, value in made[0].items():
        torch.testing.assert_close(made[1][name], value, msg=name)
    assert computed == [2, 4]


def test_batches_summed_up_to_a_step_count_every_target_the_same(tmp_path: Path) -> None:
    made = []
    for batch, accumulation in ((12, 1), (4, 3)):
        model = tiny_llm(adapters=False).add_adapters({"t2m": AdapterSpec(4, dropout=0.0)})
        recipe = replace(LOOPS_RECIPE, steps=1, warmup_steps=0, batch_size=batch, accumulation=accumulation)
        pairs = [(caption, torch.tensor(codes)) for caption, codes in ACTIONS.items()] * 4
        # One epoch, whatever its order, is all there is to see; Adam's first step would hide a scale.
        recipe = replace(recipe, corruption=0.0, duration_slot=0.0, max_grad_norm=0.0)
        train_adapter(model, "generation", pairs, tmp_path / str(batch), recipe, options=PLAIN)
        file = tmp_path / str(batch) / "checkpoint-1" / "optimizer.pt"
        moments = torch.load(file, weights_only=True)["state"]
        made.append([state["exp_avg"] for _, state in sorted(moments.items())])
    for whole, summed in zip(*made, strict=True):
        torch.testing.assert_close(summed, whole, rtol=1e-4, atol=1e-7)


def test_a_second_adapter_comes_beside_the_first() -> None:
    model = tiny_llm(adapters=False).add_adapters({"t2m": ADAPTERS["t2m"]})
    shake_adapters(model)
    before = model.log_likelihood(["a person walks"], [[1, 2]])
    model.add_adapters({"m2t": ADAPTERS["m2t"]})
    assert model.network.adapters == ADAPTERS
    torch.testing.assert_close(model.log_likelihood(["a person walks"], [[1, 2]]), before)
    with pytest.raises(ValueError, match=r"already has adapters \['m2t'\]"):
        model.add_adapters({"m2t": ADAPTERS["m2t"]})


def test_stages_are_kept_apart(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="before adding adapters"):
        train_backbone(tiny_llm(), Loops(), tmp_path, LOOPS_RECIPE)
    with pytest.raises(ValueError, match="no adapter 't2m'"):
        train_adapter(tiny_llm(adapters=False), "generation", Loops(), tmp_path, LOOPS_RECIPE)
