"""Promoted items among recommended ones.

Source: https://docs.aws.amazon.com/personalize/latest/dg/promoting-items.html.
"""

from __future__ import annotations

import numpy as np

from lab_kit.recommend.top import top


def mixed(
    scores: np.ndarray,
    left: np.ndarray,
    promoted: np.ndarray,
    number: int,
    percent: int,
    seeds: tuple[int, ...],
) -> tuple[np.ndarray, np.ndarray]:
    """A list of which a part is promoted.

    Promoted items stand at places drawn by chance, in the order of their scores. Where too few can
    be promoted the others fill the list.

    Args:
        scores: (items,) float32.
        left: (items,) bool, what the request's own filter leaves; it does not touch promoted items.
        promoted: (items,) bool, what may be promoted.
        number: How many items are wanted.
        percent: 1 to 100, how many of them are to be promoted.
        seeds: Whole numbers; the same draw the same places.

    Returns:
        Codes of the items, and for each whether it is promoted.
    """
    wanted = round(number * percent / 100)
    chosen = _best(scores, promoted, wanted)
    others = left.copy()
    others[chosen] = False
    rest = _best(scores, others, number - len(chosen))
    total = len(chosen) + len(rest)
    places = np.zeros(total, bool)
    drawn = np.random.default_rng(seeds).choice(total, len(chosen), replace=False)
    places[drawn] = True
    codes = np.empty(total, np.int64)
    codes[places], codes[~places] = chosen, rest
    return codes, places


def _best(scores: np.ndarray, allowed: np.ndarray, number: int) -> np.ndarray:
    if number < 1:
        return np.empty(0, np.int64)
    return top(np.where(allowed, scores, -np.inf), number)
