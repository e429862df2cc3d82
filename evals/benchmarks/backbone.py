"""Speed of MotionLLM on a large backbone: Gemma 2 2B of random weights with the paper's adapters, on a GPU.

Random weights cost what trained ones cost, so nothing has to be downloaded. The floor of batch 1 is the time
to read every weight that a token needs once, at the bandwidth measured in the same run. The reference
procedure is the paper's: its prompts, transformers' `generate` with two beams, one request after another, on
the same weights with the adapter merged. Grouped adapters, which need no second copy of the backbone and let
both tasks share a batch, are measured beside merged ones. Steps are captured as graphs, which is what every
call on a GPU gets; what torch.compile adds, which one asks for with `Decoding(compiled=True)`, has lines of
its own.
"""

from __future__ import annotations

import os
import shutil
import sysconfig
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, cast

from ...motion_models.errors import BackendError
from ...motion_models.motion.features import SECONDS_PER_TOKEN
from ..report import Report, machine, table
from .speed import PROMPTS, left_padded
from .together import policy

if TYPE_CHECKING:
    from transformers import PreTrainedConfig

    from ...motion_models.language.motion_llm import MotionLLM

#: Tokens of the longest clip of the datasets, and of the short one that prefill is told apart by.
TOKENS, SHORT = 49, 9
BATCHES = (64, 256)
STEPS_OF_PLAN = 8


def make_llm(config: PreTrainedConfig, device: str) -> MotionLLM:
    """Random weights with adapters of rank 64 and 32, merged; the words are those of the model that ships."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from ...motion_models.language.adapters import PAPER_ADAPTERS
    from ...motion_models.language.motion_llm import MotionLLM
    from ...motion_models.storage.layout import DEFAULT_WEIGHTS

    words = AutoTokenizer.from_pretrained(DEFAULT_WEIGHTS / "motion_llm" / "backbone")
    with torch.device(device):
        backbone = AutoModelForCausalLM.from_config(
            config, dtype=torch.bfloat16 if device == "cuda" else torch.float32
        )
    llm = MotionLLM(backbone, words, template="alpaca", policy="merged")
    return llm.add_adapters(PAPER_ADAPTERS).to(device)


def can_compile() -> bool:
    """Whether torch.compile finds what it makes kernels for a GPU with: a C compiler and Python's headers."""
    compiler = os.environ.get("CC") or shutil.which("gcc") or shutil.which("clang")
    return bool(compiler) and Path(sysconfig.get_paths()["include"], "Python.h").is_file()


@contextmanager
def compiled(llm: MotionLLM) -> Iterator[None]:
    """The same model with steps that go through torch.compile."""
    from ...motion_models.decoding.decoding import Decoding

    before = llm.network.decoding
    llm.network.decoding = Decoding(compiled=True)
    try:
        yield
    finally:
        llm.network.decoding = before


