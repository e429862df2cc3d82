"""The motion files that cases open: made by the backend itself, so that no recording has to ship."""

from __future__ import annotations

from pathlib import Path

from ...motion_models.backends.protocol import MotionBackend
from ...motion_models.formats import save_motion
from ...motion_models.motion.motion import Motion

#: Name and what it shows. The shipped model has no "crawl": its words for going low are the nearest.
FILES = {"walk.bvh": "a person walks forward", "crawl.bvh": "a person ducks and walks forward slowly"}


def write_files(backend: MotionBackend, folder: Path) -> dict[str, str]:
    """Write what is not there yet; name -> the name as an agent reading from `folder` is told it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, words in FILES.items():
        if not (folder / name).is_file():
            [tokens] = backend.generate([backend.interpret(words).text], seconds=3.0, seed=1)
            save_motion(Motion.from_features(backend.decode(tokens)), folder / name)
    return {name: name for name in FILES}
