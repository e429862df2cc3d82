"""Clips to caption from folders: CMU's and HumanML3D's layout, and the nearest training clip."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fakes import FakeBackend
from helpers import walking, write_recordings
from motion_agent.evals.motion.captions import captioning
from motion_agent.evals.motion.captions.items import nearest, recorded_set
from motion_agent.motion_models.data.cmu import trial_index
from motion_agent.motion_models.english.captions import load_captions
from motion_agent.motion_models.motion.features import from_joints


@pytest.fixture(scope="module")
def cmu(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One held-out trial and two for training, all of them synthetic walks."""
    folder = tmp_path_factory.mktemp("cmu")
    splits = trial_index()
    last = {
        segment.trial: segment.end for segment in sorted(load_captions(), key=lambda segment: segment.end)
    }
    captioned = [trial for trial, end in last.items() if end < 12 and trial in splits]
    held_out = next(trial for trial in captioned if splits[trial]["split"] == "val")
    training = [trial for trial in captioned if splits[trial]["split"] == "train"][:2]
    speeds = dict(zip([held_out, *training], (1.2, 0.3, 1.3), strict=True))
    write_recordings(folder, {trial: walking(260, speed=speed) for trial, speed in speeds.items()})
    (folder / "trials.json").write_text("{}")
    return folder


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """HumanML3D's layout: a test clip with four descriptions and a sub-clip, its mirrored twin, two more."""
    folder = tmp_path_factory.mktemp("HumanML3D", numbered=False)
    (folder / "new_joint_vecs").mkdir()
    (folder / "texts").mkdir()
    speeds = {"000001": 1.2, "M000001": 1.1, "000002": 0.2, "000003": 1.15}
    for name, speed in speeds.items():
        np.save(folder / "new_joint_vecs" / f"{name}.npy", from_joints(walking(101, speed=speed)))
    walks = "a person walks forward#a/DET person/NOUN walk/VERB forward/ADV#0.0#0.0\n"
    (folder / "texts/000001.txt").write_text(
        walks * 4 + "a person steps#a/DET person/NOUN step/VERB#1.0#4.0\n"
    )
    (folder / "texts/M000001.txt").write_text("someone strolls#someone/PRON stroll/VERB#0.0#0.0\n")
    (folder / "texts/000002.txt").write_text("a person creeps#a/DET person/NOUN creep/VERB#0.0#0.0\n")
    (folder / "texts/000003.txt").write_text("a person marches#a/DET person/NOUN march/VERB#0.0#0.0\n")
    for split, names in {"train": ["000002", "000003"], "test": ["000001", "M000001"]}.items():
        (folder / f"{split}.txt").write_text("\n".join(names))
    return folder


def test_clips_of_cmu_keep_trial_label_and_descriptions(cmu: Path) -> None:
    clips = recorded_set(cmu, FakeBackend(), progress=False)
    [trial] = {item.trial for item in clips.items}
    segments = [segment for segment in load_captions() if segment.trial == trial]
    assert [item.action for item in clips.items] == [segment.action for segment in segments]
    assert [tuple(c.text for c in item.references) for item in clips.items] == [s.captions for s in segments]
    assert len(clips.nearest) == len(clips.items)
    assert "must not stand beside published ones" in clips.note
    assert all(len(item.tokens) for item in clips.items)


def test_clips_of_the_published_layout_have_their_words(published: Path) -> None:
    clips = recorded_set(published, FakeBackend(), progress=False)
    assert [item.trial for item in clips.items] == ["000001"] * 3
    assert [len(item.references) for item in clips.items] == [3, 1, 1]
    assert clips.items[0].references[0].words == ("a/DET", "person/NOUN", "walk/VERB", "forward/ADV")
    assert [len(item.tokens) for item in clips.items] == [25, 15, 25]
    assert clips.nearest == ("a person marches",) * 3
    assert "name the same protocol" in clips.note


def test_the_report_runs_on_the_published_layout(published: Path) -> None:
    report = captioning.run(published, FakeBackend(), progress=False)  # type: ignore[arg-type]
    assert report.subject == "fake, 3 test clips of HumanML3D"
    assert report.command == "motion-agent eval captions --data DIR"
    assert "processed references: captions from" in report.body
    assert "action named" not in report.body
    assert [row["values"]["ROUGE-L"]["n"] for row in report.data["scores"]["processed"]] == [
        3,
        3,
        3,
        3,
        3,
        1,
        1,
    ]


def test_the_nearest_motion_is_the_most_alike_of_any_length() -> None:
    library = [
        from_joints(walking(frames, speed=speed)) for frames, speed in ((80, 0.2), (50, 1.0), (90, 2.0))
    ]
    queries = [from_joints(walking(70, speed=speed)) for speed in (1.9, 0.25, 1.05)]
    assert nearest(queries, library) == [2, 0, 1]
    assert nearest(library, library) == [0, 1, 2]


def test_nearest_is_the_distance_written_out() -> None:
    rng = np.random.default_rng(0)
    library = [(rng.normal(size=(20, 7)) + rng.normal(size=7)).astype(np.float32) for _ in range(30)]
    queries = [(rng.normal(size=(15, 7)) + rng.normal(size=7)).astype(np.float32) for _ in range(300)]
    known = np.array([[*rows.mean(axis=0), *rows.std(axis=0)] for rows in library])
    expected = [
        int(np.argmin([np.linalg.norm(([*q.mean(0), *q.std(0)] - row) / known.std(0)) for row in known]))
        for q in queries
    ]
    assert nearest(queries, library) == expected
