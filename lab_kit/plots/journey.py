"""The map of the labs: the way from raw exports to models."""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch, PathPatch
from matplotlib.path import Path

from lab_kit.plots.picture import Picture
from lab_kit.plots.sheet import WIDTH, new_sheet
from lab_kit.plots.theme import BLUE, CARD, GREEN, INK, MUTED, VERMILLION, themed


class LabLike(Protocol):
    """What the map needs of `lab_kit.teach.labs.LabInfo`."""

    @property
    def id(self) -> str:
        """Two digits, such as "01"."""

    @property
    def minutes(self) -> int:
        """How long the lab takes."""


@dataclass(frozen=True)
class Stop:
    """A card on the map; `left`, `bottom`, `width` and `height` in inches."""

    id: str
    title: str
    what: str
    """What the learner does there."""
    left: float
    bottom: float
    width: float
    height: float
    colour: str

    @property
    def middle(self) -> float:
        """The height of its middle."""
        return self.bottom + self.height / 2

    @property
    def top(self) -> float:
        """The height of its upper edge."""
        return self.bottom + self.height


HEIGHT = 3.4
"""Inches of the map below its heading."""
COLUMN, GAP = 1.3, 0.29
"""Inches of a card's width and of the space for an arrow."""
LEFT = (WIDTH - 5 * COLUMN - 4 * GAP) / 2


def _column(number: int) -> float:
    return LEFT + number * (COLUMN + GAP)


def _stop(id: str, column: int, bottom: float, height: float, title: str, what: str) -> Stop:
    colour = BLUE if column < 4 else GREEN
    return Stop(id, title, what, _column(column), bottom, COLUMN, height, colour)


STOPS = (
    _stop("01", 1, 0.98, 1.34, "Preprocess", "clean times, ids and duplicates; count every row"),
    _stop(
        "02", 2, 0.98, 1.34, "Concat vs join", "stack rows or match keys, and see what goes wrong"
    ),
    _stop("03", 3, 0.98, 1.34, "Missing data", "fill gaps in the way that does the least harm"),
    _stop("04", 4, 2.25, 0.92, "AutoML in SQL", "a model from one SQL statement"),
    _stop("05", 4, 1.19, 0.92, "Recommend", "from three files to a campaign"),
    _stop("06", 4, 0.13, 0.92, "Embed", "products as vectors with meaning"),
)
EXPORTS = ("app logs", "web logs", "profiles", "products")
"""The raw files at the start of the way."""


@themed
def lab_map(labs: Iterable[LabLike] = (), here: str = "") -> Picture:
    """Draw the way through the labs, from raw exports to three kinds of models.

    Args:
        labs: The labs that are there, which the map gives with their minutes; with none named, all
            are drawn alike. The others are drawn dashed, as still to come.
        here: The id of the lab to point out, such as "01"; "00" points at the raw exports.
    """
    minutes = {lab.id: lab.minutes for lab in labs}
    figure = new_sheet(
        "From raw exports to models that answer",
        "The same shop all the way: 01 to 03 prepare its data, 04 to 06 learn from it",
        height=HEIGHT,
    )
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, 0, 1, HEIGHT / figure.get_figheight()))
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(0, HEIGHT)
    axes.axis("off")
    _headings(axes)
    _exports(axes, here == "00")
    for stop in STOPS:
        _card(axes, stop, _remark(stop.id, minutes), stop.id == here)
    _arrows(axes)
    return Picture(figure, _alt(minutes, here))


def _remark(id: str, minutes: dict[str, int]) -> str:
    if id in minutes:
        return f"{minutes[id]} min"
    return "to come" if minutes else ""


def _headings(axes: Axes) -> None:
    for column, top, text, colour in (
        (0, STOPS[0].top, "raw exports", MUTED),
        (1, STOPS[0].top, "prepare", BLUE),
        (4, STOPS[3].top, "learn", GREEN),
    ):
        axes.text(_column(column) + 0.02, top + 0.09, text, color=colour, fontweight="bold")


