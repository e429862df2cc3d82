"""A small language of three actions that a tiny MotionLLM learns in seconds."""

from __future__ import annotations

import torch
from motion_agent.motion_models.training.sequences import LanguageRecipe

ACTIONS = {
    "a person walks forward": [1, 2, 3, 4],
    "a person jumps twice": [10, 11, 12],
    "someone waves": [100],
}
LOOPS_RECIPE = LanguageRecipe(
    steps=60,
    batch_size=12,
    learning_rate=1e-2,
    warmup_steps=5,
    dropout=0.0,
    corruption=0.05,
    caption_dropout=0.0,
    save_steps=30,
)


class Loops:
    """Each action's tokens, repeated to a length that differs by item and epoch."""

    def __init__(self) -> None:
        self.epoch = 0

    def __len__(self) -> int:
        return 30

    def set_epoch(self, epoch: int) -> None:
        self.epoch = epoch

    def __getitem__(self, index: int) -> tuple[str, torch.Tensor]:
        caption = list(ACTIONS)[index % 3]
        return caption, torch.tensor((ACTIONS[caption] * 10)[: 4 + (index + self.epoch) % 5])
