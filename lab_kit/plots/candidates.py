"""A leaderboard: every candidate, how good it is over the folds, and what it costs."""

import pandas as pd
from matplotlib.axes import Axes

from lab_kit.errors import LabKitError
from lab_kit.plots.picture import Picture
from lab_kit.plots.sheet import new_sheet
from lab_kit.plots.theme import BLUE, FAINT, INK, MUTED, ORANGE, themed

MOST = 14
"""Candidates drawn; the rest would be too small to read."""


@themed
def leaderboard(table: pd.DataFrame, *, lower_is_better: bool = False) -> Picture:
    """Draw the candidates of a leaderboard, the best one on top.

    Args:
        table: What `SELECT * FROM LEADERBOARD('model')` finds: rank, candidate, state, and columns
            that end in _mean and _std.
        lower_is_better: Whether the measure is an error.

    Raises:
        LabKitError: No candidate has a figure yet.
    """
    measure = next((each for each in table.columns if each.endswith("_mean")), None)
    drawn = table.dropna(subset=[measure]).head(MOST) if measure else table.head(0)
    if not len(drawn):
        raise LabKitError(
            "No candidate has a figure yet",
            where="leaderboard",
            next_step="ask again in a moment: SELECT * FROM LEADERBOARD('model')",
        )
    name = _shown(str(measure).removesuffix("_mean"))
    best = drawn.iloc[0]
    finding = f"{best['candidate']} leads with {name} {best[measure]:.3f}"
    figure = new_sheet(
        finding,
        f"{len(table)} candidates; {name} over the folds, "
        f"{'lower' if lower_is_better else 'higher'} is better",
        height=0.9 + 0.27 * len(drawn),
    )
    axes = figure.add_subplot()
    for place, (_, row) in enumerate(drawn.iterrows()):
        _candidate(axes, -place, row, str(measure))
    axes.set_yticks(range(0, -len(drawn), -1))
    axes.set_yticklabels(drawn["candidate"].tolist())
    axes.tick_params(axis="y", labelcolor=INK, length=0)
    axes.set_xlabel(name)
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)
    listed = ", ".join(f"{row['candidate']} {row[measure]:.3f}" for _, row in drawn.iterrows())
    return Picture(figure, f"{finding}. Best first: {listed}.")


def _shown(name: str) -> str:
    return name.upper() if len(name) <= 3 else name


def _candidate(axes: Axes, place: float, row: pd.Series, measure: str) -> None:
    """A dot for the mean, a line for the spread; filled where it went all the way."""
    spread = row.get(measure.replace("_mean", "_std"))
    mean = row[measure]
    whole = row["state"] in ("complete", "chosen")
    colour = ORANGE if row["state"] == "chosen" else BLUE if whole else MUTED
    if pd.notna(spread):
        axes.plot([mean - spread, mean + spread], [place, place], color=FAINT, linewidth=4)
    axes.plot(mean, place, "o", color=colour, markerfacecolor=colour if whole else "white")
    if row["state"] in ("chosen", "stopped"):
        axes.annotate(
            row["state"], (mean, place), xytext=(0, 6),
            textcoords="offset points",
            ha="center", color=MUTED, fontsize=8.5,
        )  # fmt: skip
