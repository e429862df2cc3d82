"""Captions of held-out clips: do they say what the clips' descriptions say, and is the action named?

BLEU, ROUGE-L, CIDEr and BERTScore against the clips' descriptions, raw and processed, beside captions of the
nearest training clips, a description that is right, and captions dealt to other clips (`caption_scores`).

Where clips have an action label, it counts as named when the caption holds trigger words of its family
(data/families.yaml). Beside the model stand the clips' own reworded captions (what the family table can
recognise at best) and the model's captions dealt to other clips (what is named by chance).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ....motion_models.backends.load import load_backend
from ....motion_models.backends.protocol import MotionBackend
from ....motion_models.english.families import families_in, family_of
from ...aggregate import Estimate, bootstrap_mean, by_group, proportion
from ...progress import track
from ...report import Report, table
from .elsewhere import captions_elsewhere, measures
from .items import CaptioningItem, CaptioningSet, recorded_set, shipped_set
from .scores import NOT_RUN, compare, dealt, tables
from .text import PROTOCOLS, BertScorer

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


def judge(item: CaptioningItem, caption: str) -> CaptionSample:
    """Compare one generated caption with its clip's label and descriptions."""
    family = family_of(item.action)
    return CaptionSample(
        trial=item.trial,
        start=item.start,
        family=family,
        reference=item.references[0].text,
        caption=caption,
        named=family in families_in(caption),
        reworded_named=family in families_in(item.references[-1].text),
        said=sides_in(caption),
        true_side=sides_in(item.words),
    )


def caption_all(
    backend: MotionBackend, items: Sequence[CaptioningItem], *, batch_size: int = 16, progress: bool = True
) -> list[str]:
    """One caption per clip, in batches."""
    batches = [items[start : start + batch_size] for start in range(0, len(items), batch_size)]
    return [
        caption
        for batch in track(batches, "captions", show=progress)
        for caption in backend.caption([item.tokens for item in batch])
    ]


def summarize(samples: Sequence[CaptionSample], seed: int = 0) -> dict[str, Estimate]:
    """Shares with 95 % intervals; those over clips by a bootstrap over trials."""
    trials = [sample.trial for sample in samples]
    others = dealt(len(samples), seed)
    by_chance = [s.family in families_in(samples[i].caption) for s, i in zip(samples, others, strict=True)]
    sided = [sample for sample in samples if sample.comparable]
    said = [sample for sample in samples if sample.said != "none"]
    return {
        "action named": bootstrap_mean([sample.named for sample in samples], trials),
        "action named by the reworded reference": bootstrap_mean([s.reworded_named for s in samples], trials),
        "action named by another clip's caption": bootstrap_mean(by_chance, trials),
        "left/right wrong where both say one side": proportion(s.said != s.true_side for s in sided),
        "side said where the references say none": proportion(s.true_side == "none" for s in said),
    }


def to_report(
    clips: CaptioningSet,
    captions: Sequence[str],
    name: str,
    command: str,
    scorer: BertScorer | None = None,
) -> Report:
    """Named actions where clips have labels, then the table of each protocol."""
    labelled = [place for place, item in enumerate(clips.items) if item.action]
    samples = [judge(clips.items[place], captions[place]) for place in labelled]
    summary = summarize(samples) if len(samples) > 1 else {}
    parts, scores = tables(PROTOCOLS, lambda protocol: compare(captions, clips, name, protocol, scorer))
    data = {
        "summary": {key: value.to_dict() for key, value in summary.items()},
        "samples": [asdict(sample) for sample in samples],
        "scores": {
            protocol: [
                asdict(row) | {"values": {key: value.to_dict() for key, value in row.values.items()}}
                for row in rows
            ]
            for protocol, rows in scores.items()
        },
    }
    body = [*_named(samples, summary), *parts, _notes(clips, scorer)]
    return Report("Captions of held-out motion", command, f"{name}, {clips.name}", "\n\n".join(body), data)


def _named(samples: Sequence[CaptionSample], summary: Mapping[str, Estimate]) -> list[str]:
    """The shares, then every family's own."""
    if not summary:
        return []
    rows = [[name, estimate.percent(), estimate.n] for name, estimate in summary.items()]
    families = by_group(samples, lambda sample: sample.family)
    per_family = [
        [name, f"{sum(s.named for s in part)} of {len(part)}", part[0].caption]
        for name, part in sorted(families.items(), key=lambda item: -len(item[1]))
    ]
    return [
        table(["", "share (95 % interval)", "captions"], rows),
        table(["family", "named", "example"], per_family),
    ]


def _notes(clips: CaptioningSet, scorer: BertScorer | None) -> str:
    """What has to be known to read the tables."""
    bert = (
        f"BERTScore: {NOT_RUN}, it needs weights that do not ship: --bert-model DIR, a folder of the hub's "
        "roberta-large for the field's numbers."
        if scorer is None
        else f"BERTScore: {scorer.name}."
    )
    return (
        "Values are times 100, more is better; 95 % intervals over recordings. CIDEr's weights are those of "
        f"the row's references. {bert} {clips.note}"
    )


def run(
    data: str | Path | None = None,
    backend: MotionBackend | str | Path | None = None,
    *,
    clips: CaptioningSet | None = None,
    bert_model: str | Path | None = None,
    batch_size: int = 16,
    progress: bool = True,
) -> Report:
    """Evaluate a backend, or whatever `load_backend` takes.

    data: a folder of CMU data, with archives of other studios that only measure or without, or one in
    HumanML3D's layout; None: the held-out CMU clips that ship, as tokens. clips: tokens of any other source.
    bert_model: the folder of a hub model for BERTScore, which is not run without. Raises MotionAgentError.
    """
    loaded = load_backend(backend)
    scorer = None if bert_model is None else BertScorer.from_folder(bert_model)
    if clips is None:
        clips = shipped_set(loaded) if data is None else recorded_set(data, loaded, progress=progress)
    captions = caption_all(loaded, clips.items, batch_size=batch_size, progress=progress)
    given = {"--data": data, "--bert-model": bert_model}
    options = [f" {option} DIR" for option, value in given.items() if value is not None]
    report = to_report(clips, captions, loaded.name, f"motion-agent eval captions{''.join(options)}", scorer)
    if data is None or not measures(data):
        return report
    found = captions_elsewhere(data, loaded)
    body = f"{report.body}\n\n**Never learnt from**\n\n{found.to_text()}"
    return replace(report, body=body, data={**report.data, "elsewhere": asdict(found)})
