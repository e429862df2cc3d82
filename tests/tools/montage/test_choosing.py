"""What candidates of a part are made of: their seeds, and the context of the part before."""

from __future__ import annotations

from motion_agent.motion_models.english.demands import read_demands
from motion_agent.tools.montage.choosing import Wanted, jobs


def wanted(*, foreign: bool) -> Wanted:
    return Wanted(
        read_demands("sit down"), "a person sits down", "sit down", 2.0, 7, prefix=(1, 2), foreign=foreign
    )


def test_the_same_action_goes_on_in_its_own_context_in_every_round():
    made = [job for number in range(3) for job in jobs(wanted(foreign=False), 4, number)]
    assert {job.prefix for job in made} == {(1, 2)}
    assert made[0].seed == 7 and len({job.seed for job in made}) == 12


def test_after_a_first_round_half_of_the_candidates_forget_the_action_before():
    """Whoever has walked may only ever go on standing."""
    contexts = [[job.prefix for job in jobs(wanted(foreign=True), 4, number)] for number in range(3)]
    assert contexts[0] == [(1, 2)] * 4
    assert contexts[1] == contexts[2] == [(1, 2), (), (1, 2), ()]
