"""Taste as a whole: what users with the same few dozen leanings take."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.models.als import ALS
from lab_kit.recommend.recency import Recency, recency
from lab_kit.recommend.signals.bounds import Bounds
from lab_kit.recommend.signals.signals import Part, Question, Signals, Weighted

MEMORY = 40.0
"""Fading of the memory, in events."""
LEAST = 1e-3
"""In spreads of all scores: no item's own spread counts for less."""


class Factors(Signals):
    """score(item) = y' (Y'Y + rI)^-1 sum over the history of w_i y_i, with the factors Y of ALS.

    This is ALS's own answer but for one thing: the items of the history do not weigh more than
    those that are not in it, so that one small system serves every history (implicit feedback with
    confidence 1: Hu, Koren & Volinsky, ICDM 2008). "unusual" is the same against what the item
    scores with everybody, in standard deviations.
    """

    names = ("factors", "factors, unusual")
    word = "taste as a whole"

    @classmethod
    def fit(cls, interactions: Interactions, bounds: Bounds) -> Factors:
        """Fit ALS, and look at what each item usually scores."""
        als = ALS(factors=bounds.factors, seed=bounds.seed).fit(interactions)
        factors = als.learned["factors"]
        gram = factors.T @ factors + als.regularisation * np.eye(factors.shape[1])
        folded = np.linalg.solve(gram, factors.T).T.astype(np.float32)
        # One row a factor: a row is then read at a stretch.
        turned = np.ascontiguousarray(factors.T)
        found = cls({"factors": turned, "folded": np.ascontiguousarray(folded)})
        drawn = np.random.default_rng(bounds.seed).permutation(len(interactions.users))
        histories = interactions.histories(drawn[: bounds.sample])
        usual = found._users(recency(histories, len(factors), bounds.depth)) @ turned
        spread = usual.std(axis=0)
        spread += max(LEAST * float(usual.std()), np.finfo(np.float32).tiny)
        found.learned |= {"usual": usual.mean(axis=0), "spread": spread}
        return found

    def __len__(self) -> int:
        return self.learned["factors"].shape[1]

    def each(self, question: Question) -> Iterator[np.ndarray]:
        """(n, items) float32 a signal, in the order of the names."""
        scores = self._users(question.recent) @ self.learned["factors"]
        yield scores
        yield (scores - self.learned["usual"]) / self.learned["spread"]

    def weighted(self, weights: np.ndarray) -> Weighted:
        """Both are sums, so the factors are read once."""
        unusual = weights[1] / self.learned["spread"]
        both, usual = weights[0] + unusual, unusual * self.learned["usual"]

        def add(scores: np.ndarray, question: Question) -> None:
            own = self._users(question.recent) @ self.learned["factors"]
            own *= both
            own -= usual
            scores += own

        return add

    def part(self, question: Question, item: int, weights: np.ndarray) -> Part:
        """Exact: the score is a sum over the history."""
        recent, spread = question.recent, self.learned["spread"][item]
        way = _ways(recent)
        said = self.learned["folded"][recent.item] @ self.learned["factors"][:, item]
        rest = -weights[1] * self.learned["usual"][item] / spread
        return Part(float(rest), (weights[0] + weights[1] / spread) * way * said)

    def _users(self, recent: Recency) -> np.ndarray:
        """(n, factors) float32: where each history stands."""
        ways, own = _ways(recent), self.learned["folded"][recent.item]
        if len(recent) == 1:
            return (ways @ own)[None]
        own *= ways[:, None]
        found = np.zeros((len(recent), own.shape[1]), np.float32)
        some = np.flatnonzero(np.diff(recent.start))
        if len(some):
            found[some] = np.add.reduceat(own, recent.start[some], axis=0)
        return found


def _ways(recent: Recency) -> np.ndarray:
    """(entries,) float32: how much each item counts; the squares of a history add up to 1."""
    return recent.unit(recent.fading(MEMORY))
