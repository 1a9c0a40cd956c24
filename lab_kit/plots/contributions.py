"""Why a model predicts: which columns matter overall, and what they did to one row."""

from collections.abc import Mapping

import numpy as np

from lab_kit.automl import Explanation
from lab_kit.errors import LabKitError
from lab_kit.plots.picture import Picture
from lab_kit.plots.sheet import new_sheet
from lab_kit.plots.theme import BLUE, INK, VERMILLION, themed

MOST = 12
"""Columns drawn one by one; the others are put together."""


@themed
def columns_that_matter(importance: Mapping[str, float], unit: str = "log-odds") -> Picture:
    """Draw how much each column moves a prediction, the most telling on top.

    Args:
        importance: By column the mean size of its contributions.
        unit: What they are measured in.
    """
    order = sorted(importance.items(), key=lambda pair: -pair[1])
    shown = order[:MOST]
    if len(order) > MOST:
        shown.append((f"{len(order) - MOST} others", sum(value for _, value in order[MOST:])))
    figure = new_sheet(
        f"{order[0][0]} moves predictions most",
        f"mean size of each column's contribution, in {unit}",
        height=0.3 * len(shown) + 0.7,
    )
    axes = figure.add_subplot()
    values = [value for _, value in shown]
    axes.barh(range(len(shown)), values, color=BLUE, height=0.6)
    axes.set_yticks(range(len(shown)), [name for name, _ in shown])
    axes.invert_yaxis()
    axes.set_xlim(0, 1.15 * max(values))
    for place, value in enumerate(values):
        axes.text(value, place, f" {value:.3g}", va="center", fontsize=9)
    axes.set_xlabel(f"mean |contribution| ({unit})")
    said = "; ".join(f"{name} {value:.3g}" for name, value in shown)
    return Picture(figure, f"Mean size of contributions in {unit}: {said}.")


@themed
def row_explained(explanation: Explanation, row: int = 0, title: str = "") -> Picture:
    """Draw how one prediction comes about: from the base, column by column, to what is said.

    Args:
        explanation: Of some rows, of a regression or of two classes.
        row: Which of them.
        title: Who it is about.

    Raises:
        LabKitError: If there are several classes, or no such row.
    """
    if explanation.values.ndim != 2 or not 0 <= row < len(explanation.values):
        raise LabKitError(
            "One row of a regression or of two classes can be drawn",
            where=f"row {row} of {len(explanation.values)}",
            next_step="choose another row",
        )
    values = explanation.values[row]
    order = np.argsort(-np.abs(values), kind="stable")
    names = [explanation.columns[place] for place in order[:MOST]]
    steps = values[order[:MOST]].tolist()
    if len(order) > MOST:
        names.append(f"{len(order) - MOST} others")
        steps.append(float(values[order[MOST:]].sum()))
    base = float(explanation.base)
    ends = base + np.cumsum(steps)
    starts = np.concatenate([[base], ends[:-1]])
    figure = new_sheet(
        f"{title or f'Row {row}'}: {names[0]} says most, {steps[0]:+.3g}",
        f"from the base {base:.3g} to {ends[-1]:.3g}, in {explanation.scale}"
        + ("" if explanation.exact else "; contributions are sampled"),
        height=0.3 * len(names) + 0.7,
    )
    axes = figure.add_subplot()
    for place, (start, step) in enumerate(zip(starts, steps, strict=True)):
        axes.barh(place, step, left=start, color=VERMILLION if step > 0 else BLUE, height=0.6)
        at = start + step
        axes.text(
            at, place, f" {step:+.3g} ", va="center", fontsize=9, ha="left" if step > 0 else "right"
        )
    axes.axvline(base, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    low, high = min(base, ends.min()), max(base, ends.max())
    room = 0.14 * (high - low or 1.0)  # for the numbers beside the bars
    axes.set_xlim(low - room, high + room)
    axes.set_xlabel(explanation.scale)
    said = "; ".join(f"{name} {step:+.3g}" for name, step in zip(names, steps, strict=True))
    return Picture(
        figure,
        f"Contributions in {explanation.scale}, base {base:.3g}: {said}; in all {ends[-1]:.3g}.",
    )
