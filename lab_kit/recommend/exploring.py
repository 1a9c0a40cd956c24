"""Exploration: young items move up by chance, so that something can be learnt of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lab_kit.recommend.interactions import DAY

HOUR = 3_600_000
"""Milliseconds."""


def moved_up(
    scores: np.ndarray,
    created: np.ndarray,
    events: np.ndarray,
    moment: int,
    *,
    weight: float,
    days: float,
    seeds: Sequence[int],
) -> np.ndarray:
    """How far young items move up: by a part of the way from their score to the best one.

    The part is drawn between 0 and the weight and divided by sqrt(1 + events of the item). Within
    one hour the same seeds draw the same.

    Args:
        scores: (items,) float32.
        created: (items,) int64, when each began to be there, milliseconds since 1970.
        events: (items,), how many each has had.
        moment: When the answer is wanted, milliseconds since 1970.
        weight: 0 to 1.
        days: How old an item may be.
        seeds: Whole numbers from 0 on that say whose answer it is.

    Returns:
        (items,) float32, 0 for the others.
    """
    found = np.zeros(len(scores), np.float32)
    age = (moment - created) / DAY
    young = np.flatnonzero((age >= 0) & (age <= days))
    drawn = np.random.default_rng([*seeds, max(0, int(moment) // HOUR)])
    part = weight * drawn.random(len(young), np.float32)
    found[young] = part * (scores.max() - scores[young]) / np.sqrt(1 + events[young])
    return found
