"""motion-agent weights, in this process and as a program."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hub_server import TOKEN, hub_server
from motion_agent.agent_graph.cli import app
from motion_agent.motion_models import MotionLLM, load_backend
from tiny_weights import save_tiny_backend, save_tiny_official
from transformers import AutoModelForCausalLM, AutoTokenizer
from typer.testing import CliRunner


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    return save_tiny_backend(tmp_path / "weights")


def cli(*arguments: object):
    return CliRunner().invoke(app, ["weights", *map(str, arguments)])


def test_show_in_words_and_as_json(weights):
    words = cli("show", weights)
    assert words.exit_code == 0
    assert "motion-agent backend" in words.stdout
    assert "adapter t2m: rank 4" in words.stdout
    document = json.loads(cli("show", weights, "--json").stdout)
    assert document["language"]["adapters"]["m2t"]["rank"] == 2
    assert document["tokenizer"]["codes"] == 512


def test_convert_there_and_back(weights, tmp_path):
    there = cli("convert", weights, "--to", "official", "--out", tmp_path / "official")
    assert there.exit_code == 0, there.output
    assert "note: sampling defaults" in there.stdout
    back = cli("convert", tmp_path / "official", "--to", "motion-agent", "--out", tmp_path / "again")
    assert back.exit_code == 0, back.output
    assert load_backend(tmp_path / "again", device="cpu").repertoire == []


def test_a_warning_is_one_plain_line(tmp_path):
    files, backbone = save_tiny_official(tmp_path / "official")
    np.save(files / "std.npy", np.full(263, 0.3))
    command = ["weights", "convert", files, "--to", "motion-agent", "--backbone", backbone]
    done = program("http://127.0.0.1:1", tmp_path / "home", *command, "--out", tmp_path / "ours")
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stderr.splitlines() if "no feature bias" in line]
    assert line.startswith("warning: the std given for vqvae.pth") and ".py" not in done.stderr


def test_convert_published_files_with_their_backbone(tmp_path):
    files, backbone = save_tiny_official(tmp_path / "official")
    refused = cli("convert", files, "--to", "motion-agent", "--out", tmp_path / "ours")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "name its backbone with --backbone" in refused.stderr
    done = cli("convert", files, "--to", "motion-agent", "--out", tmp_path / "ours", "--backbone", backbone)
    assert done.exit_code == 0, done.output
    assert load_backend(tmp_path / "ours", device="cpu").generate(["a person jumps"], seconds=0.4)


@pytest.mark.parametrize("task", ["generation", "captioning"])
def test_merge_writes_what_transformers_loads(weights, tmp_path, task):
    done = cli("merge", weights, "--task", task, "--out", tmp_path / "merged", "--dtype", "bfloat16")
    assert done.exit_code == 0, done.output
    plain = AutoModelForCausalLM.from_pretrained(tmp_path / "merged")
    size = MotionLLM.from_pretrained(weights, device="cpu").vocabulary.size
    assert plain.config.vocab_size == size == len(AutoTokenizer.from_pretrained(tmp_path / "merged"))


def test_bad_usage_and_errors_are_told_apart(weights, tmp_path):
    assert cli("merge", weights, "--task", "dancing", "--out", tmp_path / "x").exit_code == 2
    assert cli("push", weights, "--repo", "me/x", "--dry-run").exit_code == 2
    refused = cli("convert", weights, "--to", "official", "--out", tmp_path / "x", "--captions", weights)
    assert refused.exit_code == 2
    failed = cli("show", tmp_path / "nowhere")
    assert failed.exit_code == 1
    assert failed.stderr.startswith("error: nothing at") and failed.stderr.count("\n") == 1


def test_what_is_written_goes_into_a_new_folder(weights, tmp_path):
    (tmp_path / "empty").mkdir()
    for command in (("convert", weights, "--to", "official"), ("merge", weights, "--task", "generation")):
        refused = cli(*command, "--out", weights)
        assert refused.exit_code == 2 and "is not empty" in refused.output
        assert cli(*command, "--out", tmp_path / "empty").exit_code == 0
        shutil.rmtree(tmp_path / "empty")


def test_what_is_no_checkpoint_is_named_as_what_it_is(weights, tmp_path):
    (tmp_path / "empty.bvh").touch()
    shown = cli("show", tmp_path / "empty.bvh")
    assert shown.exit_code == 1 and "empty.bvh is no checkpoint" in shown.stderr
    options = ("--task", "generation", "--out", tmp_path / "out")
    for folder, kind in (
        ("tokenizer", "a motion tokenizer"),
        ("motion_llm/backbone", "a plain transformers model"),
    ):
        merged = cli("merge", weights / folder, *options)
        assert merged.exit_code == 1
        assert f"is {kind}, not a MotionLLM: give a backend's folder" in merged.stderr


def test_a_dry_run_writes_the_folder_alone(weights, tmp_path):
    report = tmp_path / "report.md"
    report.write_text("## Suite\n\nall met\n")
    done = cli(
        "push", weights, "--repo", "me/x", "--dry-run", "--out", tmp_path / "out",
        "--license", "mit", "--report", report,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "### Suite" in (tmp_path / "out" / "README.md").read_text()


def program(url: str, home: Path, *arguments: object):
    """The command as users run it, its hub on loopback."""
    environment = os.environ | {"HF_ENDPOINT": url, "HF_HOME": str(home), "HF_TOKEN": TOKEN}
    environment |= {"HF_HUB_DISABLE_PROGRESS_BARS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "motion_agent.agent_graph.cli", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_the_program_pushes_and_loads_again(weights, tmp_path):
    with hub_server() as hub:
        done = program(
            hub.url, tmp_path / "home", "weights", "push", weights, "--repo", "me/x", "--license", "mit"
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == f"uploaded to {hub.url}/me/x"
        shown = program(hub.url, tmp_path / "home", "weights", "show", "hf:me/x", "--json")
        assert json.loads(shown.stdout)["kind"] == "motion-agent backend"
