"""Composition beside bare concatenation: does it flow, and is every action still there?

Bare concatenation makes every segment by itself, decodes it by itself and puts it where the one before ended:
the same prompts, lengths and seeds. "Joined tokens" are the same segments with their tokens decoded at once.
Actions are recognised by the predicates of the open suite, on the frames of their own segment. The mean that
jerk is held against is that of the sequence's own segments, made alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from ....motion_models.arrays import FloatArray
from ....motion_models.backends.protocol import MotionBackend
from ....motion_models.motion.continuity import jerk
from ....motion_models.motion.features import FRAMES_PER_TOKEN, recover_joints
from ....motion_models.motion.measures.kinematics import skating_ratio
from ....motion_models.motion.measures.predicates import holds
from ....tools import MotionMemory, create_motion_tools
from ...aggregate import Estimate, bootstrap_mean
from ...progress import track
from ...report import Report, machine, table
from ..field.metrics.jerk import transition_jerk
from ..suite.prompts import load_prompts
from .seams import REACH, Seam, measure_seam

#: Every segment is this long, so that both ways make the same amount of motion.
SECONDS = 3.0
WAYS = ("bare concatenation", "joined tokens", "motion-agent")
#: `metrics.mean_jerk` of the 263 CMU training trials, metres a frame^3: what FlowMDM's AUJ is held against.
REAL_JERK = 0.0514
#: Metrics, the field of what was measured, and digits.
METRICS = (
    ("transition distance, cm ↓", "transition", 2),
    ("peak jerk of a seam, m/frame^3 ↓", "peak", 3),
    ("jerk above the mean, summed over a seam, m/frame^3 ↓", "area", 2),
)


@dataclass(frozen=True)
class Made:
    """One sequence made in one way: what its seams are like, joints (30, 22, 3) around each, what was met."""

    prompts: tuple[str, ...]
    way: str
    seams: tuple[Seam, ...]
    windows: tuple[FloatArray, ...]
    met: tuple[bool, ...]
    skating: float


@cache
def load_sequences() -> dict[str, list[list[str]]]:
    """The fixed set: "pairs" and "chains" of prompts of the open suite."""
    return yaml.safe_load(Path(__file__).with_name("composition.yaml").read_text("utf-8"))


class Composer:
    """Makes sequences in every way with one backend."""

    def __init__(self, backend: MotionBackend) -> None:
        self.backend, self.memory = backend, MotionMemory()
        tools = create_motion_tools(backend, self.memory)
        self.compose = next(tool for tool in tools if tool.name == "compose_sequence")
        self._alone: dict[tuple[str, int], list[int]] = {}

    def composed(self, prompts: Sequence[str], seed: int) -> Any:
        """The clip `compose_sequence` makes."""
        segments = [{"description": prompt, "seconds": SECONDS} for prompt in prompts]
        call = {"name": "c", "args": {"segments": segments, "seed": seed}, "id": "c", "type": "tool_call"}
        told = self.compose.invoke({**call, "id": f"{seed}-{hash(tuple(prompts))}"})
        return self.memory.get("local", told.artifact.id)

    def alone(self, prompts: Sequence[str], seed: int) -> list[list[int]]:
        """The tokens of each segment, made without knowing of the others."""
        texts = [self.backend.interpret(prompt).text for prompt in prompts]
        seeds = [seed + number for number in range(len(prompts))]
        motions = self.backend.generate(texts, seconds=[SECONDS] * len(prompts), seed=seeds)
        return [motion.tolist() for motion in motions]

    def features(self, tokens: Sequence[int]) -> FloatArray:
        import torch

        return self.backend.decode(torch.tensor(list(tokens)))  # pyright: ignore[reportArgumentType]

    def ways(self, prompts: Sequence[str], seed: int) -> dict[str, tuple[FloatArray, list[int]]]:
        """The features of each way and the frames at which segments start."""
        alone = self.alone(prompts, seed)
        clip = self.composed(prompts, seed)
        apart = np.concatenate([self.features(tokens) for tokens in alone])
        once = self.features([token for tokens in alone for token in tokens])
        starts = np.cumsum([0, *(FRAMES_PER_TOKEN * len(tokens) for tokens in alone)]).tolist()
        ours = [FRAMES_PER_TOKEN * part.start for part in clip.timeline] + [FRAMES_PER_TOKEN * clip.length]
        found = ((apart, starts), (once, starts), (self.features(clip.tokens), ours))
        return dict(zip(WAYS, found, strict=True))


def measure(composer: Composer, prompts: Sequence[str], seed: int) -> list[Made]:
    """One sequence made in every way."""
    expected = {prompt.text: prompt.expect for prompt in load_prompts()}
    ways = composer.ways(prompts, seed)
    mean_jerk = float(np.mean([jerk(recover_joints(part)).mean() for part in _inside(*ways[WAYS[0]])]))
    made = []
    for way, (features, starts) in ways.items():
        joints = recover_joints(features)
        seams = tuple(measure_seam(features, joints, seam, mean_jerk) for seam in starts[1:-1])
        windows = tuple(joints[seam - REACH : seam + REACH] for seam in starts[1:-1])
        pieces = [joints[a:b] for a, b in pairwise(starts)]
        met = tuple(holds(expected[prompt], piece) for prompt, piece in zip(prompts, pieces, strict=True))
        made.append(Made(tuple(prompts), way, seams, windows, met, skating_ratio(joints)))
    return made


def _inside(features: FloatArray, starts: Sequence[int]) -> list[FloatArray]:
    return [features[a:b] for a, b in pairwise(starts)]


def time_long(composer: Composer, minutes: Sequence[float]) -> list[dict[str, float]]:
    """Seconds taken and peak memory for one composed motion of so many minutes, decoded at once."""
    from ...benchmarks.speed import peak_memory_mib

    prompts = [prompt for chain in load_sequences()["chains"] for prompt in chain]
    rows = []
    for length in minutes:
        count = round(60 * length / SECONDS)
        wanted = [prompts[number % len(prompts)] for number in range(count)]
        start = time.perf_counter()
        clip = composer.composed(wanted[:MOST], int(length))
        tokens = list(clip.tokens)
        for first in range(MOST, count, MOST):  # a conversation goes on: one request after another
            tokens += composer.composed(wanted[first : first + MOST], int(length) + first).tokens
        features = composer.features(tokens)
        taken = time.perf_counter() - start
        rows.append({"minutes": len(features) / 1200, "taken": taken, "peak_mib": peak_memory_mib()})
    return rows


#: Segments one request may have.
MOST = 60


def run(
    backend: MotionBackend | str | Path | None = None, *, minutes: Sequence[float] = (1, 2, 5, 10)
) -> Report:
    """Make the fixed set in every way, and motions of so many minutes."""
    from ....motion_models import load_backend

    loaded = load_backend(backend) if backend is None or isinstance(backend, str | Path) else backend
    composer, sequences = Composer(loaded), load_sequences()
    parts = {
        name: [
            made
            for number, prompts in enumerate(track(sequences[name], name))
            for made in measure(composer, prompts, 100 * number)
        ]
        for name in ("pairs", "chains")
    }
    long = time_long(composer, minutes)
    body = [f"{machine()}. Segments of {SECONDS:g} s, one seed. 95 % intervals over sequences."]
    body += [f"{len(sequences[name])} {name}:\n\n{_table(made)}" for name, made in parts.items()]
    rows = [[f"{r['minutes']:.1f}", f"{r['taken']:.1f}", f"{r['peak_mib']:.0f}"] for r in long]
    if rows:
        body.append(table(["minutes of motion", "seconds taken", "peak memory, MiB"], rows))
    data = {name: [_as_dict(m) for m in made] for name, made in parts.items()} | {"long": long}
    return Report("Composition", "motion-agent eval composition", loaded.name, "\n\n".join(body), data)


def _table(made: Sequence[Made]) -> str:
    ways = {way: [m for m in made if m.way == way] for way in WAYS}
    rows = []
    for label, field, digits in METRICS:
        cells = [_over_seams(some, lambda seam, field=field: getattr(seam, field)) for some in ways.values()]
        rows.append([label, *(cell.number(digits) for cell in cells), _ratio([cell.mean for cell in cells])])
    of_sets = [
        transition_jerk(np.stack([w for m in some for w in m.windows]), REAL_JERK) for some in ways.values()
    ]
    for label, values in (
        ("PJ of FlowMDM, m/frame^3 ↓", [found.peak for found in of_sets]),
        ("AUJ of FlowMDM, m/frame^3 ↓", [found.area for found in of_sets]),
    ):
        rows.append([label, *(f"{value:.3f}" for value in values), _ratio(values)])
    skating = [bootstrap_mean([m.skating for m in some]) for some in ways.values()]
    rows.append(
        [
            "foot skating, share of frames ↓",
            *(s.percent() for s in skating),
            _ratio([s.mean for s in skating]),
        ]
    )
    met = [
        bootstrap_mean([ok for m in some for ok in m.met], [m.prompts for m in some for _ in m.met])
        for some in ways.values()
    ]
    rows.append(["actions recognised ↑", *(m.percent() for m in met), _ratio([m.mean for m in met])])
    return table(["", *WAYS, "ratio to bare"], rows)


def _over_seams(made: Sequence[Made], value: Callable[[Seam], float]) -> Estimate:
    return bootstrap_mean(
        [value(s) for m in made for s in m.seams], [m.prompts for m in made for _ in m.seams]
    )


def _ratio(values: Sequence[float]) -> str:
    """Ours over bare concatenation's."""
    ours, bare = values[-1], values[0]
    return f"{ours / bare:.2f}" if bare else ""


def _as_dict(made: Made) -> dict[str, Any]:
    return {
        "prompts": list(made.prompts),
        "way": made.way,
        "seams": [seam._asdict() for seam in made.seams],
        "met": list(made.met),
        "skating": made.skating,
    }
