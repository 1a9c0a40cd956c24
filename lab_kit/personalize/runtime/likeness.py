"""How alike rows of a table are: what a new item or a new user has in common with known ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd


def likeness(frame: pd.DataFrame, one: Mapping[str, Any]) -> np.ndarray:
    """(rows,) float64, 0 to 1: the mean likeness of the columns that say something of both.

    Of text it is the share of values (joined by "|") that both have of those that either has; of
    numbers and times exp(-distance / standard deviation of the column).

    Args:
        frame: The known rows, without their ids.
        one: Values by the names of the columns; missing ones say nothing.
    """
    total, columns = np.zeros(len(frame)), 0
    for name in frame.columns:
        value = one.get(name)
        if value is None or pd.isna(value):
            continue
        columns += 1
        if isinstance(frame[name].dtype, pd.StringDtype):
            total += _of_text(frame[name], str(value))
        else:
            total += _of_numbers(frame[name], value)
    return total / max(columns, 1)


def _of_text(column: pd.Series, value: str) -> np.ndarray:
    wanted = set(value.split("|"))
    like: dict[str, float] = {}
    for text in column.dropna().unique():
        has = set(text.split("|"))
        like[text] = len(has & wanted) / len(has | wanted)
    return column.map(like).fillna(0.0).to_numpy(np.float64)


def _of_numbers(column: pd.Series, value: Any) -> np.ndarray:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        numbers = column.dt.tz_localize(None).astype("datetime64[s]").astype("int64")
        column = numbers.where(column.notna())
    numbers = column.to_numpy(np.float64, na_value=np.nan)
    spread = np.nanstd(numbers) if np.isfinite(numbers).any() else 0.0
    distance = np.abs(numbers - float(value)) / (spread if spread > 0 else 1.0)
    return np.nan_to_num(np.exp(-distance), nan=0.0)
