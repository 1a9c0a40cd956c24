"""How every figure of the kit looks: one font, one palette, one white card."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import matplotlib
from cycler import cycler
from matplotlib.font_manager import fontManager

FONT = "Lab Kit Sans KR"
FONT_FOLDER = Path(__file__).resolve().parent / "fonts"

INK = "#1F2933"
"""Text and what matters."""
MUTED = "#5F6C7B"
"""Axis labels and remarks; 5.4 to 1 against white, so that it stays readable."""
FAINT = "#D9DFE5"
"""Grids, and bars that are only context."""
CARD = "#FFFFFF"
"""The ground of every figure, on light and on dark pages."""

# The palette of Okabe and Ito, told apart with any colour vision: https://jfly.uni-koeln.de/color/
BLUE = "#0072B2"
ORANGE = "#E69F00"
GREEN = "#009E73"
VERMILLION = "#D55E00"
SKY = "#56B4E9"
PURPLE = "#CC79A7"
PALETTE = (BLUE, ORANGE, GREEN, VERMILLION, SKY, PURPLE, INK)

SETTINGS: dict[Any, Any] = {
    # The families by name, not "sans-serif": a text object then keeps them wherever it is drawn.
    "font.family": [FONT, "DejaVu Sans"],
    "font.size": 10,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 9.5,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": FAINT,
    "axes.facecolor": CARD,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.prop_cycle": cycler(color=PALETTE),
    "axes.grid": False,
    "grid.color": "#EBEFF2",
    "grid.linewidth": 0.8,
    "xtick.color": FAINT,
    "xtick.labelcolor": MUTED,
    "xtick.labelsize": 9,
    "ytick.color": FAINT,
    "ytick.labelcolor": MUTED,
    "ytick.labelsize": 9,
    "text.color": INK,
    "text.parse_math": False,  # a $ in data is a dollar, not the start of a formula
    "legend.frameon": False,
    "legend.fontsize": 9,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "figure.figsize": (8.0, 4.0),
    "figure.facecolor": CARD,
    "figure.dpi": 100,
    "savefig.facecolor": CARD,
}

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def use_theme() -> None:
    """Give every figure drawn from now on, the learner's own included, the look of the kit.

    Registers the kit's font, which has Korean, and sets matplotlib's `rcParams`. Calling it again
    changes nothing.
    """
    register_font()
    matplotlib.rcParams.update(SETTINGS)


def register_font() -> None:
    """Make the kit's font known to matplotlib in this process; its cache on disk stays as it is."""
    known = {entry.fname for entry in fontManager.ttflist}
    for path in sorted(FONT_FOLDER.glob("*.ttf")):
        if str(path) not in known:
            fontManager.addfont(path)


def themed(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Run `function` with the look of the kit and leave the learner's settings as they were."""

    @wraps(function)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        with matplotlib.rc_context():
            use_theme()
            return function(*args, **kwargs)

    return run
