"""What is said of parts that were made from fewer words than they were asked for with."""

from __future__ import annotations

import pytest
from fakes import FakeBackend
from hand import Hand
from motion_agent.tools.memory import MotionMemory
from motion_agent.tools.montage.choosing import Candidate, Choosing, Wanted
from motion_agent.tools.services import Services


@pytest.mark.parametrize("shown", [True, False])
@pytest.mark.parametrize(
    ("said", "lacks_words"),
    [("a person walks up to somebody", False), ("a person walks cautiously", True)],
)
def test_only_words_that_say_something_are_missed_where_the_joints_show_the_action(
    said: str, lacks_words: bool, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def plainly(services: Services, wanted: Wanted) -> Choosing:
        yield []
        return Candidate("a person walks forward", (1, 2, 3), (), (), shown, 0.0, evident=shown)

    monkeypatch.setattr("motion_agent.tools.montage.making.choose", plainly)
    clip = Hand(Services(FakeBackend(), MotionMemory())).make("generate_motion", description=said, seed=1)
    note = f"'{said}' did not come out; this is 'a person walks forward'"
    assert (note in clip.notes) == (lacks_words or not shown)
