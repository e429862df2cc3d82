"""Pages in a real browser without a window: what became of them, and a picture."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--use-gl=angle",
    "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--window-size=900,600", "--dump-dom",
]  # fmt: skip
in_a_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium installed: the page is not run in a browser"
)


def browsed(page: Path | str, folder: Path, *, milliseconds: int, timeout: float) -> tuple[str, Path]:
    """The document of a file or an address after so much of its own time, and a screenshot in `folder`."""
    shot = folder / "shot.png"
    command = [
        str(CHROMIUM),
        *FLAGS,
        f"--virtual-time-budget={milliseconds}",
        f"--user-data-dir={folder / 'profile'}",
        f"--screenshot={shot}",
        page if isinstance(page, str) else page.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=True)
    return done.stdout, shot
