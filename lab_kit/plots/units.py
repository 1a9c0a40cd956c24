"""The same numbers read as seconds and as milliseconds: one of the two lands in another age."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from lab_kit.errors import LabKitError
from lab_kit.plots.picture import Picture
from lab_kit.plots.sheet import new_sheet
from lab_kit.plots.theme import BLUE, GREEN, INK, MUTED, VERMILLION, themed

UNITS = {"s": ("seconds", 1), "ms": ("milliseconds", 1e3), "us": ("microseconds", 1e6)}
YEAR = 365.2425 * 86_400
"""Seconds of a mean Gregorian year."""
PLAUSIBLE = (2000, 2050)
"""Years in which an event of a shop may lie."""
TICKS = (1970, 1980, 2000, 2050, 2200, 3000, 10_000, 50_000)
MARKS = 120
"""At most about so many marks a row, evenly taken from the sorted times."""
Readings = dict[str, np.ndarray]
"""For each unit the times in seconds since 1970."""


@themed
def time_units(epochs: pd.Series, units: Sequence[str] = ("s", "ms")) -> Picture:
    """Draw when the events would have happened if their times were counted in each unit.

    Args:
        epochs: Times as numbers since 1970-01-01 00:00 UTC, in a unit that is to be found out.
        units: Among "s", "ms" and "us".

    Raises:
        LabKitError: If no value is a number.
    """
    numbers = pd.to_numeric(epochs, errors="coerce").dropna().to_numpy(dtype=float)
    if not len(numbers):
        raise LabKitError(
            "There is no number among these times",
            where=str(epochs.name),
            next_step="give the raw column, before it is turned into dates",
        )
    readings = {unit: numbers / UNITS[unit][1] for unit in units}
    figure = new_sheet(
        _finding(readings),
        f"{len(numbers):,} values such as {numbers[0]:,.0f}, counted from 1 January 1970",
        height=0.72 * len(units) + 0.8,
    )
    axes = figure.add_subplot()
    _scale(axes, readings)
    for row, seconds in enumerate(readings.values()):
        _reading(axes, row, seconds)
    return Picture(figure, _alt(readings, numbers))


def year_of(seconds: ArrayLike) -> np.ndarray:
    """The calendar year, to within a day at its turn; unlike dates it knows no upper end."""
    return np.floor(1970 + np.asarray(seconds) / YEAR).astype(int)


def _place(years: ArrayLike) -> np.ndarray:
    """Where a year lies on the axis: distance from 1970, logarithmic, so that all ages fit."""
    since = np.asarray(years, dtype=float) - 1970
    return np.sign(since) * np.log10(1 + np.abs(since))


def _is_plausible(seconds: np.ndarray) -> np.ndarray:
    years = year_of(seconds)
    return (years >= PLAUSIBLE[0]) & (years < PLAUSIBLE[1])


def _scale(axes: Axes, readings: Readings) -> None:
    everything = np.concatenate(list(readings.values()))
    low = _place(np.minimum(1970, year_of(everything.min())))
    high = _place(np.maximum(PLAUSIBLE[1], year_of(everything.max())))
    margin = 0.04 * (high - low)
    axes.set_xlim(low - margin, high + margin)
    axes.set_ylim(len(readings) - 0.6, -0.65)
    ticks = [year for year in TICKS if _place(year) <= axes.get_xlim()[1]]
    axes.set_xticks(_place(ticks), [_written(year) for year in ticks])
    axes.set_xlabel("year (logarithmic from 1970 on)")
    axes.axvspan(*_place(PLAUSIBLE), color=GREEN, alpha=0.14, linewidth=0)
    axes.annotate(
        f"{PLAUSIBLE[0]} to {PLAUSIBLE[1]}: where a shop's events can lie",
        (_place(PLAUSIBLE).mean(), 1),
        xycoords=("data", "axes fraction"),
        xytext=(0, 4),
        textcoords="offset points",
        ha="center",
        fontsize=8.5,
        color=MUTED,
    )
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)
    axes.set_yticks(range(len(readings)), [f"read as\n{UNITS[unit][0]}" for unit in readings])
    axes.tick_params(axis="y", length=0, labelcolor=INK, labelsize=10)


def _reading(axes: Axes, row: int, seconds: np.ndarray) -> None:
    """Plausible times as blue dots, the others as crosses; a column may hold both."""
    plausible = _is_plausible(seconds)
    for times, shape, colour in (
        (seconds[~plausible], "X", VERMILLION),
        (seconds[plausible], "o", BLUE),
    ):
        if not len(times):
            continue
        shown = np.sort(times)[:: max(1, len(times) // MARKS)]
        places = _place(1970 + shown / YEAR)
        axes.plot(
            places,
            np.full(len(places), row),
            linestyle="none",
            marker=shape,
            markersize=8,
            color=colour,
            markeredgecolor="white",
            markeredgewidth=0.5,
        )
        middle = float(np.median(places))
        at_right = middle > 0.7 * axes.get_xlim()[1]
        axes.annotate(
            when(times),
            (middle + (0.06 if at_right else -0.06), row),
            xytext=(0, 8),
            textcoords="offset points",
            ha="right" if at_right else "left",
            fontweight="bold",
            color=colour,
        )


def when(seconds: np.ndarray) -> str:
    """The time span in words: dates where a calendar makes sense, else years."""
    low, high = float(seconds.min()), float(seconds.max())
    first, last = int(year_of(low)), int(year_of(high))
    if first < 1000 or last > 9999:
        years = _written(first), _written(last)
        return f"year {years[0]}" if first == last else f"years {years[0]} to {years[1]}"
    dates = [pd.Timestamp(int(value), unit="s") for value in (low, high)]
    days = [f"{date.day} {date:%b %Y}" for date in dates]
    return days[0] if days[0] == days[1] else f"{days[0]} to {days[1]}"


def _written(year: int) -> str:
    return str(year) if year < 10_000 else f"{year:,}"


def _finding(readings: Readings) -> str:
    shares = {unit: _is_plausible(seconds).mean() for unit, seconds in readings.items()}
    if 0 < max(shares.values()) < 1:
        parts = [f"{share:.0%} as {UNITS[unit][0]}" for unit, share in shares.items()]
        return f"No unit fits every time: {', '.join(parts)} make sense"
    ages = [
        f"as {UNITS[unit][0]} in {_written(int(year_of(np.median(seconds))))}"
        for unit, seconds in readings.items()
    ]
    return f"The same times lie {', '.join(ages)}"


def _alt(readings: Readings, numbers: np.ndarray) -> str:
    spans = "; ".join(
        f"read as {UNITS[unit][0]} they span {when(seconds)}, "
        f"{_is_plausible(seconds).mean():.0%} of them between {PLAUSIBLE[0]} and {PLAUSIBLE[1]}"
        for unit, seconds in readings.items()
    )
    return (
        f"{len(numbers):,} times stored as numbers from {numbers.min():,.0f} to "
        f"{numbers.max():,.0f}, on a line of years: {spans}."
    )
