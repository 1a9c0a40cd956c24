"""Semantic: items are alike when their texts mean something alike, whoever took them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import svds

from lab_kit.recommend.histories import Histories, History
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.model import Model, Progress


@dataclass(eq=False, repr=False)
class Semantic(Model):
    """similarity(i, j) = cos(v_i, v_j), v the items' places in the space of their words' meanings.

    Words, weighed by TF-IDF, and attributes are described by the `factors` directions in which
    items differ most (latent semantic analysis), so that texts are alike without a word in common
    where their words go together elsewhere. Items nobody took are known like any others. A
    direction counts in proportion to its size; items without text score 0.
    """

    name: ClassVar[str] = "semantic similarity"
    paper: ClassVar[str] = (
        "Deerwester et al., Indexing by Latent Semantic Analysis, JASIS 41(6), 1990"
    )
    how: ClassVar[str] = (
        "The score is a sum over the history: the weight of each item times its likeness in "
        "meaning."
    )

    factors: int = 100
    """Directions; never more than there are items or words."""
    attributes: float = 0.5
    """How long the part with the attributes is, that with the words being 1; 0: words alone."""
    tau: float | None = 6.0
    """How fast a history fades, in events; None: not at all."""
    seed: int = 0

    def _learn(self, interactions: Interactions, progress: Progress) -> None:
        known = interactions.item_attributes
        nothing = np.zeros((len(self.items), 0), np.float32)
        self.learned["vectors"] = nothing
        if known is None:
            return
        progress(0.1, "semantic similarity: counting words")
        table = sp.csr_array(
            sp.hstack([self.attributes * known.features(0.0), known.words]), dtype=np.float64
        )
        table = sp.csr_array(
            table[:, np.flatnonzero(np.bincount(table.indices, minlength=table.shape[1]))]
        )
        if not min(table.shape):
            return
        if min(table.shape) <= self.factors:
            # svds cannot give all directions.
            left, sizes, _ = np.linalg.svd(table.toarray(), full_matrices=False)
        else:
            start = np.random.default_rng(self.seed).normal(size=min(table.shape))
            left, sizes, _ = svds(table, self.factors, v0=start)
        vectors = left * sizes
        length = np.linalg.norm(vectors, axis=1, keepdims=True)
        self.learned["vectors"] = np.asarray(
            vectors / np.where(length > 1e-9, length, 1), np.float32
        )

    def _scores(self, histories: Histories) -> np.ndarray:
        vectors = self.learned["vectors"]
        return (histories.weights(len(self.items), self.tau) @ vectors) @ vectors.T

    def _similar(self, item: int) -> np.ndarray:
        vectors = self.learned["vectors"]
        scores = vectors @ vectors[item]
        return scores if (scores > 0).any() else self.popular.copy()

    def _contributions(self, history: History, item: int) -> tuple[sp.csr_array, np.ndarray]:
        weights = Histories.of([history]).weights(len(self.items), self.tau)
        vectors = self.learned["vectors"]
        return weights, weights.data * (vectors[weights.indices] @ vectors[item])
