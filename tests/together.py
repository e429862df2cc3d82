"""Trains a tiny MotionLLM and a tiny tokenizer and keeps the weights: what test_training_processes runs.

together.py OUTPUT BATCH ACCUMULATION
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from helpers import walking
from motion_agent.motion_models.language.adapters import AdapterSpec
from motion_agent.motion_models.motion.features import from_joints
from motion_agent.motion_models.tokenizer.vqvae import VQVAEConfig
from motion_agent.motion_models.training.language import train_adapter
from motion_agent.motion_models.training.processes import processes
from motion_agent.motion_models.training.recipe import RunOptions
from motion_agent.motion_models.training.sequences import LanguageRecipe
from motion_agent.motion_models.training.tokenizer import TokenizerRecipe, train_on_features
from tiny_llm import tiny_llm

PLAIN = RunOptions(bf16=False)
PAIRS = [(f"a person walks {n} steps", torch.arange(3 + n % 5)) for n in range(20)]


def language(output: Path, batch: int, accumulation: int) -> None:
    # Without dropout, which every process draws for itself.
    model = tiny_llm(adapters=False).add_adapters({"t2m": AdapterSpec(4, dropout=0.0)})
    recipe = LanguageRecipe(
        steps=6, batch_size=batch, accumulation=accumulation, learning_rate=1e-2, warmup_steps=0, dropout=0.0,
        corruption=0.1, save_steps=3,
    )  # fmt: skip
    outcome = train_adapter(
        model, "generation", PAIRS, output / "checkpoints", recipe,
        options=PLAIN, train_rows=True, validation=PAIRS[:8],
    )  # fmt: skip
    weights = {name: p.detach() for name, p in model.network.named_parameters()}
    torch.save(weights | {"loss": torch.tensor(outcome.best_loss)}, output / f"language-{_rank()}.pt")


def tokenizer(output: Path, batch: int, accumulation: int) -> None:
    recipe = TokenizerRecipe(
        vqvae=VQVAEConfig(width=16, code_dim=8, codes=32), steps=5, batch_size=batch,
        accumulation=accumulation, window=16, warmup_steps=0,
    )  # fmt: skip
    clips = [from_joints(walking(60, speed=speed)).astype(np.float32) for speed in (0.5, 1.0, 2.0)]
    made, _ = train_on_features(clips, output, replace(recipe, save_steps=5), PLAIN)
    torch.save(made.vqvae.state_dict(), output.parent / f"tokenizer-{_rank()}.pt")


def _rank() -> int:
    return torch.distributed.get_rank() if processes() > 1 else 0


def train_both(output: Path, batch: int, accumulation: int) -> None:
    output.mkdir(exist_ok=True)
    language(output, batch, accumulation)
    tokenizer(output / "tokenizer", batch, accumulation)


if __name__ == "__main__":
    torch.set_num_threads(1)
    train_both(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    torch.distributed.destroy_process_group()
