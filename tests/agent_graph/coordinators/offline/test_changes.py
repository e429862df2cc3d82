"""Changes that name a part, or say how much, more or less, are resolved against the motion that is there."""

from __future__ import annotations

from typing import Any

import pytest
from motion_agent.agent_graph.coordinators.offline.amounts import quantity
from motion_agent.agent_graph.coordinators.offline.deciding import decide
from motion_agent.agent_graph.coordinators.offline.dialogue import KnownMotion, Thread
from motion_agent.agent_graph.coordinators.offline.rules.changes import read_changes
from motion_agent.agent_graph.coordinators.offline.sentences.grammar import Verbs
from motion_agent.agent_graph.coordinators.offline.sentences.requests import Edit
from motion_agent.agent_graph.coordinators.offline.timeline import PlanningError, Timeline
from motion_agent.tools.toolbox import TOOLS

VERBS = Verbs()
TOOL_NAMES = set(TOOLS)


def thread(request: str, *versions: str) -> Thread:
    """A conversation about motions, each "walks forward | waves"; the last one is current."""
    clips = {}
    for number, said in enumerate(versions, 1):
        parts = tuple((f"a person {text}", 2.0) for text in said.split(" | "))
        described = ", then ".join(text for text, _ in parts)
        clips[f"m{number}"] = KnownMotion(f"m{number}", "", described, 2.0 * len(parts), parts)
    return Thread(request, clips, f"m{len(versions)}")


def planned(request: str, *versions: str) -> list[dict[str, Any]]:
    """The operations of the one edit that is planned."""
    plan = decide(thread(request, *versions), VERBS, TOOL_NAMES, learned=False)
    assert [tool for tool, _ in plan.calls] == ["edit_motion"], plan
    return plan.calls[0][1]["operations"]


def on(segment: int, op: str, **fields: Any) -> dict[str, Any]:
    return {"op": op, "segment": segment, **fields}


@pytest.mark.parametrize(
    ("request_", "parts", "operations"),
    [
        ("two more squats please", "squats | squats", [on(2, "repeat", times=3)]),
        ("one more", "squats | squats | squats", [on(3, "repeat", times=2)]),
        ("half as many claps", "claps | claps | claps | claps | bows", [on(4, "delete"), on(3, "delete")]),
        (
            "only three",
            "does five jumping jacks | bows",
            [on(1, "replace", description="a person does 3 jumping jacks")],
        ),
        (
            "cut it down to half as many",
            "does ten jumping jacks",
            [on(1, "replace", description="a person does 5 jumping jacks")],
        ),
        (
            "five. no, six steps",
            "walks three steps | bows",
            [on(1, "replace", description="a person walks 6 steps")],
        ),
        (
            "2 metres more",
            "walks 3 metres | walks 3 metres",
            [
                on(1, "replace", description="a person walks 4 metres"),
                on(2, "replace", description="a person walks 4 metres"),
            ],
        ),
        (
            "only three squats",
            "squats 2 times | squats 2 times",
            [on(2, "replace", description="a person squats 1 times")],
        ),
        (
            "then the same with the right hand",
            "waves with the right hand",
            [on(1, "repeat", times=2)],
        ),
        (
            "make it 8",
            "walks forward 5 metres",
            [on(1, "replace", description="a person walks forward 8 metres")],
        ),
        ("180", "turns 90 degrees right", [on(1, "replace", description="a person turns 180 degrees right")]),
        (
            "shorten the first run by 4 metres",
            "runs 10 m | jumps | runs 5 m",
            [on(1, "replace", description="a person runs 6 m")],
        ),
    ],
)
def test_amounts_are_counted_from_what_the_parts_do_now(
    request_: str, parts: str, operations: list[dict[str, Any]]
) -> None:
    assert planned(request_, parts) == operations


@pytest.mark.parametrize(
    ("request_", "parts", "operations"),
    [
        ("swap those round", "squats | squats | lunges", [{"op": "reorder", "order": [3, 1, 2]}]),
        ("flip the kick only", "punches | kicks", [on(2, "mirror")]),
        (
            "make the last walk a run",
            "walks | jumps | walks | bows",
            [on(3, "replace", description="a person runs")],
        ),
        ("get rid of the last jumps", "jumps | spins | jumps | jumps", [on(4, "delete"), on(3, "delete")]),
        (
            "delete everything except the clapping",
            "skips | stops | claps",
            [on(2, "delete"), on(1, "delete")],
        ),
        ("slow down the walking part", "walks | bows", [on(1, "speed", factor=0.667)]),
        ("use the other hand", "bows | waves with the left hand", [on(2, "mirror")]),
        ("make the bow a bit shorter", "walks | bows", [on(2, "duration", seconds=1.6)]),
        ("reverse the last one", "jumps | waves", [on(2, "reverse")]),
        ("redo the second part", "jumps | waves", [on(2, "regenerate")]),
        ("can she wave before she bows?", "bows | waves", [{"op": "reorder", "order": [2, 1]}]),
        (
            "do the first one again at the end",
            "walks | dances",
            [on(1, "repeat", times=2), {"op": "reorder", "order": [1, 3, 2]}],
        ),
        (
            "after that same again on the right",
            "hops on the left leg",
            [on(1, "repeat", times=2), on(2, "mirror")],
        ),
        (
            "the duck needs to be way shorter, like half a second",
            "runs | ducks",
            [on(2, "duration", seconds=0.5)],
        ),
        (
            "Dont change the walk but the bow must be more slowly",
            "walks | bows",
            [on(2, "speed", factor=0.667)],
        ),
    ],
)
def test_parts_are_named_by_what_happens_in_them(
    request_: str, parts: str, operations: list[dict[str, Any]]
) -> None:
    assert planned(request_, parts) == operations


