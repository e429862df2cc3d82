"""Folders in the published layouts: what the protocol uses, and everything that may be wrong with them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from folders import LINE, features_like, write_folder
from motion_agent.motion_models import FormatError, InvalidMotionError
from motion_agent.motion_models.data.humanml3d import MANIFEST, open_motion_text, read_shape
from motion_agent.motion_models.motion.representation import HUMANML3D, KIT, Representation
from motion_agent.motion_models.motion.statistics import StatisticsWarning, Weighting, plain_statistics

BOTH = pytest.mark.parametrize("layout", [HUMANML3D, KIT], ids=lambda layout: layout.name)


def small(root: Path, layout: Representation = HUMANML3D, **fields) -> Path:
    clips = {
        name: features_like(layout, 60, seed) for seed, name in enumerate(("000001", "M000001", "000002"))
    }
    return write_folder(root, clips, **fields)


@BOTH
def test_whole_clips_come_with_all_their_captions(tmp_path: Path, layout: Representation) -> None:
    root = small(tmp_path, layout, texts={"000002": LINE + "he walks#he/PRON walk/VERB#0.0#0.0\n"})
    folder = open_motion_text(root)
    assert folder.representation is layout
    assert folder.mean is None and folder.std is None
    clips = folder.load("train")
    assert [clip.id for clip in clips] == ["000001", "M000001", "000002"]
    assert [caption.text for caption in clips[2].captions] == ["a person walks", "he walks"]
    assert clips[0].captions[0].words == ("a/DET", "person/NOUN", "walk/VERB")
    assert clips[2].frames == 60
    np.testing.assert_array_equal(clips[2].features, features_like(layout, 60, 2))
    assert folder.load("test") == []


@BOTH
def test_tags_make_sub_clips_with_an_id_of_their_own(tmp_path: Path, layout: Representation) -> None:
    seconds = 50 / layout.fps
    texts = f"{LINE}turns#turn/VERB#0.0#{seconds}\nstops#stop/VERB#1.0#1.5\nruns#run/VERB#2.0#1.0\n"
    rows = features_like(layout, 150)
    clips = open_motion_text(write_folder(tmp_path, {"7": rows}, texts={"7": texts})).load("train")
    assert [(clip.id, clip.frames) for clip in clips] == [("7", 150), ("7#2", 50)]
    np.testing.assert_array_equal(clips[1].features, rows[:50])
    assert [caption.text for caption in clips[1].captions] == ["turns"]


@BOTH
def test_sub_clips_end_where_the_clip_does(tmp_path: Path, layout: Representation) -> None:
    """Annotators wrote ends after the last frame; what lies there is no motion and counts for no length."""
    least, fps = layout.min_frames, layout.fps
    end, beyond = (4 * least) / fps, (4 * least) / fps + 5
    texts = (
        f"ends late#e/VERB#{(2 * least) / fps}#{beyond}\n"
        f"just long enough#e/VERB#{(3 * least) / fps}#{beyond}\n"
        f"one frame too short#e/VERB#{(3 * least + 1) / fps}#{beyond}\n"
        f"ends with it#e/VERB#{(3 * least) / fps}#{end}\n"
        f"lies beyond#e/VERB#{end + 1}#{beyond}\n"
    )
    rows = features_like(layout, 4 * least)
    clips = open_motion_text(write_folder(tmp_path, {"7": rows}, texts={"7": texts})).load("train")
    assert [(clip.id, clip.frames) for clip in clips] == [("7#1", 2 * least), ("7#2", least), ("7#4", least)]
    for clip, start in zip(clips, (2, 3, 3), strict=True):
        np.testing.assert_array_equal(clip.features, rows[start * least :])


@pytest.mark.parametrize(("layout", "least"), [(HUMANML3D, 40), (KIT, 24)], ids=["humanml3d", "kit"])
def test_the_published_limits(tmp_path: Path, layout: Representation, least: int) -> None:
    clips = {str(frames): features_like(layout, frames) for frames in (least - 1, least, 199, 200)}
    folder = open_motion_text(write_folder(tmp_path, clips))
    assert [clip.frames for clip in folder.load("train")] == [least, 199]
    other = open_motion_text(tmp_path, frames=(8, 400))
    assert [clip.frames for clip in other.load("train")] == [least - 1, least, 199, 200]


@pytest.mark.parametrize("names", [("Mean.npy", "Std.npy"), ("meta/mean.npy", "meta/std.npy")])
def test_statistics_are_found_under_both_names(tmp_path: Path, names: tuple[str, str]) -> None:
    root = small(tmp_path)
    mean, std = plain_statistics([features_like(HUMANML3D, 60, seed) for seed in range(3)], HUMANML3D)
    (root / names[0]).parent.mkdir(exist_ok=True)
    np.save(root / names[0], mean.astype(np.float64))
    np.save(root / names[1], std)
    folder = open_motion_text(root, statistics=Weighting.unweighted)
    np.testing.assert_array_equal(folder.mean, mean)
    assert folder.std is not None and folder.std.dtype == np.float32


class TestStatistics:
    """The folder's std is compared with its clips, and nothing is confused in silence."""

    def folder(self, root: Path, factor: float = 1.0, shift: float = 0.0) -> Path:
        clips = [features_like(HUMANML3D, 60, seed) for seed in range(3)]
        mean, std = plain_statistics(clips, HUMANML3D)
        std[:4] /= factor
        std[259:] /= factor
        return small(root, statistics=(mean + np.float32(shift), std))

    def test_those_of_published_checkpoints_pass(self, tmp_path: Path) -> None:
        assert open_motion_text(self.folder(tmp_path, 25)).fit.weighting is Weighting.twice  # type: ignore[union-attr]

    def test_the_ones_of_the_repository_are_warned_of(self, tmp_path: Path) -> None:
        with pytest.warns(StatisticsWarning, match="25 times those of T2M-GPT"):
            open_motion_text(self.folder(tmp_path))

    def test_who_knows_is_not_warned(self, tmp_path: Path) -> None:
        open_motion_text(self.folder(tmp_path), statistics=Weighting.unweighted)
        open_motion_text(tmp_path, statistics="unweighted")
        open_motion_text(tmp_path, statistics="any")
        (tmp_path / MANIFEST).write_text("")
        open_motion_text(tmp_path)

    def test_others_than_expected_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidMotionError, match=r"no feature bias.*expected was .*twice"):
            open_motion_text(self.folder(tmp_path), statistics=Weighting.twice)

    def test_those_of_other_data_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidMotionError, match="not those of its clips"):
            open_motion_text(self.folder(tmp_path, 25, shift=9.0))
        open_motion_text(tmp_path, statistics="any")

    @pytest.mark.parametrize(
        ("std", "reason"),
        [(np.zeros(263), "more than 0"), (np.ones(251), "263 finite"), (np.full(263, np.nan), "finite")],
    )
    def test_what_is_no_std(self, tmp_path: Path, std: np.ndarray, reason: str) -> None:
        np.save(self.folder(tmp_path) / "Std.npy", std)
        with pytest.raises(InvalidMotionError, match=rf"Std\.npy.*{reason}"):
            open_motion_text(tmp_path)


