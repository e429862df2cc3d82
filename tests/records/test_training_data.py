"""What models are trained on and how: what is drawn of recordings, prompts, presets, sampling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from helpers import walking, write_recordings
from motion_agent.motion_models.data import naming
from motion_agent.motion_models.data.cmu import Trial, load_trials
from motion_agent.motion_models.data.corpus_items import CorpusItem, Mixture, collect_items
from motion_agent.motion_models.data.dataset import MotionTextDataset
from motion_agent.motion_models.data.following import following_items
from motion_agent.motion_models.data.streams import ALL_VARIANTS, TokenStreams
from motion_agent.motion_models.decoding.sampling import Sampling, choose
from motion_agent.motion_models.english.captions import CaptionedSegment
from motion_agent.motion_models.errors import InvalidRequestError
from motion_agent.motion_models.language.llm_config import PUBLISHED_CONFIGS, GenerationDefaults
from motion_agent.motion_models.language.requests import (
    CaptionRequest,
    GenerateRequest,
    check_seeds,
    per_item,
)
from motion_agent.motion_models.language.templates import collate
from motion_agent.motion_models.training import presets
from motion_agent.motion_models.training.recipe import Overrides, RunOptions
from motions import bump, ramp, shifted, standing
from records.recording import assert_recorded
from tiny_llm import tiny_llm


class Numbered:
    """A motion tokenizer whose tokens tell where they were: one for every four frames."""

    def encode(self, features: np.ndarray) -> torch.LongTensor:
        groups = features[: len(features) // 4 * 4].reshape(-1, 4, features.shape[1]).mean(axis=1)
        return torch.from_numpy(np.floor(groups[:, 3] * 300 + groups[:, 2] * 2000).astype(np.int64) % 512)  # type: ignore[return-value]


def trial(name: str, joints: np.ndarray, text: str = "", skipped: float = 0.0, split: Any = "train") -> Trial:
    return Trial(name, joints.astype(np.float32), split, text, skipped)


JUMPS = shifted(standing(120), y=bump(120, 15, 25, 0.3) + bump(120, 60, 70, 0.25))
TRIALS = {
    each.id: each
    for each in (
        trial("01_01", walking(200), "walk, then wave"),
        trial("01_02", JUMPS, "jumps", skipped=1.0),
        trial("01_03", shifted(walking(160), y=np.full(160, 0.5)), "playground - climb"),
        trial("01_04", shifted(standing(100), x=ramp(100, 2.0)), "side steps"),
        trial("01_05", walking(100) * np.array([1.0, 0.6, 1.0]), "walks crouched"),
        trial("02_01", walking(120, speed=3.0), "run", split="val"),
    )
}


def told(name: str, start: float, end: float, action: str, *captions: str) -> CaptionedSegment:
    return CaptionedSegment(name, start, end, action, captions)


SEGMENTS = [
    told("01_01", 0.0, 4.0, "walk", "a person walks forward", "a person walks on the left"),
    told("01_01", 4.2, 6.0, "wave", "a person waves the left hand", "someone waves"),
    told("01_01", 6.5, 9.5, "dance", "a person dances", "someone dances"),
    told("01_02", 1.0, 3.0, "jump", "a person jumps", "someone jumps up"),
    told("01_02", 3.0, 6.0, "jump", "a person jumps and turns"),
    told("01_02", 1.0, 1.5, "kick", "a person kicks"),
    told("01_03", 0.0, 3.0, "walk", "a person walks forward"),
    told("01_03", 3.0, 6.0, "climb", "a person climbs up"),
    told("01_04", 0.0, 2.0, "kick", "a person kicks the right leg", "someone kicks"),
    told("01_04", 2.0, 4.5, "step back", "a person backs away"),
    told("01_05", 0.0, 4.0, "walk", "a person walks crouched"),
    told("02_01", 0.0, 3.0, "run", "a person runs", "someone runs"),
]
FURTHER = {
    "human": [
        told("01_01", 0.5, 3.5, "walk", "the guy strolls to the right"),
        told("01_03", 0.0, 3.0, "walk", "he climbs up a ladder"),
        told("01_03", 3.0, 6.0, "walk", "she walks on"),
    ],
    "drawn": [told("01_02", 1.0, 2.0, "clap", "a person claps twice")],
}


def listed(tokens: torch.Tensor) -> str:
    return " ".join(map(str, tokens.tolist()))


def item_told(item: CorpusItem) -> list[Any]:
    then = None if item.then is None else [item.then.trial, item.then.start, item.then.end]
    measured = None if item.measured is None else asdict(item.measured)
    marks = [name for name in ("goes_on", "subclip") if getattr(item, name)]
    brief = [seconds for seconds in (0.0, 2.7, 2.8) if item.is_brief(seconds)]
    return [
        item.trial,
        item.start,
        item.end,
        item.family,
        *item.captions,
        then,
        measured,
        item.times,
        marks,
        brief,
    ]


def test_what_is_shown_of_recordings() -> None:
    items = collect_items([each for each in SEGMENTS if each.trial != "02_01"], TRIALS, Mixture(), FURTHER)
    whole = items["segments"] + items["drawn"]
    cases: dict[str, Any] = {
        kind: [item_told(item) for item in (found if kind != "measured" else found[::9])]
        for kind, found in items.items()
    }
    cases["numbers"] = {kind: len(found) for kind, found in items.items()}
    pair = [CorpusItem(name, 0.0, 2.0, "walk", ("a person walks",)) for name in ("01_01", "01_02")]
    after = [(then, start) for then in pair for start in (1.6, 1.7, 2.0, 2.3, 2.4)]
    cases["pairs"] = [
        item_told(replace(pair[0], then=replace(then, start=start, end=4.0))) for then, start in after
    ]
    cases["following"] = [item_told(item) for item in following_items(whole, TRIALS, 12)]
    assert_recorded("shown_of_recordings", cases)


def test_what_is_drawn_for_an_epoch() -> None:
    mixtures = {
        "as it is": Mixture(),
        "short, and all with what is before": Mixture(max_seconds=2.0, context=1.0, balance=1.0),
    }
    cases: dict[str, Any] = {}
    for name, mixture in mixtures.items():
        data = MotionTextDataset.build(
            list(TRIALS.values()), Numbered(), segments=SEGMENTS, further=FURTHER, mixture=mixture, length=24,
            seed=3, progress=False,
        )  # fmt: skip
        for epoch in (0, 1):
            data.set_epoch(epoch)
            cases[f"{name}, epoch {epoch}"] = [
                [caption, listed(tokens), listed(before), data.family(n), data.is_brief(n)]
                for n, (caption, tokens, before) in enumerate(data[k] for k in range(len(data)))
            ]
        cases[f"{name}, texts"] = sorted(set(data.texts()))
    plain = MotionTextDataset.build(
        list(TRIALS.values()), Numbered(), segments=SEGMENTS, split="val", progress=False
    )
    cases["held out"] = [[caption, listed(tokens)] for caption, tokens in plain.pairs()]
    streams = TokenStreams.build(
        [TRIALS["01_02"]], Numbered(), variants=ALL_VARIANTS, cache=None, progress=False
    )
    cases["variants"] = {
        str(variant): [
            [streams.position("01_02", seconds, variant) for seconds in (0.0, 1.0, 1.3, 2.5, 9.0)],
            streams.cut("01_02", 1.5, 2.5, variant),
        ]
        for variant in ALL_VARIANTS
    }
    assert_recorded("drawn_for_an_epoch", cases)


def test_recordings_that_are_read(tmp_path: Path) -> None:
    """With the reasons why others are left out, and where their floor is."""
    walk, broken = walking(80), walking(80)
    broken[40, :, 1] += 30.0
    names = {
        "16_15": walk,
        "07_08": walk + np.array([0, 0.3, 0]),
        "01_01": walk,
        "08_05": broken,
        "99_99": walk,
    }
    folder = write_recordings(tmp_path, {name: each.astype(np.float32) for name, each in names.items()})
    left_out: list[str] = []
    found = load_trials(folder, report=left_out.append)
    cases = {
        each.id: {
            "split": each.split, "text": each.description, "skipped": each.skipped,
            "frames": len(each.joints),
            "level": each.level, "lowest": each.joints[..., 1].min(), "features": each.features[3, :8],
            "mirrored": each.mirrored().joints[5, 4], "twice as fast": len(each.at_speed(2.0).joints),
        }
        for each in found
    }  # fmt: skip
    by_split = {split: [each.id for each in load_trials(folder, split, report=left_out.append)]  # type: ignore[arg-type]
                for split in ("train", "val")}  # fmt: skip
    assert_recorded("recordings_read", {"read": cases, "left out": left_out, "by split": by_split})


def test_names_and_splits_of_recordings() -> None:
    recordings = [
        "walk.npz",
        "a/walk.bvh",
        "a/Walk 2.bvh",
        "Ma/walk.npz",
        "a_walk.bvh",
        "walk_00100_00200.bvh",
        "ü.bvh",
        "-.bvh",
    ]
    fixed: Mapping[str, str | None] = dict.fromkeys(map(str, range(10))) | {"a": "test", "b": None}
    shares = [(0.0, 0.0), (0.1, 0.0), (0.05, 0.05), (0.3, 0.2), (1.0, 0.0), (0.9, 0.9)]
    cases = {
        "clips": naming.clip_names(recordings),
        "stretches": [
            naming.stretch_name("walk", *span) for span in ((0, None), (0.0, 1.234), (12.5, 100.0))
        ],
        "splits": {str(share): naming.split_of_each(fixed, *share) for share in shares},
        "few": {
            str(n): naming.split_of_each(dict.fromkeys(map(str, range(n))), 0.1, 0.1) for n in (1, 2, 3, 4)
        },
        "counted": [naming.counted(n, "clip") for n in (0, 1, 2)],
    }
    assert_recorded("names_of_recordings", cases)


def settings(value: Any) -> Any:
    """A setting with all of its fields, as texts where they are no numbers."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: settings(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, Mapping):
        return {str(name): settings(inner) for name, inner in value.items()}
    if isinstance(value, float):
        return f"{value:g}"
    return value if isinstance(value, bool | int | str | None) else str(value)


