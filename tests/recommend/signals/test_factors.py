"""Taste as a whole, against a dense solve and against ALS itself."""

import numpy as np
import pytest

from lab_kit.recommend.models.als import ALS
from lab_kit.recommend.signals.bounds import Bounds
from lab_kit.recommend.signals.factors import LEAST, MEMORY, Factors
from tests.recommend.shops import full_shop
from tests.recommend.signals.questions import asked, each

SHOP = full_shop(5)


@pytest.fixture(scope="module")
def fitted():
    return Factors.fit(SHOP, Bounds(seed=3)), ALS(seed=3).fit(SHOP)


def slowly(als, some):
    """Each history folded in by itself: y' (Y'Y + rI)^-1 sum w_i y_i, weights of length 1."""
    factors = als.learned["factors"].astype(float)
    system = factors.T @ factors + als.regularisation * np.eye(factors.shape[1])
    rows = []
    for history in (some.histories[row] for row in range(len(some))):
        weights = np.zeros(len(factors))
        number = len(history)
        for position, item in enumerate(history.events.item):
            own = history.events.weight[position] / SHOP.events.weight.max()
            weights[item] = own * np.exp(-(number - 1 - position) / MEMORY)
        weights /= np.linalg.norm(weights)
        rows.append(factors @ np.linalg.solve(system, weights @ factors))
    return np.array(rows)


def test_a_history_is_folded_in_by_a_dense_solve(fitted):
    group, als = fitted
    some = asked(SHOP)
    np.testing.assert_allclose(each(group, some)[0], slowly(als, some), atol=2e-5)


def test_it_is_als_where_confidence_is_one(fitted):
    """With weights of 1 implicit's (c - 1) terms fall away, and ALS answers the same direction."""
    group, als = fitted
    view = SHOP.where(np.ones(len(SHOP), bool))
    view.events.weight[:] = 1
    own = ALS(tau=None, seed=3)
    own.items, own.learned = als.items, als.learned
    some = asked(view)
    some.recent.position[:] = 0  # nothing fades
    number = np.diff(some.recent.start)[:, None]
    found = each(group, some)[0] * np.sqrt(number)
    np.testing.assert_allclose(found, own._scores(view.histories()), atol=1e-4)


def test_unusual_is_against_the_mean_and_spread_of_everybody(fitted):
    group, _ = fitted
    plain, unusual = each(group, asked(SHOP))
    spread = plain.std(axis=0) + max(LEAST * plain.std(), 1e-30)
    np.testing.assert_allclose(unusual, (plain - plain.mean(axis=0)) / spread, atol=2e-3)
