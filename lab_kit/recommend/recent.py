"""Popularity as it stood at a moment, for windows of several lengths."""

from __future__ import annotations

import numpy as np

from lab_kit.recommend.interactions import DAY

STEP = DAY // 4
"""Moments are rounded down to six hours, so that most answers find theirs ready."""
KEPT = 32
"""Moments kept ready."""


class Recent:
    """Counts events by item in the time before a moment; nothing later is looked at.

    Args:
        time: (events,) int64, milliseconds, rising.
        item: (events,) int32.
        items: Size of the catalogue.
        windows: Lengths in days; infinity for everything before.
    """

    def __init__(
        self, time: np.ndarray, item: np.ndarray, items: int, windows: tuple[float, ...]
    ) -> None:
        self.time, self.item, self.items, self.windows = time, item, items, windows
        self._ready: dict[int, np.ndarray] = {}

    def at(self, moment: int) -> np.ndarray:
        """(windows, items) float32: log(1 + events), standardised over the items."""
        moment = -(-moment // STEP) * STEP if moment > self.time[-1] else moment // STEP * STEP
        moment = min(moment, int(self.time[-1]) // STEP * STEP + STEP)
        if moment not in self._ready:
            if len(self._ready) >= KEPT:
                del self._ready[next(iter(self._ready))]
            self._ready[moment] = np.stack([self._count(moment, days) for days in self.windows])
        return self._ready[moment]

    def _count(self, moment: int, days: float) -> np.ndarray:
        begin = 0 if days == np.inf else np.searchsorted(self.time, moment - days * DAY)
        end = np.searchsorted(self.time, moment)
        events = np.bincount(self.item[begin:end], minlength=self.items)
        return standardised(np.log1p(events, dtype=np.float32)[None])[0]


def standardised(scores: np.ndarray) -> np.ndarray:
    """(n, items): each row with mean 0 and standard deviation 1; a constant row becomes 0."""
    spread = scores.std(axis=1, keepdims=True)
    return (scores - scores.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1)
