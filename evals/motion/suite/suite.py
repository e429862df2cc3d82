"""The open suite: generate every prompt with several seeds, measure whether the motion does what was asked.

Success is per (prompt, seed). A request the backend refuses or fails on counts as not met. Confidence
intervals treat the prompt as the unit: seeds of one prompt are not independent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from ....motion_models.arrays import Float32Array
from ....motion_models.backends.protocol import MotionBackend, decode_all
from ....motion_models.errors import InvalidRequestError, MotionAgentError
from ....motion_models.motion.features import FPS, recover_joints
from ....motion_models.motion.measures.predicates import CheckResult, check_in_order
from ....motion_models.motion.representation import HUMANML3D
from ...aggregate import Estimate, bootstrap_mean, by_group
from ...batching import together_or_alone
from ...progress import track
from ...report import Report, table
from .prompts import Prompt, load_prompts


@dataclass(frozen=True)
class Sample:
    """One prompt generated with one seed; `error` says why there is no motion."""

    prompt: str
    group: str
    wording: str
    seed: int
    met: bool
    seconds: float = 0.0
    outcomes: tuple[CheckResult, ...] = ()
    error: str = ""


def _check_layout(backend: MotionBackend) -> None:
    """Refuse a backend whose motion the checks cannot read: every prompt would count as missed."""
    layout = getattr(getattr(backend, "tokenizer", None), "representation", HUMANML3D)
    if layout.name != HUMANML3D.name:
        raise InvalidRequestError(
            f"{backend.name} makes motion in the layout of {layout.name}, the suite of prompts reads that of "
            f"{HUMANML3D.name}: leave it out with --seeds 0"
        )


def run_suite(
    backend: MotionBackend,
    prompts: Sequence[Prompt] | None = None,
    *,
    seeds: Sequence[int] = range(5),
    batch_size: int = 16,
    progress: bool = True,
) -> list[Sample]:
    """Generate and measure: one sample per prompt and seed, in that order. Same seeds, same result."""
    jobs = [(prompt, seed) for prompt in (load_prompts() if prompts is None else prompts) for seed in seeds]
    batches = [jobs[start : start + batch_size] for start in range(0, len(jobs), batch_size)]
    return [
        sample
        for batch in track(batches, "motion suite", show=progress)
        for sample in together_or_alone(batch, partial(_run_batch, backend), _failed)
    ]


def _run_batch(backend: MotionBackend, jobs: Sequence[tuple[Prompt, int]]) -> list[Sample]:
    motions = backend.generate(
        [backend.interpret(prompt.text).text for prompt, _ in jobs],
        seconds=[prompt.seconds for prompt, _ in jobs],
        seed=[seed for _, seed in jobs],
    )
    decoded = decode_all(backend, motions)
    return [_measure(*job, features) for job, features in zip(jobs, decoded, strict=True)]


def _failed(job: tuple[Prompt, int], error: MotionAgentError) -> Sample:
    prompt, seed = job
    return Sample(prompt.text, prompt.group, wording(prompt), seed, met=False, error=str(error))


def _measure(prompt: Prompt, seed: int, features: Float32Array) -> Sample:
    joints = recover_joints(features)
    met, outcomes = check_in_order(prompt.stages, joints)
    seconds = len(joints) / FPS
    return Sample(prompt.text, prompt.group, wording(prompt), seed, met, seconds, tuple(outcomes))


def wording(prompt: Prompt) -> str:
    """How near the words are to the captions: "paraphrase", "caption" (verbatim) or "plain" (neither)."""
    if prompt.paraphrase:
        return "paraphrase"
    return "caption" if prompt.verbatim else "plain"


def met_share(samples: Sequence[Sample]) -> Estimate:
    """Share of samples met, with a bootstrap over prompts."""
    return bootstrap_mean([s.met for s in samples], [s.prompt for s in samples])


def summarize(samples: Sequence[Sample]) -> dict[str, Estimate]:
    """Share met: overall, per wording, per group."""
    parts: list[tuple[str, Callable[[Sample], str]]] = [
        ("wording: ", lambda sample: sample.wording),
        ("group: ", lambda sample: sample.group),
    ]
    summary = {"all": met_share(samples)}
    for prefix, key in parts:
        summary |= {prefix + name: met_share(part) for name, part in by_group(samples, key).items()}
    return summary


def to_report(samples: Sequence[Sample], subject: str, command: str) -> Report:
    """Summary, and the prompts that fail most often with what was measured."""
    summary = summarize(samples)
    rows = [[name, estimate.percent(), estimate.n] for name, estimate in summary.items()]
    body = table(["", "met (95 % interval)", "samples"], rows) + "\n\n" + _failures(samples)
    data = {
        "summary": {name: estimate.to_dict() for name, estimate in summary.items()},
        "samples": [asdict(sample) for sample in samples],
    }
    return Report("Open suite of prompts, kinematic checks", command, subject, body, data)


def _failures(samples: Sequence[Sample]) -> str:
    rows = []
    for prompt, tries in by_group(samples, lambda sample: sample.prompt).items():
        missed = [sample for sample in tries if not sample.met]
        if missed:
            rows.append([prompt, f"{len(tries) - len(missed)} of {len(tries)}", _reason(missed[0])])
    return (
        table(["prompt not always met", "met", "first miss"], rows)
        if rows
        else "Every prompt was met with every seed."
    )


def _reason(sample: Sample) -> str:
    missed = [f"{o.condition} was {o.value:.2f}" for o in sample.outcomes if not o.met]
    return sample.error or "; ".join(missed) or "too short to be cut in two"


def run(
    backend: MotionBackend | str | Path | None = None,
    *,
    seeds: int = 5,
    batch_size: int = 16,
    groups: Sequence[str] = (),
    progress: bool = True,
) -> Report:
    """Run the suite on a backend or on whatever `load_backend` takes; `groups` limits it to some groups.

    Raises InvalidRequestError for a backend of another skeleton than HumanML3D's.
    """
    from ....motion_models import load_backend

    if backend is None or isinstance(backend, (str, Path)):
        backend = load_backend(backend)
    _check_layout(backend)
    prompts = [prompt for prompt in load_prompts() if not groups or prompt.group in groups]
    samples = run_suite(backend, prompts, seeds=range(seeds), batch_size=batch_size, progress=progress)
    return to_report(samples, backend.name, f"motion-agent eval motion --seeds {seeds}")
