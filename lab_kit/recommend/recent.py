"""Popularity as it stood at a moment, fading at several speeds."""

from __future__ import annotations

import numpy as np

from lab_kit.recommend.interactions import DAY

STEP = DAY // 4
"""Moments are rounded down to six hours, so that most answers find theirs ready."""
KEPT = 64
"""Moments kept ready."""


class Recent:
    """Counts events by item before a moment; nothing later is looked at.

    Args:
        time: (events,) int64, milliseconds, rising.
        item: (events,) int32.
        weight: (events,) float32, how much each counts.
        items: Size of the catalogue.
        half_lives: Days after which an event counts half; infinity: it never fades.
    """

    def __init__(
        self,
        time: np.ndarray,
        item: np.ndarray,
        weight: np.ndarray,
        items: int,
        half_lives: tuple[float, ...],
    ) -> None:
        self.time, self.item, self.weight, self.items = time, item, weight, items
        self.half_lives = np.array(half_lives)
        self.bounds = int(time[0]), int(time[-1])
        self._ready: dict[int, np.ndarray] = {}

    def rounded(self, moments: np.ndarray) -> np.ndarray:
        """Moments as they are answered: rounded down to six hours.

        From the last event on it is always the end of its six hours, so that all events count; and
        so it is for moments before the first event, which are those of histories without times.
        """
        first, last = self.bounds
        outside = (moments > last) | (moments < first)
        return np.where(outside, last // STEP * STEP + STEP, moments // STEP * STEP)

    def at(self, moment: int) -> np.ndarray:
        """(half-lives, items) float32: log(1 + faded events), standardised over the items.

        Args:
            moment: One that `rounded` gave.
        """
        if moment not in self._ready:
            counts = self._counts(moment)
            if len(self._ready) >= KEPT:
                del self._ready[next(iter(self._ready))]
            self._ready[moment] = counts
        return standardised(np.log1p(self._ready[moment]).astype(np.float32))

    def _counts(self, moment: int) -> np.ndarray:
        """(half-lives, items): those of the newest moment at hand before, and the events since."""
        begin, counts = 0, np.zeros((len(self.half_lives), self.items))
        before = max((ready for ready in self._ready if ready < moment), default=None)
        if before is not None:
            begin = int(np.searchsorted(self.time, before))
            faded = 0.5 ** ((moment - before) / DAY / self.half_lives)
            counts = self._ready[before] * faded[:, None]
        end = int(np.searchsorted(self.time, moment))
        item, age = self.item[begin:end], (moment - self.time[begin:end]) / DAY
        for row, half_life in enumerate(self.half_lives):
            worth = self.weight[begin:end] * 0.5 ** (age / half_life)
            counts[row] += np.bincount(item, worth, minlength=self.items)
        return counts


def standardised(scores: np.ndarray) -> np.ndarray:
    """(n, items): each row with mean 0 and standard deviation 1; a constant row becomes 0."""
    spread = scores.std(axis=1, keepdims=True)
    return (scores - scores.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1)
