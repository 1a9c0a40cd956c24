"""What a cleaning step did to a column: its values before, after, and those that lay outside."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from lab_kit.errors import LabKitError
from lab_kit.plots.picture import Picture
from lab_kit.plots.sheet import new_sheet
from lab_kit.plots.theme import BLUE, CARD, INK, VERMILLION, themed

BINS = 40
"""At most so many bars; whole numbers with fewer values get a bar each."""


@themed
def before_after(before: pd.Series, after: pd.Series, what: str = "") -> Picture:
    """Draw the values of a numeric column before and after a step on one scale.

    The scale is that of the values after. What lay outside of it before would squash it, so it is
    counted in a bar of its own at either end.

    Args:
        before: Numbers; what is not a number counts as missing.
        after: The same column after the step, with fewer or with changed values.
        what: What the numbers are, such as "age in years"; the name of `after` by default.

    Raises:
        LabKitError: If there is no number after the step.
    """
    what = what or str(after.name)
    old, new = _numbers(before), _numbers(after)
    if not len(new):
        raise LabKitError(
            "No number is left to draw", where=what, next_step="look at the step before this one"
        )
    edges = _edges(new)
    below, above = int((old < edges[0]).sum()), int((old > edges[-1]).sum())
    figure = new_sheet(
        _finding(what, old, new, below + above),
        f"before: {_described(before, old)}; after: {_described(after, new)}",
        height=3.1,
    )
    axes = figure.add_subplot()
    old_counts, new_counts = (np.histogram(values, edges)[0] for values in (old, new))
    axes.stairs(new_counts, edges, fill=True, color=BLUE, alpha=0.75, label="after")
    axes.stairs(old_counts, edges, color=INK, linewidth=1.2, label="before")
    if below or above:
        _outside(axes, edges, old, below, above)
    _scale(axes, edges, below > 0, above > 0)
    axes.set_xlabel(what)
    axes.set_ylabel("rows")
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, borderaxespad=0, reverse=True)
    return Picture(
        figure,
        f"Histogram of {what}. Before: {_described(before, old)}. "
        f"After: {_described(after, new)}. {below:,} values lay below and {above:,} above the "
        f"range that is left; {_medians(old, new)}.",
    )


def _numbers(values: pd.Series) -> np.ndarray:
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    return numbers[np.isfinite(numbers)]


def _edges(values: np.ndarray) -> np.ndarray:
    """Bin edges over the range of `values`; whole numbers stand in the middle of their bars."""
    low, high = values.min(), values.max()
    if np.all(values == np.round(values)):
        width = max(1, int(np.ceil((high - low + 1) / BINS)))
        return np.arange(low - 0.5, high + width, width)
    if low == high:
        return np.array([low - 0.5, low + 0.5])
    return np.linspace(low, high, BINS + 1)


def _outside(axes: Axes, edges: np.ndarray, old: np.ndarray, below: int, above: int) -> None:
    """Hatched bars beside the scale: they tell how many lay outside, not where."""
    span = edges[-1] - edges[0]
    for count, place, label in (
        (below, edges[0] - 0.09 * span, f"{below:,} below,\ndown to {_written(old.min())}"),
        (above, edges[-1] + 0.09 * span, f"{above:,} above,\nup to {_written(old.max())}"),
    ):
        if not count:
            continue
        axes.bar(
            place,
            count,
            0.05 * span,
            color=VERMILLION,
            hatch="////",
            edgecolor=CARD,
            linewidth=0,
        )
        axes.annotate(
            label,
            (place, count),
            xytext=(0, 4),
            textcoords="offset points",
            ha="center",
            fontsize=8.5,
            color=VERMILLION,
        )


def _scale(axes: Axes, edges: np.ndarray, below: bool, above: bool) -> None:
    """Ticks only where there is a scale, room for the bars beside it, and for their labels."""
    span = edges[-1] - edges[0]
    ticks = MaxNLocator(8).tick_values(edges[0], edges[-1])
    axes.set_xticks([tick for tick in ticks if edges[0] <= tick <= edges[-1]])
    axes.set_xlim(edges[0] - (0.18 if below else 0.01) * span, None)
    axes.set_xlim(None, edges[-1] + (0.18 if above else 0.01) * span)
    axes.set_ylim(0, axes.dataLim.y1 * 1.15)
    axes.xaxis.set_major_formatter("{x:,.6g}")
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.grid(axis="y")


def _written(number: float) -> str:
    digits = ",.0f" if abs(number) >= 1000 else ",.4g"
    return f"{number:{digits}}".replace("-", "−")


def _described(values: pd.Series, numbers: np.ndarray) -> str:
    missing = len(values) - len(numbers)
    gaps = f", {missing:,} missing" if missing else ""
    if not len(numbers):
        return f"no number{gaps}"
    return (
        f"{len(numbers):,} values from {_written(numbers.min())} to {_written(numbers.max())}{gaps}"
    )


def _finding(what: str, old: np.ndarray, new: np.ndarray, outside: int) -> str:
    span = f"{_written(new.min())} to {_written(new.max())}"
    if outside:
        return f"{outside:,} of {len(old):,} values of {what} lay outside {span}"
    return f"{what}: {len(old):,} values before, {len(new):,} after, {span}"


def _medians(old: np.ndarray, new: np.ndarray) -> str:
    if not len(old):
        return f"the median after is {_written(np.median(new))}"
    return f"the median goes from {_written(np.median(old))} to {_written(np.median(new))}"
