"""The row ledger as a waterfall: how many rows came in, what each step took, what is left."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from lab_kit.plots.picture import Picture
from lab_kit.plots.sheet import new_sheet
from lab_kit.plots.theme import BLUE, CARD, FAINT, GREEN, INK, MUTED, VERMILLION, themed

if TYPE_CHECKING:
    from lab_kit.prepare.ledger import Ledger, Step

ROW = 0.54
"""Inches of height for one step: a line of text and its bar."""
BAR = 0.46
"""The part of it that the bar takes."""
ZOOM_BELOW = 0.4
"""Where the steps change less than this part of the rows, the axis starts near the rows left."""


@themed
def ledger_waterfall(ledger: Ledger) -> Picture:
    """Draw a row ledger from the rows that came in, step by step, to the rows that are left.

    A step that removed rows is a hatched bar at the right end of what it got; one that added rows,
    such as a join, a dotted bar beyond it. Where little was removed, the axis does not start at
    zero, since the steps could not be seen; the axis label then says where it starts.
    """
    steps = list(ledger.steps)
    figure = new_sheet(_finding(ledger), _remark(ledger), height=ROW * (len(steps) + 2.15) + 0.45)
    axes = figure.add_subplot()
    first, last = _axis_ends(ledger)
    axes.set_xlim(first, last + 0.14 * (last - first))  # room for the numbers behind the bars
    axes.set_ylim(len(steps) + 1.4, -0.75)

    _total(axes, 0, ledger.rows_in, MUTED)
    for row, step in enumerate(steps, start=1):
        _step(axes, row, step)
    _total(axes, len(steps) + 1, ledger.rows_out, BLUE)
    for row, level in enumerate([ledger.rows_in, *(step.rows_out for step in steps)]):
        axes.plot([level, level], [row, row + 1], color=INK, linewidth=0.7, zorder=3)

    _write(axes, 0, "rows in", ledger.name)
    for row, step in enumerate(steps, start=1):
        _write(axes, row, step.name, step.why)
    _write(axes, len(steps) + 1, "rows left", "")
    axes.set_yticks([])
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set_xlabel("rows" + (f" (the axis starts at {first:,.0f}, not at 0)" if first else ""))
    axes.spines["left"].set_visible(first == 0)
    axes.grid(axis="x")
    return Picture(figure, _alt(ledger))


def _axis_ends(ledger: Ledger) -> tuple[float, float]:
    levels = [ledger.rows_in, *(step.rows_out for step in ledger.steps)]
    low, high = min(levels), max(levels)
    spread = high - low
    if spread == 0 or spread >= ZOOM_BELOW * high:
        return 0, max(high, 1)
    unit = 10 ** (len(str(spread)) - 1)
    return max(0, (low - spread // 2) // unit * unit), high


def _total(axes: Axes, row: int, rows: int, colour: str) -> None:
    axes.barh(row, rows, height=BAR, color=colour)
    _number(axes, row, rows, f"{rows:,}", weight="bold")


def _step(axes: Axes, row: int, step: Step) -> None:
    """Grey: rows that went on. Hatched or dotted: rows the step removed or added."""
    kept = min(step.rows_in, step.rows_out)
    axes.barh(row, kept, height=BAR, color=FAINT)
    difference = step.rows_out - step.rows_in
    if difference:
        gone = difference < 0
        axes.barh(
            row,
            abs(difference),
            left=kept,
            height=BAR,
            color=VERMILLION if gone else GREEN,
            hatch="////" if gone else "...",
            edgecolor=CARD,
            linewidth=0,
        )
    parts = [f"−{-difference:,}" if difference < 0 else f"+{difference:,}"] if difference else []
    if step.changed:
        parts.append(f"{step.changed:,} changed")
    label = ", ".join(parts) or "no change"
    _number(axes, row, max(step.rows_in, step.rows_out), label)


def _number(axes: Axes, row: int, end: float, text: str, weight: str = "normal") -> None:
    axes.annotate(
        text,
        (end, row),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
        fontsize=9.5,
        fontweight=weight,
    )


def _write(axes: Axes, row: int, name: str, why: str) -> None:
    """The name of a row above its bar, and behind it the reason, cut to the room there is."""
    ground = {"facecolor": CARD, "edgecolor": "none", "pad": 0.8}  # the connecting lines stay off
    title = axes.annotate(
        name,
        (0, row - BAR / 2),
        xycoords=("axes fraction", "data"),
        xytext=(0, 4),
        textcoords="offset points",
        fontsize=9.5,
        fontweight="bold",
        bbox=ground,
    )
    axes.annotate(
        textwrap.shorten(why, max(20, 108 - len(name)), placeholder=" …"),
        (1, 0),
        xycoords=title,
        xytext=(7, 0),
        textcoords="offset points",
        va="bottom",
        fontsize=9,
        color=MUTED,
        bbox=ground,
    )


def _finding(ledger: Ledger) -> str:
    if ledger.rows_out > ledger.rows_in:
        return f"{ledger.rows_in:,} rows became {ledger.rows_out:,}"
    return f"{ledger.rows_out:,} of {ledger.rows_in:,} rows are left{_share(ledger)}"


def _share(ledger: Ledger) -> str:
    return f", {ledger.rows_out / ledger.rows_in:.1%}" if ledger.rows_in else ""


def _remark(ledger: Ledger) -> str:
    removing = [step for step in ledger.steps if step.rows_out < step.rows_in]
    if not removing:
        return f"{ledger.name}: no step removed a row"
    largest = max(removing, key=lambda step: step.rows_in - step.rows_out)
    removed = largest.rows_in - largest.rows_out
    return f"{ledger.name}: the largest loss is “{largest.name}” with {removed:,} rows"


def _alt(ledger: Ledger) -> str:
    return f"Waterfall of the row ledger “{ledger.name}”. {' '.join(_sentences(ledger))}"


def _sentences(ledger: Ledger) -> Iterator[str]:
    yield f"{ledger.rows_in:,} rows came in."
    for step in ledger.steps:
        difference = step.rows_out - step.rows_in
        verb = "removed" if difference <= 0 else "added"
        changed = f" and changed {step.changed:,}" if step.changed else ""
        yield f"{step.name} {verb} {abs(difference):,}{changed} ({step.why.rstrip('.')})."
    yield f"{ledger.rows_out:,} rows are left{_share(ledger)}."
