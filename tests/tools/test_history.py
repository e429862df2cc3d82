"""history: back and forth on the trail of a conversation."""

from __future__ import annotations

import pytest
from hand import Hand
from motion_agent.tools.batching import Result
from motion_agent.tools.errors import EditError, UnknownMotionError
from motion_agent.tools.history import followed, redone, undone
from motion_agent.tools.schemas import TRAIL_LENGTH, HistoryArgs, MotionRef, Trail
from pydantic import ValidationError


def test_undo_then_redo_leads_back():
    trail = Trail(past=("ma", "mb", "mc"))
    assert undone(trail).current == "mb"
    assert redone(undone(trail)) == trail


def test_a_new_motion_after_an_undo_starts_a_branch():
    branch = undone(Trail(past=("ma", "mb"))).visited("mc")
    assert branch == Trail(past=("ma", "mc"))
    with pytest.raises(EditError, match="nothing to redo"):
        redone(branch)


def test_the_first_version_cannot_be_undone():
    with pytest.raises(EditError, match="ma is the first"):
        undone(Trail(past=("ma",)))


def test_undo_and_restore_in_another_agent(hand: Hand):
    first = hand.make("generate_motion", description="a person walks")
    second = hand.make("generate_motion", description="a person jumps")
    hand.trail = Trail(past=(first.id, second.id))
    assert hand.use("history", action="undo").content["motion_id"] == first.id
    assert hand.use("history", action="restore", motion_id=first.id).content["motion_id"] == first.id
    with pytest.raises(UnknownMotionError):
        hand.use("history", action="restore", motion_id="m0000")


@pytest.mark.parametrize("wrong", [{"action": "restore"}, {"action": "undo", "motion_id": "ma"}])
def test_only_restore_names_a_motion(wrong: dict[str, str]):
    with pytest.raises(ValidationError, match="restore needs"):
        HistoryArgs.model_validate(wrong)


def test_as_many_redos_as_undos():
    trail = Trail(past=("ma", "mb", "mc"))
    assert redone(redone(undone(undone(trail)))) == trail


def test_a_long_trail_forgets_its_oldest_motions_and_never_the_current_one():
    trail = Trail()
    for number in range(TRAIL_LENGTH + 2):
        trail = trail.visited(f"m{number}")
    assert trail.current == f"m{TRAIL_LENGTH + 1}"
    assert (len(trail.past), trail.past[0]) == (TRAIL_LENGTH, "m2")


def looked_at(*ids: str) -> Result:
    refs = [MotionRef(id=i, name=i, description="a walk", seconds=1, frames=20, segments=[]) for i in ids]
    return Result({}, refs)


def made(*ids: str) -> Result:
    refs = looked_at(*ids).artifact
    assert isinstance(refs, list)
    return Result({}, refs[0], made=tuple(refs))


@pytest.mark.parametrize(
    ("results", "past", "undone"),
    [
        ([], "a", "z"),
        ([looked_at("b", "c")], "a", "z"),
        ([made("b")], "ab", ""),
        ([made("a")], "a", "z"),
        ([made("b", "c", "d")], "ab", ""),
        ([made("b"), made("c")], "abc", ""),
        ([made("b"), looked_at("a"), made("c", "d")], "abc", ""),
        ([made("b"), Result({}, [], trail=Trail(past=("x", "y"), undone=("w",)))], "xy", "w"),
        ([Result({}, [], trail=Trail(past=("x",), undone=("w",))), made("c")], "xc", ""),
    ],
)
def test_a_plan_leads_on_by_the_first_motion_of_each_step_that_makes_any(
    results: list[Result], past: str, undone: str
) -> None:
    trail = followed(Trail(past=("a",), undone=("z",)), results)
    assert trail == Trail(past=tuple(past), undone=tuple(undone))