def test_presets() -> None:
    """Every field of every recipe that has a name: what comes out of a training is decided by them."""
    gpu = presets.default_presets(gpu=True)
    changes: list[dict[str, Any]] = [{"steps": 5}, {"epochs": 2.5}, {"batch_size": 3, "seed": None}]
    paper, compact = presets.tokenizer_preset("paper"), presets.MOTION_LLM_PRESETS["gemma2-2b-r64"].generation
    published = (
        "hidden_size",
        "num_hidden_layers",
        "num_key_value_heads",
        "vocab_size",
        "tie_word_embeddings",
    )
    cases = {
        "language": {name: settings(preset) for name, preset in presets.MOTION_LLM_PRESETS.items()},
        "tokenizer": {name: settings(recipe) for name, recipe in presets.TOKENIZER_PRESETS.items()},
        "on a gpu": [settings(gpu[0]), settings(gpu[1])],
        "changed": [
            [settings(Overrides(each).on(recipe))[name] for name in ("steps", "epochs", "batch_size", "seed")]
            for each in changes
            for recipe in (paper, compact)
        ],
        "steps": [compact.steps_over(items, processes) for items in (1, 6, 100) for processes in (1, 4)],
        "lengths": [paper.length, compact.length],
        "run": settings(RunOptions()),
        "mixture": settings(Mixture()),
        "backbones": {
            name: [str(getattr(make(), field)) for field in published]
            for name, make in PUBLISHED_CONFIGS.items()
        },
    }
    assert_recorded("presets", cases)


