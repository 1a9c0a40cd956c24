"""BPR: factors that put what a user took above what they did not take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import scipy.sparse as sp
from implicit.cpu.bpr import BayesianPersonalizedRanking

from lab_kit.recommend.histories import Histories, History
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.model import Model, Progress
from lab_kit.recommend.models.als import clipped, taken
from lab_kit.recommend.threads import one_thread


@dataclass(eq=False, repr=False)
class BPR(Model):
    """score(j) = b_j + scale * y_j' sum w_i y_i / sum w_i over the history.

    The factors Y and biases b are those of implicit's BPR. Its users' factors are not kept: a
    history is answered with the weighted mean of its items' factors. That is an approximation; its
    one number `scale` is the least-squares fit to the users' factors that were learnt.
    """

    name: ClassVar[str] = "BPR"
    paper: ClassVar[str] = (
        "Rendle et al., BPR: Bayesian Personalized Ranking from Implicit Feedback, UAI 2009"
    )
    how: ClassVar[str] = (
        "The user's factors are approximated by the weighted mean of those of the history's items; "
        "for that formula the parts are exact, and what remains is the item's own bias."
    )

    factors: int = 64
    """Numbers a user and an item are described with; never more than there are users or items."""
    learning_rate: float = 0.05
    regularisation: float = 0.01
    iterations: int = 100
    tau: float | None = 6.0
    """How fast a history fades, in events; None: not at all."""
    seed: int = 0

    def _learn(self, interactions: Interactions, progress: Progress) -> None:
        table = taken(interactions)

        def told(iteration: int, *_: Any) -> None:
            progress((iteration + 1) / self.iterations, "BPR: ranking pairs")

        # More than one thread would update the factors in an order that is never the same.
        fitted = BayesianPersonalizedRanking(
            factors=clipped(self.factors, table),
            learning_rate=self.learning_rate,
            regularization=self.regularisation,
            iterations=self.iterations,
            num_threads=1,
            random_state=self.seed,
        )
        with one_thread():
            fitted.fit(table, show_progress=False, callback=told)
        items = np.asarray(fitted.item_factors, np.float32)
        unseen = np.bincount(table.indices, minlength=len(items)) == 0
        items[unseen, :-1] = 0
        self.learned["factors"], self.learned["bias"] = items[:, :-1].copy(), items[:, -1].copy()
        self.learned["scale"] = self._scale(table, np.asarray(fitted.user_factors)[:, :-1])

    def _scale(self, table: sp.csr_matrix, users: np.ndarray) -> np.ndarray:
        """(1,) float32: min ||users - scale * mean of their items||², never below 0."""
        means = _mean(sp.csr_array(table), self.learned["factors"])
        squares = float((means**2).sum())
        scale = max(0.0, float((users * means).sum())) / squares if squares > 0 else 1.0
        return np.array([scale], np.float32)

    def _weights(self, histories: Histories) -> sp.csr_array:
        return histories.weights(len(self.items), self.tau)

    def _scores(self, histories: Histories) -> np.ndarray:
        users = self.learned["scale"] * _mean(self._weights(histories), self.learned["factors"])
        return users @ self.learned["factors"].T + self.learned["bias"]

    def _contributions(self, history: History, item: int) -> tuple[sp.csr_array, np.ndarray]:
        weights, factors = self._weights(Histories.of([history])), self.learned["factors"]
        share = weights.data / weights.data.sum()
        like = factors[weights.indices] @ factors[item]
        return weights, self.learned["scale"] * share * like


def _mean(weights: sp.csr_array, factors: np.ndarray) -> np.ndarray:
    """(n, factors) float32: weighted means, 0 where there is no item."""
    total = np.asarray(weights.sum(axis=1)).reshape(-1, 1)
    return np.asarray(weights @ factors / np.where(total > 0, total, 1), np.float32)
