"""When a reply has said enough."""

from __future__ import annotations

import time

import pytest
from motion_agent.agent_graph.coordinators.enough import may_show, said_enough


@pytest.mark.parametrize(
    ("reply", "kept"),
    [
        ("I walk. I jump. I walk. Then", "I walk. I jump."),
        ('{"answer": "I walk. I walk. I', '{"answer": "I walk.'),
        ("He walks, then he turns, then he turns, then he turns,", "He walks, then he turns"),
        ('{"answer": "m1 jumps high; m1 jumps high; m1 jumps high;', '{"answer": "m1 jumps high'),
        ("Two. Three! Four? Five", "Two. Three! Four?"),
    ],
)
def test_a_reply_is_kept_as_far_as_it_says_something_new(reply, kept):
    assert reply[: said_enough(reply, sentences=3)] == kept
    assert may_show(reply[-1]) or may_show(reply[reply.rindex(" ") :])


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "I walk. I jump. I walk.",  # it may go on: 2. can become 2.5
        "It lasts 2.5 s. It is 2.5 m long, 2.5 m",
        "He walks, turns left, walks, turns left, walks, turns left and sits.",
        '{"steps": [{"description": "a man jumps"}, {"description": "a man jumps"}, {"description": "a man',
        '{"answer": "I walk. I walk."}',
        "Two. Three. Four",
    ],
)
def test_what_is_new_is_not_ended(reply):
    assert said_enough(reply, sentences=3) is None


def test_a_long_reply_is_judged_in_no_time():
    reply = '{"answer": "' + "".join(f"the {n}th part walks, " for n in range(200))
    began = time.process_time()
    assert all(said_enough(reply) is None for _ in range(20))
    assert time.process_time() - began < 1
