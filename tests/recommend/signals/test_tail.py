"""Neighbours of rare items, against the formula and against EASE itself."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.models.ease import EASE
from lab_kit.recommend.signals.bounds import Bounds
from lab_kit.recommend.signals.tail import tail
from tests.recommend.shops import random_events


def slowly(view, kept, regularisation, least):
    """n_ij / (n_i + r), in words: users of both, weighted, over users of the first."""
    strength = view.strength().toarray().astype(float)
    users = (strength > 0).sum(axis=0)
    items = len(view.items)
    found = np.zeros((items, items))
    for i in range(items):
        for j in range(items):
            known = all(n in kept or users[n] >= least for n in (i, j))
            if i == j or not known or (i in kept and j in kept):
                continue
            both = sum(row[i] * row[j] for row in strength)
            found[i, j] = both / (sum(row[i] ** 2 for row in strength) + regularisation)
    return found


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 999), st.integers(1, 3), st.sampled_from([1.0, 20.0]), st.booleans())
def test_entries_are_those_of_the_formula(seed, least, regularisation, weighted):
    events = random_events(seed, 8, 9, 50)
    if weighted:
        events["weight"] = np.random.default_rng(seed).uniform(0.2, 3, 50)
    view = Interactions.from_frame(events)
    kept = np.sort(np.random.default_rng(seed).permutation(len(view.items))[:3])
    bounds = Bounds(min_count=least, neighbours=100)
    found = tail(view, kept, regularisation, bounds).toarray()
    np.testing.assert_allclose(found, slowly(view, kept, regularisation, least), atol=1e-6)


def test_rows_keep_their_largest_entries():
    view = Interactions.from_frame(random_events(2, 30, 12, 300))
    full = tail(view, np.arange(3), 5.0, Bounds(min_count=1, neighbours=100)).toarray()
    cut = tail(view, np.arange(3), 5.0, Bounds(min_count=1, neighbours=2)).toarray()
    for whole, part in zip(full, cut, strict=True):
        assert sorted(part[part > 0]) == sorted(np.sort(whole[whole > 0])[-2:])


def test_where_all_are_kept_nothing_is_left_to_do():
    view = Interactions.from_frame(random_events(3))
    assert tail(view, np.arange(len(view.items)), 5.0, Bounds(min_count=1)).nnz == 0


def test_it_is_ease_to_first_order():
    """The stronger the regularisation, the smaller the difference, by its square."""
    view = Interactions.from_frame(random_events(4, 20, 10, 60))
    errors = []
    for regularisation in (100.0, 1_000.0):
        exact = EASE(regularisation).fit(view).learned["table"]
        found = tail(view, np.zeros(0, int), regularisation, Bounds(min_count=1)).toarray()
        errors.append(np.abs(found - exact).max() * regularisation)
    assert errors[1] < errors[0] / 5
