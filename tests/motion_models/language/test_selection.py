"""Best of several candidates, judged by the captioner."""

from __future__ import annotations

from dataclasses import replace

import torch
from motion_agent.motion_models.fitting.candidates import Worth, candidate_seed
from motion_agent.motion_models.language.selection import Further, generate_best
from tiny_llm import CAPTIONS, tiny_llm


def worths(*found: tuple[float, bool]) -> list[Worth]:
    return [Worth((), kept, cost) for cost, kept in found]


def as_one(caption: str) -> tuple[str, ...]:
    return (caption,)


def no_seams(pairs):
    return [0.0] * len(pairs)


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
        return worths(*((cost, True) for cost in (3.0, 1.0, 2.0, 1.0, 5.0, 0.5)))

    first, second = generate_best(model, CAPTIONS[:2], 3, seconds=2.0, seed=3, judge=judge)
    tried = model.generate(
        [caption for caption in CAPTIONS[:2] for _ in range(3)],
        seconds=2.0,
        seed=[3 + 1_000_003 * k for _ in range(2) for k in range(3)],
    )
    assert torch.equal(first, tried[1]) and torch.equal(second, tried[5])
    assert seen == [([CAPTIONS[0]] * 3 + [CAPTIONS[1]] * 3, 6, 6)]


def test_only_what_is_not_kept_is_tried_again_and_the_best_of_both_batches_wins() -> None:
    """The first is kept at once; the second never, and its first batch had its best motion."""
    model, asked, made = tiny_llm("gemma2"), [], []

    def judge(captions, motions, scores):
        asked.append(list(captions))
        made.extend(motions)
        first = [(5.0, False), (1.0, True), (2.0, False), (0.5, False)]
        return worths(*(first if len(asked) == 1 else [(4.0, False), (0.9, False), (3.0, False)]))

    one, other = generate_best(
        model, CAPTIONS[:2], 2, seconds=2.0, seed=3, judge=judge, further=Further(3, as_one, no_seams)
    )
    again = [CAPTIONS[1]] * 3
    assert asked == [[CAPTIONS[0]] * 2 + [CAPTIONS[1]] * 2, again]
    assert torch.equal(one, made[1]) and torch.equal(other, made[3])
    seeds = [candidate_seed(3, number) for number in range(2, 5)]
    expected = model.generate(again, seconds=2.0, seed=seeds)
    assert all(torch.equal(*pair) for pair in zip(made[4:], expected, strict=True))


def test_a_second_try_makes_the_best_of_each_action_follow_the_best_of_the_one_before() -> None:
    """The later of two candidates costs less, but for the third action, where it makes a bad seam."""
    model, judged = tiny_llm("gemma2"), []
    stages = {"one, then two, then three": ("one", "two", "three"), "one": ("one",)}

    def judge(captions, motions, scores):
        judged.append(list(captions))
        costs = [0.0] if captions[0] in stages and len(judged) > 1 and len(captions) == 1 else [2.0, 1.0] * 2
        return worths(*((cost, False) for cost in costs[: len(captions)]))

    def seams(pairs):
        return [0.0, 4.0] if judged[-1][0] == "three" else [0.0] * len(pairs)

    motions = generate_best(
        model, list(stages), 2, seconds=[4.4, 2.0], seed=[3, 4], judge=judge,
        further=Further(2, stages.__getitem__, seams),
    )  # fmt: skip
    assert judged == [
        [*["one, then two, then three"] * 2, "one", "one"],
        ["one"] * 4,
        ["two"] * 2,
        ["three"] * 2,
        ["one, then two, then three"],
    ]
    (first,) = model.generate(["one"], seconds=1.4, seed=candidate_seed(3, 3))
    (second,) = model.generate(["two"], seconds=1.4, seed=candidate_seed(3, 3))  # an odd one: no context
    context = torch.cat([first, second])[-3:]
    (third,) = model.generate(["three"], seconds=1.6, seed=candidate_seed(3, 2), prefixes=[context])
    assert torch.equal(motions[0], torch.cat([first, second, third])) and len(motions[0]) == 22


def test_stages_that_would_be_too_short_are_made_as_one() -> None:
    model = tiny_llm("gemma2")
    model.defaults = replace(model.defaults, min_seconds=1.2)
    judged = []

    def judge(captions, motions, scores):
        judged.append(list(captions))
        return worths(*[(0.0, False)] * len(captions))

    generate_best(
        model, ["both"] * 2, 2, seconds=[2.2, 2.4], seed=3, judge=judge,
        further=Further(1, lambda caption: ("one", "two"), no_seams),
    )  # fmt: skip
    assert judged == [["both"] * 4, ["both", "one"], ["two"], ["both"]]


def test_a_second_try_does_not_depend_on_the_rest_of_the_batch() -> None:
    model = tiny_llm("gemma2")

    def judge(captions, motions, scores):
        return worths(*((float(motion[0]), bool(motion[0] % 3 == 0)) for motion in motions))

    further = Further(4, as_one, no_seams)
    together = generate_best(
        model, CAPTIONS[:3], 2, seconds=[1.0, 2.0, 3.0], seed=[7, 8, 9], judge=judge, further=further
    )
    for number, motion in enumerate(together):
        (alone,) = generate_best(
            model, [CAPTIONS[number]], 2, seconds=number + 1.0, seed=7 + number, judge=judge, further=further
        )
        assert torch.equal(alone, motion)
