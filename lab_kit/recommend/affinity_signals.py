"""Signals that tell who will take an item, or any item of a set, for all users at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.models.item_knn import binary
from lab_kit.recommend.ridge import Ridge

SIGNALS = ("beside", "beside, lately", "of the like", "activity", "own", "own, counted")
NEIGHBOURS = 20
"""Items that stand in for one nobody took."""
PRIOR = 20.0
"""In items: with so many taken, half of a taste is believed."""


class AffinitySignals:
    """Six numbers a user and a target, a target being one item or several.

    - beside: what the user took outside of the target, weighed by ridge regression of who took the
      target on who took what: the column of EASE's table, found by conjugate gradients.
    - beside, lately: the same for a history that fades.
    - of the like: how much more the user takes of it than others do, shrunken: of the target
      itself where it is a set, of the attributes of a single item (`AttributeAffinity`).
    - activity: log(1 + different items taken).
    - own: whether the user took of the target; counted: log(1 + events with it).

    The first four are standardised over the users, and of the first two the logarithm is taken,
    as the few users far above all others are not that much likelier.

    Args:
        interactions: What is known.
        regularisation: Above 0, of the ridge regression.
        tau: Fading, in events.
    """

    def __init__(self, interactions: Interactions, regularisation: float, tau: float) -> None:
        self.interactions = interactions
        self.counts = interactions.matrix()
        self.taken = binary(self.counts)
        self.fading = interactions.histories().weights(len(interactions.items), tau)
        self.ridge = Ridge(self.taken, regularisation)
        self.number = np.diff(self.taken.indptr).astype(np.float32)
        self.users = np.bincount(self.taken.indices, minlength=self.taken.shape[1])
        self.activity = _standardised(np.log1p(self.number)[:, None])[:, 0]

    def of(self, targets: Sequence[np.ndarray]) -> np.ndarray:
        """(targets, users, signals) float32.

        Args:
            targets: Codes of the items of each.
        """
        inside = _columns(targets, self.taken.shape[1])
        # (X'X + rI)^-1 X'X e = e - r (X'X + rI)^-1 e: off e it is EASE's column but for its scale.
        asked = self._asked(targets, inside).toarray()
        weights = asked - self.ridge.regularisation * self.ridge.solve(asked)
        weights[inside.nonzero()] = 0
        own = (self.counts @ inside).toarray()
        signals = (
            _logarithm(_standardised(self.taken @ weights)),
            _logarithm(_standardised(self.fading @ weights)),
            _standardised(np.stack([self._taste(target) for target in targets], axis=1)),
            np.broadcast_to(self.activity[:, None], own.shape),
            own > 0,
            np.log1p(own),
        )
        return np.stack(signals, axis=2).transpose(1, 0, 2).astype(np.float32)

    def _asked(self, targets: Sequence[np.ndarray], inside: sp.csr_array) -> sp.csr_array:
        """(items, targets): the targets, those nobody took replaced by what is like them."""
        new = [n for n, target in enumerate(targets) if not self.users[target].any()]
        if not new or self._features is None:
            return inside
        asked = sp.lil_array(inside)
        for column in new:
            like = self._features @ self._features[targets[column]].sum(axis=0)
            like[self.users == 0] = 0
            best = np.argsort(-like, kind="stable")[:NEIGHBOURS]
            asked[targets[column], column] = 0
            asked[best, column] = like[best]
        return sp.csr_array(asked, dtype=np.float32)

    @cached_property
    def _features(self) -> sp.csr_array | None:
        known = self.interactions.item_attributes
        return None if known is None else known.features()

    def _taste(self, target: np.ndarray) -> np.ndarray:
        """(users,): mean of log((c + prior p) / ((n + prior) p)) over the groups of the target."""
        known = self.interactions.item_attributes
        if len(target) > 1:
            groups = _columns([target], self.taken.shape[1])
        elif known is None:
            return np.zeros(len(self.number), np.float32)
        else:
            row = known.table.indices[
                known.table.indptr[target[0]] : known.table.indptr[target[0] + 1]
            ]
            groups = known.table[:, row]
        share = (groups.T @ self.users) / self.number.sum()
        groups, share = groups[:, np.flatnonzero(share)], share[share > 0]
        if not len(share):
            return np.zeros(len(self.number), np.float32)
        count = (self.taken @ groups).toarray()
        number = self.number[:, None]
        return np.log((count + PRIOR * share) / ((number + PRIOR) * share)).mean(axis=1)


def _columns(targets: Sequence[np.ndarray], items: int) -> sp.csr_array:
    """(items, targets) float32: 1 where an item belongs to a target."""
    column = np.repeat(np.arange(len(targets)), [len(target) for target in targets])
    ones = np.ones(len(column), np.float32)
    return sp.csr_array((ones, (np.concatenate(targets), column)), shape=(items, len(targets)))


def _standardised(values: np.ndarray) -> np.ndarray:
    """Columns with mean 0 and standard deviation 1; a constant column becomes 0."""
    spread = values.std(axis=0)
    return (values - values.mean(axis=0)) / np.where(spread > 1e-9, spread, np.inf)


def _logarithm(values: np.ndarray) -> np.ndarray:
    return np.sign(values) * np.log1p(np.abs(values))
