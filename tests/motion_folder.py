"""A small folder in the layout HumanML3D is published in, of walks made for tests."""

from __future__ import annotations

from pathlib import Path

from folders import write_folder
from helpers import walking
from motion_agent.motion_models.motion.features import from_joints

#: What a walking speed in m/s is called.
GAITS = {0.4: "slowly", 1.2: "forward", 2.2: "quickly"}


def write_motion_folder(root: Path, *, clips: int = 9, frames: int = 60) -> Path:
    """Walks at three speeds with two captions each, the last three of them held out."""
    made, texts = {}, {}
    for number in range(clips):
        name, (speed, manner) = f"{number:06d}", list(GAITS.items())[number % len(GAITS)]
        made[name] = from_joints(walking(frames + 4 * number + 1, speed=speed + 0.02 * number))
        texts[name] = (
            f"a person walks {manner}#a/DET person/NOUN walk/VERB#0.0#0.0\n"
            f"someone is walking {manner}#someone/PRON walk/VERB#0.0#0.0\n"
        )
    names = list(made)
    held_out = names[-len(GAITS) :]
    splits = {"train": names[: -len(GAITS)], "val": held_out, "test": held_out}
    return write_folder(root, made, texts=texts, splits=splits)
