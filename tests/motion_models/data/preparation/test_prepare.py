"""From recordings with captions to a folder in HumanML3D's layout, and on from where a run stopped."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from helpers import walking, write_recordings
from motion_agent.motion_models import InvalidMotionError, InvalidRequestError
from motion_agent.motion_models.data.cmu import trial_index
from motion_agent.motion_models.data.humanml3d import MANIFEST, open_motion_text
from motion_agent.motion_models.data.naming import clip_names, split_of_each
from motion_agent.motion_models.data.preparation import prepare as preparing
from motion_agent.motion_models.data.preparation import tagging
from motion_agent.motion_models.data.preparation.check import check_folder
from motion_agent.motion_models.data.preparation.prepare import Preparation, prepare
from motion_agent.motion_models.data.preparation.recordings import Described, Reading, Recording
from motion_agent.motion_models.data.preparation.writing import write_recording
from motion_agent.motion_models.english.captions import load_captions
from motion_agent.motion_models.formats import save_motion
from motion_agent.motion_models.motion.features import canonicalize, from_joints
from motion_agent.motion_models.motion.motion import Motion
from motion_agent.motion_models.motion.skeleton import mirror_joints


@pytest.fixture(autouse=True)
def untagged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words are tagged alike wherever the tests run."""
    monkeypatch.setattr(preparing, "find_tagger", lambda: ("none", tagging.untagged))


def write_walks(folder: Path, count: int = 3, *, caption: str = "a person walks") -> Path:
    for number in range(count):
        save_motion(Motion(walking(60, speed=1.0 + 0.1 * number)), folder / f"walk{number}.bvh")
        (folder / f"walk{number}.txt").write_text(caption, encoding="utf-8")
    return folder


def test_a_folder_of_bvh_becomes_the_published_layout(tmp_path: Path) -> None:
    made = prepare(write_walks(tmp_path / "in"), tmp_path / "out", preparation=Preparation(val=0.3, test=0.3))
    assert made.clips == {"train": 1, "val": 1, "test": 1}
    assert (made.recordings, made.kept, made.failed, made.notes) == (3, 0, [], [])
    assert made.seconds == pytest.approx(3 * 59 / 20)
    folder = open_motion_text(tmp_path / "out")
    (clip,) = folder.load("train")
    speed = 1.0 + 0.1 * int(clip.id.removeprefix("walk"))
    np.testing.assert_allclose(clip.features, from_joints(walking(60, speed=speed)), atol=2e-3)
    assert clip.captions[0].words == ("a/OTHER", "person/OTHER", "walks/OTHER")
    joints = np.load(tmp_path / "out" / "new_joints" / f"{clip.id}.npy")
    np.testing.assert_allclose(joints, canonicalize(walking(60, speed=speed))[:-1], atol=2e-3)
    everything = (tmp_path / "out" / "all.txt").read_text().split()
    assert everything == ["walk0", "walk1", "walk2"]
    assert folder.mean is not None
    np.testing.assert_allclose(folder.mean, clip.features.mean(0), atol=1e-5)
    assert check_folder(tmp_path / "out").problems == []


def test_stretches_become_clips_of_their_own(tmp_path: Path) -> None:
    source = write_walks(tmp_path / "in", 1, caption="walks\nsteps#0.5#1.5\na step#0.5#1.5\nnever#5#9\n")
    made = prepare(source, tmp_path / "out")
    assert [reason for _, reason in made.failed] == ["5 to 9 s: the recording ends at 3.00 s"]
    folder = open_motion_text(tmp_path / "out", frames=(4, 199))
    whole, part = folder.load("train")
    assert (whole.id, part.id) == ("walk0", "walk0_00050_00150")
    assert [caption.text for caption in part.captions] == ["steps", "a step"]
    expected = from_joints(walking(60, speed=1.0)[10:30], floor=False)
    np.testing.assert_allclose(part.features, expected, atol=2e-3)


def test_mirrored_clips_stay_in_the_split_of_their_twins(tmp_path: Path) -> None:
    source = write_walks(tmp_path / "in", 4, caption="waves the left hand")
    prepare(source, tmp_path / "out", preparation=Preparation(val=0.25, test=0, mirror=True))
    folder = open_motion_text(tmp_path / "out")
    (clip, twin) = folder.load("val")
    assert twin.id == f"M{clip.id}"
    assert twin.captions[0].text == "waves the right hand"
    speed = 1.0 + 0.1 * int(clip.id.removeprefix("walk"))
    expected = from_joints(mirror_joints(walking(60, speed=speed)), floor=False)
    np.testing.assert_allclose(twin.features, expected, atol=5e-3)
    assert len(folder.load("train")) == 6


