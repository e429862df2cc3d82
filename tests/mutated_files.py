"""Motion files of every format that can be read, and damaged copies of them.

`python tests/mutated_files.py COUNT` reads COUNT damaged files of every format and prints what happened as
JSON; it exits with 1 where something else than a typed error was raised.
"""

from __future__ import annotations

import io
import json
import pickle
import random
import resource
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import foreign_acclaim
import foreign_bvh
import foreign_gltf
import numpy as np
from helpers import walking
from motion_agent.motion_models.errors import FormatError, InvalidMotionError
from motion_agent.motion_models.formats import load_motion, save_motion
from motion_agent.motion_models.motion.motion import Motion, Segment

JUNK = [
    b"}", b"{", b"nan", b"1e308", b"-inf", b"MOTION", b"JOINT x\n", b"\nOFFSET 1e99 0 0\n", b"0" * 5000,
    b"\0", b"\xff\xfe",
    b"[" * 2000, b"-1", b"99999999999", b"null", b'"', b"CHANNELS 6", b"Frames: 1000000000",
    b"1e38 " * 400, b",", b"#",
]  # fmt: skip


def originals(folder: Path) -> dict[str, Path]:
    """A small sound file of every kind by its name."""
    walk = walking(16)
    motion = Motion(walk, name="walk", caption="walks", segments=(Segment("walks", 0.0, 0.8),))
    made = {
        "walk.bvh": save_motion(motion, folder / "walk.bvh"),
        "walk.glb": save_motion(motion, folder / "walk.glb"),
        "walk.npz": save_motion(motion, folder / "walk.npz"),
        "walk.npy": save_motion(motion, folder / "walk.npy"),
    }
    foreign_bvh.write(foreign_bvh.renamed(foreign_bvh.figure(walk), "MakeHuman"), folder / "foreign.bvh")
    document = foreign_gltf.Document()
    foreign_gltf.skeleton(document, foreign_gltf.figure(walk, "Mixamo"), fps=20, kind="CUBICSPLINE")
    document.gltf(folder / "walk.gltf", inside=True)
    np.save(folder / "features.npy", motion.features)
    poses = np.random.default_rng(1).normal(scale=0.1, size=(16, 156)).astype(np.float32)
    place = np.tile(np.array([0, 0, 1.1], np.float32), (16, 1))
    np.savez(folder / "amass.npz", poses=poses, trans=place, mocap_framerate=20.0, gender="neutral")
    np.savez_compressed(folder / "kimodo.npz", posed_joints=walk)
    aist = {"smpl_poses": poses[:, :72], "smpl_trans": place[:, [0, 2, 1]], "smpl_scaling": np.array([1.0])}
    (folder / "aist.pkl").write_bytes(pickle.dumps(aist, protocol=2))
    results: dict[str, Any] = {
        "motion": walk.transpose(1, 2, 0)[None],
        "lengths": np.array([16]),
        "text": ["walks"],
    }
    np.save(folder / "results.npy", np.array(results, dtype=object), allow_pickle=True)
    (folder / "07.asf").write_text(foreign_acclaim.asf_text())
    (folder / "07_01.amc").write_text(foreign_acclaim.amc_text(48))
    for name in (
        "07_01.amc",
        "foreign.bvh",
        "walk.gltf",
        "features.npy",
        "amass.npz",
        "kimodo.npz",
        "aist.pkl",
        "results.npy",
    ):
        made[name] = folder / name
    return made


def damaged(raw: bytes, chance: random.Random) -> bytes:
    """A copy of a file with one to three wounds."""
    hurt = bytearray(raw)
    for _ in range(chance.randint(1, 3)):
        at = (
            chance.randrange(len(hurt) + 1)
            if chance.random() < 0.6
            else chance.randrange(min(len(hurt), 600) + 1)
        )
        kind = chance.randrange(6)
        if kind == 0 and hurt:
            hurt[min(at, len(hurt) - 1)] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del hurt[at : at + chance.choice([1, 4, 40, 4000])]
        elif kind == 2:
            hurt[at:at] = chance.choice(JUNK)
        elif kind == 3:
            piece = chance.choice(JUNK)
            hurt[at : at + len(piece)] = piece
        elif kind == 4:
            hurt[at : at + 8] = chance.randbytes(8)
        else:
            other = chance.randrange(len(hurt) + 1)
            hurt[at:at] = hurt[other : other + chance.choice([2, 16, 300])]
    return bytes(hurt)


def damaged_members(raw: bytes, chance: random.Random) -> bytes:
    """A copy of an archive one of whose arrays is another: of another shape, type or content."""
    with np.load(io.BytesIO(raw), allow_pickle=False) as file:
        arrays = dict(file)
    name = chance.choice(sorted(arrays))
    array = arrays[name]
    others = [
        array.astype("U") if array.size < 100 else array[:1], array[..., None], array.ravel()[:1],
        np.zeros(0),
        np.zeros(()),
        np.full(array.shape, np.nan) if array.dtype.kind == "f" else np.array(["x" * 50]), np.array(10**18),
        array == 0,
        (array * 1e30).astype(np.float64) if array.dtype.kind == "f" else np.array(-1), np.array([[b"\0"]]),
        array.astype(np.complex64) if array.dtype.kind == "f" else np.array([1.5, 2.5]),
    ]  # fmt: skip
    if chance.random() < 0.2:
        del arrays[name]
    else:
        arrays[name] = chance.choice(others)
    out = io.BytesIO()
    np.savez(out, **arrays)  # type: ignore[arg-type]
    return out.getvalue()


def read_damaged(path: Path, count: int, seed: int = 0) -> dict[str, Any]:
    """Read damaged copies of a file; how many were read, refused, and what else was raised."""
    raw, chance = path.read_bytes(), random.Random(f"{path.name} {seed}")
    told: dict[str, Any] = {"read": 0, "refused": 0, "raised": []}
    for number in range(count):
        archive = path.suffix == ".npz" and number % 2
        path.write_bytes(damaged_members(raw, chance) if archive else damaged(raw, chance))
        try:
            load_motion(path)
            told["read"] += 1
        except (FormatError, InvalidMotionError) as error:
            told["refused"] += 1
            if not str(error) or "\n" in str(error) or len(str(error)) > 2000:
                told["raised"].append(f"{number}: a message that is none: {str(error)[:200]!r}")
        except Exception as error:  # what is looked for
            told["raised"].append(f"{number}: {type(error).__name__}: {str(error)[:200]}")
            (path.parent / f"raised-{number}-{path.name}").write_bytes(path.read_bytes())
    path.write_bytes(raw)
    return told


def main(count: int) -> int:
    warnings.simplefilter("error")
    with tempfile.TemporaryDirectory() as folder:
        files = originals(Path(folder))
        for path in files.values():
            load_motion(path)
        idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        told: dict[str, Any] = {name: read_damaged(path, count) for name, path in files.items()}
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - idle) / 1024
    print(json.dumps({"files": told, "megabytes": grown}))
    return 1 if any(each["raised"] for each in told.values()) else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
