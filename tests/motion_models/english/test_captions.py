"""Captions that ship: loading, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from motion_agent.motion_models.data.cmu import trial_index
from motion_agent.motion_models.english.captions import CaptionedSegment, load_captions
from motion_agent.motion_models.errors import FormatError


def test_shipped_captions_belong_to_known_trials() -> None:
    segments = load_captions()
    assert len(segments) > 1500
    assert {segment.trial for segment in segments} <= set(trial_index())
    assert all(len(segment.captions) == 4 for segment in segments)


def test_a_written_segment_is_read_back(tmp_path: Path) -> None:
    record = {"trial": "1", "start": 0.5, "end": 2, "action": "walk", "captions": ["a person walks"]}
    file = tmp_path / "captions.jsonl"
    file.write_text(json.dumps(record) + "\n\n", encoding="utf-8")
    assert load_captions(file) == (CaptionedSegment("1", 0.5, 2.0, "walk", ("a person walks",)),)


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[]",
        '{"trial": "1"}',
        '{"trial": "1", "start": 2, "end": 1, "action": "walk", "captions": ["a"]}',
        '{"trial": "1", "start": 0, "end": 1, "action": "walk", "captions": "a"}',
        '{"trial": "1", "start": 0, "end": 1, "action": "walk", "captions": [" "]}',
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "captions.jsonl"
    good = '{"trial": "1", "start": 0, "end": 1, "action": "walk", "captions": ["a person walks"]}'
    file.write_text(f"{good}\n{line}\n", encoding="utf-8")
    with pytest.raises(FormatError, match="line 2"):
        load_captions(file)
