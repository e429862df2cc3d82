"""Videos and strips: right size and length, something to see, left and right told apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from motion_agent.motion_models.formats import save_motion
from motion_agent.motion_models.formats.body.figure import LEFT_COLOUR, RIGHT_COLOUR, TRUNK_COLOURS
from motion_agent.motion_models.formats.drawing import INK, Pose, camera_for, draw_people, fit_text, font
from motion_agent.motion_models.formats.video import INSET, SIZE, render
from motion_agent.motion_models.motion.motion import Motion, Segment
from PIL import Image, ImageColor, ImageSequence


def share_of(image: Image.Image, colour: str) -> float:
    """Share of pixels that are clearly orange (left) or blue (right)."""
    red, _, blue = np.moveaxis(np.asarray(image.convert("RGB"), dtype=int), -1, 0)
    difference = red - blue if colour == "orange" else blue - red
    return float((difference > 70).mean())


@pytest.fixture
def short(motion: Motion) -> Motion:
    return replace(motion, joints=motion.joints[:12], segments=(Segment("walks", 0.0, 0.3),), caption="all")


def test_mp4(short: Motion, tmp_path: Path) -> None:
    path = save_motion(short, tmp_path / "walk.mp4")
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        pictures = [frame.to_image() for frame in container.decode(stream)]
        assert stream.codec_context.name == "h264" and stream.codec_context.pix_fmt == "yuv420p"
        assert float(stream.average_rate or 0) == 20.0
    assert len(pictures) == 12 and pictures[0].size == SIZE
    assert share_of(pictures[5], "orange") > 0.004 and share_of(pictures[5], "blue") > 0.004


def test_gif(short: Motion, tmp_path: Path) -> None:
    with Image.open(save_motion(short, tmp_path / "walk.gif")) as image:
        assert image.info["duration"] == 80 and image.info["loop"] == 0
        assert share_of(image, "orange") > 0.004
        assert len(list(ImageSequence.Iterator(image))) == 7  # 0.55 s at 12.5 frames a second


def test_png_strip_shows_change(motion: Motion, tmp_path: Path) -> None:
    with Image.open(save_motion(motion, tmp_path / "walk.png")) as image:
        assert image.width > 4 * image.height
        cells = [np.asarray(image.crop((190 * i, 40, 190 * i + 190, 330)), dtype=int) for i in range(9)]
    assert all(np.abs(cells[i] - cells[i + 1]).mean() > 1 for i in range(8))


def test_left_is_on_the_right_when_seen_from_the_front(motion: Motion) -> None:
    _, pictures = render([motion], 20.0, (400, 400))
    pixels = np.asarray(next(pictures), dtype=int)
    orange = np.argwhere(pixels[..., 0] - pixels[..., 2] > 70)[:, 1].mean()
    blue = np.argwhere(pixels[..., 2] - pixels[..., 0] > 70)[:, 1].mean()
    assert orange > blue


def test_several_people_of_different_length_and_rate(motion: Motion) -> None:
    other = Motion(motion.joints[:10], fps=10.0, name="other").moved(x=2.0)
    frames, pictures = render([motion, other], 20.0, (320, 180))
    assert frames == 60
    assert share_of(next(pictures), "orange") > 0.002


def test_a_camera_amid_people_draws_nothing_behind_it() -> None:
    points = np.random.default_rng(0).normal(0, 3, (2, 27, 3))
    image = draw_people([Pose(person) for person in points], camera_for(np.zeros(3), (160, 90)))
    assert image.size == (160, 90)


def test_long_captions_are_cut(motion: Motion) -> None:
    text = fit_text("word " * 500, 16, 300)
    assert text.endswith("…") and font(16).getlength(text) <= 300
    assert fit_text("a\nb", 16, 300) == "a b"


def plan_of(motion: Motion, folder: Path) -> np.ndarray:
    """The plan of the paths that stands beside the poses, as RGB."""
    with Image.open(save_motion(motion, folder / "plan.png")) as image:
        return np.asarray(
            image.convert("RGB").crop((image.width - INSET, 34, image.width, image.height)), int
        )


def places_of(plan: np.ndarray, colour: str | tuple[int, ...]) -> np.ndarray:
    """Where a colour is drawn: (N, 2), from the top and from the left."""
    wanted = ImageColor.getrgb(colour) if isinstance(colour, str) else colour
    return np.argwhere(np.abs(plan - wanted).max(axis=-1) < 12)


@pytest.mark.parametrize(
    ("way", "axis", "sign"), [((3, 0), 1, -1), ((-3, 0), 1, 1), ((0, 3), 0, -1), ((0, -3), 0, 1)]
)
def test_who_goes_left_goes_left_in_the_plan_and_who_goes_ahead_goes_up(motion, tmp_path, way, axis, sign):
    share = np.linspace(0, 1, motion.frames)[:, None]
    joints = motion.joints - motion.joints[:, :1] * [1, 0, 1] + share[:, None] * np.array([way[0], 0, way[1]])
    plan = plan_of(replace(motion, joints=joints.astype(np.float32)), tmp_path)
    start, path = places_of(plan, INK).mean(axis=0), places_of(plan, TRUNK_COLOURS[0]).mean(axis=0)
    assert sign * (path - start)[axis] > 20
    left, right = (places_of(plan, colour).mean(axis=0) for colour in (LEFT_COLOUR, RIGHT_COLOUR))
    assert left[1] < right[1], "somebody who faces ahead has the left hip on the left"
