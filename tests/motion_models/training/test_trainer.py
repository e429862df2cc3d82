"""The one trainer, driven by objectives whose course is known."""

from __future__ import annotations

import json
import os
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from motion_agent.motion_models.errors import InvalidRequestError, TrainingStoppedError
from motion_agent.motion_models.training import trainer as module
from motion_agent.motion_models.training.recipe import Recipe, RunOptions
from motion_agent.motion_models.training.records import last_checkpoint
from motion_agent.motion_models.training.trainer import First, TrainingOutcome, run_trainer
from torch import Tensor, nn

RECIPE = Recipe(
    steps=8,
    batch_size=2,
    learning_rate=1.0,
    warmup_steps=0,
    weight_decay=0.0,
    schedule="constant",
    save_steps=2,
)
PLAIN = RunOptions(bf16=False)


class Numbers:
    """Item k is the number k."""

    per_epoch = 10

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        return {"features": torch.tensor([float(index)])}


class Climber(nn.Module):
    """A weight that every step of size 1 raises by 1; the validation loss is lowest where it is `best`."""

    def __init__(self, best: float = 4.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(()))
        self.best = best
        self.seen: list[float] = []

    def forward(self, features: Tensor) -> dict[str, Tensor]:
        if not self.training:
            return {"loss": (self.weight - self.best).square() + 0 * features.mean()}
        self.seen += features.flatten().tolist()
        return {"loss": -self.weight}


def run(
    folder: Path,
    model: nn.Module,
    recipe: Recipe = RECIPE,
    options: RunOptions = PLAIN,
    *,
    held_out: int = 2,
    data: str = "",
) -> TrainingOutcome:
    validation = First(Numbers(), held_out) if held_out else None
    return run_trainer(
        model, Numbers(), folder, recipe, options, validation=validation, labels="features", data=data
    )


def test_items_come_in_order_and_once(tmp_path: Path) -> None:
    model = Climber()
    run(tmp_path, model, replace(RECIPE, accumulation=3, steps=4), held_out=0)
    assert model.seen == [float(k) for k in range(4 * 3 * 2)]


def test_the_best_weights_are_kept(tmp_path: Path) -> None:
    model = Climber()
    outcome = run(tmp_path, model)
    assert model.weight.item() == pytest.approx(4.0, abs=1e-4)
    assert (outcome.steps, outcome.best_step) == (8, 4)
    assert outcome.best_loss == pytest.approx(0.0, abs=1e-6)
    assert "step 4" in str(outcome)


def test_the_last_weights_are_kept_when_asked_for_or_when_there_is_no_validation(tmp_path: Path) -> None:
    for name, options, held_out in (("asked", replace(PLAIN, keep="last"), 2), ("none", PLAIN, 0)):
        model = Climber()
        outcome = run(tmp_path / name, model, options=options, held_out=held_out)
        assert model.weight.item() == pytest.approx(8.0, abs=1e-4)
        assert outcome.best_step is None and "last" in str(outcome)


def test_the_best_from_before_an_interruption_is_still_known_after_it(tmp_path: Path) -> None:
    model = Interrupted(at=6)
    with pytest.raises(TrainingStoppedError, match="step 6 of 8"):
        run(tmp_path, model)
    again = Climber()
    outcome = run(tmp_path, again)
    assert again.seen == [float(k) for k in range(12, 16)]
    assert (outcome.steps, outcome.best_step) == (8, 4)
    assert again.weight.item() == pytest.approx(4.0, abs=1e-4)


def test_a_finished_run_that_was_moved_gives_its_best_again(tmp_path: Path) -> None:
    run(tmp_path / "here", Climber())
    model = Climber()
    outcome = run((tmp_path / "here").rename(tmp_path / "there"), model)
    assert model.seen == []
    assert model.weight.item() == pytest.approx(4.0, abs=1e-4)
    assert outcome.best_step == 4


def test_a_best_whose_weights_are_gone_is_not_said_to_be_kept(tmp_path: Path) -> None:
    with pytest.raises(TrainingStoppedError, match="step 7 of 8"):
        run(tmp_path, Interrupted(at=7))
    shutil.rmtree(tmp_path / "checkpoint-4")
    model = Climber()
    assert run(tmp_path, model).best_step == 8
    assert model.weight.item() == pytest.approx(8.0, abs=1e-4)


