"""Markdown for people: tables, and the block of measured quality that goes into a model card."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


def table(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [headers, ["---"] * len(headers), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def machine() -> str:
    """The machine in words: processor, cores this process may use, torch and its threads."""
    import torch

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    return (
        f"{_processor()}, {cores} cores, {device}, torch {torch.__version__} "
        f"({torch.get_num_threads()} threads), Python {platform.python_version()}"
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


@dataclass(frozen=True)
class Report:
    """One evaluation's outcome: what was run, on what, the tables, and all values behind them.

    data: anything JSON can hold; per-sample values belong here.
    """

    title: str
    command: str
    subject: str
    body: str
    data: dict[str, Any]

    def markdown(self, level: int = 2) -> str:
        return f"{'#' * level} {self.title}\n\n`{self.command}` on {self.subject}\n\n{self.body}\n"

    def save(self, folder: str | Path, name: str) -> tuple[Path, Path]:
        """Write name.json and name.md into `folder`; returns both paths."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        as_json, as_text = folder / f"{name}.json", folder / f"{name}.md"
        as_json.write_text(json.dumps(asdict(self), indent=1, allow_nan=False), encoding="utf-8")
        as_text.write_text(self.markdown(), encoding="utf-8")
        return as_json, as_text