@pytest.mark.parametrize(
    ("request_", "parts", "description"),
    [
        ("no no, I meant backwards", "walks forward", "a person walks backwards"),
        (
            "sideways, not forward",
            "kicks forward with the right leg",
            "a person kicks sideways with the right leg",
        ),
        ("wave higher", "waves", "a person waves high"),
        ("higher!!", "jumps", "a person jumps high"),
        ("not so deep", "bows deeply", "a person bows slightly"),
        ("both", "waves the right hand", "a person waves both hands"),
        (
            "wave with both hands, please, not only one",
            "waves with the right hand",
            "a person waves with both hands",
        ),
    ],
)
def test_a_part_is_made_anew_another_way(request_: str, parts: str, description: str) -> None:
    assert planned(request_, parts) == [on(1, "replace", description=description, seconds=2.0)]


def test_a_part_that_was_taken_out_comes_back() -> None:
    back = decide(thread("bring the wave back", "walks | waves", "walks"), VERBS, TOOL_NAMES, learned=False)
    assert back.calls == [("history", {"action": "restore", "motion_id": "m1"})]

    at_the_end = planned(
        "bring it back, but at the very end this time", "walks | jumps | sits", "walks | sits"
    )
    assert at_the_end == [{"op": "insert", "description": "a person jumps"}]


@pytest.mark.parametrize(
    "request_",
    ["walk backwards", "jump three times", "a person walks faster", "wave while walking", "then walk"],
)
def test_a_new_motion_is_no_change(request_: str) -> None:
    assert read_changes(request_, ["a person walks forward", "a person jumps"], VERBS) is None


@pytest.mark.parametrize(("amount", "told"), [(0.0, "would be left"), (30.0, "at most")])
def test_amounts_that_cannot_be_made_are_told(amount: float, told: str) -> None:
    clip = thread("", "jumps | jumps").current_clip
    assert clip is not None
    with pytest.raises(PlanningError, match=told):
        quantity(Edit("quantity", amount=amount, said="times", relation="to"), Timeline(clip, VERBS))


def test_a_share_is_taken_away_or_added_and_never_dropped() -> None:
    [half] = read_changes("make the jump 50% shorter", ["a person jumps"], VERBS) or []
    assert half.kind == "shorter" and half.amount == -2
    [more] = read_changes("make the jump 50% longer", ["a person jumps"], VERBS) or []
    assert more.kind == "longer" and more.amount == -1.5
    [slower] = read_changes("make the jump 20% slower", ["a person jumps"], VERBS) or []
    assert slower.kind == "speed" and slower.amount == 0.8
    assert read_changes("make the jump 50% higher", ["a person jumps"], VERBS) is None


def test_walking_back_is_no_part_that_comes_back() -> None:
    assert read_changes("walk back", ["a person waves"], VERBS) is None


def test_marks_in_a_message_name_no_parts():
    assert read_changes("@7 faster", ["a person walks"], Verbs([])) is None


@pytest.mark.parametrize(
    ("request_", "parts", "operations"),
    [
        ("add another one right behind it", "jumps", [on(1, "repeat", times=2)]),
        ("another one after the jump", "jumps | bows", [on(1, "repeat", times=2)]),
        (
            "make it 2 kicks, right then left",
            "walks | kicks with the left leg",
            [
                on(2, "replace", description="a person kicks with the right leg", seconds=2.0),
                {
                    "op": "insert",
                    "position": 3,
                    "description": "a person kicks with the left leg",
                    "seconds": 2.0,
                },
            ],
        ),
        (
            "further. 7 or so",
            "walks forward 2 metres",
            [on(1, "replace", description="a person walks forward 7 metres")],
        ),
        ("there's a weird jerk where the walk goes into the jump", "walks | jumps", [on(1, "inbetween")]),
        ("smooth out the transition please", "walks | jumps", [on(1, "inbetween")]),
        (
            "keep everything else the same but make the walk a run",
            "walks | bows",
            [on(1, "replace", description="a person runs")],
        ),
        (
            "quicker walk, longer bow, sitting is fine as is",
            "walks | bows | sits down",
            [on(1, "speed", factor=1.5), on(2, "extend", seconds=1.0)],
        ),
    ],
)
def test_rows_of_sides_joins_and_what_is_fine_are_read_with_the_changes(
    request_: str, parts: str, operations: list[dict[str, Any]]
) -> None:
    assert planned(request_, parts) == operations


def test_two_limbs_move_at_once() -> None:
    parts = "raises the left arm | raises the right arm"
    made, over, gone = planned("both at once would be better", parts)
    assert made["description"] == "a person raises the left arm"
    assert (over["limb"], over["description"]) == ("right arm", "a person raises the right arm")
    assert gone == on(2, "delete")


def test_what_cannot_be_done_at_once_is_said_and_nothing_is_changed() -> None:
    plan = decide(thread("both at once please", "jumps | sits down"), VERBS, TOOL_NAMES, learned=True)
    assert not plan.calls and "at once" in plan.text


def test_praise_of_a_part_changes_nothing() -> None:
    plan = decide(thread("the walk is fine", "walks | waves"), VERBS, TOOL_NAMES, learned=True)
    assert not plan.calls


def test_a_part_that_was_removed_can_be_had_back() -> None:
    plan = decide(
        thread("could I have the wave back?", "jumps | waves", "jumps"), VERBS, TOOL_NAMES, learned=True
    )
    assert plan.calls == [("history", {"action": "restore", "motion_id": "m1"})]


def test_a_side_is_no_praise_of_a_part() -> None:
    assert read_changes("no, turn right", ["a person turns left"], VERBS) != []
