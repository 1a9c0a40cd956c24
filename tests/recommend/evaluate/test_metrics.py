"""Measures against slow textbook versions, published worked examples and scikit-learn."""

from math import log2

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from lab_kit.recommend.evaluate import metrics
from lab_kit.recommend.evaluate.evaluation import MEASURES
from lab_kit.recommend.evaluate.metrics import Hits

ITEMS = 9


def hits(places, k, wanted):
    """One list of k items, hits at these ranks."""
    there = np.zeros((1, k), bool)
    there[0, [rank - 1 for rank in places]] = True
    return Hits(there, np.array([wanted]))


# ---- by hand


def test_the_worked_example_of_amazon_personalize():
    """Hits on ranks 2 and 5 of 5; its documentation prints .5000, .6241 and .4000."""
    example = hits([2, 5], k=5, wanted=2)
    assert round(float(metrics.reciprocal_rank(example, 5)[0]), 4) == 0.5
    assert round(float(metrics.ndcg_of_hits(example, 5)[0]), 4) == 0.6241
    assert round(float(metrics.precision(example, 5)[0]), 4) == 0.4


def test_the_mean_reciprocal_rank_of_amazon_personalize():
    """Its three users click ranks 4 and 10; 2, 4 and 12; 6: (1/4 + 1/2 + 1/6) / 3 = .3056."""
    users = [hits(ranks, 25, 3) for ranks in ([4, 10], [2, 4, 12], [6])]
    ranks = [float(metrics.reciprocal_rank(user, 25)[0]) for user in users]
    assert round(sum(ranks) / 3, 4) == 0.3056


def test_the_two_ndcg_differ_by_what_was_not_found():
    """One hit, on rank 1, of three items: nothing lacks to the one, two items to the other."""
    one = hits([1], k=3, wanted=3)
    assert metrics.ndcg_of_hits(one, 3)[0] == 1
    assert metrics.ndcg(one, 3)[0] == pytest.approx(1 / (1 + 1 / log2(3) + 1 / 2))


def test_average_precision_by_hand():
    """Hits on ranks 1 and 3 of 4 items: (1/1 + 2/3) / 4 among 5, and / 3 where 3 is the depth."""
    example = hits([1, 3], k=5, wanted=4)
    assert metrics.average_precision(example, 5)[0] == pytest.approx((1 + 2 / 3) / 4)
    assert metrics.average_precision(example, 3)[0] == pytest.approx((1 + 2 / 3) / 3)


def test_a_perfect_list_gets_1_whatever_its_length():
    perfect = Hits(np.array([[True, True, True, False, False]]), np.array([3]))
    for name in ("NDCG", "NDCG of hits", "MRR", "MAP", "recall", "hit rate"):
        assert MEASURES[name](perfect, 5)[0] == pytest.approx(1), name


def test_empty_cases_are_as_said():
    nothing_found = hits([], k=5, wanted=2)
    for name, measure in MEASURES.items():
        assert measure(nothing_found, 5)[0] == 0, name
    nothing_wanted = hits([], k=5, wanted=0)
    for name in ("NDCG", "MAP", "recall"):
        assert np.isnan(MEASURES[name](nothing_wanted, 5)[0]), name
    for name in ("precision", "hit rate", "MRR", "NDCG of hits"):
        assert MEASURES[name](nothing_wanted, 5)[0] == 0, name


def test_a_short_list_is_divided_by_k_and_its_missing_places_are_no_hits():
    relevant = sp.csr_array(np.array([[0, 0, 0, 1], [1, 0, 0, 1]], bool))
    found = Hits.of(np.array([[3, -1, -1], [-1, -1, -1]]), relevant)
    assert found.there.tolist() == [[True, False, False], [False, False, False]]
    assert metrics.precision(found, 3).tolist() == [1 / 3, 0]
    assert metrics.precision(found, 5)[0] == 1 / 5


def test_nobody_wanting_anything_is_no_hit():
    assert not Hits.of(np.array([[0, 1]]), sp.csr_array((1, 2), dtype=bool)).there.any()


