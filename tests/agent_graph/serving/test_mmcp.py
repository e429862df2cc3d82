"""MMCP, spoken by the protocol's own clients: what is offered is done, and what is not is refused."""

from __future__ import annotations

from typing import Any

import httpx
import numpy as np
import pytest
from fakes import FakeBackend
from motion_agent.agent_graph.serving.constraints import asked_of
from motion_agent.agent_graph.serving.mmcp import (
    as_result,
    canonical_skeleton,
    made,
    reference_motion,
    token_lengths,
)
from motion_agent.motion_models.motion.features import FPS
from motion_agent.motion_models.motion.motion import Motion
from motion_agent.motion_models.motion.rig import RigMotion, typical_offsets
from motion_agent.motion_models.motion.skeleton import JOINT, retarget
from motion_agent.tools.memory import MotionMemory
from motion_agent.tools.services import Services
from motionmcp import GenerateRequest, MotionReferenceSegment, ProtocolError
from motionmcp import client as mmcp
from scipy.spatial.transform import Rotation
from servers import KEYS, Server

TOKEN = KEYS["ada"]
PATH = {"type": "root_path", "frames": [0, 19], "positions_xz": [[0, 0], [0, 1]]}
POSE = {"type": "pose_keyframe", "frame": 3, "joint_rotations": {"head": [0, 0, 0, 1]}}
GROUND = {"type": "ground_height", "points": [[0, 0, 0]]}
EFFECTOR = {"type": "effector_target", "joint": "head", "frames": [0], "positions": [[0, 1, 0]]}


@pytest.fixture(scope="module")
def model(server: Server) -> dict[str, Any]:
    capabilities = mmcp.get_capabilities(server.address, access_token=TOKEN)
    [model] = capabilities["models"]
    return model


