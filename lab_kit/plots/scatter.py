"""Names on a plane, near to what they are like."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from lab_kit.errors import LabKitError
from lab_kit.plots.hover import Hover, Spot
from lab_kit.plots.labels import Label, short, write
from lab_kit.plots.sheet import new_sheet
from lab_kit.plots.theme import BLUE, FAINT, MUTED, PALETTE, themed

MARKERS = ("o", "s", "^", "D", "v", "P", "X")
"""Groups differ in shape as well as in colour."""
MOST_GROUPS = len(MARKERS)
MANY = 60
"""Of more points only the first names are written, and in short: the pointer reads the rest."""
FEW = 14
"""So many then, beside the bold ones."""


@themed
def word_plane(
    points: pd.DataFrame | Mapping[str, tuple[float, float]],
    *,
    title: str,
    remark: str = "",
    bold: Sequence[str] = (),
    shown: Mapping[str, str] | None = None,
    groups: Mapping[str, str] | None = None,
    lines: Iterable[tuple[str, str]] = (),
    axes_names: tuple[str, str] | None = None,
    height: float = 4.2,
) -> Hover:
    """Draw names where they lie. A name that would be written over another is left to the pointer.

    Args:
        points: Columns x and y, indexed by name; or a pair of numbers a name.
        title: What the picture shows, a sentence.
        remark: A line below it.
        bold: Names that matter: always written, the first ones first.
        shown: What is written for a name, such as its meaning in English beside it.
        groups: A group for each name, drawn in a shape of its own; those beyond seven groups are
            drawn as "others".
        lines: Pairs of names to be joined.
        axes_names: What the two directions mean, where they mean something.
        height: Inches of the plane.

    Raises:
        LabKitError: If there is no point, or a name to be joined or written bold is not there.
    """
    if not isinstance(points, pd.DataFrame):
        points = pd.DataFrame.from_dict(dict(points), orient="index", columns=["x", "y"])
    lines = list(lines)
    _require(points, [*bold, *(name for line in lines for name in line)])
    called = {name: (shown or {}).get(name, name) for name in points.index}
    figure = new_sheet(title, remark, height)
    axes = figure.add_subplot()
    _marks(axes, points, groups, set(bold))
    for one, other in lines:
        ends = points.loc[[one, other]]
        axes.plot(ends["x"], ends["y"], color=MUTED, linewidth=1, zorder=1)
    axes.set_aspect("equal", adjustable="datalim")
    axes.margins(0.12)
    _frame(axes, axes_names)
    important = set(bold)
    order = [*dict.fromkeys(bold), *(name for name in points.index if name not in important)]
    x, y = points["x"].to_dict(), points["y"].to_dict()
    crowded = len(points) > MANY
    written = order[: len(important) + FEW] if crowded else order
    labels = [(n, short(called[n]) if crowded else called[n]) for n in written]
    write(axes, [Label(x[n], y[n], text, n in important) for n, text in labels])
    spots = [Spot(x[n], y[n], _hover(n, called, groups)) for n in order]
    return Hover(axes, spots, _alt(title, points, bold or list(points.index[:12]), called))


def _require(points: pd.DataFrame, names: Sequence[str]) -> None:
    lost = [name for name in names if name not in points.index]
    if points.empty or lost:
        raise LabKitError(
            f"{lost[0]!r} is not among the points" if lost else "There is no point to draw",
            where=f"{len(points):,} points",
            next_step="give a place to every name that shall be written or joined",
        )


def _marks(
    axes: Axes, points: pd.DataFrame, groups: Mapping[str, str] | None, bold: set[str]
) -> None:
    size = np.where(points.index.isin(bold), 52, 20 if len(points) > MANY else 30)
    if groups is None:
        colours = np.where(points.index.isin(bold), BLUE, MUTED if len(points) <= MANY else FAINT)
        axes.scatter(points["x"], points["y"], s=size, c=colours, zorder=2)
        return
    of_name = pd.Series([groups.get(name, "others") for name in points.index])
    frequent = of_name.value_counts().index
    kept = list(frequent[: MOST_GROUPS - (len(frequent) > MOST_GROUPS)])
    of_name = of_name.where(of_name.isin(kept), "others")
    for number, group in enumerate([*kept, *(["others"] if "others" not in kept else [])]):
        rows = (of_name == group).to_numpy()
        if rows.any():
            axes.scatter(
                points["x"][rows],
                points["y"][rows],
                s=size[rows],
                c=MUTED if group == "others" else PALETTE[number % len(PALETTE)],
                marker=MARKERS[number % len(MARKERS)],
                alpha=0.35 if group == "others" else 0.8,
                linewidths=0,
                label=group,
                zorder=1.5 if group == "others" else 2,
            )
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=4, columnspacing=1.2)


def _frame(axes: Axes, names: tuple[str, str] | None) -> None:
    """Numbers and labels only where the directions mean something."""
    if names is None:
        axes.set_xticks([])
        axes.set_yticks([])
        for spine in axes.spines.values():
            spine.set_visible(False)
        return
    axes.set_xlabel(names[0])
    axes.set_ylabel(names[1])
    axes.grid()


def _hover(name: str, called: Mapping[str, str], groups: Mapping[str, str] | None) -> str:
    return f"{called[name]} · {groups[name]}" if groups and name in groups else called[name]


def _alt(title: str, points: pd.DataFrame, names: Sequence[str], called: Mapping[str, str]) -> str:
    places = "; ".join(
        f"{called[name]} at {points.at[name, 'x']:.2f}, {points.at[name, 'y']:.2f}"
        for name in names
    )
    return f"{title}. {len(points):,} points on a plane, among them {places}."
