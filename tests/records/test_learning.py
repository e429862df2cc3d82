"""What models are trained and measured with: captions reworded, training items, scores, means."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from loops import LOOPS_RECIPE, Loops
from motion_agent.evals import aggregate
from motion_agent.evals.conversations.dialogues.schema import Expect
from motion_agent.evals.conversations.scorers import score_turn
from motion_agent.evals.motion.captions.text import bleu, cider, rouge_l
from motion_agent.evals.motion.composition.seams import measure_seam, transition_distance
from motion_agent.evals.motion.field import metrics
from motion_agent.motion_models.data import augment, describe, texts
from motion_agent.motion_models.data.measuring import StretchMeasures
from motion_agent.motion_models.motion.features import from_joints
from motion_agent.motion_models.training.sequences import RunDataset, padded
from motions import bump, ramp, shifted, standing
from records.recording import assert_recorded
from records.test_measures import MOTIONS
from tiny_llm import tiny_llm

CAPTIONS = [
    "a person walks forward, turns left and then quickly raises both arms",
    "a person waves with the left hand",
    "someone sits down on a chair slowly",
    "a man jumps two times",
    "the person kicks with the right leg while standing still",
]


def drawn(make: Callable[..., str], *given: str) -> list[str]:
    """What a function makes of texts, eight times."""
    rng = np.random.default_rng(0)
    return list(dict.fromkeys(make(*given, rng) for _ in range(8)))


def test_captions_as_they_are_varied() -> None:
    makers = (augment.reword, augment.vary_subject, augment.vary_mood, augment.augment, augment.augment_third)
    cases: dict[str, Any] = {
        text: {make.__name__: drawn(make, text) for make in makers}
        | {"without": augment.drop_adjunct(text), "dropped": drawn(augment.drop_words, text)}
        for text in CAPTIONS
    }
    cases["two in a row"] = drawn(augment.compose, CAPTIONS[1], CAPTIONS[2])
    cases["at once"] = augment.meanwhile("a person walks", CAPTIONS[1])
    cases["described"] = {
        name: describe.describe(MOTIONS[name], family, np.random.default_rng(0))
        for name, family in (
            ("walks", "walk"),
            ("runs", "run"),
            ("jumps twice", "jump"),
            ("turns left", "turn"),
        )
    }
    assert_recorded("captions", cases)


#: A walk of 3 s straight ahead, and what is otherwise in others.
WALK = StretchMeasures(3.0, 3.0, 0.0, 3.0, 0.0, True, 1.0, 0.0, 0.0, 0.0, 0.0)
WALKS: dict[str, dict[str, Any]] = {
    "straight ahead": {},
    "14 degrees to the left": {"turn": 14.0},
    "24 degrees to the left": {"turn": 24.0},
    "26 degrees to the right": {"turn": -26.0},
    "90 degrees to the right": {"turn": -90.0},
    "slowly": {"path": 1.9, "forward": 1.9},
    "at an easy pace": {"path": 2.0, "forward": 2.0},
    "quickly": {"path": 3.8, "forward": 3.8},
    "half of the time": {"path": 1.9, "forward": 1.9, "moving": 0.5},
    "far": {"seconds": 8.0, "path": 7.2, "forward": 7.2},
    "one metre": {"path": 1.1, "forward": 1.1},
    "hardly": {"path": 0.6, "forward": 0.6},
    "after a pause": {"still_start": 0.9},
    "before a pause": {"still_end": 0.9},
    "between short pauses": {"still_start": 0.8, "still_end": 0.8},
    "backward": {"forward": -2.0, "path": 2.0, "backward": 0.9},
    "backward in a curve": {"forward": -2.0, "path": 2.0, "backward": 0.9, "turn": 31.0},
    "partly backward": {"backward": 0.3},
    "to the left": {"forward": 0.0, "left": 1.2, "path": 1.2, "sideways": 0.9},
    "to the right": {"forward": 0.0, "left": -1.2, "path": 1.2, "sideways": 0.9},
    "partly aside": {"sideways": 0.4},
    "round on the spot": {"forward": 0.1, "path": 0.3, "turn": 120.0},
    "round with a few steps": {"forward": 0.2, "left": 0.2, "path": 0.9, "turn": -120.0},
    "a little round on the spot": {"forward": 0.1, "path": 0.3, "turn": 39.0},
    "not at all": {"forward": 0.0, "path": 0.0, "moving": 0.0},
    "bent": {"upright": False},
    "for a moment": {"seconds": 0.7},
}
TURNS = (12, 43, 50, 64, 66, -90, 114, -120, 149, 155, 180, -214, 220, 270, 309, -320, 360)


def test_captions_of_what_was_measured() -> None:
    """Every wording of a turn, six draws of a walk and of a run, and all that is said of jumps."""
    cases: dict[str, Any] = {
        f"turns by {degrees} degrees": "; ".join(
            sorted({describe.turn_words(degrees, np.random.default_rng(seed)) for seed in range(80)})
        )
        for degrees in TURNS
    }
    for name, change in WALKS.items():
        rng, motion = np.random.default_rng(1), replace(WALK, **change)
        cases[name] = {
            gait: list(dict.fromkeys(describe.locomotion_caption(motion, gait, rng) for _ in range(6)))
            for gait in ("walk", "run")
        }
    up = [bump(100, 12 * n, 12 * n + 6, 0.3) for n in range(1, 8)]
    cases["jumps"] = {
        str(count): describe.jump_captions(shifted(standing(100), y=sum(up[:count])))
        for count in (1, 2, 3, 7)
    }
    cases["a high jump"] = describe.jump_captions(shifted(standing(100), y=1.4 * up[0]))
    cases["a leap"] = describe.jump_captions(shifted(standing(100), y=up[3], z=ramp(100, 12.0)))
    cases["two leaps"] = describe.jump_captions(shifted(standing(100), y=up[2] + up[5], z=ramp(100, 8.0)))
    assert_recorded("captions_of_measures", cases)


@pytest.mark.parametrize("changes", [{}, {"corruption": 0.5, "caption_dropout": 0.5, "batch_size": 6}])
def test_training_items(changes: dict[str, Any]) -> None:
    data = RunDataset(Loops(), tiny_llm(adapters=False).renderer, replace(LOOPS_RECIPE, **changes))
    items = [data[index] for index in range(24)]
    batch = padded(2)(items[:6])
    told = {
        str(index): {
            "ids": " ".join(map(str, item["input_ids"].tolist())),
            "targets": " ".join(map(str, item["labels"][item["labels"] >= 0].tolist())),
            "from": int((item["labels"] < 0).sum()),
        }
        for index, item in enumerate(items)
    }
    shapes = {name: list(tensor.shape) for name, tensor in batch.items()}
    name = "items_varied" if changes else "items"
    assert_recorded(name, told | {"per epoch": data.per_epoch, "batch": shapes})


def test_texts_of_recordings() -> None:
    lines = [
        "a man walks#a/DET man/NOUN walk/VERB#0.0#0.0", "he waves#he/PRON wave/VERB#0.0#3.5",
        "he sits#he/PRON sit/VERB#1.25#3.0", "he turns#he/PRON turn/VERB#nan#nan",
    ]  # fmt: skip
    spans = texts.parse_texts("\n\n".join(lines), "texts")
    assert_recorded(
        "texts",
        {span.caption.text: [span.whole, span.start, span.end, span.frames(20), span.line] for span in spans},
    )


def test_means_and_intervals() -> None:
    values, names = [1.0, 0.0, 0.5, 1.0, 0.25, 0.75], ["a", "a", "a", "b", "b", "c"]
    found = {
        "proportion": aggregate.proportion([True, True, False, True]),
        "none": aggregate.proportion([]),
        "repetitions": aggregate.over_repetitions(values),
        "mean": aggregate.bootstrap_mean(values),
        "clusters": aggregate.bootstrap_mean(values, names),
        "weights": aggregate.bootstrap_mean(values, names, weights=[1, 2, 3, 1, 2, 3]),
    }
    told = {name: [each.mean, each.low, each.high, each.n] for name, each in found.items()}
    assert_recorded(
        "means",
        {name: [value if math.isfinite(value) else None for value in each] for name, each in told.items()},
    )


def test_scores_of_captions() -> None:
    made = [
        text.split() for text in ("a person walks forward", "a man sits down", "the person waves left hand")
    ]
    told = (
        ("a person walks forward slowly", "someone walks ahead"),
        ("a man sits", "the man is sitting down on a chair"),
        ("a person waves with the left hand",),
    )
    meant = [[text.split() for text in texts] for texts in told]
    scores = {
        "bleu": bleu(hypotheses=made, references=meant),
        "bleu 1": bleu(hypotheses=made, references=meant, order=1),
        "rouge": rouge_l(hypotheses=made, references=meant),
        "cider": cider(hypotheses=made, references=meant),
    }
    assert_recorded("caption_scores", {name: [each.corpus, each.samples] for name, each in scores.items()})


def test_measures_of_the_field() -> None:
    rng = np.random.default_rng(0)
    real, made = rng.normal(size=(64, 4)), rng.normal(0.5, 1.2, size=(64, 4))
    joints = MOTIONS["walks"]
    features = from_joints(joints)
    leap = np.concatenate([features[:20], from_joints(MOTIONS["runs"])[10:30]])
    steps = MOTIONS["slides left"]
    assert_recorded(
        "field",
        {
            "fid": metrics.frechet_distance(real, made),
            "r precision": metrics.r_precision(real, real + 0.5 * made).mean(axis=0),
            "matching": metrics.matching_distances(real, made)[:6],
            "diversity": metrics.diversity(real, np.random.default_rng(1), 8),
            "skating": {"walks": metrics.skating(joints).mean(), "slides": metrics.skating(steps).mean()},
            "floating": metrics.floating(MOTIONS["jumps twice"]).mean(),
            "penetration": metrics.penetration(joints - np.array([0, 0.05, 0])).mean(),
            "jerk": metrics.mean_jerk([joints, MOTIONS["runs"]]),
            "seams": [transition_distance(leap, seam) for seam in (18, 19, 20, 21, 22)],
        },
    )  # fmt: skip
    assert measure_seam(leap, np.concatenate([joints[:20], joints[:20]]), 20)


def motion(seconds: list[float], words: list[str], tokens: int, **more: Any) -> dict[str, Any]:
    ends = np.cumsum([0.0, *seconds]).tolist()
    parts = [
        {"description": text, "start": start, "end": end}
        for text, start, end in zip(words, ends, ends[1:], strict=False)
    ]
    takes = [{"tokens": [tokens + n] * 5, "edits": []} for n in range(len(parts))]
    whole = [token for take in takes for token in take["tokens"]]
    return {"seconds": ends[-1], "segments": parts, "takes": takes, "tokens": whole, "parent": None} | more


def test_scorers_on_one_turn() -> None:
    """Of a turn that made a walk of 2 s and a wave of 3 s out of a walk of 2 s."""
    old = motion([2.0], ["a person walks"], 1)
    new = motion([2.0, 3.0], ["a person walks", "a person waves"], 1, parent="old")
    calls = [{"tool": "edit_motion", "args": {"motion_id": "old", "name": "both"}}]
    outputs = {
        "motions": {"old": old, "new": new}, "current": "new", "before": "old", "stood": ["old", "new"],
        "made": ["new"], "files": ["walk.bvh"], "answer": "Made new, 5 s.", "calls": calls, "error": None,
        "user": "then wave", "refusals": 1, "plans": 1,
    }  # fmt: skip
    wishes: list[dict[str, Any]] = [
        {"duration": {"seconds": 5}}, {"duration": {"seconds": 4.7}}, {"duration": {"longer": True}},
        {"duration": {"shorter": True}}, {"duration": {"ratio": 2.5}},
        {"duration": {"seconds": 3, "segment": 2}},
        {"duration": {"longer": True, "segment": 1}}, {"duration": {"shorter": True, "segment": 1}},
        {"segments": {"count": 2}}, {"segments": {"count": 3}}, {"segments": {"order": ["walk", "wave"]}},
        {"segments": {"order": ["wave", "walk"]}}, {"descriptions": {"contain": ["wave"], "lack": ["jump"]}},
        {"descriptions": {"contain": ["bow"], "lack": ["walk"]}}, {"untouched": {"parts": {1: 1}}},
        {"untouched": {"parts": {1: 2}}}, {"untouched": {}}, {"answer": {"mentions": ["5 s"]}},
        {"answer": {"mentions": ["bow"], "forbids": ["made"]}}, {"memory": {"new": 1, "child": True}},
        {"memory": {"new": 2, "child": False}}, {"memory": {"current": "same"}},
        {"memory": {"files": ["bvh"]}},
    ]  # fmt: skip
    cases = {}
    for wish in wishes:
        expected = Expect.model_validate(wish)
        scores = score_turn(outputs, expected, decode=lambda tokens: np.zeros((4 * len(tokens), 263)))
        cases[str(wish)] = [
            f"{score['key']}: {score['score']} {score['comment']}".strip() for score in scores
        ]
    assert_recorded("scorers", cases)
