"""Pictures of motion: MP4 (H.264, yuv420p), GIF, and a PNG strip of poses. The camera follows the people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image, ImageColor, ImageDraw
from scipy.ndimage import gaussian_filter1d

from ..arrays import FloatArray
from ..extras import needing
from ..motion.motion import Motion
from ..motion.skeleton import resample
from .body import MovingSkin, skin_of
from .body.figure import LEFT_COLOUR, RIGHT_COLOUR, body_points, trunk_colour
from .body.skin import part_colour
from .drawing import BACKGROUND, FAINT_INK, FLOOR_LINE, INK, Pose, camera_for, draw_people, fit_text, font
from .raster import Surface
from .writing import DEFAULT, WriteOptions

SIZE = (854, 480)
GIF_SIZE, GIF_FPS = (480, 270), 12.5
STRIP_POSES, STRIP_CELL, INSET = 9, (190, 330), 260
#: Seconds over which the camera's path is smoothed.
CAMERA_SMOOTHING = 0.5


def save_mp4(motions: Sequence[Motion], path: Path, options: WriteOptions = DEFAULT) -> Path:
    """Write an H.264 video, 854 x 480, at the motion's own frame rate."""
    with needing("video", "writing MP4"):
        import av

    fps = max(motion.fps for motion in motions)
    _, pictures = render(motions, fps, SIZE, options)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(fps).limit_denominator(1001))
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        stream.options = {"crf": "24", "preset": "superfast", "threads": "1"}
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_image(picture)))
        container.mux(stream.encode())
    return path


def save_gif(motions: Sequence[Motion], path: Path, options: WriteOptions = DEFAULT) -> Path:
    """Write a looping GIF, 480 x 270, 12.5 frames a second, one palette for all frames."""
    _, pictures = render(motions, GIF_FPS, GIF_SIZE, options)
    palette: Image.Image | None = None
    images: list[Image.Image] = []
    for picture in pictures:
        palette = palette or picture.quantize(96)
        images.append(picture.quantize(palette=palette, dither=Image.Dither.NONE))
    images[0].save(path, save_all=True, append_images=images[1:], duration=round(1000 / GIF_FPS), loop=0)
    return path


