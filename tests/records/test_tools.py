"""What every tool answers, in the order of one thread, to calls that can and that cannot be carried out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from helpers import walking
from motion_agent.motion_models.formats import save_motion
from motion_agent.motion_models.motion.motion import Motion
from motion_agent.tools.services import Services
from motion_agent.tools.toolbox import TOOLS, bind_services, make_services
from records.recording import Counting, assert_recorded

WALK = {"description": "a person walks forward 2 m", "seconds": 2, "seed": 1}
Calls = list[tuple[str, dict[str, Any]]]

MAKING: Calls = [
    ("list_motions", {}),
    ("history", {"action": "undo"}),
    ("generate_motion", WALK | {"name": "stroll"}),
    ("generate_motion", {"description": "a person jumps zzhigh", "variants": 3}),
    ("generate_motion", {"description": "a person waves", "seconds": 0.05, "seed": 4}),
    ("generate_motion", {"description": "a person turns left 90 degrees", "seconds": 1.25}),
    ("generate_motion", {"description": "a person explodes", "seconds": 1}),
    ("generate_motion", {"description": ""}),
    ("generate_motion", {"description": "a person walks", "seconds": 0, "variants": 9, "speed": 2}),
    ("generate_motion", {"description": "a person walks", "seconds": 31}),
    ("generate_motion", {"description": "a person walks", "seconds": None, "seed": None, "name": ""}),
    ("compose_sequence", {"segments": [WALK | {"repeat": 2}]}),
    (
        "compose_sequence",
        {"segments": [{"description": "a person walks", "seconds": 2, "repeat": 2}, {"motion_id": "stroll"}]},
    ),
    (
        "compose_sequence",
        {"segments": [{"description": "a person jumps", "seconds": 1.2, "repeat": 3}], "seed": 2},
    ),
    ("compose_sequence", {"segments": [{"motion_id": "stroll", "repeat": 2}], "name": "Two Strolls"}),
    ("compose_sequence", {"segments": [{"motion_id": "stroll", "repeat": 16}]}),
    ("compose_sequence", {"segments": [{"motion_id": "stroll", "description": "a person walks"}]}),
    ("compose_sequence", {"segments": [{"motion_id": "nobody"}]}),
    ("compose_sequence", {"segments": []}),
]
PEOPLE: Calls = [
    ("generate_motion", WALK | {"name": "stroll"}),
    (
        "arrange_scene",
        {
            "people": [{"motion_id": "stroll"}, {"description": "a person waves", "theta": 180, "z": 1}],
            "name": "meeting",
        },
    ),
    ("arrange_scene", {"people": [{"description": f"a person walks {n}", "x": n} for n in range(4)]}),
    ("arrange_scene", {"people": [{"description": "a person walks"}] * 5}),
    ("arrange_scene", {"people": [{"description": "a person walks"}]}),
    ("arrange_scene", {"people": [{"motion_id": "meeting"}, {"motion_id": "stroll"}]}),
    ("arrange_scene", {"people": [{"motion_id": "stroll", "x": 101}, {"theta": 400}]}),
    ("edit_motion", {"motion_id": "meeting", "operations": [{"op": "mirror"}]}),
    ("compose_sequence", {"segments": [{"motion_id": "meeting"}]}),
    ("caption_motion", {"motion_id": "meeting"}),
    ("export_motion", {"motion_id": "meeting", "formats": ["npz", "bvh", "npy"]}),
    ("export_motion", {"motion_id": "meeting", "formats": ["bvh"]}),
    ("list_motions", {}),
]
LOOKING: Calls = [
    ("generate_motion", WALK | {"name": "stroll"}),
    ("caption_motion", {"motion_id": "stroll"}),
    ("caption_motion", {"motion_id": "stroll", "fps": 30}),
    ("caption_motion", {"path": "walk.npz"}),
    ("caption_motion", {"path": "walk.npz", "person": 2}),
    ("caption_motion", {"path": "walk.bvh", "up": "z"}),
    ("caption_motion", {"path": "walk.bvh", "fps": 40}),
    ("caption_motion", {"path": "../walk.npz"}),
    ("caption_motion", {"path": "none.bvh"}),
    ("caption_motion", {"path": "text.bvh"}),
    ("caption_motion", {"path": "large.bvh"}),
    ("caption_motion", {}),
    ("caption_motion", {"path": "walk.npz", "motion_id": "stroll"}),
    ("export_motion", {"motion_id": "stroll", "formats": ["npz"]}),
    ("export_motion", {"motion_id": "stroll", "formats": ["npz"]}),
    ("export_motion", {"motion_id": "stroll", "formats": ["bvh", "npy", "glb"]}),
    ("export_motion", {"motion_id": "stroll", "formats": ["fbx"]}),
    ("export_motion", {"motion_id": "nobody"}),
]
NAMING: Calls = [
    ("generate_motion", {"description": "a person walks", "seconds": 1, "seed": 1}),
    ("generate_motion", {"description": "a person runs", "seconds": 1, "seed": 1, "name": "run"}),
    ("edit_motion", {"motion_id": "run", "operations": [{"op": "mirror"}], "name": "other run"}),
    ("name_motion", {"motion_id": "run", "name": "Sprint"}),
    ("name_motion", {"motion_id": "SPRINT", "name": "dash"}),
    ("name_motion", {"motion_id": "run", "name": "old name"}),
    ("name_motion", {"motion_id": "run", "name": " "}),
    ("name_motion", {"motion_id": "nobody", "name": "somebody"}),
    ("list_motions", {}),
    ("history", {"action": "undo"}),
    ("history", {"action": "undo"}),
    ("history", {"action": "undo"}),
    ("history", {"action": "redo"}),
    ("history", {"action": "redo"}),
    ("history", {"action": "redo"}),
    ("history", {"action": "undo"}),
    ("generate_motion", {"description": "a person bows", "seconds": 1, "seed": 1}),
    ("history", {"action": "redo"}),
    ("history", {"action": "restore", "motion_id": "dash"}),
    ("history", {"action": "restore"}),
    ("history", {"action": "undo", "motion_id": "dash"}),
    ("history", {"action": "undo"}),
    ("history", {"action": "back"}),
]
EDITING: Calls = [
    ("generate_motion", WALK | {"name": "stroll"}),
    ("edit_motion", {"motion_id": "stroll", "operations": []}),
    ("edit_motion", {"motion_id": "stroll", "operations": [{"op": "explode"}]}),
    ("edit_motion", {"motion_id": "stroll", "operations": [{"op": "mirror", "factor": 2}]}),
    ("edit_motion", {"motion_id": "stroll", "operations": [{"op": "mirror", "factor": 0, "order": []}]}),
    ("edit_motion", {"motion_id": "stroll", "operations": [{"op": "speed", "factor": 5}]}),
    ("edit_motion", {"motion_id": "stroll", "operations": [{"op": "shift"}]}),
    ("edit_motion", {"motion_id": "stroll", "operations": [{"op": "trim", "start": 2, "end": 1}]}),
    ("edit_motion", {"motion_id": "stroll", "operations": [{"op": "insert"}]}),
    ("edit_motion", {"motion_id": "stroll", "operations": [{"op": "insert", "motion_id": "x", "seed": 2}]}),
    ("edit_motion", {"motion_id": "stroll", "operations": [{"op": "limb", "limb": "head"}]}),
    ("edit_motion", {"motion_id": "stroll", "operations": [{"op": "delete", "segment": 1}]}),
    ("edit_motion", {"motion_id": "stroll", "operations": [{"op": "repeat", "times": 16}]}),
    ("edit_motion", {"motion_id": "stroll", "operations": [{"op": "extend", "seconds": 29}]}),
    ("edit_motion", {"motion_id": "stroll", "operations": [{"op": "duration", "seconds": 40}]}),
    ("edit_motion", {"motion_id": "stroll", "operations": [{"op": "loop"}, {"op": "delete", "segment": 2}]}),
    ("edit_motion", {"motion_id": "nobody", "operations": [{"op": "mirror"}]}),
    ("list_motions", {}),
]  # fmt: skip


THREADS = {"making": MAKING, "people": PEOPLE, "looking": LOOKING, "naming": NAMING, "editing": EDITING}


@pytest.fixture
def services(tmp_path: Path) -> Services:
    motion = Motion(walking(60))
    for name in ("walk.npz", "walk.bvh"):
        save_motion(motion, tmp_path / name)
    (tmp_path / "text.bvh").write_text("no motion")
    (tmp_path / "large.bvh").write_bytes((tmp_path / "walk.bvh").read_bytes() + b" " * (1 << 20))
    return make_services(
        Counting(),
        None,
        output_folder=tmp_path / "out",
        input_folder=tmp_path,
        max_seconds=30,
        max_people=4,
        max_file_megabytes=1,
        max_files=6,
        session="here",
    )


def test_every_tool_is_called() -> None:
    assert {name for calls in THREADS.values() for name, _ in calls} == set(TOOLS)


@pytest.mark.parametrize("name", THREADS)
def test_answers(services: Services, tmp_path: Path, name: str) -> None:
    tools = {tool.name: tool for tool in bind_services(services)}
    cases = {}
    for number, (tool, arguments) in enumerate(THREADS[name], 1):
        call = {"name": tool, "args": arguments, "id": f"c{number}", "type": "tool_call"}
        answer = tools[tool].invoke(call)
        text = answer.content.replace(str(tmp_path), "HERE")
        said = json.loads(text) if answer.status == "success" else {"error": text}
        cases[f"{number}. {tool} {json.dumps(arguments)}"] = said
    assert_recorded(f"tools_{name}", cases)
