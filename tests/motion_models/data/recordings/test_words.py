"""What people wrote about recordings: of which sources, and as which action."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from archives import write_archive
from helpers import walking
from motion_agent.motion_models.data.recordings.words import UNNAMED, action_of, human_captions
from motion_agent.motion_models.english.families import family_of
from motion_agent.motion_models.errors import FormatError


def caption(text: str, start: float, end: float, source: str = "HumanML3D") -> dict[str, object]:
    return {"text": text, "start": start, "end": end, "source": source}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    told = {"seconds": 5.0, "captions": [caption("He kicks.", 0, 2), caption("Der Mann", 0, 2, "KIT-ML")]}
    write_archive(tmp_path / "extra.npz", {"a": walking(100)}, {"a": told})
    write_archive(tmp_path / "other_eval_set.npz", {"b": walking(100)}, {"b": told})
    written = {
        "16_31": [
            caption("A man  walks forward.", 0.5, 3.0),
            caption("someone strolls ahead", 0.5, 3.0),
            caption("a person waves", 3.0, 4.0),
            caption("a person sits", 0.5, 3.0, "KIT-ML"),
        ]
    }
    (tmp_path / "human_captions.json").write_text(json.dumps(written))
    return tmp_path


def test_stretches_are_told_by_those_who_may_be_learnt_from(folder: Path) -> None:
    told = {(s.trial, s.start, s.end): (family_of(s.action), s.captions) for s in human_captions(folder)}
    assert told == {
        ("16_31", 0.5, 3.0): ("walk", ("a man walks forward", "someone strolls ahead")),
        ("16_31", 3.0, 4.0): ("wave", ("a person waves",)),
        ("a", 0.0, 2.0): ("kick", ("he kicks",)),
    }


def test_a_text_without_an_action_still_counts() -> None:
    assert family_of(action_of(["the thing"])) == UNNAMED
    assert family_of(action_of(["a person curtsies", "a person walks and curtsies"])) == "walk"


def test_a_broken_table_is_named(folder: Path) -> None:
    (folder / "human_captions.json").write_text("[1, 2]")
    with pytest.raises(FormatError, match="human_captions"):
        human_captions(folder)