def test_rewards_are_those_of_the_hits():
    rewards = sp.csr_array(np.array([[0.0, 5, 0, 2], [1, 0, 0, 0], [0, 0, 0, 0]]))
    rewards.indices, rewards.data = rewards.indices[[1, 0, 2]], rewards.data[[1, 0, 2]]  # unsorted
    codes = np.array([[3, 0, 1], [1, 2, -1], [0, 1, 2]])
    assert metrics.reward(codes, rewards, 3).tolist() == [7, 0, 0]
    assert metrics.reward(codes, rewards, 1).tolist() == [2, 0, 0]
    shares = metrics.reward_share(codes, rewards, 1)
    assert shares[:2].tolist() == [2 / 7, 0]
    assert np.isnan(shares[2])


# ---- against slow versions


def slow_hit(rank, ranking, wanted):
    return rank <= len(ranking) and ranking[rank - 1] in wanted


def slow(name, ranking, wanted, k):
    """The formulas, one user at a time."""
    found = [rank for rank in range(1, k + 1) if slow_hit(rank, ranking, wanted)]
    dcg = sum(1 / log2(1 + rank) for rank in found)

    def ideal(number):
        return sum(1 / log2(1 + rank) for rank in range(1, number + 1))

    if name == "precision":
        return len(found) / k
    if name == "recall":
        return len(found) / len(wanted)
    if name == "hit rate":
        return float(bool(found))
    if name == "MRR":
        return 1 / found[0] if found else 0.0
    if name == "MAP":
        at_hits = [sum(slow_hit(r, ranking, wanted) for r in range(1, n + 1)) / n for n in found]
        return sum(at_hits) / min(k, len(wanted))
    if name == "NDCG":
        return dcg / ideal(min(k, len(wanted)))
    return dcg / ideal(len(found)) if found else 0.0


users = st.tuples(
    st.permutations(range(ITEMS)),
    st.integers(0, ITEMS),
    st.sets(st.integers(0, ITEMS - 1), min_size=1),
)


def tables(drawn):
    """Lists padded with -1, and what was to be found, in no order within a row."""
    codes = np.full((len(drawn), ITEMS), -1)
    rows, columns = [], []
    for row, (ranking, length, wanted) in enumerate(drawn):
        codes[row, :length] = ranking[:length]
        rows += [row] * len(wanted)
        columns += sorted(wanted, key=lambda item: (item * 5) % ITEMS)
    start = np.searchsorted(rows, np.arange(len(drawn) + 1))
    entries = np.ones(len(columns), bool)
    return codes, sp.csr_array((entries, columns, start), shape=(len(drawn), ITEMS))


@settings(max_examples=80, deadline=None)
@given(st.lists(users, min_size=1, max_size=6), st.integers(1, ITEMS))
def test_every_measure_is_its_formula(drawn, k):
    found = Hits.of(*tables(drawn))
    for name, measure in MEASURES.items():
        expected = [slow(name, ranking[:length], wanted, k) for ranking, length, wanted in drawn]
        np.testing.assert_allclose(measure(found, k), expected, atol=1e-12, err_msg=name)


@settings(max_examples=40, deadline=None)
@given(st.lists(users, min_size=1, max_size=6), st.integers(1, ITEMS))
def test_ndcg_is_that_of_scikit_learn(drawn, k):
    whole = [(ranking, ITEMS, wanted) for ranking, _, wanted in drawn]
    codes, relevant = tables(whole)
    scores = np.empty(codes.shape)
    np.put_along_axis(scores, codes, -np.arange(ITEMS, dtype=float)[None], axis=1)
    theirs = ndcg_score(relevant.toarray(), scores, k=k)
    assert metrics.ndcg(Hits.of(codes, relevant), k).mean() == pytest.approx(theirs)


@settings(max_examples=40, deadline=None)
@given(st.lists(users, min_size=1, max_size=6), st.integers(1, ITEMS))
def test_no_measure_leaves_0_to_1_and_amazons_ndcg_is_never_below_the_textbooks(drawn, k):
    found = Hits.of(*tables(drawn))
    for measure in MEASURES.values():
        values = measure(found, k)
        assert ((values >= 0) & (values <= 1 + 1e-12)).all()
    assert (metrics.ndcg_of_hits(found, k) >= metrics.ndcg(found, k) - 1e-12).all()
