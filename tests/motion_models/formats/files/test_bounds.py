"""Files that would take the machine: nothing large is unpacked or allocated, and no code of theirs runs."""

from __future__ import annotations

import io
import json
import pickle
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import foreign_bvh as foreign
import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.errors import FormatError, InvalidMotionError
from motion_agent.motion_models.formats import load_motion, save_motion
from motion_agent.motion_models.formats.files.arrays import open_archive
from motion_agent.motion_models.formats.files.options import ReadOptions
from motion_agent.motion_models.formats.files.pickles import read_plain
from motion_agent.motion_models.motion.motion import Motion

WALK = walking(20)
MIB = 1 << 20
MUTATED = Path(__file__).parents[3] / "mutated_files.py"


def header(shape: tuple[int, ...], descr: str = "<f4") -> bytes:
    """The header of an .npy file that promises such an array."""
    out = io.BytesIO()
    np.lib.format.write_array_header_1_0(out, {"descr": descr, "fortran_order": False, "shape": shape})
    return out.getvalue()


def test_only_what_is_needed_of_an_archive_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        out = io.BytesIO()
        np.save(out, WALK)
        archive.writestr("joints.npy", out.getvalue())
        with archive.open("other.npy", "w") as other:
            other.write(header((64 * MIB,)))
            for _ in range(256):
                other.write(bytes(MIB))
    assert np.array_equal(load_motion(path, max_bytes=MIB).joints, WALK)
    opened = open_archive(path, ReadOptions(max_bytes=MIB))
    assert opened.shape("other") == (64 * MIB,) and opened.taken == 0
    with pytest.raises(FormatError, match="256 MiB to be read; at most 1 are allowed"):
        opened["other"]


