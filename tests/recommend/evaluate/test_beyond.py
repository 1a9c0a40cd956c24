"""Breadth, novelty and variety of lists: by eye, and pair by pair."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.recommend.evaluate import beyond
from tests.recommend.shops import interactions


def test_coverage_counts_each_item_once():
    assert beyond.coverage(np.array([[0, 1], [1, -1], [0, 1]]), items=8) == 2 / 8
    assert beyond.coverage(np.empty((0, 3), int), items=8) == 0


def test_an_item_of_half_the_users_says_one_bit_and_an_unknown_one_as_much_as_one_of_one_user():
    bits = beyond.self_information(np.array([4.0, 8.0, 1.0, 0.0]), users=8)
    assert bits.tolist() == [1, 0, 3, 3]
    lists = np.array([[0, 1], [2, -1], [-1, -1]])
    assert beyond.novelty(lists, bits)[:2].tolist() == [0.5, 3]
    assert np.isnan(beyond.novelty(lists, bits)[2])


def test_a_list_of_one_kind_is_not_varied_at_all_and_one_of_two_kinds_is_half():
    """Items 0 and 1 have the same attribute, 2 another, 3 none."""
    vectors = sp.csr_array(np.array([[1, 0], [2, 0], [0, 5], [0, 0]], float))
    lists = np.array([[0, 1, -1], [0, 2, -1], [0, 1, 2], [0, 3, -1], [2, -1, -1]])
    found = beyond.diversity(lists, vectors)
    np.testing.assert_allclose(found[:4], [0, 1, 2 / 3, 1])
    assert np.isnan(found[4])


tables = st.integers(1, 6).flatmap(
    lambda columns: st.lists(
        st.lists(st.integers(0, 3), min_size=columns, max_size=columns), min_size=5, max_size=5
    )
)


@settings(max_examples=60, deadline=None)
@given(tables, st.lists(st.permutations(range(5)), min_size=1, max_size=4), st.integers(2, 5))
def test_diversity_is_the_mean_over_all_pairs(table, rankings, length):
    vectors = np.array(table, float)
    lists = np.array(rankings)[:, :length]

    def apart(one, other):
        size = np.linalg.norm(vectors[one]) * np.linalg.norm(vectors[other])
        return 1 - (vectors[one] @ vectors[other] / size if size else 0)

    slow = [np.mean([apart(*pair) for pair in combinations(ranking, 2)]) for ranking in lists]
    np.testing.assert_allclose(beyond.diversity(lists, sp.csr_array(vectors)), slow, atol=1e-9)


def test_lists_are_measured_in_pieces(monkeypatch):
    rng = np.random.default_rng(0)
    vectors = sp.csr_array(rng.integers(0, 3, (20, 6)).astype(float))
    lists = np.array([rng.permutation(20)[:5] for _ in range(17)])
    whole = beyond.diversity(lists, vectors)
    monkeypatch.setattr(beyond, "ENTRIES", 40)
    np.testing.assert_allclose(beyond.diversity(lists, vectors), whole)


def test_items_are_described_by_attributes_or_else_by_who_took_them():
    rows = [("a", "x", 1), ("a", "y", 2), ("b", "x", 3), ("b", "x", 4)]
    vectors, words = beyond.described(interactions(*rows))
    assert words == "users in common"
    view = interactions(*rows)
    assert vectors[view.items.codes(["x", "y"])].toarray().sum(axis=1).tolist() == [2, 1]
    items = pd.DataFrame({"item_id": ["x", "y"], "genre": ["War", "Comedy"]})
    vectors, words = beyond.described(interactions(*rows, items=items))
    assert words == "attributes"
    assert vectors.shape == (2, 2)
    assert beyond.diversity(np.array([[0, 1]]), vectors)[0] == pytest.approx(1)
