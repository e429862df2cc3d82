"""What candidates of a part are made of: their seeds, and the context of the part before."""

from __future__ import annotations

from typing import Any

import pytest
from fakes import FakeBackend
from hand import Hand
from motion_agent.motion_models import load_backend
from motion_agent.motion_models.english.demands import read_demands
from motion_agent.motion_models.fitting.lengths import GOING_SECONDS
from motion_agent.motion_models.motion.measures import kinematics as k
from motion_agent.tools.batching import Job, Tokens
from motion_agent.tools.memory import MotionMemory
from motion_agent.tools.montage.choosing import Candidate, Choosing, Wanted, choose, jobs, side_by_side
from motion_agent.tools.rendering import render_motion
from motion_agent.tools.services import Services


def wanted(*, foreign: bool) -> Wanted:
    return Wanted(
        read_demands("sit down"), "a person sits down", "sit down", 2.0, 7, prefix=(1, 2), foreign=foreign
    )


def made_in(rounds: int, name: str) -> Choosing:
    """A choice that asks for two motions a round, and is made of the last ones it was given."""
    given: list[Tokens] = []
    for number in range(rounds):
        given = yield [Job(name, 1.0, number), Job(name, 1.0, number + 100)]
    return Candidate(name, given[0] + given[1], (), (), True, 0.0)


@pytest.mark.parametrize("rounds", [(1, 1, 1), (3, 1, 2), (2, 3, 1)])
def test_choices_keep_their_order_and_their_motions_however_many_rounds_they_take(rounds: tuple[int, ...]):
    work = side_by_side([made_in(count, f"part {n}") for n, count in enumerate(rounds)])
    batches, asked = [], next(work)
    try:
        while True:
            batches.append(len(asked))
            asked = work.send([(int(job.prompt[-1]), job.seed or 0) for job in asked])
    except StopIteration as end:
        found = end.value
    assert [each.prompt for each in found] == ["part 0", "part 1", "part 2"]
    assert [each.tokens for each in found] == [
        (n, count - 1, n, count + 99) for n, count in enumerate(rounds)
    ]
    assert batches == [2 * sum(count > number for count in rounds) for number in range(max(rounds))]


def test_the_same_action_goes_on_in_its_own_context_in_every_round():
    made = [job for number in range(3) for job in jobs(wanted(foreign=False), 4, number)]
    assert {job.prefix for job in made} == {(1, 2)}
    assert made[0].seed == 7 and len({job.seed for job in made}) == 12


def test_after_a_first_round_half_of_the_candidates_forget_the_action_before():
    """Whoever has walked may only ever go on standing."""
    contexts = [[job.prefix for job in jobs(wanted(foreign=True), 4, number)] for number in range(3)]
    assert contexts[0] == [(1, 2)] * 4
    assert contexts[1] == contexts[2] == [(1, 2), (), (1, 2), ()]


def going(said: str, **fields: Any) -> Wanted:
    given = {"seconds": None, "seed": 7, "plain": "a person walks forward", **fields}
    return Wanted(read_demands(said), said, "walk", **given)


def test_words_that_hold_a_model_back_are_left_out_of_half_of_the_later_candidates():
    wanted = going("a person walks, neutral")
    assert {job.prompt for job in jobs(wanted, 4, 0)} == {"a person walks, neutral"}
    assert [job.prompt for job in jobs(wanted, 4, 1)] == [
        "a person walks, neutral",
        "a person walks forward",
    ] * 2


def test_only_who_is_told_neither_how_long_nor_how_far_has_a_least_time():
    assert going("a person walks").least_seconds == going("a person jogs").least_seconds == GOING_SECONDS
    for said in (
        "a person walks 2 metres", "a person walks 3 steps", "a person turns 90 degrees", "a person jumps",
        "a person sidesteps to the left", "a person walks to a chair and sits down",
    ):  # fmt: skip
        assert going(said).least_seconds == 0
    assert going("a person walks", seconds=1.0).least_seconds == 0


def test_bare_walks_and_runs_last_three_seconds_and_keep_to_their_action():
    memory, backend = MotionMemory(), load_backend()
    hand = Hand(Services(backend, memory))
    for said in ("jog forward, relaxed", "a person walks cycle, neutral"):
        clip = hand.make("generate_motion", description=said, seed=1)
        joints = render_motion(memory, backend, clip.id).joints
        assert len(joints) >= 60 and k.forward_metres(joints) > 1


def test_what_recordings_only_undo_is_shown_backwards():
    """Recordings of people on the floor begin there; they get up, and nobody lies down."""
    memory, backend = MotionMemory(), load_backend()
    clip = Hand(Services(backend, memory)).make("generate_motion", description="a person lies down", seed=1)
    joints = render_motion(memory, backend, clip.id).joints
    assert k.pelvis_start(joints) > 0.6 and k.pelvis_end(joints) < 0.35
    assert clip.notes == ()


class Several(FakeBackend):
    """Thinks two motions of a request worth making."""

    candidates = 2


@pytest.mark.parametrize("costs", [(1.0, 3.0, 2.0), (3.0, 1.0, 2.0), (3.0, 2.0, 1.0)])
def test_where_no_round_keeps_what_was_asked_the_best_of_all_is_taken(
    costs: tuple[float, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = iter(costs)

    def judged(*given: Any) -> list[Candidate]:
        cost = next(rounds)
        return [
            Candidate("walk", (1,), (), (), False, cost + 5),
            Candidate("walk", (1,), (), (), False, cost),
        ]

    monkeypatch.setattr("motion_agent.tools.montage.choosing.judged", judged)
    choice = choose(Services(Several(), MotionMemory()), going("a person walks 2 metres"))
    asked = next(choice)
    with pytest.raises(StopIteration) as end:
        while True:
            asked = choice.send([(1,)] * len(asked))
    assert end.value.value.cost == min(costs)
