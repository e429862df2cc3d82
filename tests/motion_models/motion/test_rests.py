"""Cuts that go out to where the body rests."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.data.cmu import Trial
from motion_agent.motion_models.data.corpus_items import CorpusItem, from_rest
from motion_agent.motion_models.motion.rests import cut_at_rest, resting


def standing_then_walking() -> np.ndarray:
    """Twenty frames of standing, sixty of walking, twenty of standing."""
    walk = walking(60)
    return np.concatenate([np.repeat(walk[:1], 20, 0), walk, np.repeat(walk[-1:], 20, 0)])


def test_a_body_rests_where_its_joints_do() -> None:
    rests = resting(standing_then_walking())
    assert rests[:15].all() and rests[85:].all() and not rests[25:75].any()
    assert not resting(walking(2)).any()


def test_a_cut_moves_out_to_the_rest_next_to_it() -> None:
    rests = np.zeros(100, dtype=bool)
    rests[:20] = rests[80:] = True
    assert cut_at_rest(rests, 28, 74) == (15, 85)
    assert cut_at_rest(rests, 35, 60) == (35, 60)
    assert cut_at_rest(rests, 17, 82) == (13, 86)
    assert cut_at_rest(rests, 1, 99) == (0, 100)


def test_a_cut_stays_within_the_recording() -> None:
    assert cut_at_rest(np.zeros(10, dtype=bool), 2, 9) == (2, 9)
    assert cut_at_rest(np.ones(10, dtype=bool), 0, 10) == (0, 10)


def test_items_are_cut_by_the_seconds_of_their_trial() -> None:
    trial = Trial("a", standing_then_walking().astype(np.float32), "train", skipped=1.0)
    (item,) = from_rest([CorpusItem("a", 2.2, 4.9, "walk", ("a person walks",))], {"a": trial})
    assert 1.5 < item.start < 1.9 and 5.1 < item.end < 5.5
    assert item.start == pytest.approx(round(item.start * 20) / 20)
