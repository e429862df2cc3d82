"""The open suite over fake and retrieval backends, its ceiling, and its calibration."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import FakeBackend
from helpers import walking
from motion_agent.evals.motion.recordings.caption_index import stems
from motion_agent.evals.motion.recordings.corpus import EvalClip, load_clips
from motion_agent.evals.motion.recordings.retrieval import RetrievalBackend
from motion_agent.evals.motion.suite.calibration import Meaning, calibrate, to_markdown
from motion_agent.evals.motion.suite.ceiling import ceiling, joined
from motion_agent.evals.motion.suite.prompts import Prompt
from motion_agent.evals.motion.suite.suite import (
    Sample,
    met_share,
    run,
    run_suite,
    summarize,
    to_report,
    wording,
)
from motion_agent.motion_models.backends.protocol import MotionBackend
from motion_agent.motion_models.errors import InvalidMotionError
from motion_agent.motion_models.motion.features import from_joints
from motion_agent.motion_models.motion.measures.predicates import CheckResult
from motions import ramp, standing, turned

WALKS = Prompt(text="a person walks forward", group="walk", expect=("walks_forward",))
TURNS = Prompt(text="a person turns left", group="turn", expect=("turns_left",))
UNKNOWN = Prompt(text="a person flibbers", group="walk", expect=("walks_forward",), paraphrase=True)


def _clip(action: str, caption: str, joints, trial: str = "1_1") -> EvalClip:
    return EvalClip(trial, "train", 0.0, len(joints) / 20, action, (caption,) * 4, joints)


CLIPS = [
    _clip("walk", "a person walks forward", walking(60)),
    _clip("turn left", "a person turns to the left", turned(standing(60), ramp(60, 100.0))),
    _clip("turn right", "a person turns to the right", turned(standing(60), ramp(60, -100.0))),
]


def test_one_sample_per_prompt_and_seed_with_what_was_measured() -> None:
    samples = run_suite(FakeBackend(), [WALKS, TURNS], seeds=range(3), progress=False)
    assert [(s.prompt, s.seed) for s in samples] == [(p.text, s) for p in (WALKS, TURNS) for s in range(3)]
    assert [s.met for s in samples] == [True] * 3 + [False] * 3  # the fake always walks straight
    assert samples[3].outcomes[0].condition == "25 <= turn_degrees <= 300"
    assert samples[0].seconds == pytest.approx(2.0)


def test_prompts_go_out_in_batches_with_their_seeds_and_durations() -> None:
    backend = FakeBackend()
    asked = WALKS.model_copy(update={"seconds": 3.0})
    samples = run_suite(backend, [WALKS, asked], seeds=range(2), batch_size=3, progress=False)
    assert [len(batch) for batch in backend.batches] == [3, 1]
    assert [s.seconds for s in samples] == pytest.approx([2.0, 2.0, 3.0, 3.0])


def test_a_refused_prompt_fails_alone_and_says_why() -> None:
    samples = run_suite(FakeBackend(), [WALKS, UNKNOWN], seeds=[0], progress=False)
    assert [s.met for s in samples] == [True, False]
    assert "no known action" in samples[1].error
    assert samples[1].wording == "paraphrase"


def test_the_same_seeds_give_the_same_samples() -> None:
    once, again = (run_suite(FakeBackend(), [WALKS, TURNS], seeds=[4], progress=False) for _ in range(2))
    assert once == again


def test_summary_and_report() -> None:
    samples = run_suite(FakeBackend(), [WALKS, TURNS, UNKNOWN], seeds=range(2), progress=False)
    summary = summarize(samples)
    assert summary["all"].mean == pytest.approx(1 / 3)
    assert summary["group: walk"].mean == pytest.approx(1 / 2)
    assert summary["wording: paraphrase"].mean == 0
    text = to_report(samples, "fake", "the command").markdown()
    assert "| a person turns left | 0 of 2 | 25 <= turn_degrees <= 300 was " in text
    assert "no known action in 'a person flibbers'" in text


def _samples(met: dict[str, list[bool]], wording: str = "plain") -> list[Sample]:
    """Prompts with the outcome of each of their seeds."""
    return [
        Sample(prompt, prompt[0], wording, seed, hit)
        for prompt, hits in met.items()
        for seed, hit in enumerate(hits)
    ]


def test_seeds_of_one_prompt_are_no_independent_samples() -> None:
    """Five seeds that agree tell no more than one: every interval of the summary is that of the prompts."""
    outcomes = {f"{group}{n}": n % 2 == 0 for group in "ab" for n in range(6)}
    once = summarize(_samples({prompt: [hit] for prompt, hit in outcomes.items()}))
    five = summarize(_samples({prompt: [hit] * 5 for prompt, hit in outcomes.items()}))
    assert once.keys() == five.keys() == {"all", "wording: plain", "group: a", "group: b"}
    for name, estimate in once.items():
        assert (five[name].mean, five[name].low, five[name].high) == pytest.approx(
            (estimate.mean, estimate.low, estimate.high)
        )
        assert five[name].n == 5 * estimate.n
    assert once["all"].high - once["all"].low > 0.4


def test_seeds_of_a_single_prompt_give_no_interval() -> None:
    estimate = met_share(_samples({"a": [True, False, True, True]}))
    assert (estimate.percent(), estimate.n) == ("75.0%", 4)


def test_the_wording_of_a_prompt_is_told_and_only_what_was_missed_of_it() -> None:
    said = [WALKS.model_copy(update={"text": "a person walks to the moon"}), WALKS, UNKNOWN]
    assert [wording(prompt) for prompt in said] == ["plain", "caption", "paraphrase"]
    outcomes = (CheckResult("walks", 1.0, True), CheckResult("turns", 0.25, False))
    tries = [Sample("a", "g", "plain", seed, met=False, outcomes=outcomes) for seed in range(2)]
    text = to_report([*tries, Sample("a", "g", "plain", 2, met=True)], "fake", "the command").markdown()
    assert "| a | 1 of 3 | turns was 0.25 |" in text


def test_run_takes_a_backend_and_groups() -> None:
    report = run(FakeBackend(), seeds=1, groups=["legs"], progress=False)
    assert {sample["group"] for sample in report.data["samples"]} == {"legs"}


def test_retrieval_answers_with_the_clip_of_the_nearest_words() -> None:
    backend = RetrievalBackend(CLIPS)
    assert isinstance(backend, MotionBackend)
    tokens = backend.generate(["someone is turning right"], seed=3)[0]
    assert backend.caption([tokens]) == ["a person turns to the right"]
    decoded = backend.decode(tokens)
    assert decoded.shape == (4 * len(tokens), 263)
    assert backend.encode(from_joints(CLIPS[2].joints)).tolist() == tokens.tolist()
    other = from_joints(walking(33))
    assert len(backend.encode(other)) == 8, "a motion it does not hold is read by the nearest frames"
    with pytest.raises(InvalidMotionError, match="at least 4 frames"):
        backend.encode(other[:3])


def test_stems_ignore_endings_and_empty_words() -> None:
    assert stems("The person is turning") == stems("a man is turned")


def test_ceiling_picks_clips_by_meaning_and_joins_two_part_prompts() -> None:
    both = Prompt(
        text="a person walks, then turns left", group="s", expect=("walks_forward",), then=("turns_left",)
    )
    samples = ceiling(CLIPS, [WALKS, both], tries=5)
    assert [(s.prompt, s.met) for s in samples] == [(WALKS.text, True), (both.text, True)]


def test_joined_motions_start_where_the_last_one_ended() -> None:
    joints = joined([walking(20), walking(20)])
    assert joints[20, 0] == pytest.approx(joints[19, 0], abs=1e-6)


def test_calibration_counts_true_and_false_positives_and_mirrored_twins() -> None:
    table = {
        "turns_left": Meaning(("turn left",), mentions="turn"),
        "turns_right": Meaning(("turn right",), mentions="turn"),
    }
    rows = {row.predicate: row for row in calibrate(CLIPS, table)}
    left = rows["turns_left"]
    assert (left.shown, left.met, left.foreign, left.false, left.mirrored) == (2, 1.0, 1, 0.0, 0.0)
    assert left.anywhere == 0.0
    assert "| turns_right | 2 | 100% | 1 | 0% |" in to_markdown(list(rows.values()))


@pytest.fixture(scope="module")
def real_clips(data_dir: Path) -> list[EvalClip]:
    return load_clips(data_dir / "cmu", min_seconds=1.0)


def test_real_motion_of_the_right_meaning_meets_the_suite(real_clips: list[EvalClip]) -> None:
    summary = summarize(ceiling(real_clips, tries=1))
    assert summary["all"].mean >= 0.95
    assert min(estimate.mean for estimate in summary.values()) >= 0.85


@pytest.mark.slow
def test_every_predicate_fits_real_motion_of_its_meaning_and_little_else(real_clips: list[EvalClip]) -> None:
    for row in calibrate(real_clips):
        assert row.shown > 0, row
        assert row.met >= 0.85, row
        assert row.false < 0.30, row
        assert row.mirrored is None or row.mirrored < 0.15, row
