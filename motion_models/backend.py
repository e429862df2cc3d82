"""What the tools need from a motion model, and the one function that makes one.

A backend may run here on torch or somewhere else behind a service: callers only see token ids,
features and text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from .errors import BackendError

if TYPE_CHECKING:
    from torch import LongTensor


@dataclass(frozen=True)
class Interpretation:
    """How a backend reads one description before it generates.

    text: what the model is prompted with. action: the known action it rests on ("" when unsure).
    unknown: words of the request that the model never saw. notes: sentences for the user.
    """

    text: str
    action: str = ""
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


@runtime_checkable
class MotionBackend(Protocol):
    """A translator between text and motion tokens, with its tokenizer.

    One token is 0.2 s (4 frames at 20 fps). Every method raises a `MotionAgentError` subclass on bad
    input and never returns a half result.
    """

    @property
    def name(self) -> str: ...

    @property
    def repertoire(self) -> list[str]:
        """The actions this backend was trained on, most common first."""
        ...

    def interpret(self, description: str) -> Interpretation:
        """Read a description: unknown words, the known action used. Raises UnknownActionError."""
        ...

    def generate(
        self,
        captions: Sequence[str],
        *,
        seconds: float | Sequence[float | None] | None = None,
        seed: int | Sequence[int | None] | None = None,
        prefixes: Sequence[LongTensor | None] | None = None,
    ) -> list[LongTensor]:
        """One batch of motions; item i is (N_i,) token ids and does not depend on its batch mates.

        prefixes: tokens that come right before item i, as context; they are not part of the result.
        """
        ...

    def caption(self, motions: Sequence[LongTensor]) -> list[str]:
        """One caption per token sequence."""
        ...

    def encode(self, features: npt.NDArray[np.float32]) -> LongTensor:
        """Features (T, 263) -> (T // 4,) token ids."""
        ...

    def decode(self, tokens: LongTensor) -> npt.NDArray[np.float32]:
        """Token ids (N,) -> features (4N, 263), unnormalised float32."""
        ...


#: The folder of the weights that ship with the package.
DEFAULT_WEIGHTS = Path(__file__).parent / "weights" / "default"


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
    from .export.hub import fetch, is_hub_reference
    from .local import LocalBackend
    from .plugins import find_plugin, load_plugin

    if is_hub_reference(source):
        return LocalBackend.from_folder(fetch(str(source)), device=device, name=str(source), shared=shared)
    if (plugin := find_plugin(source)) is not None:
        return load_plugin(*plugin, device)
    return LocalBackend.from_folder(source or DEFAULT_WEIGHTS, device=device, shared=shared)
