"""Trending: what is about to be taken more often than usual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.sparse as sp

from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.model import Progress
from lab_kit.recommend.models.popularity import SameForAll

HOUR = 3_600_000
"""Milliseconds."""


@dataclass(eq=False, repr=False)
class Trending(SameForAll):
    """score(item) = predicted different users in the next interval - its mean per interval.

    The prediction is a ridge regression on the item's counts in the last `intervals` intervals,
    fitted on all items and all earlier windows of the data; the mean is that of the whole data.
    The last interval ends with the newest event. The difference is ranked, not the quotient: what
    is wanted are the items whose counts rise most, and quotients favour items with hardly any.
    """

    name: ClassVar[str] = "trending"
    paper: ClassVar[str] = (
        "Hoerl & Kennard, Ridge Regression, Technometrics 12(1), 1970, on counts by interval"
    )

    interval_hours: float = 24.0
    """Length of an interval."""
    intervals: int = 8
    """How many intervals the next one is predicted from."""
    regularisation: float = 1.0
    """Above 0: the higher, the smaller the coefficients."""

    def _learn(self, interactions: Interactions, progress: Progress) -> None:
        counts = self._counts(interactions)
        progress(0.5, "trending: predicting")
        total = np.asarray(counts.sum(axis=0)).ravel()
        lags = min(self.intervals, counts.shape[0] - 1)
        if lags == 0:
            self.learned["popularity"] = total.astype(np.float32)
            return
        coefficients = ridge(counts, lags, self.regularisation)
        recent = counts[::-1][:lags].toarray()
        predicted = coefficients[0] + coefficients[1:] @ recent
        increase = predicted - total / counts.shape[0]
        self.learned["popularity"] = increase.astype(np.float32)

    def _counts(self, interactions: Interactions) -> sp.csr_array:
        """(intervals, items) float64: different users, oldest first; the last ends with the data.

        An older interval that the data does not fill is left out, unless it is the only one.
        """
        events, length = interactions.events, max(1, round(self.interval_hours * HOUR))
        age = (interactions.latest - events.time) // length
        number = max(1, int(interactions.latest - events.time.min() + 1) // length)
        kept = age < number
        users, items = len(interactions.users), len(interactions.items)
        cell = (number - 1 - age[kept]) * items + events.item[kept]
        pairs = np.unique(cell * users + interactions.user[kept]) // users
        ones = np.ones(len(pairs))
        return sp.csr_array((ones, (pairs // items, pairs % items)), shape=(number, items))


def ridge(counts: sp.csr_array, lags: int, regularisation: float) -> np.ndarray:
    """(1 + lags,): intercept and coefficients of the counts 1, 2, ... intervals before.

    One row of the regression an item and an interval that has `lags` intervals before it, solved
    by the normal equations. The intercept is not shrunk.
    """
    number, items = counts.shape
    shifted = [counts[lags - lag : number - lag] for lag in range(lags + 1)]
    gram = np.empty((lags + 1, lags + 1))
    cross = np.array([part.multiply(shifted[0]).sum() for part in shifted])
    for row, one in enumerate(shifted):
        for column, other in enumerate(shifted[: row + 1]):
            gram[row, column] = gram[column, row] = one.multiply(other).sum()
    # In the place of the target, which is no feature, stands the intercept.
    gram[0] = gram[:, 0] = [part.sum() for part in shifted]
    gram[0, 0], cross[0] = (number - lags) * items, shifted[0].sum()
    gram[1:, 1:] += regularisation * np.eye(lags)
    return np.linalg.solve(gram, cross)
