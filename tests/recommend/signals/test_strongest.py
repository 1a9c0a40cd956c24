"""Tables cut to their strongest entries, against the full table cut slowly."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.recommend.signals import strongest as module
from lab_kit.recommend.signals.strongest import Strongest, strongest

sizes = st.tuples(st.integers(0, 999), st.integers(1, 20), st.integers(1, 25))


def cut_slowly(table, count):
    """Everything but the `count` entries of each row that differ most from 0 becomes 0."""
    found = np.zeros_like(table)
    for row, values in enumerate(table):
        for column in sorted(range(len(values)), key=lambda n: -abs(values[n]))[:count]:
            found[row, column] = values[column]
    return found


@settings(max_examples=60, deadline=None)
@given(sizes)
def test_a_dense_table_is_cut_row_by_row_and_put_at_its_items(size):
    seed, width, count = size
    rng = np.random.default_rng(seed)
    items = width + int(rng.integers(0, 5))
    codes = np.sort(rng.permutation(items)[:width])
    table = rng.normal(size=(width, width)).astype(np.float32)
    expected = np.zeros((items, items), np.float32)
    expected[np.ix_(codes, codes)] = cut_slowly(table, count)
    found = strongest(table, codes, items, count)
    np.testing.assert_array_equal(found.toarray(), expected)
    assert np.diff(found.indptr).max() <= count


def test_blocks_of_rows_change_nothing(monkeypatch):
    table = np.random.default_rng(0).normal(size=(9, 9)).astype(np.float32)
    whole = strongest(table, np.arange(9), 9, 4).toarray()
    monkeypatch.setattr(module, "BLOCK", 2)
    np.testing.assert_array_equal(strongest(table, np.arange(9), 9, 4).toarray(), whole)


@settings(max_examples=60, deadline=None)
@given(sizes, st.floats(0, 1))
def test_a_table_of_fixed_width_is_the_sparse_one_cut(size, filled):
    seed, items, count = size
    table = sp.random_array(
        (items, items), density=filled, rng=seed, dtype=np.float32, format="csr"
    )
    table.data -= np.float32(0.5)
    dense = cut_slowly(table.toarray(), count)
    found = Strongest.of(sp.csr_array(table), count)
    assert found.items == items
    assert found.column.shape[1] <= max(1, count)
    for item in range(items):
        np.testing.assert_allclose(found.row(item), dense[item], atol=1e-6)
        everything = np.arange(items)
        np.testing.assert_allclose(found.entries(everything, item), dense[:, item], atol=1e-6)
    rng = np.random.default_rng(seed)
    asked, weights = rng.integers(0, items, 6), rng.normal(size=6).astype(np.float32)
    for ours, way in zip(found.sums(asked, weights, -2 * weights), (1, -2), strict=True):
        np.testing.assert_allclose(ours, way * weights @ dense[asked], atol=1e-5)


@pytest.mark.parametrize("count", [1, 3])
def test_by_hand(count):
    table = sp.csr_array(np.array([[0, -5, 2, 1], [0, 0, 0, 0], [3, 4, 0, 0], [0, 0, 0, 7]], "f4"))
    found = Strongest.of(table, count)
    assert found.row(0).tolist() == ([0, -5, 0, 0] if count == 1 else [0, -5, 2, 1])
    assert found.row(1).tolist() == [0, 0, 0, 0]
    assert found.row(2).tolist() == ([0, 4, 0, 0] if count == 1 else [3, 4, 0, 0])
    assert found.entries(np.array([0, 2]), 1).tolist() == [-5, 4]
    (nothing,) = found.sums(np.zeros(0, int), np.zeros(0, np.float32))
    assert nothing.tolist() == [0, 0, 0, 0]