def request(model: dict[str, Any], *segments: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {"protocol_version": "1.4", "model": model["id"], "skeleton": model["canonical_skeleton"]}
    return body | {"segments": list(segments)} | more


def text(prompt: str, frames: int, **more: Any) -> dict[str, Any]:
    return {"type": "text", "prompt": prompt, "duration_frames": frames, **more}


def post(server: Server, body: dict[str, Any]) -> httpx.Response:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return httpx.post(f"{server.address}/generate", json=body, headers=headers, timeout=60)


def rotations_of(sample: dict[str, Any]) -> np.ndarray:
    """Local quaternions (T, 25, 4) of a sample as the protocol's client reads it."""
    matrices = np.asarray(sample["local_rot_mats"])
    return Rotation.from_matrix(matrices.reshape(-1, 3, 3)).as_quat().reshape(*matrices.shape[:2], 4)


def root_of(sample: dict[str, Any]) -> np.ndarray:
    """Where the pelvis is, (T, 3)."""
    return np.asarray(sample["posed_joints"])[:, list(sample["joint_names"]).index("pelvis")]


def joints_of(sample: dict[str, Any]) -> np.ndarray:
    """Where the 22 joints are, (T, 22, 3): the skeleton that was sent, turned as the answer says."""
    assert list(sample["joint_names"]) == [joint.name for joint in canonical_skeleton().joints]
    return np.asarray(RigMotion(typical_offsets(), rotations_of(sample), root_of(sample)).joints())


def test_what_is_not_there_is_not_claimed(model: dict[str, Any]) -> None:
    assert set(model["supported_constraints"]) == {"root_path", "pose_keyframe", "ground_height"}
    assert model["supports_loop"] and not model["supported_guidance_types"]
    assert set(model["supported_segments"]) == {"text", "unconditioned", "motion_reference"}
    assert len(model["canonical_skeleton"]["joints"]) == 25


@pytest.mark.parametrize("client", ["motionmcp.client", "motionmcp_client.client"])
def test_segments_become_one_motion_of_the_length_asked_for(
    server: Server, model: dict[str, Any], client: str
) -> None:
    speaker = pytest.importorskip(client)
    asked = request(
        model,
        text("a person walks forward", 60),
        text("a person waves", 45),
        timing={"fps": 30},
        options={"seed": 4, "num_samples": 2},
    )
    samples = mmcp.parse_gltf_samples(speaker.generate(server.address, asked, access_token=TOKEN))
    assert len(samples) == 2
    again = speaker.generate(server.address, asked, access_token=TOKEN)
    for one, two in zip(samples, mmcp.parse_gltf_samples(again), strict=True):
        assert rotations_of(one).shape == (105, 25, 4)
        assert np.array_equal(rotations_of(one), rotations_of(two))
    assert not np.array_equal(rotations_of(samples[0]), rotations_of(samples[1]))
    assert np.linalg.norm(root_of(samples[0])[59, [0, 2]]) > 0.5


class Recording(FakeBackend):
    """Notes the seeds it was asked with."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[int]] = []

    def generate(self, captions: Any, *, seed: Any = None, **options: Any) -> Any:
        self.rows.append(list(seed))
        return super().generate(captions, seed=seed, **options)


def test_seeds_are_those_that_were_asked_for() -> None:
    def seeds(*segments: dict[str, Any], **options: Any) -> list[int]:
        body = request({"id": "x", "canonical_skeleton": canonical_skeleton().model_dump()}, *segments)
        backend = Recording()
        made(Services(backend, MotionMemory()), GenerateRequest.model_validate(body | {"options": options}))
        return backend.rows[0]

    jump, wave = text("a person jumps", 40, seed=1), text("a person waves", 40)
    assert seeds(jump, wave, seed=7) == [1, 8]
    assert seeds(jump, wave | {"seed": 3}, seed=7) == [1, 3]
    several = seeds(jump, wave, seed=7, num_samples=3)
    assert several[:2] == [1, 8] and len(set(several)) == 6
    assert several == seeds(jump, wave, seed=7, num_samples=3)
    assert seeds(wave, seed=-5) == seeds(wave, seed=2**31 - 5)  # any whole number
    assert seeds(wave) != seeds(wave)


def test_a_motion_can_be_the_prompt(server: Server, model: dict[str, Any]) -> None:
    walk = mmcp.parse_gltf_samples(post(server, request(model, text("a person walks forward", 60))).json())[0]
    clip = {
        "type": "motion_reference",
        "duration_frames": 60,
        "joint_names": list(walk["joint_names"]),
        "rotations": rotations_of(walk).tolist(),
        "root_positions": root_of(walk).tolist(),
        "fps": 20,
    }
    answer = post(server, request(model, clip, options={"seed": 2}))
    assert answer.status_code == 200, answer.text
    root = root_of(mmcp.parse_gltf_samples(answer.json())[0])
    assert np.linalg.norm(root[-1, [0, 2]] - root[0, [0, 2]]) > 0.5


def samples_of(server: Server, body: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The samples of an answer as the protocol's client reads them, and the notes that came along."""
    answer = mmcp.generate(server.address, body, access_token=TOKEN)
    assert isinstance(answer, dict)
    return mmcp.parse_gltf_samples(answer), answer["extensions"]["MMCP_motion"].get("notes", [])


def test_a_root_goes_where_its_path_has_it(server: Server, model: dict[str, Any]) -> None:
    frames = list(range(0, 120, 7))
    points = [[1.2 * np.sin(frame / 40), 2 + frame / 45] for frame in frames]
    path = {"type": "root_path", "frames": frames, "positions_xz": points}
    walk, options = text("a person walks forward", 120), {"seed": 1, "num_samples": 2}
    asked = request(model, walk, timing={"fps": 30}, options=options, constraints=[path])
    samples, notes = samples_of(server, asked)
    assert len(samples) == 2
    for sample in samples:
        assert np.linalg.norm(root_of(sample)[frames][:, [0, 2]] - points, axis=1).max() < 0.005
    assert {note["code"]: note["severity"] for note in notes}["root_path"] == "info"
    turned = path | {"heading_radians": [np.pi] * len(frames)}
    [sample, _], _ = samples_of(server, asked | {"constraints": [turned]})
    pelvis = np.asarray(sample["local_rot_mats"])[frames][:, list(sample["joint_names"]).index("pelvis")]
    assert np.degrees(np.arctan2(pelvis[:, 0, 2], -pelvis[:, 2, 2])) == pytest.approx(0, abs=0.5)
    assert np.linalg.norm(root_of(sample)[frames][:, [0, 2]] - points, axis=1).max() < 0.005


@pytest.mark.parametrize("frame", [0, 40, 89])
def test_a_motion_passes_through_a_pose(server: Server, model: dict[str, Any], frame: int) -> None:
    turns = {
        "pelvis": [0.0, 0.6, 0.0, 0.8],
        "left_shoulder": [0.0, 0.0, 0.6, 0.8],
        "head": [0.0, 0.0, 0.0, 1.0],
    }
    pose = {"type": "pose_keyframe", "frame": frame, "joint_rotations": turns, "root_position": [1, 0.9, 3]}
    walk = text("a person walks forward", 90)
    asked = request(model, walk, timing={"fps": 30}, options={"seed": 1}, constraints=[pose])
    [sample], _ = samples_of(server, asked)
    assert root_of(sample)[frame] == pytest.approx([1, 0.9, 3], abs=0.005)
    found = dict(zip(sample["joint_names"], rotations_of(sample)[frame], strict=True))
    for name, turn in turns.items():
        assert abs(np.dot(found[name], turn)) == pytest.approx(1, abs=1e-4)
    assert abs(found["left_knee"][3]) < 0.9999  # what was not told is the motion's own
    assert np.linalg.norm(np.diff(root_of(sample), axis=0), axis=1).max() * 30 < 3.0
    [sample], _ = samples_of(server, asked | {"constraints": [pose | {"fill_mode": "rest"}]})
    found = dict(zip(sample["joint_names"], rotations_of(sample)[frame], strict=True))
    assert abs(found["left_knee"][3]) == pytest.approx(1, abs=1e-4)


def test_a_loop_ends_as_it_begins(server: Server, model: dict[str, Any]) -> None:
    walk = text("a person walks forward", 80)
    asked = request(model, walk, timing={"fps": 30}, options={"seed": 1, "loop": True, "num_samples": 2})
    samples, notes = samples_of(server, asked)
    assert [note["severity"] for note in notes if note["code"] == "loop"] == ["info", "info"]
    for sample in samples:
        root = root_of(sample)
        poses = joints_of(sample) - root[:, None] * [1, 0, 1]
        assert poses.shape == (80, 22, 3) and np.abs(poses[-1] - poses[0]).max() < 0.005
        assert np.ptp(poses[:, JOINT["left_foot"], 2]) > 0.2
        steps = np.linalg.norm(np.diff(np.concatenate([poses, poses[1:3]]), axis=0), axis=-1)
        assert steps[-3:].max() < 1.5 * steps[:-3].max()  # and goes on as it went
        assert root[-1, 2] - root[0, 2] > 1.0


def test_the_floor_is_where_the_ground_is(server: Server, model: dict[str, Any]) -> None:
    walk, ground = text("a person walks forward", 60), {"type": "ground_height", "points": [[0, 0, 2.5]]}
    asked = request(model, walk, options={"seed": 1})
    [plain], _ = samples_of(server, asked)
    [high], notes = samples_of(server, asked | {"constraints": [ground]})
    assert root_of(high) - root_of(plain) == pytest.approx(np.tile([0, 2.5, 0], (60, 1)), abs=1e-4)
    assert joints_of(high)[..., 1].min() == pytest.approx(2.5, abs=0.05)
    assert {note["code"] for note in notes} >= {"ground_height"}


def test_what_is_missed_is_a_warning(walk: np.ndarray) -> None:
    motion = Motion(joints=retarget(walk).astype(np.float32))
    lying = request({"id": "x", "canonical_skeleton": canonical_skeleton().model_dump()}, text("x", 60))
    pose = {"type": "pose_keyframe", "frame": 30, "joint_rotations": {"pelvis": [0, 0, 0, 1]}}
    pose |= {"root_position": [0, 0.3, 0]}
    body = lying | {"constraints": [pose, {"type": "ground_height", "points": [[0, 0, 0]]}]}
    asked = asked_of(GenerateRequest.model_validate(body))
    notes = {note["code"]: note for note in as_result([motion], 60, 20.0, [], asked).notes}
    assert notes["pose_keyframe"]["severity"] == "info"
    assert notes["ground_height"]["severity"] == "warning" and "under" in notes["ground_height"]["message"]
    untouched = as_result([motion], 60, 20.0, [])
    rig = RigMotion(typical_offsets(), untouched.rotations[0], untouched.root_translations[0])
    assert {note["code"] for note in asked.measured(rig) if note["severity"] == "warning"} >= {
        "pose_keyframe",
        "root_path",
    }


@pytest.mark.parametrize(
    ("first", "second", "agree"),
    [
        ((0.0, 0.0, np.pi), (0.0, 0.0, -np.pi), True),
        ((1.0, 2.0, 0.5), (1.0, 2.0, 0.5 + 4 * np.pi), True),
        ((0.0, 0.0, 3.1), (0.0, 0.0, -3.1), False),
        ((2 * np.pi, 0.0, 0.0), (0.0, 0.0, 0.0), False),
        ((0.0, 2 * np.pi, 0.0), (0.0, 0.0, 0.0), False),
    ],
)
def test_only_headings_are_the_same_after_a_whole_turn(
    first: tuple[float, ...], second: tuple[float, ...], agree: bool
) -> None:
    """Two paths that say of one frame where the root is, x and z, and how it is turned."""
    paths = [
        {"type": "root_path", "frames": [5], "positions_xz": [[x, z]], "heading_radians": [heading]}
        for x, z, heading in (first, second)
    ]
    walk = request({"id": "x", "canonical_skeleton": canonical_skeleton().model_dump()}, text("x", 60))
    both = GenerateRequest.model_validate(walk | {"constraints": paths})
    if agree:
        way = asked_of(both).way
        assert way is not None and [*way.points[0], way.headings[0]] == pytest.approx(first)
    else:
        with pytest.raises(ProtocolError, match="contradict each other in frame 5"):
            asked_of(both)


def test_a_batch_answers_each_for_itself(server: Server, model: dict[str, Any]) -> None:
    right, wrong = request(model, text("a person waves", 20)), request(model, text(" ", 20))
    answer = post(server, {"protocol_version": "1.4", "requests": [right, wrong, right | {"model": "other"}]})
    first, second, third = answer.json()["results"]
    assert "gltf" in first and second["error"]["code"] == "invalid_options"
    assert third["error"]["code"] == "unknown_model"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"options": {"loop": True}, "segments": [text("a person waves", 20)] * 2}, 400, "invalid_options"),
        ({"options": {"loop": True}, "segments": [text("a person waves", 10)]}, 400, "invalid_options"),
        ({"options": {"loop": True}, "constraints": [PATH]}, 400, "invalid_options"),
        ({"options": {"guidance": {"type": "regular", "weight": [2.0]}}}, 400, "invalid_options"),
        ({"constraints": [EFFECTOR]}, 400, "unsupported_constraint"),
        ({"constraints": [PATH | {"frames": [0, 99]}]}, 400, "frame_out_of_range"),
        ({"constraints": [PATH | {"positions_xz": [[0, 0], [0, 9]]}]}, 400, "invalid_request"),
        ({"constraints": [PATH | {"positions_xz": [[0, 0], [0, 1e9]]}]}, 400, "invalid_request"),
        ({"constraints": [PATH, PATH | {"positions_xz": [[0, 0], [0, 2]]}]}, 400, "invalid_request"),
        ({"constraints": [POSE, POSE]}, 400, "invalid_request"),
        ({"constraints": [POSE | {"joint_rotations": {"head": [0, 0, 0, 0]}}]}, 400, "invalid_request"),
        ({"constraints": [POSE | {"joint_rotations": {"tail": [0, 0, 0, 1]}}]}, 400, "unknown_joint"),
        ({"constraints": [GROUND | {"points": [[0, 0, 0], [0, 1, 0.5]]}]}, 400, "invalid_request"),
        ({"constraints": [GROUND] * 65}, 400, "invalid_options"),
        ({"segments": [], "duration_frames": 20, "constraints": [GROUND]}, 400, "invalid_request"),
        ({"segments": [{"type": "pose", "prompt": "a person sits"}]}, 400, "unsupported_segment"),
        ({"segments": [text("a person waves", 1)]}, 400, "invalid_options"),
        ({"segments": [text("a person waves", 20)] * 65}, 400, "invalid_options"),
        ({"segments": [text("a person waves", 20000)]}, 400, "invalid_options"),
        ({"segments": [{"type": ["text"]}]}, 422, "schema_validation"),
        ({"segments": [text("fhqwhgads", 20)]}, 400, "invalid_request"),
        ({"timing": {"fps": 1e7}, "segments": [text("a person waves", 10**7)]}, 400, "invalid_options"),
        ({"model": "other"}, 400, "unknown_model"),
        ({"protocol_version": "2.0"}, 400, "version_unsupported"),
    ],
)
def test_what_cannot_be_done_is_refused(
    server: Server, model: dict[str, Any], change: dict[str, Any], status: int, code: str
) -> None:
    answer = post(server, request(model, text("a person waves", 20)) | change)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text


