"""`motion-agent eval motion`: the kinematic suite, then the field's table, as one report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...motion_models.backend import MotionBackend, load_backend
from ...motion_models.errors import InvalidRequestError
from ..report import Report
from . import comparison, suite
from .evaluator.evaluator import MotionEvaluator, shipped_evaluator
from .evaluator.reference import ReferenceSet, load_reference, recorded_reference
from .protocol import EvaluationProtocol


def run(
    backend: MotionBackend | str | Path | None = None,
    *,
    seeds: int = 5,
    groups: Sequence[str] = (),
    repetitions: int = 20,
    data: str | Path | None = None,
    evaluator: str | Path | None = None,
    glove: str | Path | None = None,
    progress: bool = True,
) -> Report:
    """Both parts on a backend or on whatever `load_backend` takes; seeds or repetitions of 0 leave one out.

    data: a folder of CMU recordings, or one in HumanML3D's layout; None: the held-out clips that ship.
    evaluator: a folder of ours or a published finest.tar, which also needs `glove`, the folder of its words,
    and takes the mean and std that lie in `data`; None: the one that ships. Raises MotionAgentError.
    """
    loaded = load_backend(backend)
    command = f"motion-agent eval motion --seeds {seeds} --repetitions {repetitions}"
    parts = []
    if seeds:
        parts.append(suite.run(loaded, seeds=seeds, groups=groups, progress=progress))
    if repetitions:
        judge = load_evaluator(evaluator, glove, data)
        reference = (
            load_reference()
            if data is None
            else recorded_reference(data, judge, getattr(loaded, "tokenizer", None))
        )
        parts.append(
            _compare(loaded, reference, judge, repetitions=repetitions, command=command, progress=progress)
        )
    if not parts:
        raise InvalidRequestError("nothing to measure: seeds and repetitions are both 0")
    body = "\n\n".join(f"#### {part.title}\n\n{part.body}" for part in parts)
    return Report("Text to motion", command, loaded.name, body, {part.title: part.data for part in parts})


def load_evaluator(
    source: str | Path | None, glove: str | Path | None = None, data: str | Path | None = None
) -> MotionEvaluator:
    """The one that ships, a folder of ours, or a published file with its words and statistics."""
    if source is None:
        return shipped_evaluator()
    if Path(source).is_dir():
        return MotionEvaluator.from_pretrained(source)
    if glove is None or data is None:
        raise InvalidRequestError(
            f"{source} is a published evaluator: it needs --glove, the folder of its words, and --data, a "
            "folder in HumanML3D's layout with the mean and std it was trained with"
        )
    from ...motion_models.data.humanml3d import open_motion_text

    folder = open_motion_text(data)
    if folder.mean is None or folder.std is None:
        raise InvalidRequestError(f"{data} holds no Mean.npy and Std.npy, which the evaluator needs")
    return MotionEvaluator.from_official(source, glove, folder.mean, folder.std)


def _compare(
    backend: MotionBackend,
    reference: ReferenceSet,
    judge: MotionEvaluator,
    *,
    repetitions: int,
    command: str,
    progress: bool,
) -> Report:
    protocol = EvaluationProtocol(repetitions=repetitions)
    blocks = comparison.compare(backend, reference, judge, protocol, progress=progress)
    return comparison.to_report(blocks, judge.name, backend.name, command, protocol)