def test_what_fails_is_listed_and_the_others_go_on(tmp_path: Path) -> None:
    source = write_walks(tmp_path / "in", 2)
    (source / "broken.bvh").write_text("HIERARCHY")
    (source / "broken.txt").write_text("a person walks")
    made = prepare(source, tmp_path / "out")
    assert made.recordings == 2
    assert [name for name, _ in made.failed] == ["broken.bvh"]
    assert "cut off" in made.failed[0][1]


def test_what_is_no_body_or_no_motion_is_refused_clip_by_clip(tmp_path: Path) -> None:
    walk, jumpy = walking(80), walking(80)
    jumpy[50:, :, 2] += 1.5
    giant = walking(80)
    giant[:, [20, 21]] += 0.6 * (giant[:, [20, 21]] - giant[:, [18, 19]]) / 0.26
    for name, joints in (("good", walk), ("jumpy", jumpy), ("giant", giant)):
        (tmp_path / "in").mkdir(exist_ok=True)
        np.save(tmp_path / "in" / f"{name}.npy", joints)
        times = "#0.0#2.0\na person walks on#2.0#4.0\n" if name == "jumpy" else "\n"
        (tmp_path / "in" / f"{name}.txt").write_text(f"a person walks{times}")
    made = prepare(tmp_path / "in", tmp_path / "out")
    assert sum(made.clips.values()) == 2 and made.recordings == 2
    reasons = dict(made.failed)
    assert "its arm is" in reasons["giant.npy"]
    assert reasons["jumpy.npy"].startswith("2 to 4 s: the body leaps by")


def test_rate_and_axis_of_all_files_can_be_said(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    np.save(tmp_path / "in" / "walk.npy", walking(81, fps=40.0))
    (tmp_path / "in" / "walk.txt").write_text("a person walks\n")
    assert prepare(tmp_path / "in", tmp_path / "out").seconds == 4.0
    said = Preparation(reading=Reading(fps=40.0))
    assert prepare(tmp_path / "in", tmp_path / "out", preparation=said).seconds == 2.0


def test_nothing_usable_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "broken.bvh").write_text("HIERARCHY")
    (tmp_path / "in" / "broken.txt").write_text("a person walks")
    with pytest.raises(InvalidMotionError, match=r"none of the recordings.*broken\.bvh: .*cut off"):
        prepare(tmp_path / "in", tmp_path / "out")


