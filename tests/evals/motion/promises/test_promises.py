"""What is asked through the agent is measured on what it makes; a miss is told only where there is a note."""

from __future__ import annotations

import codebook
import numpy as np
import pytest
from fakes import FakeBackend
from helpers import walking
from motion_agent.evals.motion.promises import promises
from motion_agent.motion_models.errors import InvalidRequestError
from motion_agent.motion_models.motion import features as feature_layout
from motions import standing

REQUESTS = {
    "level": [{"text": "a person stands still"}],
    "quantities": [
        {"text": "a person walks 3 metres", "measure": "metres", "value": 3},
        {"text": "a person jumps 5 times", "measure": "jumps", "value": 5},
    ],
}


class Walker(FakeBackend):
    """Stands where it is to stand, and walks as far as it is given time for."""

    def _one(self, caption, seconds, seed):
        frames = round(20 * (seconds or 3)) + 1
        joints = walking(frames) if "walk" in caption else standing(frames)
        return codebook.encode(feature_layout.from_joints(joints, floor=False))


@pytest.fixture(autouse=True)
def requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promises, "load_requests", lambda: REQUESTS)


def test_quantities_are_measured_and_misses_told() -> None:
    report = promises.run(Walker(), seeds=2)
    level, stated = report.data["level"], report.data["quantities"]
    assert [outcome["kept"] for outcome in level] == [True, True]
    assert [(outcome["text"], outcome["kept"], outcome["noted"]) for outcome in stated] == [
        ("a person walks 3 metres", True, bool(stated[0]["notes"])),
        ("a person walks 3 metres", True, bool(stated[1]["notes"])),
        *[("a person jumps 5 times", False, True)] * 2,
    ]
    assert stated[0]["reached"] == pytest.approx(3, abs=0.3)
    assert "On the floor: 2 of 2" in report.body
    assert "Quantities kept: 2 of 4 (50.0 %); missed without a note: 0" in report.body
    assert "| a person jumps 5 times | 2 of 2 | 0 |" in report.body


def test_one_kind_alone_is_asked_for() -> None:
    report = promises.run(Walker(), seeds=1, kinds=["level"])
    assert report.data.keys() == {"level"} and "Quantities" not in report.body
    assert report.command == "motion-agent eval promises --seeds 1 --category level"
    with pytest.raises(InvalidRequestError, match="not heights"):
        promises.run(Walker(), kinds=["heights"])


def test_a_motion_that_hangs_in_the_air_is_off_the_floor() -> None:
    class Asking:
        def ask(self, text, seed):
            joints = standing(61)
            joints[..., 1] += 0.2 if seed else 0.0
            return Ref(), type("Motion", (), {"joints": joints})

    class Ref:
        notes = ("the feet are 20 cm off the floor",)

    low, high = (promises.floor(Asking(), {"text": "stand"}, seed) for seed in range(2))  # type: ignore[arg-type]
    assert low.kept and not high.kept and high.noted
    assert high.reached == pytest.approx(0.2 + np.min(standing(1)[0, promises.FEET, 1]), abs=1e-6)
