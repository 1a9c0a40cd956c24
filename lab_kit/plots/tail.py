"""The long tail: a few items get most of the events, and most items get few."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from lab_kit.errors import LabKitError
from lab_kit.plots.picture import Picture
from lab_kit.plots.sheet import new_sheet
from lab_kit.plots.theme import BLUE, CARD, INK, SKY, themed

HEAD = 0.2
"""The part of the items called the head: the "20" of the 80/20 rule."""


@themed
def long_tail(interactions: pd.DataFrame, by: str = "item_id") -> Picture:
    """Draw how the events spread over items (or users), the most popular first.

    The area under the curve is the number of events, so the dark part of the area is the share of
    the head: the most popular 20%, rounded up to whole items.

    Args:
        interactions: One row an event.
        by: The column that is counted, `item_id` or `user_id`.

    Raises:
        LabKitError: If there is no such column or no event.
    """
    if by not in interactions:
        raise LabKitError(
            f"There is no column {by!r} to count",
            where=f"columns: {', '.join(map(str, interactions.columns))}",
            next_step="name one of these columns with by=",
        )
    counts = interactions[by].value_counts().to_numpy()
    if not len(counts):
        raise LabKitError("There is no event to count", where=by, next_step="load some rows first")
    what = {"item_id": "items", "user_id": "users"}.get(by, f"values of {by}")
    head = int(np.ceil(HEAD * len(counts)))
    share = counts[:head].sum() / counts.sum()
    lower_half = counts[len(counts) // 2 :].sum() / counts.sum()

    figure = new_sheet(
        f"The most popular 20% of the {what} have {share:.0%} of the events",
        f"{counts.sum():,} events, {len(counts):,} {what}; "
        f"the less popular half shares {lower_half:.0%}",
        height=3.2,
    )
    axes = figure.add_subplot()
    ranks = np.arange(1, len(counts) + 1)
    _areas(axes, ranks, counts, head)
    _labels(axes, what, counts, head, share)
    axes.set_xlabel(f"{what}, from the most to the least popular")
    axes.set_ylabel("events")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.yaxis.set_major_formatter("{x:,.0f}")
    return Picture(
        figure,
        f"Popularity of {len(counts):,} {what}, ranked: a curve that falls from {counts[0]:,} "
        f"events at the first to {counts[-1]:,} at the last, {np.median(counts):,.0f} in the "
        f"middle. The first {head:,} (20%) have {share:.1%} of the {counts.sum():,} events, "
        f"the less popular half {lower_half:.1%}.",
    )


def _areas(axes: Axes, ranks: np.ndarray, counts: np.ndarray, head: int) -> None:
    in_head = ranks <= head
    axes.fill_between(ranks, counts, where=in_head, step="mid", color=BLUE, linewidth=0)
    axes.fill_between(ranks, counts, where=~in_head, step="mid", color=SKY, alpha=0.45, linewidth=0)
    axes.step(ranks, counts, where="mid", color=INK, linewidth=1)
    axes.set_xlim(0.5, len(ranks) + 0.5)
    axes.set_ylim(0)
    axes.grid(axis="y")


def _labels(axes: Axes, what: str, counts: np.ndarray, head: int, share: float) -> None:
    axes.axvline(head + 0.5, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
    tail = len(counts) - head
    for height, text, weight in (
        (0.93, f"← head: {head:,} {what}, {share:.0%} of the events", "bold"),
        (0.83, f"→ tail: {tail:,} {what}, {1 - share:.0%} of the events", "normal"),
    ):
        axes.annotate(
            text,
            (head + 0.5, height),
            xycoords=("data", "axes fraction"),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            bbox={"facecolor": CARD, "edgecolor": "none", "pad": 1.5},
            fontweight=weight,
        )