def test_another_body_is_refused(server: Server, model: dict[str, Any]) -> None:
    joints = [dict(joint) for joint in model["canonical_skeleton"]["joints"]]
    joints[3]["rest_translation"] = [0, 0.5, 0]
    body = request(model, text("a person waves", 20)) | {"skeleton": {"joints": joints}}
    assert post(server, body).json()["error"]["code"] == "retargeting_unsupported"


def test_the_rig_stands_where_the_motion_does(walk: np.ndarray) -> None:
    motion = Motion(joints=retarget(walk).astype(np.float32))
    result = as_result([motion], motion.frames, FPS, [])
    rig = RigMotion(typical_offsets(), result.rotations[0], result.root_translations[0])
    assert np.linalg.norm(rig.joints() - motion.joints, axis=-1).max() < 0.04
    assert result.foot_contacts["left_foot"].shape == (1, motion.frames)


def test_a_clock_of_another_rate_reads_the_same_motion(walk: np.ndarray) -> None:
    motion = Motion(joints=walk)
    slow, fast = (as_result([motion], frames, fps, []) for frames, fps in ((60, 20.0), (180, 60.0)))
    assert np.allclose(slow.root_translations[0][10], fast.root_translations[0][30], atol=1e-5)
    held = as_result([motion], 100, 20.0, [])
    assert np.array_equal(held.root_translations[0][-1], held.root_translations[0][60])


