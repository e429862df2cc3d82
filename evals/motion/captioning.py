"""Captions of held-out clips: is the right action named, and are left and right told apart?

An action counts as named when the caption holds trigger words of the label's family (data/families.yaml).
Beside the model stand the clips' own reworded captions (what the family table can recognise at best) and the
model's captions dealt out to the wrong clips (what is named by chance).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from ...motion_models.backend import MotionBackend, load_backend
from ...motion_models.data.families import families_in, family_of
from ...motion_models.features import from_joints
from ..aggregate import Estimate, bootstrap_mean, by_group, share
from ..progress import track
from ..report import Report, table
from .corpus import Clip, load_clips

_LEFT = re.compile(r"\bleft(ward|wards)?\b|\bcounter-?clockwise\b")
_RIGHT = re.compile(r"\bright(ward|wards)?\b(?! (angle|away))|(?<!counter-)(?<!counter)\bclockwise\b")


@dataclass(frozen=True)
class CaptionSample:
    """One clip's caption. `said` and `true_side`: "left", "right", "both" or "none"."""

    trial: str
    start: float
    family: str
    reference: str
    caption: str
    named: bool
    reworded_named: bool
    said: str
    true_side: str

    @property
    def comparable(self) -> bool:
        """The caption says one side, and so do the references."""
        return self.said in ("left", "right") and self.true_side in ("left", "right")


def sides_in(text: str) -> str:
    """Which sides a text speaks of: "left", "right", "both" or "none"."""
    left, right = (pattern.search(text.lower()) is not None for pattern in (_LEFT, _RIGHT))
    return {(True, False): "left", (False, True): "right", (True, True): "both"}.get((left, right), "none")


def judge(clip: Clip, caption: str) -> CaptionSample:
    """Compare one generated caption with its clip's label and captions."""
    family = family_of(clip.action)
    return CaptionSample(
        trial=clip.trial,
        start=clip.start,
        family=family,
        reference=clip.captions[0],
        caption=caption,
        named=family in families_in(caption),
        reworded_named=family in families_in(clip.captions[-1]),
        said=sides_in(caption),
        true_side=sides_in(clip.words),
    )


def evaluate(
    backend: MotionBackend, clips: Sequence[Clip], *, batch_size: int = 16, progress: bool = True
) -> list[CaptionSample]:
    """Caption every clip (joints to features to tokens to text) and judge it."""
    batches = [clips[start : start + batch_size] for start in range(0, len(clips), batch_size)]
    samples = []
    for batch in track(batches, "captions", show=progress):
        captions = backend.caption([backend.encode(from_joints(clip.joints)) for clip in batch])
        samples += [judge(clip, caption) for clip, caption in zip(batch, captions, strict=True)]
    return samples


def summarize(samples: Sequence[CaptionSample], seed: int = 0) -> dict[str, Estimate]:
    """Shares with 95 % intervals; those over clips by a bootstrap over trials."""
    trials = [sample.trial for sample in samples]
    order = np.random.default_rng(seed).permutation(len(samples))
    dealt = [
        sample.family in families_in(samples[i].caption) for sample, i in zip(samples, order, strict=True)
    ]
    sided = [sample for sample in samples if sample.comparable]
    said = [sample for sample in samples if sample.said != "none"]
    return {
        "action named": bootstrap_mean([sample.named for sample in samples], trials),
        "action named by the reworded reference": bootstrap_mean([s.reworded_named for s in samples], trials),
        "action named by another clip's caption": bootstrap_mean(dealt, trials),
        "left/right wrong where both say one side": share(s.said != s.true_side for s in sided),
        "side said where the references say none": share(s.true_side == "none" for s in said),
    }


def to_report(samples: Sequence[CaptionSample], subject: str, command: str) -> Report:
    """Shares, then every family's own."""
    summary = summarize(samples)
    rows = [[name, estimate.percent(), estimate.n] for name, estimate in summary.items()]
    families = by_group(samples, lambda sample: sample.family)
    per_family = [
        [name, f"{sum(s.named for s in part)} of {len(part)}", part[0].caption]
        for name, part in sorted(families.items(), key=lambda item: -len(item[1]))
    ]
    body = "\n\n".join(
        (
            table(["", "share (95 % interval)", "captions"], rows),
            table(["family", "named", "example"], per_family),
        )
    )
    data = {"summary": {k: v.to_dict() for k, v in summary.items()}, "samples": [asdict(s) for s in samples]}
    return Report("Captions of held-out motion", command, subject, body, data)


def run(
    data: str | Path,
    backend: MotionBackend | str | Path | None = None,
    *,
    batch_size: int = 16,
    progress: bool = True,
) -> Report:
    """Evaluate a backend, or whatever `load_backend` takes, on the held-out clips of a folder of CMU data."""
    loaded = load_backend(backend)
    clips = [clip for clip in load_clips(data) if clip.split == "val"]
    samples = evaluate(loaded, clips, batch_size=batch_size, progress=progress)
    return to_report(samples, loaded.name, "motion-agent eval captions --data DATA/cmu")
