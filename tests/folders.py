"""Folders of captioned motion in the published layout, written for tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
from motion_agent.motion_models.motion.representation import Representation

Array = npt.NDArray[np.float32]
LINE = "a person walks#a/DET person/NOUN walk/VERB#0.0#0.0\n"


def features_like(representation: Representation, frames: int, seed: int = 0) -> Array:
    """Rows (frames, D) with the spread that real ones have: small root, feet that stand most of the time."""
    rng = np.random.default_rng(seed)
    spread = np.ones(representation.dim)
    for group, value in zip(representation.groups, (0.013, 0.017, 0.15, 0.12, 0.3, 0.02, 0.0), strict=True):
        spread[group] = value
    rows = rng.normal(size=(frames, representation.dim)) * spread
    rows[:, representation.foot_contacts] = rng.random((frames, 4)) < 0.8
    return rows.astype(np.float32)


def write_folder(
    root: Path,
    clips: Mapping[str, Array],
    *,
    texts: Mapping[str, str] | None = None,
    splits: Mapping[str, Iterable[str]] | None = None,
    statistics: tuple[Array, Array] | None = None,
) -> Path:
    """Write clips, with LINE as text where `texts` has none, all in train.txt unless told otherwise."""
    for folder in ("new_joint_vecs", "texts"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    for name, rows in clips.items():
        np.save(root / "new_joint_vecs" / f"{name}.npy", rows)
        (root / "texts" / f"{name}.txt").write_text((texts or {}).get(name, LINE), encoding="utf-8")
    for split, names in {"train": clips, "val": (), "test": (), **(splits or {})}.items():
        (root / f"{split}.txt").write_text("\n".join(names), encoding="utf-8")
    for file, array in zip(("Mean.npy", "Std.npy"), statistics or (), strict=False):
        np.save(root / file, array)
    return root
