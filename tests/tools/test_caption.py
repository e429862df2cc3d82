"""caption_motion: what is told once, what again, and when."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from codebook import pose
from fakes import FakeBackend
from hand import Hand
from helpers import walking
from motion_agent.motion_models.fitting.checks import Check
from motion_agent.motion_models.formats import save_motion
from motion_agent.motion_models.motion.features import FPS
from motion_agent.motion_models.motion.motion import Motion
from motion_agent.tools import render_motion
from motion_agent.tools.caption import ONGOING
from motion_agent.tools.facts.measuring import facts_of
from motion_agent.tools.facts.records import Measured
from motion_agent.tools.memory import ClipDraft, ClipSegment, MotionClip
from motion_agent.tools.montage.checking import WEAK


def recorded(hand: Hand, *words: str) -> MotionClip:
    """Parts of two seconds of recorded motion, in which somebody stands."""
    parts = tuple(
        ClipSegment(description=text, start=10 * number, end=10 * number + 10)
        for number, text in enumerate(words)
    )
    draft = ClipDraft(description="x", tokens=(pose(),) * (10 * len(words)), timeline=parts, source="test")
    return hand.services.memory.remember("local", draft, f"recorded/{words}")


def told(hand: Hand, monkeypatch: pytest.MonkeyPatch, *captions: str) -> dict[str, Any]:
    """What is told of a motion whose parts a backend captions so."""
    monkeypatch.setattr(FakeBackend, "caption", lambda self, motions: list(captions)[: len(motions)])
    monkeypatch.setattr("motion_agent.tools.caption.best_caption", lambda texts, joints: texts[0])
    clip = recorded(hand, *captions)
    return dict(hand.use("caption_motion", motion_id=clip.id).content)


@pytest.mark.parametrize("text", ["a person jumps", "a person kicks with the left leg", "a person claps"])
def test_what_happens_again_is_told_again(hand, monkeypatch, text):
    content = told(hand, monkeypatch, text, text)
    assert [part["description"] for part in content["segments"]] == [text, text]
    assert content["caption"] == f"{text} (0.0 to 2.0 s), then {text} (2.0 to 4.0 s)"


@pytest.mark.parametrize("text", [f"{start} on" for start in ONGOING])
def test_what_goes_on_is_told_once(hand, monkeypatch, text):
    content = told(hand, monkeypatch, text, text)
    assert content["caption"] == text and "segments" not in content


def test_what_goes_on_after_something_else_is_told_again(hand, monkeypatch):
    walks, waves = "a person walks", "a person waves"
    content = told(hand, monkeypatch, walks, walks, waves, walks)
    assert [(part["description"], part["start"], part["end"]) for part in content["segments"]] == [
        (walks, 0.0, 4.0),
        (waves, 4.0, 6.0),
        (walks, 6.0, 8.0),
    ]


def test_every_stretch_is_captioned_by_its_own_tokens(hand, backend, monkeypatch):
    """No token is left out and none is shown twice, however long the motion is."""
    seen: list[Any] = []
    monkeypatch.setattr(
        FakeBackend,
        "caption",
        lambda self, motions: seen.extend(motions) or ["a person waves"] * len(motions),
    )
    clip = hand.make("generate_motion", description="a person walks", seconds=24)
    parts = tuple(part.model_copy(update={"prompt": ""}) for part in clip.timeline)
    draft = ClipDraft(description="x", tokens=clip.tokens, timeline=parts, source="test")
    clip = hand.services.memory.remember("local", draft, "recorded")
    content = hand.use("caption_motion", motion_id=clip.id).content
    tokens = np.concatenate([np.asarray(part) for part in seen]).tolist()
    if clip.is_as_decoded:
        assert tokens == list(clip.tokens)
    assert max(map(len, seen)) <= 49
    ends = [(part["start"], part["end"]) for part in content["segments"]]
    assert ends[0][0] == 0 and ends[-1][1] == clip.seconds
    assert all(before[1] == after[0] for before, after in pairwise(ends))


@pytest.mark.parametrize("missed", [0, 1, 2])
def test_what_was_made_is_told_in_its_words_where_it_keeps_all_of_them(hand, monkeypatch, missed):
    monkeypatch.setattr(FakeBackend, "caption", lambda self, motions: ["a person waves"] * len(motions))
    monkeypatch.setattr("motion_agent.tools.caption.best_caption", lambda texts, joints: texts[0])
    words = "a person stands still"
    checks = tuple(Check("degrees", 90.0, 0.0, n >= missed) for n in range(2))
    part = ClipSegment(description=words, start=0, end=10, prompt=words, checks=checks)
    draft = ClipDraft(description="x", tokens=(pose(),) * 10, timeline=(part,), source="test")
    clip = hand.services.memory.remember("local", draft, f"made/{missed}")
    assert hand.use("caption_motion", motion_id=clip.id).content["caption"] == (
        "a person waves" if missed else words
    )


def test_words_that_were_doubted_are_not_told(hand, monkeypatch):
    monkeypatch.setattr(FakeBackend, "caption", lambda self, motions: ["a person waves"] * len(motions))
    monkeypatch.setattr("motion_agent.tools.caption.best_caption", lambda texts, joints: texts[0])
    words = "a person stands still"
    for note, told_so in (
        (f"{WEAK}: '{words}' came out more like 'a person waves'", False),
        ("seed 3", True),
    ):
        part = ClipSegment(description=words, start=0, end=10, prompt=words, notes=(note,))
        draft = ClipDraft(description="x", tokens=(pose(),) * 10, timeline=(part,), source="test")
        clip = hand.services.memory.remember("local", draft, f"doubted/{told_so}")
        caption = hand.use("caption_motion", motion_id=clip.id).content["caption"]
        assert caption == (words if told_so else "a person waves")


def test_a_file_at_another_rate_is_told_by_what_is_shown_in_that_time(hand, monkeypatch, tmp_path):
    save_motion(Motion(walking(181, fps=30.0), fps=30.0), tmp_path / "quick.npz")
    held: list[Any] = []

    def best(texts: Any, joints: Any) -> str:
        held.append(joints)
        return f"a person waves {len(held)}"

    monkeypatch.setattr("motion_agent.tools.caption.best_caption", best)
    clip = hand.make("caption_motion", path="quick.npz")
    assert clip.seconds == 6.0
    told = np.concatenate(held)
    assert len(told) == 120
    assert told[:, 0, 2] == pytest.approx(1.2 / FPS * np.arange(120), abs=0.01)


def test_each_of_a_scene_is_measured_over_the_time_of_their_own_motion(hand: Hand) -> None:
    walk = hand.make("generate_motion", description="a person walks", seconds=2)
    wave = hand.make("generate_motion", description="a person waves", seconds=4)
    for people, seconds in (((walk, wave), [2.0, 4.0]), ((wave, walk), [4.0, 2.0])):
        scene = hand.make("arrange_scene", people=[{"motion_id": each.id} for each in people])
        told = hand.use("caption_motion", motion_id=scene.id).content["measured"]
        assert [one["seconds"] for one in told["people"]] == seconds


def test_every_caption_is_held_against_what_is_shown_while_it_is_told(hand, monkeypatch):
    clip = recorded(hand, "one", "two", "three")
    clip = hand.make(
        "edit_motion", motion_id=clip.id, operations=[{"op": "speed", "factor": 2, "segment": 1}]
    )
    held: list[Any] = []

    def best(texts: Any, joints: Any) -> str:
        held.append(joints)
        return f"a person waves {len(held)}"

    monkeypatch.setattr("motion_agent.tools.caption.best_caption", best)
    told = hand.use("caption_motion", motion_id=clip.id).content["segments"]
    shown = render_motion(hand.services.memory, hand.services.backend, clip.id).joints
    assert np.array_equal(np.concatenate(held), shown)
    assert [(part["start"], part["end"]) for part in told] == [(0.0, 1.0), (1.0, 3.0), (3.0, 5.0)]


def test_what_is_shown_is_measured(hand: Hand) -> None:
    """As rendered, with what was done to the frames: half as fast is twice as long."""
    clip = hand.sequence("a person walks", "a person waves")
    slow = hand.make(
        "edit_motion", motion_id=clip.id, operations=[{"op": "speed", "segment": 1, "factor": 0.5}]
    )
    measured = Measured.model_validate(hand.use("caption_motion", motion_id=slow.id).content["measured"])
    motion = render_motion(hand.services.memory, hand.services.backend, slow.id)
    assert [(part.start, part.end) for part in measured.parts] == [(0.0, 4.0), (4.0, 6.0)]
    assert measured.whole is not None
    assert measured.whole == facts_of(motion.joints, (0, 120), ["a person walks", "a person waves"])


def test_people_of_a_scene_are_measured_apart(hand: Hand) -> None:
    people = [{"description": "a person walks"}, {"description": "a person waves", "x": 2.0}]
    scene = hand.make("arrange_scene", people=people)
    measured = Measured.model_validate(hand.use("caption_motion", motion_id=scene.id).content["measured"])
    assert len(measured.people) == 2 and measured.whole is None
    [pair] = measured.apart
    assert pair.start_m == pytest.approx(2.0, abs=0.3)
