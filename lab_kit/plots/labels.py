"""Names beside points, none over another."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from lab_kit.plots.picture import settled
from lab_kit.plots.theme import CARD, INK, MUTED

BESIDE = ((6, 4), (6, -12), (-6, 4), (-6, -12))
"""Points to the right (or left) and up from the mark, tried in this order."""
FURTHER = tuple((18 * side, up) for up in (20, -28, 34, -42, 48, -56, 62, -70) for side in (1, -1))
"""Where a name goes that must be written, joined to its mark by a line."""


LONGEST = 30
"""Letters of a name where there is little room."""
MOST = 150
"""Names that are tried; a plane has room for fewer."""


class Label(NamedTuple):
    """A name to be written."""

    x: float
    y: float
    text: str
    important: bool = True
    """Whether it is written wherever there is room; else only beside its mark, or not at all."""


def short(name: str) -> str:
    """A name as it is written where there is little room."""
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip()}…"


def write(axes: Axes, labels: Sequence[Label]) -> None:
    """Write names beside their marks, the important ones first.

    The limits of the axes have to be settled before; the layout is settled here.
    """
    figure = axes.figure.figure
    FigureCanvasAgg(figure)  # without a canvas that can draw, each look at a text makes one anew
    settled(figure)
    marks = [_around(axes, label) for label in labels if label.important]
    edge = figure.bbox.width - 8
    taken: list[np.ndarray] = []
    ranked = sorted(labels, key=lambda label: not label.important)
    for label in ranked[:MOST]:
        places = (*BESIDE, *FURTHER) if label.important else BESIDE
        for place in places:
            # Without its line, which would count as part of what it takes up.
            text = _written(axes, label, place, led=False)
            box = _box(text)
            inside = box[0] >= 4 and box[2] <= edge
            free = not any(_overlap(box, other) for other in taken)
            clear = not label.important or not any(_overlap(box, mark) for mark in marks)
            if inside and free and (clear or place in FURTHER):
                taken.append(box)
                if place in FURTHER:
                    text.remove()
                    _written(axes, label, place, led=True)
                break
            text.remove()
        else:
            if label.important:  # no room at all: better over another than not there
                taken.append(_box(_written(axes, label, BESIDE[0], led=False)))


def _written(axes: Axes, label: Label, place: tuple[int, int], *, led: bool) -> Text:
    return axes.annotate(
        label.text,
        (label.x, label.y),
        xytext=place,
        textcoords="offset points",
        ha="left" if place[0] > 0 else "right",
        fontsize=10.5 if label.important else 8.5,
        fontweight="bold" if label.important else "normal",
        color=INK if label.important else MUTED,
        path_effects=[withStroke(linewidth=2.5, foreground=CARD)],
        arrowprops={"arrowstyle": "-", "color": MUTED, "linewidth": 0.7} if led else None,
        zorder=5 if label.important else 4,
        annotation_clip=False,
    )


def _around(axes: Axes, label: Label) -> np.ndarray:
    x, y = axes.transData.transform((label.x, label.y))
    return np.array([x - 4, y - 4, x + 4, y + 4])


def _box(text: Text) -> np.ndarray:
    box = text.get_window_extent()
    return np.array([box.x0, box.y0, box.x1, box.y1])


def _overlap(one: np.ndarray, other: np.ndarray) -> bool:
    return bool((one[:2] < other[2:]).all() and (other[:2] < one[2:]).all())
