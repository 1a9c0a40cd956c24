"""When people come: events by weekday and hour."""

import calendar

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from lab_kit.errors import LabKitError
from lab_kit.plots.picture import Picture
from lab_kit.plots.sheet import new_sheet
from lab_kit.plots.theme import BLUE, CARD, INK, ORANGE, themed

FEW_TO_MANY = LinearSegmentedColormap.from_list(
    "few to many", ["#F2F6F9", "#A9CFE6", "#3A94C9", BLUE, "#003A5C"]
)
"""One hue from light to dark: lightness alone orders it, for any colour vision and on paper."""


@themed
def weekly_rhythm(interactions: pd.DataFrame, zone: str = "UTC") -> Picture:
    """Draw the events of each hour of the week, and above them those of each hour of the day.

    Args:
        interactions: One row an event, with `timestamp` (with a zone).
        zone: The time zone of weekdays and hours, such as "Asia/Seoul": in a wrong one the picture
            shows people who shop at four in the morning.

    Raises:
        LabKitError: If there is no event.
    """
    table = hours_of_the_week(interactions["timestamp"], zone)
    total = table.sum()
    if total == 0:
        raise LabKitError(
            "There is no event to draw", where="timestamp", next_step="load some rows first"
        )
    day, hour = divmod(int(table.argmax()), 24)
    by_hour = table.sum(axis=0)
    figure = new_sheet(
        f"The busiest hour of the week is {calendar.day_name[day]} "
        f"{_span(hour)}, {table[day, hour] / table.mean():.1f} times the average",
        f"{total:,} events by weekday and hour, {zone} time; "
        f"{by_hour[18:].sum() / total:.0%} of them between 18:00 and midnight",
        height=3.7,
    )
    bars, grid = figure.subplots(
        2, sharex=True, height_ratios=[1, 2.6], gridspec_kw={"hspace": 0.02}
    )
    _draw_hours(bars, by_hour)
    _draw_week(grid, table, day, hour)
    image = grid.images[0]
    scale = figure.colorbar(
        image, ax=[bars, grid], label="events in that hour", aspect=28, pad=0.02
    )
    scale.outline.set_visible(False)
    scale.ax.yaxis.set_major_formatter("{x:,.0f}")
    return Picture(figure, _alt(table, zone))


def hours_of_the_week(timestamps: pd.Series, zone: str) -> np.ndarray:
    """Events by weekday (Monday first) and hour, shape (7, 24)."""
    local = timestamps.dropna().dt.tz_convert(zone).dt
    slots = local.day_of_week.to_numpy() * 24 + local.hour.to_numpy()
    return np.bincount(slots, minlength=7 * 24).reshape(7, 24)


def _draw_hours(axes: Axes, by_hour: np.ndarray) -> None:
    axes.bar(np.arange(24), by_hour, width=0.86, color="#A9CFE6")
    peak = int(by_hour.argmax())
    axes.patches[peak].set_color(BLUE)
    axes.set_title("all days together", fontsize=9.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="x", which="both", length=0, labelbottom=False)


def _draw_week(axes: Axes, table: np.ndarray, day: int, hour: int) -> None:
    axes.imshow(table, cmap=FEW_TO_MANY, vmin=0, aspect="auto", interpolation="nearest")
    axes.set_xticks(np.arange(23) + 0.5, minor=True)
    axes.set_yticks(np.arange(6) + 0.5, minor=True)
    axes.grid(which="minor", color=CARD, linewidth=1.4)
    axes.tick_params(which="both", length=0)
    axes.add_patch(
        Rectangle((hour - 0.5, day - 0.5), 1, 1, fill=False, edgecolor=ORANGE, linewidth=2.4)
    )
    axes.set_xticks(range(0, 24, 3), [f"{hour:02d}:00" for hour in range(0, 24, 3)])
    axes.set_yticks(range(7), list(calendar.day_abbr), color=INK)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def _span(hour: int) -> str:
    return f"{hour:02d}:00 to {(hour + 1) % 24:02d}:00"


def _alt(table: np.ndarray, zone: str) -> str:
    day, hour = divmod(int(table.argmax()), 24)
    quiet_day, quiet_hour = divmod(int(table.argmin()), 24)
    by_day, by_hour = table.sum(axis=1), table.sum(axis=0)
    return (
        f"Heat map of {table.sum():,} events by weekday and hour ({zone}). "
        f"Most in one hour: {calendar.day_name[day]} {_span(hour)}, {table[day, hour]:,} events; "
        f"fewest: {calendar.day_name[quiet_day]} {_span(quiet_hour)}, "
        f"{table[quiet_day, quiet_hour]:,}. Over all days {_span(int(by_hour.argmax()))} leads "
        f"with {by_hour.max():,}; the busiest day is {calendar.day_name[by_day.argmax()]} "
        f"with {by_day.max():,}."
    )