def _exports(axes: Axes, here: bool) -> None:
    """The raw files, as a pile of paper that lies a little askew."""
    for place, name in enumerate(EXPORTS):
        bottom = 0.98 + (3 - place) * 0.35
        shift = (0.0, 0.09, -0.04, 0.06)[place]
        box = FancyBboxPatch(
            (_column(0) + 0.08 + shift, bottom),
            COLUMN - 0.22,
            0.29,
            boxstyle="round,pad=0,rounding_size=0.05",
            facecolor="#EEF1F4",
            edgecolor=VERMILLION if here else "#C3CBD3",
            linewidth=1.3 if here else 0.9,
        )
        axes.add_patch(box)
        axes.text(_column(0) + 0.2 + shift, bottom + 0.145, name, va="center", fontsize=9.5)
    if here:
        _pin(axes, _column(0) + 0.1, 0.75)


def _card(axes: Axes, stop: Stop, remark: str, here: bool) -> None:
    to_come = remark == "to come"
    axes.add_patch(
        FancyBboxPatch(
            (stop.left, stop.bottom),
            stop.width,
            stop.height,
            boxstyle="round,pad=0,rounding_size=0.09",
            facecolor=CARD if to_come else _tint(stop.colour),
            edgecolor=VERMILLION if here else stop.colour,
            linewidth=2.4 if here else 1.1,
            linestyle=(0, (4, 3)) if to_come else "solid",
        )
    )
    top = stop.top
    left = stop.left + 0.1
    axes.text(left, top - 0.1, stop.id, va="top", color=stop.colour, fontweight="bold")
    axes.text(
        stop.left + stop.width - 0.1,
        top - 0.1,
        remark,
        va="top",
        ha="right",
        fontsize=8.5,
        color=MUTED,
    )
    axes.text(left, top - 0.3, stop.title, va="top", fontsize=10, fontweight="bold")
    axes.text(
        left,
        top - 0.51,
        "\n".join(textwrap.wrap(stop.what, 19)),
        va="top",
        fontsize=8.8,
        color=INK,
        linespacing=1.25,
    )
    if here:
        _pin(axes, stop.left, stop.bottom - 0.22)


def _tint(colour: str) -> str:
    return {BLUE: "#EAF3F9", GREEN: "#E7F5F0"}[colour]


def _pin(axes: Axes, x: float, y: float) -> None:
    axes.text(x, y, "▲ you are here", color=VERMILLION, fontsize=9.5, fontweight="bold")


def _arrows(axes: Axes) -> None:
    first, second, third, *models = STOPS
    _arrow(axes, (_column(0) + COLUMN - 0.08, first.middle), first)
    _arrow(axes, (first.left + COLUMN, first.middle), second)
    _arrow(axes, (second.left + COLUMN, second.middle), third)
    for model in models:
        _arrow(axes, (third.left + COLUMN, third.middle), model)


def _arrow(axes: Axes, start: tuple[float, float], stop: Stop) -> None:
    """A curve that leaves and arrives level."""
    x, y = start
    bend = (x + stop.left) / 2
    ends = (x + 0.03, y), (bend, y), (bend, stop.middle), (stop.left - 0.1, stop.middle)
    codes = [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4]
    axes.add_patch(PathPatch(Path(ends, codes), fill=False, edgecolor=MUTED, linewidth=1.3))
    axes.plot(stop.left - 0.09, stop.middle, marker=9, markersize=6, color=MUTED)


def _alt(minutes: dict[str, int], here: str) -> str:
    cards = "; ".join(
        f"{stop.id} {stop.title}"
        + (f" ({remark})" if (remark := _remark(stop.id, minutes)) else "")
        + f": {stop.what}"
        for stop in STOPS
    )
    position = f" You are at {here}." if here else ""
    return (
        f"Map of the labs. The way starts at {len(EXPORTS)} raw exports ({', '.join(EXPORTS)}), "
        f"goes through 01, 02 and 03, and forks to 04, 05 and 06. {cards}.{position}"
    )
