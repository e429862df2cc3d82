"""Train a motion tokenizer on a folder in the published layout: `motion-agent train tokenizer`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ..data.humanml3d import open_motion_text
from ..data.naming import counted
from ..data.stamps import fingerprint_of_arrays
from ..storage.layout import CHECKPOINTS_FOLDER
from ..tokenizer.tokenizer import CONFIG_NAME, MotionTokenizer
from .corpus import motions
from .processes import join_processes
from .recipe import RunOptions
from .records import require_same_training
from .tokenizer import TokenizerRecipe, train_on_features
from .trainer import require_reporter

Report = Callable[[str], None]


def train_tokenizer_on_folder(
    data: str | Path,
    output: str | Path,
    recipe: TokenizerRecipe,
    *,
    options: RunOptions | None = None,
    skip_missing: bool = False,
    report: Report = print,
) -> MotionTokenizer:
    """Train a motion tokenizer on the recordings of a folder in the published layout.

    Where `output` holds one that was made so already, nothing is done; one that its checkpoints show to be
    made otherwise, or of other data, is an InvalidRequestError.
    """
    join_processes()
    require_reporter(options or RunOptions())
    # A tokenizer has statistics of its own, made of the clips it is trained on: no file's can be confused.
    folder = open_motion_text(data, statistics="any", skip_missing=skip_missing)
    layout = folder.representation
    recipe = replace(recipe, vqvae=replace(recipe.vqvae, features=layout.dim))
    train = list(motions(folder, "train"))
    held_out = list(motions(folder, "val")) if folder.has("val") else []
    name = fingerprint_of_arrays([*train, *held_out])
    if (Path(output) / CONFIG_NAME).is_file():
        require_same_training(Path(output) / CHECKPOINTS_FOLDER, recipe, len(train), name)
        report(f"{output} is finished already: nothing to do")
        return MotionTokenizer.from_pretrained(output)
    hours = sum(len(clip) for clip in train) / layout.fps / 3600
    report(
        f"training a tokenizer of width {recipe.vqvae.width} on {counted(len(train), 'recording')}, "
        f"{hours:.1f} h of {layout.name}; {len(held_out)} to validate on"
    )
    tokenizer, outcome = train_on_features(train, output, recipe, options, validation=held_out, data=name)
    report(str(outcome))
    report(f"written to {output}")
    return tokenizer