def save_png(motions: Sequence[Motion], path: Path, options: WriteOptions = DEFAULT) -> Path:
    """Write a strip of nine poses, evenly spaced in time, with a plan of the paths beside it."""
    fps = max(motion.fps for motion in motions)
    people = _people(motions, fps, options)
    frames = max(person.frames for person in people)
    width, height = STRIP_CELL
    sheet = Image.new("RGB", (width * STRIP_POSES + INSET, height + 34), BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    for cell, frame in enumerate(np.linspace(0, frames - 1, STRIP_POSES).round().astype(int)):
        poses = [person.at(frame) for person in people]
        focus, spread = _focus(np.stack([pose.points[0] for pose in poses]))
        sheet.paste(draw_people(poses, camera_for(focus, STRIP_CELL, spread=spread)), (cell * width, 34))
        draw.text((cell * width + 10, height + 14), f"{frame / fps:.1f} s", fill=FAINT_INK, font=font(12))
    title = "  ·  ".join(dict.fromkeys(motion.caption or motion.name for motion in motions))
    draw.text((12, 9), fit_text(title, 16, sheet.width - INSET - 24), fill=INK, font=font(16))
    sheet.paste(_plan([person.points for person in people], INSET, height), (width * STRIP_POSES, 34))
    sheet.save(path)
    return path


def render(
    motions: Sequence[Motion], fps: float, size: tuple[int, int], options: WriteOptions = DEFAULT
) -> tuple[int, Iterator[Image.Image]]:
    """Number of pictures and the pictures themselves, one by one. A person who is done stands still."""
    people = _people(motions, fps, options)
    frames = max(person.frames for person in people)
    shown = np.arange(frames)
    roots = np.stack([p.points[np.minimum(shown, p.frames - 1), 0] for p in people], axis=1)
    centres = gaussian_filter1d(roots.mean(axis=1), CAMERA_SMOOTHING * fps, axis=0, mode="nearest")
    spread = max(float(_focus(row)[1]) for row in roots)

    def pictures() -> Iterator[Image.Image]:
        for frame in range(frames):
            poses = [person.at(frame) for person in people]
            picture = draw_people(poses, camera_for(centres[frame], size, spread=spread))
            _write_caption(picture, motions, frame / fps, frames / fps)
            yield picture

    return frames, pictures()


class _Person:
    """One person at the frame rate of the pictures; one who is done stands still."""

    def __init__(self, motion: Motion, fps: float, number: int, options: WriteOptions) -> None:
        if fps != motion.fps:
            motion = replace(motion, joints=resample(motion.joints, motion.fps, fps), fps=fps)
        self.points = body_points(motion.rig)
        self.frames = motion.frames
        self.moving = None
        if options.body != "mannequin":  # which is drawn as capsules
            skin = skin_of(motion.rig, options.body)
            self.moving = MovingSkin(skin, motion.rig)
            colours = [ImageColor.getrgb(part_colour(part, number))[:3] for part in skin.parts]
            counts = [len(triangles) for triangles in skin.parts.values()]
            self.colours = np.repeat(np.array(colours, np.float64), counts, axis=0)

    def at(self, frame: int) -> Pose:
        frame = min(frame, self.frames - 1)
        if self.moving is None:
            return Pose(self.points[frame])
        surface = Surface(*self.moving.at(frame), self.moving.skin.triangles, self.colours)
        return Pose(self.points[frame], surface)


def _people(motions: Sequence[Motion], fps: float, options: WriteOptions) -> list[_Person]:
    return [_Person(motion, fps, number, options) for number, motion in enumerate(motions)]


def _focus(roots: FloatArray) -> tuple[FloatArray, float]:
    """The middle of root positions (P, 3) and the largest distance from it on the floor."""
    middle = roots.mean(axis=0)
    return middle, float(np.linalg.norm((roots - middle)[:, [0, 2]], axis=-1).max())


def _write_caption(picture: Image.Image, motions: Sequence[Motion], time: float, seconds: float) -> None:
    draw = ImageDraw.Draw(picture)
    width, height = picture.size
    size = max(12, height // 26)
    text = "  ·  ".join(filter(None, (_caption_at(motion, time) for motion in motions)))
    draw.text((size, size * 0.8), fit_text(text, size, width - 7 * size), fill=INK, font=font(size))
    clock = f"{time:.1f} s"
    draw.text(
        (width - size - font(size).getlength(clock), size * 0.8), clock, fill=FAINT_INK, font=font(size)
    )
    draw.rectangle((0, height - 4, width * min(1.0, time / seconds), height), fill=(170, 178, 190))


def _caption_at(motion: Motion, time: float) -> str:
    """The description of the segment that plays at `time`, else the whole caption."""
    playing = [segment.description for segment in motion.segments if segment.start <= time < segment.end]
    return playing[-1] if playing else motion.caption


def _plan(people: Sequence[FloatArray], width: int, height: int) -> Image.Image:
    """The paths on the floor seen from above: +Z up, left towards the left, a dot a second, hips as ticks."""
    plan = Image.new("RGB", (width, height), BACKGROUND)
    draw = ImageDraw.Draw(plan)
    roots = np.concatenate([points[:, 0][:, [0, 2]] for points in people])
    middle = (roots.min(axis=0) + roots.max(axis=0)) / 2
    reach = max(1.0, float(np.ptp(roots, axis=0).max()) / 2 * 1.15 + 0.25)
    scale, centre = (width / 2 - 14) / reach, np.array([width / 2, height / 2])

    def pixel(ground: FloatArray) -> tuple[float, float]:
        # Seen from above with +Z up the page, +X (the left of someone who faces +Z) lies to the left.
        x, y = centre - (ground - middle) * scale
        return float(x), float(y)

    for line in np.arange(np.floor(-reach), np.ceil(reach) + 1):
        for ends in ([[line, -reach], [line, reach]], [[-reach, line], [reach, line]]):
            draw.line([pixel(middle + np.array(end)) for end in ends], fill=FLOOR_LINE)
    for person, points in enumerate(people):
        path = [pixel(point) for point in points[:, 0][:, [0, 2]]]
        draw.line(path if len(path) > 1 else path * 2, fill=trunk_colour(person), width=3)
        for frame in np.linspace(0, len(points) - 1, STRIP_POSES).round().astype(int):
            root, left, right = (pixel(points[frame, joint][[0, 2]]) for joint in (0, 1, 2))
            draw.line([root, left], fill=LEFT_COLOUR, width=3)
            draw.line([root, right], fill=RIGHT_COLOUR, width=3)
        x, y = path[0]
        draw.ellipse((x - 5, y - 5, x + 5, y + 5), outline=INK, width=2)
    draw.text((10, height - 20), "from above, 1 m grid, ○ start", fill=FAINT_INK, font=font(12))
    return plan
