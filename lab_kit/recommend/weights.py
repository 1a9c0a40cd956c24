"""Weights of a blend: by likelihood, and by the ranking itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

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
DRAWS = 6
"""So many searches are averaged."""
ROUNDING = 1e-9
"""So little is no gain."""
NEAR = 150
"""So many items a user, the first ones by each start, can come to the top by moving weights."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What was known of every item when users chose, and what they chose."""

    signals: np.ndarray
    """(signals, users, items) float32, each signal at a stretch."""
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
        signals = len(self.signals)
        scores = weighted_sum(weights[:signals], self.signals)
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
    signals, users, items = evidence.signals.shape
    flat = evidence.signals.reshape(signals, -1)
    taken = np.flatnonzero(evidence.relevant)
    user = taken // items
    share = np.float32(1) / np.bincount(user, minlength=users).astype(np.float32)[user]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = evidence.scores(weights)
        scores -= scores.max(axis=1, keepdims=True)
        said = scores.reshape(-1)[taken]
        chance = np.exp(scores, out=scores)
        total = chance.sum(axis=1)
        said -= np.log(total)[user]
        chance /= total[:, None]
        error = chance.reshape(-1)
        error[taken] -= share
        slope = np.concatenate([flat @ error, error[evidence.pairs] @ evidence.numbers])
        penalty = 0.5 * SHRINKAGE * float(weights @ weights)
        return penalty - float(said @ share) / users, slope / users + SHRINKAGE * weights

    first = np.zeros(signals + evidence.numbers.shape[1])
    first[:signals] = 0.1
    return minimize(loss, first, jac=True, method="L-BFGS-B", options=ENOUGH).x


def together(evidence: Evidence, others: Sequence[np.ndarray]) -> np.ndarray:
    """The mean of the weights by likelihood and of several searches by ranking.

    One search finds what is best for the users it is shown, and few of them are ever shown. Each
    search here counts the users anew (Bayesian bootstrap: Rubin, Annals of Statistics 1981), and
    the mean of what was found is better for everybody else (bagging: Breiman, Machine Learning
    1996). Weights are in units of how much their scores vary before the mean is taken; at the end
    all are stretched until they are as likely as they can be, so that softmax of the scores gives
    chances one may believe (temperature scaling: Guo et al., ICML 2017).

    Args:
        evidence: As in `by_likelihood`.
        others: Starts of the searches beside the weights by likelihood.

    Returns:
        (signals + numbers,) float64.
    """
    likely = by_likelihood(evidence)
    search = Search(evidence, likely, others)
    drawn = np.random.default_rng(0).dirichlet(np.ones(len(evidence.relevant)), DRAWS)
    found = [search.best(users) for users in drawn]
    mean = sum(search.in_spreads(weights) for weights in found) / DRAWS
    weights = search.whole(mean + search.in_spreads(search.starts[0]))
    return weights * _stretch(evidence, weights)


def _stretch(evidence: Evidence, weights: np.ndarray) -> float:
    """What all weights have to be multiplied by to be most likely; above 0, so the order stays."""
    scores = evidence.scores(weights)
    scores[evidence.hidden] = 0
    alone = Evidence.of(scores[None], evidence.relevant)
    found = float(by_likelihood(replace(alone, hidden=evidence.hidden))[0])
    return found if found > 0 else 1.0


