"""Items nobody has taken yet, placed where items like them lie."""

from __future__ import annotations

import numpy as np

from lab_kit.recommend.attributes import Attributes
from lab_kit.recommend.smoothing import smoothing


def placed(
    values: np.ndarray, known: np.ndarray, attributes: Attributes, events: np.ndarray, *, seed: int
) -> np.ndarray:
    """Vectors for all items: their own where they have one, else what their attributes say.

    Ridge regression of the known vectors on attributes and words of the items; how much words
    count, and how strongly it is held back, is chosen by hiding items whose vectors are known
    (Gantner et al., Learning Attribute-to-Feature Mappings for Cold-Start Recommendations, ICDM
    2010).

    Args:
        values: (items, dimensions) float32; only the rows of `known` are read.
        known: Codes of the items with a vector.
        attributes: Of all items.
        events: (items,), how often each was taken: what is known better counts more.
        seed: Draws the items that are hidden.

    Returns:
        (items, dimensions) float32.
    """
    weights = np.zeros(len(values))
    weights[known] = events[known]
    smooth = smoothing(attributes, values, weights, seed)
    found = np.asarray(smooth(values), np.float32)
    found[known] = values[known]
    return found
