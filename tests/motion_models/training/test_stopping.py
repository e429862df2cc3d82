"""Who hears of a signal, and how often."""

from __future__ import annotations

import os
import signal
from threading import Thread

import pytest
from motion_agent.motion_models.training.stopping import StopOnSignal


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_asks_and_the_second_ends_it_at_once(number: int) -> None:
    before, stop = signal.getsignal(number), StopOnSignal()
    with pytest.raises(KeyboardInterrupt), stop.listening():
        os.kill(os.getpid(), number)
        assert (stop.asked, stop.stopped) == (True, False)
        os.kill(os.getpid(), number)
        raise AssertionError("the second signal was not heard")
    assert signal.getsignal(number) is before


def test_of_several_processes_none_ends_by_a_signal_that_comes_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    stop = StopOnSignal()
    with stop.listening():
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGINT)
    assert stop.asked


def test_a_thread_that_may_not_listen_leaves_signals_alone() -> None:
    before, seen = signal.getsignal(signal.SIGINT), list[object]()

    def listen() -> None:
        with StopOnSignal().listening():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = Thread(target=listen)
    thread.start()
    thread.join()
    assert seen == [before]
