"""Training end to end at toy size: losses fall, killed runs go on exactly, the result is a backend."""

from __future__ import annotations

import shutil
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from archives import write_archive
from folders import features_like
from helpers import walking, write_recordings
from motion_agent.motion_models import InvalidMotionError, load_backend
from motion_agent.motion_models.data.cmu import Trial
from motion_agent.motion_models.data.recordings.limbs import Variety
from motion_agent.motion_models.english.lexicon import Lexicon
from motion_agent.motion_models.errors import InvalidRequestError
from motion_agent.motion_models.language.adapters import AdapterSpec
from motion_agent.motion_models.language.motion_llm import MotionLLM
from motion_agent.motion_models.motion.features import from_joints
from motion_agent.motion_models.motion.representation import KIT
from motion_agent.motion_models.tokenizer.tokenizer import MotionTokenizer
from motion_agent.motion_models.tokenizer.vqvae import VQVAE, VQVAEConfig
from motion_agent.motion_models.training import presets
from motion_agent.motion_models.training.language import NewBackbone
from motion_agent.motion_models.training.presets import with_backbone
from motion_agent.motion_models.training.recipe import Overrides, RunOptions
from motion_agent.motion_models.training.sequences import LanguageRecipe
from motion_agent.motion_models.training.sources import CMUSource, tokenizer_source, training_clips
from motion_agent.motion_models.training.stages import train_default, train_motion_llm
from motion_agent.motion_models.training.tokenizer import (
    TokenizerObjective,
    TokenizerRecipe,
    WindowDataset,
    feature_statistics,
    train_on_features,
    train_tokenizer,
)
from safetensors.torch import load_file

TINY = TokenizerRecipe(
    vqvae=VQVAEConfig(width=32, code_dim=8, codes=32), steps=30, batch_size=8, window=16, warmup_steps=2,
    learning_rate=3e-3,
)  # fmt: skip
PLAIN = RunOptions(bf16=False)


@pytest.fixture(scope="module")
def trials() -> list[Trial]:
    speeds = {"16_15": 0.8, "16_31": 1.2, "16_32": 1.6}
    return [Trial(name, walking(80, speed=speed), "train") for name, speed in speeds.items()]


def reconstruction_loss(tokenizer: MotionTokenizer, trials: list[Trial]) -> float:
    clips = training_clips(trials, (1.0,))
    objective = TokenizerObjective(tokenizer.vqvae, tokenizer.mean.numpy(), tokenizer.std.numpy(), TINY)
    objective.eval()
    with torch.no_grad():
        losses = [objective(tokenizer.normalise(clip[:64]).unsqueeze(0))["loss"] for clip in clips]
    return float(torch.stack(losses).mean())


def test_a_tokenizer_learns_and_reloads(trials: list[Trial], tmp_path: Path) -> None:
    clips = training_clips(trials, (1.0,))
    mean, std = feature_statistics(clips)
    torch.manual_seed(0)
    untrained = VQVAE(TINY.vqvae)
    untrained.train()(torch.from_numpy((clips[0][:64] - mean) / std).unsqueeze(0))
    trained, _ = train_on_features(clips, tmp_path, replace(TINY, steps=800, learning_rate=1e-2), PLAIN)
    before = reconstruction_loss(MotionTokenizer(untrained, mean, std), trials)
    assert reconstruction_loss(trained, trials) < 0.8 * before
    again = MotionTokenizer.from_pretrained(tmp_path)
    made = from_joints(walking(40))
    torch.testing.assert_close(again.encode(made), trained.encode(made))


def test_a_killed_tokenizer_training_goes_on_exactly(trials: list[Trial], tmp_path: Path) -> None:
    clips = training_clips(trials, (1.0,))
    whole, _ = train_on_features(clips, tmp_path / "whole", replace(TINY, save_steps=10), PLAIN)
    halted = tmp_path / "halted"
    middle = Path("checkpoints") / "checkpoint-20"
    shutil.copytree(tmp_path / "whole" / middle, halted / middle)
    resumed, _ = train_on_features(clips, halted, replace(TINY, save_steps=10), PLAIN)
    for name, value in whole.vqvae.state_dict().items():
        torch.testing.assert_close(resumed.vqvae.state_dict()[name], value, rtol=0, atol=0, msg=name)


