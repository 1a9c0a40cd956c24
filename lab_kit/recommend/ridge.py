"""Ridge regression on sparse rows, solved without a table of columns x columns."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

TOLERANCE = 1e-3
"""A side is solved when what is left of it is so small a part of it: 20 rounds, as a rule."""
ROUNDS = 200
"""After so many rounds of conjugate gradients the answer stays as it is."""


class Ridge:
    """Solves (A'DA + regularisation I) X = B for a sparse A and many B, one after another.

    Conjugate gradients (Hestenes & Stiefel, Methods of conjugate gradients for solving linear
    systems, J. Res. NBS 49, 1952), with the diagonal as preconditioner: memory and time grow with
    the entries of A, so that no catalogue is too large.

    Args:
        rows: (rows, columns) CSR, A.
        regularisation: Above 0.
        weights: (rows,), the diagonal of D; None: 1 everywhere.
    """

    def __init__(
        self, rows: sp.csr_array, regularisation: float, weights: np.ndarray | None = None
    ) -> None:
        self.rows, self.regularisation = rows, np.float32(regularisation)
        row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
        data = rows.data if weights is None else rows.data * weights[row]
        weighted = sp.csr_array((data, rows.indices, rows.indptr), shape=rows.shape)
        # Kept in its own order: a product with a transposed view takes several times as long.
        self.transposed = sp.csr_array(weighted.T.astype(np.float32))
        squares = np.bincount(rows.indices, rows.data * data, minlength=rows.shape[1])
        self.diagonal = squares.astype(np.float32) + self.regularisation
        """(columns,): the diagonal of the system."""

    def solve(self, sides: np.ndarray) -> np.ndarray:
        """(columns, k) float32: X for B = `sides`, (columns, k)."""
        left = sides.astype(np.float32)
        found = np.zeros_like(left)
        scaled = left / self.diagonal[:, None]
        step, size = scaled, _dots(left, scaled)
        enough = (TOLERANCE**2) * _dots(left, left)
        for _ in range(ROUNDS):
            open_ = _dots(left, left) > enough
            if not open_.any():
                break
            moved = self.transposed @ (self.rows @ step) + self.regularisation * step
            # A side that is solved stays as it is, so that its answer does not depend on others.
            length = open_ * size / _not_zero(_dots(step, moved))
            found += length * step
            left -= length * moved
            scaled = left / self.diagonal[:, None]
            before, size = size, _dots(left, scaled)
            step = scaled + (size / _not_zero(before)) * step
        return found

    def inverse_diagonal(self, probes: int, seed: int) -> np.ndarray:
        """(columns,) float32: the diagonal of (A'DA + regularisation I)^-1, estimated.

        With vectors z of random signs it is the mean of z x (inverse z) (Bekas, Kokiopoulou & Saad,
        An estimator for the diagonal of a matrix, Applied Numerical Mathematics 57, 2007); it lies
        between 1 / diagonal and 1 / regularisation.
        """
        draw = np.random.default_rng(seed).integers(0, 2, (len(self.diagonal), probes))
        signs = (2 * draw - 1).astype(np.float32)
        mean = (signs * self.solve(signs)).mean(axis=1)
        return np.clip(mean, 1 / self.diagonal, 1 / self.regularisation)


def _dots(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(k,): products of the columns of two tables."""
    return np.einsum("ck,ck->k", one, other)


def _not_zero(values: np.ndarray) -> np.ndarray:
    return np.where(values > 0, values, 1)
