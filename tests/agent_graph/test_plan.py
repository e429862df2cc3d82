"""MotionPlan: the calls of one message, checked as a whole."""

from __future__ import annotations

import pytest
from fakes import anything, call, holding, plan
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage
from langchain_core.messages.tool import invalid_tool_call
from motion_agent.agent_graph.errors import PlanError
from motion_agent.agent_graph.plan import Limits, MotionPlan, read_plan
from motion_agent.tools.toolbox import TOOLS

WALK = call("generate_motion", description="a person walks")
LIST = call("list_motions")
#: The lengths of the parts of every motion in memory here, in seconds.
PARTS = (1.0, 3.0)


def read(*calls, known=("m1", "m2"), limits=None):
    return read_plan(plan(*calls), holding(*known, parts=PARTS), lambda: known, limits or Limits())


def compose(*motion_ids):
    return call("compose_sequence", segments=[{"motion_id": motion_id} for motion_id in motion_ids])


def test_steps_keep_the_order_of_the_message():
    steps = read(WALK, compose("$1", "m1"), call("export_motion", motion_id="$2")).steps
    assert [step.tool for step in steps] == ["generate_motion", "compose_sequence", "export_motion"]
    assert [step.references for step in steps] == [frozenset(), {1}, {2}]
    assert [step.makes_motion for step in steps] == [True, True, False]


@pytest.mark.parametrize(
    ("calls", "reason"),
    [
        ([WALK, compose("m7")], "step 2 refers to motion m7, which does not exist; known: m1, m2"),
        ([compose("$\u00b2")], "step 1 refers to motion $\u00b2, which does not exist"),
        ([compose("$1")], "step 1 refers to $1, which is the step itself"),
        ([compose("$2"), WALK], "step 1 refers to $2, which comes later"),
        ([WALK, compose("$0")], "step 2 refers to $0, but steps are numbered from 1"),
        ([LIST, compose("$1")], "step 2 refers to $1, but step 1 (list_motions) makes no motion"),
        ([call("fly")], "step 1 calls 'fly', which is no tool; tools: generate_motion"),
        ([call("generate_motion")], "step 1 (generate_motion) has wrong arguments: arguments.description"),
        ([call("generate_motion", description="x", seconds="soon")], "arguments.seconds: Input should be"),
        ([WALK] * 17, "the plan has 17 steps; at most 16 are allowed"),
        (
            [call("generate_motion", description="a walk", seconds=500, variants=2)],
            "the plan asks for 1000 s of motion; at most 600 s",
        ),
    ],
)
def test_faults_are_named_precisely(calls, reason):
    with pytest.raises(PlanError) as caught:
        read(*calls)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_as_many_steps_and_people_as_are_allowed():
    limits, wave = Limits(steps=2, people=2), {"description": "a person waves"}
    assert len(read(WALK, LIST, limits=limits).steps) == 2
    assert read(call("arrange_scene", people=[wave] * 2), limits=limits).seconds == 8
    with pytest.raises(PlanError, match="step 1 has 3 people; at most 2 are allowed"):
        read(call("arrange_scene", people=[wave] * 3), limits=limits)
    with pytest.raises(PlanError, match="the plan has 3 steps; at most 2 are allowed"):
        read(WALK, LIST, LIST, limits=limits)


def test_new_parts_of_no_stated_length_count_in_the_budget():
    parts = [
        {"op": "insert", "description": "a person walks"},
        {"op": "replace", "segment": 1, "description": "x"},
    ]
    edit = call("edit_motion", motion_id="m1", operations=[*parts, {"op": "insert", "motion_id": "m2"}])
    with pytest.raises(PlanError, match="the plan asks for 8 s of motion; at most 5 s"):
        read(edit, limits=Limits(seconds=5))


def edit(*operations, motion_id="m1"):
    return call("edit_motion", motion_id=motion_id, operations=list(operations))


def scene(*people):
    return call("arrange_scene", people=list(people))