class Search:
    """Looks for the weights whose first ten items are best, by moving one weight at a time.

    It begins with the best of the starts. A move must be worth more than half its standard error
    over the users, so that few users leave the weights where they are. What is known of single
    pairs is moved as one, in the proportions of `likely`. Only items near the top are looked at.

    Args:
        evidence: As in `by_likelihood`.
        likely: (signals + numbers,), a start: the weights by likelihood.
        others: Further starts.
    """

    def __init__(
        self, evidence: Evidence, likely: np.ndarray, others: Sequence[np.ndarray]
    ) -> None:
        signals = len(evidence.signals)
        known = evidence.numbers.size > 0
        near = _near([evidence.scores(start) for start in (likely, *others)])
        own = np.zeros(evidence.relevant.shape, np.float32)
        own.reshape(-1)[evidence.pairs] = evidence.numbers @ likely[signals:].astype(np.float32)
        self._tables = np.empty((signals + known, *near.shape), np.float32)
        """(weights, users, near items): the signals, and the numbers of pairs as one more."""
        for number, signal in enumerate(evidence.signals):
            self._tables[number] = np.take_along_axis(signal, near, 1)
        if known:
            self._tables[-1] = np.take_along_axis(own, near, 1)
        self._hidden = np.take_along_axis(evidence.hidden, near, 1)
        self._user, self._place = np.nonzero(np.take_along_axis(evidence.relevant, near, 1))
        self._ideal = _ideal(evidence.relevant)
        self._of_pairs = likely[signals:]
        self.starts = [np.append(start[:signals], [1.0] * known) for start in (likely, *others)]
        """(weights,) each: one a signal and, where pairs are known, one for all of them."""

    def best(self, users: np.ndarray | None = None) -> np.ndarray:
        """(weights,): those with the best mean NDCG that the search comes to.

        Args:
            users: (users,), how much each counts, 1 in all; None: all the same.
        """
        count = len(self._ideal)
        users = np.full(count, 1 / count) if users is None else users
        begun = [(self._scores(start), start) for start in self.starts]
        reached, scores, best = max(
            ((self._quality(scores), scores, start) for scores, start in begun),
            key=lambda found: float(users @ found[0]),
        )
        for _ in range(ROUNDS):
            for number, table in enumerate(self._tables):
                for step in STEPS:
                    move = step * float(np.abs(best).max())
                    moved = scores + np.float32(move) * table
                    gain = (quality := self._quality(moved)) - reached
                    if users @ gain > 0.5 * gain.std() / count**0.5 + ROUNDING:
                        best = best.copy()
                        best[number] += move
                        scores, reached = moved, quality
        return best

    def in_spreads(self, weights: np.ndarray) -> np.ndarray:
        """(weights,): in units of how much the scores of a user vary."""
        scores = np.where(self._hidden, np.nan, self._scores(weights))
        return weights / max(float(np.nanstd(scores, axis=1).mean()), np.finfo(np.float32).tiny)

    def whole(self, weights: np.ndarray) -> np.ndarray:
        """(signals + numbers,): the same with a weight for each number of pairs."""
        signals = len(weights) - (len(self._of_pairs) > 0)
        return np.concatenate([weights[:signals], weights[signals:] * self._of_pairs])

    def _scores(self, weights: np.ndarray) -> np.ndarray:
        """(users, near items) float32, minus infinity for what is hidden."""
        scores = weighted_sum(weights, self._tables)
        scores[self._hidden] = -np.inf
        return scores

    def _quality(self, scores: np.ndarray) -> np.ndarray:
        """(users,): NDCG of the first ten items; what scores the same as others comes last."""
        user, items = self._user, scores.shape[1]
        depth = min(DEPTH, items)
        least = np.partition(scores, items - depth, axis=1)[:, items - depth]
        own = scores[user, self._place]
        hit = np.flatnonzero(own >= least[user])
        rank = (scores[user[hit]] >= own[hit, None]).sum(axis=1)  # from 1 on
        gain = np.where(rank <= depth, 1 / np.log2(rank + 1), 0)
        return np.bincount(user[hit], gain, minlength=len(scores)) / self._ideal


def scale(evidence: Evidence) -> np.ndarray:
    """Divide every signal by how much it varies over the items (in place), and return by what.

    A signal that hardly varies against its own size is left as it is: divided, its constant part
    would be so large that scores of float32 could not hold the others beside it.
    """
    found = np.ones(len(evidence.signals), np.float32)
    for number, signal in enumerate(evidence.signals):
        spread = float(signal.std(axis=1).mean())
        if spread > HARDLY * float(np.sqrt(np.square(signal).mean())):
            found[number] = spread
            signal /= found[number]
    return found


def weighted_sum(weights: np.ndarray, tables: np.ndarray) -> np.ndarray:
    """(users, items) float32.

    Args:
        weights: (n,).
        tables: (n, users, items) float32.
    """
    flat = weights.astype(np.float32) @ tables.reshape(len(tables), -1)
    return flat.reshape(tables.shape[1:])


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


def _ideal(relevant: np.ndarray) -> np.ndarray:
    """(users,): the discounted gain of a perfect list."""
    depth = min(DEPTH, relevant.shape[1])
    gains = np.cumsum(1 / np.log2(np.arange(2, depth + 2)))
    return gains[np.minimum(relevant.sum(axis=1), depth) - 1]
