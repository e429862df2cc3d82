"""A small folder in the layout HumanML3D is published in, of motion made for tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from helpers import walking
from motion_agent.motion_models.features import from_joints

#: What a walking speed in m/s is called.
GAITS = {0.4: "slowly", 1.2: "forward", 2.2: "quickly"}


def write_motion_folder(root: Path, *, clips: int = 9, frames: int = 60) -> Path:
    """Walks at three speeds with two captions each, the last third of them held out."""
    (root / "new_joint_vecs").mkdir(parents=True)
    (root / "texts").mkdir()
    names = [f"{number:06d}" for number in range(clips)]
    for number, name in enumerate(names):
        speed = list(GAITS)[number % len(GAITS)]
        joints = walking(frames + 4 * number + 1, speed=speed + 0.02 * number)
        np.save(root / "new_joint_vecs" / f"{name}.npy", from_joints(joints))
        lines = [f"a person walks {GAITS[speed]}#a/DET person/NOUN walk/VERB#0.0#0.0",
                 f"someone is walking {GAITS[speed]}#someone/PRON walk/VERB#0.0#0.0"]  # fmt: skip
        (root / "texts" / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    held_out = names[-len(GAITS) :]
    for split, chosen in {"train": names[: -len(GAITS)], "val": held_out, "test": held_out}.items():
        (root / f"{split}.txt").write_text("\n".join(chosen) + "\n", encoding="utf-8")
    return root
