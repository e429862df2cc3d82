"""Up to a hub and down again, through the real client, against a server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from hub_server import TOKEN, HubServer, Repo, hub_server
from huggingface_hub import constants
from motion_agent.motion_models import CheckpointError, MotionLLM, load_backend
from motion_agent.motion_models.backends.local import LocalBackend
from motion_agent.motion_models.errors import HubError
from motion_agent.motion_models.export.card import CardOptions
from motion_agent.motion_models.export.folder import write_hub_folder
from motion_agent.motion_models.storage.hub import fetch, push
from tiny_weights import save_tiny_backend

NAME = "me/motion"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    with hub_server() as server:
        use(server.url, tmp_path / "cache", monkeypatch)
        yield server


def use(url: str, cache: Path, monkeypatch: pytest.MonkeyPatch, token: str | None = TOKEN) -> None:
    """Let the client talk to `url` alone, with a cache and a token of its own."""
    address = constants.HUGGINGFACE_CO_URL_TEMPLATE.replace(constants.ENDPOINT, url)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", address)
    monkeypatch.setattr(constants, "ENDPOINT", url)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    monkeypatch.setattr("huggingface_hub.get_token", lambda: token)
    monkeypatch.setattr("huggingface_hub.utils._headers.get_token", lambda: token)
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda seconds: None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What is pushed."""
    source = save_tiny_backend(tmp_path / "weights")
    write_hub_folder(source, tmp_path / "folder", CardOptions(NAME, "mit"))
    return tmp_path / "folder"


