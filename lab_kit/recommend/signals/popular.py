"""What everybody takes at the moment, and what is new."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from lab_kit.recommend.interactions import DAY, Interactions
from lab_kit.recommend.recent import KEPT, Recent
from lab_kit.recommend.signals.signals import Question, Signals, Weighted

HALF_LIVES = (7.0, 20.0, np.inf)
"""Days after which an event counts half."""
NOVELTY = 10.0
"""Days in which the newness of an item fades to a third."""


LATEST = ("popular this week", "popular this month", "new")
"""Signals that follow what is popular, or new, at the moment."""


class Popular(Signals):
    """Popularity before the moment of the answer, and how new an item is then.

    An item is as old as its `creation_timestamp`, or as its first event where that is not known; at
    moments before, its newness is -1.
    """

    names = ("popular this week", "popular this month", "popular ever", "new")
    word = "popularity"

    def __init__(self, learned: dict[str, Any]) -> None:
        super().__init__(learned)
        self.recent = Recent(
            learned["time"], learned["item"], learned["weight"], len(learned["created"]), HALF_LIVES
        )

    @classmethod
    def fit(cls, interactions: Interactions) -> Popular:
        """Put the events in the order of time."""
        events = interactions.events
        order = np.argsort(events.time, kind="stable")
        first = np.full(len(interactions.items), np.iinfo(np.int64).max)
        np.minimum.at(first, events.item, events.time)
        known = interactions.item_attributes
        if known is not None:
            given = np.zeros(len(first), np.int64)
            given[: len(known.created)] = known.created
            first = np.where(given > 0, given, first)
        return cls(
            {
                "time": events.time[order],
                "item": events.item[order],
                "weight": interactions.relative_weight[order],
                "created": np.minimum(first, events.time.max() + 1),
            }
        )

    def __len__(self) -> int:
        return len(self.learned["created"])

    def each(self, question: Question) -> Iterator[np.ndarray]:
        """(n, items) float32 a signal, in the order of the names."""
        moments = self.recent.rounded(question.histories.moment).tolist()
        ready = {moment: self._at(moment) for moment in set(moments)}
        yield from np.stack([ready[moment] for moment in moments], axis=1)

    def weighted(self, weights: np.ndarray) -> Weighted:
        """Users asked at about the same moment share its table."""

        @lru_cache(KEPT)
        def said(moment: int) -> np.ndarray:
            return weights @ self._at(moment)

        def add(scores: np.ndarray, question: Question) -> None:
            moments = self.recent.rounded(question.histories.moment)
            for moment in set(moments.tolist()):
                if len(moments) == 1:  # a mask copies what it chooses
                    scores += said(moment)
                else:
                    scores[moments == moment] += said(moment)

        return add

    def _at(self, moment: int) -> np.ndarray:
        """(signals, items) float32, at a moment that `Recent` has rounded."""
        age = (moment - self.learned["created"]) / DAY
        new = np.where(age >= 0, np.exp(-np.maximum(age, 0) / NOVELTY), -1).astype(np.float32)
        return np.vstack([self.recent.at(moment), new])
