"""A figure with the words that stand for it where it cannot be seen."""

import base64
import html
import io
import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from lab_kit.errors import LabKitError
from lab_kit.plots.theme import themed

LIMIT = 110_000
"""Bytes of one PNG; as base64 in a notebook it then stays below 150,000 characters."""
RESOLUTIONS = (160, 144, 128, 112, 96, 80, 64, 48)
"""Dots per inch, tried in this order until the PNG is small enough."""
SCREEN = 96
"""CSS pixels per inch: how large the picture is shown, however many dots it has."""
COLOURS = 256
"""Size of the PNG's palette, which halves the file."""


class Picture:
    """A figure, what it shows in words (`alt`), and a caption.

    A notebook shows it as an HTML image, because JupyterLab has no alternative text for plain PNG
    output; a terminal prints `alt`.

    Args:
        figure: Any matplotlib figure. It is taken out of pyplot, so that it is not shown twice.
        alt: What the picture shows, in a sentence or two, with its numbers.
        caption: A line under the picture.

    Raises:
        LabKitError: If `alt` is empty.
    """

    def __init__(self, figure: Figure, alt: str, caption: str = "") -> None:
        if not alt.strip():
            raise LabKitError(
                "A picture needs a text for those who cannot see it",
                where="alt",
                next_step="say in a sentence, with numbers, what the picture shows",
            )
        self.figure = figure
        self.alt = " ".join(alt.split())
        self.caption = caption
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None:
            pyplot.close(figure)

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(self, **options: Any) -> dict[str, str]:
        return {"text/html": self.html(), "text/plain": self.alt}

    def html(self, limit: int = LIMIT) -> str:
        """The picture as a `<figure>`, its PNG (at most `limit` bytes) within."""
        image = base64.b64encode(self.png(limit)).decode("ascii")
        width = round(self.figure.get_figwidth() * SCREEN)
        caption = f"<figcaption>{html.escape(self.caption)}</figcaption>" if self.caption else ""
        return (
            '<figure class="lab-kit-figure" style="margin:0">'
            f'<img src="data:image/png;base64,{image}" alt="{html.escape(self.alt)}" '
            f'width="{width}" style="max-width:100%;height:auto;border-radius:6px">'
            f"{caption}</figure>"
        )

    @themed
    def png(self, limit: int = LIMIT) -> bytes:
        """The picture as PNG, the same bytes every time.

        The highest of `RESOLUTIONS` is taken that keeps the file within `limit` bytes.

        Raises:
            LabKitError: If even the lowest does not.
        """
        settled(self.figure)
        for dpi in RESOLUTIONS:
            image = _encode(self.figure, dpi)
            if len(image) <= limit:
                return image
        raise LabKitError(
            f"The picture does not fit into {limit:,} bytes",
            where=self.alt[:60],
            next_step="draw fewer marks or make the figure smaller",
        )

    def save(self, path: str | Path) -> Path:
        """Write the PNG to `path` and return it.

        Raises:
            LabKitError: If `path` does not end in .png.
        """
        path = Path(path)
        if path.suffix.lower() != ".png":
            raise LabKitError(
                f"Pictures are saved as PNG, not as {path.suffix or 'a file without a suffix'}",
                where=str(path),
                next_step="end the file name in .png",
            )
        path.write_bytes(self.png())
        return path


def settled(figure: Figure) -> None:
    """Lay the figure out once and for all: layout engines move things a little at each drawing."""
    if figure.get_layout_engine() is not None:
        figure.draw_without_rendering()
        figure.set_layout_engine("none")


def _encode(figure: Figure, dpi: int) -> bytes:
    """Draw `figure` and write a PNG with a palette and without metadata (date, software)."""
    before = figure.dpi
    figure.dpi = dpi
    try:
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        pixels = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    finally:
        figure.dpi = before
    file = io.BytesIO()
    # Maximum coverage keeps rare colours, such as one red bar; median cut would mix them away.
    palette = pixels.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    palette.save(file, "PNG", optimize=True)
    return file.getvalue()