class TestGoingOn:
    def test_what_is_done_is_kept_and_the_rest_made(self, tmp_path: Path) -> None:
        source, out = write_walks(tmp_path / "in"), tmp_path / "out"

        def kill_after_two(recordings):
            for number, recording in enumerate(recordings):
                if number == 2:
                    raise KeyboardInterrupt
                yield recording

        with pytest.raises(KeyboardInterrupt):
            prepare(source, out, track=kill_after_two)
        with (out / MANIFEST).open("a") as log:
            log.write('{"recording": "walk2.b')
        made = prepare(source, out)
        assert (made.recordings, made.kept) == (3, 2)
        whole = prepare(source, tmp_path / "whole")
        assert made.clips == whole.clips
        assert contents(out) == contents(tmp_path / "whole")

    def test_a_changed_caption_is_prepared_again_and_stale_clips_go(self, tmp_path: Path) -> None:
        source, out = write_walks(tmp_path / "in"), tmp_path / "out"
        prepare(source, out)
        (source / "walk0.txt").write_text("steps#0.5#2.5")
        (source / "walk1.bvh").unlink()
        made = prepare(source, out)
        assert (made.recordings, made.kept) == (2, 1)
        assert sorted(path.stem for path in (out / "new_joint_vecs").iterdir()) == [
            "walk0_00050_00250",
            "walk2",
        ]
        assert (out / "all.txt").read_text().split() == ["walk0_00050_00250", "walk2"]

    def test_a_missing_file_is_made_again(self, tmp_path: Path) -> None:
        source, out = write_walks(tmp_path / "in"), tmp_path / "out"
        prepare(source, out)
        (out / "texts" / "walk1.txt").unlink()
        assert prepare(source, out).kept == 2
        assert (out / "texts" / "walk1.txt").is_file()

    def test_what_is_asked_for_otherwise_is_prepared_again(self, tmp_path: Path) -> None:
        """Mirrored copies are made later, too, and go when they are no longer asked for."""
        source, out = write_walks(tmp_path / "in"), tmp_path / "out"
        plain = {f"walk{number}" for number in range(3)}
        for mirror, kept in ((False, 0), (True, 0), (True, 3), (False, 0)):
            made = prepare(source, out, preparation=Preparation(mirror=mirror))
            assert (made.recordings, made.kept) == (3, kept)
            clips = plain | ({f"M{name}" for name in plain} if mirror else set())
            assert set((out / "all.txt").read_text().split()) == clips
            assert {path.stem for path in (out / "new_joint_vecs").iterdir()} == clips

    def test_files_read_otherwise_are_prepared_again(self, tmp_path: Path) -> None:
        (tmp_path / "in").mkdir()
        np.save(tmp_path / "in" / "walk.npy", walking(81, fps=40.0))
        (tmp_path / "in" / "walk.txt").write_text("a person walks\n")
        said = Preparation(reading=Reading(fps=40.0))
        for preparation, kept, seconds in ((Preparation(), 0, 4.0), (said, 0, 2.0), (said, 1, 2.0)):
            made = prepare(tmp_path / "in", tmp_path / "out", preparation=preparation)
            assert (made.kept, made.seconds) == (kept, seconds)

    def test_words_tagged_otherwise_are_prepared_again(self, tmp_path: Path, monkeypatch) -> None:
        source, out = write_walks(tmp_path / "in", 1), tmp_path / "out"
        prepare(source, out)
        other = lambda caption: tuple(f"{word}/NOUN" for word in caption.split())  # noqa: E731
        monkeypatch.setattr(preparing, "find_tagger", lambda: ("other", other))
        assert prepare(source, out).kept == 0
        assert "walks/NOUN" in (out / "texts" / "walk0.txt").read_text()

    def test_other_shares_move_clips_to_other_splits_and_make_none_anew(self, tmp_path: Path) -> None:
        source, out = write_walks(tmp_path / "in"), tmp_path / "out"
        assert prepare(source, out, preparation=Preparation(0, 0)).clips["train"] == 3
        made = prepare(source, out, preparation=Preparation(val=0.3, test=0.3))
        assert (made.kept, made.clips) == (3, {"train": 1, "val": 1, "test": 1})
        held_out = [(out / f"{split}.txt").read_text().split() for split in ("train", "val", "test")]
        assert sorted(name for names in held_out for name in names) == ["walk0", "walk1", "walk2"]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*.*")
        if path.is_file()
    }


class TestCmu:
    def source(self, folder: Path) -> Path:
        folder.mkdir()
        return write_recordings(folder, {"16_17": walking(100), "07_08": walking(120)})

    def test_trials_keep_their_captions_and_their_split(self, tmp_path: Path) -> None:
        made = prepare(self.source(tmp_path / "cmu"), tmp_path / "out", preparation=Preparation(0.4, 0.4))
        assert {trial_index()[trial]["split"] for trial in ("16_17", "07_08")} == {"train", "val"}
        folder = open_motion_text(tmp_path / "out", frames=(4, 400))
        assert made.clips["test"] == 0
        assert "2 recordings are named as CMU trials" in made.notes[0]
        for split in ("train", "val"):
            clips = folder.load(split)
            assert clips
            assert {trial_index()[clip.id[:5]]["split"] for clip in clips} == {split}
        segment = next(segment for segment in load_captions() if segment.trial == "07_08")
        captions = {
            caption.text
            for split in ("train", "val")
            for clip in folder.load(split)
            for caption in clip.captions
        }
        assert set(segment.captions) <= captions

    def test_captions_of_ones_own_win(self, tmp_path: Path) -> None:
        source = write_walks(tmp_path / "in", 1)
        (source / "walk0.bvh").rename(source / "07_08.bvh")
        (source / "walk0.txt").rename(source / "07_08.txt")
        prepare(source, tmp_path / "own")
        assert (tmp_path / "own" / "all.txt").read_text().split() == ["07_08"]
        prepare(source, tmp_path / "shipped", captions="cmu")
        assert all(
            name.startswith("07_08_0") for name in (tmp_path / "shipped" / "all.txt").read_text().split()
        )


@pytest.mark.parametrize(("val", "test"), [(0.5, 0.5), (-0.1, 0.1), (float("nan"), 0)])
def test_shares_must_leave_some_to_train_on(val: float, test: float) -> None:
    with pytest.raises(InvalidRequestError, match="leave some for training"):
        Preparation(val, test)


