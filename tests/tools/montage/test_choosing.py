"""What candidates of a part are made of: their seeds, and the context of the part before."""

from __future__ import annotations

from hand import Hand
from motion_agent.motion_models import load_backend
from motion_agent.motion_models.english.demands import read_demands
from motion_agent.motion_models.motion.measures import kinematics as k
from motion_agent.tools.memory import MotionMemory
from motion_agent.tools.montage.choosing import Wanted, jobs
from motion_agent.tools.rendering import render_motion
from motion_agent.tools.services import Services


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


def test_what_recordings_only_undo_is_shown_backwards():
    """Recordings of people on the floor begin there; they get up, and nobody lies down."""
    memory, backend = MotionMemory(), load_backend()
    clip = Hand(Services(backend, memory)).make("generate_motion", description="a person lies down", seed=1)
    joints = render_motion(memory, backend, clip.id).joints
    assert k.pelvis_start(joints) > 0.6 and k.pelvis_end(joints) < 0.35
    assert clip.notes == ()
