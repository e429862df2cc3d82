"""The folder a hub gets: complete, loadable, without pickles, with a card that says what it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from huggingface_hub import ModelCard
from motion_agent.evals.report import Report
from motion_agent.motion_models import CheckpointError, load_backend
from motion_agent.motion_models.errors import HubError
from motion_agent.motion_models.export.card import CardOptions
from motion_agent.motion_models.export.convert import OfficialFiles, from_official
from motion_agent.motion_models.export.folder import write_hub_folder
from motion_agent.motion_models.export.merged import save_merged
from motion_agent.motion_models.storage.layout import DEFAULT_WEIGHTS
from tiny_llm import tiny_llm
from tiny_weights import save_tiny_backend, save_tiny_official


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    return save_tiny_backend(tmp_path / "weights")


def change_reference(folder: Path, backbone: str) -> None:
    file = folder / "motion_llm" / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"backbone": backbone}))


def test_the_folder_is_whole_and_loads(weights, tmp_path):
    out = tmp_path / "out"
    write_hub_folder(weights, out, CardOptions("me/motion", "mit"))
    names = {file.relative_to(out).as_posix() for file in out.rglob("*") if file.is_file()}
    assert names == {
        "README.md", "LICENSE", ".gitattributes", "config.json", "lexicon.json",
        "tokenizer/config.json", "tokenizer/model.safetensors",
        "motion_llm/config.json", "motion_llm/adapters.safetensors", "motion_llm/backbone/config.json",
        "motion_llm/backbone/model.safetensors", "motion_llm/backbone/tokenizer.json",
        "motion_llm/backbone/tokenizer_config.json",
    }  # fmt: skip
    assert "the authors of me/motion" in (out / "LICENSE").read_text()
    assert "*.safetensors filter=lfs" in (out / ".gitattributes").read_text()
    assert json.loads((out / "config.json").read_text())["parts"]["motion_llm"] == "motion_llm"
    assert load_backend(out, device="cpu").generate(["a person jumps"], seconds=0.4)


def test_what_a_training_goes_on_from_stays_at_home(weights, tmp_path):
    for part in (weights, weights / "tokenizer"):
        step = part / "checkpoints" / "backbone" / "checkpoint-5"
        step.mkdir(parents=True)
        for name in ("optimizer.pt", "model.safetensors", "trainer_state.json"):
            (step / name).touch()
    (weights / "training.json").write_text("{}")
    write_hub_folder(weights, tmp_path / "out", CardOptions("me/motion", "mit"))
    assert not list((tmp_path / "out").rglob("checkpoint*"))
    assert not (tmp_path / "out" / "training.json").exists()
    assert load_backend(tmp_path / "out", device="cpu").repertoire


def test_the_card_says_what_the_weights_are(weights, tmp_path):
    report = Report("Open suite", "motion-agent eval motion", "weights", "| a | b |\n| --- | --- |", {})
    _, markdown = report.save(tmp_path, "motion")
    options = CardOptions("me/motion", "mit", ("me/data",), reports=(markdown,))
    write_hub_folder(weights, tmp_path / "out", options)
    card = ModelCard.load(tmp_path / "out" / "README.md")
    assert card.data.to_dict() == {
        "license": "mit", "library_name": "motion-agent", "pipeline_tag": "text-to-motion", "language": "en",
        "tags": ["human-motion", "text-to-motion", "motion-captioning"], "datasets": ["me/data"],
    }  # fmt: skip
    assert "t2m of rank 4" in card.text
    assert "512 codes of size 8" in card.text
    assert 'load_backend("hf:me/motion")' in card.text
    assert "## Measured quality\n\n### Open suite\n\n`motion-agent eval motion` on weights" in card.text


def test_a_backbone_of_the_hub_is_its_base_model(weights, tmp_path):
    change_reference(weights, "google/gemma-2-2b-it")
    (weights / "LICENSE").write_text("The terms of Gemma ...")
    write_hub_folder(weights, tmp_path / "out", CardOptions("me/motion", "gemma"))
    card = ModelCard.load(tmp_path / "out" / "README.md")
    assert (card.data.to_dict()["base_model"], card.data.to_dict()["license"]) == (
        "google/gemma-2-2b-it",
        "gemma",
    )
    assert (tmp_path / "out" / "LICENSE").read_text().startswith("The terms of Gemma")


def test_words_of_a_card_that_is_there_are_kept(tmp_path):
    report = tmp_path / "more.md"
    report.write_text("## Later\n\nbetter\n")
    write_hub_folder(DEFAULT_WEIGHTS, tmp_path / "out", CardOptions("me/x", reports=(report,)))
    text, original = (
        (folder / "README.md").read_text().split("\n---\n", 1)[1].strip()
        for folder in (tmp_path / "out", DEFAULT_WEIGHTS)
    )
    assert text == f"{original}\n\n### Later\n\nbetter"
    assert text.count("## Measured quality") == 1


def test_a_merged_model_goes_too(tmp_path):
    save_merged(tiny_llm(), "generation", tmp_path / "merged")
    write_hub_folder(tmp_path / "merged", tmp_path / "out", CardOptions("me/merged", "mit"))
    assert ModelCard.load(tmp_path / "out" / "README.md").data.to_dict()["library_name"] == "transformers"
    assert (tmp_path / "out" / "generation_config.json").is_file()


def test_what_a_hub_must_not_get_is_refused(weights, tmp_path):
    options = CardOptions("me/motion", "mit")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    with pytest.raises(CheckpointError, match="is not empty"):
        write_hub_folder(weights, tmp_path / "full", options)
    with pytest.raises(HubError, match="'noslash' is no name of a repository: give USER/NAME"):
        write_hub_folder(weights, tmp_path / "out", CardOptions("noslash", "mit"))
    with pytest.raises(CheckpointError, match="--license"):
        write_hub_folder(weights, tmp_path / "out", CardOptions("me/motion"))
    with pytest.raises(CheckpointError, match="needs its text"):
        write_hub_folder(weights, tmp_path / "out", CardOptions("me/motion", "gemma"))
    (weights / "README.md").write_text("---\na: [\n---\nwords\n")
    with pytest.raises(CheckpointError, match="broken header"):
        write_hub_folder(weights, tmp_path / "out", options)
    (weights / "README.md").unlink()
    for folder in (tmp_path, tmp_path / "gone"):
        change_reference(weights, str(folder))
        with pytest.raises(CheckpointError, match="which others do not have"):
            write_hub_folder(weights, tmp_path / "out", options)
    (weights / "motion_llm" / "old.pth").touch()
    change_reference(weights, "me/backbone")
    with pytest.raises(CheckpointError, match=r"old\.pth may hold code"):
        write_hub_folder(weights, tmp_path / "out", options)
    assert not (tmp_path / "out").exists()


def test_official_files_are_converted_first(tmp_path):
    files, backbone = save_tiny_official(tmp_path / "official")
    with pytest.raises(CheckpointError, match="weights convert"):
        write_hub_folder(files, tmp_path / "out", CardOptions("me/motion", "mit"))
    from_official(OfficialFiles.find(files, str(backbone)), tmp_path / "ours")
    write_hub_folder(tmp_path / "ours", tmp_path / "out", CardOptions("me/motion", "mit"))
