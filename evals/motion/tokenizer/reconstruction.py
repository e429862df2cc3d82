"""How well a tokenizer keeps motion: reconstruction error of whole trials, drift, codebook use.

A trial's features are cut into windows of at most 196 frames, encoded, decoded, and both original and
reconstruction are turned into joints from the features alone, so each window starts at the origin facing
+Z in both. All position errors are means over frames and all 22 joints (the pelvis's zero included, as in
published code) in millimetres:

    root     the pelvis of every frame is moved to the origin; headings are NOT aligned
    heading  as root, and every frame is turned about the vertical so that the two headings coincide
    global   nothing is aligned after the common first frame
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, cast

import numpy as np
import numpy.typing as npt
from torch import LongTensor

from ....motion_models.arrays import FloatArray
from ....motion_models.data.cmu import Trial, load_trials
from ....motion_models.data.recordings.archives import holds_archives, measuring_sets
from ....motion_models.motion.features import FPS, recover_joints, recover_root
from ...aggregate import Estimate, bootstrap_mean, by_group
from ...progress import track
from ...report import Report, table

WINDOW = 196
#: Shorter windows at the end of a trial are left out (2 s, the least HumanML3D evaluates).
MIN_WINDOW = 40
DRIFT_FRAME = int(5 * FPS)


class Tokenizer(Protocol):
    """What is evaluated: a `MotionTokenizer` or anything alike."""

    @property
    def codebook_size(self) -> int: ...
    def encode(self, features: npt.NDArray[np.float32], /) -> LongTensor: ...
    def decode(self, tokens: LongTensor, /) -> npt.NDArray[np.float32]: ...


class CloseTokenizer(Tokenizer, Protocol):
    """One that can also look for the codes that decode closest."""

    def encode_closely(self, features: npt.NDArray[np.float32], /) -> LongTensor: ...


@dataclass(frozen=True)
class Closely:
    """A tokenizer as motion is opened with it, by the codes that decode closest."""

    tokenizer: CloseTokenizer

    @property
    def codebook_size(self) -> int:
        return self.tokenizer.codebook_size

    def encode(self, features: npt.NDArray[np.float32], /) -> LongTensor:
        return self.tokenizer.encode_closely(features)

    def decode(self, tokens: LongTensor, /) -> npt.NDArray[np.float32]:
        return self.tokenizer.decode(tokens)


@dataclass(frozen=True)
class WindowErrors:
    """Errors of one window; positions in millimetres, acceleration in mm a frame^2.

    drift: horizontal distance of the pelvis from its true place 5 s after the start; None in shorter windows.
    tokens: the codes of every step, one or several.
    """

    trial: str
    split: str
    frames: int
    root: float
    heading: float
    global_: float
    acceleration: float
    drift: float | None
    tokens: tuple[tuple[int, ...], ...]


def windows(features: FloatArray) -> Iterator[FloatArray]:
    """Consecutive stretches of at most 196 rows, each a multiple of four long and at least 40."""
    for start in range(0, len(features), WINDOW):
        window = features[start : start + WINDOW]
        usable = len(window) - len(window) % 4
        if usable >= MIN_WINDOW:
            yield window[:usable]


def measure(tokenizer: Tokenizer, features: npt.NDArray[np.float32], trial: str, split: str) -> WindowErrors:
    """Encode and decode one window (T, 263), T a multiple of four."""
    tokens = tokenizer.encode(features)
    rebuilt = tokenizer.decode(tokens)
    true, made = recover_joints(features).astype(np.float64), recover_joints(rebuilt).astype(np.float64)
    local_true, local_made = true - true[:, :1], made - made[:, :1]
    turn = recover_root(features)[0] - recover_root(rebuilt)[0]
    return WindowErrors(
        trial=trial,
        split=split,
        frames=len(features),
        root=_distance(local_true, local_made),
        heading=_distance(local_true, turned(local_made, turn)),
        global_=_distance(true, made),
        acceleration=_distance(np.diff(true, n=2, axis=0), np.diff(made, n=2, axis=0)),
        drift=_drift(true, made),
        tokens=tuple(tuple(step) for step in tokens.reshape(len(tokens), -1).tolist()),
    )


def turned(joints: FloatArray, yaw: FloatArray) -> FloatArray:
    """Joints (T, 22, 3) turned about the vertical by `yaw` (T,) radians, to the left when positive."""
    cos, sin = np.cos(yaw)[:, None], np.sin(yaw)[:, None]
    x, y, z = np.moveaxis(joints, -1, 0)
    return np.stack([cos * x + sin * z, y, cos * z - sin * x], axis=-1)


def _distance(a: FloatArray, b: FloatArray) -> float:
    return 1000.0 * float(np.linalg.norm(a - b, axis=-1).mean())


def _drift(true: FloatArray, made: FloatArray) -> float | None:
    if len(true) <= DRIFT_FRAME:
        return None
    gap = true[DRIFT_FRAME, 0] - made[DRIFT_FRAME, 0]
    return 1000.0 * float(np.hypot(gap[0], gap[2]))


def evaluate(tokenizer: Tokenizer, trials: Iterable[Trial], *, progress: bool = True) -> list[WindowErrors]:
    """Errors of every window of every trial."""
    jobs = [(trial, window) for trial in trials for window in windows(trial.features)]
    return [
        measure(tokenizer, window, trial.id, trial.split)
        for trial, window in track(jobs, "tokenizer quality", show=progress)
    ]


def codebook_use(tokens: Iterable[int], codebook_size: int) -> tuple[float, float]:
    """Share of the codes that occur, and perplexity of their distribution (1 to codebook_size)."""
    counts = np.bincount(np.fromiter(tokens, dtype=np.int64), minlength=codebook_size)
    used = counts[counts > 0] / counts.sum()
    return len(used) / codebook_size, float(np.exp(-(used * np.log(used)).sum()))


_COLUMNS = (
    ("root", "MPJPE root-aligned, mm"),
    ("heading", "root- and heading-aligned, mm"),
    ("global_", "global, mm"),
    ("acceleration", "acceleration error, mm/frame²"),
    ("drift", "root drift after 5 s, mm"),
)


def summarize(errors: Sequence[WindowErrors]) -> dict[str, Estimate]:
    """Means weighted by frames (drift: by window); intervals by a bootstrap over whole trials."""
    summary = {}
    for field, _ in _COLUMNS:
        known = [e for e in errors if getattr(e, field) is not None]
        weights = [1.0 if field == "drift" else float(e.frames) for e in known]
        values, trials = [getattr(e, field) for e in known], [e.trial for e in known]
        summary[field] = bootstrap_mean(values, trials, weights=weights)
    return summary


#: What a set of recordings is called in the report.
_SETS = {"val": "held-out trials", "train": "training trials"}


def to_report(
    measured: Mapping[str, Mapping[str, Sequence[WindowErrors]]],
    codebook_sizes: Mapping[str, int],
    command: str,
) -> Report:
    """Errors by tokenizer and set of recordings: a column for each tokenizer, the rows in the sets' order."""
    summary = {
        name: {found: summarize(errors) for found, errors in sets.items()} for name, sets in measured.items()
    }
    use = {
        name: _use([errors for found in sets.values() for errors in found], codebook_sizes[name])
        for name, sets in measured.items()
    }
    found = list(next(iter(summary.values())))
    rows = [
        [f"{_SETS.get(part, part)}: {title}", *(sets[part][field].number() for sets in summary.values())]
        for part in found
        for field, title in _COLUMNS
    ]
    said = "\n".join(
        f"- {name}: {_use_in_words(levels, codebook_sizes[name])}" for name, levels in use.items()
    )
    body = "\n\n".join(
        (
            table(["mean (95 % interval over trials)", *summary], rows),
            f"Use of the codebooks, over all of these recordings:\n\n{said}",
            "Windows of at most 196 frames; 22 joints; root-aligned leaves the heading as reconstructed.",
        )
    )
    data = {
        "summary": {
            name: {part: {k: v.to_dict() for k, v in s.items()} for part, s in sets.items()}
            for name, sets in summary.items()
        },
        "codebooks": {
            name: {"size": codebook_sizes[name], "levels": [{"used": u, "perplexity": p} for u, p in levels]}
            for name, levels in use.items()
        },
        "samples": {
            name: {part: [asdict(e) for e in errors] for part, errors in sets.items()}
            for name, sets in measured.items()
        },
    }
    return Report("Tokenizer reconstruction", command, ", ".join(measured), body, data)


