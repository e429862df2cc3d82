"""Edits in words, done by the tool itself: the parts that are left are those that were asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes import FakeBackend
from hand import Hand
from motion_agent.agent_graph.coordinators.offline.deciding import decide
from motion_agent.agent_graph.coordinators.offline.dialogue import KnownMotion, Thread
from motion_agent.agent_graph.coordinators.offline.edit_planning import operations
from motion_agent.agent_graph.coordinators.offline.sentences.actions import Action
from motion_agent.agent_graph.coordinators.offline.sentences.grammar import Verbs
from motion_agent.agent_graph.coordinators.offline.sentences.requests import Edit
from motion_agent.tools import MotionMemory
from motion_agent.tools.memory import MotionClip
from motion_agent.tools.services import Services
from motion_agent.tools.toolbox import TOOLS

VERBS = Verbs(["walk", "jump", "wave", "bow", "sit", "run", "kick", "turn"])


@pytest.fixture
def hand() -> Hand:
    return Hand(Services(FakeBackend(), MotionMemory()))


def sequence(hand: Hand, said: str) -> MotionClip:
    """A motion of parts "walks | jumps", two seconds each."""
    return hand.sequence(*(f"a person {part}" for part in said.split(" | ")))


def known(clip: MotionClip) -> KnownMotion:
    parts = tuple((part.description, part.end - part.start) for part in clip.ref().segments)
    return KnownMotion(clip.id, clip.name, clip.description, clip.seconds, parts)


def shown(clip: MotionClip) -> str:
    """Its parts, as `sequence` takes them."""
    return " | ".join(part.description.removeprefix("a person ") for part in clip.timeline)


@pytest.mark.parametrize(
    ("request_", "before", "after"),
    [
        ("replace the jumps with a wave", "walks | jumps | jumps | jumps | bows", "walks | waves | bows"),
        ("replace the jumps with a wave", "jumps | jumps | bows | walks", "waves | bows | walks"),
        ("replace the first two parts with a wave", "walks | jumps | bows", "waves | bows"),
        ("remove the walk and the bow", "walks | jumps | bows | waves", "jumps | waves"),
        ("remove the jumps", "walks | jumps | jumps | bows", "walks | bows"),
        ("remove everything after the jump", "walks | jumps | bows | waves", "walks | jumps"),
        ("swap the walk and the bow", "walks | jumps | bows", "bows | jumps | walks"),
        ("swap the last two parts", "walks | jumps | bows", "walks | bows | jumps"),
        ("swap them", "walks | jumps | jumps", "jumps | jumps | walks"),
        ("move the walk to the end", "walks | jumps | bows", "jumps | bows | walks"),
        ("move the bow before the jump", "walks | jumps | bows", "walks | bows | jumps"),
        ("move the walk after the jump", "walks | jumps | bows", "jumps | walks | bows"),
        ("insert a wave before the bow", "walks | bows | bows", "walks | waves | bows | bows"),
        ("insert a wave after the bow", "walks | bows | bows | sits", "walks | bows | bows | waves | sits"),
        ("insert a wave between the walk and the jump", "walks | jumps", "walks | waves | jumps"),
        ("repeat the jump three times", "walks | jumps | bows", "walks | jumps | jumps | jumps | bows"),
        ("repeat the last two parts", "walks | jumps | bows", "walks | jumps | jumps | bows | bows"),
        ("then the wave again but slower", "waves | jumps", "waves | jumps | waves"),
        ("and then the same again but backwards", "walks | waves",
         "walks | waves | waves, backwards | walks, backwards"),
        ("swap the first and the last", "walks | jumps | bows", "bows | jumps | walks"),
    ],
)  # fmt: skip
def test_the_parts_of_an_edited_motion(hand: Hand, request_: str, before: str, after: str) -> None:
    clip = sequence(hand, before)
    plan = decide(Thread(request_, {clip.id: known(clip)}, clip.id), VERBS, set(TOOLS), learned=False)
    [(tool, arguments)] = plan.calls
    assert shown(hand.make(tool, **arguments)) == after


WAVE, BOW = Action("a person waves", 1.0), Action("a person bows", 3.0, times=2)


@pytest.mark.parametrize(
    "edit",
    [
        Edit("replace", part="the jumps", actions=(WAVE,)),
        Edit("replace", part="the walk", actions=(WAVE, BOW)),
        Edit("replace", actions=(WAVE,)),
        Edit("insert", actions=(WAVE, BOW), place="end"),
        Edit("insert", actions=(BOW, WAVE), place="start"),
        Edit("insert", actions=(replace(BOW, times=2), replace(WAVE, times=3)), place="end"),
        Edit("insert", actions=(replace(BOW, times=2), replace(WAVE, times=3)), place="start"),
        Edit("insert", actions=(WAVE,), place="before", anchor="the jumps"),
        Edit("insert", actions=(WAVE,), place="after", anchor="the jumps"),
        Edit("delete", part="the walk and the bow"),
        Edit("repeat", part="the jumps", amount=3),
        Edit("repeat", amount=2),
        Edit("swap", part="the walk and the bow"),
        Edit("move", part="the jumps", place="start"),
        Edit("move", part="the walk", place="after", anchor="the bow"),
        Edit("reverse"),
        Edit("mirror", part="the jumps"),
    ],
    ids=lambda edit: f"{edit.kind} {edit.part} {edit.place}",
)
def test_the_timeline_that_is_carried_along_is_the_one_the_tool_leaves(hand: Hand, edit: Edit) -> None:
    """What the next edit of the same message is planned on."""
    clip = sequence(hand, "walks | jumps | jumps | bows")
    steps, carried = operations(edit, known(clip), VERBS)
    child = hand.make("edit_motion", motion_id=clip.id, operations=steps)
    left = [part.description.removesuffix(", backwards") for part in child.timeline]
    assert [text for text, _ in carried or ()] == left


@pytest.mark.parametrize(("pace", "factor"), [("but slower", 0.667), (", only faster", 1.5)])
def test_a_copy_is_played_at_another_pace(hand: Hand, pace: str, factor: float) -> None:
    clip = sequence(hand, "waves | jumps")
    said = f"then the wave again {pace}"
    [(_, arguments)] = decide(
        Thread(said, {clip.id: known(clip)}, clip.id), VERBS, set(TOOLS), learned=False
    ).calls
    assert arguments["operations"][-1] == {"op": "speed", "segment": 3, "factor": factor}


@pytest.mark.parametrize(
    ("before", "asked", "after"),
    [
        ("walks forward", "2 more metres", "walks forward | walks forward 2 metres"),
        ("walks 3 metres | waves", "2 more metres", "walks 5 metres | waves"),
    ],
)
def test_what_goes_on_for_longer(hand: Hand, before: str, asked: str, after: str) -> None:
    """A way without a figure gets a further part."""
    clip = sequence(hand, before)
    plan = decide(Thread(asked, {clip.id: known(clip)}, clip.id), VERBS, set(TOOLS), learned=False)
    [(tool, arguments)] = plan.calls
    changed = hand.make(tool, **arguments)
    assert shown(changed) == after and changed.seconds > clip.seconds


def test_a_pause_after_a_low_pose_keeps_it() -> None:
    parts = (("a person sits down", 2.0), ("a person bows", 2.0))
    pause = Edit("pause", amount=3.0, place="after", anchor="the first part")
    steps, _ = operations(pause, KnownMotion("m1", segments=parts), VERBS)
    assert steps == [{"op": "extend", "segment": 1, "seconds": 3.0, "hold": True}]
    steps, _ = operations(pause, KnownMotion("m1", segments=parts[::-1]), VERBS)
    assert steps == [{"op": "insert", "position": 2, "description": "a person stands still", "seconds": 3.0}]
