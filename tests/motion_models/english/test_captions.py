"""Captions that ship: loading, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from motion_agent.motion_models.data.cmu import trial_index
from motion_agent.motion_models.data.recordings.archives import archives
from motion_agent.motion_models.english.captions import CaptionedSegment, load_captions
from motion_agent.motion_models.errors import FormatError


def test_shipped_captions_belong_to_known_trials() -> None:
    segments = load_captions()
    assert len(segments) > 1500
    assert all(len(segment.captions) == 4 for segment in segments)
    listed = [segment for segment in segments if segment.trial in trial_index()]
    assert len(listed) > 1500 and len(segments) > len(listed)


def test_the_further_captions_belong_to_clips_of_the_data(data_dir: Path) -> None:
    lengths = {
        name: about["seconds"] for archive in archives(data_dir) for name, about in archive.clips.items()
    }
    for segment in load_captions():
        assert segment.end <= lengths[segment.trial] + 0.3, segment.trial


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
