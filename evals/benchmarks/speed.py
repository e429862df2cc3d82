"""How fast text becomes motion: one motion, a batch, a cold process, beside plain transformers `generate`.

The baseline is the same network and the same prompts in the same process: the generation adapter merged
into one ordinary causal LM over the whole vocabulary, `generate` with sampling and as many new tokens
forced. Both sides include decoding the tokens to features. The checkpoint may ask for several candidates and
for guidance, which multiply the rows of a batch; "one row each" goes without, as the baseline does.
What callers and tasks gain by sharing a batch is measured beside the same work in turn (together.py).
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ...motion_models.backends.load import load_backend
from ...motion_models.backends.protocol import MotionBackend, decode_all
from ...motion_models.motion.features import TOKENS_PER_SECOND
from ..report import Report, machine, table
from .clock import Timing, clock
from .together import THREADS, time_mixed, time_threads

if TYPE_CHECKING:
    from ...motion_models.language.motion_llm import MotionLLM

PROMPTS = (
    "a person walks forward",
    "a person runs and turns left",
    "a person jumps up twice",
    "a person sits down",
    "a person waves with the right arm",
    "a person kicks with the left leg",
    "a person does jumping jacks",
    "a person washes a window",
)


def time_backend(backend: MotionBackend, captions: Sequence[str], seconds: float, repeats: int) -> Timing:
    """Generate the captions as one batch and decode each."""

    def work(seed: int) -> None:
        decode_all(backend, backend.generate(captions, seconds=seconds, seed=seed))

    return clock(f"motion-agent, batch {len(captions)}", seconds * len(captions), work, repeats)


def time_one_row_each(
    llm: MotionLLM, backend: MotionBackend, captions: Sequence[str], seconds: float, repeats: int
) -> Timing:
    """As transformers does it: no guidance and one candidate, so one row of the batch for each caption."""

    def work(seed: int) -> None:
        decode_all(backend, llm.generate(captions, seconds=seconds, seed=seed, guidance=1.0))

    return clock(f"the same, one row each, batch {len(captions)}", seconds * len(captions), work, repeats)


def time_transformers(
    llm: MotionLLM, backend: MotionBackend, captions: Sequence[str], seconds: float, repeats: int
) -> Timing:
    """Plain `generate` on the merged network, with the same prompt ids and as many tokens."""
    import torch

    # transformers' own `to` and `generate` are decorated beyond what a type checker can follow.
    model = cast("Any", llm.network.merged_backbone("generation")).to(llm.device)
    model.generation_config.eos_token_id = None  # the length is forced on both sides
    prompts = [torch.tensor(llm.renderer.generation_prompt(caption, seconds)) for caption in captions]
    ids, mask = left_padded(prompts, llm.renderer.eos_id)
    tokens = round(seconds * TOKENS_PER_SECOND)
    stand_in = torch.LongTensor([0] * tokens)

    @torch.inference_mode()
    def work(seed: int) -> None:
        torch.manual_seed(seed)
        model.generate(
            ids.to(llm.device),
            attention_mask=mask.to(llm.device),
            max_new_tokens=tokens,
            min_new_tokens=tokens,
            do_sample=True,
            pad_token_id=llm.renderer.eos_id,
        )
        # What it samples may be text, so known tokens are decoded for the same cost.
        decode_all(backend, [stand_in] * len(captions))

    return clock(f"transformers generate, batch {len(captions)}", seconds * len(captions), work, repeats)


def left_padded(prompts, padding: int):  # type: ignore[no-untyped-def]
    """Ids and attention mask (B, L) of 1-D id tensors, padded on the left as `generate` wants."""
    import torch

    longest = max(len(prompt) for prompt in prompts)
    ids = torch.full((len(prompts), longest), padding)
    mask = torch.zeros_like(ids)
    for row, prompt in enumerate(prompts):
        ids[row, longest - len(prompt) :] = prompt
        mask[row, longest - len(prompt) :] = 1
    return ids, mask


_COLD = """
import sys
from motion_agent.motion_models import load_backend
backend = load_backend(sys.argv[1] or None)
tokens = backend.generate([sys.argv[2]], seconds=float(sys.argv[3]), seed=0)[0]
backend.decode(tokens)
"""


def time_cold_start(weights: str | Path | None, seconds: float) -> Timing:
    """A new Python process from its start to the end of its first motion."""
    command = [sys.executable, "-c", _COLD, str(weights or ""), PROMPTS[0], str(seconds)]

    def work(_: int) -> None:
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True)

    return clock("cold process to first motion", seconds, work, 3, warm_up=0)


def peak_memory_mib() -> float:
    """Highest resident memory of this process so far."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024.0 if sys.platform != "darwin" else 1024.0**2)


