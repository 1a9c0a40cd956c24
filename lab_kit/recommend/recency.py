"""How long ago each item of a history was met: in events, in visits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from lab_kit.recommend.events import places

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
        faded = np.exp(self.position / np.array([[-tau] for tau in taus]))
        return (faded * self.weight).astype(np.float32)

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
    begin, end = histories.start[:-1], histories.start[1:]
    if depth is not None:
        begin = np.maximum(begin, end - depth)
    length = end - begin
    if len(histories) == 1:
        # Slices are views; one history is answered in a fraction of a millisecond.
        events = histories.events.take(slice(int(begin[0]), int(end[0])))
        row = np.zeros(len(events), np.int64)
        position = np.arange(len(events) - 1, -1, -1)
    else:
        first = np.concatenate([[0], np.cumsum(length)])
        row = np.repeat(np.arange(len(histories)), length)
        place = np.arange(first[-1]) + (begin - first[:-1])[row]
        events = histories.events.take(place)
        position = end[row] - 1 - place
    item, time = events.item, events.time
    visits = np.zeros(len(time), np.int64)
    np.cumsum(time[1:] - time[:-1] > VISIT_GAP, out=visits[1:])
    known = np.flatnonzero((item >= 0) & (item < items))
    key = (row * items + item)[known]
    order = key.argsort(kind="stable")
    key = key[order]
    # Of events with the same item the newest now comes last.
    last = np.ones(len(key), bool)
    np.not_equal(key[1:], key[:-1], out=last[:-1])
    newest = known[order[last]]
    start = np.zeros(len(histories) + 1, np.int64)
    np.cumsum(np.bincount(row[newest], minlength=len(histories)), out=start[1:])
    return Recency(
        start,
        item[newest].astype(np.int32, copy=False),
        position[newest],
        visits[newest + position[newest]] - visits[newest],
        events.weight[newest] / np.float32(heaviest),
        events.kind[newest],
    )
