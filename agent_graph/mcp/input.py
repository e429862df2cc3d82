"""Our input through a pipe that we can close: a read of it, once begun, cannot be taken back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import BinaryIO

#: Bytes that are handed on at most at once.
PIECE = 65536


@contextmanager
def input_that_ends() -> Iterator[BinaryIO]:
    """Standard input comes through a pipe from now on; where it goes in is given, and closed at the end.

    Whoever reads sees the end of the input then, even if the program that writes it keeps it open. What is
    written afterwards is lost.
    """
    theirs, (reading, writing) = os.dup(0), os.pipe()
    os.dup2(reading, 0)
    os.close(reading)
    with os.fdopen(writing, "wb", buffering=0) as pipe:
        Thread(target=_hand_on, args=(theirs, pipe), name="motion-stdin", daemon=True).start()
        yield pipe


def _hand_on(theirs: int, pipe: BinaryIO) -> None:
    with suppress(OSError, ValueError), pipe:  # nobody reads any more, or the pipe is closed
        while piece := os.read(theirs, PIECE):
            pipe.write(piece)
