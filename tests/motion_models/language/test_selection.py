"""Best of several candidates, judged by the captioner."""

from __future__ import annotations

import torch
from motion_agent.motion_models.language.selection import Verdict, generate_best
from tiny_llm import CAPTIONS, tiny_llm


def test_the_candidate_the_captioner_likes_best_is_kept() -> None:
    model = tiny_llm("gemma2")
    (best,) = generate_best(model, CAPTIONS[:1], 6, seconds=2.0, seed=3)
    seeds = [3 + 1_000_003 * k for k in range(6)]
    tried = model.generate(CAPTIONS[:1] * 6, seconds=2.0, seed=seeds)
    scores = model.log_likelihood(CAPTIONS[:1] * 6, tried, task="captioning")
    assert torch.equal(best, tried[int(scores.argmax())])
    assert scores.max() > scores.min()


def test_items_keep_their_order_settings_and_independence() -> None:
    model = tiny_llm("gemma2")
    seconds, seeds = [1.0, 2.0, 3.0], [7, 8, 9]
    batch = generate_best(model, CAPTIONS[:3], 3, seconds=seconds, seed=seeds)
    assert [len(motion) for motion in batch] == [5, 10, 15]
    for index, motion in enumerate(batch):
        (alone,) = generate_best(model, [CAPTIONS[index]], 3, seconds=seconds[index], seed=seeds[index])
        assert torch.equal(alone, motion)


def test_one_candidate_and_greedy_are_plain_generation() -> None:
    model = tiny_llm("gemma2")
    for candidates, greedy in ((1, False), (4, True)):
        (made,) = generate_best(model, CAPTIONS[:1], candidates, seconds=2.0, seed=1, greedy=greedy)
        (plain,) = model.generate(CAPTIONS[:1], seconds=2.0, seed=1, greedy=greedy)
        assert torch.equal(made, plain)


def test_without_a_seed_every_call_differs() -> None:
    model = tiny_llm("gemma2")
    first, second = (generate_best(model, CAPTIONS[:1], 2, seconds=3.0)[0] for _ in range(2))
    assert not torch.equal(first, second)


def test_what_else_counts_against_a_motion_decides() -> None:
    model = tiny_llm("gemma2")
    seen = []

    def judge(captions, motions, scores):
        seen.append((list(captions), len(motions), len(scores)))
        return [Verdict(cost) for cost in (3.0, 1.0, 2.0, 1.0, 5.0, 0.5)]

    first, second = generate_best(model, CAPTIONS[:2], 3, seconds=2.0, seed=3, judge=judge)
    tried = model.generate(
        [caption for caption in CAPTIONS[:2] for _ in range(3)],
        seconds=2.0,
        seed=[3 + 1_000_003 * k for _ in range(2) for k in range(3)],
    )
    assert torch.equal(first, tried[1]) and torch.equal(second, tried[5])
    assert seen == [([CAPTIONS[0]] * 3 + [CAPTIONS[1]] * 3, 6, 6)]


def test_only_what_is_not_kept_is_tried_again_and_the_best_of_all_rounds_wins() -> None:
    """The first is kept at once; the second never, and its first round had its best motion."""
    model, asked, made = tiny_llm("gemma2"), [], []

    def judge(captions, motions, scores):
        asked.append(list(captions))
        made.extend(motions)
        first = [(5.0, False), (1.0, True), (2.0, False), (0.5, False)]
        return [Verdict(*one) for one in (first if len(asked) == 1 else [(4.0, False), (0.9, False)])]

    one, other = generate_best(model, CAPTIONS[:2], 2, seconds=2.0, seed=3, judge=judge, rounds=3)
    twice = [CAPTIONS[1]] * 2
    assert asked == [[CAPTIONS[0]] * 2 + twice, twice, twice]
    assert torch.equal(one, made[1]) and torch.equal(other, made[3])
    assert len({tuple(motion.tolist()) for motion in made[2:]}) == 6


def test_rounds_do_not_depend_on_the_rest_of_the_batch() -> None:
    model = tiny_llm("gemma2")

    def judge(captions, motions, scores):
        return [Verdict(float(motion[0]), bool(motion[0] % 3 == 0)) for motion in motions]

    together = generate_best(
        model, CAPTIONS[:3], 2, seconds=[1.0, 2.0, 3.0], seed=[7, 8, 9], judge=judge, rounds=4
    )
    for number, motion in enumerate(together):
        (alone,) = generate_best(
            model, [CAPTIONS[number]], 2, seconds=number + 1.0, seed=7 + number, judge=judge, rounds=4
        )
        assert torch.equal(alone, motion)
