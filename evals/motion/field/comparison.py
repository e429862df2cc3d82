"""The table of text-to-motion: real motion, its reconstruction, a backend and retrieval, by the field's
measures.

Without recordings it is made on the held-out clips that ship, from embeddings, tokens and captions. With a
folder of CMU recordings the reference is made anew; with HumanML3D itself and the published evaluator the
numbers are those papers report.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ....motion_models.arrays import Float32Array
from ....motion_models.backends.protocol import MotionBackend, decode_all
from ....motion_models.motion.features import DIM, recover_joints
from ...aggregate import Estimate
from ...report import Report, table
from .evaluator.evaluator import MotionEvaluator, shipped_evaluator
from .evaluator.reference import ReferenceSet, load_reference, mark_of
from .metrics import BATCH, PAIRS
from .metrics.physics import LABELS, Physics, measure, summarize
from .protocol import MEASURES, EvaluationProtocol, evaluate
from .sources import Generated, Retrieved, Source, Stored, generate_all

COLUMNS = (*MEASURES, "MultiModality")
#: Which way is better; "real →" is nearest to the row of real motion.
DIRECTIONS = {
    **dict.fromkeys(("R@1", "R@2", "R@3", "MultiModality"), "↑"),
    **dict.fromkeys(("FID", "MM-Dist", "failed", *LABELS), "↓"),
    "Diversity": "→",
}


@dataclass(frozen=True)
class Block:
    """One table: a row of estimates for each source. note: what this table was made of."""

    title: str
    rows: dict[str, dict[str, Estimate]]
    note: str
    columns: Sequence[str] = COLUMNS

    def markdown(self) -> str:
        headers = [f"{column} {DIRECTIONS[column]}" for column in self.columns]
        lines = [
            [name, *(_cell(found, column) for column in self.columns)] for name, found in self.rows.items()
        ]
        return f"**{self.title}**\n\n{table(['', *headers], lines)}\n\n{self.note}"


def _cell(found: dict[str, Estimate], column: str) -> str:
    return found[column].plus_minus(3) if column in found else "-"


def compare(
    backend: MotionBackend,
    reference: ReferenceSet | None = None,
    evaluator: MotionEvaluator | None = None,
    protocol: EvaluationProtocol | None = None,
    *,
    progress: bool = True,
) -> list[Block]:
    """Every caption, then, where the last caption of each clip is a paraphrase, those alone."""
    evaluator = evaluator or shipped_evaluator()
    reference = load_reference() if reference is None else reference
    protocol = protocol or EvaluationProtocol()
    chosen = {"any caption of a clip": reference}
    if reference.paraphrased:
        chosen["paraphrases: the reworded caption of a clip"] = reference.reworded()
    blocks = []
    for title, part in chosen.items():
        rows = {
            source.name: evaluate(source, part, evaluator, protocol, progress=progress)
            for source in sources(backend, part, evaluator)
        }
        note = _footnote(part, rows, protocol) + (_untagged(part) if evaluator.tagged else "")
        blocks.append(Block(f"{reference.name}, {title}", rows, note))
    return blocks


def _untagged(reference: ReferenceSet) -> str:
    """A warning where captions lack the words that the evaluator was trained on."""
    count = sum(not caption.words for captions in reference.captions for caption in captions)
    if not count:
        return ""
    return (
        f" {count} captions have no words with parts of speech in their texts files: they are read as plain "
        "text, which the evaluator does not know."
    )


def _footnote(
    reference: ReferenceSet, rows: dict[str, dict[str, Estimate]], protocol: EvaluationProtocol
) -> str:
    """How many clips, pairs and texts stand behind a table, and what a dash in it means."""
    clips, width, repetitions = len(reference), reference.real.shape[1], protocol.repetitions
    texts = max((found["MultiModality"].n for found in rows.values() if "MultiModality" in found), default=0)
    interval = "mean ± 1.96 std / sqrt(repetitions)" if repetitions > 1 else "so no intervals"
    return (
        f"{clips} clips, {repetitions} repetitions, {interval}. R@k: {clips - clips % BATCH} of them in "
        f"batches of {BATCH}. FID: in {width} dimensions. Diversity: {min(PAIRS, clips // 2)} pairs. "
        f"MultiModality: {protocol.pairs} pairs of {protocol.mm_samples} motions of {texts} texts, ± half of "
        "the 95 % interval over texts. A dash: always the same motion for a text (MultiModality), or too few "
        f"motions (R@k needs {BATCH} clips, FID more than {width} motions)."
    )


def sources(backend: MotionBackend, reference: ReferenceSet, evaluator: MotionEvaluator) -> Sequence[Source]:
    """Real motion, its reconstruction where the tokens are the backend's, retrieval, the backend."""
    found: list[Source] = [Stored("real", reference.real)]
    if rebuilt := _rebuilt(backend, reference):
        found.append(Stored("tokenizer reconstruction", evaluator.embed_motions(rebuilt)))
    if len(reference.library):
        found.append(Retrieved(reference))
    return [*found, Generated(backend, evaluator)]


