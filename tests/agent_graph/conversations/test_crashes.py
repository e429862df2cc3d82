"""A turn that is killed at any operation of its database is finished when its thread is taken up again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest
from killing import REQUESTS, UNSAID, copy_of, points, resume_of, taken_up, turn_of
from motion_agent.agent_graph import serialization

TESTS = Path(__file__).parents[2]


@pytest.mark.parametrize("index", range(len(REQUESTS)), ids=[request for request, _ in REQUESTS])
def test_a_turn_killed_at_any_operation_is_finished_later(quick_folder, index):
    request, made = REQUESTS[index]
    before = sum(count for _, count in REQUESTS[:index])
    tried = 0
    for file, number, name, moment in points(quick_folder, index):
        turn_of(file, request, number, moment)
        left = taken_up(file, request)
        if (number, moment) == (1, "before"):
            assert (left.requests, left.motions, left.faults) == (index, before, UNSAID)
        else:
            assert not left.faults, f"killed {moment} operation {number}, {name}"
            assert (left.requests, left.motions) == (index + 1, before + made), (number, moment)
        tried += 1
    assert tried >= 2 * 13


def test_also_where_what_is_read_is_so_large_that_it_is_remembered(quick_folder, monkeypatch):
    """Every checkpoint of a long thread that holds all its messages is."""
    monkeypatch.setattr(serialization, "PACKED_FROM", 0)
    monkeypatch.setattr(serialization, "REMEMBERED", 1000)
    request, made = REQUESTS[0]
    for file, number, name, moment in points(quick_folder, 0):
        if (number, moment) != (1, "before"):
            turn_of(file, request, number, moment)
            left = taken_up(file, request)
            assert (left.requests, left.motions, left.faults) == (1, made, ()), (number, name, moment)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_turn_killed_again_while_it_is_finished_is_finished_later(quick_folder):
    """Dead after any operation of a turn, then after any operation of its end."""
    request, made = REQUESTS[1]
    again, tried = quick_folder / "again.sqlite", 0
    for file, number, name, moment in points(quick_folder, 1):
        if moment == "before":
            continue
        turn_of(file, request, number, moment)
        for second in count(1):
            done = resume_of(copy_of(file, again), second)
            if len(done) < second:
                break
            left = taken_up(again, request)
            assert (left.requests, left.motions, left.faults) == (2, 1 + made, ()), (number, name, second)
            tried += 1
    assert tried >= 200


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_real_kill_leaves_what_the_simulated_one_leaves(quick_folder):
    """kill -9 of another process at every operation of the six requests."""
    command = [sys.executable, str(TESTS / "killing.py"), str(quick_folder)]
    done = subprocess.run(command, check=False, env=os.environ, capture_output=True, text=True, timeout=3000)
    assert done.returncode == 0, done.stderr[-2000:]
    real = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(real) >= 160
    assert not [point for point in real if point["lived"]]
    faulty = [point for point in real if point["faults"]]
    assert {(point["number"], point["moment"], tuple(point["faults"])) for point in faulty} == {
        (1, "before", UNSAID)
    }
    simulated = []
    for index, (request, _) in enumerate(REQUESTS):
        for file, number, _name, moment in points(quick_folder, index):
            turn_of(file, request, number, moment)
            left = taken_up(file, request)
            simulated.append((index, number, moment, left.resumed, left.requests, left.motions))
    keys = ("request", "number", "moment", "resumed", "requests", "motions")
    assert [tuple(point[key] for key in keys) for point in real] == simulated
