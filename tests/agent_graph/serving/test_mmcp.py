"""MMCP, spoken by the protocol's own clients: what is offered is done, and what is not is refused."""

from __future__ import annotations

from typing import Any

import httpx
import numpy as np
import pytest
from fakes import FakeBackend
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
from motion_agent.motion_models.motion.skeleton import retarget
from motion_agent.tools.memory import MotionMemory
from motion_agent.tools.services import Services
from motionmcp import GenerateRequest, MotionReferenceSegment, ProtocolError
from motionmcp import client as mmcp
from scipy.spatial.transform import Rotation
from servers import KEYS, Server

TOKEN = KEYS["ada"]


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


def test_what_is_not_there_is_not_claimed(model: dict[str, Any]) -> None:
    assert model["supported_constraints"] == [] and not model["supports_loop"]
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
        self.seeds: list[list[int]] = []

    def generate(self, captions: Any, *, seed: Any = None, **options: Any) -> Any:
        self.seeds.append(list(seed))
        return super().generate(captions, seed=seed, **options)


def test_seeds_are_those_that_were_asked_for() -> None:
    def seeds(*segments: dict[str, Any], **options: Any) -> list[int]:
        body = request({"id": "x", "canonical_skeleton": canonical_skeleton().model_dump()}, *segments)
        backend = Recording()
        made(Services(backend, MotionMemory()), GenerateRequest.model_validate(body | {"options": options}))
        return backend.seeds[0]

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


def test_a_batch_answers_each_for_itself(server: Server, model: dict[str, Any]) -> None:
    right, wrong = request(model, text("a person waves", 20)), request(model, text(" ", 20))
    answer = post(server, {"protocol_version": "1.4", "requests": [right, wrong, right | {"model": "other"}]})
    first, second, third = answer.json()["results"]
    assert "gltf" in first and second["error"]["code"] == "invalid_options"
    assert third["error"]["code"] == "unknown_model"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"options": {"loop": True}}, 400, "invalid_options"),
        ({"options": {"guidance": {"type": "regular", "weight": [2.0]}}}, 400, "invalid_options"),
        (
            {"constraints": [{"type": "root_path", "frames": [0], "positions_xz": [[0, 0]]}]},
            400,
            "unsupported_constraint",
        ),
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
