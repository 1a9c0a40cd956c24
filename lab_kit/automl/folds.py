"""Rows divided into folds, the same way for every candidate."""

import numpy as np

MANY_ROWS = 50_000
"""From so many rows three folds say as much as five."""


def number_of_folds(rows: int) -> int:
    """5, or 3 where there are many rows."""
    return 5 if rows <= MANY_ROWS else 3


def make_folds(target: np.ndarray, classes: int, folds: int, seed: int) -> np.ndarray:
    """(rows,) int: the fold in which a row is held out.

    Each class, or each tenth of the numbers, is spread over the folds as evenly as can be.
    """
    random = np.random.default_rng(seed)
    order = random.permutation(len(target))
    if classes:
        kind = target.astype(np.int64)
    else:
        kind = np.searchsorted(np.quantile(target, np.linspace(0.1, 0.9, 9)), target)
    order = order[np.argsort(kind[order], kind="stable")]
    result = np.empty(len(target), dtype=np.int64)
    result[order] = np.arange(len(target)) % folds
    return result
