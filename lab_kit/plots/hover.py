"""A picture whose points say their names where the pointer rests on them."""

import html
from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes

from lab_kit.plots.picture import LIMIT, Picture, settled
from lab_kit.plots.theme import themed

MOST = 250
"""Points that answer; each takes a hundred bytes of the notebook."""
STYLE = "<style>.lab-kit-spot{position:absolute;width:16px;height:16px;margin:-8px}</style>"
"""Within 16 CSS pixels a point answers."""


class Spot(NamedTuple):
    """A point of the axes, in data coordinates, and what it says."""

    x: float
    y: float
    text: str


class Hover(Picture):
    """A picture with spots over it; without scripts, so that it works offline and in a report.

    Where style sheets are stripped the picture is there without them.

    Args:
        figure: As in `Picture`.
        alt: As in `Picture`.
        caption: As in `Picture`.
        axes: The axes the spots lie on.
        spots: The first `MOST` of them are used.
    """

    def __init__(self, axes: Axes, spots: Sequence[Spot], alt: str, caption: str = "") -> None:
        super().__init__(axes.figure.figure, alt, caption)
        self.axes, self.spots = axes, list(spots)[:MOST]

    def html(self, limit: int = LIMIT) -> str:
        """The picture as in `Picture`, at most `limit` bytes of it PNG, and the spots."""
        return (
            '<div style="position:relative;display:inline-block;max-width:100%">'
            f"{super().html(limit)}{STYLE}{''.join(self._spots())}</div>"
        )

    @themed
    def _spots(self) -> list[str]:
        settled(self.figure)
        width, height = self.figure.get_size_inches() * self.figure.dpi
        places = self.axes.transData.transform(
            [(spot.x, spot.y) for spot in self.spots] or [(0, 0)]
        )
        return [
            f'<span class="lab-kit-spot" title="{html.escape(spot.text)}" '
            f'style="left:{100 * x / width:.1f}%;top:{100 * (1 - y / height):.1f}%"></span>'
            for spot, (x, y) in zip(self.spots, places.tolist(), strict=False)
        ]
