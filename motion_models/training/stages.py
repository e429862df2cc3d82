"""From captioned motion to a folder that `load_backend` takes, stage by stage.

    tokenizer/     the motion tokenizer the tokens come from
    motion_llm/    backbone (or its name), adapters, motion rows, as far as they are trained
    lexicon.json   the words and actions of the captions
    training.json  which preset it is
    checkpoints/   of every stage, to resume from; no one else needs it

A stage starts from what the folder holds, and writes into it when it is done.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from ..errors import CheckpointError, InvalidRequestError
from ..language.adapters import ADAPTER_OF_TASK
from ..language.backbones import default_device, dtype_for, load_backbone_model, reference_to
from ..language.motion_llm import MotionLLM
from ..language.templates import Codes
from ..language.vocabulary import Task
from ..storage.layout import CHECKPOINTS_FOLDER, LEXICON_FILE, LLM_FOLDER, TOKENIZER_FOLDER
from ..storage.stamps import fingerprint, fingerprint_of_arrays
from ..tokenizer.tokenizer import CONFIG_NAME, MotionTokenizer
from .begun import (
    NOTES,
    Stage,
    backbone_of,
    is_begun,
    is_finished,
    is_same_backbone,
    require_backbone,
    require_same_model,
)
from .corpus import require_room
from .language import new_compact_model, select_adapter, train_adapter, train_backbone, what_is_trained
from .presets import MotionLLMPreset
from .processes import is_main, join_processes, main_first
from .recipe import Overrides, RunOptions
from .records import last_checkpoint, require_same_training
from .sequences import LanguageRecipe
from .sources import Corpora, Source
from .tokenizer import TokenizerRecipe, train_tokenizer
from .trainer import require_reporter

Report = Callable[[str], None]


def train_default(
    source: Source,
    output: str | Path,
    tokenizer: TokenizerRecipe,
    preset: MotionLLMPreset,
    *,
    options: RunOptions | None = None,
    start: str | Path | None = None,
    report: Report = print,
) -> Path:
    """Every stage in order, each as its own command would train it: tokenizer, backbone, two adapters.

    start: folder of weights to go on from. Its tokenizer is taken as it is, its backbone is trained further
    by the preset's recipe, and the adapters are fitted anew.
    """
    if start is None:
        train_tokenizer(source, Path(output) / TOKENIZER_FOLDER, tokenizer, options=options, report=report)
    for task in ADAPTER_OF_TASK:
        train_motion_llm(source, output, task, preset, options=options, start=start, report=report)
    return Path(output)


def train_motion_llm(
    source: Source,
    output: str | Path,
    stage: Stage,
    preset: MotionLLMPreset,
    *,
    tokenizer: str | Path | None = None,
    overrides: Overrides | None = None,
    options: RunOptions | None = None,
    train_rows: bool | None = None,
    start: str | Path | None = None,
    report: Report = print,
) -> Path:
    """Fit one adapter, or a whole backbone on both tasks, and write it into `output`.

    tokenizer: folder or vqvae.pth of the motion tokenizer; None takes the one in `output`. train_rows: None
    trains the motion rows with the first that is trained and keeps them afterwards. A new backbone is trained
    first, where `output` has none. overrides: of the recipe of every stage that this call trains. start:
    folder of weights whose MotionLLM, its adapter for generation merged in, a new backbone goes on from; its
    tokenizer must be the same.
    """
    begun = None if start is None else Path(start)
    run = _Run(source, Path(output), preset, options or RunOptions(), report, begun)
    join_processes()
    require_reporter(run.options)
    own = overrides or Overrides()
    recipe = own.on(_recipe_of(stage, preset))
    attempt = f'try: motion-agent run "a person walks" --backend {run.output}'
    if is_finished(run.output, stage):
        run.require_same(stage, recipe, tokenizer)
        report(f"{run.output} has its {stage} finished already: nothing to do; {attempt}")
        return run.output
    require_backbone(run.output, preset, report)
    material = run.material(tokenizer)
    if not is_begun(run.output) and preset.new:
        run.train_backbone(material, own.on(preset.new.recipe))
    if stage != "backbone":
        run.train_adapter(stage, material, recipe, train_rows)
    report(f"written to {run.output}; {attempt}")
    return run.output


def _recipe_of(stage: Stage, preset: MotionLLMPreset) -> LanguageRecipe:
    """Raises InvalidRequestError for the backbone of a preset that has no new one."""
    if stage == "backbone":
        if preset.new is None:
            raise InvalidRequestError(
                f"only a new backbone is trained as a whole, and {preset.name} starts from {preset.backbone}"
            )
        return preset.new.recipe
    recipe = preset.generation if stage == "generation" else preset.captioning
    return replace(recipe, tasks=(stage,))


@dataclass(frozen=True)
class _Material:
    """The corpora, the tokenizer that made their tokens, and a name for both."""

    corpora: Corpora
    tokenizer: MotionTokenizer

    @property
    def name(self) -> str:
        return fingerprint(self.corpora.name, _name_of(self.tokenizer))

    @property
    def pairs(self) -> list[tuple[str, Codes]]:
        """Everything that is trained or validated on."""
        return [*self.corpora.train.pairs(), *self.corpora.val]


@dataclass(frozen=True)
class _Run:
    """One call of `train_motion_llm`."""

    source: Source
    output: Path
    preset: MotionLLMPreset
    options: RunOptions
    report: Report
    start: Path | None = None

    def material(self, tokenizer: str | Path | None) -> _Material:
        own = self.output / TOKENIZER_FOLDER
        if self.start is not None:
            tokenizer = tokenizer or self.start / TOKENIZER_FOLDER
        if tokenizer is None and not own.is_dir():
            raise InvalidRequestError(
                "no motion tokenizer: give --tokenizer, or train one with train tokenizer"
            )
        motion_tokenizer = MotionTokenizer.from_pretrained(tokenizer or own, device=default_device())
        if tokenizer is not None and own.is_dir():
            _require_same(motion_tokenizer, MotionTokenizer.from_pretrained(own), self.output)
        layout = self.source.representation
        if motion_tokenizer.representation != layout:
            raise InvalidRequestError(
                f"the tokenizer is for {motion_tokenizer.representation.name}, the data holds {layout.name}: "
                "train a tokenizer on it"
            )
        cache = self.output / CHECKPOINTS_FOLDER / "tokens"
        corpora = self.source.corpora(motion_tokenizer, cache, self.preset.reading)
        self.report(corpora.summary)
        return _Material(corpora, motion_tokenizer)

    def require_same(self, stage: Stage, recipe: LanguageRecipe, tokenizer: str | Path | None) -> None:
        """Raise InvalidRequestError where what is there was made by other settings or of other data.

        Where the checkpoints were taken away, recipe and data cannot be known and count as the same.
        """
        require_same_model(self.output, stage, self.preset)
        folder = self._checkpoints(stage)
        if last_checkpoint(folder) is not None:
            material = self.material(tokenizer)
            items = len(material.corpora.train) * len(recipe.tasks)
            require_same_training(folder, recipe, items, material.name)

    def train_backbone(self, material: _Material, recipe: LanguageRecipe) -> None:
        """All weights of a new backbone, on both tasks."""
        model = self._new_compact(material)
        require_room(model, material.pairs)
        model.network.requires_grad_(True)
        self.report(f"backbone, for {recipe.length}: {what_is_trained(model)}")
        outcome = train_backbone(
            model, material.corpora.train, self._checkpoints("backbone"), recipe,
            options=self.options, validation=material.corpora.val, data=material.name,
        )  # fmt: skip
        self.report(str(outcome))
        self._save(model, material)

    def train_adapter(
        self, task: Task, material: _Material, recipe: LanguageRecipe, train_rows: bool | None
    ) -> None:
        """One adapter on what the folder holds, or on the preset's backbone."""
        begun = is_begun(self.output)
        model = self._stored(material) if begun else self._pretrained(material)
        words, tokenizer = model.vocabulary, material.tokenizer
        if (words.codebook_size, words.levels) != (tokenizer.codebook_size, tokenizer.levels):
            raise CheckpointError(
                f"the MotionLLM in {self.output} was not trained on this tokenizer's tokens"
            )
        require_room(model, material.pairs)
        torch.manual_seed(recipe.seed)
        name = ADAPTER_OF_TASK[task]
        model.add_adapters({name: self.preset.adapters[name]})
        rows = not begun if train_rows is None else train_rows
        select_adapter(model, task, train_rows=rows)
        self.report(f"{task}, for {recipe.length}: {what_is_trained(model)}")
        if rows and len(model.network.adapters) > 1:
            self.report("the motion rows change under the other adapter, which will fit them less well")
        outcome = train_adapter(
            model, task, material.corpora.train, self._checkpoints(task), recipe,
            options=self.options, train_rows=rows, validation=material.corpora.val, data=material.name,
        )  # fmt: skip
        self.report(str(outcome))
        self._save(model, material)

    def _random(self, material: _Material) -> MotionLLM:
        assert self.preset.new is not None
        source, tokenizer = material.corpora.train, material.tokenizer
        worded = [source[index][0] for index in range(len(source))]
        return new_compact_model(
            worded + source.texts(), self.preset.new,
            codebook_size=tokenizer.codebook_size, levels=tokenizer.levels, template=self.preset.template,
        )  # fmt: skip

    def _begun(self, folder: Path) -> MotionLLM:
        """The MotionLLM of a folder as one backbone. Raises InvalidRequestError for other sizes."""
        assert self.preset.new is not None
        model = MotionLLM.from_pretrained(folder / LLM_FOLDER, device="cpu").merged("generation")
        config, new = model.network.plain_backbone.config, self.preset.new
        if (config.hidden_size, config.num_hidden_layers) != (new.width, new.layers):
            raise InvalidRequestError(
                f"the MotionLLM in {folder} has {config.num_hidden_layers} layers of width "
                f"{config.hidden_size}, the preset {self.preset.name} {new.layers} of {new.width}"
            )
        return model

    def _new_compact(self, material: _Material) -> MotionLLM:
        start = self._checkpoints("backbone") / "start"
        with main_first():
            if not (start / "config.json").is_file():
                # Kept, so that a resumed run has the very same text tokenizer and weights.
                model = self._random(material) if self.start is None else self._begun(self.start)
                model.save_pretrained(start)
        model = MotionLLM.from_pretrained(start, device=default_device())
        return self._with_defaults(model, material)

    def _pretrained(self, material: _Material) -> MotionLLM:
        source = self.preset.backbone
        backbone, words = load_backbone_model(source, dtype_for(default_device()))
        torch.manual_seed(self.preset.generation.seed)
        model = MotionLLM(
            backbone, words,
            template=self.preset.template, codebook_size=material.tokenizer.codebook_size,
            levels=material.tokenizer.levels, policy="switched",
        )  # fmt: skip
        model.backbone_reference = reference_to(source)
        return self._with_defaults(model.to(default_device()), material)

    def _stored(self, material: _Material) -> MotionLLM:
        begun = backbone_of(self.output)
        given = None if self.preset.new or begun is None else self.preset.backbone
        if begun and given and not is_same_backbone(begun, given):
            self.report(
                f"begun on the backbone {begun}, going on with {given}: their weights must be the same"
            )
        model = MotionLLM.from_pretrained(
            self.output / LLM_FOLDER, given, device=default_device(), policy="switched"
        )
        return self._with_lengths(model, material)

    def _with_defaults(self, model: MotionLLM, material: _Material) -> MotionLLM:
        seconds = material.tokenizer.representation.seconds_per_token
        model.defaults = replace(self.preset.generating, seconds_per_token=seconds)
        return self._with_lengths(model, material)

    def _with_lengths(self, model: MotionLLM, material: _Material) -> MotionLLM:
        """The lengths it may choose take in what it learns from: KIT-ML's clips are the longer ones."""
        if material.corpora.seconds is None:
            return model
        (least, most), defaults = material.corpora.seconds, model.defaults
        model.defaults = replace(
            defaults,
            min_seconds=max(
                min(defaults.min_seconds, least), material.tokenizer.representation.seconds_per_token
            ),
            max_seconds=max(defaults.max_seconds, most),
        )
        return model

    def _checkpoints(self, stage: Stage) -> Path:
        return self.output / CHECKPOINTS_FOLDER / stage

    def _save(self, model: MotionLLM, material: _Material) -> None:
        with main_first():
            if not is_main():
                return
            self.output.mkdir(parents=True, exist_ok=True)
            if not (self.output / TOKENIZER_FOLDER / CONFIG_NAME).is_file():
                material.tokenizer.save_pretrained(self.output / TOKENIZER_FOLDER)
            material.corpora.lexicon.save(self.output / LEXICON_FILE)
            notes = {"preset": self.preset.name, "backbone": self.preset.backbone}
            (self.output / NOTES).write_text(json.dumps(notes, indent=2) + "\n", encoding="utf-8")
            # Last: it is what says that the stage is finished.
            model.save_pretrained(self.output / LLM_FOLDER)


def _name_of(tokenizer: MotionTokenizer) -> str:
    """A name for what its tokens mean, the same for every copy of it."""
    parts = (tokenizer.vqvae.quantizer.every_code(), tokenizer.mean, tokenizer.std)
    return fingerprint_of_arrays(part.float().cpu().numpy() for part in parts)


def _require_same(given: MotionTokenizer, begun: MotionTokenizer, output: Path) -> None:
    """Raise InvalidRequestError where a folder would get a tokenizer that its adapters never saw."""
    if _name_of(given) != _name_of(begun):
        raise InvalidRequestError(
            f"{output} was begun with another tokenizer: leave --tokenizer out, or choose another --out"
        )
