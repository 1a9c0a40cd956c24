"""An average of the best candidates, weighted by greedy selection.

Caruana et al., Ensemble selection from libraries of models, ICML 2004: starting from the best
candidate, the one whose addition helps most is added again and again, also repeatedly; its weight
is how often it was added. Only out-of-fold predictions decide.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

STEPS = 25
MOST_MEMBERS = 6
LEAST_GAIN = 1e-6
"""Relative; an addition that gains less ends the selection."""


def greedy_weights(
    predictions: Sequence[np.ndarray], loss: Callable[[np.ndarray], float]
) -> np.ndarray:
    """(candidates,) float64, summing to 1: the weights of an average.

    Args:
        predictions: Out-of-fold predictions of each candidate, all of one shape.
        loss: Of such predictions, lower is better.
    """
    number = len(predictions)
    losses = [loss(one) for one in predictions]
    counts = np.zeros(number)
    first = int(np.argmin(losses))
    counts[first], total, best = 1, predictions[first].astype(np.float64), losses[first]
    kept, least = counts.copy(), best
    for _ in range(STEPS - 1):
        full = np.count_nonzero(counts) >= MOST_MEMBERS
        able = [place for place in range(number) if counts[place] or not full]
        size = counts.sum() + 1
        tried = [loss((total + predictions[place]) / size) for place in able]
        chosen = able[int(np.argmin(tried))]
        counts[chosen] += 1
        total = total + predictions[chosen]
        if min(tried) < least - LEAST_GAIN * abs(least):
            kept, least = counts.copy(), min(tried)
    return kept / kept.sum()
