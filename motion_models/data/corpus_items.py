"""What can be shown of the training trials: stretches of motion with what may be said of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..english.captions import CaptionedSegment
from ..english.families import families, families_in, family_of
from ..motion import features
from ..motion.rests import cut_at_rest, resting
from .describe import jump_captions, locomotion_caption
from .level import OFF_THE_FLOOR, floats, frames_until_floor
from .measuring import StretchMeasures, Track

if TYPE_CHECKING:
    from .cmu import Trial


@dataclass(frozen=True)
class CorpusItem:
    """A stretch of one trial with what may be said of it.

    captions: third-person wordings. then: the item that follows, of this trial or another. measured: for
    stretches whose caption is made from their kinematics. subclip: any part of the stretch fits the
    captions. times: how often the stretch is shown in a row.
    """

    trial: str
    start: float
    end: float
    family: str
    captions: tuple[str, ...]
    then: CorpusItem | None = None
    measured: StretchMeasures | None = None
    subclip: bool = False
    times: int = 1

    @property
    def seconds(self) -> float:
        return self.end - self.start

    @property
    def goes_on(self) -> bool:
        """Whether what follows is the next stretch of the same recording."""
        then = self.then
        return then is not None and then.trial == self.trial and abs(then.start - self.end) <= _NEIGHBOURS

    def is_brief(self, seconds: float) -> bool:
        """Whether so many seconds of it are fewer than its words let expect, so that they must be named."""
        turns = self.measured is not None and abs(self.measured.turn) > _TURNED
        return self.family in _GOES_ON and seconds < _EXPECTED and not turns and self.then is None


@dataclass(frozen=True)
class Mixture:
    """Shares of the kinds of items in an epoch, and the limits on what is cut."""

    segments: float = 0.44
    subclips: float = 0.10
    measured: float = 0.12
    joined: float = 0.08
    repeated: float = 0.03
    #: Two stretches of different recordings, one after the other.
    following: float = 0.14
    #: Told by people in their own words.
    human: float = 0.10
    #: Made of several recordings: walks and runs from standing to standing, and two actions at once.
    rested: float = 0.09
    together: float = 0.04
    #: Gestures that were drawn onto people who stand.
    drawn: float = 0.05
    #: How often a stretch comes with the motion right before it, as composition gives it, and how much.
    context: float = 0.25
    context_seconds: tuple[float, float] = (0.4, 2.0)
    max_seconds: float = 10.0
    min_seconds: float = 0.8
    #: 1 counts every family the same, 0 every item: sampling weight of an item is (items in family)^-balance.
    balance: float = 0.5


#: Seconds that two stretches of a recording may lie apart, or overlap, to be told in one go.
_NEIGHBOURS = 0.3
#: Lengths in seconds and hop of the windows that are measured.
_WINDOW_SECONDS = {"walk": (1.6, 2.4, 3.2, 4.0, 5.0, 6.4, 8.0), "run": (1.0, 1.3, 1.6, 2.0, 2.4, 3.2)}
_WINDOW_HOP = {"walk": 0.4, "run": 0.1}
#: Actions that go on for a while unless a length is named, and the seconds that are expected of them.
_GOES_ON, _EXPECTED = frozenset(["walk", "run", "walk backward", "stand"]), 2.8
#: Degrees from which a walk is told as a turn, which may be short.
_TURNED = 40.0
#: Metres over the floor that the lowest joint of a body may be that is on it.
_ON_FLOOR = 0.12
_LOCOMOTION = {"walk": "walk", "walk backward": "walk", "turn": "walk", "run": "run"}


def segment_items(segments: Sequence[CaptionedSegment], trials: Mapping[str, Trial]) -> list[CorpusItem]:
    """One item per captioned segment; clips of jumping also get what can be counted."""
    items = []
    for segment in segments:
        item = CorpusItem(
            segment.trial, segment.start, segment.end, family_of(segment.action), segment.captions
        )
        if segment.action == "jump" and not _names_more_than_jumps(segment.captions):
            item = replace(item, captions=item.captions + _counted(item, trials[segment.trial]))
        items.append(item)
    return items


def human_items(segments: Sequence[CaptionedSegment], trials: Mapping[str, Trial]) -> list[CorpusItem]:
    """One item per stretch that people told of; what any of them calls climbing stays where it is."""
    items = [
        CorpusItem(segment.trial, segment.start, segment.end, family_of(segment.action), segment.captions)
        for segment in segments
    ]
    climbing = [i for i in items if any(OFF_THE_FLOOR & families_in(text) for text in i.captions)]
    others = [item for item in items if item not in climbing and trials[item.trial].level]
    return [*climbing, *on_level_ground(others, trials)]


def on_level_ground(items: Sequence[CorpusItem], trials: Mapping[str, Trial]) -> list[CorpusItem]:
    """Without walks, turns and the like that were recorded on a playground, stairs or a stool, or float.

    Their heights would teach that people walk on air; climbing and hanging are told as what they are.
    """
    begun = [_from_the_floor(item, trials[item.trial]) for item in items]
    return [item for item in begun if item.family in OFF_THE_FLOOR or _is_level(item, trials[item.trial])]


def _is_level(item: CorpusItem, trial: Trial) -> bool:
    joints = trial.joints[_frames(trial, item.start, item.end)]
    if not len(joints) or floats(joints, item.family):
        return False
    return trial.level or float(np.median(joints[..., 1].min(axis=1))) < _ON_FLOOR


def _from_the_floor(item: CorpusItem, trial: Trial) -> CorpusItem:
    """The item from where the feet are on the floor, if that is soon."""
    later = frames_until_floor(trial.joints[_frames(trial, item.start, item.end)], item.family)
    start = item.start + later / features.FPS
    return replace(item, start=start) if later and start < item.end else item


def from_rest(items: Sequence[CorpusItem], trials: Mapping[str, Trial]) -> list[CorpusItem]:
    """The items cut to begin and end where the recording rests, if it does right before and after them."""
    rests = {name: resting(trials[name].joints) for name in {item.trial for item in items}}
    return [_cut_at_rest(item, trials[item.trial], rests[item.trial]) for item in items]


def _cut_at_rest(item: CorpusItem, trial: Trial, rests: npt.NDArray[np.bool_]) -> CorpusItem:
    frames = _frames(trial, item.start, item.end)
    if frames.stop - frames.start < 4:
        return item
    first, last = cut_at_rest(rests, frames.start, frames.stop)
    return replace(item, start=trial.skipped + first / features.FPS, end=trial.skipped + last / features.FPS)


def _names_more_than_jumps(captions: Sequence[str]) -> bool:
    """Whether an action beside jumping is told, so that a count alone would hide half of the clip."""
    return any(word in " ".join(captions[:2]) for word in ("turn", "then", "walk", "run", "spin", "reach"))


def _counted(item: CorpusItem, trial: Trial) -> tuple[str, ...]:
    frames = _frames(trial, item.start, item.end)
    return tuple(jump_captions(trial.joints[frames])) if frames.stop - frames.start >= 8 else ()


def _frames(trial: Trial, start: float, end: float) -> slice:
    first = max(round((start - trial.skipped) * features.FPS), 0)
    return slice(first, min(max(round((end - trial.skipped) * features.FPS), first), len(trial.joints)))


def subclip_items(items: Sequence[CorpusItem]) -> list[CorpusItem]:
    """Long stretches of continuous actions, of which any part of 1.5 s and more is the same action."""
    table = families()
    return [
        replace(item, captions=item.captions[:2], subclip=True)
        for item in items
        if table[item.family].continuous and item.seconds >= 2.5 and item.family not in _LOCOMOTION
        and not any(" then " in caption or "," in caption for caption in item.captions[:2])
    ]  # fmt: skip


def measured_items(items: Sequence[CorpusItem], trials: Mapping[str, Trial]) -> list[CorpusItem]:
    """Windows of walking, running, backing and turning whose direction and amount can be said."""
    rng, found = np.random.default_rng(0), []
    for trial_id, gait, start, end in locomotion_spans(items):
        trial = trials[trial_id]
        track = Track(trial.joints)
        for window_start, window_end in _windows(gait, start, end):
            frames = _frames(trial, window_start, window_end)
            if frames.stop - frames.start < 16:
                continue
            measured = track.measure(frames.start, frames.stop)
            if floats(trial.joints[frames], "run and jump" if gait == "run" else gait):
                continue
            if locomotion_caption(measured, gait, rng):
                found.append(CorpusItem(trial_id, window_start, window_end, gait, (), measured=measured))
    return found


def locomotion_spans(items: Sequence[CorpusItem]) -> Iterator[tuple[str, str, float, float]]:
    """(trial, gait, start, end) of stretches covered by touching segments of one gait."""
    chosen = sorted(
        (item.trial, _LOCOMOTION[item.family], item.start, item.end)
        for item in items
        if item.family in _LOCOMOTION
    )
    span: tuple[str, str, float, float] | None = None
    for trial, gait, start, end in chosen:
        if span and (trial, gait) == span[:2] and start <= span[3] + 0.3:
            span = (trial, gait, span[2], max(end, span[3]))
            continue
        if span:
            yield span
        span = (trial, gait, start, end)
    if span:
        yield span


def _windows(gait: str, start: float, end: float) -> Iterator[tuple[float, float]]:
    for length in _WINDOW_SECONDS[gait]:
        for first in np.arange(start, end - length + 1e-6, _WINDOW_HOP[gait]):
            yield float(first), float(first) + length


def joined_items(items: Sequence[CorpusItem], mixture: Mixture) -> list[CorpusItem]:
    """Pairs of segments of one trial of which the second begins where the first ends."""
    by_trial: dict[str, list[CorpusItem]] = {}
    for item in items:
        by_trial.setdefault(item.trial, []).append(item)
    return [
        replace(first, then=second)
        for group in by_trial.values()
        for first in group
        for second in group
        if abs(second.start - first.end) <= _NEIGHBOURS and second.end - first.start <= mixture.max_seconds
    ]


#: Captions that already count, tell of several things, or of something that lasts.
_NOT_ONE_ACTION = re.compile(
    r"\b(?:once|twice|times|and|then|two|three|four|again|several|in turn)\b"
    r"|\b(?:box|boxes|returns?|guard|holds?|stands?|stance)\b"
)


def repeated_items(items: Sequence[CorpusItem], mixture: Mixture) -> list[CorpusItem]:
    """Short single actions shown two or three times in a row, named with their number."""
    table = families()
    plain = [
        item
        for item in items
        if table[item.family].countable and 2 * item.seconds <= mixture.max_seconds
        and not _NOT_ONE_ACTION.search(item.captions[0])
    ]  # fmt: skip
    return [
        replace(item, times=times, captions=tuple(f"{item.captions[0]} {word}" for word in words))
        for item in plain
        for times, words in ((2, ("twice", "two times")), (3, ("three times",)))
        if times * item.seconds <= mixture.max_seconds
    ]


def collect_items(
    segments: Sequence[CaptionedSegment],
    trials: Mapping[str, Trial],
    mixture: Mixture,
    further: Mapping[str, Sequence[CaptionedSegment]] | None = None,
) -> dict[str, list[CorpusItem]]:
    """Everything that can be shown of some trials, by kind (the fields of Mixture).

    further: segments of the kinds that are told by people ("human") or made of several recordings.
    """
    long_enough = [item for item in segment_items(segments, trials) if item.seconds >= mixture.min_seconds]
    items = on_level_ground(long_enough, trials)
    kinds = {
        "segments": from_rest(items, trials),
        "subclips": subclip_items(items),
        "measured": measured_items(items, trials),
        "joined": joined_items(items, mixture),
        "repeated": repeated_items(items, mixture),
    }
    for kind, found in (further or {}).items():
        kinds[kind] = (human_items if kind == "human" else segment_items)(found, trials)
    return kinds
