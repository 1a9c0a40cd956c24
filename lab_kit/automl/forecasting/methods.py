"""Ways to go on with series: each takes (items, steps) and gives (items, horizon)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from lab_kit.automl.forecasting.series import Series

Method = Callable[[Series, int], np.ndarray]
LAGS = 12
MOST_ROWS = 20_000


def naive(series: Series, horizon: int) -> np.ndarray:
    """The last value again."""
    return np.repeat(series.values[:, -1:], horizon, axis=1)


def seasonal_naive(series: Series, horizon: int) -> np.ndarray:
    """The values of the last season again; where there is none, the last value."""
    season = series.season
    if series.values.shape[1] < season:
        return naive(series, horizon)
    places = np.arange(horizon) % season - season
    found = series.values[:, places]
    return np.where(np.isnan(found), series.values[:, -1:], found)


def smoothed(series: Series, horizon: int) -> np.ndarray:
    """Level, damped trend and season, smoothed exponentially (additive Holt-Winters).

    Hyndman and Athanasopoulos, Forecasting: principles and practice, 3rd ed., chapter 8. The four
    constants are fitted to each series by its one-step errors.
    """
    return np.array([_holt_winters(row[~np.isnan(row)], series.season, horizon)
                     for row in series.values])  # fmt: skip


def _holt_winters(values: np.ndarray, season: int, horizon: int) -> np.ndarray:
    if season > 200 or len(values) < 2 * season:
        season = 1  # there are not two of it to learn from, or too many to learn
    scale = float(values.std()) or 1.0
    scaled = (values - values.mean()) / scale

    def error(constants: np.ndarray) -> float:
        return _smooth(scaled, season, constants)[0]

    begun = np.array([0.0, -2.0, -1.0, 2.0])
    found = minimize(error, begun, method="Nelder-Mead", options={"maxfev": 120, "xatol": 0.05})
    _, level, trend, seasons, damping = _smooth(scaled, season, found.x)
    steps = np.arange(1, horizon + 1)
    grown = np.cumsum(damping**steps) * trend
    last = len(values)
    return (level + grown + seasons[(last + steps - 1) % season]) * scale + values.mean()


def _smooth(
    values: np.ndarray, season: int, constants: np.ndarray
) -> tuple[float, float, float, np.ndarray, float]:
    """Mean squared one-step error, and the state at the end."""
    alpha, beta, gamma, damping = 1 / (1 + np.exp(-constants))
    damping = 0.8 + 0.2 * damping
    gamma = gamma * (1 - alpha) if season > 1 else 0.0
    level, trend = float(values[:season].mean()), 0.0
    seasons = (values[:season] - level).tolist() if season > 1 else [0.0]
    total = 0.0
    for time, value in enumerate(values.tolist()):
        place = time % season
        expected = level + damping * trend + seasons[place]
        wrong = value - expected
        total += wrong * wrong
        new_level = level + damping * trend + alpha * wrong
        trend = damping * trend + alpha * beta * wrong
        level = new_level
        seasons[place] += gamma * wrong
    return total / len(values), level, trend, np.array(seasons), float(damping)


def boosted(series: Series, horizon: int) -> np.ndarray:
    """Gradient boosting over all items: from the last values, last season and calendar.

    One model for every step ahead, told how far ahead it looks; values are measured against the
    item's own level and spread, so that large and small items teach each other.
    """
    from sklearn.ensemble import HistGradientBoostingRegressor

    values, season = series.values, series.season
    level = np.nanmean(values, axis=1, keepdims=True)
    spread = np.nanstd(values, axis=1, keepdims=True)
    scaled = (values - level) / np.where(spread > 0, spread, 1.0)
    length, lags = scaled.shape[1], min(LAGS, max(1, scaled.shape[1] // 3))
    calendar = _calendar(series.times.append(series.ahead(horizon)))
    origins = np.arange(lags, length - 1)
    if len(origins) < 8:
        return seasonal_naive(series, horizon)
    some = max(1, len(origins) * len(values) * horizon // MOST_ROWS)
    rows, wanted = [], []
    for step in range(1, horizon + 1):
        able = origins[origins + step < length][step % some :: some]
        if len(able):
            rows.append(_inputs(scaled, able, step, lags, season, calendar))
            wanted.append(scaled[:, able + step].ravel())
    target = np.concatenate(wanted)
    matrix = np.vstack(rows)
    known = np.isfinite(target)
    model = HistGradientBoostingRegressor(
        max_iter=120, max_leaf_nodes=12, learning_rate=0.08, min_samples_leaf=10,
        early_stopping=False, random_state=0,
    )  # fmt: skip
    model.fit(matrix[known], target[known])
    last = np.array([length - 1])
    ahead = [
        model.predict(_inputs(scaled, last, step, lags, season, calendar))
        for step in range(1, horizon + 1)
    ]
    return np.column_stack(ahead) * np.where(spread > 0, spread, 1.0) + level


def _inputs(
    scaled: np.ndarray,
    origins: np.ndarray,
    step: int,
    lags: int,
    season: int,
    calendar: np.ndarray,
) -> np.ndarray:
    """(items x origins, inputs): what is known at each origin of the value `step` later."""
    items = len(scaled)
    recent = [scaled[:, origins - lag] for lag in range(lags)]
    back = origins + step - season * -(-step // season)  # the newest of the same place in a season
    same = np.where(back >= 0, scaled[:, np.maximum(back, 0)], np.nan)
    mean = np.nanmean(np.array(recent), axis=0)
    columns = [*recent, same, mean, np.full((items, len(origins)), float(step))]
    said = [np.broadcast_to(part[origins + step], (items, len(origins))) for part in calendar.T]
    return np.column_stack([column.ravel() for column in [*columns, *said]])


def _calendar(times: pd.DatetimeIndex) -> np.ndarray:
    """(steps, 4): month, weekday, hour, and the number of the step."""
    return np.column_stack(
        [times.month, times.weekday, times.hour + times.minute / 60, np.arange(len(times))]
    ).astype(np.float64)


METHODS: dict[str, Method] = {
    "last value": naive,
    "last season": seasonal_naive,
    "smoothing": smoothed,
    "boosting": boosted,
}
"""By name, the simplest first."""
