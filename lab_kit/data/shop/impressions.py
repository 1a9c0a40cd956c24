"""The lists that were on the screen when an item was viewed.

A list shows the viewed item among others of the same level-2 category, drawn by popularity, all of
them in the catalogue on that day, in random order. Only a part of the views was logged with one.
"""

import numpy as np
import pandas as pd

from lab_kit.data.shop.catalogue import Catalogue
from lab_kit.data.shop.parameters import ShopParameters
from lab_kit.data.shop.vocabulary import vocabulary


def shown_lists(
    rng: np.random.Generator, parameters: ShopParameters, catalogue: Catalogue, item: np.ndarray,
    day: np.ndarray, is_view: np.ndarray,
) -> pd.Series:  # fmt: skip
    """Item ids joined by "|", missing where no list was logged.

    Args:
        rng: Draws the views that have a list, and the lists.
        parameters: Share of views with a list, and its length.
        catalogue: What can be shown.
        item: (events,), index of the item.
        day: (events,), day of the window.
        is_view: (events,), bool.
    """
    row = np.flatnonzero(is_view & (rng.random(len(item)) < parameters.impressions))
    others = _draw_from_group(rng, catalogue, item[row], parameters.impressions_shown - 1)
    there = catalogue.first_day[others] <= day[row][:, None]
    table = np.where(there, others, -1)
    table = np.column_stack([item[row], table])
    order = rng.random(table.shape).argsort(axis=1, kind="stable")
    ids = catalogue.frame["item_id"].to_numpy(dtype=object)
    texts = np.full(len(item), None, dtype=object)
    for place, items, turn in zip(row, table.tolist(), order.tolist(), strict=True):
        drawn = (items[number] for number in turn)
        texts[place] = "|".join(dict.fromkeys(ids[number] for number in drawn if number >= 0))
    return pd.Series(texts, dtype="str")


def _draw_from_group(
    rng: np.random.Generator, catalogue: Catalogue, item: np.ndarray, count: int
) -> np.ndarray:
    """(len(item), count): items of the same level-2 category, with probability by popularity."""
    group = np.array(vocabulary().group_of())[catalogue.category]
    order = np.argsort(group, kind="stable")
    bounds = np.concatenate([[0.0], np.cumsum(np.exp(catalogue.popularity)[order])])
    sizes = np.bincount(group)
    first = np.cumsum(sizes) - sizes
    low, high = bounds[first][group[item]], bounds[first + sizes][group[item]]
    place = low[:, None] + rng.random((len(item), count)) * (high - low)[:, None]
    return order[np.minimum(np.searchsorted(bounds, place, side="right") - 1, len(order) - 1)]
