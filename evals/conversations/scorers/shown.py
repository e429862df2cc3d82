"""What a motion of a record looks like: its frames as the tools show them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ....motion_models.motion.features import recover_joints
from ....tools.batching import Tokens
from ....tools.clips.frame_edits import Take
from ....tools.rendering import render_takes

#: Token ids (N) -> features (4N, 263).
Decode = Callable[[Sequence[Any]], npt.NDArray[np.floating]]


class _Decoder:
    """Decodes motion after motion by a function."""

    def __init__(self, decode: Decode) -> None:
        self._decode = decode

    def decode_all(self, motions: Sequence[Tokens], /) -> list[npt.NDArray[np.float32]]:
        return [np.asarray(self._decode(tokens), dtype=np.float32) for tokens in motions]


def joints_of(motion: dict[str, Any], decode: Decode) -> npt.NDArray[np.float32]:
    """Joints (T, 22, 3) of a motion whose tokens are known.

    takes: what is done to the frames of its segments; records of agents that do nothing to frames have none.
    """
    takes = [Take.model_validate(take) for take in motion.get("takes") or ()]
    if not any(take.edits or take.before or take.after for take in takes):
        return recover_joints(decode(motion["tokens"]))
    return render_takes(_Decoder(decode), takes).shown.astype(np.float32)