def test_parts_train_resume_and_are_gone_on_from(trials: list[Trial], tmp_path: Path) -> None:
    recipe = replace(TINY, vqvae=replace(TINY.vqvae, by_parts=True), save_steps=10)
    clips = training_clips(trials, (1.0,), Variety(clips=4, frames=40))
    assert len(clips) == 2 * len(trials) + 4
    whole, _ = train_on_features(clips, tmp_path / "whole", recipe, PLAIN)
    assert whole.encode(from_joints(walking(41))).shape == (10, 4)
    middle = Path("checkpoints") / "checkpoint-20"
    shutil.copytree(tmp_path / "whole" / middle, tmp_path / "halted" / middle)
    resumed, _ = train_on_features(clips, tmp_path / "halted", recipe, PLAIN)
    for name, value in whole.vqvae.state_dict().items():
        torch.testing.assert_close(resumed.vqvae.state_dict()[name], value, rtol=0, atol=0, msg=name)
    # A first step so small that nothing moves shows where it began.
    still = replace(recipe, steps=1, learning_rate=1e-9, weight_decay=0.0)
    begun, _ = train_on_features(clips[:1], tmp_path / "on", still, PLAIN, start=whole)
    first = "decoder.model.0.weight"
    torch.testing.assert_close(begun.vqvae.state_dict()[first], whole.vqvae.state_dict()[first])
    torch.testing.assert_close(begun.mean, whole.mean, rtol=0, atol=0)
    with pytest.raises(InvalidRequestError, match="other sizes"):
        train_on_features(clips, tmp_path / "other", TINY, PLAIN, start=whole)


def test_a_decoder_alone_learns_and_every_code_keeps_its_place(trials: list[Trial], tmp_path: Path) -> None:
    recipe = replace(TINY, vqvae=replace(TINY.vqvae, by_parts=True))
    clips = training_clips(trials, (1.0,))
    whole, _ = train_on_features(clips, tmp_path / "whole", recipe, PLAIN)
    torch.manual_seed(1)
    whole.vqvae.decoder.load_state_dict(VQVAE(recipe.vqvae).decoder.state_dict())
    before, unlearnt = deepcopy(whole.vqvae.state_dict()), reconstruction_loss(whole, trials)
    further = replace(recipe, steps=100, learning_rate=1e-2, keep_codes=True)
    on, _ = train_on_features(clips, tmp_path / "on", further, PLAIN, start=whole)
    after = on.vqvae.state_dict()
    moved = {
        name for name in after if not torch.allclose(after[name].float(), before[name].float(), rtol=1e-3)
    }
    assert moved and all(name.startswith("decoder.") for name in moved)
    assert reconstruction_loss(on, trials) < 0.9 * unlearnt
    with pytest.raises(InvalidRequestError, match="to go on from"):
        train_on_features(clips, tmp_path / "none", further, PLAIN)


def test_a_folder_of_archives_is_trained_on_once(tmp_path: Path) -> None:
    clips = {"a": walking(60), "b": walking(70, speed=0.8), "held": walking(50)}
    write_archive(tmp_path / "x.npz", clips, {"a": {}, "b": {}, "held": {"split": "val"}})
    source = tokenizer_source(tmp_path, False)
    assert isinstance(source, CMUSource) and source.variety is not None
    source, said = replace(source, variety=Variety(clips=2, frames=40), speeds=(1.0,)), list[str]()
    made = train_tokenizer(source, tmp_path / "out", TINY, options=PLAIN, report=said.append)
    assert said[0].startswith("training a tokenizer of width 32, 1 code a step, on 6 recordings")
    again = train_tokenizer(source, tmp_path / "out", TINY, options=PLAIN, report=said.append)
    assert said[-1].endswith("is finished already: nothing to do")
    torch.testing.assert_close(again.vqvae.quantizer.codebook, made.vqvae.quantizer.codebook)
    write_archive(tmp_path / "x.npz", clips | {"a": walking(61)}, {"a": {}, "b": {}})
    with pytest.raises(InvalidRequestError, match="of other data"):
        train_tokenizer(replace(source), tmp_path / "out", TINY, options=PLAIN, report=said.append)


def test_weights_keep_the_statistics_they_were_trained_with(trials: list[Trial], tmp_path: Path) -> None:
    clips = training_clips(trials, (1.0,))
    trained, _ = train_on_features(clips, tmp_path, TINY, PLAIN)
    again, outcome = train_on_features([clip * 2 for clip in clips], tmp_path, TINY, PLAIN)
    assert outcome.steps == TINY.steps
    torch.testing.assert_close(again.mean, trained.mean, rtol=0, atol=0)
    torch.testing.assert_close(again.std, trained.std, rtol=0, atol=0)


def test_root_features_weigh_five_times_as_much() -> None:
    frames = np.random.default_rng(0).normal(size=(500, 263)).astype(np.float32)
    frames[:, 3] *= 3
    mean, std = feature_statistics([frames[:200], frames[200:]])
    np.testing.assert_allclose(mean, frames.mean(0), atol=1e-5)
    assert std[3] == pytest.approx(frames[:, 3].std() / 5, rel=1e-3)
    assert std[10] == pytest.approx(frames[:, 4:67].std(0).mean(), rel=1e-3)


