"""What was put into gaps, beside what stood there."""

import numpy as np
import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.plots.picture import Picture
from lab_kit.plots.sheet import new_sheet
from lab_kit.plots.theme import BLUE, INK, themed

BINS = 30


@themed
def filled_values(filled: pd.Series, truth: pd.Series, what: str = "") -> Picture:
    """Draw the values put into gaps and the true ones, as two histograms on one scale.

    Args:
        filled: A numeric column after filling, with at least the rows of `truth`.
        truth: The true values, by the index labels of the gaps.
        what: What the numbers are; the name of `truth` by default.

    Raises:
        LabKitError: If the truth is no column of numbers, or a gap is still open.
    """
    name = what or str(truth.name)
    if not pd.api.types.is_numeric_dtype(truth.dtype):
        raise LabKitError(f"{name} holds no numbers", next_step="draw a numeric column")
    put = filled.reindex(truth.index)
    if put.isna().any():
        raise LabKitError(
            f"{int(put.isna().sum()):,} gaps of {name} are still open", next_step="fill them first"
        )
    put, true = put.to_numpy(dtype="float64"), truth.to_numpy(dtype="float64")
    edges = np.linspace(min(put.min(), true.min()), max(put.max(), true.max()), BINS + 1)
    kept = put.std() / true.std() if true.std() else 1.0
    figure = new_sheet(
        f"The filled values keep {kept:.0%} of the true spread",
        f"{len(true):,} gaps of {name}; mean filled {put.mean():,.1f}, true {true.mean():,.1f}",
        height=2.8,
    )
    axes = figure.add_subplot()
    counts = [np.histogram(values, edges)[0] for values in (true, put)]
    axes.stairs(counts[1], edges, fill=True, color=BLUE, alpha=0.75, label="filled")
    axes.stairs(counts[0], edges, color=INK, linewidth=1.4, label="true")
    highest = max(2.5 * counts[0].max(), 1)
    if counts[1].max() > highest:
        top = int(counts[1].argmax())
        axes.set_ylim(0, highest)
        axes.annotate(
            f"up to {counts[1].max():,}",
            ((edges[top] + edges[top + 1]) / 2, 0.94 * highest),
            xytext=(8, 0),
            textcoords="offset points",
        )
    axes.set_xlabel(name)
    axes.set_ylabel("gaps")
    axes.legend(loc="upper right", frameon=False)
    return Picture(
        figure,
        f"Two histograms of {len(true):,} gaps of {name}. True: mean {true.mean():,.1f}, standard "
        f"deviation {true.std():,.1f}. Filled: mean {put.mean():,.1f}, standard deviation "
        f"{put.std():,.1f}, most in one bar {counts[1].max():,}.",
    )
