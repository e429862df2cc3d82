"""The one function that makes a motion backend."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import BackendError
from ..storage.layout import DEFAULT_WEIGHTS
from .protocol import MotionBackend

if TYPE_CHECKING:
    from ..language.network import AdapterPolicy


def load_backend(
    source: str | Path | MotionBackend | None = None,
    *,
    device: str | None = None,
    shared: bool = False,
    adapters: AdapterPolicy | None = None,
    graphs: bool | None = None,
    compiled: bool = False,
) -> MotionBackend:
    """Make a motion backend.

    source: None for the weights that ship with the package, a folder of trained weights,
    "hf:USER/NAME" of a model hub ("hf:USER/NAME@REVISION" of one state of it), "name" or "name:argument"
    of a plug-in (see plugins.py), or a backend object, which is returned as it is.
    device: "cpu", "cuda", "cuda:1", ...; None takes a GPU if there is one.

    The rest is about weights loaded here; plug-ins and objects arrange it themselves. shared: calls of
    several threads run in one batch (see engine.py). adapters: how they are applied, "merged", "switched" or
    "grouped" (see network.py); None takes what suits the size of the backbone. graphs: steps keep to few
    sizes and are captured as CUDA graphs; None does so on CUDA, False serves a backbone whose forward pass
    asks the host. compiled: steps go through torch.compile first.

    Raises CheckpointError for weights that are missing or damaged, HubError for what a hub does not give,
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

    if (plugin := find_plugin(source)) is not None:
        return load_plugin(*plugin, device)
    from_hub = is_hub_reference(source)
    return LocalBackend.from_folder(
        fetch(str(source)) if from_hub else source or DEFAULT_WEIGHTS,
        name=str(source) if from_hub else None,
        device=device, shared=shared, adapters=adapters, graphs=graphs, compiled=compiled,
    )  # fmt: skip
