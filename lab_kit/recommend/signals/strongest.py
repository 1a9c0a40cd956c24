"""A table of items cut down to the strongest entries of each row.

Nearly all entries of a closed-form item table are next to nothing. A few hundred a row give the
same lists, in a tenth of the memory and of the time.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

BLOCK = 512
"""Rows looked at together."""


@dataclass(frozen=True, eq=False)
class Strongest:
    """A table (rows, items) whose rows hold m entries each, or none at all; the rest is 0."""

    place: np.ndarray
    """(rows,) int32: where the entries of a row lie, -1 where it has none."""
    column: np.ndarray
    """(places, m) int32."""
    value: np.ndarray
    """(places, m) float32; 0 where a row has fewer entries."""
    items: int
    _made: dict[int, sp.csc_array] = field(default_factory=dict, init=False)

    @classmethod
    def of(cls, table: sp.csr_array, count: int) -> Strongest:
        """The entries of each row that differ most from 0, `count` at most."""
        start, length = table.indptr[:-1], np.diff(table.indptr)
        kept = np.ones(table.nnz, bool)
        for number in np.flatnonzero(length > count):
            part = slice(start[number], start[number] + length[number])
            weakest = np.argpartition(np.abs(table.data[part]), length[number] - count)
            kept[part][weakest[: length[number] - count]] = False
        filled = length > 0
        place = np.where(filled, np.cumsum(filled) - 1, -1).astype(np.int32)
        row = np.repeat(np.arange(len(length)), length)[kept]
        length = np.minimum(length, count)
        rank = np.arange(len(row)) - (np.cumsum(length) - length)[row]
        shape = max(1, int(filled.sum())), max(1, int(length.max(initial=0)))
        column, value = np.zeros(shape, np.int32), np.zeros(shape, np.float32)
        column[place[row], rank], value[place[row], rank] = table.indices[kept], table.data[kept]
        return cls(place, column, value, table.shape[1])

    def sums(self, rows: np.ndarray, *weights: np.ndarray) -> list[np.ndarray]:
        """(items,) float32 each: weighted sums of some rows.

        Args:
            rows: (n,), which ones.
            weights: (n,) float32 a sum.
        """
        place = self.place[rows]
        filled = np.flatnonzero(place >= 0)
        if len(filled) < len(place):
            place, weights = place[filled], tuple(way[filled] for way in weights)
        # The entries of the rows, one after another, are the columns of a table in CSC.
        table = self._columns(len(place))
        table.data = self.value.take(place, axis=0).ravel()
        table.indices = self.column.take(place, axis=0).ravel()
        return [table @ way for way in weights]

    def _columns(self, number: int) -> sp.csc_array:
        """(items, number): m entries a column, still to be set.

        Made once for each number: scipy checks a new table for as long as the sums take.
        """
        if number not in self._made:
            width = self.column.shape[1]
            made = sp.csc_array((self.items, number), dtype=np.float32)
            made.indptr = np.arange(0, width * number + 1, width, dtype=np.int32)
            self._made[number] = made
        return copy(self._made[number])

    def entries(self, rows: np.ndarray, item: int) -> np.ndarray:
        """(n,) float32: what some rows hold for one item."""
        place = self.place[rows]
        there = (self.column[place] == item) & (place >= 0)[:, None]
        return np.where(there, self.value[place], 0).sum(axis=1)

    def row(self, row: int) -> np.ndarray:
        """(items,) float32."""
        return self.sums(np.array([row]), np.ones(1, np.float32))[0]


def strongest(table: np.ndarray, codes: np.ndarray, items: int, count: int) -> sp.csr_array:
    """(items, items) CSR float32: of each row the `count` entries that differ most from 0.

    Args:
        table: (m, m), of the items `codes`.
        codes: (m,), rising.
        items: Size of the catalogue.
        count: How many entries a row keeps at most.
    """
    count = min(count, len(codes))
    column = np.empty((len(codes), count), np.int32)
    value = np.empty((len(codes), count), np.float32)
    for first in range(0, len(codes), BLOCK):
        rows = table[first : first + BLOCK]
        kept = np.argpartition(np.abs(rows), len(codes) - count, axis=1)[:, len(codes) - count :]
        kept.sort(axis=1)
        column[first : first + BLOCK] = codes[kept]
        value[first : first + BLOCK] = np.take_along_axis(rows, kept, 1)
    start = np.zeros(items + 1, np.int32)
    start[codes + 1] = count
    start = np.cumsum(start, dtype=np.int32)
    return sp.csr_array((value.ravel(), column.ravel(), start), shape=(items, items))
