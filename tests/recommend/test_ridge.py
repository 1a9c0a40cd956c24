"""Conjugate gradients against the solution of the dense system."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.recommend.ridge import Ridge

shapes = st.tuples(st.integers(0, 999), st.integers(1, 30), st.integers(1, 20))


def random_rows(shape):
    seed, rows, columns = shape
    rng = np.random.default_rng(seed)
    table = sp.random_array((rows, columns), density=0.3, rng=rng, dtype=np.float32)
    return sp.csr_array(table), rng


@settings(max_examples=60, deadline=None)
@given(shapes, st.sampled_from([0.1, 3.0, 200.0]), st.booleans())
def test_it_solves_the_normal_equations(shape, regularisation, weighted):
    rows, rng = random_rows(shape)
    weights = rng.uniform(0, 3, rows.shape[0]) if weighted else None
    sides = rng.normal(size=(rows.shape[1], 4))
    sides[:, 1] = 0
    dense = rows.toarray().astype(float)
    system = dense.T @ (dense if weights is None else weights[:, None] * dense)
    system += regularisation * np.eye(len(system))
    found = Ridge(rows, regularisation, weights).solve(sides)
    exact = np.linalg.solve(system, sides)
    # What is left of a side is at most a thousandth of it; the rest follows from the system.
    left = np.linalg.norm(system @ found - sides, axis=0)
    assert (left <= 1.1e-3 * np.linalg.norm(sides, axis=0) + 1e-6).all()
    np.testing.assert_allclose(found, exact, atol=3e-3 * np.abs(exact).max() * len(system))
    np.testing.assert_array_equal(found[:, 1], 0)


def test_the_diagonal_of_the_inverse_is_estimated_to_a_few_percent_and_stays_in_its_bounds():
    rows, _ = random_rows((5, 200, 40))
    dense = rows.toarray().astype(float)
    exact = np.linalg.inv(dense.T @ dense + 2 * np.eye(40)).diagonal()
    ridge = Ridge(rows, 2.0)
    found = ridge.inverse_diagonal(400, seed=0)
    np.testing.assert_allclose(found, exact, rtol=0.1)
    assert np.abs(found / exact - 1).mean() < 0.03
    assert (found >= 1 / ridge.diagonal).all()
    assert (found <= 0.5).all()
    np.testing.assert_array_equal(found, ridge.inverse_diagonal(400, seed=0))
    few = ridge.inverse_diagonal(1, seed=1)
    assert ((few >= 1 / ridge.diagonal) & (few <= 0.5)).all()


@pytest.mark.parametrize("shape", [(0, 1, 1), (1, 5, 1), (2, 1, 5)])
def test_the_smallest_systems(shape):
    rows, _ = random_rows(shape)
    found = Ridge(rows, 1.0).solve(np.ones((rows.shape[1], 1)))
    dense = rows.toarray().astype(float)
    exact = np.linalg.solve(dense.T @ dense + np.eye(rows.shape[1]), np.ones((rows.shape[1], 1)))
    np.testing.assert_allclose(found, exact, atol=2e-3)
