"""The k best of many scores, the same ones on every machine."""

import numpy as np

GROUP = 64
"""So many scores make a group; its best one is quickly found."""


def top(scores: np.ndarray, k: int) -> np.ndarray:
    """Places of the k largest scores, best first; of equal scores the smaller place first.

    Args:
        scores: (items,); minus infinity marks what must not be chosen.
        k: How many at most.

    Returns:
        int64; fewer than k where fewer scores are above minus infinity.
    """
    groups = len(scores) // GROUP
    if groups > 2 * k:
        # The best of k groups are k scores no less than this.
        best = scores[: GROUP * groups].reshape(GROUP, groups).max(axis=0)
        least = np.partition(best, groups - k)[groups - k]
    elif k < len(scores):
        least = np.partition(scores, len(scores) - k)[len(scores) - k]
    else:
        least = -np.inf
    place = np.flatnonzero(scores >= least if least > -np.inf else scores > -np.inf)
    return place[np.argsort(-scores[place], kind="stable")[:k]]
