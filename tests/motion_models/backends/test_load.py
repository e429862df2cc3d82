"""The settings of a backend reach what they set, and change no result."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from motion_agent.motion_models.backends.load import load_backend
from motion_agent.motion_models.backends.local import LocalBackend

OPTIONS = {"shared": True, "adapters": "grouped", "graphs": True}


def loaded(**options: object) -> LocalBackend:
    backend = load_backend(device="cpu", **options)  # type: ignore[arg-type]
    assert isinstance(backend, LocalBackend)
    return backend


def test_settings_reach_the_network_and_the_engine() -> None:
    plain, set_up = loaded(), loaded(**OPTIONS, compiled=True)
    assert plain.llm.engine is None and set_up.llm.engine is not None
    assert (plain.llm.network.policy, set_up.llm.network.policy) == ("merged", "grouped")
    decoding = [backend.llm.network.decoding for backend in (plain, set_up)]
    assert [(d.fixed, d.compiled) for d in decoding] == [(None, False), (True, True)]


@pytest.mark.parametrize("name", OPTIONS)
def test_no_setting_changes_what_is_made(name: str) -> None:
    asked = ["a person walks forward", "a person waves"]
    backends = loaded(), loaded(**{name: OPTIONS[name]})
    usual, other = (backend.generate(asked, seconds=1.0, seed=3) for backend in backends)
    assert all(torch.equal(a, b) for a, b in zip(usual, other, strict=True))


def test_captions_are_judged_by_their_tokens_however_many_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = loaded()
    captions = ["a person walks", "a person walks forward, turns left and then sits down on a chair slowly"]
    lengths = [len(backend.llm.renderer.caption_ids(caption)) + 1 for caption in captions]
    assert lengths[1] > 2 * lengths[0]
    sums = torch.tensor([-2.0 * length for length in lengths])
    monkeypatch.setattr(backend.llm, "log_likelihood", lambda *asked, **options: sums)
    assert backend.judge(captions, [torch.LongTensor([1, 2])] * 2) == pytest.approx([-2.0, -2.0])


def test_a_file_is_kept_more_closely_than_captions_are_learnt_from() -> None:
    backend = loaded()
    made = backend.decode(backend.generate(["a person waves and jumps"], seconds=2.0, seed=5)[0])
    noise = np.random.default_rng(0).standard_normal(np.shape(made))
    other = (np.asarray(made) + 0.02 * noise).astype(np.float32)
    plain, close = backend.encode(other), backend.encode_closely(other)
    assert torch.equal(plain, backend.tokenizer.encode(other))
    assert torch.equal(close, backend.tokenizer.encode_closely(other))
    assert not torch.equal(plain, close)


def test_the_same_codes_again_and_again_are_told_as_a_pose_that_is_held(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    backend = loaded()
    said = "a person runs forward"
    monkeypatch.setattr(backend.llm, "caption", lambda motions, **options: [said] * len(motions))
    moving = backend.generate(["a person runs forward"], seconds=3, seed=1)[0]
    frozen = torch.LongTensor([moving[len(moving) // 2].tolist()] * 12)
    told = backend.caption([frozen, moving])
    assert "still" in told[0] and told[1] == said