def _rebuilt(backend: MotionBackend, reference: ReferenceSet) -> list[Float32Array]:
    """Every clip's motion from its tokens; none where they are of another codebook than the backend's."""
    if not reference.tokens or reference.codebook != mark_of(backend):
        return []
    return decode_all(backend, reference.tokens)


def plausibility(backend: MotionBackend, reference: ReferenceSet) -> Block:
    """Skating, penetration, float and jerk of the real motion, of its reconstruction and of motion made of
    every clip's first caption. Motion in another layout than HumanML3D's is not measured."""
    motions: dict[str, Sequence[Float32Array | None]] = {}
    if rebuilt := _rebuilt(backend, reference):
        motions["tokenizer reconstruction"] = rebuilt
    captions = [captions[0].text for captions in reference.captions]
    motions[backend.name] = generate_all(backend, captions, 0)
    trials = [segment.trial for segment in reference.segments] or list(range(len(reference)))
    note = (
        f"{len(reference)} clips, one motion of each clip's first caption, floor at 0; ± half of the 95 % "
        f"interval over {'recordings' if reference.segments else 'clips'}. Real motion skates, floats and "
        "jerks as well, so below its values less is not better. Jerk: the jerkiest joint's."
    )
    real = [(Physics(*row), trial) for row, trial in zip(reference.physics, trials, strict=True)]
    rows = {"real": _summary([(values, trial) for values, trial in real if not np.isnan(values[0])])}
    rows |= {name: _summary(_measured(found, trials)) for name, found in motions.items()}
    return Block("physical plausibility of the same clips", rows, note, LABELS)


def _measured(
    motions: Sequence[Float32Array | None], trials: Sequence[object]
) -> list[tuple[Physics, object]]:
    found = [(m, trial) for m, trial in zip(motions, trials, strict=True) if m is not None]
    return [(measure(recover_joints(m)), trial) for m, trial in found if m.shape[1] == DIM]


def _summary(measured: Sequence[tuple[Physics, object]]) -> dict[str, Estimate]:
    return summarize([values for values, _ in measured], [trial for _, trial in measured])


def to_report(blocks: Sequence[Block], evaluator: MotionEvaluator, subject: str, command: str) -> Report:
    """The tables with how they are read; `data` holds every estimate."""
    chance = ", ".join(f"{k / BATCH:.3f}" for k in (1, 2, 3))
    compared = (
        "Published numbers are of this evaluator on HumanML3D's (or KIT-ML's) whole test split."
        if evaluator.tagged
        else "It is not the one of papers: no number here may stand beside published ones."
    )
    note = (
        f"Evaluator: {evaluator.name}. {compared} ↑ more is better, ↓ less, → nearer to real motion.\n\n"
        f"R@k: share of texts whose own motion is among the k nearest of {BATCH} (chance: {chance}). FID: "
        "distance between the made and the real motions as Gaussians; 0 for real, which is held against "
        "itself. MM-Dist: mean distance of a text and its motion. Diversity: mean distance of two motions. "
        "MultiModality: the same of two motions for one text. failed: share of captions without a motion, "
        "which count as not found in R@k and are left out elsewhere. Distances are in the evaluator's space."
    )
    data = {
        block.title: {
            row: {column: estimate.to_dict() for column, estimate in found.items()}
            for row, found in block.rows.items()
        }
        for block in blocks
    }
    body = "\n\n".join([*(block.markdown() for block in blocks), note])
    return Report("Text to motion by the field's measures", command, subject, body, data)