def test_arrays_of_an_archive_count_together(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "two.npz", a=np.zeros(MIB, np.uint8), b=np.zeros(MIB, np.uint8))
    opened = open_archive(tmp_path / "two.npz", ReadOptions(max_bytes=3 * MIB // 2))
    assert opened["a"].size == MIB and opened["a"] is opened["a"]
    with pytest.raises(FormatError, match="to be read"):
        opened["b"]


@pytest.mark.parametrize(
    ("shape", "descr"),
    [((10**11, 22, 3), "<f4"), ((2**62,), "<f8"), ((5, 22, 3), "<U99999999"), ((10**6,), "V1000000")],
)
def test_what_a_header_claims_is_not_allocated(shape: tuple[int, ...], descr: str, tmp_path: Path) -> None:
    (tmp_path / "claims.npy").write_bytes(header(shape, descr) + bytes(100))
    with pytest.raises(FormatError, match=r"MiB to be read|cut off"):
        load_motion(tmp_path / "claims.npy")


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path) -> None:
    for name in ("walk.bvh", "walk.glb", "walk.npy", "walk.npz"):
        path = save_motion(Motion(WALK), tmp_path / name)
        with pytest.raises(FormatError, match="max_file_megabytes"):
            load_motion(path, max_bytes=1000)
        assert load_motion(path, max_bytes=MIB).frames == 20


@pytest.mark.parametrize(
    "raw",
    [
        pickle.MEMOIZE * 3,
        b"\x80\x04" + pickle.LONG_BINPUT + struct.pack("<I", 2**31),
        b"\x80\x04" + pickle.NONE + pickle.LONG_BINPUT + struct.pack("<I", 2**32 - 1) + pickle.STOP,
        b"\x80\x04" + pickle.BINBYTES8 + struct.pack("<Q", 2**60),
        b"\x80\x04" + pickle.FRAME + struct.pack("<Q", 2**60) + pickle.NONE + pickle.STOP,
        b"\x80\x04" + pickle.EMPTY_LIST + (pickle.EMPTY_LIST * 5000) + pickle.APPEND * 5000 + pickle.STOP,
        pickle.GLOBAL + b"os\nsystem\n(S'true'\ntR.",
        pickle.GLOBAL + b"numpy\nndarray\n(I99999999999\ntR.",
        pickle.GLOBAL + b"_codecs\nencode\n}b.",
        pickle.GLOBAL + b"numpy.core.multiarray\nscalar\n)\x81.",
        b"",
    ],
)
def test_pickles_that_are_no_data_are_refused(raw: bytes, tmp_path: Path) -> None:
    (tmp_path / "odd.pkl").write_bytes(raw)
    with pytest.raises((FormatError, InvalidMotionError)):
        load_motion(tmp_path / "odd.pkl")


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_plain_data_comes_out_of_pickles_as_it_went_in(protocol: int) -> None:
    data: dict[str, Any] = {
        "array": WALK, "fortran": np.asfortranarray(WALK[0]), "big": WALK.astype(">f8"),
        "count": np.int64(7), "text": "ä",
        "list": [1, 2.5, None, b"raw"], "objects": np.array(["a", "bc"], dtype=object),
        "empty": np.zeros((0, 3)),
    }  # fmt: skip
    found = read_plain(pickle.dumps(data, protocol), Path("data.pkl"), ReadOptions())
    assert list(found) == list(data)
    for name in ("array", "fortran", "big", "empty"):
        assert found[name].shape == data[name].shape and np.array_equal(found[name], data[name])
    assert found["count"] == 7 and found["text"] == "ä" and found["list"] == [1, 2.5, None, b"raw"]
    assert found["objects"] == ["a", "bc"]


def test_skeletons_without_an_end_are_refused(tmp_path: Path) -> None:
    deep = "".join(f"JOINT j{n}\n{{\nOFFSET 0 1 0\nCHANNELS 0\n" for n in range(6000)) + "}\n" * 6000
    text = (
        f"HIERARCHY\nROOT r\n{{\nOFFSET 0 0 0\nCHANNELS 3 Xrotation Yrotation Zrotation\n{deep}}}\nMOTION\n"
    )
    (tmp_path / "deep.bvh").write_text(f"{text}Frames: 6\nFrame Time: .05\n" + "0 0 0\n" * 6)
    with pytest.raises(FormatError, match="more than 4096 joints"):
        load_motion(tmp_path / "deep.bvh")


def test_progress_is_told_from_beginning_to_end(tmp_path: Path) -> None:
    root = foreign.renamed(foreign.figure(walking(6000, fps=120.0)), "Mixamo")
    told: list[float] = []
    load_motion(foreign.write(root, tmp_path / "long.bvh", fps=120.0), progress=told.append)
    assert len(told) > 5 and told == sorted(told) and told[-1] == 1.0 and told[0] < 0.4


def damage(count: int) -> dict[str, Any]:
    """Read `count` damaged files of every format in a process of their own; what it told."""
    command = [sys.executable, str(MUTATED), str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def check_damage(told: dict[str, Any], count: int) -> None:
    for name, each in told["files"].items():
        assert each["raised"] == [], name
        assert each["read"] + each["refused"] == count
    assert len(told["files"]) == 12
    assert told["megabytes"] < 1024


def test_damaged_files_raise_typed_errors_only() -> None:
    check_damage(damage(25), 25)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_two_thousand_damaged_files_of_every_format() -> None:
    check_damage(damage(2000), 2000)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_long_recording_takes_less_than_three_times_its_size(tmp_path: Path) -> None:
    head, _, rows = foreign.text(foreign.figure(walking(1200, fps=120.0)), fps=120.0).partition(
        "Frames: 1200\n"
    )
    first, _, rows = rows.partition("\n")
    copies = 200 * MIB // len(rows) + 1
    path = tmp_path / "long.bvh"
    with path.open("w") as file:
        file.write(f"{head}Frames: {1200 * copies}\n{first}\n")
        for _ in range(copies):
            file.write(rows)
    program = (
        "import resource, sys; from motion_agent.motion_models.formats import load_motion\n"
        "load_motion(sys.argv[1]); print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 3 * path.stat().st_size
