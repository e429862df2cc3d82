"""The table of text-to-motion: real motion, its reconstruction, a backend and retrieval, by the field's
measures.

Without recordings it is made on the held-out clips that ship, from embeddings, tokens and captions. With a
folder of CMU recordings the reference is made anew; with a folder in HumanML3D's layout and the published
evaluator the numbers are those papers report.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...motion_models.backend import MotionBackend
from ..aggregate import Estimate
from ..report import Report, table
from .evaluator.evaluator import MotionEvaluator, shipped_evaluator
from .evaluator.reference import ReferenceSet, codebook_mark, load_reference
from .protocol import MEASURES, EvaluationProtocol, evaluate
from .sources import Generated, Retrieved, Source, Stored

if TYPE_CHECKING:
    from ...motion_models.tokenizer import MotionTokenizer

COLUMNS = (*MEASURES, "MultiModality")


@dataclass(frozen=True)
class Block:
    """One table: the sources on one choice of captions."""

    title: str
    rows: dict[str, dict[str, Estimate]]

    def markdown(self) -> str:
        lines = [[name, *(_cell(found, column) for column in COLUMNS)] for name, found in self.rows.items()]
        return f"**{self.title}**\n\n" + table(["", *COLUMNS], lines)


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
    """Every caption, then the rewordings alone where clips have several captions."""
    evaluator = evaluator or shipped_evaluator()
    reference = load_reference() if reference is None else reference
    protocol = protocol or EvaluationProtocol()
    chosen = {"any caption of a clip": reference}
    if min(map(len, reference.captions)) > 1:
        chosen["paraphrases: the reworded caption of a clip"] = reference.reworded()
    return [
        Block(
            f"{reference.name}, {title}",
            {
                source.name: evaluate(source, part, evaluator, protocol, progress=progress)
                for source in sources(backend, part, evaluator)
            },
        )
        for title, part in chosen.items()
    ]


def sources(backend: MotionBackend, reference: ReferenceSet, evaluator: MotionEvaluator) -> Sequence[Source]:
    """Real motion, its reconstruction where the tokens are the backend's, retrieval, the backend."""
    found: list[Source] = [Stored("real", reference.real)]
    if reference.tokens and reference.codebook == mark_of(backend):
        motions = [backend.decode(codes) for codes in reference.tokens]
        found.append(Stored("tokenizer reconstruction", evaluator.embed_motions(motions)))
    if len(reference.library):
        found.append(Retrieved(reference))
    return [*found, Generated(backend, evaluator)]


def mark_of(backend: MotionBackend) -> str | None:
    """The mark of a backend's codebook; None for one that has no tokenizer in this process."""
    tokenizer: MotionTokenizer | None = getattr(backend, "tokenizer", None)
    return None if tokenizer is None else codebook_mark(tokenizer)


def to_report(
    blocks: Sequence[Block], evaluator: str, subject: str, command: str, protocol: EvaluationProtocol
) -> Report:
    """The tables with what they were made by; `data` holds every estimate."""
    note = (
        f"Evaluator: {evaluator}. {protocol.repetitions} repetitions, mean ± 1.96 std / sqrt(repetitions); "
        f"MultiModality: {protocol.mm_texts} texts of {protocol.mm_samples} motions, interval over texts. "
        "R@k: R-precision in batches of 32. failed: share of captions without a motion."
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
