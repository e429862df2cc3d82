"""The viewer: nothing escapes its place, nothing is loaded, and a real browser shows it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from browser import browsed, in_a_browser
from motion_agent.motion_models.formats import WriteOptions, save_motion
from motion_agent.motion_models.motion.motion import Motion, Segment
from PIL import Image

EVIL = "</script><script>document.documentElement.dataset.hacked = 1</script><!-- {{data}} & <b>"


@pytest.fixture
def page(motion: Motion, tmp_path: Path) -> Path:
    segments = (Segment(EVIL, 0.0, 1.5), Segment("stops", 1.5, 3.0))
    first = replace(motion, name=f"walk {EVIL}", caption=EVIL, segments=segments)
    return save_motion([first, Motion(motion.joints[:40]).moved(x=1.2)], tmp_path / "scene.html")


def test_hostile_captions_stay_data(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text.count("</script>") == 2 and text.count("<script") == 2
    found = re.search(r'<script type="application/json" id="motion-data">(.*?)</script>', text, re.S)
    assert found is not None
    people = json.loads(found[1])["people"]
    assert people[0]["caption"] == EVIL and people[0]["segments"][0]["description"] == EVIL
    assert (people[0]["frames"], people[1]["frames"]) == (60, 40)
    assert not re.search(r"\{\{(title|left|right|script)\}\}", text)


def test_nothing_is_loaded_from_elsewhere(page: Path) -> None:
    markup = page.read_text(encoding="utf-8").split('<script type="application/json"')[0]
    assert "default-src 'none'" in markup
    assert not re.search(r"\b(src|href)\s*=|@import|url\(", markup)


@in_a_browser
def test_a_real_browser_shows_it(page: Path, tmp_path: Path) -> None:
    dom, shot = browsed(page, tmp_path, milliseconds=1200, timeout=120)
    root = re.search(r"<html[^>]*>", dom)
    assert root is not None
    assert 'data-state="ready"' in root[0] and "data-error" not in root[0] and "data-hacked" not in root[0]
    assert 'data-frames="60"' in root[0] and 'data-people="2"' in root[0]
    heights = re.search(r'data-height="([^"]*)"', root[0])
    assert heights is not None and len(heights[1].split(", ")) == 2, "how far each is above the floor"
    assert re.search(r'id="time">[0-9.]+ / 3.0 s · frame [\u2007\d]\d / 59<', dom)
    drawn = re.search(r'data-drawn="(\d+)"', root[0])
    assert drawn is not None and int(drawn[1]) > 2
    with Image.open(shot) as image:
        red, _, blue = np.moveaxis(np.asarray(image.convert("RGB"), dtype=int), -1, 0)
    assert (red - blue > 60).mean() > 0.004 and (blue - red > 60).mean() > 0.004


@in_a_browser
def test_clips_to_compare_begin_side_by_side_in_sight(motion: Motion, tmp_path: Path) -> None:
    """Two who walk away from each other, each on a spot of his own: both stay in the picture."""
    clips = [motion, motion.moved(theta=180)]
    page = save_motion(clips, tmp_path / "two.html", options=WriteOptions(apart=True))
    gaps = []
    for milliseconds in (1500, 2500, 4000):  # in one of them nobody's arm reaches into the gap
        dom, shot = browsed(page, tmp_path, milliseconds=milliseconds, timeout=240)
        assert re.search(r'id="apart"[^>]*aria-pressed="true"', dom) and 'data-state="ready"' in dom
        with Image.open(shot) as image:
            red, _, blue = np.moveaxis(np.asarray(image.convert("RGB"), dtype=int)[100:400], -1, 0)
        left = np.flatnonzero((red - blue > 60).any(axis=0))
        assert left.min() > 10 and left.max() < 890
        gaps.append(int(np.diff(left).max()))
    assert max(gaps) > 12, "two bodies, with room between them"


def test_the_page_offers_views_steps_and_the_way_to_compare(page: Path) -> None:
    markup = page.read_text(encoding="utf-8").split('<script type="application/json"')[0]
    for control in ("view", "back", "forth", "height", "apart", "loop", "follow"):
        assert f'id="{control}"' in markup
