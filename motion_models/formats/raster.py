"""Surfaces of triangles in a picture, shaded smoothly, with a depth buffer, all at once in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from ..arrays import FloatArray, IntArray

#: World points (..., 3) -> pixels (..., 2), depth (...) and pixels a metre there (...).
Projection = Callable[[FloatArray], tuple[FloatArray, FloatArray, FloatArray]]

_NEAR = 0.4
#: Where light comes from: above, the camera's left, the camera; what is bright without it and what it adds.
_LIGHT = (0.75, 0.55, 0.5)
_AMBIENT, _DIFFUSE = 0.62, 0.5
#: Triangles larger than this, in pixels of their bounding box, lie right before the camera.
_LARGEST = 250_000


@dataclass(frozen=True, eq=False)
class Surface:
    """Vertices (V, 3) in metres, unit normals (V, 3), triangles (F, 3) and their colours (F, 3), 0 to 255."""

    vertices: FloatArray
    normals: FloatArray
    triangles: IntArray
    colours: FloatArray


def draw_surfaces(
    image: Image.Image, surfaces: Sequence[Surface], project: Projection, right: FloatArray
) -> Image.Image:
    """The image with surfaces in front of it. right: where the camera's right is, in the world."""
    pixels = np.array(image)
    height, width = pixels.shape[:2]
    depths = np.full(height * width, np.inf)
    light = _light(right)
    flat = pixels.reshape(-1, 3)
    for surface in surfaces:
        corners, depth, _ = project(surface.vertices)
        shade = _AMBIENT + _DIFFUSE * np.clip(surface.normals @ light, -0.4, 1.0)
        chosen = _facing(corners, depth, surface.triangles)
        triangles, colours = surface.triangles[chosen], surface.colours[chosen]
        which, places, weights = _covered(corners[triangles], width, height)
        nearness = np.einsum("nk,nk->n", weights, depth[triangles][which])
        brightness = np.einsum("nk,nk->n", weights, shade[triangles][which])
        np.minimum.at(depths, places, nearness)
        seen = nearness <= depths[places]
        flat[places[seen]] = np.clip(colours[which[seen]] * brightness[seen, None], 0, 255)
    return Image.fromarray(pixels)


def _light(right: FloatArray) -> FloatArray:
    """The direction towards the light: (3,), unit length."""
    aside = right / np.linalg.norm(right)
    up = np.array([0.0, 1.0, 0.0])
    light = np.array(_LIGHT) @ np.stack([up, -aside, np.cross(aside, up)])
    return light / np.linalg.norm(light)


def _facing(corners: FloatArray, depth: FloatArray, triangles: IntArray) -> npt.NDArray[np.bool_]:
    """Which triangles (F,) are turned to the camera and lie before it."""
    a, b, c = (corners[triangles[:, corner]] for corner in range(3))
    area = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
    return (area < 0) & (depth[triangles].min(axis=1) > _NEAR)


def _covered(corners: FloatArray, width: int, height: int) -> tuple[IntArray, IntArray, FloatArray]:
    """Every pixel of triangles (F, 3, 2): the triangle's number (N,), the pixel (N,), its shares (N, 3)."""
    limit = np.array([width - 1, height - 1])
    low = np.clip(np.floor(corners.min(axis=1)), 0, limit).astype(int)
    high = np.clip(np.ceil(corners.max(axis=1)), 0, limit).astype(int)
    spans = high - low + 1
    counts = np.where(spans.prod(axis=1) > _LARGEST, 0, spans.prod(axis=1))
    which = np.repeat(np.arange(len(corners)), counts)
    inner = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    down, along = np.divmod(inner, spans[:, 0][which])
    x, y = low[:, 0][which] + along, low[:, 1][which] + down
    a, b, c = _shares(corners, which, x, y)
    inside = np.flatnonzero((a >= -1e-6) & (b >= -1e-6) & (c >= -1e-6))
    weights = np.stack([a[inside], b[inside], c[inside]], axis=1)
    return which[inside], (y * width + x)[inside], weights


def _shares(
    corners: FloatArray, which: IntArray, x: IntArray, y: IntArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Barycentric coordinates of pixels in their triangles, one array (N,) for each corner."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    area = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
    edges = ((c - a)[:, 1] / area, -(c - a)[:, 0] / area, -(b - a)[:, 1] / area, (b - a)[:, 0] / area)
    first, second, third, fourth = (edge[which] for edge in edges)
    dx, dy = x - a[:, 0][which], y - a[:, 1][which]
    u, v = first * dx + second * dy, third * dx + fourth * dy
    return 1 - u - v, u, v
