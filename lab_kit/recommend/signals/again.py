"""Whether an item that was met before is wanted again.

Much of what people take they have taken before, and when they want it again depends on the item:
rice is bought every few weeks, a coat is not (Bhagat et al., Buy It Again: Modeling Repeat
Purchase Recommendations, KDD 2018).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from lab_kit.recommend.histories import Histories
from lab_kit.recommend.interactions import DAY, Interactions
from lab_kit.recommend.signals.taste import common_types

AGES = (2 / 24, 7.0, 28.0, 60.0)
"""Days: whether the last event with the item is younger."""
FADING = 10.0
"""In events."""
DUE = (0.5, 0.8, 1.2, 2.0, 5.0)
"""Time since an item was taken, in parts of the time after which it usually is taken again."""
EARLY = 0.25
"""An item is due after the time in which a quarter of those who take it again have done so."""
ANOTHER_DAY = 0.5
"""Days: what is taken again sooner belongs to the same occasion."""
DOUBT_GAPS, DOUBT_USERS = 5.0, 20.0
"""Gaps, and users, at which an item's own figure counts as much as what its attributes suggest."""


class Again:
    """Numbers of a pair of history and item; of most pairs they are 0.

    For all events, and for each of the commonest types: log(1 + events), fading with the newest,
    and whether it is younger than two hours, a week, four weeks, sixty days. For the time since the
    item was taken: in which part of its usual interval it lies, and the same times the log-odds of
    being taken again.

    Args:
        learned: As `fit` leaves it.
    """

    def __init__(self, learned: dict[str, Any]) -> None:
        self.learned = learned
        kinds = [" ".join(["any", *([] if n < 0 else [f"of type {n}"])]) for n in learned["kinds"]]
        ages = [f"younger than {days:g} days" for days in AGES]
        due = ["soon after", *(f"{part:g} of its interval" for part in DUE)]
        self.names = (
            *(f"{kind}: {what}" for kind in kinds for what in ("number", "fading", *ages)),
            *due,
            *(f"{part}, by odds" for part in due),
        )

    @classmethod
    def fit(cls, interactions: Interactions, taking: tuple[str, ...]) -> Again:
        """Learn which items are taken again, and when.

        Args:
            interactions: What to learn from.
            taking: Types of events that satisfy a wish; where none occurs, all do.
        """
        kind = interactions.events.kind
        wanted = [n for n, name in enumerate(interactions.event_types) if name in taking]
        taken = np.isin(kind, wanted)
        if not taken.any():
            wanted, taken = [], np.ones(len(kind), bool)
        interval, odds = _intervals(interactions, taken)
        return cls(
            {
                "kinds": np.array([-1, *common_types(interactions)], np.int64),
                "taking": np.array(wanted, np.int64),
                "interval": interval,
                "odds": odds,
            }
        )

    def __len__(self) -> int:
        return len(self.learned["interval"])

    def pairs(self, histories: Histories, depth: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Rows and items (pairs,), and (pairs, numbers) float32.

        Args:
            histories: Of n users.
            depth: How many events of each are looked at, the newest.
        """
        position = np.repeat(histories.start[1:], np.diff(histories.start))
        position = position - 1 - np.arange(len(histories.events))
        item = histories.events.item
        kept = np.flatnonzero((position < depth) & (item >= 0) & (item < len(self)))
        row, item, position = histories.row[kept], item[kept], position[kept]
        order = np.lexsort((item, row))
        kept, row, item, position = kept[order], row[order], item[order], position[order]
        new = np.ones(len(row), bool)
        new[1:] = (np.diff(row) > 0) | (np.diff(item) > 0)
        first = np.flatnonzero(new)
        if not len(first):
            return row, item, np.zeros((0, len(self.names)), np.float32)
        age = (histories.moment[row] - histories.events.time[kept]) / DAY
        kind = histories.events.kind[kept]
        numbers = [self._of_kind(n, kind, position, age, first) for n in self.learned["kinds"]]
        row, item = row[first], item[first]
        numbers.append(self._due(kind, age, first, item))
        return row, item, np.hstack(numbers).astype(np.float32)

    def _of_kind(
        self,
        wanted: int,
        kind: np.ndarray,
        position: np.ndarray,
        age: np.ndarray,
        first: np.ndarray,
    ) -> np.ndarray:
        """(pairs, numbers of a kind)."""
        of = np.ones(len(kind), bool) if wanted < 0 else kind == wanted
        each = [np.exp(-position / FADING), *(age < days for days in AGES)]
        newest = np.maximum.reduceat(np.stack(each, axis=1) * of[:, None], first, axis=0)
        number = np.add.reduceat(of.astype(np.float32), first)
        return np.column_stack([np.log1p(number), newest])

    def _due(
        self, kind: np.ndarray, age: np.ndarray, first: np.ndarray, item: np.ndarray
    ) -> np.ndarray:
        """(pairs, 2 x parts of an interval)."""
        taking = self.learned["taking"]
        of = np.isin(kind, taking) if len(taking) else np.ones(len(kind), bool)
        since = np.minimum.reduceat(np.where(of, age, np.inf), first)
        part = np.searchsorted(DUE, since / self.learned["interval"][item], side="right")
        found = (part[:, None] == np.arange(len(DUE) + 1)) & np.isfinite(since)[:, None]
        return np.hstack([found, found * self.learned["odds"][item, None]])


def _intervals(interactions: Interactions, taken: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(items,) float32 each: days until an item is due again, and its odds of being taken again.

    Odds are natural logarithms, less those of the mean item.
    """
    items, events = len(interactions.items), interactions.events
    place = np.flatnonzero(taken)
    pair = interactions.user[place].astype(np.int64) * items + events.item[place]
    order = np.lexsort((events.time[place], pair))
    pair, gap = pair[order], np.diff(events.time[place][order]) / DAY
    again = (np.diff(pair) == 0) & (gap > ANOTHER_DAY)
    buyers = np.bincount(np.unique(pair) % items, minlength=items)
    repeaters = np.bincount(np.unique(pair[1:][again]) % items, minlength=items)
    number, own = _early(pair[1:][again] % items, gap[again], items)
    table = _attributes(interactions)
    interval = np.exp(_shrunk(np.log(own), number, table, DOUBT_GAPS))
    share = (repeaters + 0.02) / (buyers + 1.0)
    odds = _shrunk(np.log(share / (1 - share)), buyers, table, DOUBT_USERS)
    odds -= np.average(odds, weights=buyers + 1e-9)
    return np.maximum(interval, ANOTHER_DAY).astype(np.float32), odds.astype(np.float32)


def _early(item: np.ndarray, gap: np.ndarray, items: int) -> tuple[np.ndarray, np.ndarray]:
    """(items,): number of gaps, and the one a quarter do not exceed; of all where it has none."""
    number = np.bincount(item, minlength=items)
    found = np.full(items, np.quantile(gap, EARLY) if len(gap) else 30.0)
    order = np.lexsort((gap, item))
    start = np.concatenate([[0], np.cumsum(number)])[:-1]
    some = number > 0
    found[some] = gap[order][(start + (EARLY * (number - 1)).astype(int))[some]]
    return number, found


def _attributes(interactions: Interactions) -> sp.csr_array:
    """(items, 1 + attributes): a column of ones, and what is known of the items."""
    items, known = len(interactions.items), interactions.item_attributes
    ones = sp.csr_array(np.ones((items, 1), np.float32))
    if known is None:
        return ones
    table = sp.csr_array(known.table)
    table.resize((items, table.shape[1]))
    return sp.csr_array(sp.hstack([ones, table]))


def _shrunk(own: np.ndarray, number: np.ndarray, table: sp.csr_array, doubt: float) -> np.ndarray:
    """Own figures, drawn towards what attributes suggest the more the fewer they rest on.

    Where attributes say nothing either, that is the mean of all observations.

    Args:
        own: (items,).
        number: (items,), how many observations each rests on.
        table: (items, attributes), regressed on (ridge, weighted by `number`).
        doubt: Observations at which both count the same.
    """
    usual = np.average(own, weights=number if number.any() else None)
    weighted = sp.diags_array(number.astype(float)) @ table
    gram = (table.T @ weighted).toarray()
    gram[np.diag_indices(len(gram))] += doubt
    suggested = usual + table @ np.linalg.solve(gram, weighted.T @ (own - usual))
    return (number * own + doubt * suggested) / (number + doubt)