def bandwidth(device: str, mebibytes: int) -> float:
    """Bytes a second that one kernel reads and writes."""
    import torch

    source = torch.zeros(mebibytes * 2**20 // 4, device=device)
    target = torch.empty_like(source)
    return 2 * source.nbytes / _typical(lambda _: target.copy_(source), device, 10)


def bytes_per_token(llm: MotionLLM) -> int:
    """Weights one token of motion needs: the decoder's layers and the rows of the head that motion has."""
    decoder: Any = llm.network.plain_backbone.get_decoder()
    layers = sum(
        p.nbytes
        for name, p in decoder.named_parameters()
        if "embed_tokens" not in name and "lora" not in name
    )
    return layers + llm.network.rows.head_weight.numel() * llm.network.plain_backbone.dtype.itemsize


def time_generation(llm: MotionLLM, count: int, tokens: int, repeats: int = 5) -> float:
    """Seconds for `count` motions of so many tokens as one batch."""
    captions = [f"{PROMPTS[n % len(PROMPTS)]} {n}" for n in range(count)]
    seconds = tokens * SECONDS_PER_TOKEN
    return _typical(lambda seed: llm.generate(captions, seconds=seconds, seed=seed), str(llm.device), repeats)


def time_token(llm: MotionLLM) -> float:
    """Seconds of one token at batch 1: prompts are read in both calls, the tokens are the difference."""
    return (time_generation(llm, 1, TOKENS) - time_generation(llm, 1, SHORT)) / (TOKENS - SHORT)


def time_mixed(llm: MotionLLM, count: int, tokens: int, repeats: int = 3) -> float:
    """Seconds for half as many motions and half as many captions of so many tokens each."""
    import torch

    from ...motion_models.language.requests import CaptionRequest, GenerateRequest

    motion, seconds = torch.arange(tokens), tokens * SECONDS_PER_TOKEN

    def work(seed: int) -> None:
        texts = [f"{PROMPTS[n % len(PROMPTS)]} {n}" for n in range(count // 2)]
        motions = [GenerateRequest(text, seconds, seed + n) for n, text in enumerate(texts)]
        llm.run(
            [*motions, *(CaptionRequest(motion + n, tokens, greedy=False, seed=n) for n in range(count // 2))]
        )

    return _typical(work, str(llm.device), repeats)


def time_reference(llm: MotionLLM, count: int, tokens: int, repeats: int = 3) -> float:
    """Seconds of transformers' `generate` with two beams for the same requests, one after another."""
    import torch

    model = cast("Any", llm.network.merged_backbone("generation")).to(llm.device)
    model.generation_config.eos_token_id = None
    stated = tokens * SECONDS_PER_TOKEN
    prompts = [torch.tensor(llm.renderer.generation_prompt(PROMPTS[n], stated)) for n in range(count)]

    @torch.inference_mode()
    def work(_: int) -> None:
        for prompt in prompts:
            ids, mask = left_padded([prompt], llm.renderer.eos_id)
            model.generate(
                ids.to(llm.device),
                attention_mask=mask.to(llm.device),
                max_new_tokens=tokens,
                min_new_tokens=tokens,
                num_beams=2,
                pad_token_id=llm.renderer.eos_id,
            )

    return _typical(work, str(llm.device), repeats)


def run(
    config: PreTrainedConfig | None = None, *, device: str = "cuda", compile_too: bool | None = None
) -> Report:
    """Measure one backbone (None: Gemma 2 2B). compile_too: measure torch.compile as well; None: where it can
    be had. Raises BackendError where the device is not there."""
    import torch

    from ...motion_models.language.llm_config import gemma2_2b_config

    if device == "cuda" and not torch.cuda.is_available():
        raise BackendError("this benchmark is for a CUDA GPU, and none is here")
    llm = make_llm(config or gemma2_2b_config(), device)
    speed = bandwidth(device, 4096 if device == "cuda" else 64)
    floor = bytes_per_token(llm) / speed
    data: dict[str, Any] = {"bandwidth": speed, "floor": floor, "token": time_token(llm)}
    data["batches"] = {size: time_generation(llm, size, TOKENS, repeats=3) for size in BATCHES}
    with policy(llm, "grouped"):
        data["grouped"] = time_generation(llm, BATCHES[0], TOKENS, repeats=3)
        mixed = time_mixed(llm, BATCHES[0], TOKENS)
    data["mixed"] = [mixed, time_mixed(llm, BATCHES[0], TOKENS)]
    plan = time_generation(llm, STEPS_OF_PLAN, TOKENS)
    if can_compile() if compile_too is None else compile_too:
        with compiled(llm):
            data["compiled"] = [time_token(llm), time_generation(llm, STEPS_OF_PLAN, TOKENS)]
    data["plan"] = [plan, time_reference(llm, STEPS_OF_PLAN, TOKENS)]
    body = f"{machine()}. Motions of {TOKENS} tokens.\n\n{table(['', ''], _rows(data))}"
    if "compiled" not in data:
        body += "\n\ntorch.compile was not run: it needs a C compiler and Python's headers."
    return Report("MotionLLM on a large backbone", "motion-agent eval backbone", "random weights", body, data)


def _rows(data: dict[str, Any]) -> list[list[str]]:
    floor, (ours, reference), (mixed, apart) = data["floor"], data["plan"], data["mixed"]
    compiled_token, compiled_plan = data.get("compiled", (None, None))
    first, half = BATCHES[0], BATCHES[0] // 2
    rows = [
        ["memory bandwidth, GB/s", f"{data['bandwidth'] / 1e9:.0f}"],
        ["floor of a token at batch 1, ms", f"{1000 * floor:.2f}"],
        *_token_rows("a token at batch 1", floor, data["token"]),
        *_token_rows("the same through torch.compile", floor, compiled_token),
        *([f"tokens/s at batch {n}", f"{n * TOKENS / taken:.0f}"] for n, taken in data["batches"].items()),
        [f"tokens/s at batch {first}, adapters grouped", f"{first * TOKENS / data['grouped']:.0f}"],
        [f"{half} motions and {half} captions in one batch, adapters grouped, s", f"{mixed:.2f}"],
        ["the same in a batch for each, adapters merged, s", f"{apart:.2f}"],
        [f"a plan of {STEPS_OF_PLAN} steps as one batch, s", f"{ours:.2f}"],
    ]
    if compiled_plan is not None:
        rows.append(["the same through torch.compile, s", f"{compiled_plan:.2f}"])
    rows.append(["the same by the reference procedure, s", f"{reference:.2f}"])
    rows.append(["times faster as one batch, without torch.compile", f"{reference / ours:.1f}"])
    return rows


def _token_rows(name: str, floor: float, taken: float | None) -> list[list[str]]:
    if taken is None:
        return []
    return [[f"{name}, ms", f"{1000 * taken:.2f}"], ["share of the floor's speed", f"{floor / taken:.0%}"]]


def _typical(work: Callable[[int], object], device: str, repeats: int) -> float:
    """Median seconds after two untimed calls, in which graphs are captured and kernels compiled."""
    import torch

    times = []
    for number in range(repeats + 2):
        if "cuda" in device:
            torch.cuda.synchronize()
        start = time.perf_counter()
        work(number)
        if "cuda" in device:
            torch.cuda.synchronize()
        times.append(time.perf_counter() - start)
    return median(times[2:])
