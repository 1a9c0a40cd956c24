"""Popularity: what most users took, the same list for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from lab_kit.recommend.histories import Histories
from lab_kit.recommend.interactions import DAY, Interactions
from lab_kit.recommend.model import Model, Progress


class SameForAll(Model):
    """score(history) = one number an item, `learned["popularity"]`, whatever the history holds."""

    def _scores(self, histories: Histories) -> np.ndarray:
        return np.tile(self.learned["popularity"], (len(histories), 1))

    def _without_clue(self, histories: Histories) -> np.ndarray:
        # Nobody needs a replacement: an empty history is answered like any other.
        return np.zeros(len(histories), bool)


@dataclass(eq=False, repr=False)
class Popularity(SameForAll):
    """score(item) = sum over its users of 0.5 ^ (age of their last event with it / half-life).

    Without `half_life_days` every user counts 1: the number of different users. Ages are taken at
    the newest event the model was fitted with.
    """

    name: ClassVar[str] = "popularity"
    paper: ClassVar[str] = (
        "Cremonesi, Koren & Turrin, Performance of Recommender Algorithms on Top-N Recommendation "
        "Tasks, RecSys 2010 (TopPop)"
    )

    window_days: float | None = None
    """Only the last so many days count; None: everything."""
    half_life_days: float | None = None
    """A user whose last event with an item is so old counts half; None: nobody fades."""

    def _learn(self, interactions: Interactions, progress: Progress) -> None:
        users = interactions.popularity(
            window=_milliseconds(self.window_days), half_life=_milliseconds(self.half_life_days)
        )
        self.learned["popularity"] = users.astype(np.float32)


def _milliseconds(days: float | None) -> int | None:
    return None if days is None else max(1, round(days * DAY))
