"""What the attributes of the items of a history say: taste, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp

from lab_kit.recommend.events import places
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.models.sequence import positions
from lab_kit.recommend.signals.signals import Question, Signals

TASTES = (20.0, 100.0)
"""Fading of the memories a taste is read from, in events."""
LAST = 2.0
"""Fading of the memory that says what comes next, in events."""
DOUBT = 3.0
"""In events: a taste read from so few counts half."""
MOST = 3.0
"""Logarithms of ratios further from 0 than this are cut to it."""
REGULARISATION = 50.0
PAST, FUTURE = 5.0, 3.0
"""Fadings of the events before and after, when learning what comes next."""


class Taste(Signals):
    """score(item) = mean over its attributes of the log of how much commoner they are here.

    Here: among the items of the history, with a long and with a short memory; or among those that
    usually follow items with such attributes, by a linear sequence model of attributes (ridge
    regression of the attributes of what followed on those of what went before).
    """

    names = ("taste, short memory", "taste, long memory", "attributes that follow")
    word = "attributes"

    @classmethod
    def fit(cls, interactions: Interactions) -> Taste | None:
        """Learn what is usual and what follows; None where no item has attributes."""
        if interactions.item_attributes is None:
            return None
        items = len(interactions.items)
        table = sp.csr_array(interactions.item_attributes.table)
        table.resize((items, table.shape[1]))
        weight = interactions.relative_weight
        counts = np.bincount(interactions.events.item, weight, minlength=items) @ table
        used = np.flatnonzero(counts > 0)
        if not len(used):
            return None
        table, usual = sp.csr_array(table[:, used]), counts[used] / weight.sum()
        return cls(
            {
                "table": table,
                "usual": usual.astype(np.float32),
                "next": _following(interactions, table, weight),
                "number": np.maximum(np.diff(table.indptr), 1).astype(np.float32),
            }
        )

    def __len__(self) -> int:
        return len(self.learned["number"])

    def each(self, question: Question) -> Iterator[np.ndarray]:
        """(n, items) float32 a signal, in the order of the names."""
        for profile in self._profiles(question):
            yield self._of_items(profile)

    def add(self, scores: np.ndarray, question: Question, weights: np.ndarray) -> None:
        """The weighted sum of the profiles is spread over the items once."""
        profiles = self._profiles(question)
        scores += self._of_items(np.tensordot(weights, np.stack(profiles), axes=1))

    def liked(self, question: Question) -> np.ndarray:
        """(n, attributes) float32: log of how much commoner each is than with everybody."""
        return self._profiles(question)[1]

    def _profiles(self, question: Question) -> list[np.ndarray]:
        recent, usual = question.recent, self.learned["usual"]
        place, start = places(self.learned["table"].indptr, recent.item)
        # One number an attribute of an item of a history.
        width, length = len(usual), np.diff(start)
        cell = np.repeat(recent.row * width, length) + self.learned["table"].indices[place]

        def seen(weights: np.ndarray) -> np.ndarray:
            found = np.bincount(cell, np.repeat(weights, length), minlength=len(recent) * width)
            return found.reshape(len(recent), width)

        found = []
        for tau in TASTES:
            weights = recent.fading(tau)
            total = np.bincount(recent.row, weights, minlength=len(recent))[:, None]
            ratio = (seen(weights) + DOUBT * usual) / (total + DOUBT) / usual
            found.append(np.clip(np.log(ratio), -MOST, MOST))
        follows = seen(recent.fading(LAST)) @ self.learned["next"]
        total = np.abs(follows).sum(axis=1, keepdims=True)
        share = np.maximum(follows / np.where(total > 0, total, 1), 1e-6)
        level = np.where(total > 0, np.log(share / (usual / usual.sum())), 0)
        found.append(np.clip(level, -MOST, MOST))
        return found

    def _of_items(self, profiles: np.ndarray) -> np.ndarray:
        """(n, items) float32: mean of the profile over the attributes of each item."""
        spread = (self.learned["table"] @ profiles.T.astype(np.float32)).T
        return spread / self.learned["number"]


def _following(interactions: Interactions, table: sp.csr_array, weight: np.ndarray) -> np.ndarray:
    """(attributes, attributes) float32: what follows an attribute."""
    events, width = interactions.events, table.shape[1]
    gram, cross = np.zeros((width, width)), np.zeros((width, width))
    found = positions(events.item, weight, interactions.start, table.shape[0], PAST, FUTURE)
    for _, (before, after) in found:
        past = before @ table
        gram += (past.T @ past).toarray()
        cross += (past.T @ (after @ table)).toarray()
    gram[np.diag_indices(width)] += REGULARISATION
    return np.linalg.solve(gram, cross).astype(np.float32)
