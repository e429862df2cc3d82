"""Train the motion tokenizer (VQ-VAE).

Loss of Motion-Agent, section 3.2: reconstruction + 0.02 commitment + 0.5 regularisation on joint positions,
of the pose relative to the root and, more lightly, of the root's integrated path and heading, which a loss on
single frames would let drift. Codebook by moving averages with resets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import Dataset

from ..arrays import Float32Array
from ..data.naming import counted
from ..errors import InvalidMotionError, InvalidRequestError
from ..motion.representation import representation_of
from ..motion.statistics import FEATURE_BIAS, SMALLEST_STD, Weighting, plain_statistics, weighted
from ..storage.layout import CHECKPOINTS_FOLDER
from ..tokenizer.tokenizer import CONFIG_NAME, MotionTokenizer
from ..tokenizer.vqvae import VQVAE, VQVAEConfig, recover_positions
from .processes import is_main, join_processes, main_first
from .recipe import Recipe, RunOptions
from .records import last_checkpoint, require_same_training
from .sources import Source
from .trainer import First, TrainingOutcome, require_reporter, run_trainer

Report = Callable[[str], None]

#: Windows of held-out motion that a validation looks at, at most.
MOST_HELD_OUT = 2048


@dataclass(frozen=True)
class TokenizerRecipe(Recipe):
    """How to train a tokenizer; the defaults are those of the compact model that ships.

    window: frames of a training item. Loss: smooth_below is the normalised error under which it is squared,
    rotation_weight that of the 6-D rotations, position_weight that of the normalised joint positions once
    more (T2M-GPT), joint_weight and path_weight those of joints and path in metres. weighting: of the std it
    normalises by; None weights the root only. keep_codes: only the decoder is trained, so that tokens stand
    for what they stood for and a MotionLLM that was trained on them fits as before.
    """

    vqvae: VQVAEConfig = field(default_factory=lambda: VQVAEConfig(width=192, code_dim=32))
    steps: int | None = 8000
    batch_size: int = 64
    learning_rate: float = 1.5e-3
    window: int = 64
    commitment: float = 0.02
    smooth_below: float = 0.2
    #: Positions carry the motion, rotations repeat it.
    rotation_weight: float = 0.25
    position_weight: float = 0.0
    joint_weight: float = 0.5
    path_weight: float = 0.05
    weighting: Weighting | None = None
    keep_codes: bool = False


def feature_statistics(
    clips: Sequence[Float32Array], weighting: Weighting | None = None
) -> tuple[Float32Array, Float32Array]:
    """Mean and std (D,) over all frames, the std averaged within each group of like features.

    With a `weighting` as published statistics have it; without one the deviation of root features, and of no
    others, is divided by 5, so that they weigh more in the loss.
    """
    layout = representation_of(clips[0].shape[1])
    mean, std = plain_statistics(clips, layout)
    if weighting is not None:
        return mean, weighted(std, layout, weighting)
    std[: layout.root_height.stop] /= FEATURE_BIAS
    return mean, np.maximum(std, SMALLEST_STD)


class WindowDataset(Dataset[dict[str, Tensor]]):
    """Random windows (window, D) of normalised features, without end; long clips are drawn more often.

    Item i is the same window whatever the workers or the point of resumption.
    """

    def __init__(self, clips: Iterable[Float32Array], recipe: TokenizerRecipe) -> None:
        self._clips = [torch.from_numpy(_at_least(clip, recipe.window)) for clip in clips]
        self._window, self._seed = recipe.window, recipe.seed
        lengths = np.array([len(clip) for clip in self._clips], dtype=np.float64)
        self._cumulative = np.cumsum(lengths / lengths.sum())

    @property
    def per_epoch(self) -> int:
        """As many windows as there are clips."""
        return len(self._clips)

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        """features (window, D)."""
        rng = np.random.default_rng((self._seed, index))
        choice = min(int(np.searchsorted(self._cumulative, rng.random())), len(self._clips) - 1)
        clip = self._clips[choice]
        start = int(rng.integers(len(clip) - self._window + 1))
        return {"features": clip[start : start + self._window]}


def _at_least(clip: Float32Array, frames: int) -> Float32Array:
    """Repeat the last frame of a clip that is shorter than a window."""
    return np.pad(clip, ((0, max(0, frames - len(clip))), (0, 0)), mode="edge")


class TokenizerObjective(nn.Module):
    """The VQ-VAE with its loss, in the form the transformers Trainer drives."""

    #: Errors that count as one: metres of a joint, metres a frame of its velocity, metres of the root's path.
    POSITION_UNIT, VELOCITY_UNIT, PATH_UNIT = 0.05, 0.02, 0.1

    def __init__(self, vqvae: VQVAE, mean: Float32Array, std: Float32Array, recipe: TokenizerRecipe) -> None:
        super().__init__()
        self.vqvae, self.recipe = vqvae, recipe
        self.mean: Tensor
        self.std: Tensor
        self.feature_weight: Tensor
        self.register_buffer("mean", torch.from_numpy(mean))
        self.register_buffer("std", torch.from_numpy(std))
        layout = representation_of(vqvae.config.features)
        self._metres, self._local = layout.metres, layout.local_positions
        weight = torch.ones(layout.dim)
        weight[layout.rotations_6d] = recipe.rotation_weight
        self.register_buffer("feature_weight", weight / weight.mean())
        if recipe.keep_codes:
            vqvae.encoder.requires_grad_(False)

    def train(self, mode: bool = True) -> TokenizerObjective:
        """The codebook follows what it quantizes only in training mode, and not where its codes are kept."""
        super().train(mode)
        if self.recipe.keep_codes:
            self.vqvae.quantizer.eval()
        return self

    def forward(self, features: Tensor) -> dict[str, Tensor]:
        reconstruction, quantized = self.vqvae(features)
        with torch.autocast(features.device.type, enabled=False):
            reconstruction = reconstruction.float()
            error = functional.smooth_l1_loss(
                reconstruction, features, beta=self.recipe.smooth_below, reduction="none"
            )
            loss = (error * self.feature_weight).mean()
            loss = loss + self.recipe.position_weight * error[..., self._local].mean()
            if self.recipe.joint_weight or self.recipe.path_weight:
                loss = loss + self._metric_error(reconstruction, features)
            loss = loss + self.recipe.commitment * quantized.commitment
        return {"loss": loss, "perplexity": quantized.perplexity.detach()}

    def _metric_error(self, reconstruction: Tensor, features: Tensor) -> Tensor:
        """Of joints and of the integrated path, in metres; from normalised features (B, T, D)."""
        made, real = self._positions(reconstruction), self._positions(features)
        path = functional.l1_loss(made, real) / self.PATH_UNIT
        return self.recipe.joint_weight * self._pose_error(made, real) + self.recipe.path_weight * path

    def _positions(self, features: Tensor) -> Tensor:
        """Metres (B, T, J, 3) from normalised features (B, T, D)."""
        return recover_positions(features * self.std + self.mean) * self._metres

    def _pose_error(self, made: Tensor, real: Tensor) -> Tensor:
        """Of positions relative to the root and of world velocities, both (B, T, J, 3)."""
        position = functional.l1_loss(made - made[:, :, :1], real - real[:, :, :1])
        velocity = functional.l1_loss(made.diff(dim=1), real.diff(dim=1))
        return position / self.POSITION_UNIT + velocity / self.VELOCITY_UNIT


def train_tokenizer(
    source: Source,
    output: str | Path,
    recipe: TokenizerRecipe,
    *,
    options: RunOptions | None = None,
    start: str | Path | None = None,
    report: Report = print,
) -> MotionTokenizer:
    """Train a motion tokenizer on the recordings of a source, and write it into `output`.

    Where `output` holds one that was made so already, or one without checkpoints, nothing is done; one that
    its checkpoints show to be made otherwise, or of other data, is an InvalidRequestError. start: folder of a
    tokenizer of the recipe's sizes whose weights and statistics are gone on from.
    """
    join_processes()
    require_reporter(options or RunOptions())
    finished, checkpoints = (Path(output) / CONFIG_NAME).is_file(), Path(output) / CHECKPOINTS_FOLDER
    if finished and last_checkpoint(checkpoints) is None:
        report(f"{output} is finished already: nothing to do")
        return MotionTokenizer.from_pretrained(output)
    layout, recordings = source.representation, source.recordings()
    train, held_out = recordings.train, recordings.held_out
    recipe = replace(recipe, vqvae=replace(recipe.vqvae, features=layout.dim))
    if finished:
        require_same_training(checkpoints, recipe, len(train), recordings.name)
        report(f"{output} is finished already: nothing to do")
        return MotionTokenizer.from_pretrained(output)
    hours = sum(len(clip) for clip in train) / layout.fps / 3600
    report(
        f"training a tokenizer of width {recipe.vqvae.width}, {counted(recipe.vqvae.levels, 'code')} a step, "
        f"on {counted(len(train), 'recording')}, {hours:.1f} h of {layout.name}; "
        f"{len(held_out)} to validate on"
    )
    tokenizer, outcome = train_on_features(
        train, output, recipe, options, validation=held_out, data=recordings.name,
        start=None if start is None else MotionTokenizer.from_pretrained(start),
    )  # fmt: skip
    report(str(outcome))
    report(f"written to {output}")
    return tokenizer


def train_on_features(
    clips: Sequence[Float32Array],
    folder: str | Path,
    recipe: TokenizerRecipe | None = None,
    options: RunOptions | None = None,
    *,
    validation: Sequence[Float32Array] = (),
    data: str = "",
    start: MotionTokenizer | None = None,
) -> tuple[MotionTokenizer, TrainingOutcome]:
    """Train on clips of features (T, D), unnormalised; their width must be `recipe.vqvae.features`.

    Writes checkpoints and the result under `folder`; a run that was killed goes on from its last checkpoint
    when called again with the same folder. validation: held-out clips; the weights of the lowest loss on
    windows of them are kept. data: see `run_trainer`. start: a tokenizer of the recipe's sizes whose weights
    and statistics are gone on from, in place of random ones.
    """
    recipe = recipe or TokenizerRecipe()
    _check_clips(clips, recipe)
    torch.manual_seed(recipe.seed)
    vqvae, mean, std = _beginning(clips, recipe, start)

    def windows(motions: Sequence[Float32Array]) -> WindowDataset:
        return WindowDataset(((motion - mean) / std for motion in motions), recipe)

    frames = sum(len(clip) for clip in validation)
    objective = TokenizerObjective(vqvae, mean, std, recipe)
    outcome = run_trainer(
        objective,
        windows(clips),
        Path(folder) / CHECKPOINTS_FOLDER,
        recipe,
        options,
        validation=First(windows(validation), _held_out_windows(frames, recipe)) if validation else None,
        labels="features",
        data=data,
    )
    # A checkpoint brings the statistics that its weights were trained with.
    tokenizer = MotionTokenizer(objective.vqvae, objective.mean.cpu().numpy(), objective.std.cpu().numpy())
    with main_first():
        if is_main():
            tokenizer.save_pretrained(folder, dtype=torch.float16)
    return MotionTokenizer.from_pretrained(folder), outcome


def _beginning(
    clips: Sequence[Float32Array], recipe: TokenizerRecipe, start: MotionTokenizer | None
) -> tuple[VQVAE, Float32Array, Float32Array]:
    """A network to train, with the mean and std (D,) that its features are normalised by."""
    if start is None:
        if recipe.keep_codes:
            raise InvalidRequestError("codes can be kept only of a tokenizer to go on from: give it as start")
        return VQVAE(recipe.vqvae), *feature_statistics(clips, recipe.weighting)
    if start.vqvae.config != recipe.vqvae:
        raise InvalidRequestError(
            f"the tokenizer to go on from has other sizes ({start.vqvae.config}) than the recipe "
            f"({recipe.vqvae}): take the preset it was trained with"
        )
    return start.vqvae, start.mean.cpu().numpy(), start.std.cpu().numpy()


def _held_out_windows(frames: int, recipe: TokenizerRecipe) -> int:
    """How many windows a validation looks at: as much as there is, within reason, in whole batches."""
    wanted = min(max(frames // recipe.window, 1), MOST_HELD_OUT)
    return -(-wanted // recipe.batch_size) * recipe.batch_size


def _check_clips(clips: Sequence[Float32Array], recipe: TokenizerRecipe) -> None:
    if not clips:
        raise InvalidMotionError("there is no motion of the training split to train the tokenizer on")
    if any(clip.shape[1] != recipe.vqvae.features for clip in clips):
        widths = sorted({clip.shape[1] for clip in clips})
        raise InvalidMotionError(
            f"the clips hold {widths} numbers a frame, the tokenizer takes {recipe.vqvae.features}: "
            "set the recipe's vqvae.features"
        )
