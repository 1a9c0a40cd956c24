"""Which columns miss values, and which miss them together."""

import numpy as np
import pandas as pd

from lab_kit.errors import LabKitError
from lab_kit.plots.picture import Picture
from lab_kit.plots.sheet import new_sheet
from lab_kit.plots.theme import FAINT, MUTED, ORANGE, themed
from lab_kit.prepare import missing


@themed
def gap_patterns(frame: pd.DataFrame) -> Picture:
    """Draw the patterns of gaps: one line a pattern, one square a column that has gaps.

    Args:
        frame: A table.

    Raises:
        LabKitError: If nothing is missing.
    """
    found = missing.profile(frame)
    names = found.columns["column"].tolist()
    if not names:
        raise LabKitError(
            "There is no gap to draw", where=f"{len(frame):,} rows", next_step="enjoy the table"
        )
    lines = [set(text.split(", ")) - {""} for text in found.patterns["columns"]]
    figure = new_sheet(
        f"{found.rows - found.complete:,} of {found.rows:,} rows have a gap",
        "each line is a pattern: an orange square is missing, a grey one known",
        height=0.34 * len(lines) + 1.4,
    )
    axes = figure.add_subplot()
    for place, gone in enumerate(lines):
        colours = [ORANGE if name in gone else FAINT for name in names]
        axes.scatter(range(len(names)), np.full(len(names), place), c=colours, s=170, marker="s")
    axes.set_xticks(range(len(names)), names, rotation=20 if len(names) > 5 else 0)
    shares = zip(found.columns["missing"], found.columns["share"], strict=True)
    for place, (rows, share) in enumerate(shares):
        axes.text(place, -0.75, f"{rows:,} ({share:.0%})", ha="center", color=MUTED)
    axes.set_yticks(range(len(lines)), [f"{rows:,} rows" for rows in found.patterns["rows"]])
    axes.set_xlim(-0.7, len(names) - 0.3)
    axes.set_ylim(len(lines) - 0.5, -1.1)
    axes.tick_params(length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    patterns = zip(found.patterns["columns"], found.patterns["rows"], strict=True)
    return Picture(
        figure,
        f"Gaps of {found.rows:,} rows, {found.complete:,} without any. "
        + "; ".join(f"{rows:,} rows miss {text or 'nothing'}" for text, rows in patterns)
        + ".",
    )
