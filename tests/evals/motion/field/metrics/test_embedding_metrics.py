"""Each metric against scipy or a closed form."""

import numpy as np
import pytest
from motion_agent.evals.motion.field.metrics import (
    diversity,
    frechet_distance,
    matching_distances,
    multimodality,
    r_precision,
)
from motion_agent.motion_models import InvalidRequestError
from scipy.linalg import sqrtm
from scipy.spatial.distance import pdist


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def test_fid_is_scipys_formula(rng):
    a, b = rng.normal(size=(200, 6)), rng.normal(0.5, 2.0, size=(150, 6)) @ rng.normal(size=(6, 6))
    s, t = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    gap = a.mean(0) - b.mean(0)
    expected = gap @ gap + np.trace(s + t - 2 * np.real(np.asarray(sqrtm(s @ t))))
    assert frechet_distance(a, b) == pytest.approx(expected, rel=1e-8)


def test_fid_of_a_shift_is_its_square_and_of_a_scale_the_variances_gap(rng):
    a = rng.normal(size=(100, 3))
    assert frechet_distance(a, a + np.array([3.0, 0.0, 4.0])) == pytest.approx(25.0)
    centred = a - a.mean(0)
    assert frechet_distance(centred, 3 * centred) == pytest.approx(4 * np.trace(np.cov(a, rowvar=False)))


def test_fid_refuses_a_singular_covariance(rng):
    with pytest.raises(InvalidRequestError, match="more samples"):
        frechet_distance(rng.normal(size=(8, 8)), rng.normal(size=(100, 8)))


def test_r_precision_ranks_like_a_sort(rng):
    texts = rng.normal(size=(70, 5))
    motions = texts + rng.normal(size=(70, 5))
    expected = []
    for start in (0, 32):
        for i in range(32):
            distances = np.linalg.norm(texts[start + i] - motions[start : start + 32], axis=1)
            rank = int(np.flatnonzero(np.argsort(distances) == i)[0])
            expected.append([rank <= k for k in range(3)])
    assert np.array_equal(r_precision(texts, motions), np.array(expected, float))


def test_collapsed_embeddings_score_nothing():
    assert not r_precision(np.ones((32, 4)), np.ones((32, 4))).any()


def test_r_precision_needs_a_full_batch():
    with pytest.raises(InvalidRequestError, match="32"):
        r_precision(np.ones((31, 4)), np.ones((31, 4)))


def test_matching_distance_in_closed_form():
    assert matching_distances(np.zeros((2, 2)), np.array([[3.0, 4.0], [0.0, 1.0]])).tolist() == [5.0, 1.0]


def test_diversity_comes_near_the_mean_of_all_pairs(rng):
    x = rng.normal(size=(2000, 4))
    assert diversity(x, rng, pairs=1000).mean() == pytest.approx(pdist(x[:800]).mean(), rel=0.05)
    assert len(diversity(x, rng)) == 300 and len(diversity(x[:11], rng)) == 5


def test_multimodality_is_zero_only_where_a_text_always_gives_the_same(rng):
    same, different = np.ones((30, 4)), rng.normal(size=(30, 4))
    values = multimodality(np.stack([same, different]), rng)
    assert values[0] == 0 and values[1] > 1
    two = np.array([[[0.0, 0.0], [3.0, 4.0]]])
    assert multimodality(two, rng).tolist() == [5.0]