def test_a_reference_is_the_motion_that_was_sent(walk: np.ndarray) -> None:
    motion = Motion(joints=retarget(walk).astype(np.float32))
    sent = as_result([motion], motion.frames, FPS, [])
    names = [joint.name for joint in canonical_skeleton().joints]
    segment = MotionReferenceSegment(
        type="motion_reference",
        duration_frames=60,
        joint_names=names[::-1],
        rotations=sent.rotations[0][:, ::-1].tolist(),
        root_positions=sent.root_translations[0].tolist(),
        fps=20,
    )
    read = reference_motion(segment)
    assert np.linalg.norm(read.joints - motion.joints, axis=-1).max() < 0.04
    nothing = segment.model_copy(update={"rotations": (sent.rotations[0] * 0).tolist()})
    with pytest.raises(ProtocolError, match="quaternion"):
        reference_motion(nothing)


@pytest.mark.parametrize(
    ("seconds", "tokens"),
    [([1.0, 1.0], [5, 5]), ([0.5, 0.5], [2, 3]), ([0.33, 0.33, 0.33], [2, 1, 2]), ([0.3], [2])],
)
def test_boundaries_fall_where_they_were_asked_for(seconds: list[float], tokens: list[int]) -> None:
    assert token_lengths(seconds) == tokens
