"""Every kind of demand: words, a motion that keeps them and one that does not, and what is said of either."""

from __future__ import annotations

import numpy as np
import pytest
from helpers import walking
from motion_agent.motion_models.english.demands import read_demands
from motion_agent.motion_models.fitting.candidates import UNLIKELIEST, worth
from motion_agent.motion_models.fitting.checks import Check, checks_of, misfit
from motion_agent.motion_models.fitting.remedies import remedied, remedy_for
from motion_agent.motion_models.fitting.windows import counted, fit, reaching
from motion_agent.motion_models.motion.editing import shapes
from motion_agent.motion_models.motion.editing.stretch import stretches
from motion_agent.motion_models.motion.features import from_joints
from motion_agent.motion_models.motion.skeleton import mirror_joints
from motions import Joints, ramp, shifted, standing, turned, with_joint

FRAMES = 121


def going(metres: float, *, bend: float = 0.0, seconds: float = 6.0, facing: float = 0.0) -> Joints:
    """Somebody who walks so far on a way that bends by so many degrees, and faces so many off it."""
    frames = round(20 * seconds) + 1
    share = np.linspace(0, 1, frames)
    yaw = np.radians(bend) * share
    steps = np.stack([np.sin(yaw), np.cos(yaw)], axis=1)[:-1] * metres / (frames - 1)
    way = np.concatenate([[[0.0, 0.0]], np.cumsum(steps, axis=0)])
    body = walking(frames, speed=0.0).astype(np.float64)
    body = turned(body, np.degrees(yaw) - facing)
    return shifted(body, x=way[:, 0], z=way[:, 1])


def there_and_back(metres: float) -> Joints:
    """Half the way ahead, around to the left, and back to where it began."""
    share = np.linspace(0, 1, FRAMES)
    z = metres / 2 * (1 - np.abs(2 * share - 1))
    body = walking(FRAMES, speed=0.0).astype(np.float64)
    return shifted(turned(body, 180 * np.clip((share - 0.4) / 0.2, 0, 1)), z=z)


def turning(degrees: float) -> Joints:
    return turned(standing(FRAMES), ramp(FRAMES, degrees))


def raising(side: str) -> Joints:
    lift = np.sin(np.linspace(0, np.pi, FRAMES))
    return with_joint(standing(FRAMES), f"{side}_wrist", y=lift)


def jumping(times: int) -> Joints:
    height = np.zeros(FRAMES)
    for start in range(15, 15 + 25 * times, 25):
        height[start : start + 10] = 0.4 * np.sin(np.pi * np.arange(10) / 9)
    return shifted(standing(FRAMES), y=height)


#: Words, what is checked of them, a motion that keeps it, and one that misses it.
TABLE = (
    ("a person walks 4 metres", "metres", going(4), going(3)),
    ("a person walks 4 metres", "metres", going(4.3), going(4.6)),
    ("a person walks 4 metres", "metres", going(4), there_and_back(4)),
    ("a person walks 4 metres and turns around", "metres", there_and_back(4), there_and_back(3)),
    ("a person walks 6 metres in a circle", "metres", going(6, bend=360), going(5, bend=360)),
    ("a person walks in a circle", "degrees of a circle", going(6, bend=345), going(6, bend=270)),
    ("a person walks forward", "direction", going(3), going(-3)),
    ("a person walks backwards", "direction", going(-3), going(3)),
    ("a person walks sideways to the left", "direction", going(3, facing=90), going(3, facing=-90)),
    ("a person walks sideways to the right", "direction", going(3, facing=-90), going(3, facing=90)),
    ("a person walks sideways to the left", "direction", going(3, facing=90), going(3)),
    ("a person walks sideways to the right", "direction", going(3, facing=-60), going(3, facing=-20)),
    ("a person walks in a straight line", "path", going(4), going(4, bend=90)),
    ("a person turns 90 degrees to the left", "degrees left", turning(90), turning(-90)),
    ("a person turns 90 degrees to the left", "degrees left", turning(80), turning(70)),
    ("a person turns 90 degrees to the right", "degrees right", turning(-90), turning(90)),
    ("a person turns 90 degrees", "degrees", turning(-90), turning(140)),
    ("a person turns left", "turn", turning(60), turning(-60)),
    ("a person turns left", "turn", turning(190), turning(215)),
    ("a person turns right", "turn", turning(-60), turning(10)),
    ("a person jumps three times", "jumps", jumping(3), jumping(2)),
    ("a person jumps twice", "jumps", jumping(2), jumping(3)),
    ("a person jumps", "event", jumping(1), standing(FRAMES)),
    ("a person walks slowly", "pace", going(5), going(7)),
    ("a person walks fast", "pace", going(9), going(7)),
    ("a person walks at 1 m/s", "metres a second", going(6), going(7.5)),
    ("a person raises the left arm", "side", raising("left"), raising("right")),
    ("a person raises the right arm", "side", raising("right"), raising("left")),
    ("a person jogs in place", "metres from the spot", going(0.3), going(1)),
    ("a person stands still", "metres from the spot", standing(FRAMES), going(1)),
    ("a person walks", "metres off the floor", going(4), shifted(going(4), y=0.3)),
    ("a person jumps", "metres off the floor", jumping(2), shifted(jumping(2), y=0.3)),
)


