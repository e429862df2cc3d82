"""glTF: ours comes back, other programs' humanoids are understood, documents that lie are refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import foreign_gltf as foreign
import numpy as np
import pytest
from foreign_gltf import Document
from helpers import walking
from motion_agent.motion_models.errors import FormatError, InvalidMotionError
from motion_agent.motion_models.formats import load_motion, read_person, save_motion
from motion_agent.motion_models.formats.reading.keyframes import Track
from motion_agent.motion_models.motion.motion import Motion
from scipy.spatial.transform import Rotation

WALK = walking(40)


def far_from_walk(path: Path) -> float:
    joints = read_person(path).joints
    assert len(joints) == len(WALK)
    return float(np.abs(joints - WALK)[:, [1, 2, 4, 5, 7, 8, 10, 11, 16, 17, 18, 19, 20, 21]].max())


def test_ours_comes_back_person_by_person(tmp_path: Path) -> None:
    motion = Motion(WALK, name="walk")
    path = save_motion([motion, motion.moved(theta=90, x=1)], tmp_path / "pair.glb")
    assert load_motion(path).notes == ("it holds 2 people; number 1 was read",)
    for person in (1, 2):
        assert np.abs(load_motion(path, person=person).joints - WALK).max() < 1e-5
    with pytest.raises(FormatError, match="no number 3"):
        load_motion(path, person=3)


@pytest.mark.parametrize("kind", ["LINEAR", "STEP", "CUBICSPLINE"])
@pytest.mark.parametrize("shorts", [False, True])
def test_tracks_of_every_kind(kind: str, shorts: bool, tmp_path: Path) -> None:
    if shorts and kind == "CUBICSPLINE":
        pytest.skip("tangents do not fit into shares")
    document = Document()
    foreign.skeleton(document, foreign.figure(WALK, "Mixamo"), fps=20, kind=kind, shorts=shorts)
    assert far_from_walk(document.glb(tmp_path / "walk.glb")) < 1e-3


@pytest.mark.parametrize("between", [0.25, 1.0, 4.0])
def test_cubic_tracks_follow_their_tangents_between_keys(between: float) -> None:
    """The cubic through keys with its own slopes is that cubic again, however many seconds lie between."""
    keys = np.arange(4) * between
    curve = np.polynomial.Polynomial([1.0, -2.0, 0.5, 0.3])
    slopes = curve.deriv()(keys)
    values = np.stack([slopes, curve(keys), slopes], axis=1).reshape(-1, 1)
    times = np.linspace(keys[0], keys[-1], 31)
    assert Track(keys, values, "CUBICSPLINE").at(times)[:, 0] == pytest.approx(curve(times), abs=1e-9)


@pytest.mark.parametrize("fps", [10.0, 30.0, 120.0])
def test_keys_between_frames_are_interpolated(fps: float, tmp_path: Path) -> None:
    document = Document()
    frames = round(1.95 * fps) + 1
    foreign.skeleton(document, foreign.figure(walking(frames + 1, fps=fps), "VRM"), fps=fps)
    joints = read_person(document.glb(tmp_path / "walk.glb")).joints[: len(WALK)]
    assert np.abs(joints - WALK[: len(joints)])[:, [4, 5, 7, 8, 18, 19]].max() < (0.04 if fps == 10 else 5e-3)


def test_a_skeleton_in_centimetres_under_a_turned_armature(tmp_path: Path) -> None:
    """As programs with Z up write it: the joints lie in a node that turns and shrinks them."""
    z_up = Rotation.from_euler("x", 90, degrees=True)
    root = foreign.figure(WALK, "Mixamo", unit=0.01)
    for joint in root.walk():
        joint.offset = z_up.apply(joint.offset)
        joint.end = None if joint.end is None else z_up.apply(joint.end)
        assert joint.values is not None
        turns = z_up * Rotation.from_euler("ZXY", joint.values[:, -3:], degrees=True) * z_up.inv()
        joint.values[:, -3:] = turns.as_euler("ZXY", degrees=True)
    assert root.values is not None
    root.values[:, :3] = z_up.apply(root.values[:, :3])
    document = Document()
    half = float(np.sqrt(0.5))
    armature = document.node(name="Armature", rotation=[-half, 0, 0, half], scale=[0.01, 0.01, 0.01])
    foreign.skeleton(document, root, fps=20, above=armature)
    motion = load_motion(document.glb(tmp_path / "walk.glb"))
    assert far_from_walk(tmp_path / "walk.glb") < 1e-3 and motion.notes == ()


@pytest.mark.parametrize("inside", [True, False])
def test_documents_with_their_buffer_inside_or_beside_them(inside: bool, tmp_path: Path) -> None:
    document = Document()
    foreign.skeleton(document, foreign.figure(WALK, "Unreal"), fps=20)
    assert far_from_walk(document.gltf(tmp_path / "walk.gltf", inside=inside)) < 1e-3


@pytest.mark.parametrize("extension", ["VRM", "VRMC_vrm", "VRMC_vrm_animation"])
def test_bones_that_an_extension_names(extension: str, tmp_path: Path) -> None:
    document = Document()
    nodes = foreign.skeleton(document, foreign.figure(WALK, "VRM"), fps=20)
    bones = {name: {"node": number} for name, number in nodes.items()}
    listed = [{"bone": name, **entry} for name, entry in bones.items()]
    human = {"humanBones": listed if extension == "VRM" else bones}
    document.json["extensions"] = {extension: {"humanoid": human}}
    for number, node in enumerate(document.json["nodes"]):
        node["name"] = f"item {number * 7 % 31}"
    document.json["skins"] = []
    assert far_from_walk(document.glb(tmp_path / "walk.vrma")) < 1e-3
    assert load_motion(tmp_path / "walk.vrma").notes == ()


def test_several_animations_are_named(tmp_path: Path) -> None:
    document = Document()
    foreign.skeleton(document, foreign.figure(WALK, "Mixamo"), fps=20)
    document.json["animations"].append({"name": "run", "channels": [], "samplers": []})
    assert load_motion(document.glb(tmp_path / "walk.glb")).notes == (
        "it holds 2 animations (take, run); the first was read",
    )


def without_animation(document: Document) -> None:
    document.json["animations"] = []


def circle(document: Document) -> None:
    nodes = document.json["nodes"]
    nodes[0]["name"], nodes[5]["children"] = "a", [0]


def huge_count(document: Document) -> None:
    document.json["accessors"][0]["count"] = 9_999_999


def before_the_buffer(document: Document) -> None:
    document.json["bufferViews"][0]["byteOffset"] = -8


def falling_times(document: Document) -> None:
    first = document.json["bufferViews"][document.json["animations"][0]["samplers"][0]["input"]]
    document.blob[first["byteOffset"] : first["byteOffset"] + 8] = np.array([5, 4], "<f4").tobytes()


def not_finite(document: Document) -> None:
    document.blob[:4] = np.array([np.nan], "<f4").tobytes()


def elsewhere(document: Document) -> None:
    document.json["buffers"] = [{"byteLength": 4, "uri": "../../etc/passwd"}]


def no_sampler(document: Document) -> None:
    document.json["animations"][0]["channels"][0]["sampler"] = 5000


def compressed(document: Document) -> None:
    document.json["bufferViews"][0]["extensions"] = {"EXT_meshopt_compression": {}}


def years(document: Document) -> None:
    first = document.json["bufferViews"][0]["byteOffset"]
    document.blob[first + 156 : first + 160] = np.array([1e9], "<f4").tobytes()


def sparse(document: Document) -> None:
    document.json["accessors"][0] |= {"sparse": {"count": 1}}
    del document.json["accessors"][0]["bufferView"]


def text_for_a_number(document: Document) -> None:
    document.json["nodes"][3]["translation"] = ["a", 0, 0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (without_animation, "there is no animation"), (circle, "circle|one parent"),
        (huge_count, "beyond its buffer"),
        (before_the_buffer, "not a glTF"), (falling_times, "do not rise"), (not_finite, "NaN"),
        (elsewhere, "not a file beside it"), (no_sampler, "does not hold"), (compressed, "compressed"),
        (years, "s of motion"), (sparse, "kind that animations"),
        (text_for_a_number, r"nodes\.3\.translation"),
    ],
)  # fmt: skip
def test_documents_that_are_wrong(change: Callable[[Document], None], said: str, tmp_path: Path) -> None:
    document = Document()
    foreign.skeleton(document, foreign.figure(WALK, "Mixamo"), fps=20)
    change(document)
    if change is elsewhere:
        (tmp_path / "walk.gltf").write_text(json.dumps(document.json))
        path = tmp_path / "walk.gltf"
    else:
        path = document.glb(tmp_path / "walk.glb")
    with pytest.raises((FormatError, InvalidMotionError), match=said):
        load_motion(path)


def test_rates_do_not_apply(tmp_path: Path) -> None:
    path = save_motion(Motion(WALK), tmp_path / "walk.glb")
    with pytest.raises(FormatError, match="--fps does not apply"):
        load_motion(path, fps=30)


def test_deep_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "deep.gltf").write_text('{"asset":' + "[" * 100_000 + "]" * 100_000 + "}")
    with pytest.raises(FormatError, match="not a glTF"):
        load_motion(tmp_path / "deep.gltf")


@pytest.mark.parametrize(
    ("tangent", "halfway"),
    [
        ("into the first", 0.0),
        ("out of the first", 1.0),
        ("into the second", -1.0),
        ("out of the second", 0.0),
    ],
)
def test_between_two_keys_count_the_tangents_out_of_the_first_and_into_the_second(
    tangent: str, halfway: float
) -> None:
    values = np.zeros((6, 1))
    values[
        ["into the first", "", "out of the first", "into the second", "", "out of the second"].index(tangent)
    ] = 8
    track = Track(np.array([0.0, 1.0]), values, "CUBICSPLINE")
    assert track.at(np.array([0.5]))[0, 0] == pytest.approx(halfway)
