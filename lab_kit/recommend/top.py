"""The k best of many scores, the same ones on every machine."""

import numpy as np


def top(scores: np.ndarray, k: int) -> np.ndarray:
    """Places of the k largest scores, best first; of equal scores the smaller place first.

    Args:
        scores: (items,); minus infinity marks what must not be chosen.
        k: How many at most.

    Returns:
        int64; fewer than k where fewer scores are above minus infinity.
    """
    if k < len(scores):
        least = np.partition(scores, len(scores) - k)[len(scores) - k]
        place = np.flatnonzero(scores >= least)
    else:
        place = np.arange(len(scores))
    value = scores[place]
    order = np.argsort(-value, kind="stable")[:k]
    order = order[value[order] > -np.inf]
    return place[order]
