"""The sheet a figure is drawn on: its finding as a sentence on top, a remark below it."""

import textwrap
from typing import Any

from matplotlib.figure import Figure

from lab_kit.plots.theme import MUTED

WIDTH = 8.0
"""Inches; 768 pixels on screen, a little less than a notebook's output is wide."""
MARGIN = 0.16
"""Inches of card left free around everything."""
FINDING_LINE, REMARK_LINE = 0.25, 0.19
"""Inches that one line of each takes."""


def new_sheet(finding: str, remark: str, height: float) -> Figure:
    """An empty figure with its heading; what is drawn on it is laid out in the space below.

    Args:
        finding: The point of the figure, a sentence with its number.
        remark: What was counted, where and when.
        height: Inches below the heading.
    """
    findings = textwrap.wrap(finding, 84)
    remarks = textwrap.wrap(remark, 112)
    heading = MARGIN + FINDING_LINE * len(findings) + REMARK_LINE * len(remarks) + 0.1
    total = height + heading
    figure = Figure(figsize=(WIDTH, total))

    def place(inches_from_top: float, text: str, **font: Any) -> None:
        figure.text(MARGIN / WIDTH, 1 - inches_from_top / total, text, va="top", **font)

    place(MARGIN, "\n".join(findings), fontsize=13, fontweight="bold", linespacing=1.15)
    place(
        MARGIN + FINDING_LINE * len(findings) + 0.03, "\n".join(remarks), fontsize=9.5, color=MUTED
    )
    figure.set_layout_engine(
        "constrained",
        rect=(0, 0, 1, 1 - heading / total),
        w_pad=MARGIN,
        h_pad=0.1,
    )
    return figure
