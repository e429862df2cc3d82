"""Ctrl-C ends a command with one line and exit code 130, whatever happened to run when it came.

Python raises KeyboardInterrupt wherever the main thread stands. Inside a `__del__`, or under a library's bare
`except`, it is lost and the program goes on; so it is raised once more, unless somebody has called
`interrupt_handled`.

SIGTERM ends it at once, with that line too; servers and trainings end in an order of their own.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

#: What a shell gives a program that Ctrl-C ended.
INTERRUPTED = 130
#: Seconds a KeyboardInterrupt has to reach whoever ends the command, or the turn of a chat.
PATIENCE = 1.0


class _CtrlC:
    """Of this process. pending: it came, and nobody has heard of it yet."""

    pending = False


def interrupt_handled() -> None:
    """To be called where a KeyboardInterrupt is caught for good."""
    if _CtrlC.pending:
        _CtrlC.pending = False
        _remind_in(0)


@contextmanager
def listening() -> Iterator[None]:
    """Around the whole program: no Ctrl-C is lost, not even one that came too late to be raised again.

    What is left of the program afterwards is ended by a further one without a word.
    """
    signal.signal(signal.SIGINT, _came)
    signal.signal(signal.SIGTERM, _Ended(os.getpid()))
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, _again)
    sys.unraisablehook = _unraisable
    try:
        with stopping():
            try:
                yield
            finally:
                if _CtrlC.pending:
                    raise KeyboardInterrupt
    finally:
        # Python notes that a text it ran (libraries have some) ended in KeyboardInterrupt, and later kills
        # itself instead of giving the exit code; a text that ends well takes the note back.
        exec("")
        signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def stopping(told: str = "stopped") -> Iterator[None]:
    """Where Ctrl-C is to end the command: `told` is what the user reads, once for all processes of torchrun.

    Raises SystemExit.
    """
    try:
        yield
    except KeyboardInterrupt:
        interrupt_handled()
        if os.environ.get("RANK", "0") == "0":
            print(told, file=sys.stderr)
        raise SystemExit(INTERRUPTED) from None


@contextmanager
def leaving_at_once(ended: str = "stopped\n") -> Iterator[None]:
    """Around all that a command does: when it ends, or Ctrl-C ends it, the process does so too.

    ended: what is written to stdout where it ends by itself. Python would take everything that was loaded
    apart first, which is seconds on a busy machine.
    """
    code = 0
    try:
        yield
    except KeyboardInterrupt:
        interrupt_handled()
        code = INTERRUPTED
    with suppress(OSError):  # of an output that is closed
        print("stopped\n" if code else ended, file=sys.stderr if code else sys.stdout, end="")
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


class _Ended:
    """What SIGTERM does: a line, and then what it always does. Not for processes that this one starts."""

    def __init__(self, process: int) -> None:
        self.process = process

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        if os.getpid() == self.process and os.environ.get("RANK", "0") == "0":
            with suppress(OSError):
                os.write(sys.stderr.fileno(), b"stopped\n")
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)


def _came(_number: int, _frame: FrameType | None) -> None:
    _CtrlC.pending = True
    _remind_in(PATIENCE)
    raise KeyboardInterrupt


def _again(_number: int, _frame: FrameType | None) -> None:
    """To whoever takes SIGINT now (a training that began meanwhile has a handler of its own); one that is on
    its way out through a cleanup is left the time that takes."""
    error = sys.exception()
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__context__
    if error is None:
        signal.raise_signal(signal.SIGINT)
    else:
        _remind_in(PATIENCE)


def _unraisable(lost: Any) -> None:
    """No words on a KeyboardInterrupt that Python could not raise: there will be a next one."""
    if not issubclass(lost.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(lost)


def _remind_in(seconds: float) -> None:
    """Where the system has no such alarm (Windows), one that was lost is noticed at the command's end."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)
