"""EASE: the item table that best rebuilds every history from its other items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.linalg
import scipy.sparse as sp

from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.memory import require_memory
from lab_kit.recommend.model import Progress
from lab_kit.recommend.models.item_to_item import ItemToItem

INSTEAD = "use ALS, whose memory grows with users + items, or leave out rare items (min_count)"


@dataclass(eq=False, repr=False)
class EASE(ItemToItem):
    """min ||X - XB||² + regularisation ||B||² with diag(B) = 0, solved in closed form.

    With fewer users than items the dual is solved, users x users. A history that fades
    (`tau`) is worth a third in quality, and costs nothing when fitting.
    """

    name: ClassVar[str] = "EASE"
    paper: ClassVar[str] = "Steck, Embarrassingly Shallow Autoencoders for Sparse Data, WWW 2019"

    regularisation: float = 200.0
    """Above 0: the higher, the smaller the table's entries."""
    tau: float | None = 6.0
    min_count: int = 1
    """Items with events of fewer users have no place in the table and score 0."""
    memory: int | None = None
    """Bytes allowed at the peak; None: four fifths of what is free."""

    def _learn(self, interactions: Interactions, progress: Progress) -> None:
        ones = interactions.matrix()
        ones.data[:] = 1
        kept = np.flatnonzero(
            np.bincount(ones.indices, minlength=len(self.items)) >= self.min_count
        )
        require_memory(
            memory_needed(len(kept), ones.shape[0]),
            f"EASE with {len(kept):,} items",
            INSTEAD,
            self.memory,
        )
        self._keep(kept)
        ones = ones[:, kept] if len(kept) < len(self.items) else ones
        ones = ones[np.diff(ones.indptr) > 0]
        progress(0.1, "EASE: inverting")
        solve = dual if ones.shape[0] < ones.shape[1] else primal
        self.learned["table"] = solve(sp.csr_array(ones), self.regularisation)


def memory_needed(items: int, users: int) -> int:
    """Bytes at the peak: the table, the matrix it is inverted in, and one copy in passing."""
    side = min(items, users)
    return 4 * (2 * items * items + side * side) + 4 * (items * side if side < items else 0)


def primal(ones: sp.csr_array, regularisation: float) -> np.ndarray:
    """(items, items) float32, by inverting items x items."""
    gram = (ones.T @ ones).toarray().astype(np.float32, order="F")
    np.fill_diagonal(gram, gram.diagonal() + regularisation)
    inverse = _inverse(gram)
    return _from_inverse(inverse)


def dual(ones: sp.csr_array, regularisation: float) -> np.ndarray:
    """(items, items) float32, by inverting users x users.

    (X'X + rI)^-1 = (I - X'(XX' + rI)^-1 X) / r, by the matrix inversion lemma.
    """
    kernel = (ones @ ones.T).toarray().astype(np.float64, order="F")
    np.fill_diagonal(kernel, kernel.diagonal() + regularisation)
    half = (ones.T @ _inverse(kernel)).astype(np.float32)  # (items, users)
    inverse = -np.ascontiguousarray((ones.T @ half.T).T)
    np.fill_diagonal(inverse, 1 + inverse.diagonal())
    inverse /= regularisation
    return _from_inverse(inverse)


def _from_inverse(inverse: np.ndarray) -> np.ndarray:
    """B = -P / diag(P) by column, and 0 on the diagonal; in the memory of P."""
    inverse /= -inverse.diagonal()
    np.fill_diagonal(inverse, 0)
    return np.ascontiguousarray(inverse)


def _inverse(matrix: np.ndarray) -> np.ndarray:
    """The inverse of a symmetric positive definite matrix, in its own memory."""
    root, info = scipy.linalg.lapack.get_lapack_funcs("potrf", (matrix,))(
        matrix, lower=True, overwrite_a=True, clean=False
    )
    if info == 0:
        matrix, info = scipy.linalg.lapack.get_lapack_funcs("potri", (root,))(
            root, lower=True, overwrite_c=True
        )
    if info != 0:
        raise np.linalg.LinAlgError("the matrix is not positive definite")
    # LAPACK filled the lower half; mirror it, block by block, without a second copy.
    for first in range(0, len(matrix), 512):
        last = min(first + 512, len(matrix))
        matrix[first:last, last:] = matrix[last:, first:last].T
        block = matrix[first:last, first:last]
        block[:] = np.tril(block) + np.tril(block, -1).T
    return matrix
