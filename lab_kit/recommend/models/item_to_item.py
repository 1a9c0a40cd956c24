"""What all models share whose score is a history times a table of items."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import scipy.sparse as sp

from lab_kit.recommend.histories import Histories, History
from lab_kit.recommend.model import Model


class ItemToItem(Model):
    """score(history) = weights of the history's items x table.

    The table is `learned["table"]`, dense (C order: a row is read at a stretch) or CSR, of the
    items in `learned["kept"]`, or of all items where that is absent. Contributions are exact: each
    item of the history adds its weight times its entry.
    """

    tau: float | None
    """How fast a history fades, in events (`Histories.weights`); None: not at all."""
    how: ClassVar[str] = (
        "The score is a sum over the history: the weight of each item times its entry in the table."
    )

    def _weights(self, histories: Histories) -> sp.csr_array:
        weights = histories.weights(len(self.items), self.tau)
        kept = self.learned.get("kept")
        return weights if kept is None else _columns(weights, self.learned["place"], len(kept))

    def _scores(self, histories: Histories) -> np.ndarray:
        return self._spread(product(self._weights(histories), self.learned["table"]))

    def _spread(self, scores: np.ndarray) -> np.ndarray:
        """(n, items) float32: from the items of the table to all; the others have score 0."""
        kept = self.learned.get("kept")
        if kept is None:
            return scores
        full = np.zeros((len(scores), len(self.items)), np.float32)
        full[:, kept] = scores
        return full

    @property
    def kept(self) -> np.ndarray:
        """(m,): codes of the items in the table, rising."""
        return self.learned.get("kept", np.arange(len(self.items)))

    def _keep(self, kept: np.ndarray) -> None:
        """Give a place in the table to these items only."""
        if len(kept) < len(self.items):
            place = np.full(len(self.items), -1, np.int32)
            place[kept] = np.arange(len(kept))
            self.learned |= {"kept": kept, "place": place}

    def _contributions(self, history: History, item: int) -> tuple[sp.csr_array, np.ndarray] | None:
        weights = self._weights(Histories.of([history]))
        kept, column = self.learned.get("kept"), item
        if kept is not None:
            column = int(self.learned["place"][item])
        if column < 0:
            return None
        table = self.learned["table"]
        entries = (
            table[weights.indices][:, [column]].toarray()[:, 0]
            if sp.issparse(table)
            else table[weights.indices, column]
        )
        parts = weights.data * entries
        if kept is not None:
            weights = sp.csr_array(
                (weights.data, kept[weights.indices], weights.indptr), shape=(1, len(self.items))
            )
        return weights, parts


def common(counts: np.ndarray, min_count: int, most: int | None) -> np.ndarray:
    """Codes of the items that get a place in a table, rising.

    Args:
        counts: (items,), how common each is.
        min_count: What is rarer has none.
        most: At most so many have one, the commonest; of equally common ones the smaller codes.
            None: all of them.
    """
    order = np.argsort(-counts, kind="stable")[: len(counts) if most is None else most]
    return np.sort(order[counts[order] >= min_count])


def product(weights: sp.csr_array, table: np.ndarray | sp.csr_array) -> np.ndarray:
    """(n, items) float32: `weights @ table`, dense."""
    if sp.issparse(table):
        return np.asarray((weights @ table).todense(), np.float32)
    return weights @ table


def _columns(weights: sp.csr_array, place: np.ndarray, width: int) -> sp.csr_array:
    """The columns that have a place, in its order."""
    column = place[weights.indices]
    there = column >= 0
    before = np.concatenate([[0], np.cumsum(there)])
    return sp.csr_array(
        (weights.data[there], column[there], before[weights.indptr]),
        shape=(weights.shape[0], width),
    )
