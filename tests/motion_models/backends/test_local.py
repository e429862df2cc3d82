"""How captions are drawn and told, and what the repertoire of loaded weights is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import torch
from motion_agent.motion_models.backends import local
from motion_agent.motion_models.backends.load import load_backend
from motion_agent.motion_models.backends.local import LocalBackend
from motion_agent.motion_models.gestures.table import posed_actions


@pytest.fixture(scope="module")
def backend() -> LocalBackend:
    loaded = load_backend(device="cpu")
    assert isinstance(loaded, LocalBackend)
    return loaded


def test_every_motion_is_told_by_its_own_captions(
    backend: LocalBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The likeliest first, then drawn ones that are sentences; the draws are the same whatever is beside."""
    asked: list[dict[str, Any]] = []

    def captions(motions: Sequence[torch.Tensor], **options: Any) -> list[str]:
        asked.append(options)
        numbers = [len(motion) for motion in motions]
        if not options:
            return [f"a person walks {number} m" for number in numbers]
        return [
            f"a person waves {number} times" if seed else f"waving {number} times"
            for number, seed in zip(numbers, options["seed"], strict=True)
        ]

    told: list[list[str]] = []

    def best(candidates: Sequence[str], joints: Any, **_: Any) -> str:
        told.append([*candidates])
        assert len(joints) == 4 * int(candidates[0].split()[3])
        return candidates[-1]

    monkeypatch.setattr(backend.llm, "caption", captions)
    monkeypatch.setattr(local, "best_caption", best)
    motions = [torch.tensor([[number] * backend.tokenizer.levels] * number) for number in (3, 5)]
    found = backend.caption(motions)  # type: ignore[arg-type]
    drawn = local.SAMPLED_CAPTIONS
    assert told == [
        [f"a person walks {number} m", *[f"a person waves {number} times"] * (drawn - 1)] for number in (3, 5)
    ]
    assert found == ["a person waves 3 times", "a person waves 5 times"]
    assert asked == [
        {},
        {"greedy": False, "temperature": local.CAPTION_TEMPERATURE, "seed": [*range(drawn)] * 2},
    ]


def test_the_repertoire_is_what_was_seen_and_then_what_key_poses_make(
    backend: LocalBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = backend.lexicon.repertoire
    found = backend.repertoire
    assert found[: len(seen)] == seen
    assert len(set(found)) == len(found)
    whole = {name for name, action in posed_actions().items() if not action.style}
    assert set(found[len(seen) :]) == whole - set(seen) != set()
    monkeypatch.setattr(backend.lexicon, "reading", "language")
    assert backend.repertoire == seen


@pytest.mark.parametrize("jump", [0.0, 0.3])
def test_a_seam_costs_as_far_as_the_body_leaps_there(
    backend: LocalBackend, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    """Only what stands near the seam is looked at, and the leap counts wherever else it is as rough."""
    near = local.SEEN_BESIDE
    decoded: list[list[int]] = []

    def decode(motions: Sequence[torch.Tensor]) -> list[torch.Tensor]:
        decoded.extend(motion.tolist() for motion in motions)
        return list(motions)

    def steps(tokens: torch.Tensor) -> torch.Tensor:
        made = torch.zeros(4 * len(tokens) - 1)
        made[0] = 9.0
        made[4 * near - 1] = jump
        return made

    monkeypatch.setattr(backend, "decode_batch", decode)
    monkeypatch.setattr(local, "local_steps", steps)
    before, after = torch.arange(20), torch.arange(100, 130)
    [cost] = backend._seams([(before, after)])  # type: ignore[list-item]
    assert decoded == [[*range(20 - near, 20), *range(100, 100 + near)]]
    assert cost == pytest.approx(jump / local.SEAM)
