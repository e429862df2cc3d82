"""Loading a chat model for this process: a folder in transformers' layout, or a GGUF file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from ..errors import CoordinatorError

#: What the kernel calls the instruction that multiplies bfloat16 at full speed.
FAST_BF16 = ("avx512_bf16", "amx_bf16", "bf16 ")
#: Held while the reader of GGUF files is another one than it was.
_PARSING = Lock()


def load_chat_model(path: Path) -> tuple[Any, Any]:
    """A causal LM and its tokenizer. Raises CoordinatorError."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    place, options = _place(path)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    dtype = torch.bfloat16 if device == "cuda" or cpu_has_bf16() else torch.float32
    try:
        with _parsed_once():
            model: Any = AutoModelForCausalLM.from_pretrained(
                place, dtype=dtype, **options, **_dense(options)
            )
            tokenizer = AutoTokenizer.from_pretrained(place, **options)
    except Exception as error:  # a damaged file fails in as many ways as it has parts
        reason = " ".join(str(error).split())[:300]
        raise CoordinatorError(f"{path} cannot be loaded as a chat model: {reason}") from error
    return model.to(device), tokenizer


def cpu_has_bf16() -> bool:
    """Whether this processor multiplies bfloat16 itself; where it does not, that is slower than float32."""
    file = Path("/proc/cpuinfo")
    return file.is_file() and any(flag in file.read_text(errors="replace") for flag in FAST_BF16)


def _place(path: Path) -> tuple[Path, dict[str, Any]]:
    """The folder to load from, and the GGUF file in it, if it is one."""
    if path.suffix.lower() == ".gguf" and path.is_file():
        return path.parent, {"gguf_file": path.name}
    if path.is_dir():
        return path, {}
    raise CoordinatorError(
        f"no local coordinator at {path}: give a folder in transformers' layout, or a GGUF file"
    )


@contextmanager
def _parsed_once() -> Iterator[None]:
    """Parse a GGUF file once, where transformers would for its settings, its weights and its tokenizer.

    That takes seconds each time, because the vocabulary is read word by word.
    """
    try:
        import gguf
    except ImportError:  # then no such file can be loaded, and transformers says so
        yield
        return
    with _PARSING:
        reader = gguf.GGUFReader
        gguf.GGUFReader = cache(reader)  # pyright: ignore[reportAttributeAccessIssue]
        try:
            yield
        finally:
            gguf.GGUFReader = reader  # pyright: ignore[reportAttributeAccessIssue]


def _dense(options: dict[str, Any]) -> dict[str, Any]:
    """Unpack the weights of a GGUF file when loading: on a processor that is several times as fast."""
    if not options:
        return {}
    try:
        from transformers import GgufConfig
    except ImportError:  # versions that know no other way
        return {}
    return {"quantization_config": GgufConfig(dequantize=True)}
