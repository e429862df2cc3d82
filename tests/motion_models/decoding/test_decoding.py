from __future__ import annotations

from typing import Any

import pytest
import torch
from motion_agent.motion_models import InvalidRequestError
from motion_agent.motion_models.decoding import slots
from motion_agent.motion_models.decoding.batch import Batch
from motion_agent.motion_models.decoding.decoding import Decoding
from motion_agent.motion_models.decoding.sampling import Sampling, choose, uniform_streams
from motion_agent.motion_models.language.motion_llm import MotionLLM
from motion_agent.motion_models.language.requests import GenerateRequest
from motion_agent.motion_models.language.vocabulary import END_ROW, N_MARKERS
from tiny_llm import CAPTIONS, tiny_llm

KINDS = pytest.mark.parametrize("kind", ["gemma2", "llama"])


@pytest.fixture(scope="module")
def model() -> MotionLLM:
    return tiny_llm("gemma2")


def frequencies(logits: list[float], sampling: Sampling, draws: int = 20000) -> torch.Tensor:
    uniform = (torch.arange(draws) + 0.5) / draws
    chosen = choose(torch.tensor([logits]).expand(draws, -1), uniform, sampling)
    return torch.bincount(chosen, minlength=len(logits)) / draws


def test_sampling_follows_the_softmax_at_a_temperature() -> None:
    logits = [0.3, 2.0, -1.0, 0.0]
    expected = (torch.tensor(logits) / 0.7).softmax(0)
    torch.testing.assert_close(frequencies(logits, Sampling(temperature=0.7)), expected, atol=1e-3, rtol=0)


def test_top_k_keeps_the_k_most_likely() -> None:
    logits = torch.tensor([0.3, 2.0, -1.0, 0.0])
    expected = logits.masked_fill(torch.tensor([False, False, True, True]), -torch.inf).softmax(0)
    torch.testing.assert_close(frequencies(logits.tolist(), Sampling(top_k=2)), expected, atol=1e-3, rtol=0)


def test_top_p_keeps_the_smallest_set_that_holds_p() -> None:
    probabilities = torch.tensor([0.1, 0.5, 0.3, 0.1])
    found = frequencies(probabilities.log().tolist(), Sampling(top_p=0.7))
    torch.testing.assert_close(found, torch.tensor([0.0, 0.625, 0.375, 0.0]), atol=1e-3, rtol=0)


def test_top_p_stops_as_soon_as_it_holds_p() -> None:
    """Halves and quarters are exact, so the first outcome alone holds one half."""
    logits = torch.tensor([0.25, 0.5, 0.25]).log2() * torch.tensor(2.0).log()
    assert frequencies(logits.tolist(), Sampling(top_p=0.5)).tolist() == [0.0, 1.0, 0.0]


def test_banned_outcomes_are_never_drawn() -> None:
    assert frequencies([0.0, float("-inf"), 0.0], Sampling())[1] == 0


def test_greedy_takes_the_most_likely() -> None:
    assert frequencies([0.3, 0.4, 0.2], Sampling(greedy=True)).tolist() == [0, 1, 0]


def test_a_seeds_stream_is_its_own_and_starts_the_same_at_any_length() -> None:
    short, long = uniform_streams([3, 4], 20), uniform_streams([4], 50)
    assert torch.equal(short[1], long[0, :20])
    assert not torch.equal(short[0], short[1])
    assert not torch.equal(uniform_streams([None], 20), uniform_streams([None], 20))


@KINDS
@pytest.mark.parametrize("greedy", [True, False])
def test_an_item_does_not_depend_on_its_batch_mates(kind: str, greedy: bool) -> None:
    model = tiny_llm(kind)
    captions = [*CAPTIONS, "a", "a person walks forward and then jumps twice with the left hand"]
    settings = {"seconds": [None, 0.6, 4.0, None, 1.0], "seed": [5, 6, 7, 8, 2**62]}
    prefixes = [None, [1, 2, 3], None, [4], []]
    batch = model.generate(captions, greedy=greedy, prefixes=prefixes, max_seconds=6.0, **settings)  # type: ignore[arg-type]
    for i, caption in enumerate(captions):
        (alone,) = model.generate(
            [caption],
            greedy=greedy,
            prefixes=[prefixes[i]],
            max_seconds=6.0,
            seconds=settings["seconds"][i],
            seed=settings["seed"][i],
        )  # type: ignore[arg-type]
        assert torch.equal(alone, batch[i])


