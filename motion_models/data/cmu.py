"""CMU motion capture as training data: trials brought to the target skeleton, with their split.

Three sources: a folder holding `joints22_20fps.npz`, itself or in `cmu/`; a folder of the ASF/AMC files that
mocap.cs.cmu.edu offers (subjects' `.asf` and `.amc` anywhere below it); a folder of a BVH conversion of them,
whose files are named by trial (`16_17.bvh`, `16_17_walk.bvh`). The data may not be passed on, so this package
ships captions and weights only; see the model card for the acknowledgement.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property, partial
from importlib import resources
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from ..arrays import Float32Array
from ..errors import InvalidMotionError
from ..motion import features
from ..motion.body import body_fault, motion_fault, stays_on_floor, with_humanml3d_trunk
from ..motion.skeleton import mirror_joints, resample, retarget
from .level import standing_floor

Split = Literal["train", "val"]

Reader = Callable[[], Float32Array]

ARCHIVE = "joints22_20fps.npz"

#: Frames at the start that are calibration poses or glitches (20 fps).
_SKIP_START = {"09_10": 1, "16_15": 1, "16_23": 1, "03_02": 8}
#: Last usable frame where a recording freezes.
_STOP = {"06_02": 110}
#: Recordings whose floor tilts along the walkway.
_TILTED_FLOOR = tuple(f"08_{number:02d}" for number in range(5, 11))
#: Descriptions of recordings in which people stand, sit or hang on something that the joints do not show.
_STRUCTURES = re.compile(r"playground|climb|ladder|stool|chair|\bropes?\b|\bbars?\b|uneven")
#: The floor is where the lowest joint is in the lowest frames; a percentile forgives a stray frame.
_FLOOR_PERCENTILE = 1.0


@dataclass(frozen=True, eq=False)
class Trial:
    """One recording: joints (T, 22, 3), metres, Y up, 20 fps, target skeleton, floor at 0.

    `skipped` seconds were cut from the start of the source, so a caption's time t is t - skipped here.
    """

    id: str
    joints: Float32Array
    split: Split
    description: str = ""
    skipped: float = 0.0

    @cached_property
    def level(self) -> bool:
        """Whether it goes on level ground: not on stairs, ladders, stools, bars or a playground."""
        return _STRUCTURES.search(self.description) is None and stays_on_floor(self.joints)

    @cached_property
    def features(self) -> Float32Array:
        """(T - 1, 263), unnormalised."""
        return features.from_joints(self.joints, floor=False)

    def mirrored(self) -> Trial:
        return Trial(self.id, mirror_joints(self.joints), self.split, self.description, self.skipped)

    def at_speed(self, factor: float) -> Trial:
        """The same motion `factor` times as fast; caption times must be divided by it."""
        joints = resample(self.joints, features.FPS, features.FPS / factor)
        return Trial(self.id, joints, self.split, self.description, self.skipped / factor)


def load_trials(
    folder: str | Path, split: Split | None = None, *, report: Callable[[str], None] = warnings.warn
) -> list[Trial]:
    """Load every trial of a data folder (see the module's docstring), ready for `from_joints`.

    Trials that are no human motion are left out, and `report`ed with the reason. Raises InvalidMotionError
    when the folder holds none of the layouts, or none of the listed trials.
    """
    index, trials = trial_index(), []
    for trial, load in trial_sources(folder).items():
        if split not in (None, index[trial]["split"]):
            continue
        try:
            trials.append(load())
        except InvalidMotionError as error:
            report(f"left out {error}")
    return trials


def trial_sources(folder: str | Path) -> dict[str, Callable[[], Trial]]:
    """The captioned trials of a data folder and how to load each. Raises InvalidMotionError for none."""
    folder = Path(folder)
    archive = next((path for path in (folder / ARCHIVE, folder / "cmu" / ARCHIVE) if path.is_file()), None)
    if archive is not None:
        readers = _from_npz(archive)
    elif next(folder.rglob("*.amc"), None) is not None:
        readers = _from_asf_amc(folder)
    elif next(folder.rglob("*.bvh"), None) is not None:
        readers = _from_bvh(folder)
    else:
        raise InvalidMotionError(
            f"{folder} holds neither {ARCHIVE} nor .amc nor .bvh files; "
            "download the ASF/AMC files from mocap.cs.cmu.edu and give their folder"
        )
    index = trial_index()
    if not readers:
        raise InvalidMotionError(f"{folder} holds none of the {len(index)} captioned CMU trials")
    return {trial: partial(_read_captioned, trial, read, index[trial]) for trial, read in readers.items()}


@cache
def trial_index() -> dict[str, dict[str, str]]:
    """Trial id -> description and split, as shipped with the package."""
    package = resources.files(__name__.rpartition(".")[0])
    return json.loads(package.joinpath("cmu_trials.json").read_text(encoding="utf-8"))


def _from_npz(path: Path) -> dict[str, Reader]:
    with np.load(path, allow_pickle=False) as archive:
        trials = [name for name in archive.files if name in trial_index()]

    def read(trial: str) -> Float32Array:
        with np.load(path, allow_pickle=False) as archive:
            return with_humanml3d_trunk(archive[trial])

    return {trial: partial(read, trial) for trial in trials}


def _from_asf_amc(folder: Path) -> dict[str, Reader]:
    from ..formats import read_asf_amc

    skeletons = {path.stem: path for path in folder.rglob("*.asf")}
    motions = {path.stem: path for path in folder.rglob("*.amc")}
    return {
        trial: partial(
            read_asf_amc, skeletons[subject], motions[trial], fps=float(info.get("source_fps", 120))
        )
        for trial, info in trial_index().items()
        if trial in motions and (subject := trial.split("_")[0]) in skeletons
    }


def _from_bvh(folder: Path) -> dict[str, Reader]:
    from ..formats import read_bvh

    found = {trial_id(path): path for path in sorted(folder.rglob("*.bvh"), reverse=True)}
    return {trial: partial(read_bvh, found[trial]) for trial in trial_index() if trial in found}


def trial_id(path: Path) -> str | None:
    """The trial a file is named by: "16_17" for 16_17.bvh, 16_17_walk.bvh and 016_17.bvh, else None."""
    named = re.match(r"(\d+)_(\d+)(?:_|$)", path.stem)
    return f"{int(named[1]):02d}_{int(named[2]):02d}" if named else None


def _read_captioned(trial: str, read: Reader, info: dict[str, str]) -> Trial:
    split: Split = "val" if info["split"] == "val" else "train"
    return prepare(trial, read(), split, info["description"])


def prepare(trial: str, joints: Float32Array, split: Split, description: str = "") -> Trial:
    """A recording's joints (T, 22, 3), metres, as a trial: bones of the target's lengths, quirks cut away.

    Raises InvalidMotionError, which names the trial, for what is no human body or no motion on a floor.
    """
    fault = body_fault(joints)
    skip = _SKIP_START.get(trial, 0)
    positions = retarget(joints[skip : _STOP.get(trial)])
    positions[..., 1] -= _floor(positions, tilted=trial in _TILTED_FLOOR)[:, None]
    fault = fault or motion_fault(positions)
    if fault is not None:
        raise InvalidMotionError(f"{trial}: {fault}")
    if _STRUCTURES.search(description) is None:
        positions[..., 1] -= standing_floor(positions)
    return Trial(trial, positions.astype(np.float32), split, description, skip / features.FPS)


def _floor(positions: npt.NDArray[np.floating], *, tilted: bool) -> npt.NDArray[np.floating]:
    """Floor height (T,) under a clip: a low percentile, or a line along time where the floor tilts."""
    lowest = positions[..., 1].min(axis=1)
    if not tilted:
        return np.full(len(lowest), np.percentile(lowest, _FLOOR_PERCENTILE))
    time = np.arange(len(lowest))
    line = np.polyval(np.polyfit(time, lowest, 1), time)
    return line + np.percentile(lowest - line, 5)
