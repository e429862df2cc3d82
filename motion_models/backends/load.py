"""The one function that makes a motion backend."""

from __future__ import annotations

from pathlib import Path

from ..errors import BackendError
from ..storage.layout import DEFAULT_WEIGHTS
from .protocol import MotionBackend


def load_backend(
    source: str | Path | MotionBackend | None = None, *, device: str | None = None, shared: bool = False
) -> MotionBackend:
    """Make a motion backend.

    source: None for the weights that ship with the package, a folder of trained weights,
    "hf:USER/NAME" of a model hub ("hf:USER/NAME@REVISION" of one state of it), "name" or "name:argument"
    of a plug-in (see plugins.py), or a backend object, which is returned as it is.
    device: "cpu", "cuda", "cuda:1", ...; None takes a GPU if there is one. shared: for weights loaded here,
    let calls of several threads run in one batch (plug-ins and objects arrange that themselves). Raises
    CheckpointError for weights that are missing or damaged, HubError for what a hub does not give,
    BackendError for other sources, plug-ins that fail and devices that are not there.
    """
    if isinstance(source, MotionBackend):
        return source
    if isinstance(source, str) and "://" in source:
        raise BackendError(
            f"{source} is a URL: motion models come from folders, a hub (hf:USER/NAME) and plug-ins"
        )
    from ..storage.hub import fetch, is_hub_reference
    from .local import LocalBackend
    from .plugins import find_plugin, load_plugin

    if is_hub_reference(source):
        return LocalBackend.from_folder(fetch(str(source)), device=device, name=str(source), shared=shared)
    if (plugin := find_plugin(source)) is not None:
        return load_plugin(*plugin, device)
    return LocalBackend.from_folder(source or DEFAULT_WEIGHTS, device=device, shared=shared)
