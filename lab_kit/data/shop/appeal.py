"""How much everybody wants each item, week by week: popularity, drift, season, novelty."""

import numpy as np

from lab_kit.data.shop.calendar import SEASON_OF_MONTH, Window
from lab_kit.data.shop.catalogue import Catalogue
from lab_kit.data.shop.parameters import ShopParameters
from lab_kit.data.shop.streams import stream


def weekly_appeal(parameters: ShopParameters, catalogue: Catalogue) -> np.ndarray:
    """(weeks, items): log-odds that an item has for everybody, to three decimals.

    The sum of an item's long-run popularity, an AR(1) drift, a burst where it goes viral, its
    season, and the novelty of new items. What is simulated is what is stored: it is rounded here.
    """
    rng = stream(parameters.seed, "appeal")
    window = Window(parameters.months)
    appeal = catalogue.popularity + _drift(rng, parameters, window.weeks)
    appeal += _bursts(rng, parameters, window.weeks)
    appeal += _season(parameters, catalogue, window)
    age = np.arange(window.weeks)[:, None] * 7 + 3.0 - catalogue.first_day
    new = (catalogue.first_day > 0) & (age >= -3)
    appeal += np.where(
        new, parameters.novelty * np.exp(-np.maximum(age, 0) / parameters.novelty_days), 0
    )
    return np.round(appeal, 3)


def _drift(rng: np.random.Generator, parameters: ShopParameters, weeks: int) -> np.ndarray:
    memory = parameters.drift_memory
    shocks = rng.normal(0, parameters.drift, (weeks, parameters.items))
    drift = np.empty_like(shocks)
    drift[0] = shocks[0]
    for week in range(1, weeks):
        drift[week] = memory * drift[week - 1] + np.sqrt(1 - memory**2) * shocks[week]
    return drift


def _bursts(rng: np.random.Generator, parameters: ShopParameters, weeks: int) -> np.ndarray:
    viral = rng.random(parameters.items) < parameters.burst_share
    since = np.arange(weeks)[:, None] - rng.integers(0, weeks, parameters.items)
    return np.where(viral & (since >= 0), parameters.burst * 0.5 ** np.maximum(since, 0), 0.0)


def _season(parameters: ShopParameters, catalogue: Catalogue, window: Window) -> np.ndarray:
    """In season, out of season, or between: a month of the neighbouring season counts nothing."""
    months = window.dates.month.to_numpy()[3::7]
    months = np.append(months, window.dates.month[-1])[: window.weeks] - 1
    now, soon = SEASON_OF_MONTH[months], SEASON_OF_MONTH[(months + 1) % 12]
    own = catalogue.season
    effect = np.where(own == now[:, None], parameters.in_season, parameters.out_of_season)
    effect = np.where((own == soon[:, None]) & (own != now[:, None]), 0.0, effect)
    return np.where(own < 0, 0.0, effect)
