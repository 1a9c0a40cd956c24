"""How many spellings became how few categories."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from lab_kit.errors import LabKitError
from lab_kit.plots.picture import Picture
from lab_kit.plots.sheet import new_sheet
from lab_kit.plots.theme import BLUE, GREEN, INK, MUTED, ORANGE, PURPLE, SKY, VERMILLION, themed

LOST = "(none)"
"""What a value that became empty, or whose row left, is called."""
AT_MOST = 24
"""So many spellings are drawn, the most frequent; the others are counted together."""
COLOURS = (BLUE, ORANGE, GREEN, PURPLE, SKY, MUTED)
LINE = 0.24
"""Inches of height for one spelling."""


@themed
def spellings(before: pd.Series, after: pd.Series, what: str = "") -> Picture:
    """Draw which spelling became which category; a wider line stands for more rows.

    Args:
        before: The column as it came.
        after: The same column repaired. Rows are matched by the index; a row that is gone, or
            whose value is empty now, counts as "(none)".
        what: What the values are, in the plural, such as "event types".

    Raises:
        LabKitError: If `before` has no value.
    """
    what = what or f"values of {before.name}"
    flows = flows_between(before, after)
    if flows.empty:
        raise LabKitError(
            "There is no value to draw", where=what, next_step="give a column that is not empty"
        )
    categories = flows.groupby("after", sort=False)["rows"].sum()
    shown = _most_frequent(flows)
    figure = new_sheet(
        _finding(what, flows),
        f"{flows['rows'].sum():,} rows; a wider line stands for more rows{_rest(flows, shown)}",
        height=LINE * (len(shown) + 1.5),
    )
    axes = figure.add_subplot()
    _draw(axes, shown, categories)
    return Picture(figure, _alt(what, flows, categories))


def flows_between(before: pd.Series, after: pd.Series) -> pd.DataFrame:
    """`before`, `after` and `rows`; large categories first, in each its frequent spellings."""
    pairs = pd.DataFrame({"before": before, "after": after.reindex(before.index)})
    pairs = pairs.dropna(subset="before").astype("str").fillna(LOST)
    flows = pairs.value_counts().rename("rows").reset_index()
    flows["size"] = flows.groupby("after")["rows"].transform("sum")
    flows["lost"] = flows["after"] == LOST
    order = ["lost", "size", "after", "rows", "before"]
    ascending = [True, False, True, False, True]
    ranked = flows.sort_values(order, ascending=ascending, ignore_index=True)
    return ranked[["before", "after", "rows"]]


def _most_frequent(flows: pd.DataFrame) -> pd.DataFrame:
    kept = flows["rows"].rank(method="first", ascending=False) <= AT_MOST
    return flows.loc[kept].reset_index(drop=True)


def _rest(flows: pd.DataFrame, shown: pd.DataFrame) -> str:
    if len(shown) == len(flows):
        return ""
    rows = flows["rows"].sum() - shown["rows"].sum()
    return f"; {len(flows) - len(shown)} rare spellings with {rows:,} rows are not drawn"


def _draw(axes: Axes, flows: pd.DataFrame, categories: pd.Series) -> None:
    """Spellings at the left, a line each; a category stands in the middle of its spellings."""
    places = flows.groupby("after", sort=False).apply(lambda rows: rows.index.to_numpy().mean())
    colours = dict(zip(places.index, COLOURS * len(places), strict=False)) | {LOST: VERMILLION}
    widths = 1 + 9 * np.sqrt(flows["rows"] / flows["rows"].max())
    for row, (before, after, rows) in enumerate(flows.itertuples(index=False)):
        same = before == after
        axes.add_patch(_curve(row, places[after], colours[after], widths[row]))
        _text(axes, -0.02, row, f"“{before}”  {rows:,}", "right", "bold" if same else "normal")
    for category, place in places.items():
        _text(axes, 1.02, place, f"{category}  {categories[category]:,}", "left", "bold")
    axes.set_xlim(-0.75, 1.75)
    axes.set_ylim(len(flows) - 0.3, -0.7)
    axes.axis("off")


def _curve(start: float, end: float, colour: str, width: float) -> PathPatch:
    codes = [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4]
    path = Path([(0, start), (0.5, start), (0.5, end), (1, end)], codes)
    return PathPatch(
        path, fill=False, edgecolor=colour, linewidth=width, alpha=0.65, capstyle="butt"
    )


def _text(axes: Axes, x: float, y: float, text: str, side: str, weight: str) -> None:
    axes.text(x, y, text, ha=side, va="center", fontsize=9.5, color=INK, fontweight=weight)


def _finding(what: str, flows: pd.DataFrame) -> str:
    lost = flows.loc[flows["after"] == LOST, "rows"].sum()
    kept = flows.loc[flows["after"] != LOST, "after"].nunique()
    count = flows["before"].nunique()
    end = f"; {lost:,} rows have none now" if lost else ""
    return f"{count:,} spellings were {kept:,} {what}{end}"


def _alt(what: str, flows: pd.DataFrame, categories: pd.Series) -> str:
    spelt = flows.groupby("after", sort=False)["before"].agg(list)
    parts = []
    for category, spelling in spelt.items():
        names = ", ".join(f"“{name}”" for name in spelling[:8])
        more = f" and {len(spelling) - 8} more" if len(spelling) > 8 else ""
        parts.append(f"{category} ({categories[category]:,} rows) from {names}{more}")
    return f"{_finding(what, flows)}. {'; '.join(parts)}."
