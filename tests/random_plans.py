"""Random plans that are valid, as messages of a coordinator."""

from __future__ import annotations

import random
from typing import Any

from fakes import call, plan
from langchain_core.messages import AIMessage

KNOWN = ("mbcdf", "m2345", "greeting")
TEXTS = (
    "a person walks",
    "一个人向前走",
    'she says "hi"',
    "a person's arm\n goes up",
    "é" * 30,
    "x",
    "a" * 1000,
)


def random_plan(rng: random.Random) -> AIMessage:
    steps: list[dict[str, Any]] = []
    makers: list[int] = []
    for number in range(1, rng.choice([2, 2, 3, 5, 17])):
        motions = [*KNOWN, *(f"${maker}" for maker in makers if maker < 16)]
        tool, arguments, makes = _step(rng, motions)
        steps.append(call(tool, **arguments))
        makers += [number] if makes else []
    return plan(*steps)


def _step(rng: random.Random, motions: list[str]) -> tuple[str, dict[str, Any], bool]:
    motion = {"motion_id": rng.choice(motions)}
    name = _maybe(rng, name=rng.choice(["both", "my 1st", "ñandú"]))
    return rng.choice(
        [
            ("generate_motion", _new(rng) | _maybe(rng, variants=rng.randint(1, 8)) | name, True),
            ("compose_sequence", {"segments": _segments(rng, motions)} | name | _seed(rng), True),
            ("arrange_scene", {"people": [_person(rng, motions) for _ in range(rng.randint(2, 9))]}, True),
            ("edit_motion", motion | {"operations": _operations(rng, motions)} | name, True),
            ("caption_motion", rng.choice([motion, {"path": "walks/one.bvh"}]), False),
            ("export_motion", motion | _maybe(rng, formats=rng.sample(["bvh", "npz", "mp4"], 2)), False),
            ("list_motions", {}, False),
            ("name_motion", motion | {"name": "greeting 2"}, False),
            ("history", rng.choice([{"action": "undo"}, {"action": "restore", **motion}]), False),
        ]
    )


def _operations(rng: random.Random, motions: list[str]) -> list[dict[str, Any]]:
    at = {"segment": rng.choice([1, 2, 12, -1])}
    one = _maybe(rng, **at)
    text, seconds = {"description": rng.choice(TEXTS)}, {"seconds": rng.choice([0.5, 2, 12.25, 600])}
    place, who = _maybe(rng, position=rng.randint(1, 65)), {"motion_id": rng.choice(motions)}
    kinds: list[dict[str, Any]] = [
        {"op": "replace", **at, **text, **_maybe(rng, **seconds), **_seed(rng)},
        {"op": "insert", **text, **place, **_maybe(rng, **seconds)},
        {"op": "insert", "motion_id": rng.choice(motions), **place},
        {"op": "delete", **at},
        {"op": "repeat", **one, "times": rng.randint(2, 20)},
        {"op": "reorder", "order": rng.sample(range(1, 6), 5)},
        {"op": "trim", "start": 0.5, **_maybe(rng, end=3)},
        {"op": "extend", **seconds, **one, **_maybe(rng, hold=rng.choice([True, False]))},
        {"op": "mirror", **one},
        {"op": "speed", "factor": rng.choice([0.25, 1.5, 4]), **one},
        {"op": "duration", **seconds, **one},
        {"op": "regenerate", **one, **_seed(rng)},
        {"op": "inbetween", **at, **_maybe(rng, seconds=0.6), **_maybe(rng, **text)},
        {"op": "reverse", **one},
        {"op": "turn", "degrees": rng.choice([-90, 22.5, 360]), **one},
        {"op": "shift", "x": rng.choice([-1, 0.25]), **_maybe(rng, z=2), **one},
        {"op": "loop", **one, **_maybe(rng, times=rng.randint(1, 20))},
        {"op": "path", "points": [[0, 1.5], [rng.choice([-2, 3]), 4]][: rng.randint(1, 2)], **one},
        {"op": "limb", "limb": rng.choice(["left arm", "legs"]), **rng.choice([text, who]), **one},
    ]
    return rng.choices(kinds, k=rng.randint(1, 4))


def _segments(rng: random.Random, motions: list[str]) -> list[dict[str, Any]]:
    segments = []
    for _ in range(rng.randint(1, 6)):
        source = rng.choice([_new(rng, seed=False), {"motion_id": rng.choice(motions)}])
        segments.append(source | _maybe(rng, repeat=rng.randint(1, 20)))
    return segments


def _person(rng: random.Random, motions: list[str]) -> dict[str, Any]:
    who = rng.choice([{"description": rng.choice(TEXTS)}, {"motion_id": rng.choice(motions)}])
    return who | _maybe(rng, theta=rng.choice([-180, 90.5])) | _maybe(rng, x=rng.choice([-1, 2.25]), z=1)


def _new(rng: random.Random, seed: bool = True) -> dict[str, Any]:
    more = _seed(rng) if seed else {}
    return {"description": rng.choice(TEXTS), **_maybe(rng, seconds=rng.choice([0.5, 3, 599.9])), **more}


def _seed(rng: random.Random) -> dict[str, Any]:
    return _maybe(rng, seed=rng.choice([0, 7, 2**63 - 1]))


def _maybe(rng: random.Random, **fields: Any) -> dict[str, Any]:
    return fields if rng.random() < 0.5 else {}
