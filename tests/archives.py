"""Archives of recordings as a data folder holds them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np


def write_archive(path: Path, clips: dict[str, np.ndarray], about: dict[str, dict[str, Any]]) -> Path:
    """Write joints by clip (T, 22, 3) and, beside them, what is known of each."""
    stored: dict[str, Any] = dict(clips)
    np.savez(path, **stored)
    path.with_suffix(".json").write_text(json.dumps(about), encoding="utf-8")
    return path
