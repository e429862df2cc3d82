"""Another bidirectional model in MotionLLM's place: any object with text to joints and joints to text.

MotionGPT and TM2T are such objects. Motion tokens are not asked of them: the shipped motion tokenizer stands
between, so that editing, composing and files work as ever. `load` is what a package offers as an entry point
in the group motion_agent.backends; "--backend NAME" then finds it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from motion_agent.agent_graph import create_motion_agent
from motion_agent.motion_models import Interpretation, MotionTokenizer, features
from motion_agent.motion_models.motion.skeleton import (
    BONE_LENGTHS,
    HIERARCHY_ORDER,
    PARENTS,
    REST_DIRECTIONS,
)
from motion_agent.motion_models.storage.layout import DEFAULT_WEIGHTS


class OtherModel:
    """A MotionBackend over `model.text_to_motion(text, frames, seed)`, joints (frames, 22, 3) in metres at
    20 fps, and `model.motion_to_text(joints)`."""

    def __init__(self, model: Any, name: str, repertoire: list[str]) -> None:
        self.model, self.name, self.repertoire = model, name, repertoire
        self.tokenizer = MotionTokenizer.from_pretrained(DEFAULT_WEIGHTS / "tokenizer")

    def interpret(self, description: str) -> Interpretation:
        return Interpretation(description)

    def generate(self, captions, *, seconds=None, seed=None, prefixes=None):
        count = len(captions)
        lengths = seconds if isinstance(seconds, list) else [seconds] * count
        seeds = seed if isinstance(seed, list) else [seed] * count
        return [self._one(*item) for item in zip(captions, lengths, seeds, strict=True)]

    def _one(self, caption: str, seconds: float | None, seed: int | None):
        tokens = max(1, round((seconds or 4.0) / features.SECONDS_PER_TOKEN))
        # One frame more, because features say how each frame goes on to the next.
        joints = self.model.text_to_motion(caption, frames=4 * tokens + 1, seed=seed or 0)
        return self.encode(features.from_joints(joints))

    def caption(self, motions):
        return [self.model.motion_to_text(features.recover_joints(self.decode(m))) for m in motions]

    def encode(self, features):
        return self.tokenizer.encode(features)

    def decode(self, tokens):
        return self.tokenizer.decode(tokens)


class Glider:
    """Stands for a real model: a stiff person who glides ahead, and knows gliding from standing."""

    def text_to_motion(self, text: str, frames: int, seed: int) -> np.ndarray:
        pose = np.zeros((22, 3))
        for joint in HIERARCHY_ORDER:
            pose[joint] = pose[PARENTS[joint]] + BONE_LENGTHS[joint] * REST_DIRECTIONS[joint]
        speed = 0.0 if "stand" in text else 1.0
        path = np.arange(frames)[:, None, None] / features.FPS * np.array([0.0, 0.0, speed])
        return pose - [0, pose[:, 1].min(), 0] + path

    def motion_to_text(self, joints: np.ndarray) -> str:
        metres = np.linalg.norm(joints[-1, 0] - joints[0, 0])
        return "a person glides ahead" if metres > 0.5 else "a person stands still"


def load(argument: str | None, *, device: str | None = None) -> OtherModel:
    """`argument` is what follows "name:", a checkpoint for example."""
    return OtherModel(Glider(), "glider", ["walk", "stand"])


def main() -> dict[str, Any]:
    agent = create_motion_agent(backend=load(None))
    asked = ["a person walks for 4 seconds", "a person stands still for 2 seconds"]
    state: dict[str, Any] = {"messages": [], "motions": {}, "current": None}
    for request in [*asked, "what is the person doing?"]:
        messages = [*state["messages"], ("user", request)]
        state = agent.invoke({"messages": messages, "motions": state["motions"], "current": state["current"]})
        print(f"you> {request}\n{state['messages'][-1].text}")
    return state


if __name__ == "__main__":
    main()
