"""Rows with a time, an item and a value, as one regular series for each item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lab_kit.automl.tables import as_table, moments, numbers, texts
from lab_kit.errors import LabKitError

FREQUENCIES: dict[str, tuple[str, int]] = {
    "Y": ("YS", 1),
    "M": ("MS", 12),
    "W": ("7D", 52),
    "D": ("D", 7),
    "H": ("h", 24),
    "30min": ("30min", 48),
    "15min": ("15min", 96),
    "10min": ("10min", 144),
    "5min": ("5min", 288),
    "1min": ("min", 1440),
}
"""By Amazon Forecast's names: pandas' name of a step, and steps in a season."""
LEAST = 4
"""Values a series needs."""
MONDAY = pd.Timestamp("1970-01-05")


@dataclass(frozen=True)
class Series:
    """Regular series of several items that end together."""

    items: tuple[str, ...]
    values: np.ndarray
    """(items, steps) float64, oldest first; NaN before an item's first value."""
    times: pd.DatetimeIndex
    """Beginning of each step."""
    frequency: str

    @property
    def season(self) -> int:
        """Steps in a season."""
        return FREQUENCIES[self.frequency][1]

    def ahead(self, horizon: int) -> pd.DatetimeIndex:
        """The next steps."""
        step = FREQUENCIES[self.frequency][0]
        return pd.date_range(self.times[-1], periods=horizon + 1, freq=step)[1:]

    def until(self, steps: int) -> Series:
        """The same without the newest `steps`."""
        end = len(self.times) - steps
        return Series(self.items, self.values[:, :end], self.times[:end], self.frequency)


def read_series(frame: Any, target: str, time: str, item: str | None, frequency: str) -> Series:
    """Regular series: values within a step are added up, a step without a row is 0.

    Those are the defaults of SageMaker Autopilot's forecasts; before an item's first row nothing is
    known of it.

    Raises:
        LabKitError: If a column is missing, the frequency unknown, a time or value missing, or an
            item has fewer than 4 steps.
    """
    table = as_table(frame)
    wanted = [target, time, *([item] if item else [])]
    lost = [name for name in wanted if name not in table.column_names]
    if lost:
        raise LabKitError(
            f"There is no column {lost[0]!r}",
            where="forecast",
            next_step=f"name some of {', '.join(table.column_names)}",
        )
    if frequency not in FREQUENCIES:
        raise LabKitError(
            f"There is no frequency {frequency!r}",
            where="frequency",
            next_step=f"take one of {', '.join(FREQUENCIES)}",
        )
    when, value = moments(table[time], time), numbers(table[target], target)
    known = ~np.isnat(when) & np.isfinite(value)
    if not known.any():
        raise LabKitError(
            "No row has a time and a value", where=target, next_step="select rows that have both"
        )
    names = ["all"] * len(table)
    if item:
        coded = texts(table[item])
        names = coded.to_pylist()
        known &= np.array([name is not None for name in names])
    rows = pd.DataFrame({"item": names, "step": _step(when, frequency), "value": value})[known]
    sums = rows.groupby(["item", "step"])["value"].sum().unstack("item").sort_index()
    step = FREQUENCIES[frequency][0]
    every = pd.date_range(sums.index[0], sums.index[-1], freq=step)
    whole = sums.reindex(every)
    begun = whole.notna().cumsum() > 0
    filled = whole.fillna(0.0).where(begun)
    short = filled.columns[filled.notna().sum() < LEAST]
    if len(short):
        raise LabKitError(
            f"Item {short[0]!r} has fewer than {LEAST} steps of {frequency}",
            where=f"{len(short)} of {filled.shape[1]} items",
            next_step="leave such items out, or take a shorter step",
        )
    return Series(tuple(map(str, filled.columns)), filled.to_numpy().T.copy(), every, frequency)


def _step(when: np.ndarray, frequency: str) -> pd.Series:
    """The beginning of the step each moment lies in."""
    moments = pd.Series(when)
    if frequency in ("Y", "M"):
        return moments.dt.to_period(frequency).dt.to_timestamp().astype("datetime64[us]")
    if frequency == "W":  # weeks begin on Mondays
        return MONDAY + (moments - MONDAY) // pd.Timedelta("7D") * pd.Timedelta("7D")
    return moments.dt.floor(FREQUENCIES[frequency][0])
