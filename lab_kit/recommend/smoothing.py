"""Carry what is known of some items over to items that are like them in attributes and words."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.sparse as sp

from lab_kit.recommend.attributes import Attributes
from lab_kit.recommend.ridge import Ridge

Table = Callable[[np.ndarray], np.ndarray]
"""A table items x items that is never made: (items, k) to (items, k)."""
WORDS = (0.25, 0.5, 1.0)
"""How much words count beside attributes."""
REGULARISATIONS = (1.0, 3.0, 10.0, 30.0)
FOLDS = 10
"""One of so many parts of the items is hidden at a time."""
ALIKE = 1e-5
"""Errors that differ by less than this part are the same: rounding decides nothing."""
HIDDEN = 2
"""How many of the parts are hidden, one after the other."""


class Smoothing:
    """Ridge regression on the features of items, as a table S = F (F'DF + rI)^-1 F'D.

    Args:
        features: (items, features) CSR, F.
        weights: (items,), the diagonal of D; 0 for items of which nothing is known.
        regularisation: Above 0.
    """

    def __init__(self, features: sp.csr_array, weights: np.ndarray, regularisation: float) -> None:
        self.features, self.weights = features, weights[:, None].astype(np.float32)
        self.ridge = Ridge(features, regularisation, self.weights[:, 0])

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """(items, k): S values, what the features say of every item."""
        return self.features @ self.ridge.solve(self.ridge.transposed @ values)

    def spread(self, values: np.ndarray) -> np.ndarray:
        """(items, k): S' values."""
        return self.weights * (self.features @ self.ridge.solve(self.features.T @ values))


def smoothing(known: Attributes, values: np.ndarray, users: np.ndarray, seed: int) -> Smoothing:
    """The smoothing that foretells best the values of items it has not seen.

    Args:
        known: Attributes and words of the items.
        values: (items, k): what shall be foretold.
        users: (items,): how many users an item has; those with more count more, as log(1 + users).
        seed: Draws the items that are hidden.
    """
    weights = np.log1p(users)
    part = np.random.default_rng(seed).integers(0, FOLDS, len(users))

    def error(words: float, regularisation: float) -> float:
        features, total = with_constant(known.features(words)), 0.0
        for fold in range(HIDDEN):
            hidden = part == fold
            model = Smoothing(features, np.where(hidden, 0, weights), regularisation)
            missed = (model(values)[hidden] - values[hidden]) ** 2
            total += float(weights[hidden] @ missed.sum(axis=1))
        return total

    choices = [
        (words, strength)
        for words in (WORDS if known.words.nnz else WORDS[-1:])
        for strength in REGULARISATIONS
    ]
    errors = np.array([error(*choice) for choice in choices])
    words, strength = choices[int(np.argmax(errors <= (1 + ALIKE) * errors.min()))]
    return Smoothing(with_constant(known.features(words)), weights, strength)


def with_constant(features: sp.csr_array) -> sp.csr_array:
    """(rows, features + 1) float32: the features, and one that every row has."""
    one = sp.csr_array(np.ones((features.shape[0], 1), np.float32))
    return sp.csr_array(sp.hstack([features, one]), dtype=np.float32)
