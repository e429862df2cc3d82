"""Between two key frames: turns go evenly and the shorter way, places straight, steps stay."""

from __future__ import annotations

import numpy as np
import pytest
from motion_agent.motion_models.formats.reading.keyframes import Track
from scipy.spatial.transform import Rotation

TIMES = np.array([0.5, 1.5, 3.5])


@pytest.mark.parametrize("signs", [(1, 1, 1), (1, -1, 1), (-1, 1, -1)])
def test_turns_are_even_and_take_the_shorter_way_whatever_the_sign(signs: tuple[int, ...]) -> None:
    """A quaternion and its negative are one turn, and halves of a wide turn are alike."""
    keys = Rotation.from_euler("y", [[0.0], [160.0], [200.0]], degrees=True).as_quat()
    track = Track(TIMES, keys * np.array(signs)[:, None], "LINEAR")
    found = Rotation.from_quat(track.at(np.array([0.0, 0.75, 1.0, 1.5, 2.5, 9.0])))
    turned = Rotation.from_euler("y", [[0.0], [40.0], [80.0], [160.0], [180.0], [200.0]], degrees=True)
    assert (found.inv() * turned).magnitude() == pytest.approx(np.zeros(6), abs=1e-6)


@pytest.mark.parametrize(
    ("interpolation", "expected"),
    [("LINEAR", [1.0, 1.5, 2.0, 5.0, 6.0]), ("STEP", [1.0, 1.0, 2.0, 2.0, 6.0])],
)
def test_places_go_straight_or_stay_until_the_next_key(interpolation: str, expected: list[float]) -> None:
    track = Track(TIMES, np.array([[1.0, 0.0, 0.0], [2.0, 0.0, 0.0], [6.0, 0.0, 0.0]]), interpolation)
    assert track.at(np.array([0.0, 1.0, 1.5, 3.0, 4.0]))[:, 0] == pytest.approx(expected)
