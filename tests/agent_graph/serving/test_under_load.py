"""The server under many conversations, and under wrong calls; see the scripts for longer runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz_server import fuzz
from server_load import measure, report


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_many_conversations_at_once_are_neither_lost_nor_crossed(tmp_path: Path) -> None:
    alone, together = measure(tmp_path, 32, 60)
    print(report(alone, together))
    assert together.wrong == alone.wrong == []
    assert together.throughput > 1.5 * alone.throughput  # a busy machine measures less than docs/serving.md


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_wrong_calls_break_nothing(tmp_path: Path) -> None:
    found = fuzz(tmp_path, http=400, mcp=200)
    print(found)
    assert found["schemathesis"] > 200 and found["mcp"]["done"] > 0
