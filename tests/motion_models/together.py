"""Trains a tiny MotionLLM or tokenizer and keeps the weights: run by torchrun in test_training_processes.

together.py WHAT OUTPUT BATCH ACCUMULATION
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from motion_agent.motion_models.adapters import AdapterSpec
from motion_agent.motion_models.features import from_joints
from motion_agent.motion_models.training.language import train_adapter
from motion_agent.motion_models.training.processes import is_main, processes
from motion_agent.motion_models.training.recipe import RunOptions
from motion_agent.motion_models.training.sequences import LanguageRecipe
from motion_agent.motion_models.training.tokenizer import TokenizerRecipe, train_on_features
from motion_agent.motion_models.vqvae import VQVAEConfig

sys.path.insert(0, str(Path(__file__).parents[1]))
from helpers import walking
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
    torch.save(weights | {"loss": torch.tensor(outcome.best_loss)}, output / f"weights-{_rank()}.pt")


def tokenizer(output: Path, batch: int, accumulation: int) -> None:
    recipe = TokenizerRecipe(
        vqvae=VQVAEConfig(width=16, code_dim=8, codes=32), steps=5, batch_size=batch, window=16, warmup_steps=0,
        accumulation=accumulation,
    )  # fmt: skip
    clips = [from_joints(walking(60, speed=speed)).astype(np.float32) for speed in (0.5, 1.0, 2.0)]
    made, _ = train_on_features(clips, output, replace(recipe, save_steps=5), PLAIN)
    torch.save(made.vqvae.state_dict(), output / f"weights-{_rank()}.pt")


def _rank() -> int:
    return torch.distributed.get_rank() if processes() > 1 else 0


def main() -> None:
    what, output, batch, accumulation = sys.argv[1:]
    torch.set_num_threads(1)
    {"language": language, "tokenizer": tokenizer}[what](Path(output), int(batch), int(accumulation))
    if is_main():
        print("processes:", processes())
    if processes() > 1:
        torch.distributed.destroy_process_group()


if __name__ == "__main__":
    main()
