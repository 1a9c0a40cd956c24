"""Weights of a blend: first by likelihood, then by the ranking itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize

SHRINKAGE = 1e-3
"""Penalty on the squares of the weights, so that signals that say the same share theirs."""
DEPTH = 10
"""Rankings are compared by their first ten items."""
STEPS = (-0.3, 0.3, -0.1, 0.1)
"""How far a weight is moved, in parts of the largest weight."""


def by_likelihood(signals: np.ndarray, relevant: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Weights of a conditional logit: which of all items did each user take?

    McFadden, Conditional logit analysis of qualitative choice behavior, 1974. Convex, so there is
    one answer.

    Args:
        signals: (users, items, signals) float32.
        relevant: (users, items) bool, what was taken.
        hidden: (users, items) bool, what could not be taken.

    Returns:
        (signals,) float64.
    """
    share = relevant / relevant.sum(axis=1, keepdims=True, dtype=np.float32)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = signals @ weights.astype(np.float32)
        scores[hidden] = -np.inf
        scores -= scores.max(axis=1, keepdims=True)
        chance = np.exp(scores)
        total = chance.sum(axis=1, keepdims=True)
        chance /= total
        said = np.where(share > 0, scores - np.log(total), 0)
        error = (chance - share).ravel()
        slope = error @ signals.reshape(len(error), -1) / len(share)
        penalty = 0.5 * SHRINKAGE * float(weights @ weights)
        return penalty - float((said * share).sum()) / len(share), slope + SHRINKAGE * weights

    first = np.full(signals.shape[2], 0.1)
    return minimize(loss, first, jac=True, method="L-BFGS-B", options={"maxiter": 60}).x


def by_ranking(
    signals: np.ndarray, relevant: np.ndarray, hidden: np.ndarray, starts: Sequence[np.ndarray]
) -> np.ndarray:
    """The weights whose first ten items are best (mean NDCG), by moving one weight at a time.

    The search begins with the best of the starts. A move must be worth more than half its standard
    error over the users, so that few users leave the weights where they are.

    Args:
        signals: As in `by_likelihood`, and so the next two.
        relevant: What was taken.
        hidden: What could not be taken.
        starts: Weights to begin with.
    """
    best, scores, quality = starts[0], np.empty(0), np.full(len(relevant), -np.inf)
    for start in starts:
        found = signals @ start.astype(np.float32)
        found[hidden] = -np.inf
        reached = _quality(found, relevant)
        if reached.mean() > quality.mean():
            best, scores, quality = start, found, reached
    for _ in range(2):
        for number in range(len(best)):
            for step in STEPS:
                move = step * float(np.abs(best).max())
                moved = scores + np.float32(move) * signals[:, :, number]
                found = _quality(moved, relevant)
                if _better(found, quality):
                    best = best.copy()
                    best[number] += move
                    scores, quality = moved, found
    return best


def _better(new: np.ndarray, old: np.ndarray) -> bool:
    """Whether the mean over the users rose by more than half its standard error."""
    gain = new - old
    return float(gain.mean()) > 0.5 * float(gain.std()) / len(gain) ** 0.5


def _quality(scores: np.ndarray, relevant: np.ndarray) -> np.ndarray:
    """(users,): NDCG of the first ten items."""
    items = scores.shape[1]
    depth = min(DEPTH, items)
    first = np.argpartition(scores, items - depth, axis=1)[:, items - depth :]
    order = np.argsort(-np.take_along_axis(scores, first, 1), axis=1)
    hit = np.take_along_axis(relevant, np.take_along_axis(first, order, 1), 1)
    discount = 1 / np.log2(np.arange(2, depth + 2))
    ideal = np.cumsum(discount)[np.minimum(relevant.sum(axis=1), depth) - 1]
    return (hit @ discount) / ideal