def test_same_seed_same_tokens_other_seed_other_tokens(model: MotionLLM) -> None:
    first, again, other = (model.generate(CAPTIONS, seconds=3.0, seed=seed) for seed in (1, 1, 2))
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not any(torch.equal(a, b) for a, b in zip(first, other, strict=True))
    unseeded = [model.generate(CAPTIONS[:1], seconds=3.0)[0] for _ in range(2)]
    assert not torch.equal(*unseeded)


@pytest.mark.parametrize("seconds", [0.05, 0.2, 1.0, 3.1, 9.99])
def test_duration_is_met_within_one_token(model: MotionLLM, seconds: float) -> None:
    for motion in model.generate(CAPTIONS, seconds=seconds, seed=0):
        assert abs(len(motion) * 0.2 - seconds) <= 0.2
        assert motion.dtype == torch.long
        assert motion.min() >= 0
        assert motion.max() < 512


@pytest.mark.parametrize("seconds", [0.2, 1.0, 3.0, 9.8])
def test_a_duration_is_met_to_the_token_by_a_model_that_wants_to_stop(
    seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tiny_llm("llama")
    plain = model.network.row_logits

    def wanting_to_stop(hidden: torch.Tensor) -> torch.Tensor:
        logits = plain(hidden)
        logits[..., END_ROW] += 100.0
        return logits

    monkeypatch.setattr(model.network, "row_logits", wanting_to_stop)
    assert [len(m) for m in model.generate(CAPTIONS, max_seconds=9.8, seed=0)] == [1, 1, 1]
    lengths = [len(motion) for motion in model.generate(CAPTIONS, seconds=seconds, seed=0)]
    assert lengths == [round(seconds / 0.2)] * 3


def test_without_a_duration_the_model_ends_by_itself_or_at_the_limit() -> None:
    model = tiny_llm("llama")
    with torch.no_grad():
        model.network.rows.head_weight[1] *= 4  # make </Motion> likely at some steps
    lengths = [len(motion) for motion in model.generate(CAPTIONS * 8, seed=list(range(24)), max_seconds=8.0)]
    assert min(lengths) >= 1
    assert max(lengths) <= 40
    assert len(set(lengths)) > 3


@KINDS
def test_greedy_motion_is_what_transformers_generate_gives_on_the_motion_rows(kind: str) -> None:
    model = tiny_llm(kind)
    prompt = torch.tensor([model.renderer.generation_prompt(CAPTIONS[0])])
    text = list(range(model.vocabulary.text_size))
    backbone: Any = model.network.merged_backbone("generation")
    theirs = backbone.generate(
        prompt,
        attention_mask=torch.ones_like(prompt),
        max_new_tokens=20,
        do_sample=False,
        eos_token_id=model.vocabulary.end_id,
        suppress_tokens=[*text, model.vocabulary.start_id],
        pad_token_id=0,
    )[0, prompt.shape[1] :]
    theirs = theirs[theirs != model.vocabulary.end_id]
    (ours,) = model.generate(CAPTIONS[:1], greedy=True, max_seconds=4.0)
    assert torch.equal(ours, theirs - model.vocabulary.to_ids([0])[0])


@KINDS
def test_captions_are_what_transformers_generate_gives(kind: str) -> None:
    model = tiny_llm(kind)
    prompt = torch.tensor([model.renderer.captioning_prompt([3, 1, 4, 1, 5])])
    motion_ids = list(range(model.vocabulary.text_size, model.vocabulary.size))
    backbone: Any = model.network.merged_backbone("captioning")
    theirs = backbone.generate(
        prompt,
        attention_mask=torch.ones_like(prompt),
        max_new_tokens=15,
        min_new_tokens=1,
        do_sample=False,
        suppress_tokens=[0, 1, *motion_ids],
        eos_token_id=2,
        pad_token_id=0,
    )[0, prompt.shape[1] :]
    expected = str(model.tokenizer.decode(theirs, skip_special_tokens=True)).strip()
    assert model.caption([[9], [3, 1, 4, 1, 5]], max_new_tokens=15)[1] == expected


def test_generation_goes_on_from_a_prefix(model: MotionLLM) -> None:
    (whole,) = model.generate(CAPTIONS[:1], greedy=True, seconds=None, max_seconds=2.0)
    if len(whole) < 4:
        pytest.fail("the tiny model ended too early for this test")
    (rest,) = model.generate(CAPTIONS[:1], greedy=True, prefixes=[whole[:3]], max_seconds=1.4)
    assert torch.equal(rest, whole[3:])


def test_generation_never_forms_the_text_logits(model: MotionLLM, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model.network, "text_logits", lambda hidden: pytest.fail("text rows were used"))
    model.generate(CAPTIONS, seconds=1.0)


def test_outcome_rows_start_at_the_first_code() -> None:
    assert N_MARKERS == 2


def test_guidance_pushes_away_from_the_unconditional_and_keeps_items_apart(model: MotionLLM) -> None:
    plain = model.generate(CAPTIONS[:3], seconds=[2.0, 1.0, 3.0], seed=5)
    same = model.generate(CAPTIONS[:3], seconds=[2.0, 1.0, 3.0], seed=5, guidance=1.0)
    guided = model.generate(CAPTIONS[:3], seconds=[2.0, 1.0, 3.0], seed=5, guidance=6.0)
    alone = [
        model.generate([caption], seconds=s, seed=5, guidance=6.0)[0]
        for caption, s in zip(CAPTIONS[:3], [2.0, 1.0, 3.0], strict=True)
    ]
    assert all(torch.equal(a, b) for a, b in zip(plain, same, strict=True))
    assert all(torch.equal(a, b) for a, b in zip(guided, alone, strict=True))
    assert any(not torch.equal(a, b) for a, b in zip(plain, guided, strict=True))


@torch.inference_mode()
def test_who_cannot_be_admitted_leaves_no_place_and_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny_llm()
    items = [model._generation_item(GenerateRequest(text, 1.0, seed=n)) for n, text in enumerate(CAPTIONS)]

    def broken(self: Batch, hidden: torch.Tensor, group: object) -> None:
        raise RuntimeError("out of memory")

    with model.network.decoder("generation") as decoder:
        batch = model.network.decoding.start(decoder, items, room=2)
        batch.admit([("first", items[0])])
        with monkeypatch.context() as patch, pytest.raises(RuntimeError, match="out of memory"):
            patch.setattr(Batch, "_draw", broken)
            batch.admit([("second", items[1])])
        assert [place.name for place in batch.live] == ["first"] and batch.fits(items[2:])
        batch.admit([("third", items[2])])
        done: dict[object, list[int]] = {}
        while batch.live:
            batch.advance()
            done |= dict(batch.harvest())
    alone = [model.generate([CAPTIONS[n]], seconds=1.0, seed=n)[0] + N_MARKERS for n in (0, 2)]
    assert done == {"first": alone[0].tolist(), "third": alone[1].tolist()}


@torch.inference_mode()
def test_guided_logits_lie_beyond_the_asked_ones_by_the_guidance(model: MotionLLM) -> None:
    """free + g (asked - free), Ho and Salimans (2022): by hand, for the first tokens after prefixes."""
    network, renderer = model.network, model.renderer

    def first_logits(caption: str, prefix: list[int]) -> torch.Tensor:
        ids = torch.tensor([renderer.generation_prompt(caption, renderer.stated(1), prefix)])
        with network.decoder("generation") as decoder:
            hidden = decoder(inputs_embeds=network.embed(ids), use_cache=False).last_hidden_state
        return network.row_logits(hidden[0, -1])[N_MARKERS:]

    found, expected, stronger = [], [], []
    for prefix in ([n, 3 * n, 500 - n] for n in range(24)):
        asked, free = (first_logits(text, prefix) for text in (CAPTIONS[1], renderer.template.unconditional))
        options = {"seconds": 0.2, "guidance": 1.5, "greedy": True}
        found.append(model.generate([CAPTIONS[1]], prefixes=[torch.LongTensor(prefix)], **options)[0].item())
        expected.append((free + 1.5 * (asked - free)).argmax().item())
        stronger.append((free + 2.5 * (asked - free)).argmax().item())
    assert found == expected != stronger


def test_guiding_the_unconditional_caption_changes_nothing(model: MotionLLM) -> None:
    anything = model.renderer.template.unconditional
    plain, guided = (model.generate([anything], seconds=3, seed=1, guidance=g)[0] for g in (1.0, 4.0))
    assert torch.equal(plain, guided)


@pytest.mark.parametrize("guidance", [0.5, 50.0, float("nan")])
def test_absurd_guidance_is_refused(model: MotionLLM, guidance: float) -> None:
    with pytest.raises(InvalidRequestError, match="guidance"):
        model.generate(CAPTIONS[:1], seconds=1, guidance=guidance)


@KINDS
@pytest.mark.parametrize("guidance", [None, 3.0])
def test_items_that_wait_for_a_place_come_out_as_if_all_ran_at_once(
    kind: str, guidance: float | None
) -> None:
    model = tiny_llm(kind)
    captions = [f"{caption} {n}" for n in range(3) for caption in CAPTIONS]
    seconds = [0.4 + 0.7 * (n % 4) for n in range(len(captions))]

    def generate() -> list[list[int]]:
        motions = model.generate(captions, seconds=seconds, seed=5, guidance=guidance)
        return [motion.tolist() for motion in motions]

    at_once = generate()
    assert [len(motion) for motion in at_once] == [round(s * 5) for s in seconds]
    model.network.decoding = Decoding(room=2)
    assert generate() == at_once


def test_the_common_beginning_of_prompts_is_read_once(
    model: MotionLLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "_WORTH_SHARING", 10_000)
    captions = [f"a person walks {how}" for how in ("fast", "slowly backwards", "in a circle")]
    apart = model.generate(captions, seconds=2, seed=3)
    monkeypatch.setattr(slots, "_WORTH_SHARING", 1)
    read: list[tuple[int, int]] = []
    forward = slots._forward

    def watched(decoder, inputs, mask, positions, cache):  # type: ignore[no-untyped-def]
        read.append(tuple(inputs.shape[:2]))
        return forward(decoder, inputs, mask, positions, cache)

    monkeypatch.setattr(slots, "_forward", watched)
    shared = model.generate([*captions, captions[0]], seconds=2, seed=3)
    assert [motion.tolist() for motion in shared[:-1]] == [motion.tolist() for motion in apart]
    assert shared[-1].tolist() == shared[0].tolist()
    prompts = [model.renderer.generation_prompt(caption, 2.0) for caption in captions]
    (first, beginning), (rows, rest) = read[:2]
    assert first == 1 and rows == len(captions)  # the caption that occurs twice is read once
    assert beginning + rest == max(map(len, prompts)) and beginning > 1


@pytest.mark.gpu
@KINDS
def test_captured_graphs_give_what_single_steps_give(kind: str) -> None:
    model = tiny_llm(kind)
    captions = [*CAPTIONS, *CAPTIONS]
    on_cpu = model.generate(captions, seconds=3, greedy=True)
    model.to("cuda")
    for _ in range(2):  # the second call finds the graphs of the first
        assert [m.tolist() for m in model.generate(captions, seconds=3, greedy=True)] == [
            m.tolist() for m in on_cpu
        ]


@pytest.mark.slow
@KINDS
def test_compiled_steps_give_what_plain_steps_give(kind: str) -> None:
    model = tiny_llm(kind)
    plain = model.generate(CAPTIONS, seconds=2, greedy=True)
    model.network.decoding = Decoding(compiled=True)
    assert [m.tolist() for m in model.generate(CAPTIONS, seconds=2, greedy=True)] == [
        m.tolist() for m in plain
    ]
