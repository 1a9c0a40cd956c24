"""RP3beta: a walk of three steps from user to item to user to item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.sparse as sp

from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.model import Progress
from lab_kit.recommend.models.item_knn import binary, nearest_rows
from lab_kit.recommend.models.item_to_item import ItemToItem


@dataclass(eq=False, repr=False)
class RP3beta(ItemToItem):
    """table[i, j] = sum over users u of both of (1 / n_i)^alpha (1 / n_u)^alpha / n_j^beta.

    n_i and n_j are the numbers of users of the items, n_u the number of items of the user: the
    chance to walk from i over u to j, which pays less for an item that everybody reaches.
    """

    name: ClassVar[str] = "RP3beta"
    paper: ClassVar[str] = (
        "Paudel et al., Updatable, Accurate, Diverse, and Scalable Recommendations for Interactive "
        "Applications, ACM TiiS 7(1), 2017"
    )

    alpha: float = 0.5
    """Power of each step's chance: below 1, the steps become more equal."""
    beta: float = 0.5
    """Power of the popularity divided by: 0 is the plain walk, 1 favours rare items."""
    neighbours: int = 200
    """How many entries a row keeps."""
    tau: float | None = 6.0

    def _learn(self, interactions: Interactions, progress: Progress) -> None:
        ones = binary(interactions.matrix())
        of_user = np.maximum(np.diff(ones.indptr), 1.0)
        of_item = np.maximum(np.bincount(ones.indices, minlength=len(self.items)), 1.0)
        to_user = sp.csr_array(sp.diags_array(of_item**-self.alpha) @ ones.T, dtype=np.float32)
        to_item = sp.diags_array(of_user**-self.alpha) @ ones @ sp.diags_array(of_item**-self.beta)
        to_item = sp.csr_array(to_item, dtype=np.float32)

        def rows(first: int, last: int) -> sp.csr_array:
            return sp.csr_array(to_user[first:last] @ to_item)

        self.learned["table"] = nearest_rows(rows, len(self.items), self.neighbours, progress)