class TestBrokenFolders:
    def test_no_folder_of_the_layout(self, tmp_path: Path) -> None:
        with pytest.raises(FormatError, match="data prepare"):
            open_motion_text(tmp_path)
        (tmp_path / "new_joint_vecs").mkdir()
        (tmp_path / "texts").mkdir()
        with pytest.raises(FormatError, match=r"no \.npy"):
            open_motion_text(tmp_path)

    @pytest.mark.parametrize("file", ["new_joint_vecs/000002.npy", "texts/000002.txt"])
    def test_missing_files_are_counted_and_may_be_left_out(self, tmp_path: Path, file: str) -> None:
        root = small(tmp_path)
        (root / file).unlink()
        with pytest.raises(FormatError, match=r"1 of 3 clips of train\.txt.*000002.*skip_missing"):
            open_motion_text(root).load("train")
        assert len(open_motion_text(root, skip_missing=True).load("train")) == 2

    def test_a_missing_split(self, tmp_path: Path) -> None:
        (small(tmp_path) / "val.txt").unlink()
        with pytest.raises(FormatError, match=r"val\.txt"):
            open_motion_text(tmp_path).load("val")

    def test_a_split_as_other_systems_write_it(self, tmp_path: Path) -> None:
        (small(tmp_path) / "val.txt").write_bytes("\ufeff000001\r\nM000001\r\n".encode())
        assert [clip.id for clip in open_motion_text(tmp_path).load("val")] == ["000001", "M000001"]

    def test_a_folder_of_a_test_split_alone(self, tmp_path: Path) -> None:
        clips = {name: features_like(HUMANML3D, 60, seed) for seed, name in enumerate("ab")}
        root = write_folder(
            tmp_path, clips, splits={"test": "ab"}, statistics=plain_statistics(clips.values(), HUMANML3D)
        )
        (root / "train.txt").unlink()
        (root / "val.txt").unlink()
        assert len(open_motion_text(root, statistics="unweighted").held_out()) == 2

    @pytest.mark.parametrize(("test", "held_out"), [("b", ["b"]), ("", ["a"]), (None, ["a"])])
    def test_without_a_test_split_the_validation_split_is_held_out(
        self, tmp_path: Path, test: str | None, held_out: list[str]
    ) -> None:
        clips = {name: features_like(HUMANML3D, 60, seed) for seed, name in enumerate("abc")}
        root = write_folder(tmp_path, clips, splits={"train": "c", "val": "a", "test": test or ""})
        if test is None:
            (root / "test.txt").unlink()
        assert [clip.id for clip in open_motion_text(root).held_out()] == held_out

    def test_an_id_that_stands_twice(self, tmp_path: Path) -> None:
        root = small(tmp_path, splits={"train": ["000001", "000002", "000001"]})
        with pytest.raises(FormatError, match="000001 stands there twice"):
            open_motion_text(root).load("train")

    def test_two_datasets_in_one_folder(self, tmp_path: Path) -> None:
        clips = {"a": features_like(HUMANML3D, 60), "b": features_like(KIT, 60)}
        with pytest.raises(InvalidMotionError, match=r"b\.npy: 251 numbers a frame.*one dataset a folder"):
            open_motion_text(write_folder(tmp_path, clips)).load("train")

    def test_hidden_files_are_no_clips(self, tmp_path: Path) -> None:
        (small(tmp_path) / "new_joint_vecs" / "._000001.npy").write_bytes(b"Mac OS X")
        assert open_motion_text(tmp_path).ids(None) == ["000001", "000002", "M000001"]

    def test_an_unknown_width(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidMotionError, match="135"):
            open_motion_text(write_folder(tmp_path, {"a": np.zeros((50, 135), np.float32)}))

    def test_nan_is_named_when_a_clip_is_read(self, tmp_path: Path) -> None:
        rows = features_like(HUMANML3D, 60)
        rows[7, 100] = np.nan
        (clip,) = open_motion_text(write_folder(tmp_path, {"a": rows})).load("train")
        with pytest.raises(InvalidMotionError, match=r"a\.npy: .*NaN.*frame 7"):
            _ = clip.features

    @pytest.mark.parametrize("keep", [0, 20, 200])
    def test_files_that_were_cut_off(self, tmp_path: Path, keep: int) -> None:
        path = small(tmp_path) / "new_joint_vecs" / "000002.npy"
        path.write_bytes(path.read_bytes()[:keep])
        with pytest.raises(FormatError, match=r"000002\.npy"):
            _ = [clip.features for clip in open_motion_text(tmp_path, statistics="any").load("train")]

    def test_pickles_are_not_opened(self, tmp_path: Path) -> None:
        np.save(tmp_path / "a.npy", np.array([{"a": 1}]), allow_pickle=True)
        with pytest.raises(InvalidMotionError, match="shape"):
            read_shape(tmp_path / "a.npy")
