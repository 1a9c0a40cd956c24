"""ItemKNN: items are alike when the same users took them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.sparse as sp

from lab_kit.errors import LabKitError
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.model import Progress
from lab_kit.recommend.models.item_to_item import ItemToItem

CELLS = 4_000_000
"""Entries of the table computed at a time, at most: about 100 MB in passing."""
SATURATION = 1.2
"""k1 of BM25: how soon further events of one user with one item stop counting."""


@dataclass(eq=False, repr=False)
class ItemKNN(ItemToItem):
    """table[i, j] = <x_i, x_j> / (|x_i|^(2 - 2 discount) |x_j|^(2 discount)), largest of a row.

    x_i is the column of item i in the table of users and items: 1 for each of its users
    ("cosine"), or log(1 + items / items of the user) ("tfidf": users who took everything say
    little). With "bm25" x is the weight of implicit's BM25, the columns are not divided by their
    lengths, and `discount` is BM25's b:
    x_ui = idf_u r_ui (k1 + 1) / (r_ui + k1 (1 - b + b |r_i| / mean |r|)), k1 = 1.2.
    """

    name: ClassVar[str] = "item-kNN"
    paper: ClassVar[str] = (
        "Deshpande & Karypis, Item-based Top-N Recommendation Algorithms, ACM TOIS 22(1), 2004"
    )

    similarity: str = "cosine"
    """One of "cosine", "tfidf" and "bm25"."""
    neighbours: int = 100
    """How many entries a row keeps."""
    discount: float = 0.5
    """0 to 1: the higher, the less popular the items recommended; 0.5 is the plain cosine."""
    min_count: int = 2
    """Pairs with fewer users in common are left out."""
    tau: float | None = 6.0

    def _learn(self, interactions: Interactions, progress: Progress) -> None:
        counts = interactions.matrix()
        if self.similarity == "cosine":
            counts = _without_rare(counts, self.min_count)
        ones = binary(counts)
        weighted = ones if self.similarity == "cosine" else self._weighted(counts)
        left, right = self._scales(weighted)
        left_ones = sp.csr_array(ones.T)
        left_weighted = left_ones if weighted is ones else sp.csr_array(weighted.T)

        def rows(first: int, last: int) -> sp.csr_array:
            # Both products have the same entries in the same order: only the numbers differ.
            found = left_ones[first:last] @ ones
            like = found if weighted is ones else left_weighted[first:last] @ weighted
            scale = np.repeat(left[first:last], np.diff(found.indptr)) * right[found.indices]
            values = np.where(found.data >= self.min_count, like.data * scale, 0)
            entries = (values.astype(np.float32), found.indices, found.indptr)
            return sp.csr_array(entries, shape=found.shape)

        self.learned["table"] = nearest_rows(rows, len(self.items), self.neighbours, progress)

    def _weighted(self, counts: sp.csr_array) -> sp.csr_array:
        """(users, items): the vectors x of the items, as columns; not for "cosine"."""
        table = binary(counts)
        user = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
        rare = np.log1p(table.shape[1] / np.maximum(np.diff(table.indptr), 1))
        table.data = rare[user].astype(np.float32)
        if self.similarity == "tfidf":
            return table
        if self.similarity == "bm25":
            table.data *= self._saturated(counts)
            return table
        raise LabKitError(
            f"There is no similarity {self.similarity!r}",
            where="similarity",
            next_step='write "cosine", "tfidf" or "bm25"',
        )

    def _saturated(self, counts: sp.csr_array) -> np.ndarray:
        length = np.bincount(counts.indices, counts.data, minlength=counts.shape[1])
        relative = (length / length[length > 0].mean())[counts.indices]
        room = SATURATION * (1 - self.discount + self.discount * relative)
        return (counts.data * (SATURATION + 1) / (counts.data + room)).astype(np.float32)

    def _scales(self, weighted: sp.csr_array) -> tuple[np.ndarray, np.ndarray]:
        """What rows and columns of the table are multiplied with."""
        if self.similarity == "bm25":
            one = np.ones(weighted.shape[1], np.float32)
            return one, one
        squares = np.bincount(weighted.indices, weighted.data**2, minlength=weighted.shape[1])
        squares = np.where(squares > 0, squares, 1)
        left, right = squares ** (self.discount - 1), squares**-self.discount
        return left.astype(np.float32), right.astype(np.float32)


def _without_rare(counts: sp.csr_array, users: int) -> sp.csr_array:
    """The same table without the entries of items that have fewer users."""
    rare = np.bincount(counts.indices, minlength=counts.shape[1]) < users
    counts.data[rare[counts.indices]] = 0
    counts.eliminate_zeros()
    return counts


def binary(counts: sp.csr_array) -> sp.csr_array:
    """The same table with 1 in every entry, float32."""
    ones = np.ones(counts.nnz, np.float32)
    return sp.csr_array((ones, counts.indices, counts.indptr), shape=counts.shape)


def nearest_rows(
    rows: Callable[[int, int], sp.csr_array], items: int, count: int, progress: Progress
) -> sp.csr_array:
    """(items, items) CSR float32: the largest entries above 0 of each row, no diagonal.

    Args:
        rows: Computes the rows of the table from one item up to, not including, another.
        items: Number of rows, and of columns.
        count: How many entries a row keeps.
        progress: Told how far it is.
    """
    size = max(1, CELLS // items)
    parts = []
    for first in range(0, items, size):
        last = min(first + size, items)
        parts.append(_largest(rows(first, last), first, count))
        progress(last / items, "comparing items")
    table = sp.csr_array(sp.vstack(parts, format="csr"), dtype=np.float32)
    table.sort_indices()
    return table


def _largest(block: sp.csr_array, first: int, count: int) -> sp.csr_array:
    """Of each row the largest entries above 0; of equal ones those of the smaller codes."""
    row = np.repeat(np.arange(block.shape[0]), np.diff(block.indptr))
    kept = (block.data > 0) & (block.indices != row + first)
    for number in np.flatnonzero(np.diff(block.indptr) > count):
        part = slice(block.indptr[number], block.indptr[number + 1])
        values = np.where(kept[part], block.data[part], -np.inf)
        smallest = np.partition(values, -count)[-count]
        kept[part] &= values >= smallest
        level = np.flatnonzero(kept[part] & (values == smallest))
        level = level[np.argsort(block.indices[part][level])]
        kept[part][level[count - int((values > smallest).sum()) :]] = False
    start = np.concatenate([[0], np.cumsum(np.bincount(row[kept], minlength=block.shape[0]))])
    return sp.csr_array((block.data[kept], block.indices[kept], start), shape=block.shape)