def check(words: str, what: str, joints: Joints) -> Check:
    [found] = [found for found in checks_of(read_demands(words), joints) if found.what == what]
    return found


@pytest.mark.parametrize(("words", "what", "kept", "missed"), TABLE)
def test_what_is_kept_is_met_and_what_is_missed_is_told(words, what, kept, missed):
    well, badly = check(words, what, kept), check(words, what, missed)
    assert well.met and well.miss == 0
    assert not badly.met and badly.miss > 0 and badly.says
    assert misfit([badly]) > misfit([well]) == 0


@pytest.mark.parametrize(("words", "what", "kept", "missed"), TABLE)
def test_what_is_kept_does_not_depend_on_where_it_is_done(words, what, kept, missed):
    for joints in (kept, missed):
        elsewhere = check(words, what, shifted(joints, x=3.0, z=-2.0))
        assert elsewhere.met == check(words, what, joints).met
        assert elsewhere.miss == pytest.approx(check(words, what, joints).miss, abs=1e-6)


def other(words: str) -> str:
    """The same words about the other side."""
    return words.replace("left", "*").replace("right", "left").replace("*", "right")


@pytest.mark.parametrize(("words", "what", "kept", "missed"), TABLE)
def test_the_mirror_keeps_the_mirrored_words(words, what, kept, missed):
    for joints in (kept, missed):
        mirrored = check(other(words), other(what), mirror_joints(joints))
        assert mirrored.met == check(words, what, joints).met
        assert mirrored.miss == pytest.approx(check(words, what, joints).miss, abs=1e-6)


@pytest.mark.parametrize("seconds", [2.0, 5.9, 6.3])
def test_a_length_is_kept_to_the_token(seconds):
    demands = read_demands("a person walks")
    [found] = [
        found
        for found in checks_of(type(demands)(**vars(demands) | {"seconds": seconds}), going(4)[:120])
        if found.what == "seconds"
    ]
    assert found.met == (abs(seconds - 6.0) <= 0.2)


def corrected(words: str, joints: Joints) -> tuple[Check, ...]:
    """What is kept of the words once the motion has had its remedy."""
    rows = from_joints(np.concatenate([joints, joints[-1:]]).astype(np.float32), floor=False)
    [stretch] = stretches(rows, [0, len(joints)])
    mended = remedied(remedy_for(read_demands(words), stretch), stretch)
    return tuple(checks_of(read_demands(words), mended.shown))


@pytest.mark.parametrize(
    ("words", "what", "joints"),
    [
        ("a person walks 4 metres", "metres", going(3.3)),
        ("a person walks 4 metres", "metres", going(5)),
        ("a person walks 6 metres in a circle", "metres", going(5, bend=360)),
        ("a person walks in a circle", "degrees of a circle", going(6, bend=280)),
        ("a person walks in a circle", "degrees of a circle", going(6, bend=-280)),
        ("a person walks in a straight line", "path", going(4, bend=40)),
        ("a person walks in a straight line", "path", going(4, bend=-40)),
        ("a person turns right", "turn", turning(-28)),
        ("a person turns right", "turn", turning(-225)),
        ("a person turns 90 degrees to the left", "degrees left", turning(65)),
        ("a person turns 90 degrees to the left", "degrees left", turning(-90)),
        ("a person turns 90 degrees to the right", "degrees right", turning(-130)),
        ("a person turns left", "turn", turning(-60)),
        ("a person walks sideways to the left", "direction", going(3, facing=-90)),
        ("a person raises the right arm", "side", raising("left")),
        ("a person walks at 1.3 m/s", "metres a second", going(6)),
        ("a person walks fast", "pace", going(7)),
        ("a person walks slowly", "pace", going(7)),
        ("a person walks", "metres off the floor", shifted(going(4), y=0.2)),
        ("a person walks in place", "metres from the spot", going(1)),
    ],
)
def test_what_is_missed_by_little_is_mended(words, what, joints):
    [after] = [found for found in corrected(words, joints) if found.what == what]
    assert not check(words, what, joints).met
    assert after.met, after.says