def test_a_tokenizer_of_kit_trains_on_its_features(tmp_path: Path) -> None:
    clips = [features_like(KIT, 40, seed) for seed in range(2)]
    for clip in clips:  # millimetres
        clip[:, 1:4] *= 1000
        clip[:, KIT.local_positions] *= 1000
    recipe = replace(TINY, steps=20, vqvae=VQVAEConfig(features=251, width=16, code_dim=8, codes=16))
    trained, _ = train_on_features(clips, tmp_path, recipe, PLAIN)
    assert trained.representation is KIT
    assert trained.decode(trained.encode(clips[0])).shape == (40, 251)
    objective = TokenizerObjective(trained.vqvae, trained.mean.numpy(), trained.std.numpy(), recipe).eval()
    with torch.no_grad():
        loss = objective(trained.normalise(clips[0]).unsqueeze(0))["loss"]
    assert loss < 50  # position errors count in metres: in millimetres they would be a thousand times that


def test_clips_of_another_width_than_the_networks_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidMotionError, match=r"\[251\] numbers a frame, the tokenizer takes 263"):
        train_on_features([features_like(KIT, 40)], tmp_path, TINY)


def test_windows_are_the_same_whenever_they_are_drawn(trials: list[Trial]) -> None:
    clips = [*training_clips(trials, (1.0,)), np.zeros((5, 263), dtype=np.float32)]
    first, second = (WindowDataset(clips, TINY) for _ in range(2))
    for index in (0, 57, 99):
        torch.testing.assert_close(first[index]["features"], second[index]["features"])
        assert first[index]["features"].shape == (16, 263)


LANGUAGE = LanguageRecipe(steps=3, batch_size=4, warmup_steps=1)
TOKENIZER = replace(TINY, steps=3, vqvae=VQVAEConfig(width=16, code_dim=8))
DEFAULT = replace(
    presets.MOTION_LLM_PRESETS[presets.DEFAULT],
    adapters={"t2m": AdapterSpec(2), "m2t": AdapterSpec(2)},
    new=NewBackbone(LANGUAGE, text_vocabulary=400, width=32, layers=1, heads=2),
    generation=LANGUAGE, captioning=LANGUAGE,
)  # fmt: skip


def write_trials(folder: Path, frames: int = 100) -> Path:
    folder.mkdir(exist_ok=True)
    write_recordings(folder, {"16_31": walking(frames), "16_32": walking(90, speed=0.8)})
    return folder


