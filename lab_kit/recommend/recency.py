"""How long ago each item of a history was met: in events, in visits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from lab_kit.recommend.events import places, spans

if TYPE_CHECKING:
    from lab_kit.recommend.histories import Histories

VISIT_GAP = 2 * 3_600_000
"""Milliseconds: after a longer pause, what follows is another visit."""


@dataclass(frozen=True, eq=False)
class Recency:
    """The distinct items of n histories, each at its newest event.

    An item that comes more than once counts as much as its newest event.
    """

    start: np.ndarray
    """int64, (n + 1,): where the items of each history begin."""
    item: np.ndarray
    """int32, rising within a history."""
    position: np.ndarray
    """int64: how many events came after it."""
    visit: np.ndarray
    """int64: how many visits came after that of the event."""
    weight: np.ndarray
    """float32: weight of the event."""
    kind: np.ndarray
    """int16: type of the event, -1 where it has none."""

    def __len__(self) -> int:
        return len(self.start) - 1

    @cached_property
    def row(self) -> np.ndarray:
        """(entries,): the history each item belongs to."""
        return np.repeat(np.arange(len(self)), np.diff(self.start))

    def take(self, rows: np.ndarray) -> Recency:
        """Some histories, in any order."""
        place, start = places(self.start, rows)
        kept = (self.item, self.position, self.visit, self.weight, self.kind)
        return Recency(start, *(column[place] for column in kept))

    def fading(self, tau: float | None) -> np.ndarray:
        """float32: weight x exp(-position / tau); the weight alone where tau is None."""
        return self.weight if tau is None else self.fading_each((tau,))[0]

    def fading_each(self, taus: tuple[float, ...]) -> np.ndarray:
        """(taus, entries) float32: `fading` with each tau."""
        faded = np.exp(self.position.astype(np.float32) * _rates(taus))
        faded *= self.weight
        return faded

    def fading_by_visit(self, tau: float) -> np.ndarray:
        """float32: weight x exp(-visits back / tau): all of one visit counts the same."""
        return self.weight * np.exp(-self.visit / tau, dtype=np.float32)

    def totals(self, weights: np.ndarray) -> np.ndarray:
        """(n,) or (ways, n) float32: the sum of the weights of each history.

        Args:
            weights: (entries,), or (ways, entries) for several ways to weigh.
        """
        if len(self) == 1:
            return weights.sum(axis=-1, keepdims=True)
        row = self.row
        found = [np.bincount(row, way, minlength=len(self)) for way in np.atleast_2d(weights)]
        return np.array(found, np.float32).reshape(*weights.shape[:-1], len(self))

    def shares(self, weights: np.ndarray) -> np.ndarray:
        """float32, like weights: divided by the sum of those of their own history."""
        return weights / self._of_own(self.totals(weights))

    def unit(self, weights: np.ndarray) -> np.ndarray:
        """float32, like weights: divided by the Euclidean length of those of their own history."""
        return weights / self._of_own(np.sqrt(self.totals(weights * weights)))

    def _of_own(self, totals: np.ndarray) -> np.ndarray:
        """(..., entries), or what broadcasts to it: for each entry that of its own history."""
        return totals if len(self) == 1 else totals[..., self.row]

    def table(self, weights: np.ndarray, items: int) -> sp.csr_array:
        """(n, items) float32: these weights at the items."""
        return sp.csr_array((weights, self.item, self.start), shape=(len(self), items))


@cache
def _rates(taus: tuple[float, ...]) -> np.ndarray:
    """(taus, 1): what positions are multiplied by; asked for several times an answer."""
    return np.float32(-1) / np.array(taus, np.float32)[:, None]


def recency(
    histories: Histories, items: int, depth: int | None = None, heaviest: float = 1.0
) -> Recency:
    """Look at the newest events of each history.

    Args:
        histories: Of n users.
        items: Size of the catalogue; events of items beyond it are left out.
        depth: How many events of each history are looked at; None: all of them.
        heaviest: Weights of events are divided by it.
    """
    place: np.ndarray | slice
    if len(histories) == 1:
        # A slice is a view; one history is answered in a fraction of a millisecond.
        last = int(histories.start[1])
        first = (
            int(histories.start[0]) if depth is None else max(int(histories.start[0]), last - depth)
        )
        place, row = slice(first, last), np.zeros(last - first, np.int64)
        position = np.arange(last - first - 1, -1, -1)
    else:
        begin, end = histories.start[:-1], histories.start[1:]
        if depth is not None:
            begin = np.maximum(begin, end - depth)
        row = np.repeat(np.arange(len(histories)), end - begin)
        place, _ = spans(begin, end)
        position = end[row] - 1 - place
    events = histories.events
    item, time, weight = events.item[place], events.time[place], events.weight[place]
    visits = np.zeros(len(time), np.int64)
    np.cumsum(time[1:] - time[:-1] > VISIT_GAP, out=visits[1:])
    known = np.flatnonzero((item >= 0) & (item < items))
    key = (row * items + item)[known]
    order = key.argsort(kind="stable")
    key = key[order]
    # Of events with the same item the newest now comes last.
    new = np.ones(len(key), bool)
    np.not_equal(key[1:], key[:-1], out=new[:-1])
    newest = known[order[new]]
    back = position[newest]
    return Recency(
        np.searchsorted(row[newest], np.arange(len(histories) + 1)),
        item[newest],
        back,
        visits[newest + back] - visits[newest],
        weight[newest] / np.float32(heaviest),
        events.kind[place][newest],
    )
