"""Shapley values by asking a model: exact in the limit, for any model, a share at a time.

Strumbelj and Kononenko, Explaining prediction models and individual predictions with feature
contributions, KAIS 41, 2014. Starting from a background row, the columns of the row asked about are
put in one after the other, in random order; what each changes in the prediction is its
contribution. Every order is used forwards and backwards, which halves the noise, and every row
meets the same background rows: contributions then add up to the prediction minus the mean
prediction of the background exactly.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

ORDERS = 5
"""Random orders a row, each forwards and backwards."""
CHUNK = 20_000


def sampled_shapley(
    predict: Callable[[np.ndarray], np.ndarray],
    rows: np.ndarray,
    background: np.ndarray,
    groups: list[np.ndarray],
    seed: int = 0,
    orders: int = ORDERS,
) -> tuple[np.ndarray, np.ndarray]:
    """Contributions of groups of features to predictions.

    Args:
        predict: From (n, features) to (n,) or (n, outputs).
        rows: (rows, features) to explain.
        background: (n, features): what a column is when it is not known; the first `orders`.
        groups: Places of the features that belong to each column.
        seed: Of the orders.
        orders: How many a row.

    Returns:
        Values (rows, groups) or (rows, groups, outputs), and the mean prediction of the background.
    """
    random = np.random.default_rng(seed)
    background = background[:orders]
    base = predict(background).mean(axis=0)
    number = len(groups)
    total = np.zeros((len(rows), number, *np.shape(base)))
    each = max(1, CHUNK // (number + 1))
    for start in background:
        order = np.array([random.permutation(number) for _ in rows])
        for sequence in (order, order[:, ::-1]):
            for first in range(0, len(rows), each):
                part = slice(first, first + each)
                total[part] += _walk(predict, rows[part], start, sequence[part], groups)
    return total / (2 * len(background)), base


def _walk(
    predict: Callable[[np.ndarray], np.ndarray],
    rows: np.ndarray,
    start: np.ndarray,
    order: np.ndarray,
    groups: list[np.ndarray],
) -> np.ndarray:
    """What each group changes when it is put in, after those before it in the row's order."""
    number = len(groups)
    steps = np.repeat(np.broadcast_to(start, rows.shape)[:, None, :], number + 1, axis=1).copy()
    rank = np.argsort(order, axis=1)
    for group, places in enumerate(groups):
        known = np.arange(number + 1) > rank[:, [group]]
        for place in places:
            steps[:, :, place] = np.where(known, rows[:, [place]], steps[:, :, place])
    asked = predict(steps.reshape(-1, rows.shape[1]))
    change = np.diff(asked.reshape(len(rows), number + 1, *asked.shape[1:]), axis=1)
    return np.take_along_axis(change, rank.reshape(*rank.shape, *[1] * (change.ndim - 2)), axis=1)
