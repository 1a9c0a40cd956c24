"""RepeatRecent: what a user took lately, again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.sparse as sp

from lab_kit.recommend.histories import Histories, History
from lab_kit.recommend.interactions import Interactions
from lab_kit.recommend.model import Model, Progress


@dataclass(eq=False, repr=False)
class RepeatRecent(Model):
    """score(item) = sum over the user's events with it of exp(-position from the end / tau).

    Items the user never took come after all others, in the order of their popularity. Where items
    may come again, no model is worth its name that is not above this one.
    """

    name: ClassVar[str] = "repeat recent"
    paper: ClassVar[str] = (
        "Anderson, Kumar, Tomkins & Vassilvitskii, The Dynamics of Repeat Consumption, WWW 2014"
    )
    how: ClassVar[str] = "The score of an item of the history is the sum of its fading events."

    tau: float = 10.0
    """How fast a history fades, in events."""

    def _learn(self, interactions: Interactions, progress: Progress) -> None:
        """Nothing but popularity, which every model knows."""

    def _scores(self, histories: Histories) -> np.ndarray:
        scores = np.tile(self.popular - 2, (len(histories), 1))  # below 0, and so below any event
        fading = self._fading(histories)
        row = np.repeat(np.arange(len(histories)), np.diff(fading.indptr))
        scores[row, fading.indices] = fading.data
        return scores

    def _fading(self, histories: Histories) -> sp.csr_array:
        """(n, items) float32: sums of what is left of the events of each item."""
        item, row = histories.events.item, histories.row
        position = histories.start[1:][row] - 1 - np.arange(len(item))
        left = (histories.events.weight * np.exp(-position / self.tau)).astype(np.float32)
        known = (item >= 0) & (item < len(self.items))
        entries = (left[known], (row[known], item[known]))
        return sp.csr_array(entries, shape=(len(histories), len(self.items)))

    def _contributions(self, history: History, item: int) -> tuple[sp.csr_array, np.ndarray]:
        fading = self._fading(Histories.of([history]))
        return fading, np.where(fading.indices == item, fading.data, 0)
