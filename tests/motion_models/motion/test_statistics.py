"""Mean and std: what they are, and telling the published habits apart."""

from __future__ import annotations

import numpy as np
import pytest
from folders import features_like
from motion_agent.motion_models import InvalidMotionError
from motion_agent.motion_models.motion.representation import HUMANML3D, KIT, Representation
from motion_agent.motion_models.motion.statistics import (
    Weighting,
    fit_statistics,
    plain_statistics,
    weighted,
    weighting_of,
)

BOTH = pytest.mark.parametrize("layout", [HUMANML3D, KIT], ids=lambda layout: layout.name)
FACTORS = {Weighting.unweighted: 1.0, Weighting.once: 5.0, Weighting.twice: 25.0}


def biased(std: np.ndarray, layout: Representation, factor: float) -> np.ndarray:
    made = std.copy()
    made[:4] /= factor
    made[layout.foot_contacts] /= factor
    return made


@BOTH
def test_plain_statistics_are_those_of_all_frames(layout: Representation) -> None:
    clips = [features_like(layout, frames, seed) for seed, frames in enumerate((50, 7, 90))]
    mean, std = plain_statistics(clips, layout)
    frames = np.concatenate(clips)
    np.testing.assert_allclose(mean, frames.mean(0), atol=1e-6)
    np.testing.assert_allclose(
        std[layout.rotations_6d], frames[:, layout.rotations_6d].std(0).mean(), rtol=1e-4
    )
    assert std[0] == pytest.approx(frames[:, 0].std(), rel=1e-4)


def test_statistics_of_nothing_are_refused() -> None:
    with pytest.raises(InvalidMotionError, match="no clips"):
        plain_statistics([], KIT)


@BOTH
@pytest.mark.parametrize("weighting", Weighting)
def test_each_habit_is_told_from_the_std_alone_and_from_the_clips(
    layout: Representation, weighting: Weighting
) -> None:
    clips = [features_like(layout, 80, seed) for seed in range(4)]
    mean, plain = plain_statistics(clips, layout)
    std = biased(plain, layout, FACTORS[weighting])
    np.testing.assert_allclose(weighted(plain, layout, weighting), std, rtol=1e-6)
    assert weighting_of(std, layout) is weighting
    fit = fit_statistics(mean, std, clips, layout)
    assert fit.weighting is weighting
    assert fit.same_data
    assert fit.ratio[0] == pytest.approx(FACTORS[weighting], rel=1e-3)
    assert fit.ratio[4] == pytest.approx(1.0, rel=1e-3)


def test_a_std_without_contacts_of_such_spread_is_no_known_one() -> None:
    assert weighting_of(np.ones(263, np.float32), HUMANML3D) is None


@pytest.mark.parametrize("change", [lambda m, s: (m, s * 8), lambda m, s: (m + 30 * s, s)])
def test_statistics_of_other_data_do_not_fit(change) -> None:
    clips = [features_like(KIT, 80, seed) for seed in range(4)]
    mean, std = change(*plain_statistics(clips, KIT))
    assert not fit_statistics(mean, std, clips, KIT).same_data


def test_the_published_std_is_the_one_weighted_twice(data_dir) -> None:
    with np.load(data_dir / "humanml3d_sample" / "t2m_mean_std.npz", allow_pickle=False) as published:
        assert weighting_of(published["std"], HUMANML3D) is Weighting.twice
        mean, std = published["mean"], published["std"]
    with np.load(data_dir / "humanml3d_sample" / "012314.npz", allow_pickle=False) as sample:
        fit = fit_statistics(mean, std, [sample["features"]], HUMANML3D)
    assert fit.weighting is Weighting.twice
    assert fit.same_data
