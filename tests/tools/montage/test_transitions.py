"""What leads from one motion over into the next: even, smooth, and the best way of several."""

from __future__ import annotations

import codebook
import numpy as np
import pytest
from motion_agent.motion_models.motion.features import LOCAL_POSITIONS, ROOT_HEIGHT, ROOT_VELOCITY_XZ
from motion_agent.motion_models.motion.skeleton import JOINT
from motion_agent.tools.montage import transitions
from motion_agent.tools.montage.transitions import PATHS, boundary_costs, connecting

DOWN, UP = (codebook.pose(),) * 10, (codebook.pose(hand=0.4),) * 10
#: Where the height of the left hand is among the local positions.
HAND = LOCAL_POSITIONS.start + 3 * (JOINT["left_wrist"] - 1) + 1


def heights(services, tokens):
    return services.decode(tokens)[:, HAND]


def boundary_cost(services, before, after, way=()):
    """The cost of a single boundary."""
    [cost] = boundary_costs(services, [(tuple(before), tuple(way), tuple(after))])
    return cost


def test_a_way_leads_over_evenly_and_costs_less_than_a_leap(services):
    way = connecting(services, DOWN, UP, 3)
    low, high = heights(services, DOWN)[-1], heights(services, UP)[0]
    path = [low, *heights(services, way), high]
    assert len(way) == 3
    assert (np.diff(path) > 0).all(), "the hand only rises"
    assert path[1] - low < 0.1 and high - path[-2] < 0.1
    leap = boundary_cost(services, DOWN, UP)
    assert boundary_cost(services, DOWN, UP, way) < leap
    assert boundary_cost(services, DOWN, DOWN) < boundary_cost(services, DOWN, UP, way)


def test_a_way_leads_from_the_end_of_one_motion_to_the_start_of_the_other(services):
    way = connecting(services, DOWN, UP, 3)
    assert connecting(services, (*UP, *DOWN), UP, 3) == way
    assert connecting(services, DOWN, (*UP, *DOWN), 3) == way


def test_an_even_but_fast_movement_has_its_cost(services):
    rows = np.repeat(services.decode(DOWN[:1])[:1], 40, axis=0)
    rising = slice(LOCAL_POSITIONS.start + 1, LOCAL_POSITIONS.stop, 3)
    rows[:, rising] += 2 * transitions.TYPICAL_STEP * np.arange(40)[:, None]
    tokens = services.encode(rows)
    assert boundary_cost(services, tokens[:5], tokens[5:]) == pytest.approx(2.0, abs=0.1)


def test_no_time_is_no_way(services):
    assert connecting(services, DOWN, UP, 0) == ()


def test_of_several_ways_the_smoothest_is_taken(services, monkeypatch):
    def leaping(start, end, shares):
        way = PATHS[1](start, end, shares)
        way[::2, HAND] += 0.3
        return way

    [best] = {connecting(services, DOWN, UP, 3) for _ in range(2)}
    for paths in ((leaping, *PATHS), (*PATHS, leaping)):
        monkeypatch.setattr(transitions, "PATHS", paths)
        assert connecting(services, DOWN, UP, 3) == best
    costs = []
    for path in PATHS:
        monkeypatch.setattr(transitions, "PATHS", (path,))
        costs.append(boundary_cost(services, DOWN, UP, connecting(services, DOWN, UP, 3)))
    assert boundary_cost(services, DOWN, UP, best) == pytest.approx(min(costs))
    assert min(costs) < max(costs)


@pytest.mark.parametrize("path", PATHS)
def test_every_path_comes_from_the_frame_before_and_arrives_at_the_frame_after(path, services):
    start, end = services.decode(DOWN), services.decode(UP)
    start[:, ROOT_HEIGHT], end[:, ROOT_HEIGHT] = 0.9, 0.5
    first, last = path(start, end, np.array([[1e-6], [1 - 1e-6]]))
    for pose in (HAND, ROOT_HEIGHT):
        assert first[pose] == pytest.approx(start[-1, pose], abs=1e-3)
        assert last[pose] == pytest.approx(end[0, pose], abs=1e-3)


def test_the_curved_way_leaves_with_the_speed_of_the_motion_before(services):
    start, end = services.decode(DOWN), services.decode(DOWN)
    start[-4:, HAND] += 0.01 * np.arange(-3, 1)  # a centimetre a frame, up to where it was
    way = PATHS[0](start, end, np.linspace(0, 1, 9)[1:-1, None])
    assert way[0, HAND] - start[-1, HAND] == pytest.approx(0.007, abs=0.003)


@pytest.mark.parametrize("path", PATHS[2:])
def test_the_slowing_ways_stand_still_in_the_middle(path, services):
    start, end = services.decode((3, 4, 5)), services.decode((6, 7, 8))
    speed = path(start, end, np.array([[0.1], [0.5], [0.9]]))[:, ROOT_VELOCITY_XZ]
    assert np.abs(speed[1]).max() == pytest.approx(0.0, abs=1e-6)
    assert np.linalg.norm(speed[0]) > 0.03 and np.linalg.norm(speed[2]) > 0.03


def test_a_boundary_costs_where_feet_slide(services):
    assert boundary_cost(services, DOWN, DOWN) == pytest.approx(0.0, abs=1e-3)
    still = services.decode(DOWN)
    gliding = still.copy()
    gliding[:, ROOT_VELOCITY_XZ] = 0.02  # the pose is held while the body moves: both feet slide
    tokens = services.encode(gliding)
    assert boundary_cost(services, tokens, tokens) > 0.9


def test_what_lies_further_away_does_not_count(services):
    far = (*UP[:1], *DOWN)
    assert boundary_cost(services, far, DOWN) == boundary_cost(services, DOWN, DOWN)
    assert boundary_cost(services, DOWN, far[::-1]) == boundary_cost(services, DOWN, DOWN)