def refused(make: Any) -> str:
    try:
        return f"taken: {make()}"
    except InvalidRequestError as error:
        return str(error)


def test_what_is_asked_of_a_model() -> None:
    """Options handed on, lengths in tokens, and what is refused at the limits."""
    defaults = GenerationDefaults(Sampling(0.8, 40, 0.9, True, 2.0), longest_seconds=12.0)
    requests = {
        "nothing said": GenerateRequest("walk"),
        "all said": GenerateRequest("walk", temperature=0.5, top_k=0, top_p=1.0, greedy=False, guidance=1.0),
        "a caption": CaptionRequest([1]),
        "a drawn caption": CaptionRequest([1], temperature=0.3, top_k=5, top_p=0.5, greedy=False),
    }
    lengths = (0.01, 0.1, 0.29, 0.3, 0.31, 1.0, 1.1, 11.99, 12.0, 12.01, 0, -1, True, "1")
    samplings: list[dict[str, Any]] = [
        {"temperature": 0.0}, {"temperature": 100.0}, {"temperature": 100.1}, {"top_k": -1}, {"top_k": 0},
        {"top_p": 0.0}, {"top_p": 1.0}, {"top_p": 1.01}, {"guidance": 0.99}, {"guidance": 1.0},
        {"guidance": 20.0}, {"guidance": 20.1},
    ]  # fmt: skip
    seeds: list[Any] = [0, 2**63 - 1, 2**63, -1, True, 1.0, None, [1, None]]
    cases = {
        "sampling": {name: settings(request.sampling(defaults)) for name, request in requests.items()},
        "tokens": {str(n): refused(lambda n=n: defaults.tokens_for(n)) for n in lengths},  # type: ignore[misc]
        "limits": {str(each): refused(lambda each=each: settings(Sampling(**each))) for each in samplings},  # type: ignore[misc]
        "seeds": {str(seed): refused(lambda seed=seed: check_seeds(seed, 2)) for seed in seeds},  # type: ignore[misc]
        "of each": [
            refused(lambda value=value: per_item("seconds", value, 2)) for value in (1.5, None, [1, 2], [1])
        ],  # type: ignore[misc]
    }
    assert_recorded("asked_of_a_model", cases)


