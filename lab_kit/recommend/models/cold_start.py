"""Cold start: items nobody has touched, and users who have done nothing, by their attributes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.sparse as sp

from lab_kit.recommend.attributes import Attributes
from lab_kit.recommend.histories import Histories, History
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.memory import require_memory
from lab_kit.recommend.model import Model, Progress
from lab_kit.recommend.models.item_knn import binary
from lab_kit.recommend.ridge import Ridge
from lab_kit.recommend.smoothing import Table, smoothing, with_constant

PROBES = 200
"""Vectors of signs by which EASE's diagonal is estimated, to about 3 %."""
SPARE = 20
"""Columns of noise more than factors: the factors kept are then those of the exact answer."""
SAMPLE = 1_000
"""Users whose scores the smoothing is chosen on."""
MIXTURES = 48
"""Their scores are mixed at random to so few: errors keep their size (Johnson & Lindenstrauss)."""


@dataclass(eq=False, repr=False)
class ColdStart(Model):
    """score(j) = sum over the history of w_i l_i' r_j; without a history what such people take.

    L R' is the best table of rank `factors` for B S. B is EASE's table of who takes what with what,
    its columns divided by users ^ `discount`, and S = F (F'DF + rI)^-1 F'D smooths it over items
    alike in attributes and words F, D = log(1 + users): an item scores what items like it would
    score, and its own events play no part. How much words count, and r, are chosen by hiding a
    tenth of the items twice. Neither B nor S is ever made; conjugate gradients apply them.

    A user without events gets, for each item, the chance that somebody with such attributes takes
    it: ridge regression of who took it on the users' attributes.
    """

    name: ClassVar[str] = "cold start"
    paper: ClassVar[str] = (
        "Gantner et al., Learning Attribute-to-Feature Mappings for Cold-Start Recommendations, "
        "ICDM 2010, on the table of EASE (Steck 2019); randomised factors of Halko, Martinsson & "
        "Tropp, SIAM Review 53(2), 2011"
    )
    how: ClassVar[str] = (
        "The score is a sum over the history: the weight of each item times what it says about "
        "items with such attributes."
    )

    factors: int = 100
    """Numbers an item is described with."""
    regularisation: float = 200.0
    """Above 0: EASE's."""
    discount: float = 0.25
    """0 to 1: the higher, the less the popularity of similar items counts."""
    user_regularisation: float = 50.0
    """Above 0: the higher, the closer are users without events to popularity."""
    tau: float | None = None
    """How fast a history fades, in events; None: not at all, as taste in attributes hardly does."""
    seed: int = 0

    def _learn(self, interactions: Interactions, progress: Progress) -> None:
        taken = binary(interactions.matrix())
        self.learned |= self._items(taken, interactions.item_attributes, progress)
        progress(0.8, "cold start: what people with such attributes take")
        self.learned |= self._users(taken, interactions.user_attributes)

    # ---- items

    def _items(
        self, taken: sp.csr_array, known: Attributes | None, progress: Progress
    ) -> dict[str, np.ndarray]:
        if known is None:
            nothing = np.zeros((len(self.items), 0), np.float32)
            return {"left": nothing, "right": nothing}
        behaviour, transposed = self._behaviour(taken)
        progress(0.1, "cold start: choosing how much attributes count")
        rng = np.random.default_rng(self.seed)
        drawn = taken[np.sort(rng.permutation(taken.shape[0])[:SAMPLE])]
        mixed = drawn.T @ rng.normal(size=(drawn.shape[0], MIXTURES)).astype(np.float32)
        users = np.bincount(taken.indices, minlength=len(self.items))
        smooth = smoothing(known, transposed(mixed), users, self.seed)
        width = min(self.factors + SPARE, len(self.items))
        noise = rng.normal(size=(len(self.items), width)).astype(np.float32)
        progress(0.3, "cold start: finding the factors")
        basis = _orthogonal(behaviour(smooth.spread(noise)))
        progress(0.5, "cold start: finding the factors")
        basis = _orthogonal(smooth(transposed(basis)))
        progress(0.7, "cold start: finding the factors")
        left, sizes, turned = np.linalg.svd(behaviour(smooth.spread(basis)), full_matrices=False)
        kept = np.flatnonzero(sizes > 1e-4 * sizes[0])[: self.factors]
        return {
            "left": np.ascontiguousarray(left[:, kept]),
            "right": np.ascontiguousarray((basis @ turned.T * sizes)[:, kept]),
        }

    def _behaviour(self, taken: sp.csr_array) -> tuple[Table, Table]:
        """V to B v, and v to B'v, with B = (I - P / diag P) / users ^ discount, P = (X'X + rI)^-1.

        EASE's diagonal is 0; here it is so but for the error of an estimate.
        """
        ridge = Ridge(taken, self.regularisation)
        diagonal = ridge.inverse_diagonal(PROBES, self.seed)[:, None]
        users = ridge.diagonal - ridge.regularisation
        scale = (np.maximum(users, 1) ** -self.discount)[:, None]
        return (
            lambda vectors: scale * vectors - ridge.solve(scale * vectors / diagonal),
            lambda vectors: scale * (vectors - ridge.solve(vectors) / diagonal),
        )

    def from_histories(self, histories: Histories) -> np.ndarray:
        """(n, items) float32: how much items with such attributes follow from the histories."""
        weights = histories.weights(len(self.items), self.tau)
        return (weights @ self.learned["left"]) @ self.learned["right"].T

    # ---- users

    def _users(
        self, taken: sp.csr_array, known: Attributes | None
    ) -> dict[str, np.ndarray | sp.csr_array]:
        table = known.table if known else sp.csr_array((taken.shape[0], 0), dtype=np.float32)
        require_memory(
            8 * (table.shape[1] + 1) * len(self.items),
            f"{self.name} with {table.shape[1]:,} attributes of users",
            "leave out attributes with many values",
        )
        there = np.diff(taken.indptr) > 0
        rows = with_constant(table)[there]
        gram = (rows.T @ rows).toarray().astype(np.float64)
        gram[np.diag_indices(len(gram) - 1)] += self.user_regularisation
        sides = (rows.T @ taken[there]).toarray()
        return {"user": table, "effect": np.linalg.solve(gram, sides).astype(np.float32)}

    def from_attributes(self, users: np.ndarray) -> np.ndarray:
        """(n, items) float32: the chance that people with such attributes take each item.

        Args:
            users: (n,) codes of users; those of whom no attribute is known, -1 among them, get the
                items' popularity.
        """
        table, effect = self.learned["user"], self.learned["effect"]
        known = self._with_attributes(users)
        scores = np.tile(self.popular, (len(users), 1))
        scores[known] = table[users[known]] @ effect[:-1] + effect[-1]
        return scores

    def _with_attributes(self, users: np.ndarray) -> np.ndarray:
        """(n,) bool: of whom an attribute is known."""
        table = self.learned["user"]
        number = np.append(np.diff(table.indptr), 0)
        return number[np.where(users < table.shape[0], users, -1)] > 0

    # ---- answers

    def _scores(self, histories: Histories) -> np.ndarray:
        scores = self.from_histories(histories)
        silent = self._without_events(histories)
        if silent.any():
            scores[silent] = self.from_attributes(histories.user[silent])
        return scores

    def _without_events(self, histories: Histories) -> np.ndarray:
        """(n,) bool: histories that say nothing about items with attributes."""
        rows, items = histories.seen(len(self.items))
        said = np.zeros(len(histories), bool)
        said[rows[self.learned["left"].any(axis=1)[items]]] = True
        return ~said

    def _without_clue(self, histories: Histories) -> np.ndarray:
        return self._without_events(histories) & ~self._with_attributes(histories.user)

    def _similar(self, item: int) -> np.ndarray:
        """Cosine of the columns of B S: who is foretold to take items with such attributes."""
        right = self.learned["right"]
        length = np.linalg.norm(right, axis=1)
        product = length * length[item]
        return (right @ right[item]) / np.where(product > 0, product, 1)

    def _contributions(self, history: History, item: int) -> tuple[sp.csr_array, np.ndarray] | None:
        if self._without_events(Histories.of([history]))[0]:
            return None
        weights = Histories.of([history]).weights(len(self.items), self.tau)
        like = self.learned["left"][weights.indices] @ self.learned["right"][item]
        return weights, weights.data * like


def _orthogonal(vectors: np.ndarray) -> np.ndarray:
    return np.linalg.qr(vectors)[0]
