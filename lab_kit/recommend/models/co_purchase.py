"""CoPurchase: what lies in the same baskets more often than chance would have it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.sparse as sp

from lab_kit.recommend.interactions import HOUR, Interactions
from lab_kit.recommend.model import Progress
from lab_kit.recommend.models.item_knn import binary, nearest_rows
from lab_kit.recommend.models.item_to_item import ItemToItem


@dataclass(eq=False, repr=False)
class CoPurchase(ItemToItem):
    """table[a, b] = log lift(a, b) n_ab / (n_ab + shrinkage), where the lift is above 1.

    lift(a, b) = P(a, b) / (P(a) P(b)) = n_ab N / (n_a n_b), with N baskets, n_a of them with a and
    n_ab with both. A basket is what one user took without a pause longer than `gap_hours`.
    """

    name: ClassVar[str] = "co-purchase"
    paper: ClassVar[str] = (
        "Brin, Motwani, Ullman & Tsur, Dynamic Itemset Counting and Implication Rules for Market "
        "Basket Data, SIGMOD 1997 (lift, there called interest)"
    )

    event_types: tuple[str, ...] | None = ("Purchase",)
    """Only these events make baskets; None, or where none of them occurs: all events."""
    min_count: int = 3
    """Pairs in fewer baskets are left out."""
    gap_hours: float = 1.0
    """A pause longer than this begins a new basket."""
    shrinkage: float = 10.0
    """In baskets: with so many in common a pair counts half its log lift."""
    tau: float | None = 6.0

    def _learn(self, interactions: Interactions, progress: Progress) -> None:
        ones = self._baskets(interactions)
        in_all = np.maximum(np.bincount(ones.indices, minlength=len(self.items)), 1)
        transposed = sp.csr_array(ones.T)

        def rows(first: int, last: int) -> sp.csr_array:
            both = (transposed[first:last] @ ones).tocoo()
            chance = in_all[both.row + first] * in_all[both.col] / ones.shape[0]
            values = np.log(both.data / chance) * both.data / (both.data + self.shrinkage)
            values[both.data < self.min_count] = 0
            return sp.csr_array((values, (both.row, both.col)), shape=both.shape)

        self.learned["table"] = nearest_rows(rows, len(self.items), len(self.items), progress)

    def _baskets(self, interactions: Interactions) -> sp.csr_array:
        """(baskets, items): 1 where the item is in the basket."""
        chosen = self._chosen(interactions)
        user, time = interactions.user[chosen], interactions.events.time[chosen]
        pause = np.diff(time) > self.gap_hours * HOUR
        basket = np.concatenate([[0], np.cumsum((np.diff(user) > 0) | pause)])
        item = interactions.events.item[chosen]
        ones = np.ones(len(item), np.float32)
        table = sp.csr_array((ones, (basket, item)), shape=(basket[-1] + 1, len(self.items)))
        return binary(table)

    def _chosen(self, interactions: Interactions) -> np.ndarray:
        """(events,) bool: the events that make baskets."""
        kind, names = interactions.events.kind, interactions.event_types
        wanted = [n for n, name in enumerate(names) if name in (self.event_types or ())]
        chosen = np.isin(kind, wanted)
        return chosen if chosen.any() else np.ones(len(kind), bool)
