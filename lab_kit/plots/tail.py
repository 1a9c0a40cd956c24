"""The long tail: a few items get most of the events, and most items get few."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from lab_kit.errors import LabKitError
from lab_kit.plots.picture import Picture
from lab_kit.plots.sheet import new_sheet
from lab_kit.plots.theme import BLUE, CARD, INK, MUTED, SKY, themed

HEAD = 0.2
"""The part of the items called the head: the "20" of the 80/20 rule."""
WORDS = {"item_id": ("items", "popular"), "user_id": ("users", "active")}
"""What a column counts, and what those with many events are called."""


@themed
def long_tail(
    interactions: pd.DataFrame, by: str = "item_id", names: pd.Series | None = None
) -> Picture:
    """Draw how the events spread over items (or users), the most popular first.

    The area under the curve is the number of events, so the dark part of the area is the share of
    the head: the most popular 20%, rounded up to whole items.

    Args:
        interactions: One row an event.
        by: The column that is counted, `item_id` or `user_id`.
        names: What the ids are called, indexed by id, such as
            `items.set_index("item_id")["name_ko"]`; the three most popular are then named.

    Raises:
        LabKitError: If there is no such column or no event.
    """
    if by not in interactions:
        raise LabKitError(
            f"There is no column {by!r} to count",
            where=f"columns: {', '.join(map(str, interactions.columns))}",
            next_step="name one of these columns with by=",
        )
    ranking = interactions[by].value_counts()
    if ranking.empty:
        raise LabKitError("There is no event to count", where=by, next_step="load some rows first")
    counts = ranking.to_numpy()
    what, much = WORDS.get(by, (f"values of {by}", "frequent"))
    head = int(np.ceil(HEAD * len(counts)))
    share = counts[:head].sum() / counts.sum()
    lower_half = counts[len(counts) // 2 :].sum() / counts.sum()
    first = _first_three(ranking, names)

    figure = new_sheet(
        f"The most {much} 20% of the {what} have {share:.0%} of the events",
        f"{counts.sum():,} events, {len(counts):,} {what}; "
        f"the less {much} half shares {lower_half:.0%}",
        height=3.2,
    )
    axes = figure.add_subplot()
    _areas(axes, counts, head)
    _labels(axes, what, counts, head, share, first)
    axes.set_xlabel(f"{what}, from the most to the least {much}")
    axes.set_ylabel("events")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.yaxis.set_major_formatter("{x:,.0f}")
    return Picture(
        figure,
        f"Events of {len(counts):,} {what}, ranked: a curve that falls from {counts[0]:,} "
        f"at the first to {counts[-1]:,} at the last, {np.median(counts):,.0f} in the "
        f"middle. The first {head:,} (20%) have {share:.1%} of the {counts.sum():,} events, "
        f"the less {much} half {lower_half:.1%}. {'; '.join(first)}",
    )


def _first_three(ranking: pd.Series, names: pd.Series | None) -> list[str]:
    if names is None:
        return []
    three = enumerate(ranking.head(3).items(), start=1)
    return [f"{rank}. {names.get(id, id)}: {rows:,}" for rank, (id, rows) in three]


def _areas(axes: Axes, counts: np.ndarray, head: int) -> None:
    edges = np.arange(len(counts) + 1) + 0.5
    axes.stairs(counts[:head], edges[: head + 1], fill=True, color=BLUE)
    axes.stairs(counts[head:], edges[head:], fill=True, color=SKY, alpha=0.45)
    axes.stairs(counts, edges, color=INK, linewidth=1)
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(0, 1.05 * counts[0])
    axes.grid(axis="y")


def _labels(
    axes: Axes, what: str, counts: np.ndarray, head: int, share: float, first: list[str]
) -> None:
    axes.axvline(head + 0.5, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
    tail = len(counts) - head
    lines = (
        (f"← head: {head:,} {what}, {share:.0%} of the events", "bold", INK),
        (f"→ tail: {tail:,} {what}, {1 - share:.0%} of the events", "normal", INK),
        *((line, "normal", MUTED) for line in first),
    )
    for place, (text, weight, colour) in enumerate(lines):
        axes.annotate(
            text,
            (head + 0.5, 0.97 - 0.09 * place),
            xycoords=("data", "axes fraction"),
            xytext=(8, 0),
            textcoords="offset points",
            va="top",
            bbox={"facecolor": CARD, "edgecolor": "none", "pad": 1.5},
            fontweight=weight,
            color=colour,
        )
