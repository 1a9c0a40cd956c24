"""Prices over time: lasting changes and promotions, all from one midnight in Seoul to another."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lab_kit.data.shop.calendar import DAY, Window, to_utc
from lab_kit.data.shop.catalogue import Catalogue
from lab_kit.data.shop.parameters import ShopParameters
from lab_kit.data.shop.streams import stream

NO_PROMOTION = "none"
PROMOTIONS = ("weekend sale", "member week", "clearance")
DISCOUNTS = (0.1, 0.2, 0.3)
"""Of each promotion, as a share of the list price."""
LENGTHS = (3, 7, 14)
"""Of each promotion, in days."""
MAY_SALE = (129, 136)
"""Days of the window (10 to 16 May 2026) on which a third of the catalogue is 15 % off."""


@dataclass(frozen=True)
class Prices:
    """What everything costs on each day of the window."""

    by_day: np.ndarray
    """(days, items): won to pay, int64."""
    list_price: np.ndarray
    """(days, items): won without promotion."""
    promotion: np.ndarray
    """(days, items): index into `names`; 0 for none."""
    names: tuple[str, ...]

    def history(self, catalogue: Catalogue, window: Window) -> pd.DataFrame:
        """One row an item and period: item_id, valid_from, valid_to, price, promotion.

        Periods are half-open and leave no hole: `valid_to` is the `valid_from` of the next, and
        missing in the last. The first starts with the window, or with the item where it is new.
        """
        code = self.by_day * len(self.names) + self.promotion
        starts = np.vstack([np.ones_like(code[:1], dtype=bool), code[1:] != code[:-1]])
        # A new item's price holds from its creation, the evening before its first day.
        opening = np.maximum(catalogue.first_day - 1, 0)
        opens = np.arange(len(code))[:, None] == opening
        starts = (starts | opens) & (np.arange(len(code))[:, None] >= opening)
        item, day = np.nonzero(starts.T)
        created = _created(catalogue)
        valid_from = np.maximum(window.start + day * DAY, created[item])
        frame = pd.DataFrame(
            {
                "item_id": catalogue.frame["item_id"].to_numpy()[item],
                "valid_from": to_utc(valid_from),
                "price": self.by_day[day, item],
                "promotion": np.array(self.names)[self.promotion[day, item]],
            }
        )
        frame.insert(2, "valid_to", frame.groupby("item_id")["valid_from"].shift(-1))
        return frame


def make_prices(parameters: ShopParameters, catalogue: Catalogue) -> Prices:
    """Draw lasting changes and promotions and lay them out day by day."""
    rng = stream(parameters.seed, "prices")
    days, items = Window(parameters.months).days, parameters.items
    share_of_half_year = days / 181
    level = np.ones((days, items))
    for item, day, factor in _draw_changes(
        rng, items, days, parameters.price_changes * share_of_half_year
    ):
        level[day:, item] *= factor
    list_price = np.maximum(np.rint(catalogue.first_price * level / 100) * 100, 500).astype("int64")

    names = (NO_PROMOTION, *PROMOTIONS, "may sale")
    promotion = np.zeros((days, items), dtype="int64")
    promotion[slice(*MAY_SALE), rng.random(items) < 1 / 3] = len(names) - 1
    count = rng.poisson(parameters.promotions * share_of_half_year, items)
    promoted = np.repeat(np.arange(items), count)
    kind = rng.integers(0, len(PROMOTIONS), len(promoted))
    start = rng.integers(0, days, len(promoted))
    for i, k, s in zip(promoted, kind, start, strict=True):
        promotion[s : s + LENGTHS[k], i] = k + 1
    off = np.array([0.0, *DISCOUNTS, 0.15])[promotion]
    by_day = np.maximum(np.rint(list_price * (1 - off) / 10) * 10, 100).astype("int64")
    return Prices(by_day=by_day, list_price=list_price, promotion=promotion, names=names)


def _draw_changes(
    rng: np.random.Generator, items: int, days: int, mean: float
) -> list[tuple[int, int, float]]:
    """Item, day and factor of each lasting change; three of four are rises."""
    item = np.repeat(np.arange(items), rng.poisson(mean, items))
    day = rng.integers(1, days, len(item))
    rise = rng.random(len(item)) < 0.75
    size = 0.04 + 0.1 * rng.random(len(item))
    return list(zip(item, day, np.where(rise, 1 + size, 1 - size), strict=True))


def _created(catalogue: Catalogue) -> np.ndarray:
    utc = catalogue.frame["creation_timestamp"].dt.tz_localize(None)
    return utc.astype("datetime64[ms]").to_numpy().view("int64")
