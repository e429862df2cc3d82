"""A record that differs is told, wherever it differs, and rounding is not told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from records import recording
from records.recording import assert_recorded, differences, plain

KEPT = {"walk": {"seconds": 2.0, "notes": ["slow"]}, "jump": None}


@pytest.mark.parametrize(
    ("found", "places"),
    [
        (KEPT, []),
        ({**KEPT, "walk": {"seconds": 2.0019, "notes": ["slow"]}}, []),
        ({**KEPT, "walk": {"seconds": 2, "notes": ["slow"]}}, []),
        ({**KEPT, "walk": {"seconds": 2.1, "notes": ["slow"]}}, ["walk / seconds"]),
        ({**KEPT, "walk": {"seconds": 2.0, "notes": []}}, ["walk / notes"]),
        ({**KEPT, "walk": {"seconds": 2.0, "notes": ["fast"]}}, ["walk / notes[0]"]),
        ({**KEPT, "jump": False}, ["jump"]),
        ({"walk": KEPT["walk"]}, ["jump"]),
        ({**KEPT, "bow": 1}, ["bow"]),
    ],
)
def test_what_differs_is_told(found: object, places: list[str]) -> None:
    assert [line.partition(":")[0] for line in differences(KEPT, found)] == places


def test_truth_is_no_number() -> None:
    assert list(differences({"met": True}, {"met": 1}))


def test_a_record_is_written_only_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "FOLDER", tmp_path)
    monkeypatch.setenv("RECORDS", "write")
    assert_recorded("one", {"walk": np.array([1.00049, 2.0])})
    monkeypatch.delenv("RECORDS")
    assert_recorded("one", {"walk": (1.0, 2.0)})
    with pytest.raises(AssertionError, match=r"one\.json says otherwise:\nwalk\[1\]: 2\.0 is now 3\.0"):
        assert_recorded("one", {"walk": [1.0, 3.0]})


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(TypeError, match="a record holds no object"):
        plain({"walk": object()})
