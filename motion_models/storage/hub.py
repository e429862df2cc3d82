"""Models on a hub: snapshots in, folders out, through huggingface_hub.

A snapshot holds JSON, safetensors and text only, so nothing that is loaded can run code, and lands in the
cache all of huggingface_hub's users share: what was fetched once loads without a network.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ..errors import HubError
from .checkpoint_io import first_line

#: Marks a hub's model where a folder or plug-in may be meant as well.
PREFIX = "hf:"
#: What models consist of. Pickles are not among it.
PATTERNS = [
    "*.json", "*.safetensors", "*.md", "*.txt", "*.model", "LICENSE*", ".gitattributes",
]  # fmt: skip
#: What every transformers model has.
_MODEL_CONFIG = "config.json"
_REFERENCE = re.compile(r"(?P<repo>[\w-][\w.-]*/[\w.-]+)(?:@(?P<revision>[\w./-]+))?")


def is_hub_reference(source: object) -> bool:
    """Whether this is "hf:USER/NAME"."""
    return isinstance(source, str) and source.startswith(PREFIX)


def local_path(source: str | Path) -> Path:
    """The path itself where there is something, or the snapshot of what "USER/NAME" names on the hub."""
    if isinstance(source, Path) or (Path(source).exists() and not is_hub_reference(source)):
        return Path(source)
    if is_hub_reference(source):
        return fetch(source)
    if not _REFERENCE.fullmatch(source):
        return Path(source)
    try:
        return fetch(source)
    except HubError as error:
        raise HubError(f"no folder or file {source} here, and as a name on the hub: {error}") from error


def fetch(reference: str) -> Path:
    """The folder of "[hf:]USER/NAME[@REVISION]", from the cache where the hub is out of reach.

    Raises HubError.
    """
    from huggingface_hub import snapshot_download

    found = _REFERENCE.fullmatch(reference.removeprefix(PREFIX))
    if found is None:
        raise HubError(f'{reference!r} names no model of a hub: give "{PREFIX}USER/NAME"')
    repo = found["repo"]
    try:
        folder = snapshot_download(
            repo, revision=found["revision"], allow_patterns=PATTERNS, library_name="motion-agent"
        )
    except Exception as error:  # besides its own, the client passes on what its HTTP library raises
        raise HubError(_explained(error, repo, "read")) from error
    return Path(folder)


def must_be_fetched(repo: str) -> bool:
    """Whether a transformers model named "USER/NAME" is not in the cache yet. The hub is asked once, at once.

    Raises HubError for one that is no name, or that the hub does not give us.
    """
    from huggingface_hub import get_hf_file_metadata, hf_hub_url, try_to_load_from_cache
    from huggingface_hub.utils import HFValidationError

    try:
        if isinstance(try_to_load_from_cache(repo, _MODEL_CONFIG), str):
            return False
        get_hf_file_metadata(hf_hub_url(repo, _MODEL_CONFIG))
    except HFValidationError as error:
        raise HubError(f"{repo} can be no name on a hub") from error
    except Exception as error:  # besides its own, the client passes on what its HTTP library raises
        raise HubError(_explained(error, repo, "read")) from error
    return True


def require_repository_name(repo: str) -> None:
    """Raise HubError for what is not USER/NAME."""
    if _REFERENCE.fullmatch(repo) is None or "@" in repo:
        raise HubError(f"{repo!r} is no name of a repository: give USER/NAME")


def push(folder: Path, repo: str, *, private: bool = False) -> str:
    """Make the repository where there is none, and commit all files of `folder` to it; returns its address.

    The token is the one `hf auth login` or HF_TOKEN left. Raises HubError.
    """
    from huggingface_hub import HfApi, get_token

    require_repository_name(repo)
    if get_token() is None:
        raise HubError("no token for the hub: run `hf auth login`, or set HF_TOKEN")
    api = HfApi(library_name="motion-agent")
    try:
        url = api.create_repo(repo, private=private or None, exist_ok=True)
        if private and not api.repo_info(repo).private:
            raise HubError(f"{repo} exists and is public: make it private there, or take another name")
        api.upload_folder(
            repo_id=repo,
            folder_path=folder,
            allow_patterns=PATTERNS,
            commit_message="Add the weights with their model card",
        )
    except HubError:
        raise
    except Exception as error:  # besides its own, the client passes on what its HTTP library raises
        raise HubError(_explained(error, repo, "write")) from error
    return str(url)


def _explained(error: BaseException, repo: str, access: str) -> str:
    """What went wrong between us and the hub, and what to do."""
    from huggingface_hub import constants
    from huggingface_hub.errors import GatedRepoError, LocalEntryNotFoundError

    status = _status(error)
    if isinstance(error, GatedRepoError):
        return f"{repo} is gated: ask for access on its page at {constants.ENDPOINT}"
    if status == 401 or (status == 404 and access == "read"):
        return (
            f"the hub shows no {repo} to you ({status}): check the name, and for a private one run "
            "`hf auth login` or set HF_TOKEN to a valid token"
        )
    if status == 403:
        return f"your token may not {access} {repo} (403): use one with that right, or a name of your own"
    if status in (409, 412):
        return f"{repo} was changed by somebody else at the same time ({status}): push again"
    if status is not None and status >= 500:
        return f"the hub is in trouble ({status} from {constants.ENDPOINT}): try again later"
    if status is not None:
        return f"the hub refused to let you {access} {repo} ({status}): {' '.join(str(error).split())}"
    if isinstance(error, LocalEntryNotFoundError | ConnectionError) or _is_network(error):
        return f"{repo} is not in the cache and the hub at {constants.ENDPOINT} cannot be reached"
    return f"the hub cannot {access} {repo}: {first_line(error)}"


def _status(error: BaseException | None) -> int | None:
    """The HTTP status behind an error, or behind what caused it."""
    while error is not None:
        response: Any = getattr(error, "response", None)
        if isinstance(status := getattr(response, "status_code", None), int):
            return status
        error = error.__cause__
    return None


def _is_network(error: BaseException) -> bool:
    """Whether the client's HTTP library raised it: no connection, a timeout, a broken line."""
    return any(kind.__name__ == "TransportError" for kind in type(error).__mro__)
