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
    """score(item) = popularity / 1000 + sum over the user's events with it of exp(-since / tau).

    Since are the user's own later moments, so that a basket bought at one minute fades as one.
    Popularity, 0 to 1, orders what the user took equally often and what they never took. Where
    items may come again, a model that is not above this one has learnt nothing.
    """

    name: ClassVar[str] = "repeat recent"
    paper: ClassVar[str] = (
        "Anderson, Kumar, Tomkins & Vassilvitskii, The Dynamics of Repeat Consumption, WWW 2014"
    )
    how: ClassVar[str] = (
        "The score of an item is the sum of its own fading events; popularity is the rest."
    )

    tau: float = 10.0
    """How fast a history fades, in moments."""

    def _learn(self, interactions: Interactions, progress: Progress) -> None:
        """Nothing but popularity, which every model knows."""

    def _scores(self, histories: Histories) -> np.ndarray:
        return self._fading(histories).toarray() + self.popular / np.float32(1000)

    def _fading(self, histories: Histories) -> sp.csr_array:
        """(n, items) float32: sums of what is left of the events of each item."""
        item, row, time = histories.events.item, histories.row, histories.events.time
        new = (row[1:] != row[:-1]) | (time[1:] != time[:-1])
        moment = np.concatenate([[0], np.cumsum(new)])[: len(time)]
        since = moment[histories.start[1:][row] - 1] - moment
        left = (histories.events.weight * np.exp(-since / self.tau)).astype(np.float32)
        known = (item >= 0) & (item < len(self.items))
        entries = (left[known], (row[known], item[known]))
        return sp.csr_array(entries, shape=(len(histories), len(self.items)))

    def _contributions(self, history: History, item: int) -> tuple[sp.csr_array, np.ndarray]:
        fading = self._fading(Histories.of([history]))
        return fading, np.where(fading.indices == item, fading.data, 0)
