"""What a report leaves behind."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from motion_agent.evals.report import Report


def report(value: float) -> Report:
    return Report("Speed", "motion-agent eval speed", "the default", "| a |", {"values": [value]})


def test_a_saved_report_can_be_read_back(tmp_path: Path) -> None:
    as_json, as_text = report(1.5).save(tmp_path / "new", "speed")
    assert json.loads(as_json.read_text()) == asdict(report(1.5))
    assert as_text.read_text().startswith("## Speed\n\n`motion-agent eval speed` on the default")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_json_cannot_hold_is_refused(value: float, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        report(value).save(tmp_path, "speed")