@pytest.fixture(scope="module")
def default(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with data/ and the weights/ that the default's preset makes of them."""
    root = tmp_path_factory.mktemp("default")
    train_default(CMUSource(write_trials(root / "data")), root / "weights", TOKENIZER, DEFAULT, options=PLAIN)
    return root


def stamps(folder: Path) -> dict[str, int]:
    """When each file of weights was written."""
    return {str(file): file.stat().st_mtime_ns for file in folder.rglob("*.safetensors")}


def test_the_default_makes_a_backend(default: Path) -> None:
    backend = load_backend(default / "weights", device="cpu")
    (tokens,) = backend.generate(["a person walks forward"], seconds=2.0, seed=1)
    assert backend.decode(tokens).shape == (40, 263)
    assert isinstance(backend.caption([tokens])[0], str)
    assert "walk" in backend.repertoire
    assert Lexicon.load(default / "weights" / "lexicon.json").reading == "actions"


def test_a_model_learns_to_write_all_codes_of_a_step(default: Path, tmp_path: Path) -> None:
    parts = replace(TOKENIZER, vqvae=replace(TOKENIZER.vqvae, by_parts=True))
    train_default(CMUSource(default / "data"), tmp_path / "weights", parts, DEFAULT, options=PLAIN)
    backend = load_backend(tmp_path / "weights", device="cpu")
    (tokens,) = backend.generate(["a person walks forward"], seconds=2.0, seed=1)
    assert tokens.shape == (10, 4)
    assert backend.decode(tokens).shape == (40, 263)
    assert backend.encode(from_joints(walking(21))).shape == (5, 4)
    assert isinstance(backend.caption([tokens])[0], str)


def test_a_default_that_is_finished_is_left_as_it_is(default: Path) -> None:
    before, said = stamps(default / "weights"), list[str]()
    source = CMUSource(default / "data")
    train_default(source, default / "weights", TOKENIZER, DEFAULT, options=PLAIN, report=said.append)
    assert sum("finished already: nothing to do" in line for line in said) == 3
    assert stamps(default / "weights") == before


def test_every_stage_of_the_default_goes_on_from_what_another_command_left(
    default: Path, tmp_path: Path
) -> None:
    """A tokenizer and a generation that were trained one by one, then `train default` in the same folder."""
    source, out, said = CMUSource(default / "data"), tmp_path / "weights", list[str]()
    train_tokenizer(source, out / "tokenizer", TOKENIZER, options=PLAIN)
    train_motion_llm(source, out, "generation", DEFAULT, options=PLAIN)
    before = stamps(out / "tokenizer")
    train_default(source, out, TOKENIZER, DEFAULT, options=PLAIN, report=said.append)
    assert stamps(out / "tokenizer") == before
    assert sum("finished already: nothing to do" in line for line in said) == 2
    made = sorted(file.relative_to(out) for file in out.rglob("*.safetensors"))
    for file in made:
        ours, whole = (load_file(root / file) for root in (out, default / "weights"))
        for name, value in whole.items():
            assert torch.equal(ours[name], value), (file, name)


def test_the_default_goes_on_from_weights(default: Path, tmp_path: Path) -> None:
    """With next to no steps it is the same model: its tokenizer, its text tokenizer, its merged adapter."""
    source, longer = CMUSource(default / "data"), Overrides({"steps": 1, "learning_rate": 1e-12})
    train_default(
        source, tmp_path, TOKENIZER, with_backbone(DEFAULT, longer), options=PLAIN, start=default / "weights"
    )
    before, after = (MotionLLM.from_pretrained(at) for at in (default / "weights", tmp_path))
    ours, theirs = (m.merged("generation").network.state_dict() for m in (before, after))
    changed = {name for name, value in ours.items() if not torch.allclose(value, theirs[name], atol=2e-2)}
    assert not changed
    assert before.tokenizer.get_vocab() == after.tokenizer.get_vocab()
    first, second = (
        MotionTokenizer.from_pretrained(at / "tokenizer") for at in (default / "weights", tmp_path)
    )
    assert first.fingerprint == second.fingerprint


def test_a_model_of_other_sizes_is_not_gone_on_from(default: Path, tmp_path: Path) -> None:
    assert DEFAULT.new is not None
    wider = replace(DEFAULT, new=replace(DEFAULT.new, width=2 * DEFAULT.new.width))
    with pytest.raises(InvalidRequestError, match=r"layers? of width"):
        train_default(
            CMUSource(default / "data"), tmp_path, TOKENIZER, wider, options=PLAIN, start=default / "weights"
        )


def test_a_tokenizer_that_was_copied_there_is_taken_without_a_look_at_the_recordings(
    default: Path, tmp_path: Path
) -> None:
    shutil.copytree(
        default / "weights" / "tokenizer", tmp_path, ignore=lambda *_: ["checkpoints"], dirs_exist_ok=True
    )
    said = list[str]()
    train_tokenizer(CMUSource(tmp_path / "nowhere"), tmp_path, TOKENIZER, options=PLAIN, report=said.append)
    assert said == [f"{tmp_path} is finished already: nothing to do"]


def test_the_default_learns_every_archive_and_what_people_wrote(tmp_path: Path) -> None:
    told = {"text": "a man gallops", "start": 0, "end": 4, "source": "HumanML3D"}
    about = {"a": {"captions": [told]}, "16_31": {}, "held": {"split": "val", "captions": [told]}}
    clips = {"a": walking(100), "16_31": walking(100), "held": walking(100)}
    write_archive(tmp_path / "x.npz", clips, about)

    class Tokenizer:
        def encode(self, features):
            return torch.arange(len(features) // 4) % 8

    corpora = CMUSource(tmp_path).corpora(Tokenizer(), tmp_path / "cache", "actions")  # type: ignore[arg-type]
    assert {item.trial for item in corpora.train.items["human"]} == {"a"}  # type: ignore[attr-defined]
    assert "a man gallops" in corpora.train.texts() and corpora.lexicon.knows("gallops")
    assert corpora.name == CMUSource(tmp_path).corpora(Tokenizer(), tmp_path / "c", "actions").name  # type: ignore[arg-type]


def test_a_default_begun_otherwise_is_refused(default: Path, tmp_path: Path) -> None:
    def again(data: Path, tokenizer: TokenizerRecipe) -> None:
        train_default(CMUSource(data), default / "weights", tokenizer, DEFAULT, options=PLAIN)

    with pytest.raises(InvalidRequestError, match="of other data"):
        again(write_trials(tmp_path / "data", frames=101), TOKENIZER)
    with pytest.raises(InvalidRequestError, match="steps 3, not 4"):
        again(default / "data", replace(TOKENIZER, steps=4))
