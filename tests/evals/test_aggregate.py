"""Means and intervals against known values; reports that survive saving."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from motion_agent.evals.aggregate import (
    bootstrap_mean,
    bootstrap_sums,
    by_group,
    over_repetitions,
    proportion,
)
from motion_agent.evals.progress import track
from motion_agent.evals.report import Report, machine, table


def test_wilson_interval_has_its_textbook_value() -> None:
    estimate = proportion([True] * 8 + [False] * 2)
    assert (estimate.mean, estimate.n) == (0.8, 10)
    assert (estimate.low, estimate.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_no_samples_give_nan_and_not_a_number_out_of_nothing() -> None:
    assert math.isnan(proportion([]).mean)
    assert math.isnan(bootstrap_mean([]).mean)
    assert proportion([]).percent() == bootstrap_mean([]).number() == "no samples"
    assert proportion([]).to_dict() == {"mean": None, "low": None, "high": None, "n": 0}


def test_bootstrap_is_reproducible_and_covers_the_mean() -> None:
    values = [float(i % 7) for i in range(70)]
    once, again = bootstrap_mean(values), bootstrap_mean(values)
    assert once == again
    assert once.mean == pytest.approx(3.0)
    assert 2.4 < once.low < once.mean < once.high < 3.6


def test_samples_that_share_a_cluster_do_not_narrow_the_interval() -> None:
    values, clusters = [0.0, 1.0] * 5, list(range(10))
    alone = bootstrap_mean(values, clusters)
    repeated = bootstrap_mean(
        [v for v in values for _ in range(20)], [c for c in clusters for _ in range(20)]
    )
    assert (repeated.low, repeated.high) == pytest.approx((alone.low, alone.high))


def test_one_cluster_has_no_interval() -> None:
    estimate = bootstrap_mean([0.0, 1.0, 2.0], ["same"] * 3)
    assert (estimate.percent(), estimate.number(), estimate.n) == ("100.0%", "1.0", 3)
    assert estimate.to_dict() == {"mean": 1.0, "low": None, "high": None, "n": 3}


def test_weights_count() -> None:
    assert bootstrap_mean([0.0, 1.0], weights=[1.0, 3.0]).mean == pytest.approx(0.75)


def test_a_statistic_of_sums_is_drawn_as_a_mean_is() -> None:
    hits, sizes, trials = np.array([1.0, 0, 3, 2]), np.array([2.0, 1, 4, 4]), ["a", "a", "b", "c"]
    ratio = bootstrap_sums(np.stack([hits, sizes], axis=1), lambda sums: sums[..., 0] / sums[..., 1], trials)
    mean = bootstrap_mean(list(hits / sizes), trials, weights=list(sizes))
    assert ratio == mean
    assert (ratio.mean, ratio.n) == (6 / 11, 4)
    assert (ratio.low, ratio.high) == pytest.approx((1 / 3, 3 / 4))
    assert math.isnan(bootstrap_sums(np.zeros((0, 2)), lambda sums: sums[..., 0]).mean)


def test_interval_of_repetitions() -> None:
    estimate = over_repetitions([1.0, 3.0] * 10)
    assert (estimate.mean, estimate.n) == (2.0, 20)
    assert estimate.high - estimate.mean == pytest.approx(1.96 / 20**0.5)
    assert estimate.plus_minus() == "2.000 ± 0.438"


def test_one_repetition_has_no_interval() -> None:
    estimate = over_repetitions([0.5])
    assert estimate.plus_minus() == "0.500"
    assert estimate.to_dict() == {"mean": 0.5, "low": None, "high": None, "n": 1}
    assert over_repetitions([]).plus_minus() == "no samples"


def test_by_group_keeps_the_order_of_appearance() -> None:
    assert by_group(["ba", "ab", "bb"], lambda s: s[0]) == {"b": ["ba", "bb"], "a": ["ab"]}


def test_estimates_read_well() -> None:
    assert proportion([True, True]).percent() == "100.0% (34.2% - 100.0%)"
    assert bootstrap_mean([2.0, 2.0]).number() == "2.0 (2.0 - 2.0)"


def test_table() -> None:
    assert table(["a", "b"], [[1, 2]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"


def test_reports_are_saved_for_programs_and_people(tmp_path: Path) -> None:
    report = Report("Speed", "motion-agent eval speed", "default", "| a |", {"samples": [1.5]})
    as_json, as_text = report.save(tmp_path / "new", "speed")
    assert Report(**json.loads(as_json.read_text())) == report
    assert as_text.read_text() == "## Speed\n\n`motion-agent eval speed` on default\n\n| a |\n"


def test_machine_names_cores_and_torch() -> None:
    assert "cores" in machine()
    assert "torch" in machine()


@pytest.mark.parametrize("show", [True, False])
def test_progress_passes_every_item_on(show: bool, capsys: pytest.CaptureFixture[str]) -> None:
    assert list(track(range(3), "counting", show=show)) == [0, 1, 2]
    assert capsys.readouterr() == ("", "counting: 0 s\n" if show else "")