def _use(errors: Sequence[WindowErrors], codebook_size: int) -> list[tuple[float, float]]:
    """Share and perplexity of the codes of each level."""
    steps = [step for window in errors for step in window.tokens]
    return [codebook_use(level, codebook_size) for level in zip(*steps, strict=True)]


def _use_in_words(levels: Sequence[tuple[float, float]], codebook_size: int) -> str:
    return "; ".join(
        f"{used:.1%} of {codebook_size} codes used, perplexity {perplexity:.0f}"
        for used, perplexity in levels
    )


def run(
    data: str | Path,
    tokenizer: Tokenizer | str | Path | None = None,
    *,
    beside: Sequence[str | Path | None] = (),
    progress: bool = True,
) -> Report:
    """Evaluate a tokenizer (object, folder, or None for the shipped one) on recordings, and others beside it.

    data: a folder of archives, each of which becomes rows of its own held-out recordings and of what is there
    for measuring only, or one of CMU trials. beside: more folders, None for the shipped one. Each has two
    columns: by its encoder alone, as models are trained, and by the closest codes, as files are opened.
    """
    columns = {name: way for each in (tokenizer, *beside) for name, way in _ways(*_named(each)).items()}
    measured = {
        name: {part: evaluate(each, trials, progress=progress) for part, trials in _recordings(data).items()}
        for name, each in columns.items()
    }
    sizes = {name: each.codebook_size for name, each in columns.items()}
    return to_report(measured, sizes, "motion-agent eval tokenizer --data DIR [--backend DIR --beside DIR]")


def _ways(name: str, tokenizer: Tokenizer) -> dict[str, Tokenizer]:
    """A tokenizer by its encoder alone, and as motion is opened with it where it searches for close codes."""
    if not hasattr(tokenizer, "encode_closely"):
        return {name: tokenizer}
    return {name: tokenizer, f"{name}, closely": Closely(cast(CloseTokenizer, tokenizer))}


def _named(tokenizer: Tokenizer | str | Path | None) -> tuple[str, Tokenizer]:
    """A tokenizer under the name of its column."""
    if tokenizer is not None and not isinstance(tokenizer, (str, Path)):
        return type(tokenizer).__name__, tokenizer
    from ....motion_models.storage.layout import DEFAULT_WEIGHTS, TOKENIZER_FOLDER
    from ....motion_models.tokenizer.tokenizer import MotionTokenizer

    name = "shipped tokenizer" if tokenizer is None else str(tokenizer)
    return name, MotionTokenizer.from_pretrained(tokenizer or DEFAULT_WEIGHTS / TOKENIZER_FOLDER)


def _recordings(data: str | Path) -> dict[str, list[Trial]]:
    if holds_archives(data):
        # What is left out is no part of the report, which may be read by a program.
        return measuring_sets(data, report=partial(print, file=sys.stderr))
    return by_group(load_trials(data), lambda trial: trial.split)