class Interrupted(Climber):
    """Gets a signal in the middle of one step."""

    def __init__(self, at: int, number: int = signal.SIGINT) -> None:
        super().__init__()
        self.at, self.number = at, number

    def forward(self, features: Tensor) -> dict[str, Tensor]:
        if self.training and features.max() == 2 * self.at - 1:
            os.kill(os.getpid(), self.number)
        return super().forward(features)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_after_its_step_with_a_checkpoint(number: int, tmp_path: Path) -> None:
    before = signal.getsignal(number)
    with pytest.raises(TrainingStoppedError, match="start the same training again"):
        run(tmp_path, Interrupted(at=3, number=number))
    assert signal.getsignal(number) is before
    assert (tmp_path / "checkpoint-3" / "trainer_state.json").is_file()
    model = Climber()
    assert run(tmp_path, model).steps == 8
    assert model.seen == [float(k) for k in range(6, 16)]


def test_a_signal_in_the_last_step_is_no_interruption(tmp_path: Path) -> None:
    assert run(tmp_path, Interrupted(at=8)).steps == 8


def test_patience_ends_a_run_that_gets_no_better(tmp_path: Path) -> None:
    outcome = run(tmp_path, Climber(best=2.0), replace(RECIPE, steps=20), replace(PLAIN, patience=2))
    assert (outcome.steps, outcome.best_step) == (6, 2)
    with pytest.raises(InvalidRequestError, match="validation set"):
        run(tmp_path / "other", Climber(), options=replace(PLAIN, patience=2), held_out=0)


def test_a_half_written_checkpoint_is_not_resumed_from(tmp_path: Path) -> None:
    with pytest.raises(TrainingStoppedError):
        run(tmp_path, Interrupted(at=3))
    (tmp_path / "checkpoint-7").mkdir()
    (tmp_path / "checkpoint-7" / "model.safetensors").write_bytes(b"torn")
    model = Climber()
    run(tmp_path, model)
    assert model.seen[0] == 6.0


def test_the_latest_checkpoint_is_that_of_the_greatest_step(tmp_path: Path) -> None:
    """By number, not by letters or by when it was written; one without its state was never finished."""
    assert last_checkpoint(tmp_path / "nowhere") is None and last_checkpoint(tmp_path) is None
    for step in (1000, 90, 500, 2000):
        (tmp_path / f"checkpoint-{step}").mkdir()
        if step < 2000:
            (tmp_path / f"checkpoint-{step}" / "trainer_state.json").write_text("{}")
    assert last_checkpoint(tmp_path) == str(tmp_path / "checkpoint-1000")


def test_checkpoints_of_another_recipe_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingStoppedError):
        run(tmp_path, Interrupted(at=3))
    with pytest.raises(InvalidRequestError, match="made with batch_size 2, not 4"):
        run(tmp_path, Climber(), replace(RECIPE, batch_size=4))
    # How often it is saved is no part of what comes out.
    assert run(tmp_path, Climber(), replace(RECIPE, save_steps=4)).steps == 8


def test_checkpoints_of_other_data_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingStoppedError):
        run(tmp_path, Interrupted(at=3), data="some")
    with pytest.raises(InvalidRequestError, match="made of other data"):
        run(tmp_path, Climber(), data="more")
    assert run(tmp_path, Climber(), data="some").steps == 8


def learning_rates(folder: Path, recipe: Recipe) -> list[float]:
    run(folder, Climber(), recipe, held_out=0)
    last = max(folder.glob("checkpoint-*"), key=lambda path: int(path.name.split("-")[1]))
    history = json.loads((last / "trainer_state.json").read_text())["log_history"]
    return [entry["learning_rate"] for entry in history if "learning_rate" in entry]


def test_schedules(tmp_path: Path) -> None:
    def rates(name: str) -> list[float]:
        return learning_rates(tmp_path / name, replace(RECIPE, steps=9, schedule=name, warmup_steps=3))

    assert rates("drop") == pytest.approx([0.25, 0.5, 0.75, 1, 1, 1, 0.05, 0.05, 0.05])
    assert rates("constant") == pytest.approx([0, 1 / 3, 2 / 3, 1, 1, 1, 1, 1, 1])
    cosine = rates("cosine")
    assert cosine[3] == 1 and cosine[-1] < 0.1


