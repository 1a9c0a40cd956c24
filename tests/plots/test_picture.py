import base64
import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from lab_kit.errors import LabKitError
from lab_kit.plots import Picture, weekly_rhythm
from lab_kit.plots.picture import LIMIT
from lab_kit.plots.theme import themed


def figure_with_a_line():
    figure = Figure(figsize=(4, 2))
    figure.add_subplot().plot([0, 1], [0, 1])
    return figure


def noisy_figure():
    figure = Figure(figsize=(1, 0.75))
    figure.add_axes((0, 0, 1, 1)).imshow(np.random.default_rng(0).random((75, 100)))
    return figure


@pytest.mark.parametrize("alt", ["", "  \n "])
def test_a_picture_without_words_is_refused(alt):
    with pytest.raises(LabKitError, match="needs a text"):
        Picture(figure_with_a_line(), alt)


def test_the_html_holds_the_png_the_escaped_alt_and_the_caption():
    picture = Picture(figure_with_a_line(), 'a "line" & more', caption="1 < 2")
    page = picture._repr_mimebundle_()["text/html"]
    image = re.search(r'base64,([^"]+)"', page).group(1)
    assert base64.b64decode(image) == picture.png()
    assert 'alt="a &quot;line&quot; &amp; more"' in page
    assert "<figcaption>1 &lt; 2</figcaption>" in page
    assert page.startswith('<figure class="lab-kit-figure"')


def test_a_terminal_gets_the_alt():
    picture = Picture(figure_with_a_line(), "a line\n  from 0 to 1")
    assert repr(picture) == "a line from 0 to 1"
    assert picture._repr_mimebundle_()["text/plain"] == "a line from 0 to 1"


def test_the_same_figure_gives_the_same_bytes_without_date_or_software():
    first, second = (Picture(figure_with_a_line(), "a line").png() for _ in range(2))
    assert first == second
    assert Image.open(io.BytesIO(first)).info.keys() <= {"transparency", "gamma"}


def test_drawing_again_gives_the_same_bytes_though_layout_engines_move_things():
    times = pd.Series([pd.Timestamp("2026-03-02 21:00", tz="UTC")])
    picture = weekly_rhythm(pd.DataFrame({"timestamp": times}))
    assert picture.figure.get_layout_engine() is not None
    assert len({picture.png() for _ in range(3)}) == 1


def test_drawing_leaves_the_figure_as_it_was():
    picture = Picture(figure_with_a_line(), "a line")
    before = picture.figure.dpi, picture.figure.get_size_inches().tolist()
    assert picture.png() == picture.png()
    assert (picture.figure.dpi, picture.figure.get_size_inches().tolist()) == before


def test_a_large_picture_loses_dots_until_it_fits():
    sharp, coarse = (
        Picture(noisy_figure(), "noise").png(),
        Picture(noisy_figure(), "noise").png(6_000),
    )
    assert len(sharp) <= LIMIT
    assert len(coarse) <= 6_000
    assert Image.open(io.BytesIO(coarse)).width < Image.open(io.BytesIO(sharp)).width


def test_a_picture_that_can_not_fit_says_so():
    with pytest.raises(LabKitError, match="does not fit into 900 bytes"):
        Picture(noisy_figure(), "noise").png(900)


def test_the_palette_keeps_every_colour_rare_ones_too():
    hours = np.random.default_rng(0).triangular(0, 21, 24 * 7, 3000)
    times = pd.Timestamp("2026-03-02", tz="UTC") + pd.Series(pd.to_timedelta(hours, unit="h"))
    picture = weekly_rhythm(pd.DataFrame({"timestamp": times}))
    stored = np.asarray(Image.open(io.BytesIO(picture.png())).convert("RGB")).astype(int)
    picture.figure.dpi = stored.shape[1] / picture.figure.get_figwidth()
    canvas = FigureCanvasAgg(picture.figure)
    themed(canvas.draw)()
    drawn = np.asarray(canvas.buffer_rgba())[:, :, :3].astype(int)
    assert np.abs(stored - drawn).max() <= 8


def test_a_pyplot_figure_is_not_shown_twice():
    figure, axes = plt.subplots()
    axes.plot([1, 2])
    number = figure.number
    Picture(figure, "a line")
    assert number not in plt.get_fignums()


def test_saving_writes_the_png(tmp_path):
    picture = Picture(figure_with_a_line(), "a line")
    assert picture.save(tmp_path / "line.png").read_bytes() == picture.png()


def test_saving_as_something_else_is_refused(tmp_path):
    with pytest.raises(LabKitError, match=r"not as \.jpg"):
        Picture(figure_with_a_line(), "a line").save(tmp_path / "line.jpg")