@pytest.fixture
def disabled_xet(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("hf_api", "_commit_api"):
        monkeypatch.setattr(f"huggingface_hub.{module}.is_xet_available", lambda: False)


def contents(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def test_what_is_pushed_is_what_the_hub_has(hub, folder):
    assert push(folder, NAME) == f"{hub.url}/{NAME}"
    assert hub.repos[NAME].files == contents(folder)
    assert not hub.repos[NAME].private
    assert not any(name.endswith((".pth", ".bin", ".pt")) for name in hub.repos[NAME].files)


@pytest.mark.usefixtures("disabled_xet")
def test_weights_travel_as_large_files(hub, folder):
    hub.large = True
    push(folder, NAME)
    assert hub.repos[NAME].files == contents(folder)
    assert sum(request.startswith("PUT /lfs/") for request in hub.requests) == 3


def test_pushing_again_updates_the_repository(hub, folder):
    push(folder, NAME)
    before = hub.repos[NAME].sha
    (folder / "README.md").write_text("---\nlicense: mit\n---\nnew words\n")
    push(folder, NAME)
    assert hub.repos[NAME].sha != before
    assert hub.repos[NAME].files["README.md"].endswith(b"new words\n")


def test_private_stays_private(hub, folder):
    push(folder, NAME, private=True)
    assert hub.repos[NAME].private
    hub.repos["me/public"] = Repo()
    with pytest.raises(HubError, match="exists and is public"):
        push(folder, "me/public", private=True)
    assert hub.repos["me/public"].files == {}


REFUSALS = {
    "no right to create": ("/api/repos/create", 403, "may not write me/motion"),
    "wrong token": ("/api/repos/create", 401, "valid token"),
    "no right to commit": ("/commit/", 403, "may not write me/motion"),
    "changed meanwhile": ("/commit/", 409, "at the same time"),
    "changed meanwhile, told otherwise": ("/commit/", 412, "at the same time"),
    "in trouble": ("/api/repos/create", 503, r"in trouble \(503"),
    "in trouble later": ("/preupload/", 500, r"in trouble \(500"),
    "refused": ("/commit/", 422, r"refused to let you write me/motion \(422\)"),
}  # fmt: skip


@pytest.mark.parametrize(("part", "status", "message"), REFUSALS.values(), ids=REFUSALS.keys())
def test_refusals_of_an_upload_are_one_clear_line(hub, folder, part, status, message):
    hub.refuse[part] = (status, "")
    with pytest.raises(HubError, match=message) as caught:
        push(folder, NAME)
    assert "\n" not in str(caught.value)


def test_a_card_that_the_hub_does_not_take_is_told(hub, folder):
    (folder / "README.md").write_text("---\ntags: []\n---\n")
    with pytest.raises(HubError, match="license is missing"):
        push(folder, NAME)
    assert hub.repos[NAME].files == {}


@pytest.mark.usefixtures("disabled_xet")
def test_a_large_file_that_is_refused_is_told(hub, folder):
    hub.large = True
    hub.refuse["/lfs/"] = (403, "")
    with pytest.raises(HubError, match="may not write me/motion"):
        push(folder, NAME)
    assert hub.repos[NAME].files == {}


def test_without_a_token_nothing_is_sent(hub, folder, tmp_path, monkeypatch):
    use(hub.url, tmp_path / "cache", monkeypatch, token=None)
    with pytest.raises(HubError, match="hf auth login"):
        push(folder, NAME)
    assert hub.requests == []


@pytest.mark.parametrize("name", ["motion", "me/motion@main", "me/../motion", "a b/c", "me/motion/x"])
def test_names_that_are_none_are_refused(hub, folder, name):
    with pytest.raises(HubError, match=r"USER/NAME|Repo id"):
        push(folder, name)
    assert hub.requests == []


def test_a_backend_comes_from_the_hub_and_later_from_the_cache(hub, folder, tmp_path, monkeypatch):
    push(folder, NAME)
    first = load_backend(f"hf:{NAME}", device="cpu")
    assert isinstance(first, LocalBackend)
    use("http://127.0.0.1:9", tmp_path / "cache", monkeypatch)  # nobody listens there
    again = load_backend(f"hf:{NAME}", device="cpu")
    own = load_backend(tmp_path / "weights", device="cpu")
    for backend in (first, again):
        [made], [expected] = (b.generate(["a person jumps"], seconds=2, seed=1) for b in (backend, own))
        assert torch.equal(made, expected)
    assert again.name == f"hf:{NAME}"


@pytest.mark.parametrize("name", [NAME, f"hf:{NAME}", f"{NAME}@main"])
def test_a_motion_llm_comes_by_name(hub, folder, name):
    push(folder, NAME)
    assert MotionLLM.from_pretrained(name, device="cpu").network.adapters.keys() == {"t2m", "m2t"}


def test_pickles_on_a_hub_are_not_fetched(hub, folder):
    push(folder, NAME)
    hub.repos[NAME].files["motion_llm/pytorch_model.bin"] = b"code"
    assert not any(file.suffix == ".bin" for file in fetch(NAME).rglob("*"))
    assert not any("pytorch_model" in request for request in hub.requests)


def test_a_snapshot_with_damaged_weights_is_refused(hub, folder):
    push(folder, NAME)
    weights = "motion_llm/adapters.safetensors"
    hub.repos[NAME].files[weights] = hub.repos[NAME].files[weights][:100]
    with pytest.raises(CheckpointError, match="missing or damaged"):
        load_backend(f"hf:{NAME}", device="cpu")


def test_a_private_model_needs_a_token(hub, folder, tmp_path, monkeypatch):
    push(folder, NAME, private=True)
    use(hub.url, tmp_path / "other-cache", monkeypatch, token=None)
    with pytest.raises(HubError, match="shows no me/motion to you"):
        load_backend(f"hf:{NAME}")


def test_refusals_of_a_download_are_one_clear_line(hub, folder, tmp_path, monkeypatch):
    with pytest.raises(HubError, match="shows no me/nothing to you"):
        load_backend("hf:me/nothing")
    push(folder, NAME)
    hub.refuse["/api/models"] = (403, "GatedRepo")
    with pytest.raises(HubError, match="me/motion is gated"):
        load_backend(f"hf:{NAME}")
    hub.refuse["/api/models"] = (404, "RevisionNotFound")
    with pytest.raises(HubError, match="me/motion"):
        load_backend(f"hf:{NAME}@v9")
    use("http://127.0.0.1:9", tmp_path / "empty-cache", monkeypatch)
    with pytest.raises(HubError, match=r"not in the cache and the hub at http://127\.0\.0\.1:9"):
        load_backend(f"hf:{NAME}")
    with pytest.raises(HubError, match="names no model"):
        load_backend("hf:nonsense")
    with pytest.raises(HubError, match="no folder or file weights/mine here"):
        MotionLLM.from_pretrained("weights/mine")


def test_a_folder_comes_before_the_hub(hub, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save_tiny_backend(tmp_path / "me" / "motion")
    assert MotionLLM.from_pretrained(NAME, device="cpu").vocabulary.n_rows == 514
    assert hub.requests == []
