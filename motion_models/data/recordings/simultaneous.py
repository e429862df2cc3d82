"""Two actions at once: the walk of one recording under the arms of another, told in one caption.

Hardly any recording shows somebody who walks while waving; people ask for it all the time. What is made here
is a trial of its own with a captioned segment, so that a training takes it like a recorded one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from ...arrays import FloatArray
from ...english.captions import CaptionedSegment
from ...english.families import family_of
from ...motion.features import FPS
from ..augment import meanwhile
from ..cmu import Trial
from .limbs import is_upright, with_limbs_of

#: What legs do and, meanwhile, arms.
_LEGS = frozenset(["walk", "walk backward", "run", "turn", "step aside", "stand"])
_ARMS = frozenset(
    [
        "wave",
        "clap",
        "raise arms",
        "point",
        "beckon",
        "gesture",
        "direct traffic",
        "referee signal",
        "drink",
        "flap arms",
    ]
)
#: Captions of more than one action say nothing that holds all along.
_SEVERAL = re.compile(r",|;|\b(?:and|then|while|before|after|stops?|times|twice)\b")
#: Legs whose caption tells of arms too cannot be given other arms.
_ARMS_TOLD = re.compile(r"\b(?:arms?|hands?|pose|t-pose)\b")
_LEAST_SECONDS, _MOST_KEPT_OUT = 1.0, 0.5


def simultaneous(
    trials: Sequence[Trial], segments: Sequence[CaptionedSegment], count: int, seed: int = 0
) -> tuple[list[Trial], list[CaptionedSegment]]:
    """`count` trials of two actions at once, of the training trials, each with its one captioned segment.

    Fewer where there is too little to make them of. The same for the same arguments.
    """
    known = {trial.id: trial for trial in trials if trial.split == "train" and trial.level}
    legs, arms = (_stretches(segments, known, families) for families in (_LEGS, _ARMS))
    legs = [segment for segment in legs if not any(map(_ARMS_TOLD.search, segment.captions))]
    rng = np.random.default_rng(seed)
    made: list[tuple[Trial, CaptionedSegment]] = []
    for _ in range(4 * count if legs and arms else 0):
        below, above = (group[int(rng.integers(len(group)))] for group in (legs, arms))
        pair = _together(known, below, above, len(made))
        made += [pair] if pair is not None else []
        if len(made) == count:
            break
    return [trial for trial, _ in made], [segment for _, segment in made]


def _stretches(
    segments: Sequence[CaptionedSegment], trials: Mapping[str, Trial], families: frozenset[str]
) -> list[CaptionedSegment]:
    """Segments of these families in which one thing is done, upright."""
    return [
        segment
        for segment in segments
        if segment.trial in trials
        and family_of(segment.action) in families
        and segment.end - segment.start >= _LEAST_SECONDS
        and not _SEVERAL.search(segment.captions[0])
        and is_upright(_joints(trials, segment))
    ]


def _joints(trials: Mapping[str, Trial], segment: CaptionedSegment) -> FloatArray:
    trial = trials[segment.trial]
    start = max(round((segment.start - trial.skipped) * FPS), 0)
    return trial.joints[start : max(round((segment.end - trial.skipped) * FPS), start + 1)]


def _together(
    trials: Mapping[str, Trial], legs: CaptionedSegment, arms: CaptionedSegment, number: int
) -> tuple[Trial, CaptionedSegment] | None:
    """One trial of both, as long as the shorter; None where too little of the arms' action would be left."""
    below, above = _joints(trials, legs), _joints(trials, arms)
    frames = min(len(below), len(above))
    if frames < max(_LEAST_SECONDS * FPS, _MOST_KEPT_OUT * len(above)):
        return None
    joints = with_limbs_of(below[:frames].astype(float), above[:frames].astype(float), "arms")
    captions = tuple(
        meanwhile(one, other)
        for one, other in zip(legs.captions, arms.captions, strict=False)
        if not _SEVERAL.search(one) and not _SEVERAL.search(other)
    )
    name = f"{legs.trial}+{arms.trial}+{number}"
    trial = Trial(name, joints.astype(np.float32), "train", captions[0])
    return trial, CaptionedSegment(name, 0.0, frames / FPS, arms.action, captions)
