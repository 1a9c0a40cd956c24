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
from lab_kit.recommend.models.item_to_item import ItemToItem, common

INSTEAD = "use ALS, whose memory grows with users + items, or leave out rare items (min_count)"


@dataclass(eq=False, repr=False)
class EASE(ItemToItem):
    """min ||X - XB||² + regularisation ||B||² with diag(B) = 0, solved in closed form.

    X holds how much each user had to do with each item (`Interactions.strength`: 1 where events
    have no weights). With fewer users than items the dual is solved, users x users. A history that
    fades (`tau`) is worth a third in quality, and costs nothing when fitting.
    """

    name: ClassVar[str] = "EASE"
    paper: ClassVar[str] = "Steck, Embarrassingly Shallow Autoencoders for Sparse Data, WWW 2019"

    regularisation: float = 200.0
    """Above 0: the higher, the smaller the table's entries."""
    tau: float | None = 6.0
    min_count: int = 1
    """Items with events of fewer users have no place in the table and score 0."""
    most_items: int | None = None
    """So many items at most have a place, those with most users; None: all of them."""
    visits: float = 0.0
    """0 or more. Above 0 each visit of a user is a row beside the user, and counts so much: what
    is taken together on one visit is more alike than what one user took in a year."""
    memory: int | None = None
    """Bytes allowed at the peak; None: four fifths of what is free."""

    def _learn(self, interactions: Interactions, progress: Progress) -> None:
        taken = interactions.strength()
        users = np.bincount(taken.indices, minlength=len(self.items))
        kept = common(users, self.min_count, self.most_items)
        rows = [taken] if not self.visits else [taken, self._of_visits(interactions)]
        table = sp.csr_array(sp.vstack(rows))[:, kept]
        table = sp.csr_array(table[np.diff(table.indptr) > 0])
        require_memory(
            memory_needed(len(kept), table.shape[0]),
            f"EASE with {len(kept):,} items",
            INSTEAD,
            self.memory,
        )
        self._keep(kept)
        progress(0.1, "EASE: inverting")
        solve = dual if table.shape[0] < table.shape[1] else primal
        self.learned["table"] = solve(table, self.regularisation)

    def _of_visits(self, interactions: Interactions) -> sp.csr_array:
        """(visits, items): rows like those of users, which count `visits` times as much."""
        single = interactions.of_visits().strength()
        single.data *= np.float32(self.visits**0.5)
        return single


def memory_needed(items: int, users: int) -> int:
    """Bytes at the peak: the table, the matrix it is inverted in, and one copy in passing."""
    side = min(items, users)
    return 4 * (2 * items * items + side * side) + 4 * (items * side if side < items else 0)


def primal(taken: sp.csr_array, regularisation: float) -> np.ndarray:
    """(items, items) float32, by inverting items x items."""
    gram = (taken.T @ taken).toarray(order="F")
    np.fill_diagonal(gram, gram.diagonal() + regularisation)
    return _from_inverse(_inverse(gram))


def dual(taken: sp.csr_array, regularisation: float) -> np.ndarray:
    """(items, items) float32, by inverting users x users.

    (X'X + rI)^-1 = (I - X'(XX' + rI)^-1 X) / r, by the matrix inversion lemma.
    """
    kernel = (taken @ taken.T).toarray().astype(np.float64, order="F")
    np.fill_diagonal(kernel, kernel.diagonal() + regularisation)
    half = (taken.T @ _inverse(kernel)).astype(np.float32)  # (items, users)
    inverse = -(taken.T @ half.T)
    np.fill_diagonal(inverse, 1 + inverse.diagonal())
    inverse /= regularisation
    return _from_inverse(inverse)


def _from_inverse(inverse: np.ndarray) -> np.ndarray:
    """B = -P / diag(P) by column, and 0 on the diagonal; in the memory of P, rows at a stretch."""
    # P is symmetric: turned round it is the same matrix, and its rows lie at a stretch.
    table = inverse.T if inverse.flags.f_contiguous else inverse
    table /= -table.diagonal()
    np.fill_diagonal(table, 0)
    return table


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
