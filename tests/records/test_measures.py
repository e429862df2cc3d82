"""What is measured of motions with known shapes, and what words demand that is measured."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from helpers import walking
from motion_agent.evals.motion.promises.measures import MEASURES
from motion_agent.motion_models.english.clauses import in_a_row
from motion_agent.motion_models.english.demands import Demands, read_demands
from motion_agent.motion_models.english.families import actions_named
from motion_agent.motion_models.english.mirroring import mirror_text
from motion_agent.motion_models.english.quantities import canonical, spoken
from motion_agent.motion_models.english.stages import stages_of
from motion_agent.motion_models.motion.measures import events, ground, kinematics, limbs, phases
from motion_agent.motion_models.motion.measures.predicates import PREDICATES, holds
from motion_agent.tools.facts.measuring import facts_of, measured_motion, measured_scene
from motions import Joints, bump, ramp, shifted, standing, turned, with_joint
from records.recording import assert_recorded
from records.test_reading import requests

ROOT = Path(__file__).parents[2]
COUNTED = ("step", "jump", "hop", "squat", "kick", "punch", "bow", "wave", "clap", "nod", "arm raise")


def swung(joints: Joints, name: str, times: int, height: float) -> Joints:
    """A joint that goes up and down again so many times."""
    frames = np.arange(len(joints))
    return with_joint(joints, name, y=height * np.sin(np.pi * times * frames / (len(joints) - 1)) ** 2)


def crouched(joints: Joints, depth: Any) -> Joints:
    """Everything above the knees lowered, the feet where they are."""
    lowered = shifted(joints, y=-np.asarray(depth))
    for name in ("left_ankle", "right_ankle", "left_foot", "right_foot"):
        lowered = with_joint(lowered, name, y=depth)
    return lowered


def tilted(joints: Joints, degrees: Any) -> Joints:
    """The whole body tipped forward about the feet."""
    angle = np.radians(degrees)[:, None]
    x, y, z = np.moveaxis(joints, -1, 0)
    return np.stack([x, np.cos(angle) * y - np.sin(angle) * z, np.sin(angle) * y + np.cos(angle) * z], -1)


MOTIONS: dict[str, Joints] = {
    "stands": standing(),
    "walks": walking(80),
    "walks slowly": walking(60, speed=0.5),
    "runs": walking(60, speed=3.0),
    "slides left": shifted(standing(), x=ramp(60, 1.5)),
    "slides back": shifted(standing(), z=-ramp(60, 1.5)),
    "turns left": turned(standing(), ramp(60, 95.0)),
    "walks and turns right": turned(walking(80).astype(float), ramp(80, -180.0)),
    "jumps twice": shifted(standing(80), y=bump(80, 15, 25, 0.3) + bump(80, 50, 58, 0.2)),
    "squats": crouched(standing(80), 0.4 * np.sin(np.pi * np.arange(80) / 79) ** 2),
    "goes down": crouched(standing(), ramp(60, 0.5)),
    "climbs": shifted(walking(80).astype(float), y=ramp(80, 1.0)),
    "climbs down": shifted(walking(80).astype(float), y=ramp(80, -1.0)),
    "lies down": tilted(standing(), ramp(60, 88.0)),
    "gets up": tilted(standing(), ramp(60, 88.0)[::-1]),
    "raises the left hand": swung(standing(80), "left_wrist", 1, 1.0),
    "waves the right hand": swung(with_joint(standing(80), "right_wrist", y=0.8), "right_wrist", 4, 0.2),
    "lifts the right foot": swung(standing(80), "right_foot", 3, 0.4),
    "nods": swung(standing(80), "head", 3, -0.06),
}


def numbers(module: ModuleType, joints: Joints) -> Iterator[tuple[str, float]]:
    """Every measure of a module that gives one number, for each side where it has one."""
    for name, measure in inspect.getmembers(module, inspect.isfunction):
        if measure.__module__ != module.__name__ or name.startswith("_"):
            continue
        needed = [p.name for p in inspect.signature(measure).parameters.values() if p.default is p.empty]
        sides = ("left", "right") if needed == ["joints", "side"] else ("",) if needed == ["joints"] else ()
        for side in sides:
            value = measure(joints, side) if side else measure(joints)
            if isinstance(value, (int, float, np.number)):
                yield f"{name} {side}".strip(), float(value)


def measured(joints: Joints) -> dict[str, Any]:
    still = dict(STILL)
    told = {
        f"{module.__name__.rpartition('.')[2]}.{name}": value
        for module in (kinematics, limbs, ground)
        for name, value in numbers(module, joints)
    }
    return {
        "holds": [name for name in PREDICATES if holds([name], joints)],
        "numbers": {name: value for name, value in told.items() if abs(value - still[name]) > 1e-3},
        "counts": {event: found for event in COUNTED if (found := events.numbers(joints, event)) != (0, 0)},
        "phases": phases.phases(joints),
        "facts": facts_of(joints, (0, len(joints)), COUNTED).model_dump(exclude_defaults=True),
    }


STILL = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value
    for module in (kinematics, limbs, ground)
    for name, value in numbers(module, standing())
}


def test_measures() -> None:
    cases: dict[str, Any] = {name: measured(joints) for name, joints in MOTIONS.items()}
    assert_recorded("measures", {"somebody who stands": STILL} | cases)


def test_measures_that_quantities_are_held_against() -> None:
    raised = {
        "raises both hands": swung(swung(standing(80), "left_wrist", 2, 1.0), "right_wrist", 2, 1.0),
        "kicks with the left foot": swung(swung(standing(80), "left_ankle", 2, 0.5), "left_foot", 2, 0.5),
        "kicks with each foot": swung(swung(standing(80), "left_ankle", 1, 0.5), "right_ankle", 3, 0.5),
    }
    cases = {
        name: {measure: value for measure, found in MEASURES.items() if abs(value := found(joints)) > 1e-3}
        for name, joints in (MOTIONS | raised).items()
    }
    assert_recorded("promised", cases)


def test_facts_of_parts_and_people() -> None:
    """Of a walk, a squat and a turn one after another, and of two people who come nearer."""
    after = MOTIONS["walks"][-1, 0] * [1, 0, 1]
    squat = MOTIONS["squats"] + after
    whole = np.concatenate([MOTIONS["walks"], squat, MOTIONS["turns left"] + after])
    spans = [((0, 80), "walk"), ((80, 160), "squat"), ((160, 220), "turn")]
    others = shifted(standing(80), z=3.0)
    assert_recorded(
        "facts",
        {
            "parts": measured_motion(whole, spans).model_dump(exclude_defaults=True),
            "people": measured_scene(
                [MOTIONS["walks"], others], [(80, ["walk"]), (80, ["stand"])]
            ).model_dump(exclude_defaults=True),
        },
    )


def demanded(text: str) -> dict[str, Any]:
    """What is demanded beyond what any motion has."""
    found = read_demands(text)
    values = {each.name: getattr(found, each.name) for each in fields(Demands)}
    plain = asdict(Demands(text))
    told = {name: value for name, value in values.items() if value != plain[name]}
    return {
        name: asdict(value) if hasattr(value, "__dataclass_fields__") else value
        for name, value in told.items()
    }


def descriptions() -> Iterator[str]:
    """What motions are described by in the lab notes' tables, and sentences with every kind of number."""
    for parts, message in requests():
        yield from (re.sub(r"^(?!an? )", "a person ", part) for part in parts)
        if not parts and message.startswith(("a ", "an ")):
            yield message
    for amount in ("1.25", "two", "2.5", "ten", "a dozen", "120"):
        yield f"a person walks {amount} metres"
        yield f"a person turns left {amount} degrees"
        yield f"a person walks at {amount} m/s"
        yield f"a person stands for {amount} seconds"
    for times in ("two", "12", "a dozen"):
        yield f"a person jumps {times} times"
        yield f"a person takes {times} steps back"
    yield from (
        "a person waits for half a second",
        "a person walks half a metre",
        "a person waits a minute and a half",
    )


def told(reader: Callable[[str], Any], text: str) -> Any:
    """None where a reader finds nothing to change or tell."""
    found = reader(text)
    return found if found not in (text, (text,), [text], (), []) else None


def test_what_descriptions_demand() -> None:
    readers: Mapping[str, Callable[[str], Any]] = {
        "canonical": canonical, "in a row": in_a_row, "stages": stages_of, "actions": actions_named,
        "mirrored": mirror_text,
    }  # fmt: skip
    cases = {
        text: demanded(text)
        | {name: found for name, reader in readers.items() if (found := told(reader, text)) is not None}
        for text in dict.fromkeys(descriptions())
    }
    assert_recorded("demands", cases)


def test_numbers_as_they_are_said() -> None:
    values = (0, 0.04, 0.125, 0.25, 1, 1.005, 1.25, 2.5, 2.999, 10, 100.5)
    assert_recorded("numbers", {str(value): spoken(value) for value in values})
