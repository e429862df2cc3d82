"""A turn as it goes out."""

from __future__ import annotations

from motion_agent.agent_graph.conversations.session import Turn
from motion_agent.agent_graph.coordinators.usage import Usage
from motion_agent.agent_graph.serving.answers import turn
from motion_agent.tools.schemas import MotionRef


def ref(name: str) -> MotionRef:
    return MotionRef(id=name, name=name, description="a walk", seconds=1.0, frames=20, segments=[])


def test_every_field_of_a_turn_goes_out_under_its_own_name() -> None:
    usage = Usage(input_tokens=700, output_tokens=30)
    waiting = {"plan": {"steps": []}, "seconds": 4.0}
    done = Turn(
        "Done.", [ref("m1"), ref("m2")], ref("m3"), ["/out/walk.npz"], True, True, 1.23456, usage, waiting
    )
    told = turn("talk", done, ["walk.npz"])
    assert [motion["id"] for motion in told.pop("motions")] == ["m1", "m2"]
    assert told == {
        "thread": "talk",
        "answer": "Done.",
        "current": "m3",
        "files": ["walk.npz"],
        "gave_up": True,
        "waiting": waiting,
        "seconds_taken": 1.235,
        "tokens": {"read": 700, "written": 30},
    }


def test_a_turn_that_made_nothing_says_so() -> None:
    told = turn("talk", Turn("Hello.", [], None, [], False, False, 0.5, Usage()), [])
    assert (told["motions"], told["current"], told["gave_up"], told["waiting"]) == ([], None, False, None)
