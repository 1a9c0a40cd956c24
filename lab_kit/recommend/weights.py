"""Weights of a blend: first by likelihood, then by the ranking itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

SHRINKAGE = 1e-3
"""Penalty on the squares of the weights, so that signals that say the same share theirs."""
ENOUGH = {"maxiter": 80, "ftol": 1e-5}
"""When the likelihood is as good as it gets: closer weights change no list."""
DEPTH = 10
"""Rankings are compared by their first ten items."""
STEPS = (-0.3, 0.3, -0.1, 0.1)
"""How far a weight is moved, in parts of the largest weight."""
ROUNDS = 3
"""How often every weight is tried."""
HARDLY = 0.01
"""Part of its size a signal has to vary by, to be brought to a spread of 1."""
NEAR = 150
"""So many items a user, the first ones by each start, can come to the top by moving weights."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What was known of every item when users chose, and what they chose."""

    signals: np.ndarray
    """(users, items, signals) float32."""
    relevant: np.ndarray
    """(users, items) bool, what was taken; every row has at least one."""
    hidden: np.ndarray
    """(users, items) bool, what could not be taken."""
    pairs: np.ndarray
    """(p,): places in users x items, rising, of which more is known."""
    numbers: np.ndarray
    """(p, numbers) float32: what is known there; elsewhere it is 0."""

    @classmethod
    def of(cls, signals: np.ndarray, relevant: np.ndarray) -> Evidence:
        """Nothing hidden, and nothing known of single pairs."""
        nothing = np.zeros((0, 0), np.float32)
        return cls(signals, relevant, np.zeros(relevant.shape, bool), np.zeros(0, int), nothing)

    def scores(self, weights: np.ndarray) -> np.ndarray:
        """(users, items) float32, minus infinity for what is hidden.

        Args:
            weights: (signals + numbers,).
        """
        signals = self.signals.shape[2]
        scores = self.signals @ weights[:signals].astype(np.float32)
        if len(self.pairs):
            scores.reshape(-1)[self.pairs] += self.numbers @ weights[signals:].astype(np.float32)
        scores[self.hidden] = -np.inf
        return scores


def by_likelihood(evidence: Evidence) -> np.ndarray:
    """Weights of a conditional logit: which of all items did each user take?

    McFadden, Conditional logit analysis of qualitative choice behavior, 1974. Convex, so there is
    one answer.

    Returns:
        (signals + numbers,) float64.
    """
    relevant = evidence.relevant
    share = relevant / relevant.sum(axis=1, keepdims=True, dtype=np.float32)
    flat = evidence.signals.reshape(-1, evidence.signals.shape[2])

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = evidence.scores(weights)
        scores -= scores.max(axis=1, keepdims=True)
        chance = np.exp(scores)
        total = chance.sum(axis=1, keepdims=True)
        chance /= total
        said = np.where(share > 0, scores - np.log(total), 0)
        error = (chance - share).ravel()
        slope = np.concatenate([error @ flat, error[evidence.pairs] @ evidence.numbers])
        penalty = 0.5 * SHRINKAGE * float(weights @ weights)
        return (
            penalty - float((said * share).sum()) / len(share),
            slope / len(share) + SHRINKAGE * weights,
        )

    first = np.zeros(flat.shape[1] + evidence.numbers.shape[1])
    first[: flat.shape[1]] = 0.1
    return minimize(loss, first, jac=True, method="L-BFGS-B", options=ENOUGH).x