def test_what_is_drawn_from_logits() -> None:
    """By hand: probabilities .5, .3, .2 in that order, of which ever fewer are kept."""
    logits = torch.tensor([0.3, 0.5, 0.2]).log().repeat(5, 1)
    uniform = torch.tensor([0.0, 0.45, 0.55, 0.75, 0.99])
    drawn = {
        "all": (Sampling(), [1, 1, 0, 0, 2]),
        "two": (Sampling(top_k=2), [1, 1, 1, 0, 0]),
        "half": (Sampling(top_p=0.5), [1, 1, 1, 1, 1]),
        "more than half": (Sampling(top_p=0.51), [1, 1, 1, 0, 0]),
        "nearly all": (Sampling(top_p=0.81), [1, 1, 0, 0, 2]),
        "greedy": (Sampling(greedy=True), [1, 1, 1, 1, 1]),
        "cold": (Sampling(temperature=0.1), [1, 1, 1, 1, 1]),
        "hot": (Sampling(temperature=100.0), [1, 0, 0, 2, 2]),
    }
    assert {name: choose(logits, uniform, sampling).tolist() for name, (sampling, _) in drawn.items()} == {
        name: expected for name, (_, expected) in drawn.items()
    }


def test_prompts_of_models() -> None:
    """Ids as text, with what is to be learnt after the bar; batches, and what every prompt begins with."""
    cases: dict[str, Any] = {}
    for template in ("alpaca", "compact"):
        render = tiny_llm(adapters=False, template=template).renderer
        examples = {
            "generation": render.example("generation", " a person walks ", [3, 4]),
            "with all": render.example(
                "generation", "a person walks", [3], seconds=render.stated(7), prefix=[1, 2]
            ),
            "captioning": render.example("captioning", "a person walks", [3, 4]),
            "marks": render.example("captioning", "</s> <Motion>", [5]),
        }
        ids, labels = collate(list(examples.values()), render.eos_id)
        cases[template] = {
            name: [
                shown(render, example.ids[: example.prompt_length]),
                shown(render, example.ids[example.prompt_length :]),
            ]
            for name, example in examples.items()
        } | {
            "beginnings": {task: shown(render, beginning) for task, beginning in render.beginnings.items()},
            "batch": [list(ids.shape), [row[row >= 0].tolist() for row in labels], ids[:, -1].tolist()],
            "never in a caption": render.special_ids,
        }
    assert_recorded("prompts_of_models", cases)


def shown(render: Any, ids: list[int]) -> str:
    """Ids as text, those of motion as numbers."""
    parts: list[Any] = []
    for each in ids:
        if each >= render.vocabulary.start_id:
            parts.append(f"[{each - render.vocabulary.start_id}]")
        else:
            parts.append(render.tokenizer.decode([each]))
    return "".join(parts)
