"""Similar items: by who took them, and by what is known of them where few have taken them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.sparse as sp

from lab_kit.recommend.answers import Recommendations
from lab_kit.recommend.attributes import Attributes
from lab_kit.recommend.histories import Histories, History
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.model import Model, Progress
from lab_kit.recommend.models.item_knn import binary, nearest_rows
from lab_kit.recommend.smoothing import smoothing
from lab_kit.recommend.top import top

SPARE = 20
"""Columns of noise more than factors: the factors kept are then those of the exact answer."""
MIXTURES = 48
"""Columns of behaviour the smoothing is chosen on."""
SAMPLE = 300
"""Items by whom behaviour and attributes are brought to one scale."""


@dataclass(eq=False, repr=False)
class SimilarItems(Model):
    """similarity(i, j) = t_ij + scale x cos(e_i, e_j) (1 - c_i c_j), c_i = n_i / (n_i + trust).

    Behaviour is t_ij = n_ij / (n_i^(1 - discount) n_j^discount + shrinkage): n_ij users took both
    items, n_i the first. Attributes count what behaviour cannot tell: all where an item is new,
    less and less as both gather users. Their vectors e are the directions in the attributes and
    words of items along which behaviour differs: those of the smoothed table S T S' with the
    largest eigenvalues, S the ridge regression of `lab_kit.recommend.smoothing`. So a colour few
    care for hardly counts, and the series an item belongs to does.
    """

    name: ClassVar[str] = "similar items"
    paper: ClassVar[str] = (
        "Deshpande & Karypis, Item-based Top-N Recommendation Algorithms, ACM TOIS 22(1), 2004; "
        "attributes in the manner of Gantner et al., ICDM 2010; what aws-similar-items answers, "
        "Amazon Personalize Developer Guide, Similar-Items recipe"
    )
    how: ClassVar[str] = (
        "The score is a sum over the history: the weight of each item times its likeness."
    )

    neighbours: int = 100
    """How many items behaviour may point at, for each item."""
    factors: int = 100
    """Numbers the attributes of an item are described with."""
    discount: float = 0.25
    """0 to 1: the higher, the less popular the similar items; 0.5 treats both items alike."""
    min_count: int = 2
    """Pairs with fewer users in common say nothing."""
    shrinkage: float = 10.0
    """In users: above 0, few users in common say little."""
    trust: float = 30.0
    """In users: with so many an item is known half by behaviour."""
    tau: float | None = 6.0
    """How fast a history fades, in events; None: not at all."""
    seed: int = 0

    def _learn(self, interactions: Interactions, progress: Progress) -> None:
        ones = binary(interactions.matrix())
        users = np.bincount(ones.indices, minlength=len(self.items)).astype(np.float32)

        def told(done: float, what: str) -> None:
            progress(done / 2, what)

        table = nearest_rows(self._rows(ones, users), len(self.items), self.neighbours, told)
        vectors = self._vectors(table, users, interactions.item_attributes)
        self.learned |= {
            "table": table,
            "vectors": vectors,
            "known": users / (users + self.trust),
            "scale": self._scale(table, vectors, users),
        }

    def _rows(self, ones: sp.csr_array, users: np.ndarray):  # type: ignore[no-untyped-def]  # noqa: ANN202
        """What computes the rows of behaviour from one item up to another."""
        transposed = sp.csr_array(ones.T)
        left, right = users ** (1 - self.discount), users**self.discount

        def rows(first: int, last: int) -> sp.csr_array:
            both = (transposed[first:last] @ ones).tocoo()
            values = both.data / (left[both.row + first] * right[both.col] + self.shrinkage)
            values[both.data < self.min_count] = 0
            return sp.csr_array((values, (both.row, both.col)), shape=both.shape)

        return rows

    def _vectors(
        self, table: sp.csr_array, users: np.ndarray, known: Attributes | None
    ) -> np.ndarray:
        """(items, at most factors) float32 of length 1, or 0 where nothing is known of an item."""
        if known is None:
            return np.zeros((len(self.items), 0), np.float32)
        both = sp.csr_array((table + table.T) / 2)
        rng = np.random.default_rng(self.seed)
        mixed = both @ rng.normal(size=(len(self.items), MIXTURES)).astype(np.float32)
        smooth = smoothing(known, mixed, users, self.seed)

        def smoothed(vectors: np.ndarray) -> np.ndarray:
            return smooth(both @ smooth.spread(vectors))

        width = min(self.factors + SPARE, len(self.items))
        basis = rng.normal(size=(len(self.items), width)).astype(np.float32)
        for _ in range(2):
            basis = np.linalg.qr(smoothed(basis))[0]
        small = basis.T @ smoothed(basis)
        sizes, turned = np.linalg.eigh((small + small.T) / 2)
        kept = np.argsort(-sizes)[: self.factors]
        kept = kept[sizes[kept] > 0]
        vectors = (basis @ turned[:, kept]) * np.sqrt(sizes[kept])
        vectors[np.diff(known.features().indptr) == 0] = 0
        length = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.where(length > 0, length, 1), np.float32)

    def _scale(self, table: sp.csr_array, vectors: np.ndarray, users: np.ndarray) -> np.ndarray:
        """(1,): spread of behaviour over that of the cosines, among items somebody took."""
        there = np.flatnonzero(users > 0)
        drawn = np.random.default_rng(self.seed).permutation(there)[:SAMPLE]
        spread = float((vectors[drawn] @ vectors[there].T).std())
        scale = float(table[drawn][:, there].toarray().std()) / spread if spread > 1e-6 else 0
        # Behaviour may say nothing at all; what attributes say then counts alone.
        return np.array([scale or 1.0], np.float32)

    # ---- answers

    def _alike(self, weights: sp.csr_array) -> np.ndarray:
        """(n, items) float32: weighted sums of rows of the similarity."""
        vectors, known = self.learned["vectors"], self.learned["known"]
        scores = np.asarray((weights @ self.learned["table"]).todense(), np.float32)
        if vectors.shape[1]:
            trusted = vectors * known[:, None]
            scores += self.learned["scale"] * ((weights @ vectors) @ vectors.T)
            scores -= self.learned["scale"] * ((weights @ trusted) @ trusted.T)
        return scores

    def _scores(self, histories: Histories) -> np.ndarray:
        return self._alike(histories.weights(len(self.items), self.tau))

    def _similar(self, item: int) -> np.ndarray:
        one = sp.csr_array((np.ones(1, np.float32), ([0], [item])), shape=(1, len(self.items)))
        scores = self._alike(one)[0]
        return scores if (scores > 0).any() else self.popular.copy()

    def similar(self, item: str, k: int = 25) -> Recommendations:
        """The k items most like this one; popular ones where the item is unknown.

        Raises:
            LabKitError: If the model is not fitted or k is below 1.
        """
        self._fitted()
        if item in self.items:
            return super().similar(item, k)
        best = top(self.popular, self._count(k))
        return Recommendations(self.items.values[best], self.popular[best])

    def _contributions(self, history: History, item: int) -> tuple[sp.csr_array, np.ndarray]:
        weights = Histories.of([history]).weights(len(self.items), self.tau)
        causes, vectors = weights.indices, self.learned["vectors"]
        known = self.learned["known"]
        like = self.learned["table"][causes][:, [item]].toarray()[:, 0]
        cosines = vectors[causes] @ vectors[item]
        like = like + self.learned["scale"] * cosines * (1 - known[causes] * known[item])
        return weights, weights.data * like