def test_splits_do_not_depend_on_order_and_keep_what_is_fixed() -> None:
    names = {f"r{number}": None for number in range(100)}
    splits = split_of_each({**names, "own": "test"}, 0.05, 0.1)
    assert list(splits.values()).count("val") == 5
    assert list(splits.values()).count("test") == 11
    assert splits == split_of_each(dict(reversed({**names, "own": "test"}.items())), 0.05, 0.1)
    assert set(split_of_each({"a": None, "b": None}, 0.05, 0.1).values()) == {"train"}


def test_clip_names_serve_as_file_names_and_stand_once() -> None:
    names = clip_names(["a/walk.bvh", "a_walk.bvh", "Ma_walk.npy", "ü ö.bvh", "...bvh"])
    assert names["a/walk.bvh"] != names["a_walk.bvh"]
    assert names["ü ö.bvh"] == "ü_ö"
    mirrored = {f"M{name}" for name in names.values()}
    assert len(set(names.values()) | mirrored) == 2 * len(names)


def test_no_recording_is_called_as_a_stretch_of_another() -> None:
    names = clip_names(["b/walk_00100_00250.bvh", "walk.bvh", "walk_00100_00250.bvh", "run_00100_00250.bvh"])
    assert names["walk.bvh"] == "walk"
    assert names["run_00100_00250.bvh"] == "run_00100_00250"
    assert not {f"{name}_00100_00250" for name in names.values()} & set(names.values())


def test_some_recordings_are_left_to_train_on() -> None:
    for count in (1, 2, 3):
        splits = split_of_each({str(number): None for number in range(count)}, 0.6, 0.35)
        assert "train" in splits.values()


def test_a_folder_inside_the_recordings_is_no_recording(tmp_path: Path) -> None:
    source = write_walks(tmp_path / "in")
    prepare(source, source / "made")
    made = prepare(source, source / "made")
    assert (made.recordings, made.kept, made.failed) == (3, 3, [])


def test_stretches_that_differ_by_less_than_names_tell_are_one(tmp_path: Path) -> None:
    prepare(write_walks(tmp_path / "in", 1, caption="steps#0.5#1.5\na step#0.501#1.498\n"), tmp_path / "out")
    (clip,) = open_motion_text(tmp_path / "out", frames=(4, 199)).load("train")
    assert [caption.text for caption in clip.captions] == ["steps", "a step"]


def test_the_log_is_one_line_a_recording(tmp_path: Path) -> None:
    prepare(write_walks(tmp_path / "in", 2), tmp_path / "out")
    lines = (tmp_path / "out" / MANIFEST).read_text().splitlines()
    assert [json.loads(line)["clips"] for line in lines] == [{"walk0": 59}, {"walk1": 59}]


def test_a_tagger_that_needs_no_download() -> None:
    pytest.importorskip("textblob")
    name, tagger = tagging.find_tagger()
    assert name == "textblob"
    assert tagger("A person walks forward.") == ("a/DET", "person/NOUN", "walks/VERB", "forward/ADV")


def write_one(
    tmp_path: Path, *stretches: tuple[float | None, float | None], offset: float = 0.0
) -> tuple[dict, list]:
    """Write these stretches of a walk of 3 s that lacks `offset` seconds at its start."""
    said = tuple(Described("walks", start, end) for start, end in stretches)
    recording = Recording("walk", lambda: (walking(60), offset), said)
    return write_recording(recording, "walk", tmp_path, False, tagging.untagged)


def test_a_stretch_may_reach_over_the_end_by_half_a_second(tmp_path: Path) -> None:
    (tmp_path / "over").mkdir()
    clips, lost = write_one(tmp_path / "over", (1.0, 3.5), (2.0, 3.6))
    assert clips == {"walk_00100_00350": 39}
    assert lost == ["2 to 3.6 s: the recording ends at 3.00 s"]


def test_times_count_from_the_start_of_the_recording_not_of_what_is_left_of_it(tmp_path: Path) -> None:
    (tmp_path / "cut").mkdir()
    clips, _ = write_one(tmp_path / "cut", (2.0, 3.0), (0.5, 2.0), (None, None), offset=1.0)
    assert clips == {"walk_00200_00300": 19, "walk_00050_00200": 19, "walk": 59}
    features = np.load(tmp_path / "cut" / "new_joint_vecs" / "walk_00200_00300.npy")
    np.testing.assert_allclose(features, from_joints(walking(60)[20:40], floor=False), atol=1e-5)