def by_ranking(evidence: Evidence, likely: np.ndarray, others: Sequence[np.ndarray]) -> np.ndarray:
    """The weights whose first ten items are best (mean NDCG), by moving one weight at a time.

    The search begins with the best of the starts. A move must be worth more than half its standard
    error over the users, so that few users leave the weights where they are. What is known of
    single pairs is moved as one, in the proportions of `likely`.

    Args:
        evidence: As in `by_likelihood`.
        likely: (signals + numbers,), a start: the weights by likelihood.
        others: Further starts.

    Returns:
        (signals + numbers,) float64.
    """
    signals = evidence.signals.shape[2]
    first = [evidence.scores(start) for start in (likely, *others)]
    near = _near(first)
    ideal = _ideal(evidence.relevant)
    # From here on only items that can come to the top, and the numbers of pairs as one signal more.
    own = np.zeros(evidence.relevant.shape, np.float32)
    own.reshape(-1)[evidence.pairs] = evidence.numbers @ likely[signals:].astype(np.float32)
    tables = np.concatenate(
        [
            np.take_along_axis(evidence.signals, near[:, :, None], 1),
            np.take_along_axis(own, near, 1)[:, :, None],
        ],
        axis=2,
    )
    hidden = np.take_along_axis(evidence.hidden, near, 1)
    relevant = np.take_along_axis(evidence.relevant, near, 1)

    def quality(scores: np.ndarray) -> np.ndarray:
        return _ndcg(np.where(hidden, -np.inf, scores), relevant, ideal)

    share = 1.0 if evidence.numbers.size else 0.0
    starts = [np.append(start[:signals], share) for start in (likely, *others)]
    best = max(starts, key=lambda start: quality(tables @ start.astype(np.float32)).mean())
    scores = tables @ best.astype(np.float32)
    reached = quality(scores)
    for _ in range(ROUNDS):
        for number in range(signals + (1 if evidence.numbers.size else 0)):
            for step in STEPS:
                move = step * float(np.abs(best).max())
                moved = scores + np.float32(move) * tables[:, :, number]
                found = quality(moved)
                if _better(found, reached):
                    best = best.copy()
                    best[number] += move
                    scores, reached = moved, found
    return np.concatenate([best[:signals], best[signals] * likely[signals:]])


def scale(evidence: Evidence) -> np.ndarray:
    """Divide every signal by how much it varies over the items (in place), and return by what.

    A signal that hardly varies against its own size is left as it is: divided, its constant part
    would be so large that scores of float32 could not hold the others beside it.
    """
    signals = evidence.signals
    spread = signals.std(axis=1).mean(axis=0)
    square = np.einsum("uis,uis->s", signals, signals) / max(1, signals[:, :, 0].size)
    spread = np.where(spread > HARDLY * np.sqrt(square), spread, 1).astype(np.float32)
    signals /= spread
    return spread


def _near(scores: Sequence[np.ndarray]) -> np.ndarray:
    """(users, m): different items, among them the first ones by any of the scores."""
    items = scores[0].shape[1]
    count = min(NEAR, items)
    chosen = np.zeros(scores[0].shape, bool)
    for one in scores:
        best = np.argpartition(one, items - count, axis=1)[:, items - count :]
        np.put_along_axis(chosen, best, True, 1)
    most = int(chosen.sum(axis=1).max())
    return np.sort(np.argsort(~chosen, axis=1, kind="stable")[:, :most], axis=1)


def _better(new: np.ndarray, old: np.ndarray) -> bool:
    """Whether the mean over the users rose by more than half its standard error."""
    gain = new - old
    return float(gain.mean()) > 0.5 * float(gain.std()) / len(gain) ** 0.5


def _ideal(relevant: np.ndarray) -> np.ndarray:
    """(users,): the discounted gain of a perfect list."""
    depth = min(DEPTH, relevant.shape[1])
    gains = np.cumsum(1 / np.log2(np.arange(2, depth + 2)))
    return gains[np.minimum(relevant.sum(axis=1), depth) - 1]


def _ndcg(scores: np.ndarray, relevant: np.ndarray, ideal: np.ndarray) -> np.ndarray:
    """(users,): NDCG of the first ten items."""
    items = scores.shape[1]
    depth = min(DEPTH, items)
    first = np.argpartition(scores, items - depth, axis=1)[:, items - depth :]
    order = np.argsort(-np.take_along_axis(scores, first, 1), axis=1)
    hit = np.take_along_axis(relevant, np.take_along_axis(first, order, 1), 1)
    return (hit @ (1 / np.log2(np.arange(2, depth + 2)))) / ideal
