"""When an item is taken up again after it was taken: a curve over time for each item.

A discrete hazard (Allison, Discrete-time methods for the analysis of event histories, 1982): of the
later visits of a user so long after taking an item, on how many did they turn to it again? Visits
after which nothing is known yet count as visits without it, so rare buyers do not look fast.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from lab_kit.recommend.interactions import DAY, Interactions

EDGES = np.array([1.0, 3.0, 7.0, 14.0, 21.0, 30.0, 45.0, 60.0, 90.0])
"""Days since an item was taken: where a part of the curve ends and the next begins."""
CENTRES = np.array([0.5, 2.0, 5.0, 10.0, 17.0, 25.0, 37.0, 52.0, 73.0, 110.0])
"""Days for which a part of the curve stands; between them it is drawn straight over log(days)."""
DOUBT = 10.0
"""Returns at which an item's own curve counts as much as what its attributes suggest."""
MOST = 3_000_000
"""So many visits after a taking are looked at, at most."""


def hazards(interactions: Interactions, taken: np.ndarray) -> np.ndarray:
    """(items, parts) float32: log of how much more often a visit turns to the item than any visit.

    A visit later than the next taking says nothing of the first one. An item's own curve is drawn
    towards the one that items with such attributes have (ridge regression), the more the fewer
    returns it rests on.

    Args:
        interactions: What to learn from.
        taken: (events,) bool: those that take an item.
    """
    items, parts = len(interactions.items), len(CENTRES)
    visit, begin, of_user = interactions.visits()
    # Every visit and item once, as visit x items + item.
    met = np.unique(visit * items + interactions.events.item)
    rate = np.bincount(met % items, minlength=items) / max(1, len(begin))
    item, gap, again = _later_visits(interactions, taken, met, visit, begin, of_user)
    cell = item * parts + np.searchsorted(EDGES, gap)
    visits = np.bincount(cell, minlength=items * parts).reshape(items, parts)
    returns = np.bincount(cell, again, minlength=items * parts).reshape(items, parts)
    usual = visits * rate[:, None]
    level = (returns.sum(axis=0) + 1) / (usual.sum(axis=0) + 1)
    foreseen = usual * level
    table = _attributes(interactions)
    found = np.empty((items, parts), np.float32)
    for part in range(parts):
        own = np.log((returns[:, part] + 0.5) / (foreseen[:, part] + 0.5))
        found[:, part] = np.log(level[part]) + shrunk(own, foreseen[:, part], table, DOUBT)
    return found


def at(curves: np.ndarray, item: np.ndarray, days: np.ndarray) -> np.ndarray:
    """(n,) float32: the curves of some items at so many days after they were taken.

    Args:
        curves: As `hazards` gives them.
        item: (n,) codes.
        days: (n,), 0 or more; infinity where the item was not taken, which gives 0.
    """
    centres, known = np.log(CENTRES), np.isfinite(days)
    since = np.log(np.maximum(days, CENTRES[0]), where=known, out=np.zeros(len(days)))
    right = np.clip(np.searchsorted(centres, since), 1, len(centres) - 1)
    way = (since - centres[right - 1]) / (centres[right] - centres[right - 1])
    way = np.clip(way, 0, 1)
    found = (1 - way) * curves[item, right - 1] + way * curves[item, right]
    return np.where(known, found, 0).astype(np.float32)


def shrunk(own: np.ndarray, number: np.ndarray, table: sp.csr_array, doubt: float) -> np.ndarray:
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


def _later_visits(
    interactions: Interactions,
    taken: np.ndarray,
    met: np.ndarray,
    visit: np.ndarray,
    begin: np.ndarray,
    of_user: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(n,) each: item that was taken, days from then to a later visit, whether it is met there."""
    items = len(interactions.items)
    pair = interactions.user[taken].astype(np.int64) * items + interactions.events.item[taken]
    pair, first = np.unique(np.stack([pair, visit[taken]]), axis=1)
    # Up to the visit on which it is taken again, or to the user's last one.
    last = of_user[pair // items + 1] - 1
    same = pair[1:] == pair[:-1]
    last[:-1][same] = first[1:][same]
    number = last - first
    if number.sum() > MOST:
        # A draw that is the same for the same data: every n-th taking.
        kept = np.linspace(0, len(pair) - 1, int(len(pair) * MOST / number.sum())).astype(int)
        pair, first, number = pair[kept], first[kept], number[kept]
    row = np.repeat(np.arange(len(pair)), number)
    later = first[row] + 1 + np.arange(len(row)) - np.repeat(np.cumsum(number) - number, number)
    item = pair[row] % items
    asked = later * items + item
    place = np.minimum(np.searchsorted(met, asked), len(met) - 1)
    return item, (begin[later] - begin[first[row]]) / DAY, met[place] == asked


def _attributes(interactions: Interactions) -> sp.csr_array:
    """(items, attributes): what is known of the items; a column of zeros where nothing is."""
    items, known = len(interactions.items), interactions.item_attributes
    if known is None or not known.table.shape[1]:
        return sp.csr_array((items, 1), dtype=np.float32)
    table = sp.csr_array(known.table)
    table.resize((items, table.shape[1]))
    return table
