"""Train the motion tokenizer (VQ-VAE).

Loss of Motion-Agent, section 3.2: reconstruction + 0.02 commitment + 0.5 regularisation on joint positions,
of the pose relative to the root and, more lightly, of the root's integrated path and heading, which a loss on
single frames would let drift. Codebook by moving averages with resets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import Dataset

from ..data.cmu import Trial
from ..errors import InvalidMotionError
from ..representation import representation_of
from ..statistics import FEATURE_BIAS, SMALLEST_STD, plain_statistics
from ..tokenizer import MotionTokenizer
from ..vqvae import VQVAE, VQVAEConfig, recover_positions

FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True)
class TokenizerRecipe:
    """How to train a tokenizer; the defaults are those of the compact model that ships."""

    vqvae: VQVAEConfig = field(default_factory=lambda: VQVAEConfig(width=192, code_dim=32))
    steps: int = 8000
    batch_size: int = 64
    window: int = 64  # frames
    learning_rate: float = 1.5e-3
    warmup_steps: int = 200
    weight_decay: float = 0.05
    speeds: tuple[float, ...] = (0.85, 1.0, 1.15)
    commitment: float = 0.02
    joint_weight: float = 0.5
    path_weight: float = 0.05
    seed: int = 0
    save_steps: int = 500


def feature_statistics(clips: Sequence[FloatArray]) -> tuple[FloatArray, FloatArray]:
    """Mean and std (D,) over all frames, the std averaged within each group of like features.

    As in HumanML3D, root features are then divided by 5, so that they weigh more in the loss.
    """
    layout = representation_of(clips[0].shape[1])
    mean, std = plain_statistics(clips, layout)
    std[: layout.root_height.stop] /= FEATURE_BIAS
    return mean, np.maximum(std, SMALLEST_STD)


class WindowDataset(Dataset[dict[str, Tensor]]):
    """Random windows (window, D) of normalised features; each clip is drawn in proportion to its length.

    Item i of a run is the same window whatever the workers or the point of resumption.
    """

    def __init__(self, clips: Sequence[FloatArray], recipe: TokenizerRecipe, items: int) -> None:
        self._clips = [torch.from_numpy(_at_least(clip, recipe.window)) for clip in clips]
        self._window, self._seed, self._items = recipe.window, recipe.seed, items
        lengths = np.array([len(clip) for clip in self._clips], dtype=np.float64)
        self._cumulative = np.cumsum(lengths / lengths.sum())

    def __len__(self) -> int:
        return self._items

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        rng = np.random.default_rng((self._seed, index))
        choice = min(int(np.searchsorted(self._cumulative, rng.random())), len(self._clips) - 1)
        clip = self._clips[choice]
        start = int(rng.integers(len(clip) - self._window + 1))
        return {"features": clip[start : start + self._window]}


def _at_least(clip: FloatArray, frames: int) -> FloatArray:
    """Repeat the last frame of a clip that is shorter than a window."""
    return np.pad(clip, ((0, max(0, frames - len(clip))), (0, 0)), mode="edge")


class TokenizerObjective(nn.Module):
    """The VQ-VAE with its loss, in the form the transformers Trainer drives."""

    #: Weight of the 6-D rotations in the reconstruction: positions carry the motion, rotations repeat it.
    ROTATION_WEIGHT = 0.25
    #: Errors that count as one: metres of a joint, metres a frame of its velocity, metres of the root's path.
    POSITION_UNIT, VELOCITY_UNIT, PATH_UNIT = 0.05, 0.02, 0.1

    def __init__(self, vqvae: VQVAE, mean: FloatArray, std: FloatArray, recipe: TokenizerRecipe) -> None:
        super().__init__()
        self.vqvae, self.recipe = vqvae, recipe
        self.mean: Tensor
        self.std: Tensor
        self.feature_weight: Tensor
        self.register_buffer("mean", torch.from_numpy(mean))
        self.register_buffer("std", torch.from_numpy(std))
        layout = representation_of(vqvae.config.features)
        self._metres = layout.metres
        weight = torch.ones(layout.dim)
        weight[layout.rotations_6d] = self.ROTATION_WEIGHT
        self.register_buffer("feature_weight", weight / weight.mean())

    def forward(self, features: Tensor) -> dict[str, Tensor]:
        reconstruction, quantized = self.vqvae(features)
        with torch.autocast(features.device.type, enabled=False):
            reconstruction = reconstruction.float()
            error = functional.smooth_l1_loss(reconstruction, features, beta=0.2, reduction="none")
            loss = (error * self.feature_weight).mean()
            made = self._positions(reconstruction)
            real = self._positions(features)
            loss = loss + self.recipe.joint_weight * self._pose_error(made, real)
            loss = loss + self.recipe.path_weight * functional.l1_loss(made, real) / self.PATH_UNIT
            loss = loss + self.recipe.commitment * quantized.commitment
        return {"loss": loss, "perplexity": quantized.perplexity.detach()}

    def _positions(self, features: Tensor) -> Tensor:
        """Metres (B, T, J, 3) from normalised features (B, T, D)."""
        return recover_positions(features * self.std + self.mean) * self._metres

    def _pose_error(self, made: Tensor, real: Tensor) -> Tensor:
        """Of positions relative to the root and of world velocities, both (B, T, J, 3)."""
        position = functional.l1_loss(made - made[:, :, :1], real - real[:, :, :1])
        velocity = functional.l1_loss(made.diff(dim=1), real.diff(dim=1))
        return position / self.POSITION_UNIT + velocity / self.VELOCITY_UNIT


def training_clips(trials: Sequence[Trial], speeds: Sequence[float]) -> list[FloatArray]:
    """Features of every trial, mirrored and not, at each speed."""
    variants = [variant for trial in trials for variant in (trial, trial.mirrored())]
    return [variant.at_speed(speed).features for variant in variants for speed in speeds]


def train_tokenizer(
    trials: Sequence[Trial],
    folder: str | Path,
    recipe: TokenizerRecipe | None = None,
    *,
    bf16: bool | None = None,
) -> MotionTokenizer:
    """Train on `trials` (split "train" only); writes checkpoints and the result under `folder`.

    A run that was killed goes on from its last checkpoint when called again with the same folder.
    """
    clips = training_clips(
        [trial for trial in trials if trial.split == "train"], (recipe or TokenizerRecipe()).speeds
    )
    return train_on_features(clips, folder, recipe, bf16=bf16)


def train_on_features(
    clips: Sequence[FloatArray],
    folder: str | Path,
    recipe: TokenizerRecipe | None = None,
    *,
    bf16: bool | None = None,
) -> MotionTokenizer:
    """Train on clips of features (T, D), unnormalised; their width must be `recipe.vqvae.features`.

    Writes and resumes as `train_tokenizer` does.
    """
    from .trainer import run_trainer

    recipe = recipe or TokenizerRecipe()
    if not clips:
        raise InvalidMotionError("there is no motion of the training split to train the tokenizer on")
    if any(clip.shape[1] != recipe.vqvae.features for clip in clips):
        widths = sorted({clip.shape[1] for clip in clips})
        raise InvalidMotionError(
            f"the clips hold {widths} numbers a frame, the tokenizer takes {recipe.vqvae.features}: "
            "set the recipe's vqvae.features"
        )
    torch.manual_seed(recipe.seed)
    mean, std = feature_statistics(clips)
    dataset = WindowDataset([(clip - mean) / std for clip in clips], recipe, recipe.steps * recipe.batch_size)
    objective = TokenizerObjective(VQVAE(recipe.vqvae), mean, std, recipe)
    run_trainer(
        objective,
        dataset,
        Path(folder) / "checkpoints",
        steps=recipe.steps,
        batch_size=recipe.batch_size,
        learning_rate=recipe.learning_rate,
        warmup_steps=recipe.warmup_steps,
        weight_decay=recipe.weight_decay,
        seed=recipe.seed,
        bf16=bf16,
        save_steps=recipe.save_steps,
    )
    tokenizer = MotionTokenizer(objective.vqvae, mean, std)
    tokenizer.save_pretrained(folder, dtype=torch.float16)
    return MotionTokenizer.from_pretrained(folder)
