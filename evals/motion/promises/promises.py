"""motion-agent eval promises: what users say, through the agent, measured on what export writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from langgraph.store.memory import InMemoryStore

from ....agent_graph.graph import create_motion_agent
from ....motion_models.arrays import FloatArray
from ....motion_models.backends.protocol import MotionBackend
from ....motion_models.errors import InvalidRequestError, MotionAgentError
from ....motion_models.motion.features import FPS
from ....motion_models.motion.motion import Motion
from ....tools.memory import MotionMemory
from ....tools.rendering import render_motion
from ....tools.schemas import MotionRef
from ...progress import track
from ...report import Report, table
from .measures import FEET, MEASURES, tolerance

#: A level motion is off the floor with its lowest ankle or toe over the first in its first frame, or over the
#: second in the median frame; metres.
FIRST, MEDIAN = 0.08, 0.07
FIRST_SEED = 5000


@dataclass(frozen=True)
class Outcome:
    """One request with one seed. reached: what was measured. noted: whether a miss was told."""

    text: str
    seed: int
    kept: bool
    noted: bool
    reached: float | None
    asked: float | None = None
    notes: tuple[str, ...] = ()


class Asking:
    """An agent that is asked one thing in each thread."""

    def __init__(self, backend: MotionBackend) -> None:
        self.backend, store = backend, InMemoryStore()
        self.memory, self.agent = MotionMemory(store), create_motion_agent(backend=backend, store=store)

    def ask(self, text: str, seed: int) -> tuple[MotionRef, Motion] | None:
        """The motion that a request gets, and its reference; None where it is refused."""
        state = self.agent.invoke(
            {"messages": [("user", text)]},
            {"configurable": {"thread_id": f"{text}/{seed}"}},
            context={"seed": seed},
        )
        if not state.get("current"):
            return None
        ref = state["motions"][state["current"]]
        try:
            return ref, render_motion(self.memory, self.backend, ref.id)
        except MotionAgentError:
            return None


@cache
def load_requests() -> dict[str, list[dict[str, Any]]]:
    """The requests of requests.yaml: level ones, and those with a quantity."""
    return yaml.safe_load(Path(__file__).with_name("requests.yaml").read_text("utf-8"))


def floor(asking: Asking, entry: dict[str, Any], seed: int) -> Outcome:
    """Whether a level request stays on the floor."""
    made = asking.ask(entry["text"], seed)
    if made is None:
        return Outcome(entry["text"], seed, kept=True, noted=True, reached=None)
    ref, motion = made
    low = motion.joints[:, FEET, 1].min(axis=1)
    off = low[0] > FIRST or (not entry.get("jumps") and float(np.median(low)) > MEDIAN)
    told = any("floor" in note for note in ref.notes)
    return Outcome(
        entry["text"], seed, not off, told, float(max(low[0], np.median(low))), 0.0, tuple(ref.notes)
    )


def quantity(asking: Asking, entry: dict[str, Any], seed: int) -> Outcome:
    """Whether a stated quantity is kept; a refusal is a miss that was told."""
    text, asked = entry["text"], float(entry["value"])
    made = asking.ask(text, seed)
    if made is None:
        return Outcome(text, seed, kept=False, noted=True, reached=None, asked=asked)
    ref, motion = made
    reached = MEASURES[entry["measure"]](_part(ref, motion, entry.get("segment")))
    kept = abs(reached - asked) <= tolerance(entry["measure"], asked) + 1e-9
    return Outcome(text, seed, kept, bool(ref.notes), reached, asked, tuple(ref.notes))


def _part(ref: MotionRef, motion: Motion, segment: int | None) -> FloatArray:
    """The frames of one segment (1 the first, -1 the last), of all of them where none is named."""
    if segment is None:
        return motion.joints
    piece = ref.segments[segment - 1 if segment > 0 else segment]
    return motion.joints[round(piece.start * FPS) : round(piece.end * FPS)]


#: What is measured of each kind of request.
KINDS = {"level": floor, "quantities": quantity}


def run(
    backend: MotionBackend | str | Path | None = None, *, seeds: int = 5, kinds: Sequence[str] = ()
) -> Report:
    """Every request with `seeds` seeds. kinds: "level", "quantities", or both for none.

    Raises InvalidRequestError for another kind.
    """
    from ....motion_models import load_backend

    if unknown := set(kinds) - set(KINDS):
        raise InvalidRequestError(f"promises are of {' or '.join(KINDS)}, not {', '.join(sorted(unknown))}")
    loaded = load_backend(backend) if backend is None or isinstance(backend, str | Path) else backend
    asking, requests = Asking(loaded), load_requests()
    numbers = range(FIRST_SEED, FIRST_SEED + seeds)
    outcomes = {
        kind: [measure(asking, entry, seed) for entry in track(requests[kind], kind) for seed in numbers]
        for kind, measure in KINDS.items()
        if not kinds or kind in kinds
    }
    counted = {"level": "level requests", "quantities": "requests with a quantity"}
    asked = " and ".join(f"{len(requests[kind])} {counted[kind]}" for kind in outcomes)
    told = {"level": "On the floor", "quantities": "Quantities kept"}
    body = [
        f"{asked}, {seeds} seeds each, through the agent with the built-in coordinator; measured on what "
        "export writes.",
        *[f"{told[kind]}: {_told(found)}." for kind, found in outcomes.items()],
        _missed([outcome for found in outcomes.values() for outcome in found]),
    ]
    data = {kind: [asdict(outcome) for outcome in found] for kind, found in outcomes.items()}
    command = f"motion-agent eval promises --seeds {seeds}" + "".join(f" --category {kind}" for kind in kinds)
    return Report("What was said is kept", command, loaded.name, "\n\n".join(body), data)


def _told(outcomes: Sequence[Outcome]) -> str:
    kept = sum(o.kept for o in outcomes)
    silent = sum(not o.kept and not o.noted for o in outcomes)
    share = f"{100 * kept / max(len(outcomes), 1):.1f} %"
    return f"{kept} of {len(outcomes)} ({share}); missed without a note: {silent}"


def _missed(outcomes: Sequence[Outcome]) -> str:
    """The requests that were missed at all, one a row."""
    rows = []
    for text in dict.fromkeys(o.text for o in outcomes):
        own = [o for o in outcomes if o.text == text]
        missed = [o for o in own if not o.kept]
        if missed:
            reached = ", ".join("refused" if o.reached is None else f"{o.reached:.2f}" for o in missed)
            silent = sum(not o.noted for o in missed)
            rows.append([text, f"{len(missed)} of {len(own)}", f"{silent}", reached])
    return table(["missed", "seeds", "without a note", "reached"], rows)
