"""`motion-agent eval motion`: the kinematic suite, then the field's table, as one report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...motion_models.backends.load import load_backend
from ...motion_models.backends.protocol import MotionBackend
from ...motion_models.data.humanml3d import open_motion_text
from ...motion_models.errors import InvalidMotionError, InvalidRequestError
from ...motion_models.motion.statistics import Weighting
from ..report import Report
from .field import comparison
from .field.evaluator.evaluator import SHIPPED, MotionEvaluator, shipped_evaluator
from .field.evaluator.reference import REFERENCE, ReferenceSet, load_reference, recorded_reference
from .field.protocol import EvaluationProtocol
from .suite import suite


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

    data: a folder of CMU recordings, or one in HumanML3D's layout; None: the held-out clips whose embeddings
    lie beside the evaluator. evaluator: a folder of ours or a published finest.tar, which also needs `glove`,
    the folder of its words, and takes the mean and std that lie in `data`; None: the one that ships.
    Raises MotionAgentError, for files that do not fit before anything is measured.
    """
    if not seeds and not repetitions:
        raise InvalidRequestError("nothing to measure: seeds and repetitions are both 0")
    loaded = load_backend(backend)
    held = _reference_and_evaluator(loaded, data, evaluator, glove) if repetitions else None
    given = {"--data DIR": data, "--evaluator FILE": evaluator, "--glove DIR": glove}
    options = [f" {option}" for option, value in given.items() if value is not None]
    command = f"motion-agent eval motion --seeds {seeds} --repetitions {repetitions}{''.join(options)}"
    parts = []
    if seeds:
        parts.append(suite.run(loaded, seeds=seeds, groups=groups, progress=progress))
    if held is not None:
        parts.append(_compare(loaded, *held, repetitions=repetitions, command=command, progress=progress))
    body = "\n\n".join(f"#### {part.title}\n\n{part.body}" for part in parts)
    return Report("Text to motion", command, loaded.name, body, {part.title: part.data for part in parts})


def _reference_and_evaluator(
    backend: MotionBackend,
    data: str | Path | None,
    evaluator: str | Path | None,
    glove: str | Path | None,
) -> tuple[ReferenceSet, MotionEvaluator]:
    """The clips and the evaluator that embedded them: points of two evaluators do not compare."""
    judge = load_evaluator(evaluator, glove, data)
    if data is not None:
        return recorded_reference(data, judge, getattr(backend, "tokenizer", None)), judge
    folder = SHIPPED if evaluator is None else Path(evaluator)
    if not (folder / REFERENCE).is_file():
        raise InvalidRequestError(
            f"{folder} holds no {REFERENCE}, the embeddings of clips to compare with: give recorded motion "
            "with --data"
        )
    return load_reference(folder), judge


def load_evaluator(
    source: str | Path | None, glove: str | Path | None = None, data: str | Path | None = None
) -> MotionEvaluator:
    """The one that ships, a folder of ours, or a published file with its words and statistics."""
    published = source is not None and not Path(source).is_dir()
    if glove is not None and not published:
        raise InvalidRequestError(
            "--glove holds the words of a published evaluator: give its file, finest.tar, with --evaluator"
        )
    if source is None:
        return shipped_evaluator()
    if not published:
        return MotionEvaluator.from_pretrained(source)
    if glove is None or data is None:
        raise InvalidRequestError(
            f"{source} is a published evaluator: it needs --glove, the folder of its words, and --data, a "
            "folder in HumanML3D's layout with the mean and std it was trained with"
        )
    theirs = (
        "the published evaluator needs the mean and std it was trained with (Comp_v6_KLD01/meta beside it, "
        f"Comp_v6_KLD005/meta for KIT-ML): put them into {data} as Mean.npy and Std.npy"
    )
    try:
        folder = open_motion_text(data, statistics=Weighting.twice)
    except InvalidMotionError as error:
        raise InvalidRequestError(f"{error}; {theirs}") from error
    if folder.mean is None or folder.std is None:
        raise InvalidRequestError(f"{data} holds no statistics: {theirs}")
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
    blocks.append(comparison.plausibility(backend, reference))
    return comparison.to_report(blocks, judge, backend.name, command)
