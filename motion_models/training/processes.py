"""The processes of one training: a single one, or those that torchrun started."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import distributed

from ..extras import needing

with needing("train", "training"):
    from accelerate import PartialState


def join_processes() -> None:
    """Meet the other processes and take the GPU that is this one's; call it before a GPU is used."""
    if processes() > 1:
        PartialState(cpu=not torch.cuda.is_available())


def processes() -> int:
    """How many there are."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def is_main() -> bool:
    """Whether this is the one that prints and writes."""
    return os.environ.get("RANK", "0") == "0"


def barrier() -> None:
    """Wait until every process is here."""
    if distributed.is_available() and distributed.is_initialized():
        distributed.barrier()


@contextmanager
def main_first() -> Iterator[None]:
    """The main process does this first, the others after it, who then find what it wrote."""
    if not is_main():
        barrier()
    yield
    if is_main():
        barrier()
