"""One way to run the transformers Trainer: resumable, with a progress bar, in bf16 where it pays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import Dataset
from transformers import Trainer, TrainingArguments
from transformers.trainer_utils import get_last_checkpoint


def supports_bf16() -> bool:
    """Whether bf16 arithmetic is native here: on CUDA since Ampere, on CPUs with AVX512-BF16 or AMX."""
    if torch.cuda.is_available():
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.backends.mkldnn.is_available() and torch.ops.mkldnn._is_mkldnn_bf16_supported()


def run_trainer(
    objective: nn.Module,
    dataset: Dataset[dict[str, Tensor]],
    folder: Path,
    *,
    steps: int,
    batch_size: int,
    learning_rate: float,
    warmup_steps: int = 0,
    weight_decay: float = 0.0,
    seed: int = 0,
    bf16: bool | None = None,
    save_steps: int = 500,
    **arguments: Any,
) -> None:
    """Train `objective` (its forward returns {"loss": ...}) in place; resume from `folder` when it has
    checkpoints. bf16 None means: where the hardware has it."""
    settings = TrainingArguments(
        output_dir=str(folder),
        max_steps=steps,
        per_device_train_batch_size=batch_size,
        learning_rate=learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=warmup_steps,
        weight_decay=weight_decay,
        adam_beta2=0.99,
        max_grad_norm=1.0,
        bf16=supports_bf16() if bf16 is None else bf16,
        use_cpu=not torch.cuda.is_available(),
        save_steps=save_steps,
        save_total_limit=2,
        logging_steps=min(100, max(1, steps // 10)),
        report_to=[],
        remove_unused_columns=False,
        dataloader_pin_memory=False,
        seed=seed,
        label_names=[],
        **arguments,
    )
    trainer = Trainer(model=objective, args=settings, train_dataset=dataset)
    checkpoint = get_last_checkpoint(str(folder)) if folder.is_dir() else None
    trainer.train(resume_from_checkpoint=checkpoint)
