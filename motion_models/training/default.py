"""Train the compact default from CMU motion capture: tokenizer, backbone, two adapters, lexicon.

`motion-agent train default --data DIR` ends here. Every stage leaves its result under the work folder and is
skipped when it is there already; a stage that was killed goes on from its last checkpoint.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import torch
from transformers import Gemma2ForCausalLM

from ..data.cmu import Trial, load_trials
from ..data.corpus_items import Mixture
from ..data.dataset import MotionTextDataset
from ..data.stamps import claim_for, fingerprint_of_arrays
from ..decoding.decoding import Sampling
from ..english.captions import load_captions
from ..english.lexicon import Lexicon
from ..errors import InvalidRequestError
from ..language.adapters import AdapterSpec
from ..language.llm_config import GenerationDefaults, compact_config
from ..language.motion_llm import MotionLLM
from ..language.text_tokenizer import train_text_tokenizer
from ..storage.layout import LEXICON_FILE, LLM_FOLDER, TOKENIZER_FOLDER
from ..tokenizer.tokenizer import MotionTokenizer
from .language import ADAPTER_RECIPE, train_adapter, train_backbone
from .processes import processes
from .recipe import RunOptions
from .sequences import LanguageRecipe
from .tokenizer import TokenizerRecipe, train_tokenizer

Report = Callable[[str], None]


_BACKBONE_RECIPE = LanguageRecipe(steps=4500, batch_size=64, tasks=("generation", "captioning", "generation"))

#: Chosen with the open suite of prompts, run with seeds of its own.
_GENERATING = GenerationDefaults(
    sampling=Sampling(temperature=0.8, guidance=2.0), candidates=3, min_seconds=1.2
)


@dataclass(frozen=True)
class DefaultRecipe:
    """The whole recipe; the defaults made the weights that ship."""

    tokenizer: TokenizerRecipe = field(default_factory=TokenizerRecipe)
    backbone: LanguageRecipe = _BACKBONE_RECIPE
    generation: LanguageRecipe = ADAPTER_RECIPE
    captioning: LanguageRecipe = ADAPTER_RECIPE
    mixture: Mixture = field(default_factory=Mixture)
    text_vocabulary: int = 2048
    width: int = 256
    layers: int = 4
    heads: int = 4
    #: Adapters are fitted to a backbone that knows both tasks already, so little rank is needed.
    generation_rank: int = 16
    captioning_rank: int = 8
    generating: GenerationDefaults = _GENERATING
    seed: int = 0

    def for_cuda(self) -> DefaultRecipe:
        """The same recipe with the length and width that a GPU affords."""
        return replace(
            self,
            tokenizer=replace(self.tokenizer, steps=60_000),
            backbone=replace(self.backbone, steps=30_000),
            generation=replace(self.generation, steps=3_000),
            captioning=replace(self.captioning, steps=3_000),
        )


def train_default(
    data: str | Path,
    output: str | Path,
    recipe: DefaultRecipe | None = None,
    *,
    work: str | Path | None = None,
    options: RunOptions | None = None,
    report: Report = print,
) -> Path:
    """Train everything on the trials under `data` and write a folder that `load_backend` takes.

    work: where checkpoints and stages are kept (default: `output` + ".work"). Raises InvalidMotionError when
    `data` holds no usable recordings.
    """
    if processes() > 1:
        raise InvalidRequestError("the default is small: train it in one process, without torchrun")
    output = Path(output)
    work = Path(work) if work else output.with_name(output.name + ".work")
    if recipe is None:
        recipe = DefaultRecipe().for_cuda() if torch.cuda.is_available() else DefaultRecipe()
    report(f"reading recordings from {data}")
    trials = load_trials(data)
    claim_for(work, fingerprint_of_arrays(trial.joints for trial in trials))
    report(f"training the motion tokenizer on {sum(t.split == 'train' for t in trials)} recordings")
    tokenizer = _tokenizer_stage(trials, work / "tokenizer", recipe, options)
    source = MotionTextDataset.build(
        trials, tokenizer, mixture=recipe.mixture, seed=recipe.seed, cache=work / "tokens"
    )
    trained = {trial.id for trial in trials if trial.split == "train"}
    shown = [segment for segment in load_captions() if segment.trial in trained]
    lexicon = Lexicon.build(shown, texts=[source[index][0] for index in range(len(source))])
    report("training the backbone on both tasks")
    model = _backbone_stage(source, work / "backbone", recipe, options)
    report("fitting the two adapters")
    model = _adapter_stage(model, source, work, recipe, options)
    return _assemble(output, work, model, lexicon)


def _tokenizer_stage(
    trials: list[Trial], folder: Path, recipe: DefaultRecipe, options: RunOptions | None
) -> MotionTokenizer:
    if (folder / "model.safetensors").is_file():
        return MotionTokenizer.from_pretrained(folder)
    return train_tokenizer(trials, folder, recipe.tokenizer, options)


def _backbone_stage(
    source: MotionTextDataset, folder: Path, recipe: DefaultRecipe, options: RunOptions | None
) -> MotionLLM:
    if (folder / "model" / "config.json").is_file():
        return MotionLLM.from_pretrained(folder / "model")
    start = folder / "start"
    if not (start / "config.json").is_file():
        # Kept, so that a resumed run has the very same text tokenizer.
        new_compact_model(source, recipe).save_pretrained(start)
    model = MotionLLM.from_pretrained(start)
    train_backbone(model, source, folder / "checkpoints", recipe.backbone, options=options)
    model.save_pretrained(folder / "model")
    return model


class WordedCaptions(Protocol):
    """Captioned motions whose captions as written can be had too."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> Sequence[Any]: ...

    def texts(self) -> list[str]: ...


def new_compact_model(
    source: WordedCaptions, recipe: DefaultRecipe, *, codebook_size: int = 512
) -> MotionLLM:
    """A compact model with random weights and a text tokenizer trained on captions as shown and written."""
    torch.manual_seed(recipe.seed)
    worded = [source[index][0] for index in range(len(source))]
    tokenizer = train_text_tokenizer(worded + source.texts(), recipe.text_vocabulary)
    config = compact_config(len(tokenizer), width=recipe.width, layers=recipe.layers, heads=recipe.heads)
    return MotionLLM(Gemma2ForCausalLM(config), tokenizer, template="compact", codebook_size=codebook_size)


def _adapter_stage(
    model: MotionLLM,
    source: MotionTextDataset,
    work: Path,
    recipe: DefaultRecipe,
    options: RunOptions | None,
) -> MotionLLM:
    model.add_adapters(
        {"t2m": AdapterSpec(recipe.generation_rank), "m2t": AdapterSpec(recipe.captioning_rank)}
    )
    train_adapter(model, "generation", source, work / "generation", recipe.generation, options=options)
    train_adapter(model, "captioning", source, work / "captioning", recipe.captioning, options=options)
    model.defaults = recipe.generating
    return model


def _assemble(output: Path, work: Path, model: MotionLLM, lexicon: Lexicon) -> Path:
    output.mkdir(parents=True, exist_ok=True)
    (output / TOKENIZER_FOLDER).mkdir(exist_ok=True)
    for name in ("config.json", "model.safetensors"):
        shutil.copyfile(work / "tokenizer" / name, output / TOKENIZER_FOLDER / name)
    model.save_pretrained(output / LLM_FOLDER)
    lexicon.save(output / LEXICON_FILE)
    return output
