"""What the attributes of the items of a history say: taste, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.models.sequence import positions
from lab_kit.recommend.recency import Recency
from lab_kit.recommend.signals.bounds import Bounds
from lab_kit.recommend.signals.signals import Question, Signals, Weighted

TASTES = (20.0, 100.0)
"""Fading of the memories a taste is read from, in events."""
LAST = 1.0
"""Fading of the memory that says what comes next, in events."""
DOUBT = 3.0
"""In events: a taste read from so few counts half."""
MOST = 3.0
"""Logarithms of ratios further from 0 than this are cut to it."""
COLUMNS = 8
"""So many columns of attributes have a weight of their own, those known of most items."""
TYPES = 4
"""What follows is told apart by so many types of events, the commonest."""
MOST_TYPES = 2**15
"""Codes of event types are int16."""
REGULARISATION = 50.0
FUTURE = 3.0
"""Fading of the events after, when learning what comes next."""


class Taste(Signals):
    """score(item) = mean over its attributes of the log of how much commoner they are here.

    Here: among the items of the history, with a short memory, and with a long one, there each
    column of attributes by itself; or among those that usually follow events of this type with
    such attributes, by a linear sequence model of attributes (ridge regression of the attributes of
    what followed on those of what went before).
    """

    word = "attributes"

    def __init__(self, learned: dict[str, Any]) -> None:
        super().__init__(learned)
        scaled = sp.diags_array(1 / learned["number"], dtype=np.float32)
        self._mean = _narrow(sp.csr_array(scaled @ learned["table"]))
        self._attributes = _padded(learned["table"])
        self._rarity = learned["usual"].sum() / learned["usual"]
        self._place = np.zeros(MOST_TYPES + 1, np.int8)
        """By event type: 1, 2, ... for those told apart, 0 for others and, at -1, for none."""
        self._place[learned["kinds"]] = np.arange(1, len(learned["kinds"]) + 1)
        columns = (f"taste for {name}" for name in learned["columns"].tolist())
        self.names = ("taste, short memory", *columns, "attributes that follow")

    @classmethod
    def fit(cls, interactions: Interactions, bounds: Bounds) -> Taste | None:
        """Learn what is usual and what follows; None where no item has attributes."""
        known = interactions.item_attributes
        if known is None:
            return None
        items = len(interactions.items)
        table = sp.csr_array(known.table)
        table.resize((items, table.shape[1]))
        weight = interactions.relative_weight
        counts = np.bincount(interactions.events.item, weight, minlength=items) @ table
        used = np.flatnonzero(counts > 0)
        if not len(used):
            return None
        table = sp.csr_array(table[:, used])
        columns, column = _columns([known.column(int(place)) for place in used], table)
        found = cls(
            {
                "table": _narrow(table),
                "number": np.maximum(np.diff(table.indptr), 1).astype(np.float32),
                "usual": (counts[used] / weight.sum()).astype(np.float32),
                "columns": np.array(columns, dtype="U"),
                "column": column,
                "kinds": common_types(interactions),
            }
        )
        found.learned["next"] = found._following(
            interactions.some_users(bounds.following, bounds.seed)
        )
        return found

    def __len__(self) -> int:
        return len(self.learned["number"])

    def each(self, question: Question) -> Iterator[np.ndarray]:
        """(n, items) float32 a signal, in the order of the names."""
        short, long, follows = self._profiles(question.recent)
        yield self._of_items(short)
        for place in range(len(self.learned["columns"])):
            yield self._of_items(np.where(self.learned["column"] == place, long, 0))
        yield self._of_items(follows)

    def weighted(self, weights: np.ndarray) -> Weighted:
        """The weighted sum of the profiles is spread over the items once."""
        own = weights[1:-1][self.learned["column"]]

        def add(scores: np.ndarray, question: Question) -> None:
            short, long, follows = self._profiles(question.recent)
            scores += self._of_items(weights[0] * short + own * long + weights[-1] * follows)

        return add

    def _profiles(self, recent: Recency) -> list[np.ndarray]:
        """(n, attributes) each: what is liked, with a short and a long memory, and what follows."""
        usual = self.learned["usual"]
        number, width = len(recent), len(usual)
        attribute = self._attributes[recent.item]
        fading = recent.fading_each((*TASTES, LAST, LAST))
        # Side by side: a short and a long memory, the last event, and that of each type.
        block = np.empty(fading.shape, np.int64)
        block[:3] = [[0], [1], [2]]
        block[3] = 2 + self._place[recent.kind]
        fading[3, block[3] == 2] = 0
        blocks = 3 + len(self.learned["kinds"])
        if number > 1:
            block += recent.row * blocks
        block *= width + 1
        column = block[:, :, None] + attribute
        weight = np.repeat(fading.ravel(), attribute.shape[1])
        seen = np.bincount(column.ravel(), weight, minlength=number * blocks * (width + 1))
        seen = seen.reshape(number, blocks, width + 1)[:, :, :width]
        liked = seen[:, :2] / usual + DOUBT
        liked /= recent.totals(fading[:2]).T[:, :, None] + DOUBT
        short, long = _cut(np.log(liked)).swapaxes(0, 1)
        follows = seen[:, 2:].reshape(number, -1).astype(np.float32) @ self.learned["next"]
        total = np.abs(follows).sum(axis=1, keepdims=True)
        share = np.maximum(follows / np.where(total > 0, total, 1), 1e-6)
        level = _cut(np.log(share * self._rarity))
        return [short, long, np.where(total > 0, level, 0)]

    def _of_items(self, profiles: np.ndarray) -> np.ndarray:
        """(n, items) float32: mean of the profile over the attributes of each item."""
        profiles = profiles.astype(np.float32)
        if len(profiles) == 1:  # scipy is faster with a vector
            return (self._mean @ profiles[0])[None]
        return (self._mean @ profiles.T).T

    def _following(self, drawn: Interactions) -> np.ndarray:
        """(attributes x (1 + types), attributes) float32: what follows any event, and each type."""
        events, table = drawn.events, self.learned["table"]
        items, width = table.shape
        kinds = len(self.learned["kinds"]) + 1
        # An item met in an event of a type stands for its attributes, and once more for those of
        # the type: row p of `block` says which parts of the inputs are filled.
        block = np.eye(kinds, dtype=np.float32)
        block[:, 0] = 1
        inputs = sp.csr_array(sp.kron(block, table))
        plain = sp.csr_array(sp.vstack([table] * kinds))
        gram, cross = np.zeros((width * kinds,) * 2), np.zeros((width * kinds, width))
        for _, (before, after) in positions(
            events.item + items * self._place[events.kind].astype(np.int64),
            drawn.relative_weight,
            drawn.start,
            items * kinds,
            LAST,
            FUTURE,
        ):
            past = before @ inputs
            gram += (past.T @ past).toarray()
            cross += (past.T @ (after @ plain)).toarray()
        gram[np.diag_indices(len(gram))] += REGULARISATION
        return np.linalg.solve(gram, cross).astype(np.float32)


def _columns(names: list[str], table: sp.csr_array) -> tuple[list[str], np.ndarray]:
    """Columns of attributes that have a weight of their own, and the place of each attribute."""
    code, found = pd.factorize(np.array(names, dtype=object))
    held = np.bincount(code[table.indices], minlength=len(found))
    order = np.argsort(-held, kind="stable")
    if len(found) <= COLUMNS:
        return list(found), code
    place = np.full(len(found), COLUMNS - 1)
    place[order[: COLUMNS - 1]] = np.arange(COLUMNS - 1)
    return [*(str(found[n]) for n in order[: COLUMNS - 1]), "others"], place[code]


def common_types(interactions: Interactions) -> np.ndarray:
    """Codes of the commonest event types; none where there is only one."""
    kind = interactions.events.kind
    counts = np.bincount(kind[kind >= 0], minlength=len(interactions.event_types))
    common = np.argsort(-counts, kind="stable")[:TYPES]
    return common[counts[common] > 0] if (counts > 0).sum() > 1 else common[:0]


def _narrow(table: sp.csr_array) -> sp.csr_array:
    """The same in less memory, which takes less time to read: scipy often makes indices int64."""
    kind = sp.get_index_dtype(maxval=max(table.nnz, *table.shape))
    entries = (table.data, table.indices.astype(kind), table.indptr.astype(kind))
    return sp.csr_array(entries, shape=table.shape)


def _padded(table: sp.csr_array) -> np.ndarray:
    """(items, m) int32: the attributes of each item, then one that is none: the table's width."""
    length = np.diff(table.indptr)
    found = np.full((table.shape[0], max(1, length.max(initial=0))), table.shape[1], np.int32)
    found[np.arange(found.shape[1]) < length[:, None]] = table.indices
    return found


def _cut(levels: np.ndarray) -> np.ndarray:
    """Levels no further from 0 than MOST."""
    return np.minimum(np.maximum(levels, -MOST), MOST)
