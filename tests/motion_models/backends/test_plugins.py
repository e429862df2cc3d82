from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest
import torch
from motion_agent.evals.motion.recordings.corpus import EvalClip
from motion_agent.evals.motion.recordings.retrieval import RetrievalBackend
from motion_agent.motion_models.backends import plugins
from motion_agent.motion_models.backends.load import load_backend
from motion_agent.motion_models.backends.protocol import MotionBackend
from motion_agent.motion_models.errors import BackendError, InvalidRequestError
from motion_agent.motion_models.motion.features import from_joints
from motions import ramp, shifted, standing

WALK = shifted(standing(), z=ramp(60, 1.5))
TURNED = WALK[::-1].copy()


def two_clips(argument: str | None = "", *, device: str | None = None) -> RetrievalBackend:
    clips = [
        EvalClip("a", "train", 0, 2, "walk", ("a person walks forward",), WALK),
        EvalClip("b", "train", 0, 2, "wave", (f"someone waves {argument}",), TURNED),
    ]
    return RetrievalBackend(clips)


def no_backend(argument: str | None, *, device: str | None) -> str:
    return "nothing"


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> None:
    targets = {"two": "two_clips", "bad": "no_backend", "gone": "missing"}
    entries = [
        EntryPoint(name, f"{__name__}:{function}", plugins.GROUP) for name, function in targets.items()
    ]
    module = {"two_clips": two_clips, "no_backend": no_backend}
    monkeypatch.setattr(plugins, "entry_points", lambda group: entries if group == plugins.GROUP else [])

    def load(entry: EntryPoint) -> object:
        if entry.attr not in module:
            raise AttributeError(entry.attr)
        return module[entry.attr]

    monkeypatch.setattr(EntryPoint, "load", load)


@pytest.mark.usefixtures("offered")
def test_name_and_argument_reach_the_plug_in() -> None:
    backend = load_backend("two:high:up")
    assert isinstance(backend, MotionBackend)
    assert backend.caption(backend.generate(["someone waves"])) == ["someone waves high:up"]


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize(("name", "message"), [("bad", "no MotionBackend"), ("gone", "cannot be imported")])
def test_a_plug_in_that_fails_is_named(name: str, message: str) -> None:
    with pytest.raises(BackendError, match=message):
        load_backend(name)


@pytest.mark.usefixtures("offered")
def test_a_folder_comes_before_a_plug_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "two").mkdir()
    monkeypatch.chdir(tmp_path)
    assert plugins.find_plugin("two") is None
    assert plugins.find_plugin("unknown:name") is None


def test_retrieval_is_offered_by_the_package_itself() -> None:
    with pytest.raises(BackendError, match="retrieval:FOLDER"):
        load_backend("retrieval")


def test_tokens_of_real_clips_may_be_cut_and_joined() -> None:
    backend = two_clips()
    walking, waving = backend.generate(["a person walks forward", "someone waves"])
    joined = torch.cat([walking[2:5], waving[1:]])
    expected = np.concatenate([from_joints(WALK)[8:20], from_joints(TURNED)[4 : 4 * len(waving)]])
    np.testing.assert_array_equal(backend.decode(joined), expected)  # type: ignore[arg-type]
    assert backend.caption([walking[3:]]) == ["a person walks forward"]  # type: ignore[list-item]


def test_a_clip_is_cut_or_starts_again_to_last_as_long_as_asked() -> None:
    backend = two_clips()
    [whole] = backend.generate(["a person walks forward"])
    short, long = backend.generate(["a person walks forward"] * 2, seconds=[0.6, 4.0])
    assert short.tolist() == whole[:3].tolist()
    assert long.tolist() == [*whole.tolist(), *whole.tolist()][:20]
    [after] = backend.generate(["a person walks forward"], seconds=0.4, prefixes=[short])
    assert after.tolist() == whole[3:5].tolist()
    [other] = backend.generate(["someone waves"], seconds=0.4, prefixes=[short])
    assert other.tolist() == backend.generate(["someone waves"])[0][:2].tolist()
    with pytest.raises(InvalidRequestError, match="seconds must be"):
        backend.generate(["someone waves"], seconds=-1.0)


def test_unknown_tokens_are_refused() -> None:
    with pytest.raises(InvalidRequestError, match="motion tokens 0 to"):
        two_clips().decode(torch.tensor([100000]))  # type: ignore[arg-type]
