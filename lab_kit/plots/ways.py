"""The same two tables put together in each way, and what each makes of a sum."""

from typing import Any

from matplotlib.ticker import MaxNLocator

from lab_kit.plots.picture import Picture
from lab_kit.plots.sheet import new_sheet
from lab_kit.plots.theme import BLUE, INK, VERMILLION, themed
from lab_kit.prepare.combine import Comparison

EXACT = 5e-5
"""A share of the truth that nobody would see."""


@themed
def ways_compared(comparison: Comparison) -> Picture:
    """Draw the sum that each way of combining gives beside the true one.

    Args:
        comparison: What `combine.compare` said; ways that were not built are left out.
    """
    table = comparison.table.dropna(subset=["total"])
    wrong = table["error"].abs() >= EXACT
    worst = table.loc[table["error"].abs().idxmax()]
    figure = new_sheet(
        f"{int(wrong.sum())} of {len(table)} ways get the sum wrong",
        f"sum of {comparison.total}; the line is the truth, {comparison.truth:,.0f}",
        height=0.42 * len(table) + 1,
    )
    axes = figure.add_subplot()
    axes.barh(
        range(len(table)),
        table["total"],
        color=[VERMILLION if off else BLUE for off in wrong],
        height=0.6,
    )
    axes.axvline(comparison.truth, color=INK, linewidth=1.2, linestyle=(0, (4, 3)))
    axes.set_yticks(range(len(table)), table["way"])
    axes.invert_yaxis()
    furthest = max(table["total"].max(), comparison.truth)
    axes.set_xlim(0, 1.3 * furthest)
    for place, (row, off) in enumerate(zip(table.itertuples(), wrong, strict=True)):
        text = f"{row.error:+.1%}" if off else "exact"
        at = max(row.total, comparison.truth) + 0.012 * furthest
        axes.text(at, place, f"{text}, {row.rows:,} rows", va="center")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.xaxis.set_major_locator(MaxNLocator(4))
    return Picture(
        figure,
        f"Sums of {comparison.total} by way of combining; truth {comparison.truth:,.0f}. "
        + "; ".join(_words(row) for row in table.itertuples())
        + f". Furthest off: {worst['way']}.",
    )


def _words(row: Any) -> str:
    return f"{row.way} {row.total:,.0f} ({row.error:+.1%}, {row.rows:,} rows)"
