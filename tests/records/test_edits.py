"""Every operation of edit_motion, on motions in several states: what comes of it and how it is shown."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from codebook import SIZE
from edits import joints
from fakes import FakeBackend
from hand import Hand
from motion_agent.motion_models.errors import MotionAgentError
from motion_agent.motion_models.motion.skeleton import JOINT
from motion_agent.tools import MotionMemory
from motion_agent.tools.arguments.operations import operations
from motion_agent.tools.batching import Tokens
from motion_agent.tools.clips.frame_edits import FrameEdit
from motion_agent.tools.memory import ClipSegment, MotionClip
from motion_agent.tools.services import Services
from records.recording import assert_recorded

OPERATIONS: list[dict[str, Any]] = [
    {"op": "replace", "segment": 2, "description": "a person bows", "seconds": 1.6},
    {"op": "replace", "segment": -1, "description": "a person kicks zzhard"},
    {"op": "insert", "description": "a person jumps 2 times", "position": 2, "seconds": 2},
    {"op": "insert", "motion_id": "other"},
    {"op": "insert", "description": "a person jumps", "position": 9},
    {"op": "delete", "segment": 1},
    {"op": "delete", "segment": 3},
    {"op": "repeat", "segment": 1, "times": 3},
    {"op": "repeat"},
    {"op": "reorder", "order": [2, 1]},
    {"op": "trim", "start": 0.5, "end": 2.3},
    {"op": "trim", "end": 1},
    {"op": "trim", "start": 99},
    {"op": "extend", "seconds": 1},
    {"op": "extend", "seconds": 1.25, "hold": True, "segment": 1},
    {"op": "mirror"},
    {"op": "mirror", "segment": 2},
    {"op": "speed", "factor": 2},
    {"op": "speed", "factor": 0.5, "segment": 1},
    {"op": "duration", "seconds": 3.5},
    {"op": "duration", "seconds": 6, "segment": 1},
    {"op": "regenerate", "seed": 5},
    {"op": "regenerate", "segment": 1},
    {"op": "inbetween", "segment": 1},
    {"op": "inbetween", "segment": 1, "description": "a person turns", "seconds": 1},
    {"op": "reverse"},
    {"op": "reverse", "segment": 1},
    {"op": "turn", "degrees": 90},
    {"op": "turn", "degrees": -45, "segment": 2},
    {"op": "shift", "x": 1, "z": -0.5},
    {"op": "shift", "z": 2, "segment": 2},
    {"op": "loop"},
    {"op": "loop", "segment": 1, "times": 2},
    {"op": "path", "points": [[1, 1], [0, 2]]},
    {"op": "path", "points": [[-1, 2]], "segment": 1},
    {"op": "limb", "limb": "left arm", "motion_id": "other"},
    {"op": "limb", "limb": "legs", "description": "a person jumps", "segment": 1},
]
#: States a motion can be in: the operations that lead to it from a walk, a right wave and a bow.
STATES: dict[str, list[dict[str, Any]]] = {
    "composed": [],
    "mirrored": [{"op": "mirror"}],
    "sped": [{"op": "speed", "factor": 2, "segment": 1}],
    "placed": [{"op": "turn", "degrees": 90, "segment": 2}, {"op": "shift", "x": 1, "segment": 2}],
    "backwards": [{"op": "reverse"}],
    "looped": [{"op": "loop"}],
    "limb": [{"op": "limb", "limb": "right arm", "motion_id": "other"}, {"op": "mirror", "segment": 1}],
}
FOLLOWED = [
    [first, second]
    for first in ({"op": "speed", "factor": 2}, {"op": "turn", "degrees": 90}, {"op": "mirror"})
    for second in (
        {"op": "path", "points": [[1, 1], [0, 2]]},
        {"op": "turn", "degrees": 30},
        {"op": "extend", "seconds": 1},
        {"op": "reverse", "segment": 1},
        {"op": "duration", "seconds": 2},
        {"op": "trim", "start": 0.3, "end": 1.4},
    )
]


@pytest.fixture
def hand(tmp_path: Path) -> Hand:
    hand = Hand(Services(FakeBackend(), MotionMemory(), input_folder=tmp_path, max_seconds=30))
    hand.make("generate_motion", description="a person runs", seconds=3, seed=3, name="other")
    return hand


def title(*operations: dict[str, Any]) -> str:
    return "; ".join(
        " ".join([each["op"], *(f"{key}={value}" for key, value in each.items() if key != "op")])
        for each in operations
    )


def outcome(hand: Hand, motion_id: str, edits: list[dict[str, Any]]) -> dict[str, Any]:
    """What the tool answers, the clip that is kept, and how it is shown; or why there is none."""
    begun = len(hand.services.backend.batches), len(hand.services.backend.seeds)  # type: ignore[attr-defined]
    hand.calls = 100
    try:
        result = hand.use("edit_motion", motion_id=motion_id, operations=edits)
    except MotionAgentError as error:
        return {"error": str(error)}
    clip = hand.services.memory.get("local", result.made[0].id)
    return {
        **({"name": clip.name} if clip.name != clip.description else {}),
        "checks": "; ".join(map(check_told, result.content.get("checks", []))),
        "notes": result.content["notes"],
        "seconds": clip.seconds,
        "parts": list(map(part_told, clip.timeline, clip.times(), tokens_of(clip))),
        "asked": asked(hand.services.backend, *begun),
        "shown": shown(hand, clip),
    }


def asked(backend: Any, batches: int, motions: int) -> list[Any]:
    """What the backend was to make: prompt, seconds, tokens it follows, seed."""
    prompts = [prompt for batch in backend.batches[batches:] for prompt in batch]
    prefixes = [len(prefix) for prefix in backend.prefixes[motions:]]
    made = zip(prompts, backend.seconds[motions:], prefixes, backend.seeds[motions:], strict=True)
    return [list(each) for each in made]


def check_told(check: dict[str, Any]) -> str:
    return "{what}: {asked} asked, {reached} reached, {}".format("met" if check["met"] else "missed", **check)


def part_told(part: ClipSegment, time: tuple[float, float], tokens: Tokens) -> str:
    """One line: when, the user's words and the model's, the tokens, the decoded neighbours, the edits."""
    start, end = time
    beside = [
        f"{name} {len(side)}" for name, side in (("after", part.before), ("before", part.after)) if side
    ]
    words = [part.description] + ([f"made of: {part.prompt}"] if part.prompt != part.description else [])
    edits = [edit_told(edit) for edit in part.edits]
    return " | ".join([f"{start:g}-{end:g} s", *words, tokens_told(tokens), *beside, *edits])


def edit_told(edit: FrameEdit) -> str:
    """Its kind and its numbers; of what was measured or taken elsewhere, how much there is."""
    fields = edit.model_dump(exclude={"kind"}, exclude_defaults=True)
    told = [
        f"{key}={round(value, 3) + 0.0:g}" if isinstance(value, float) else f"{key}={value}"
        if isinstance(value, int | str) else f"{len(value)} {key}"
        for key, value in fields.items()
    ]  # fmt: skip
    return " ".join([type(edit).__name__, *told])


def tokens_of(clip: MotionClip) -> list[Tokens]:
    return [clip.tokens[part.start : part.end] for part in clip.timeline]


def tokens_told(tokens: Tokens) -> str:
    """How many tokens, how many of these were encoded anew, and a digest of the others."""
    known = [token for token in tokens if isinstance(token, int) and token < SIZE]
    digest = hashlib.sha256(repr(known).encode()).hexdigest()[:6]
    new = f" ({len(tokens) - len(known)} encoded)" if len(known) < len(tokens) else ""
    return f"{len(tokens)} tokens{new} {digest}"


def shown(hand: Hand, clip: MotionClip) -> list[list[float]]:
    """At four moments: x and z of the hips, their heading in degrees, and the heights of both hands."""
    motion = joints(hand, clip)
    moments = motion[np.linspace(0, len(motion) - 1, 4).astype(int)]
    across = moments[:, JOINT["left_hip"]] - moments[:, JOINT["right_hip"]]
    heading = np.degrees(np.arctan2(-across[:, 2], across[:, 0]))
    hands = moments[:, [JOINT["left_wrist"], JOINT["right_wrist"]], 1]
    return np.column_stack([moments[:, 0, 0], moments[:, 0, 2], heading, hands]).round(2).tolist()


def composed(hand: Hand) -> MotionClip:
    hand.calls = 10
    parts = [("a person walks zzslowly 2 m", 2.0), ("a person waves the right hand", 1.2)]
    segments = [{"description": text, "seconds": seconds} for text, seconds in parts]
    return hand.make("compose_sequence", segments=segments, seed=7)


def cases(hand: Hand, state: str) -> Iterator[tuple[str, Any]]:
    clip = composed(hand)
    if STATES[state]:
        yield "the motion itself", outcome(hand, clip.id, STATES[state])
        clip = hand.make("edit_motion", motion_id=clip.id, operations=STATES[state])
    for operation in OPERATIONS:
        yield title(operation), outcome(hand, clip.id, [operation])


def test_every_operation_is_tried() -> None:
    assert {operation["op"] for operation in OPERATIONS} == set(operations())


@pytest.mark.parametrize("state", STATES)
def test_operations(hand: Hand, state: str) -> None:
    assert_recorded(f"edits_{state}", dict(cases(hand, state)))


def test_operations_on_one_part_and_one_after_another(hand: Hand) -> None:
    hand.calls = 20
    clip = hand.make("generate_motion", description="a person walks", seconds=2, seed=1)
    pairs = {title(*edits): outcome(hand, clip.id, edits) for edits in FOLLOWED}
    single = {title(edit): outcome(hand, clip.id, [edit]) for edit in OPERATIONS}
    assert_recorded("edits_of_one_part", single | pairs)


def test_people_are_not_edited_together(hand: Hand) -> None:
    people = [{"motion_id": "other"}, {"description": "a person waves", "theta": 180, "z": 1}]
    scene = hand.make("arrange_scene", people=people)
    tried = {title(edit): outcome(hand, scene.id, [edit]) for edit in OPERATIONS[::18]}
    assert_recorded("edits_of_people", tried)