def run(
    backend: MotionBackend | str | Path | None = None,
    *,
    seconds: float = 10.0,
    batches: Sequence[int] = (1, 8, 32),
    repeats: int = 5,
    cold: bool = True,
) -> Report:
    """Benchmark a backend or whatever `load_backend` takes.

    A backend object has no cold start to time; one without a MotionLLM in this process, or whose MotionLLM
    writes several codes a step, has no baseline.
    """
    loaded = load_backend(backend)
    llm: MotionLLM | None = getattr(loaded, "llm", None)
    ours, rows, plain = [], [], []
    for size in batches:
        captions = [PROMPTS[i % len(PROMPTS)] for i in range(size)]
        ours.append(time_backend(loaded, captions, seconds, repeats))
        if llm is not None:
            rows.append(time_one_row_each(llm, loaded, captions, seconds, repeats))
            if llm.network.vocabulary.levels == 1:  # transformers knows no head that writes several codes
                plain.append(time_transformers(llm, loaded, captions, seconds, repeats))
    starts = (
        [time_cold_start(backend, seconds)]
        if cold and (backend is None or isinstance(backend, (str, Path)))
        else []
    )
    together = _together(loaded, seconds, repeats)
    return _report(loaded.name, seconds, [*ours, *rows], plain=plain, cold=starts, together=together)


def _together(backend: MotionBackend, seconds: float, repeats: int) -> list[list[Timing]]:
    """Work in turn and in shared batches; nothing for a backend without a MotionLLM in this process."""
    llm: MotionLLM | None = getattr(backend, "llm", None)
    if llm is None:
        return []
    captions = [PROMPTS[n % len(PROMPTS)] for n in range(THREADS)]
    groups = [time_threads(llm, backend, captions, seconds, repeats)]
    if llm.network.adapters:
        groups.append(time_mixed(llm, PROMPTS, seconds, repeats))
    return groups


def _report(
    name: str,
    seconds: float,
    ours: list[Timing],
    *,
    plain: list[Timing],
    cold: list[Timing],
    together: list[list[Timing]],
) -> Report:
    rows = [[t.task, f"{t.typical:.3f}", f"{t.real_time:.1f}", ""] for t in ours + plain + cold]
    for row, mine, other in zip(rows, ours, plain * 2, strict=False):
        row[3] = f"{other.typical / mine.typical:.1f}"
    parts = [
        f"{machine()}. Motions of {seconds:g} s; median of {len(ours[0].seconds)} runs after warm-up.",
        table(["", "seconds", "x real time", "times faster than transformers"], rows),
    ]
    if together:
        parts.append(table(["", "seconds", "times faster than in turn"], _shares(together)))
    parts.append(
        f"Peak memory of the process: {peak_memory_mib():.0f} MiB."
        + (
            ""
            if plain
            else " Baseline not run: it needs a MotionLLM in this process that writes one code a step."
        )
    )
    data = {
        "machine": machine(),
        "timings": [asdict(t) for t in ours + plain + cold],
        "together": [asdict(t) for group in together for t in group],
        "seconds": seconds,
    }
    return Report("Speed", "motion-agent eval speed", name, "\n\n".join(parts), data)


def _shares(groups: list[list[Timing]]) -> list[list[str]]:
    """Every group beside its first, which does the same in turn."""
    return [
        [t.task, f"{t.typical:.3f}", f"{group[0].typical / t.typical:.1f}"] for group in groups for t in group
    ]
