"""Neighbours of items for which the large table has no place."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.models.item_knn import nearest_rows
from lab_kit.recommend.signals.bounds import Bounds


def tail(
    interactions: Interactions, kept: np.ndarray, regularisation: float, bounds: Bounds
) -> sp.csr_array:
    """(items, items) CSR float32: EASE to first order where one item of a pair is not `kept`.

    Items with events of fewer than `min_count` users are left out here too.

    With few events X'X + rI is all but its diagonal D, so its inverse is D^-1 - D^-1 (X'X - D) D^-1
    to first order, and EASE's table becomes n_ij / (n_i + r), n_ij being the users of both. Visits
    are left out: a rare item has hardly more of them than users.

    Args:
        interactions: What to learn from.
        kept: Codes of the items of the large table.
        regularisation: That of EASE.
        bounds: `min_count`, and `neighbours`: the entries a row keeps at most.
    """
    items = len(interactions.items)
    large = np.zeros(items, bool)
    large[kept] = True
    strength = interactions.strength()
    users = np.bincount(strength.indices, minlength=items)
    small = ~large & (users >= bounds.min_count)
    if not small.any():
        return sp.csr_array((items, items), dtype=np.float32)
    strength.data[~(large | small)[strength.indices]] = 0
    strength.eliminate_zeros()
    transposed = sp.csr_array(strength.T)
    own = np.asarray(transposed.multiply(transposed).sum(axis=1)).ravel() + regularisation

    def rows(first: int, last: int) -> sp.csr_array:
        block = sp.csr_array(transposed[first:last] @ strength)
        row = np.repeat(np.arange(first, last), np.diff(block.indptr))
        block.data /= own[row].astype(np.float32)
        block.data[large[row] & large[block.indices]] = 0
        return block

    return nearest_rows(rows, items, bounds.neighbours, lambda done, what: None)