@pytest.mark.parametrize("words", ["a person walks 4 metres", "a person turns 90 degrees to the left"])
def test_what_is_missed_by_far_is_left_as_it_is(words):
    joints = going(1) if "metres" in words else turning(20)
    rows = from_joints(np.concatenate([joints, joints[-1:]]).astype(np.float32))
    [stretch] = stretches(rows, [0, len(joints)])
    remedy = remedy_for(read_demands(words), stretch)
    assert (remedy.degrees, remedy.stretch, remedy.mirrored) == (0.0, 1.0, False)
    assert np.array_equal(remedied(remedy, stretch).shown, stretch.shown) or remedy.raised or remedy.led


# ---------------------------------------------------------------------- where the floor lies


@pytest.mark.parametrize("height", [-0.3, 0.05, 0.4])
@pytest.mark.parametrize("words", ["a person jumps", "a person jumps twice", "a person jumps four times"])
def test_what_is_cut_does_not_depend_on_how_high_the_floor_lies(words, height):
    joints = jumping(3)[:120]
    assert fit(read_demands(words), shifted(joints, y=height), cut=True) == fit(
        read_demands(words), joints, cut=True
    )


@pytest.mark.parametrize("height", [-0.3, 0.05, 0.4])
def test_who_begins_in_the_air_is_cut_to_where_the_feet_are_down(height):
    joints = jumping(3)[:120]
    joints[:24] += [0, 0.8, 0]
    found = fit(read_demands("a person jumps"), shifted(joints, y=height), cut=True)
    assert found.tokens[0] == fit(read_demands("a person jumps"), joints, cut=True).tokens[0] >= 6


@pytest.mark.parametrize("place", [{"x": 2.0, "z": 3.0}, {"y": 0.2}])
def test_a_cut_knows_no_place(place):
    for words, joints in (("a person walks 3 metres", going(4)), ("a person jumps once", jumping(3))):
        assert fit(read_demands(words), shifted(joints[:120], **place), cut=True) == fit(
            read_demands(words), joints[:120], cut=True
        )


@pytest.mark.parametrize("metres", [1.0, 2.0, 3.5])
def test_a_way_that_bends_is_measured_along_it_where_that_is_asked(metres):
    straight, round_ = going(6)[:120], going(6, bend=360)[:120]
    assert reaching(straight, metres) == reaching(straight, metres, along=True)
    assert reaching(straight, metres) == pytest.approx(metres / 6 * 30, abs=1)
    assert reaching(round_, 3.0) == 30, "it never gets so far from where it starts"


def test_nothing_is_cut_where_the_length_is_stated():
    for words in ("a person jumps twice", "a person walks 2 metres", "a person jumps"):
        joints = jumping(3)[:120]
        assert fit(read_demands(words), joints, cut=False).tokens == tuple(range(30))


def test_a_count_that_holds_keeps_all_there_is_of_gestures():
    demands = read_demands("a person raises the left arm once")
    assert demands.count is not None
    found = counted(raising("left")[:120], demands.count)
    assert found is None or found.tokens == tuple(range(30))


def test_a_mirrored_stretch_needs_no_second_mirror():
    rows = from_joints(turning(-90).astype(np.float32))
    [stretch] = stretches(rows, [0, FRAMES - 1])
    demands = read_demands("a person turns 90 degrees to the left")
    assert remedy_for(demands, stretch).mirrored
    assert not remedy_for(demands, shapes.mirrored(stretch)).mirrored


@pytest.mark.parametrize(("hand", "degrees", "mirrored"), [
    ("left", 90.0, False), ("left", -90.0, False), ("right", 90.0, False), ("right", -90.0, True),
])  # fmt: skip
def test_a_motion_is_mirrored_only_where_all_its_sides_are_wrong(
    hand: str, degrees: float, mirrored: bool
) -> None:
    lift = np.sin(np.linspace(0, np.pi, FRAMES))
    shown = turned(with_joint(standing(FRAMES), f"{hand}_wrist", y=lift), ramp(FRAMES, degrees))
    [stretch] = stretches(from_joints(shown), [0, FRAMES - 1])
    demands = read_demands("a person turns left and raises the left hand")
    assert demands.limb == ("left", "arm") and demands.turn is not None
    assert remedy_for(demands, stretch).mirrored is mirrored


def test_of_motions_that_are_alike_the_likelier_caption_wins_until_none_is_likely() -> None:
    demands = read_demands("a person stands")
    [still] = stretches(from_joints(standing(61).astype(np.float32)), [0, 61])
    costs = [
        worth(demands, "stand", still, score).cost for score in (-0.5, -2.0, -4.9, UNLIKELIEST, -9.0, -50.0)
    ]
    assert costs == sorted(costs)
    assert costs[0] < costs[1] < costs[2] < costs[3] == costs[4] == costs[5]
    assert costs[1] - costs[0] == pytest.approx(1.5)
