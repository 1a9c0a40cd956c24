"""A linear sequence model: what comes next, from the items just before, in closed form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.linalg
import scipy.sparse as sp

from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.memory import require_memory
from lab_kit.recommend.model import Progress
from lab_kit.recommend.models.item_to_item import ItemToItem, common

INSTEAD = "use Markov, whose table is sparse, or leave out rare items (min_count)"
ROWS = 200_000
"""Positions whose pasts and futures are multiplied at a time."""


@dataclass(eq=False, repr=False)
class LinearSequence(ItemToItem):
    """B = (S'S + regularisation I)^-1 S'T.

    Every position of every history gives one row: S holds the items up to it, T those after it,
    each fading with the distance, times the weight of its event. `tau` is the fading when
    answering.
    """

    name: ClassVar[str] = "linear sequence"
    paper: ClassVar[str] = (
        "Choi et al., Session-aware Linear Item-Item Models for Session-based Recommendation, "
        "WWW 2021"
    )

    regularisation: float = 50.0
    """Above 0: the higher, the smaller the table's entries."""
    past: float = 10.0
    """Fading of the items before, in events; four times as many are looked at."""
    future: float = 5.0
    """Fading of the items after, in events; four times as many are looked at."""
    depth: int | None = None
    """So many items before are looked at instead."""
    tau: float | None = 15.0
    min_count: int = 1
    """Items with events of fewer users have no place in the table and score 0."""
    most_items: int | None = None
    """So many items at most have a place, those with most users; None: all of them."""
    memory: int | None = None
    """Bytes allowed at the peak; None: four fifths of what is free."""

    def _learn(self, interactions: Interactions, progress: Progress) -> None:
        item, start, user = interactions.events.item, interactions.start, interactions.user
        kept = common(interactions.popularity(), self.min_count, self.most_items)
        require_memory(
            memory_needed(len(kept)), f"{self.name} with {len(kept):,} items", INSTEAD, self.memory
        )
        self._keep(kept)
        width, weight = len(kept), interactions.relative_weight
        if width < len(self.items):
            item = self.learned["place"][item]
            user, weight, item = user[item >= 0], weight[item >= 0], item[item >= 0]
            start = np.searchsorted(user, np.arange(len(start)))
        gram, cross = np.zeros((width, width), np.float32), np.zeros((width, width), np.float32)
        reach = (self.past, self.future, self.depth)
        for done, (before, after) in positions(item, weight, start, width, *reach):
            _add(gram, before.T @ before)
            _add(cross, before.T @ after)
            progress(0.5 * done, "linear sequence: reading histories")
        np.fill_diagonal(gram, gram.diagonal() + self.regularisation)
        progress(0.5, "linear sequence: solving")
        self.learned["table"] = _solve(gram, cross)


def memory_needed(items: int) -> int:
    """Bytes at the peak: the two tables, and one more in passing."""
    return 4 * 3 * items * items


def positions(
    item: np.ndarray, weight: np.ndarray, start: np.ndarray, width: int,
    past: float, future: float, depth: int | None = None,
) -> Iterator[tuple[float, tuple[sp.csr_array, sp.csr_array]]]:  # fmt: skip
    """The part done, and the tables (rows, items) of pasts and futures, chunk by chunk.

    Args:
        item: (events,), sorted by user and time.
        weight: (events,) float32.
        start: (users + 1,), where the events of each user begin.
        width: Number of items.
        past: Fading of the items up to a position, in events.
        future: Fading of the items after it.
        depth: How many items up to a position count; None: four times the fading.
    """
    length = np.diff(start)
    place = np.arange(len(item)) - np.repeat(start[:-1], length)
    left = np.repeat(length, length) - 1 - place
    for first in range(0, len(item), ROWS):
        rows = np.arange(first, min(first + ROWS, len(item)))
        rows = rows[left[rows] > 0]
        before = _lagged(item, weight, rows, place[rows], -1, 0, past, width, depth)
        after = _lagged(item, weight, rows, left[rows], 1, 1, future, width, None)
        yield min(first + ROWS, len(item)) / len(item), (before, after)


def _lagged(
    item: np.ndarray, weight: np.ndarray, rows: np.ndarray, room: np.ndarray, step: int,
    nearest: int, fading: float, width: int, depth: int | None,
) -> sp.csr_array:  # fmt: skip
    """(rows, items): for each row the items at distances from `nearest` on, fading.

    Args:
        item: (events,), places of the items.
        weight: (events,), how much each event counts.
        rows: Positions among the events.
        room: (rows,), how far one can go from each position within its history.
        step: -1 into the past, 1 into the future.
        nearest: The first distance.
        fading: In events.
        width: Number of items.
        depth: How many distances; None: four times the fading.
    """
    depth = int(np.ceil(4 * fading)) if depth is None else depth
    number, column, value = [], [], []
    for distance in range(nearest, nearest + depth):
        there = np.flatnonzero(room >= distance)
        number.append(there)
        event = rows[there] + step * distance
        column.append(item[event])
        value.append(weight[event] * np.float32(np.exp(-(distance - nearest) / fading)))
    return sp.csr_array(
        (np.concatenate(value), (np.concatenate(number), np.concatenate(column))),
        shape=(len(rows), width),
    )


def _add(total: np.ndarray, part: sp.csr_array) -> None:
    """`total += part`, block by block, so that no second dense table is made."""
    part = sp.csr_array(part)
    for first in range(0, len(total), 512):
        total[first : first + 512] += part[first : first + 512].toarray()


def _solve(gram: np.ndarray, cross: np.ndarray) -> np.ndarray:
    """gram^-1 cross, C-contiguous; both are overwritten."""
    root = scipy.linalg.cholesky(gram.T, lower=True, overwrite_a=True, check_finite=False)
    for first in range(0, cross.shape[1], 512):
        block = np.asfortranarray(cross[:, first : first + 512])
        cross[:, first : first + 512] = scipy.linalg.cho_solve(
            (root, True), block, overwrite_b=True, check_finite=False
        )
    return cross
