"""ALS: users and items as points, so that products of the two rebuild who took what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import scipy.sparse as sp
from implicit.cpu.als import AlternatingLeastSquares

from lab_kit.recommend.arrays import table_of
from lab_kit.recommend.histories import Histories, History
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.model import Model, Progress
from lab_kit.recommend.threads import one_thread

GROUP = 256
"""Users whose systems are solved together: 8 MB with 64 factors."""
ROWS = 16_384
"""Items whose factors are multiplied together: 8 MB with 64 factors."""


@dataclass(eq=False, repr=False)
class ALS(Model):
    """score(j) = y_j' x with x = (Y'Y + sum (c_i - 1) y_i y_i' + regularisation I)^-1 sum c_i y_i.

    The sums run over the history, with confidences c_i = alpha * weight of the item, which is how
    implicit reads its input (Hu, Koren and Volinsky write c = 1 + alpha r). Only the items'
    factors Y are kept: every history is folded in anew, so a new user or event needs no fitting.
    """

    name: ClassVar[str] = "ALS"
    paper: ClassVar[str] = (
        "Hu, Koren & Volinsky, Collaborative Filtering for Implicit Feedback Datasets, ICDM 2008"
    )
    how: ClassVar[str] = (
        "The user's factors are a weighted sum of those of the history's items; each item's part "
        "of the score is y' W c y_i (Hu, Koren & Volinsky 2008, section 5)."
    )

    factors: int = 64
    """Numbers a user and an item are described with; never more than there are users or items."""
    regularisation: float = 0.01
    """Above 0: the higher, the smaller the factors."""
    alpha: float = 1.0
    """Confidence of an event of weight 1; that of what was not taken is 1."""
    iterations: int = 15
    tau: float | None = 6.0
    """How fast a history fades, in events; None: not at all."""
    seed: int = 0

    def _learn(self, interactions: Interactions, progress: Progress) -> None:
        table = taken(interactions)

        def told(iteration: int, *_: Any) -> None:
            progress((iteration + 1) / self.iterations, "ALS: alternating")

        # OpenBLAS threads and implicit's own get in each other's way: ten times slower.
        with one_thread():
            fitted = AlternatingLeastSquares(
                factors=clipped(self.factors, table),
                regularization=self.regularisation,
                alpha=self.alpha,
                iterations=self.iterations,
                random_state=self.seed,
            )
            fitted.fit(table, show_progress=False, callback=told)
        factors = np.ascontiguousarray(fitted.item_factors, np.float32)
        self.learned |= {"factors": factors, "gram": _gram(factors)}

    def _weights(self, histories: Histories) -> sp.csr_array:
        return histories.weights(len(self.items), self.tau)

    def _scores(self, histories: Histories) -> np.ndarray:
        # The systems are too small for threads to help: two take many times as long as one.
        with one_thread():
            users = self._fold_in(self._weights(histories))
        return users @ self.learned["factors"].T

    def _fold_in(self, weights: sp.csr_array) -> np.ndarray:
        """(n, factors) float32: the users' factors."""
        factors, gram = self.learned["factors"], self._regularised()
        found = np.zeros((weights.shape[0], factors.shape[1]), np.float32)
        for first in range(0, len(found), GROUP):
            rows = range(first, min(first + GROUP, len(found)))
            pairs = [_system(weights, row, factors, gram, self.alpha) for row in rows]
            systems, sides = (np.stack(part) for part in zip(*pairs, strict=True))
            found[first : first + GROUP] = np.linalg.solve(systems, sides[:, :, None])[:, :, 0]
        return found

    def _regularised(self) -> np.ndarray:
        """Y'Y + regularisation I."""
        gram = self.learned["gram"]
        return gram + self.regularisation * np.eye(len(gram))

    def _similar(self, item: int) -> np.ndarray:
        """Cosine of the factors; 0 for items nobody took."""
        factors = self.learned["factors"]
        length = np.linalg.norm(factors, axis=1)
        product = length * length[item]
        return (factors @ factors[item]) / np.where(product > 0, product, 1)

    def _contributions(self, history: History, item: int) -> tuple[sp.csr_array, np.ndarray]:
        weights = self._weights(Histories.of([history]))
        factors = self.learned["factors"]
        system, _ = _system(weights, 0, factors, self._regularised(), self.alpha)
        like = factors[weights.indices] @ np.linalg.solve(system, factors[item])
        return weights, self.alpha * weights.data * like


def _system(
    weights: sp.csr_array, row: int, factors: np.ndarray, gram: np.ndarray, alpha: float
) -> tuple[np.ndarray, np.ndarray]:
    """Matrix and right-hand side of the equations for the factors of one user."""
    part = slice(int(weights.indptr[row]), int(weights.indptr[row + 1]))
    confidence = alpha * weights.data[part].astype(np.float64)
    own = factors[weights.indices[part]].astype(np.float64)
    return gram + (own * (confidence - 1)[:, None]).T @ own, confidence @ own


def _gram(factors: np.ndarray) -> np.ndarray:
    """Y'Y in float64, so many items at a time that no second table of factors is made."""
    parts = (
        factors[first : first + ROWS].astype(np.float64) for first in range(0, len(factors), ROWS)
    )
    return sum((part.T @ part for part in parts), np.zeros((factors.shape[1],) * 2))


def taken(interactions: Interactions) -> sp.csr_matrix:
    """(users with events, items) float32, as implicit wants it."""
    table = table_of(interactions.start, interactions.events, len(interactions.items))
    # Rows without entries begin where the next one does: to leave them out copies no entry.
    start = np.append(0, table.indptr[1:][np.diff(table.indptr) > 0]).astype(table.indptr.dtype)
    shape = (len(start) - 1, table.shape[1])
    return sp.csr_matrix((table.data, table.indices, start), shape=shape)


def clipped(factors: int, table: sp.csr_matrix) -> int:
    """As many factors as the table can fill: fewer than users and than items, at least 1."""
    return max(1, min(factors, min(table.shape) - 1))
