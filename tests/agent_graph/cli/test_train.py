"""From a folder of captioned motion to a backend, by the commands a user types."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import torch
from folders import features_like, write_folder
from helpers import walking
from motion_agent.agent_graph.cli import app
from motion_agent.evals.motion.field.metrics.physics import measure
from motion_agent.motion_models import load_backend
from motion_agent.motion_models.errors import CheckpointError, InvalidRequestError, TrainingStoppedError
from motion_agent.motion_models.language.adapters import AdapterSpec
from motion_agent.motion_models.language.llm_config import GenerationDefaults
from motion_agent.motion_models.language.motion_llm import MotionLLM
from motion_agent.motion_models.motion.features import from_joints, recover_joints
from motion_agent.motion_models.motion.representation import KIT
from motion_agent.motion_models.tokenizer.vqvae import VQVAEConfig
from motion_agent.motion_models.training import presets, sources, stages
from motion_agent.motion_models.training.begun import preset_of
from motion_agent.motion_models.training.language import NewBackbone
from motion_agent.motion_models.training.presets import COMPACT, MotionLLMPreset
from motion_agent.motion_models.training.recipe import RunOptions
from motion_agent.motion_models.training.sequences import LanguageRecipe
from motion_agent.motion_models.training.sources import FolderSource
from motion_agent.motion_models.training.tokenizer import TokenizerRecipe
from motion_folder import write_motion_folder
from safetensors.torch import load_file
from tiny_llm import save_backbone
from typer.testing import CliRunner

LANGUAGE = LanguageRecipe(
    steps=40, batch_size=12, learning_rate=1e-2, warmup_steps=4, dropout=0.0, corruption=0.0, save_steps=10
)
TINY = MotionLLMPreset(
    name="tiny",
    backbone=COMPACT,
    adapters=MappingProxyType({"t2m": AdapterSpec(4), "m2t": AdapterSpec(2)}),
    generation=replace(LANGUAGE, steps=20, learning_rate=1e-3),
    captioning=replace(LANGUAGE, steps=20, learning_rate=3e-3),
    template="compact",
    reading="words",
    generating=GenerationDefaults(),
    new=NewBackbone(LANGUAGE, text_vocabulary=300, width=32, layers=2, heads=4),
)
TINY_TOKENIZER = TokenizerRecipe(
    vqvae=VQVAEConfig(width=24, code_dim=8, codes=32), steps=40, batch_size=8, window=32, learning_rate=3e-3,
    warmup_steps=2, save_steps=10,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _presets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(presets.MOTION_LLM_PRESETS, "tiny", TINY)
    monkeypatch.setitem(presets.TOKENIZER_PRESETS, "tiny", TINY_TOKENIZER)


def train(*arguments: str | Path, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["train", *map(str, arguments)])
    assert done.exit_code == code, done.output
    return done.output


def validation_losses(checkpoints: Path) -> dict[int, float]:
    """By step, as the last checkpoint has them."""
    last = max(checkpoints.glob("checkpoint-*"), key=lambda path: int(path.name.split("-")[1]))
    history = json.loads((last / "trainer_state.json").read_text())["log_history"]
    return {entry["step"]: entry["eval_loss"] for entry in history if "eval_loss" in entry}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Everything there is to train, stage by stage; `begun` is the folder between the adapters' stages."""
    root = tmp_path_factory.mktemp("trained")
    data = write_motion_folder(root / "data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(presets.MOTION_LLM_PRESETS, "tiny", TINY)
        patch.setitem(presets.TOKENIZER_PRESETS, "tiny", TINY_TOKENIZER)
        said = train(
            "tokenizer", "--data", data, "--out", root / "tokenizer", "--preset", "tiny", "--no-bf16"
        )
        assert "6 recordings" in said and "3 to validate on" in said
        out = root / "mine"
        llm = ("motion-llm", "--data", data, "--out", out, "--no-bf16")
        said = train(*llm, "--task", "generation", "--preset", "tiny", "--tokenizer", root / "tokenizer")
        assert f"backbone, for {LANGUAGE.length}: training all" in said
        assert "no motion row" in said and "text rows" in said
        shutil.copytree(out, root / "begun")
        said = train(*llm, "--task", "captioning")
        assert f"captioning, for {TINY.captioning.length}: training" in said
    return {"data": data, "tokenizer": root / "tokenizer", "out": out, "begun": root / "begun"}


@pytest.mark.parametrize(
    ("stage", "made_in", "adapter"),
    [
        ("tokenizer", "model.safetensors", ""),
        ("backbone", "motion_llm/backbone/model.safetensors", ""),
        ("generation", "motion_llm/adapters.safetensors", "lora_"),
        ("captioning", "motion_llm/adapters.safetensors", "lora_"),
    ],
)
def test_losses_fall_and_the_best_weights_are_kept(
    trained: dict[str, Path], stage: str, made_in: str, adapter: str
) -> None:
    checkpoints = trained["tokenizer"] if stage == "tokenizer" else trained["out"]
    folder = checkpoints / "checkpoints" / ("" if stage == "tokenizer" else stage)
    losses = validation_losses(folder)
    assert list(losses) == list(range(10, max(losses) + 1, 10))
    best = min(losses, key=losses.__getitem__)
    assert losses[best] < losses[10]
    kept = load_file(folder / f"checkpoint-{best}" / "model.safetensors")
    made = load_file(trained["tokenizer" if stage == "tokenizer" else "out"] / made_in)
    compared = 0
    for key, value in kept.items():
        # A network's parts keep their names in files; what wraps it comes before them.
        (name,) = [name for name in made if key.endswith(f".{name}") and adapter in name] or [""]
        if name:
            compared += 1
            assert torch.equal(made[name], value.to(made[name].dtype)), name
    assert compared >= len(kept) - 3, "all but motion rows, or what the loss of a tokenizer needs"


def test_what_is_finished_is_left_as_it_is(trained: dict[str, Path], tmp_path: Path) -> None:
    out = shutil.copytree(trained["out"], tmp_path / "out")
    made = shutil.copytree(trained["tokenizer"], tmp_path / "tokenizer")
    llm = ("motion-llm", "--data", trained["data"], "--out", out, "--no-bf16", "--task")
    vqvae = ("tokenizer", "--data", trained["data"], "--out", made, "--preset", "tiny", "--no-bf16")
    before = {file: file.read_bytes() for file in tmp_path.rglob("*.safetensors")}
    for again in ((*llm, "generation"), (*llm, "captioning"), (*llm, "backbone"), vqvae):
        said = train(*again)
        assert "finished already: nothing to do" in said and "written to" not in said
    grown = shutil.copytree(trained["data"], tmp_path / "data")
    (grown / "train.txt").write_text((grown / "train.txt").read_text().replace("000000\n", ""))
    for asked, reason in (
        ((*llm, "captioning", "--steps", "9"), "steps 20, not 9"),
        ((*vqvae, "--steps", "7"), "steps 40, not 7"),
        ((*llm[:2], grown, *llm[3:], "captioning"), "of other data"),
        ((*vqvae[:2], grown, *vqvae[3:]), "of other data"),
    ):
        refused = CliRunner().invoke(app, ["train", *map(str, asked)])
        assert refused.exit_code == 1, refused.output
        assert reason in refused.stderr and "choose another --out" in refused.stderr
        assert refused.stderr.count("error: ") == 1 and "written to" not in refused.output
    assert before == {file: file.read_bytes() for file in tmp_path.rglob("*.safetensors")}
    for folder in (out, made):
        shutil.rmtree(folder / "checkpoints")
    for asked in ((*llm, "captioning", "--steps", "9"), (*vqvae, "--steps", "7")):
        assert "finished already" in train(*asked), "nothing tells how it was made"
    assert not (out / "checkpoints").exists()


def test_a_finished_adapter_of_another_size_is_refused(
    trained: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    larger = MappingProxyType({"t2m": AdapterSpec(8), "m2t": AdapterSpec(2)})
    monkeypatch.setitem(presets.MOTION_LLM_PRESETS, "tiny", replace(TINY, adapters=larger))
    asked = ("motion-llm", "--data", trained["data"], "--out", trained["out"], "--task", "generation")
    refused = CliRunner().invoke(app, ["train", *map(str, asked)])
    assert refused.exit_code == 1
    assert "its generation trained with rank 4, not 8: choose another --out" in refused.stderr


def test_options_count_for_every_stage_a_command_trains(trained: dict[str, Path], tmp_path: Path) -> None:
    said = train(
        "motion-llm", "--data", trained["data"], "--out", tmp_path, "--tokenizer", trained["tokenizer"],
        "--preset", "tiny", "--task", "generation", "--no-bf16", "--steps", "2", "--save-steps", "1",
        "--frames", "16", "400",
    )  # fmt: skip
    assert "6 clips with 12 captions; 3 clips to validate on" in said
    for stage in ("backbone", "generation"):
        assert list(validation_losses(tmp_path / "checkpoints" / stage)) == [1, 2]
    lengths = json.loads((tmp_path / "motion_llm" / "config.json").read_text())["generation"]
    assert (lengths["min_seconds"], lengths["max_seconds"]) == (0.2, 20.0), "what it learnt is not cut off"


def test_a_stage_is_finished_only_when_all_of_it_is_written(
    trained: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = (
        "motion-llm", "--data", trained["data"], "--out", tmp_path, "--tokenizer", trained["tokenizer"],
        "--preset", "tiny", "--task", "backbone", "--no-bf16", "--steps", "1",
    )  # fmt: skip
    with monkeypatch.context() as patch:
        patch.setattr(sources.Lexicon, "save", lambda *_: (_ for _ in ()).throw(OSError("the disk is full")))
        assert "the disk is full" in train(*command, code=1)
    assert "written to" in train(*command)
    load_backend(tmp_path, device="cpu")


def test_the_result_is_a_backend(trained: dict[str, Path]) -> None:
    backend = load_backend(trained["out"], device="cpu")
    assert "walk" in backend.repertoire
    reading = backend.interpret("someone is walking quickly")
    (tokens,) = backend.generate([reading.text], seconds=2.0, seed=1)
    assert backend.decode(tokens).shape == (40, 263)
    own = backend.encode(from_joints(walking(61)))
    assert isinstance(backend.caption([own])[0], str) and backend.caption([own])[0]


def test_captions_and_physics_of_it_are_measured(trained: dict[str, Path]) -> None:
    options = ["--data", str(trained["data"]), "--backend", str(trained["out"]), "--json"]
    done = CliRunner().invoke(app, ["eval", "captions", *options])
    assert done.exit_code == 0, done.output
    assert "BLEU@4" in done.output
    backend = load_backend(trained["out"], device="cpu")
    (tokens,) = backend.generate(["a person walks"], seconds=2.0, seed=1)
    measured = measure(recover_joints(backend.decode(tokens)))
    assert 0 <= measured.skating <= 1 and measured.peak_jerk >= measured.mean_jerk > 0


def test_run_takes_it_as_a_backend(trained: dict[str, Path], tmp_path: Path) -> None:
    options = ["--backend", str(trained["out"]), "--out", str(tmp_path), "--format", "npz", "--seed", "1"]
    done = CliRunner().invoke(app, ["run", "a person walks quickly", *options])
    assert done.exit_code == 0, done.output
    assert list(tmp_path.glob("*.npz"))


def test_captioning_leaves_generation_as_it_was(trained: dict[str, Path]) -> None:
    files = [trained[name] / "motion_llm" / "adapters.safetensors" for name in ("begun", "out")]
    before, after = (load_file(file) for file in files)
    assert set(after) - set(before) == {name for name in after if ".m2t." in name}
    for name, value in before.items():
        assert torch.equal(after[name], value), name
    weights = [trained[name] / "motion_llm" / "backbone" / "model.safetensors" for name in ("begun", "out")]
    assert weights[0].read_bytes() == weights[1].read_bytes()


def test_an_interrupted_stage_goes_on_to_the_same_bits(trained: dict[str, Path], tmp_path: Path) -> None:
    halted = shutil.copytree(trained["begun"], tmp_path / "halted")
    middle = Path("checkpoints") / "captioning"
    shutil.copytree(trained["out"] / middle / "checkpoint-10", halted / middle / "checkpoint-10")
    shutil.copyfile(trained["out"] / middle / "recipe.json", halted / middle / "recipe.json")
    train("motion-llm", "--data", trained["data"], "--out", halted, "--task", "captioning", "--no-bf16")
    for file in ("motion_llm/adapters.safetensors", "lexicon.json", "training.json"):
        assert (halted / file).read_bytes() == (trained["out"] / file).read_bytes(), file


def test_codes_can_be_kept_only_of_a_tokenizer_to_go_on_from(trained: dict[str, Path]) -> None:
    refused = CliRunner().invoke(app, ["train", "tokenizer", "--data", str(trained["data"]), "--keep-codes"])
    assert refused.exit_code == 2 and "needs --from" in refused.stderr


def test_a_folder_that_was_begun_stays_with_its_tokenizer_and_its_data(
    trained: dict[str, Path], tmp_path: Path
) -> None:
    halted = shutil.copytree(trained["begun"], tmp_path / "halted")
    middle = Path("checkpoints") / "captioning"
    shutil.copytree(trained["out"] / middle / "checkpoint-10", halted / middle / "checkpoint-10")
    shutil.copyfile(trained["out"] / middle / "recipe.json", halted / middle / "recipe.json")
    few = ("--steps", "1", "--batch-size", "2", "--no-bf16")
    train("tokenizer", "--data", trained["data"], "--out", tmp_path / "other", "--preset", "tiny", *few)
    llm = ("motion-llm", "--out", halted, "--task", "captioning", "--no-bf16", "--data")
    refused = CliRunner().invoke(
        app, ["train", *map(str, (*llm, trained["data"], "--tokenizer", tmp_path / "other"))]
    )
    assert refused.exit_code == 1 and "begun with another tokenizer" in refused.stderr
    data = shutil.copytree(trained["data"], tmp_path / "data")
    (data / "texts" / "000000.txt").write_text("a person strolls#stroll/VERB#0.0#0.0\n")
    refused = CliRunner().invoke(app, ["train", *map(str, (*llm, data))])
    assert refused.exit_code == 1 and "made of other data" in refused.stderr
    train(*llm, trained["data"], "--tokenizer", trained["tokenizer"])


def test_ctrl_c_is_one_line_and_exit_130(trained: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: Any, **__: Any) -> None:
        raise TrainingStoppedError(7, 20, "checkpoints")

    monkeypatch.setattr(stages, "train_adapter", stopped)
    options = [
        "motion-llm",
        "--data",
        str(trained["data"]),
        "--out",
        str(trained["begun"]),
        "--task",
        "captioning",
    ]
    done = CliRunner().invoke(app, ["train", *options])
    assert done.exit_code == 130
    assert done.stderr.count("\n") == 1
    assert "after step 7 of 20" in done.stderr


def test_any_causal_lm_is_a_backbone(trained: dict[str, Path], tmp_path: Path) -> None:
    backbone, out = save_backbone(tmp_path / "lm", "llama"), tmp_path / "out"
    common = (
        "motion-llm",
        "--data",
        trained["data"],
        "--out",
        out,
        "--no-bf16",
        "--steps",
        "2",
        "--save-steps",
        "1",
    )
    options = ("--tokenizer", trained["tokenizer"], "--backbone", backbone)
    said = train(*common, *options, "--task", "generation", "--learning-rate", "1e-2")
    # 34 rows of width 32 in the embedding and in a head of its own: 32 codes and the two markers.
    assert f"{2 * 34 * 32:,} of the 34 motion rows" in said
    rows = load_file(out / "motion_llm" / "adapters.safetensors")
    assert not (out / "motion_llm" / "backbone" / "model.safetensors").exists(), "it is named, not carried"
    assert preset_of(out, "gemma2-2b-r16", None).backbone == str(backbone)
    with pytest.raises(InvalidRequestError, match="not for the backbone"):
        preset_of(out, COMPACT, None)
    said = train(*common, "--task", "captioning")
    assert "no motion row" in said and "begun on the backbone" not in said
    model = MotionLLM.from_pretrained(out / "motion_llm", device="cpu")
    assert model.backbone_reference == str(backbone)
    assert model.renderer.template.name == "alpaca"
    assert {name: spec.rank for name, spec in model.network.adapters.items()} == {"t2m": 64, "m2t": 32}
    after = load_file(out / "motion_llm" / "adapters.safetensors")
    assert all(torch.equal(after[name], value) for name, value in rows.items())
    reading = load_backend(out, device="cpu").interpret("a person juggles")
    assert (reading.text, reading.unknown) == ("a person juggles", ("juggles",))


@pytest.mark.parametrize("backbone", [None, "nowhere/model", "nowhere/to/go"])
def test_a_backbone_out_of_reach_is_said_at_once(
    trained: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backbone: str | None
) -> None:
    asked: list[str] = []

    def no_network(url: str, **_: Any) -> None:
        asked.append(url)
        raise ConnectionError("no network")

    monkeypatch.setattr("huggingface_hub.get_hf_file_metadata", no_network)
    monkeypatch.setattr("huggingface_hub.try_to_load_from_cache", lambda *_: None)
    data, tokenizer = str(trained["data"]), str(trained["tokenizer"])
    common = ["motion-llm", "--data", data, "--out", str(tmp_path / "out"), "--tokenizer", tokenizer]
    named = ["--backbone", backbone] if backbone else []
    done = CliRunner().invoke(app, ["train", *common, "--task", "captioning", *named])
    assert done.exit_code == 1 and done.stderr.count("\n") == 1 and done.stdout == ""
    assert f"error: backbone {backbone or 'google/gemma-2-2b-it'}: there is no such folder" in done.stderr
    assert "give --backbone FOLDER" in done.stderr and "--backbone compact" in done.stderr
    assert len(asked) <= 1 and not (tmp_path / "out").exists()


def test_a_backbone_is_named_before_it_is_fetched(
    trained: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def stop(*_: Any, **__: Any) -> None:
        raise CheckpointError("far enough")

    monkeypatch.setattr("huggingface_hub.get_hf_file_metadata", lambda url: None)
    monkeypatch.setattr(stages, "load_backbone_model", stop)
    with pytest.raises(CheckpointError, match="far enough"):
        stages.train_motion_llm(
            FolderSource(trained["data"]), tmp_path, "captioning", preset_of(tmp_path, None, "me/model"),
            tokenizer=trained["tokenizer"], report=said.append,
        )  # fmt: skip
    assert said[0] == "fetching the backbone me/model from the hub"


def test_kit_ml_is_trained_at_its_own_rate_and_never_mixed_with_humanml3d(
    trained: dict[str, Path], tmp_path: Path
) -> None:
    clips = {f"{n:05d}": features_like(KIT, 24 + 4 * n, seed=n) for n in range(4)}
    data, few = write_folder(tmp_path / "kit", clips), ("--steps", "1", "--batch-size", "2", "--no-bf16")
    said = train("tokenizer", "--data", data, "--out", tmp_path / "tokenizer", "--preset", "tiny", *few)
    assert "of kit; 0 to validate on" in said and "kept are the last weights" in said
    llm = ("motion-llm", "--data", data, "--out", tmp_path / "out", "--preset", "tiny", *few)
    wrong = CliRunner().invoke(
        app, ["train", *map(str, llm), "--task", "backbone", "--tokenizer", str(trained["tokenizer"])]
    )
    assert wrong.exit_code == 1 and "the tokenizer is for humanml3d" in wrong.stderr
    train(*llm, "--task", "backbone", "--tokenizer", tmp_path / "tokenizer")
    model = MotionLLM.from_pretrained(tmp_path / "out" / "motion_llm", device="cpu")
    assert model.defaults.seconds_per_token == pytest.approx(0.32)
    assert model.defaults.max_seconds == pytest.approx(199 / 12.5)
    assert len(model.generate(["a person walks"], seconds=3.2)[0]) == 10


def _captioning_by_hand(trained: dict[str, Path], out: Path) -> None:
    source = FolderSource(trained["data"])
    stages.train_motion_llm(source, out, "captioning", TINY, options=RunOptions(bf16=False))


def test_what_cannot_be_trained_is_said_before_it_takes_long(
    trained: dict[str, Path], tmp_path: Path
) -> None:
    with pytest.raises(InvalidRequestError, match="no motion tokenizer"):
        _captioning_by_hand(trained, tmp_path / "new")
    with pytest.raises(InvalidRequestError, match="only a new backbone"):
        stages.train_motion_llm(
            FolderSource(trained["data"]), tmp_path / "new", "backbone",
            presets.MOTION_LLM_PRESETS["gemma2-2b-r64"], tokenizer=trained["tokenizer"],
        )  # fmt: skip
    other = tmp_path / "other"
    train("tokenizer", "--data", trained["data"], "--out", tmp_path / "larger", "--preset", "compact",
          "--steps", "1", "--batch-size", "2")  # fmt: skip
    shutil.copytree(trained["begun"], other)
    shutil.rmtree(other / "tokenizer")
    shutil.copytree(tmp_path / "larger", other / "tokenizer")
    with pytest.raises(CheckpointError, match="not trained on this tokenizer"):
        _captioning_by_hand(trained, other)


def test_a_clip_longer_than_the_backbones_context_is_refused(
    trained: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("motion_agent.motion_models.language.network.MotionNetwork.context", 20)
    with pytest.raises(InvalidRequestError, match="the backbone holds 20: leave it out or cut it"):
        _captioning_by_hand(trained, shutil.copytree(trained["begun"], tmp_path / "short"))


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (["tokenizer", "--data", "DATA", "--steps", "3", "--epochs", "2"], 2, "--steps or for --epochs"),
        (["tokenizer", "--data", "DATA", "--learning-rate", "-1"], 2, "'--learning-rate': -1 is not more"),
        (["tokenizer", "--data", "DATA", "--learning-rate", "nan"], 2, "'--learning-rate': nan is not more"),
        (["tokenizer", "--data", "DATA", "--epochs", "-5"], 2, "'--epochs': -5 is not more than 0"),
        (["tokenizer", "--data", "DATA", "--preset", "none"], 1, "no preset 'none'"),
        (["tokenizer", "--data", ".", "--preset", "tiny"], 1, "data prepare"),
        (["tokenizer", "--data", "DATA", "--report-to", "paper"], 2, "paper"),
        (["motion-llm", "--data", "DATA", "--task", "dancing"], 2, "dancing"),
        (["motion-llm", "--data", "DATA", "--task", "generation", "--preset", "none"], 1, "no preset 'none'"),
        (["motion-llm", "--data", "DATA", "--task", "generation", "--patience", "1", "--keep", "last"], 1,
         "patience"),
        (["motion-llm", "--data", "DATA", "--task", "generation", "--preset", "gemma2-2b-r16", "--backbone",
          "compact"], 1, "leave one of them out"),
    ],
)  # fmt: skip
def test_bad_usage(trained: dict[str, Path], arguments: list[str], code: int, reason: str) -> None:
    done = CliRunner().invoke(
        app, ["train", *(str(trained["data"]) if a == "DATA" else a for a in arguments)]
    )
    assert done.exit_code == code, done.output
    assert reason in done.stderr


def test_presets_are_listed_with_what_they_train() -> None:
    said = train("presets")
    for text in ("83.1 M", "20.8 M", "108.0 M", "83.9 M", "500"):
        assert text in said