@pytest.mark.parametrize("held_out", [0, 2])
def test_every_number_of_a_recipe_reaches_the_trainer(
    held_out: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, object] = {}

    def noted(**settings: object) -> None:
        told.update(settings)
        raise TrainingStoppedError(0, 0, "")

    monkeypatch.setattr(module, "TrainingArguments", noted)
    recipe = Recipe(
        steps=None, epochs=3.0, batch_size=2, accumulation=5, learning_rate=0.7, warmup_steps=11,
        weight_decay=0.13, beta2=0.17, max_grad_norm=1.9, seed=23, save_steps=29,
    )  # fmt: skip
    with pytest.raises(TrainingStoppedError):
        run(tmp_path, Climber(), recipe, RunOptions(bf16=True, keep="last"), held_out=held_out)
    expected = {
        "output_dir": str(tmp_path),
        "max_steps": 3,
        "per_device_train_batch_size": 2,
        "per_device_eval_batch_size": 2,
        "gradient_accumulation_steps": 5,
        "learning_rate": 0.7,
        "lr_scheduler_type": "cosine",
        "warmup_steps": 11,
        "weight_decay": 0.13,
        "adam_beta2": 0.17,
        "max_grad_norm": 1.9,
        "bf16": True,
        "save_steps": 29,
        "eval_steps": 29,
        "eval_strategy": "steps" if held_out else "no",
        "load_best_model_at_end": False,
        "seed": 23,
        "report_to": ["none"],
        "label_names": ["features"],
    }
    assert {name: told[name] for name in expected} == expected


class Decaying(nn.Module):
    """One weight of 1, without a gradient of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1, 1))

    def forward(self, features: Tensor) -> dict[str, Tensor]:
        return {"loss": 0 * self.weight.sum()}


@pytest.mark.parametrize(("optimizer", "left"), [("adamw", 0.99), ("adam", 0.9)])
def test_adam_decays_through_the_gradient_and_adamw_does_not(
    optimizer: str, left: float, tmp_path: Path
) -> None:
    model = Decaying()
    recipe = replace(RECIPE, steps=1, learning_rate=0.1, weight_decay=0.1, optimizer=optimizer)
    run(tmp_path, model, recipe, held_out=0)
    # AdamW: 1 - lr * decay. Adam: its first step is of size lr whatever the gradient's.
    assert model.weight.item() == pytest.approx(left, abs=1e-4)


def test_tensorboard_gets_the_curves(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard", reason="needs the extra: pip install 'motion-agent[train]'")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    run(tmp_path, Climber(), options=replace(PLAIN, report_to="tensorboard"))
    (events,) = (tmp_path / "runs").rglob("events.out.*")
    curves = EventAccumulator(str(events)).Reload()
    assert {"train/loss", "eval/loss"} <= set(curves.Tags()["scalars"])
    assert [round(event.value, 3) for event in curves.Scalars("eval/loss")] == [4.0, 0.0, 4.0, 16.0]


def test_a_reporter_that_is_missing_is_named_with_its_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    for name, extra in (("tensorboard", "train"), ("wandb", "wandb")):
        with pytest.raises(InvalidRequestError, match=rf"motion-agent\[{extra}\]"):
            run(tmp_path, Climber(), options=replace(PLAIN, report_to=name))


def test_epochs_become_steps() -> None:
    epochs = replace(RECIPE, steps=None, epochs=2.0, batch_size=6)
    assert epochs.steps_over(60) == 20
    assert epochs.steps_over(65) == 20, "what does not fill a batch waits for the next epoch"
    assert replace(epochs, accumulation=2).steps_over(60, processes=5) == 2
    assert replace(epochs, epochs=0.01).steps_over(4) == 1
    assert RECIPE.steps_over(10**6, processes=8) == 8


@pytest.mark.parametrize(
    "changes",
    [
        {"epochs": 3.0}, {"steps": None}, {"steps": 0}, {"batch_size": 0}, {"learning_rate": 0.0},
        {"weight_decay": -1.0}, {"beta2": 1.0}, {"optimizer": "sgd"}, {"schedule": "saw"},
        {"accumulation": 0}, {"save_steps": 0}, {"max_grad_norm": -1.0},
    ],
)  # fmt: skip
def test_a_recipe_that_contradicts_itself_is_refused(changes: dict[str, object]) -> None:
    (name,) = changes
    with pytest.raises(InvalidRequestError, match=name) as refused:
        replace(RECIPE, **changes)  # type: ignore[arg-type]
    assert "Recipe(" not in str(refused.value)


@pytest.mark.parametrize("changes", [{"report_to": "paper"}, {"keep": "all"}, {"patience": -1},
                                     {"patience": 1, "keep": "last"}])  # fmt: skip
def test_options_that_contradict_themselves_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(InvalidRequestError):
        RunOptions(**changes)  # type: ignore[arg-type]
