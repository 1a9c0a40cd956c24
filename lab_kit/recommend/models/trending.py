"""Trending: what is about to be taken more often than usual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.sparse as sp

from lab_kit.recommend.interactions import HOUR, Interactions
from lab_kit.recommend.model import Progress
from lab_kit.recommend.models.popularity import SameForAll

HALF_LIVES = (1, 2, 4, 8, 16)
"""In intervals: how fast the past fades in each of the smoothed counts."""
LEARNT_FROM = 400
"""The last so many intervals say how counts go on."""


@dataclass(eq=False, repr=False)
class Trending(SameForAll):
    """score(item) = different users in the next interval, predicted - users an interval, usually.

    The prediction is a ridge regression on the item's counts so far, smoothed exponentially with
    half-lives of 1 to 16 intervals; it is fitted on all items and the last 400 intervals, the last
    of which ends with the newest event. Usual is the mean of the last `usual_days`. The difference
    is ranked, not the quotient: wanted are the items whose counts rise most, and quotients favour
    items with hardly any.

    With `usual_days` as long as one interval the increase is that since the last interval, as
    Amazon Personalize measures it. Such lists are largely items that had a bad day: what is gained
    is that chance does not strike twice.
    """

    name: ClassVar[str] = "trending"
    paper: ClassVar[str] = (
        "Brown, Smoothing, Forecasting and Prediction of Discrete Time Series, 1963; Hoerl & "
        "Kennard, Ridge Regression, Technometrics 12(1), 1970"
    )

    interval_hours: float = 24.0
    """Length of an interval."""
    usual_days: float = 56.0
    """How far back the usual number of users is taken from; all there is where that is less."""
    regularisation: float = 1.0
    """Above 0: the higher, the smaller the coefficients."""

    def _learn(self, interactions: Interactions, progress: Progress) -> None:
        counts = self._counts(interactions)
        progress(0.5, "trending: predicting")
        if counts.shape[0] == 1:
            self.learned["popularity"] = counts.toarray()[0].astype(np.float32)
            return
        last = max(1, round(self.usual_days * 24 / self.interval_hours))
        recent = counts[max(0, counts.shape[0] - last) :]
        usual = np.asarray(recent.sum(axis=0)).ravel() / recent.shape[0]
        increase = forecast(counts, self.regularisation) - usual
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


def forecast(counts: sp.csr_array, regularisation: float) -> np.ndarray:
    """(items,): the counts of the next interval.

    Args:
        counts: (intervals, items), oldest first, at least two intervals.
        regularisation: Above 0; the intercept is not shrunk.
    """
    counts = counts[max(0, counts.shape[0] - LEARNT_FROM) :]
    number, items = counts.shape
    kept = 0.5 ** (1 / np.array(HALF_LIVES))[:, None]
    # In the first rows levels are means of hardly anything; a quarter is enough to begin with.
    begun = min(number // 4, HALF_LIVES[-1])
    sums, weight = np.zeros((len(HALF_LIVES), items)), np.zeros((len(HALF_LIVES), 1))
    gram, cross = np.zeros((len(sums) + 1,) * 2), np.zeros(len(sums) + 1)
    levels = np.ones((len(sums) + 1, items))
    for time in range(number):
        count = counts[[time]].toarray()[0]
        if time > begun:
            gram += levels @ levels.T
            cross += levels @ count
        sums, weight = kept * sums + count, kept * weight + 1
        levels[:-1] = sums / weight
    gram[np.diag_indices(len(sums))] += regularisation
    return np.linalg.solve(gram, cross) @ levels
