"""Sequences that the language model is trained and validated on: order, lengths, targets, noise."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from loops import ACTIONS, LOOPS_RECIPE, Loops
from motion_agent.motion_models.language.vocabulary import Task
from motion_agent.motion_models.training.language import LanguageObjective
from motion_agent.motion_models.training.sequences import RunDataset, ValidationDataset, padded
from tiny_llm import tiny_llm


def dataset(**changes: object) -> RunDataset:
    recipe = replace(LOOPS_RECIPE, **changes)  # type: ignore[arg-type]
    return RunDataset(Loops(), tiny_llm(adapters=False).renderer, recipe)


def test_batches_hold_like_lengths_and_every_item_comes_once_an_epoch() -> None:
    data = dataset(batch_size=10, corruption=0.0)
    items = [data[i] for i in range(60)]
    assert data.per_epoch == 60
    spread = [
        max(lengths) - min(lengths) for lengths in np.split(np.array([len(i["input_ids"]) for i in items]), 6)
    ]
    whole = [len(item["input_ids"]) for item in items]
    assert np.mean(spread) < (max(whole) - min(whole)) / 2
    captioning = [item for item in items if item["labels"].max() < 300]
    assert len(captioning) == 30


def test_items_depend_on_seed_and_place_only() -> None:
    ahead, behind, other = dataset(), dataset(), dataset(seed=1)
    late = ahead[200]
    assert torch.equal(behind[3]["input_ids"], dataset()[3]["input_ids"])
    assert torch.equal(behind[200]["input_ids"], late["input_ids"])
    assert any(not torch.equal(ahead[i]["input_ids"], other[i]["input_ids"]) for i in range(5))


def test_batches_are_padded_outside_the_targets() -> None:
    data = dataset(batch_size=10)
    items = [data[i] for i in range(10)]
    batch = padded(2)(items)
    longest = max(len(item["input_ids"]) for item in items)
    assert batch["input_ids"].shape == batch["labels"].shape == (10, longest)
    for row, item in enumerate(items):
        length = len(item["input_ids"])
        assert torch.equal(batch["input_ids"][row, :length], item["input_ids"])
        assert (batch["input_ids"][row, length:] == 2).all() and (batch["labels"][row, length:] == -100).all()


def test_corruption_touches_generation_inputs_and_never_targets() -> None:
    clean, noisy = dataset(corruption=0.0, batch_size=60), dataset(corruption=1.0, batch_size=60)
    changed = 0
    for index in range(60):
        a, b = clean[index], noisy[index]
        assert torch.equal(a["labels"], b["labels"])
        differs = a["input_ids"] != b["input_ids"]
        changed += int(differs.sum())
        targets = a["labels"][differs]
        assert (targets >= 302).all(), "only motion tokens that are targets are replaced"
        assert (b["input_ids"][differs] >= 302).all()
    assert changed > 20


def test_a_prefix_is_context_and_no_target() -> None:
    class WithPrefix(Loops):
        def __getitem__(self, index: int) -> tuple[str, torch.Tensor, torch.Tensor]:  # type: ignore[override]
            return "a person jumps twice", torch.tensor([5, 6]), torch.tensor([7, 8])

    recipe = replace(LOOPS_RECIPE, tasks=("generation",), corruption=0.0, duration_slot=1.0)
    render = tiny_llm(adapters=False).renderer
    item = RunDataset(WithPrefix(), render, recipe)[0]
    words = render.vocabulary
    assert item["labels"][item["labels"] >= 0].tolist() == [
        *words.to_ids([5, 6]),
        words.end_id,
        render.eos_id,
    ]
    assert words.to_ids([7, 8])[0] in item["input_ids"].tolist()
    assert "0.4 s" in render.tokenizer.decode([i for i in item["input_ids"].tolist() if i < 300])


def test_caption_dropout_asks_generation_for_any_motion() -> None:
    data = dataset(caption_dropout=1.0, corruption=0.0, duration_slot=0.0, batch_size=60)
    render = tiny_llm(adapters=False).renderer
    general = render.generation_prompt(render.template.unconditional)
    generation = [item for item in (data[i] for i in range(60)) if item["labels"].max() >= 302]
    assert len(generation) == 30
    assert all(item["input_ids"][: len(general)].tolist() == general for item in generation)


def test_caption_dropout_leaves_the_captions_to_be_learned_alone() -> None:
    kept, dropped = (
        dataset(tasks=("captioning",), caption_dropout=share, corruption=0.0, batch_size=30)
        for share in (0.0, 1.0)
    )
    targets = [
        {tuple(item["labels"][item["labels"] >= 0].tolist()) for item in (data[i] for i in range(30))}
        for data in (kept, dropped)
    ]
    assert len(targets[0]) > 1 and targets[0] == targets[1]


@pytest.mark.parametrize(("brief", "stated"), [(True, True), (False, False)])
def test_what_is_briefer_than_its_words_has_its_length_said(brief: bool, stated: bool) -> None:
    class Brief(Loops):
        def is_brief(self, index: int) -> bool:
            return brief

    render = tiny_llm(adapters=False).renderer
    recipe = replace(LOOPS_RECIPE, tasks=("generation",), corruption=0.0, duration_slot=0.0)
    data = RunDataset(Brief(), render, recipe)
    prompts = [[i for i in data[k]["input_ids"].tolist() if i < 300] for k in range(5)]
    assert all(bool(re.search(r"\d\.\d s", str(render.tokenizer.decode(ids)))) == stated for ids in prompts)


def test_an_empty_dataset_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to train on"):
        RunDataset([], tiny_llm(adapters=False).renderer, LOOPS_RECIPE)


def test_validation_sees_every_pair_as_written() -> None:
    model = tiny_llm(adapters=False)
    pairs = [(caption, torch.tensor(codes)) for caption, codes in ACTIONS.items()]
    held_out = ValidationDataset(pairs, model.renderer, ("generation", "captioning", "generation"))
    assert len(held_out) == 6
    objective = LanguageObjective(model.network, 0.1).eval()
    batch = padded(2)([held_out[i] for i in range(6)])
    with torch.no_grad():
        loss = objective(**batch)["loss"].item()
    expected = 0.0
    for caption, codes in ACTIONS.items():
        words = len(model.tokenizer(caption, add_special_tokens=False)["input_ids"])
        targets: dict[Task, int] = {"generation": len(codes) + 2, "captioning": words + 1}
        for task, count in targets.items():
            expected -= model.log_likelihood([caption], [codes], task=task).item() / count / 6
    assert loss == pytest.approx(expected, rel=1e-5)
