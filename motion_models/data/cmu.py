"""CMU motion capture as training data: trials brought to the target skeleton, with their split.

Two sources: a folder holding `joints22_20fps.npz` and `trials.json`, or a folder of the ASF/AMC files that
mocap.cs.cmu.edu offers (subjects' `.asf` and `.amc` anywhere below it). The data may not be passed on,
so this package ships captions and weights only; see the model card for the acknowledgement.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from .. import features
from ..errors import InvalidMotionError
from ..skeleton import mirror_joints, resample, retarget

Split = Literal["train", "val"]

#: Frames at the start that are calibration poses or glitches (20 fps).
_SKIP_START = {"09_10": 1, "16_15": 1, "16_23": 1, "03_02": 8}
#: Last usable frame where a recording freezes.
_STOP = {"06_02": 110}
#: Recordings whose floor tilts along the walkway.
_TILTED_FLOOR = tuple(f"08_{number:02d}" for number in range(5, 11))
#: The floor is where the lowest joint is in the lowest frames; a percentile forgives a stray frame.
_FLOOR_PERCENTILE = 1.0


@dataclass(frozen=True, eq=False)
class Trial:
    """One recording: joints (T, 22, 3), metres, Y up, 20 fps, target skeleton, floor at 0.

    `skipped` seconds were cut from the start of the source, so a caption's time t is t - skipped here.
    """

    id: str
    joints: npt.NDArray[np.float32]
    split: Split
    description: str = ""
    skipped: float = 0.0

    @cached_property
    def features(self) -> npt.NDArray[np.float32]:
        """(T - 1, 263), unnormalised."""
        return features.from_joints(self.joints, floor=False)

    def mirrored(self) -> Trial:
        return Trial(self.id, mirror_joints(self.joints), self.split, self.description, self.skipped)

    def at_speed(self, factor: float) -> Trial:
        """The same motion `factor` times as fast; caption times must be divided by it."""
        joints = resample(self.joints, features.FPS, features.FPS / factor)
        return Trial(self.id, joints, self.split, self.description, self.skipped / factor)


def load_trials(folder: str | Path, split: Split | None = None) -> list[Trial]:
    """Load every trial of a data folder (see the module's docstring), ready for `from_joints`.

    Raises InvalidMotionError when the folder holds neither layout, or none of the listed trials.
    """
    folder = Path(folder)
    if (folder / "joints22_20fps.npz").is_file():
        sources = _from_npz(folder)
    elif next(folder.rglob("*.amc"), None) is not None:
        sources = _from_asf_amc(folder)
    else:
        raise InvalidMotionError(
            f"{folder} holds neither joints22_20fps.npz nor .amc files; "
            "download the ASF/AMC files from mocap.cs.cmu.edu and give their folder"
        )
    trials = [_prepare(*source) for source in sources]
    if not trials:
        raise InvalidMotionError(f"{folder} holds none of the {len(trial_index())} captioned CMU trials")
    return [trial for trial in trials if split is None or trial.split == split]


def trial_index() -> dict[str, dict[str, str]]:
    """Trial id -> description and split, as shipped with the package."""
    package = resources.files(__name__.rpartition(".")[0])
    return json.loads(package.joinpath("cmu_trials.json").read_text(encoding="utf-8"))


def _from_npz(folder: Path) -> Iterator[tuple[str, npt.NDArray[np.float32], dict[str, str]]]:
    index = trial_index()
    with np.load(folder / "joints22_20fps.npz", allow_pickle=False) as archive:
        for trial in archive.files:
            if trial in index:
                yield trial, archive[trial], index[trial]


def _from_asf_amc(folder: Path) -> Iterator[tuple[str, npt.NDArray[np.float32], dict[str, str]]]:
    from ..formats.asf_amc import read_asf_amc

    skeletons = {path.stem: path for path in folder.rglob("*.asf")}
    motions = {path.stem: path for path in folder.rglob("*.amc")}
    for trial, info in trial_index().items():
        subject = trial.split("_")[0]
        if trial in motions and subject in skeletons:
            source_fps = float(info.get("source_fps", 120))
            joints = read_asf_amc(skeletons[subject], motions[trial], fps=source_fps)
            yield trial, np.asarray(joints, dtype=np.float32), info


def _prepare(trial: str, joints: npt.NDArray[np.float32], info: dict[str, str]) -> Trial:
    skip = _SKIP_START.get(trial, 0)
    positions = retarget(joints[skip : _STOP.get(trial)])
    positions[..., 1] -= _floor(positions, tilted=trial in _TILTED_FLOOR)[:, None]
    split: Split = "val" if info["split"] == "val" else "train"
    return Trial(trial, positions.astype(np.float32), split, info["description"], skip / features.FPS)


def _floor(positions: npt.NDArray[np.floating], *, tilted: bool) -> npt.NDArray[np.floating]:
    """Floor height (T,) under a clip: a low percentile, or a line along time where the floor tilts."""
    lowest = positions[..., 1].min(axis=1)
    if not tilted:
        return np.full(len(lowest), np.percentile(lowest, _FLOOR_PERCENTILE))
    time = np.arange(len(lowest))
    line = np.polyval(np.polyfit(time, lowest, 1), time)
    return line + np.percentile(lowest - line, 5)
