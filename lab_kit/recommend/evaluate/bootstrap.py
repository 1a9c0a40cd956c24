"""How far a mean over users may be off: the bootstrap.

Efron & Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13 (percentile intervals). Users
are drawn with replacement, as many as there are, again and again; the spread of the means says what
other users of the same kind would have given. It does not say what other data, another fit or
another season would have given. With no hit at all every draw is 0, and so is the interval: too
narrow, as always where few users differ from the rest.
"""

from __future__ import annotations

import numpy as np

DRAWS = 2_000
LEVEL = 0.95
CELLS = 4_000_000
"""Users drawn at a time: 32 MB."""


def resampled_means(values: np.ndarray, *, draws: int = DRAWS, seed: int = 0) -> np.ndarray:
    """(draws, m): the means of each column over users drawn with replacement.

    The same seed draws the same users for every table of as many rows, so that means of two models
    may be compared draw by draw. NaN values take no part; NaN where a draw holds nothing else.

    Args:
        values: (n, m), one row a user.
        draws: How many times the users are drawn.
        seed: Draws them.
    """
    users = len(values)
    there = np.isfinite(values)
    filled = np.concatenate([np.where(there, values, 0), there], axis=1)
    sums = np.empty((draws, filled.shape[1]))
    rng = np.random.default_rng(seed)
    size = max(1, CELLS // users)
    for first in range(0, draws, size):
        rows = min(size, draws - first)
        drawn = rng.integers(0, users, (rows, users))
        drawn += np.arange(rows)[:, None] * users
        count = np.bincount(drawn.ravel(), minlength=rows * users).reshape(rows, users)
        sums[first : first + rows] = count.astype(float) @ filled
    above, below = np.hsplit(sums, 2)
    return np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)


def interval(means: np.ndarray, level: float = LEVEL) -> tuple[np.ndarray, np.ndarray]:
    """The bounds (m,), (m,) between which the middle part of the resampled means lies.

    NaN where a draw held no user with a value: of so few nothing can be said.

    Args:
        means: (draws, m), as `resampled_means` gives them.
        level: The part, between 0 and 1: 0.95.
    """
    tail = (1 - level) / 2
    low, high = np.quantile(means, [tail, 1 - tail], axis=0)
    return low, high
