"""A small renderer: people on a grid floor, as capsules drawn with Pillow or as surfaces drawn by `raster`.

Enough to judge a motion by, and fast: one 480p frame takes some ten milliseconds on one core.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageColor, ImageDraw, ImageFont

from ..arrays import FloatArray
from .body.figure import CAPSULES, LEFT_COLOUR, POINTS, RIGHT_COLOUR, trunk_colour
from .raster import Surface, draw_surfaces

Colour = tuple[int, int, int]

BACKGROUND, FLOOR_LINE, SHADOW = (246, 247, 249), (222, 226, 231), (214, 218, 224)
INK, FAINT_INK = (38, 44, 54), (122, 130, 142)
#: Drawn this much larger and scaled down, which smooths the edges.
SUPERSAMPLE = 2
#: Joints stand inside the body: the floor is drawn this far below the lowest one.
SOLE = 0.035
_LIGHT = np.array([0.35, 1.0, 0.25])
_NEAR = 0.2
#: Where the camera stands around people, degrees from in front of them; lines of the floor on each side.
_AZIMUTH, _REACH = 35.0, 7
_HALF_TURN = np.linspace(-1.0, 1.0, 7)
#: Brightness and share of the radius of each layer of a capsule.
_SHADES = ((0.72, 1.0), (1.0, 0.82), (1.14, 0.42))
_STARTS = np.array([POINTS[capsule.start] for capsule in CAPSULES])
_ENDS = np.array([POINTS[capsule.end] for capsule in CAPSULES])
_RADII = np.array([capsule.radii for capsule in CAPSULES])


@dataclass(frozen=True)
class Camera:
    """A pinhole camera that looks from `eye` at `target` (metres); `focal` in picture heights."""

    eye: FloatArray
    target: FloatArray
    size: tuple[int, int]
    focal: float = 1.35

    def project(self, points: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """World points (..., 3) -> pixels (..., 2), depth (...) and pixels a metre there (...)."""
        forward = (self.target - self.eye) / np.linalg.norm(self.target - self.eye)
        right = np.cross(forward, [0.0, 1.0, 0.0])
        right /= np.linalg.norm(right)
        axes = np.stack([right, -np.cross(right, forward), forward])
        local = (points - self.eye) @ axes.T
        depth = np.maximum(local[..., 2], _NEAR)
        scale = self.focal * self.size[1] / depth
        centre = np.array(self.size) / 2
        return local[..., :2] * scale[..., None] + centre, local[..., 2], scale


def camera_for(focus: FloatArray, size: tuple[int, int], *, spread: float = 0.0) -> Camera:
    """A camera in front of and above people around `focus` (3,), `spread` metres from its middle."""
    angle = np.deg2rad(_AZIMUTH)
    distance = 3.6 + 1.6 * spread
    target = np.array([focus[0], 0.85, focus[2]])
    eye = target + distance * np.array([np.sin(angle), 0.27, np.cos(angle)])
    return Camera(eye, target, size)


@dataclass(frozen=True, eq=False)
class Pose:
    """One person in one picture: body points (27, 3), metres, and the surface that is drawn around them.

    Without a surface the person is drawn as capsules.
    """

    points: FloatArray
    surface: Surface | None = None


def draw_people(people: Sequence[Pose], camera: Camera) -> Image.Image:
    """One picture of people. Size is `camera.size`."""
    size = (camera.size[0] * SUPERSAMPLE, camera.size[1] * SUPERSAMPLE)
    large = replace(camera, size=size)
    image = Image.new("RGB", size, BACKGROUND)
    draw = ImageDraw.Draw(image)
    everyone = np.stack([person.points for person in people])
    _draw_shadows(draw, everyone, large)
    _draw_grid(draw, large)
    surfaces = [person.surface for person in people if person.surface is not None]
    if surfaces:
        image = draw_surfaces(image, surfaces, large.project, np.cross(large.target - large.eye, (0, 1, 0)))
    else:
        _draw_bodies(draw, everyone, large)
    return image.reduce(SUPERSAMPLE)


def _draw_bodies(draw: ImageDraw.ImageDraw, people: FloatArray, camera: Camera) -> None:
    """Capsules of people (P, 27, 3), far to near; three shades from rim to light side make them round."""
    ends, radii, depth = _project_capsules(people, camera)
    lift = np.array([-0.22, -0.30])
    layers = [
        _outlines(ends + lift * (radii * (1 - share))[..., None], radii * share).tolist()
        for _, share in _SHADES
    ]
    colours = [_capsule_colour(capsule.side, person) for person in range(len(people)) for capsule in CAPSULES]
    for part in np.argsort(-depth):
        if depth[part] > 2 * _NEAR:
            for (shade, _), outlines in zip(_SHADES, layers, strict=True):
                draw.polygon(list(map(tuple, outlines[part])), fill=_shaded(colours[part], shade))


def _draw_shadows(draw: ImageDraw.ImageDraw, people: FloatArray, camera: Camera) -> None:
    ground = people - (people[..., 1:2] + SOLE) * (_LIGHT / _LIGHT[1])
    ends, radii, depth = _project_capsules(ground, camera)
    for outline in _outlines(ends, radii * 0.8, flat=0.5)[depth > 2 * _NEAR].tolist():
        draw.polygon(list(map(tuple, outline)), fill=SHADOW)


def _capsule_colour(side: str, person: int) -> Colour:
    red, green, blue, *_ = ImageColor.getrgb(
        {"left": LEFT_COLOUR, "right": RIGHT_COLOUR}.get(side, trunk_colour(person))
    )
    return red, green, blue


def _project_capsules(
    people: FloatArray, camera: Camera
) -> tuple[FloatArray, FloatArray, npt.NDArray[np.floating]]:
    """Capsules of people (P, 27, 3), N = P x capsules: pixel ends (N, 2, 2), radii (N, 2), depth (N)."""
    pixels, depth, scale = camera.project(people)
    ends = np.stack([pixels[:, _STARTS], pixels[:, _ENDS]], axis=2)
    radii = _RADII * np.stack([scale[:, _STARTS], scale[:, _ENDS]], axis=-1)
    middle = (depth[:, _STARTS] + depth[:, _ENDS]) / 2
    return ends.reshape(-1, 2, 2), radii.reshape(-1, 2), middle.ravel()


def _outlines(ends: FloatArray, radii: FloatArray, flat: float = 1.0) -> FloatArray:
    """Outlines (N, 14, 2) of two circles each and the band between; `flat` squeezes them for the floor."""
    squeeze = np.array([1.0, flat])
    along = (ends[:, 1] - ends[:, 0]) / squeeze
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)
    # Tangent points lean towards the smaller end; a circle that hides the other becomes the whole outline.
    lean = np.arcsin(np.clip((radii[:, 0] - radii[:, 1]) / length, -1.0, 1.0))[:, None]
    angle = np.arctan2(along[:, 1], along[:, 0])[:, None]
    front = angle + _HALF_TURN * (np.pi / 2 - lean)
    back = angle + np.pi + _HALF_TURN * (np.pi / 2 + lean)
    arcs = [
        ends[:, 1:] + _circle(front, radii[:, 1], squeeze),
        ends[:, :1] + _circle(back, radii[:, 0], squeeze),
    ]
    return np.concatenate(arcs, axis=1)


def _circle(angles: FloatArray, radii: FloatArray, squeeze: FloatArray) -> FloatArray:
    return radii[:, None, None] * squeeze * np.stack([np.cos(angles), np.sin(angles)], axis=-1)


def _draw_grid(draw: ImageDraw.ImageDraw, camera: Camera) -> None:
    """One-metre lines around what the camera looks at, fixed to the world."""
    x, z = np.round(camera.target[[0, 2]])
    steps = np.arange(-_REACH, _REACH + 1)
    edge = np.full(len(steps), float(_REACH))
    lines = [
        np.stack([np.stack([x + steps, z - edge], -1), np.stack([x + steps, z + edge], -1)], 1),
        np.stack([np.stack([x - edge, z + steps], -1), np.stack([x + edge, z + steps], -1)], 1),
    ]
    flat = np.concatenate(lines)
    world = np.stack([flat[..., 0], np.full(flat.shape[:2], -SOLE), flat[..., 1]], axis=-1)
    pixels, _, _ = camera.project(_clip_near(world, camera))
    for start, end in pixels.tolist():
        draw.line((*start, *end), fill=FLOOR_LINE, width=SUPERSAMPLE)


def _clip_near(lines: FloatArray, camera: Camera) -> FloatArray:
    """World lines (N, 2, 3) cut where they pass behind the camera; those all behind it left out."""
    _, depth, _ = camera.project(lines)
    limit = 2 * _NEAR
    visible = (depth > limit).any(axis=1)
    lines, depth = lines[visible], depth[visible]
    span = depth[:, ::-1] - depth
    share = np.where(depth < limit, (limit - depth) / np.where(span == 0, 1.0, span), 0.0)
    return lines + share[..., None] * (lines[:, ::-1] - lines)


@lru_cache(maxsize=256)
def _shaded(colour: Colour, factor: float) -> Colour:
    red, green, blue = (min(255, int(value * factor)) for value in colour)
    return red, green, blue


@lru_cache(maxsize=16)
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """DejaVu Sans where the system has it (most scripts), else Pillow's own font."""
    try:
        return ImageFont.truetype("DejaVuSans.ttf", size)
    except OSError:
        return ImageFont.load_default(size)


def fit_text(text: str, size: int, width: int) -> str:
    """`text` cut with an ellipsis to at most `width` pixels."""
    line = " ".join(text.split())
    if font(size).getlength(line) <= width:
        return line
    low, high = 0, len(line)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (
            (middle, high) if font(size).getlength(line[:middle] + "…") <= width else (low, middle - 1)
        )
    return line[:low].rstrip() + "…"
