"""Surfaces in a picture: what is nearer hides what is behind, and what turns away is not drawn."""

from __future__ import annotations

import numpy as np
from motion_agent.motion_models.formats.raster import Surface, draw_surfaces
from PIL import Image

SIZE = 40


def project(points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A camera at z = 5 that looks along -Z, without perspective: 10 pixels a metre."""
    pixels = np.stack([SIZE / 2 + 10 * points[..., 0], SIZE / 2 - 10 * points[..., 1]], axis=-1)
    return pixels, 5.0 - points[..., 2], np.full(points.shape[:-1], 10.0)


def square(half: float, z: float, colour: tuple[int, int, int], *, away: bool = False) -> Surface:
    corners = np.array([[-half, -half, z], [half, -half, z], [half, half, z], [-half, half, z]])
    triangles = np.array([[0, 1, 2], [0, 2, 3]])
    if away:
        triangles = triangles[:, ::-1]
    return Surface(
        corners, np.tile([0.0, 0.0, 1.0], (4, 1)), triangles, np.tile(np.array(colour, float), (2, 1))
    )


def picture(*surfaces: Surface) -> np.ndarray:
    blank = Image.new("RGB", (SIZE, SIZE), (255, 255, 255))
    return np.asarray(draw_surfaces(blank, surfaces, project, np.array([1.0, 0.0, 0.0])))


def test_the_nearer_one_is_seen_in_whatever_order() -> None:
    near, far = square(0.5, 1.0, (200, 0, 0)), square(1.5, 0.0, (0, 0, 200))
    for pixels in (picture(near, far), picture(far, near)):
        assert pixels[20, 20, 0] > 100 and pixels[20, 20, 2] == 0
        assert pixels[20, 8, 2] > 100 and pixels[20, 8, 0] == 0
        assert (pixels[1, 1] == 255).all()
    assert (np.abs(picture(far)[:, :, 1].astype(int) - 255) > 0).sum() in range(900, 1000)


def test_faces_that_turn_away_or_stand_behind_the_camera_are_left_out() -> None:
    assert (picture(square(1.0, 0.0, (9, 9, 9), away=True)) == 255).all()
    assert (picture(square(1.0, 6.0, (9, 9, 9))) == 255).all()
