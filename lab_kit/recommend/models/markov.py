"""Markov: what usually follows, counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.sparse as sp

from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.model import Progress
from lab_kit.recommend.models.item_to_item import ItemToItem


@dataclass(eq=False, repr=False)
class Markov(ItemToItem):
    """table[i, j] = c_ij / (sum of c_i + smoothing), c_ij = sum of exp(-(lag - 1) / future).

    The sum runs over all pairs of events of one user in which j comes `lag` events after i,
    lag = 1 to `lags`. An item that follows itself is not counted.
    """

    name: ClassVar[str] = "Markov"
    paper: ClassVar[str] = (
        "Shani, Heckerman & Brafman, An MDP-Based Recommender System, JMLR 6, 2005 (skipping)"
    )

    lags: int = 20
    """How many events after an item are counted."""
    future: float = 3.0
    """How fast what comes after an item fades, in events."""
    smoothing: float = 1.0
    """0 or more: transitions from an item that are seen less often than this count less."""
    tau: float | None = 3.0

    def _learn(self, interactions: Interactions, progress: Progress) -> None:
        counts = self._counts(interactions, progress)
        total = counts.sum(axis=1) + self.smoothing
        row = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        counts.data = (counts.data / total[row]).astype(np.float32)
        self.learned["table"] = counts

    def _counts(self, interactions: Interactions, progress: Progress) -> sp.csr_array:
        """(items, items): how often the second came after the first, fading with the lag."""
        item, user = interactions.events.item, interactions.user
        shape = (len(self.items),) * 2
        counts = sp.csr_array(shape, dtype=np.float32)
        for lag in range(1, min(self.lags, len(item) - 1) + 1):
            before, after = item[:-lag], item[lag:]
            follows = (user[:-lag] == user[lag:]) & (before != after)
            worth = np.full(int(follows.sum()), np.exp((1 - lag) / self.future), np.float32)
            counts = counts + sp.csr_array((worth, (before[follows], after[follows])), shape=shape)
            progress(lag / self.lags, "Markov: counting")
        return sp.csr_array(counts)
