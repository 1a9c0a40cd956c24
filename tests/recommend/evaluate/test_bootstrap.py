"""Intervals against closed forms."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, norm

from lab_kit.recommend.evaluate import bootstrap
from lab_kit.recommend.evaluate.bootstrap import interval, resampled_means
from lab_kit.recommend.evaluate.pairs import paired


def test_the_interval_of_a_share_is_that_of_the_binomial_distribution():
    """Of 0s and 1s a resampled sum is binomial with the share that was seen."""
    users, hits = 400, 60
    values = np.repeat([1.0, 0.0], [hits, users - hits])[:, None]
    low, high = interval(resampled_means(values, draws=20_000))
    exact = binom.ppf([0.025, 0.975], users, hits / users) / users
    np.testing.assert_allclose([low[0], high[0]], exact, atol=1.01 / users)


def test_the_spread_of_means_is_the_standard_error():
    values = np.random.default_rng(0).exponential(size=(300, 2))
    means = resampled_means(values, draws=20_000)
    np.testing.assert_allclose(means.mean(axis=0), values.mean(axis=0), rtol=0.003)
    np.testing.assert_allclose(means.std(axis=0), values.std(axis=0) / 300**0.5, rtol=0.02)


def test_about_95_of_100_intervals_hold_the_truth():
    rng = np.random.default_rng(1)
    bounds = [
        interval(resampled_means(rng.normal(3, 1, (60, 1)), draws=500, seed=n)) for n in range(400)
    ]
    held = np.mean([low[0] <= 3 <= high[0] for low, high in bounds])
    assert 0.91 < held < 0.98


def test_a_draw_of_all_measures_is_the_same_draw_of_each_in_whatever_pieces(monkeypatch):
    values = np.random.default_rng(2).normal(size=(50, 3))
    together = resampled_means(values, draws=40, seed=7)
    np.testing.assert_allclose(together[:, [1]], resampled_means(values[:, [1]], draws=40, seed=7))
    monkeypatch.setattr(bootstrap, "CELLS", 3 * 50)
    np.testing.assert_allclose(resampled_means(values, draws=40, seed=7), together)
    assert not np.allclose(resampled_means(values, draws=40, seed=8), together)


def test_users_without_a_value_take_no_part():
    values = np.array([[1.0, np.nan], [3.0, 2.0], [5.0, np.nan]])
    means = resampled_means(values, draws=300)
    assert set(means[:, 1][~np.isnan(means[:, 1])]) == {2.0}
    low, high = interval(means)
    assert 1 <= low[0] < high[0] <= 5
    assert np.isnan([low[1], high[1]]).all()


# ---- pairs


def values(*columns):
    return pd.DataFrame({f"NDCG@{n}": column for n, column in enumerate(columns)})


def test_a_paired_difference_is_much_surer_than_its_two_means():
    rng = np.random.default_rng(3)
    common = rng.normal(size=500)
    noise = 0.1 * rng.normal(size=500)
    one, other = ("A", values(common + 0.02 + noise)), ("B", values(common))
    row = paired(one, other, "NDCG@0")["NDCG@0"]
    error = noise.std() / 500**0.5
    assert row.difference == pytest.approx(0.02 + noise.mean())
    np.testing.assert_allclose(
        [row.low, row.high], row.difference + np.array([-1.96, 1.96]) * error, atol=0.2 * error
    )
    assert row.ahead == pytest.approx(norm.cdf(row.difference / error), abs=0.01)
    assert paired(one, other, "NDCG@0").told_apart


def test_so_many_users_are_needed_that_the_interval_just_leaves_0_out():
    gap = np.tile([0.3, -0.2], 50)  # mean .05, standard deviation .25
    pair = paired(("A", values(gap)), ("B", values(np.zeros(100))), "NDCG@0")
    needed = pair["NDCG@0"].needed
    assert needed == np.ceil((1.959964 * gap.std(ddof=1) / 0.05) ** 2)
    more = np.tile([0.3, -0.2], int(needed) // 2 + 10)
    longer = paired(("A", values(more)), ("B", values(np.zeros(len(more)))), "NDCG@0")
    assert longer["NDCG@0"].low > 0
    assert "They cannot be told apart" not in longer.words


def test_a_model_against_itself_is_a_draw():
    same = values(np.random.default_rng(4).normal(size=30))
    pair = paired(("A", same), ("B", same), "NDCG@0")
    row = pair["NDCG@0"]
    assert (row.difference, row.low, row.high, row.ahead, row.ratio) == (0, 0, 0, 0.5, 1)
    assert pair.words.endswith("They cannot be told apart.")
    assert "above 0 in 50.0% of the draws of 30 users" in pair.words


def test_only_users_with_a_value_in_both_are_compared():
    one, other = values([1.0, 2.0, np.nan, 4.0]), values([0.0, np.nan, 9.0, 1.0])
    row = paired(("A", one), ("B", other), "NDCG@0")["NDCG@0"]
    assert (row.one, row.other, row.users) == (2.5, 0.5, 2)