@pytest.mark.parametrize(
    ("step", "seconds"),
    [
        (call("generate_motion", description="a walk", seconds=5), 5.0),
        # Only the people who are yet to be made cost anything, 4 s each where no length is given.
        (scene({"motion_id": "m1"}, {"motion_id": "m2"}, {"motion_id": "m1"}), 0.0),
        (scene({"motion_id": "m1"}, {"description": "a person walks"}, {"description": "he waves"}), 8.0),
        (edit({"op": "inbetween", "segment": 1, "seconds": 3}), 3.0),
        (edit({"op": "extend", "segment": 1, "seconds": 2}), 2.0),
        (edit({"op": "trim", "start": 0, "end": 1}), 0.0),
        (edit({"op": "delete", "segment": 1}), 0.0),
        (edit({"op": "reorder", "order": [2, 1]}), 0.0),
        # What is copied or made anew counts as long as it will be: the motion has parts of 1 s and 3 s.
        (edit({"op": "repeat", "times": 3}), 8.0),
        (edit({"op": "repeat", "times": 3, "segment": 1}), 2.0),
        (edit({"op": "regenerate"}), 4.0),
        (edit({"op": "regenerate", "segment": 2}), 3.0),
        (edit({"op": "mirror", "segment": 2}), 3.0),
        (edit({"op": "speed", "factor": 0.5}), 8.0),
        (edit({"op": "speed", "factor": 0.5, "segment": 1}), 2.0),
        (edit({"op": "duration", "seconds": 6, "segment": 2}), 6.0),
        (edit({"op": "duration", "seconds": 6}), 6.0),
        (edit({"op": "insert", "motion_id": "m2"}), 4.0),
        (edit({"op": "replace", "segment": 1, "description": "a bow", "seconds": 2}), 2.0),
        # Each operation works on what the one before left: 4 s more, then all 8 s twice more.
        (edit({"op": "insert", "motion_id": "m2"}, {"op": "repeat", "times": 3}), 20.0),
        (edit({"op": "delete", "segment": 1}, {"op": "regenerate"}), 3.0),
        (edit({"op": "duration", "seconds": 6, "segment": 2}, {"op": "regenerate", "segment": 2}), 12.0),
        (edit({"op": "extend", "segment": 1, "seconds": 2}, {"op": "regenerate", "segment": 1}), 5.0),
        # What comes in has a place: after it, segment 2 is another one.
        (edit({"op": "insert", "motion_id": "m2", "position": 1}, {"op": "regenerate", "segment": 2}), 7.0),
        (edit({"op": "insert", "motion_id": "m2", "position": 2}, {"op": "regenerate", "segment": 2}), 5.0),
        (edit({"op": "insert", "motion_id": "m2"}, {"op": "regenerate", "segment": 4}), 7.0),
        (edit({"op": "inbetween", "segment": 1, "seconds": 2}, {"op": "regenerate", "segment": 2}), 4.0),
        (edit({"op": "extend", "seconds": 2}, {"op": "regenerate", "segment": 2}), 7.0),
        (edit({"op": "reorder", "order": [2, 1]}, {"op": "regenerate", "segment": 1}), 3.0),
        (call("compose_sequence", segments=[{"motion_id": "m1", "repeat": 3}]), 12.0),
        (call("compose_sequence", segments=[{"description": "a walk", "seconds": 2, "repeat": 2}]), 4.0),
    ],
)
def test_a_plan_costs_what_is_to_be_made_and_may_use_up_its_budget(step, seconds):
    assert read(step, limits=Limits(seconds=seconds)).seconds == seconds
    if seconds:
        with pytest.raises(PlanError, match=f"the plan asks for {seconds:g} s of motion"):
            read(step, limits=Limits(seconds=seconds - 0.1))


def test_what_a_step_makes_counts_on_in_the_steps_that_use_it():
    walk = call("generate_motion", description="a person walks", seconds=5)
    assert read(walk, edit({"op": "repeat", "times": 4}, motion_id="$1")).seconds == 20
    twice = call("compose_sequence", segments=[{"motion_id": "$1", "repeat": 2}])
    assert read(walk, twice, edit({"op": "regenerate"}, motion_id="$2")).seconds == 25


def test_what_multiplies_is_not_counted_to_its_end():
    grow = [{"op": "repeat", "times": 20}] * 32
    with pytest.raises(PlanError, match=r"the plan asks for 1596 s of motion"):
        read(edit(*grow))
    again = [
        call("compose_sequence", segments=[{"motion_id": f"${n}" if n else "m1", "repeat": 20}] * 64)
        for n in range(16)
    ]
    with pytest.raises(PlanError, match="at most 600 s are allowed"):
        read(*again)


def test_an_operation_that_cannot_be_carried_out_costs_nothing():
    assert read(edit({"op": "extend", "seconds": 2}, {"op": "repeat", "segment": 9})).seconds == 2


def test_all_faults_are_told_at_once():
    with pytest.raises(PlanError) as caught:
        read(call("fly"), WALK, compose("m7", "m8"), compose("m9"))
    assert [step for step, _ in caught.value.problems] == [1, 3, 3, 4]
    assert caught.value.of_step(3).startswith("step 3 refers to motion m7")


def test_unreadable_calls_are_faults():
    broken = invalid_tool_call(name="generate_motion", args='{"desc', id="c1", error="Unterminated string")
    with pytest.raises(PlanError, match=r"step 1 \(generate_motion\) is not valid JSON: Unterminated string"):
        read_plan(AIMessage("", invalid_tool_calls=[broken]), anything, tuple, Limits())


def test_unreadable_calls_are_counted_after_those_that_can_be_read():
    broken = [invalid_tool_call(name="export_motion", args="{", id=f"c{n}", error="cut") for n in range(2)]
    message = AIMessage("", tool_calls=plan(WALK, LIST).tool_calls, invalid_tool_calls=broken)
    with pytest.raises(PlanError) as caught:
        read_plan(message, anything, tuple, Limits())
    assert [step for step, _ in caught.value.problems] == [3, 4]


def test_a_plan_survives_json():
    steps = read(WALK, compose("$1"))
    assert MotionPlan.model_validate_json(steps.model_dump_json()) == steps


def test_every_tool_can_be_a_step():
    schema = MotionPlan.model_json_schema()["properties"]["steps"]["items"]
    assert set(schema["discriminator"]["mapping"]) == set(TOOLS)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 700)
    | st.floats()
    | st.sampled_from(["$1", "$9", "m1", "a", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["description", "motion_id", "seconds", "segments", "operations", "op", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
CALLS = st.lists(
    st.tuples(st.sampled_from([*TOOLS, "fly"]), st.dictionaries(st.sampled_from(
        ["description", "motion_id", "seconds", "segments", "operations", "formats", "path", "name"]
    ), JSON, max_size=4)),
    min_size=1,
    max_size=4,
)  # fmt: skip


@settings(max_examples=150)
@given(CALLS)
def test_any_calls_give_a_sound_plan_or_a_plan_error(calls):
    message = plan(*[call(tool, **arguments) for tool, arguments in calls])
    try:
        steps = read_plan(message, holding("m1"), lambda: ["m1"], Limits()).steps
    except PlanError as error:
        assert all(0 <= step <= len(calls) for step, _ in error.problems)
        assert "\n" not in str(error)
        return
    for number, step in enumerate(steps, 1):
        assert all(0 < target < number and steps[target - 1].makes_motion for target in step.references)
