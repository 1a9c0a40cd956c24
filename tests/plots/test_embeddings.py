import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Annotation

from lab_kit import plots
from lab_kit.embed import learn
from lab_kit.errors import LabKitError
from lab_kit.plots.hover import MOST, Hover, Spot
from lab_kit.plots.sheet import new_sheet
from tests.embed.spaces import COMPASS, quiet, two_worlds

PLACES = {"north": (0.0, 1.0), "east": (1.0, 0.0), "south": (0.0, -1.0)}


def written(picture):
    return {text.get_text() for text in picture.figure.axes[0].texts if text.get_text()}


def test_names_stand_where_they_are_put():
    picture = plots.word_plane(PLACES, title="Three", bold=["north"], shown={"north": "북"})
    offsets = picture.figure.axes[0].collections[0].get_offsets()
    assert offsets.tolist() == [list(place) for place in PLACES.values()]
    assert written(picture) == {"북", "east", "south"}
    assert "북 at 0.00, 1.00" in picture.alt


def test_no_name_is_written_over_another_and_the_bold_ones_are_all_there():
    rng = np.random.default_rng(0)
    points = pd.DataFrame(rng.normal(size=(150, 2)), columns=["x", "y"])
    points.index = [f"a longer name {n}" for n in range(150)]
    bold = [f"a longer name {n}" for n in range(8)]
    picture = plots.word_plane(points, title="Many", bold=bold)
    picture.figure.draw_without_rendering()
    axes = picture.figure.axes[0]
    assert set(bold) <= written(picture)
    assert len(written(picture)) < 150
    boxes = []
    for text in axes.texts:
        if isinstance(text, Annotation) and text.arrow_patch is None:
            boxes.append(text.get_window_extent())
    pairs = [(a, b) for n, a in enumerate(boxes) for b in boxes[:n]]
    assert not any(a.shrunk(0.9, 0.9).overlaps(b.shrunk(0.9, 0.9)) for a, b in pairs)


def test_groups_differ_in_shape_and_rare_ones_are_others():
    points = pd.DataFrame(np.random.default_rng(0).normal(size=(20, 2)), columns=["x", "y"])
    points.index = [f"w{n}" for n in range(20)]
    groups = {f"w{n}": f"group {n % 10}" for n in range(19)}
    axes = plots.word_plane(points, title="Groups", groups=groups).figure.axes[0]
    shapes = {str(c.get_paths()[0].vertices.tolist()) for c in axes.collections}
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert len(axes.collections) == len(shapes) == len(labels) == 7
    assert labels[-1] == "others"


def test_a_name_without_a_place_is_refused():
    with pytest.raises(LabKitError, match="'west' is not among the points"):
        plots.word_plane(PLACES, title="Three", lines=[("north", "west")])
    with pytest.raises(LabKitError, match="no point"):
        plots.word_plane({}, title="None")


def test_the_pointer_reads_a_name_where_its_point_is():
    figure = new_sheet("A square", "", 3)
    figure.set_layout_engine("none")
    axes = figure.add_axes((0.25, 0.5, 0.5, 0.25))
    axes.set(xlim=(0, 1), ylim=(0, 1))
    page = Hover(axes, [Spot(0, 0, "<low> & left"), Spot(1, 1, "high")], "two points").html()
    spots = re.findall(r'title="([^"]*)" style="left:([\d.]+)%;top:([\d.]+)%', page)
    assert spots == [("&lt;low&gt; &amp; left", "25.0", "50.0"), ("high", "75.0", "25.0")]
    assert "<script" not in page
    many = Hover(axes, [Spot(0, 0, str(n)) for n in range(1_000)], "many")
    assert many.html().count("<span") == MOST


def test_the_map_joins_what_is_found_to_its_nearest_in_the_whole_space():
    picture = plots.space_map(COMPASS, search="NORTH", k=2)
    assert "Nearest to north: northeast, east" in picture.alt
    assert len(picture.figure.axes[0].lines) == 2
    assert plots.space_map(COMPASS, search="uth").alt.startswith("Nearest to south")
    assert "5 of 5 names" in plots.space_map(COMPASS).alt
    with pytest.raises(LabKitError, match=r"No name contains 'nrth' \(near in spelling: north"):
        plots.space_map(COMPASS, search="nrth")


def test_an_analogy_says_its_answers():
    picture = plots.analogy(COMPASS, "north", "east", "west", k=2)
    assert "north is to east as west is to south" in picture.alt
    assert "Answers by cosine: south 1.00" in picture.alt
    with pytest.raises(LabKitError, match="near in spelling: north"):
        plots.analogy(COMPASS, "nort", "east", "west")


def test_an_epoch_shows_the_loss_of_that_epoch():
    learnt = learn(two_worlds(), dimensions=8, epochs=3, keep_epochs=True, progress=quiet)
    picture = plots.training(learnt, ["cat", "car", "dog"], 1)
    assert f"After epoch 1 of 3 the loss is {learnt.losses[1]:.3f}" in picture.alt
    assert picture.figure.axes[0].lines[-1].get_xydata().tolist() == [[1, learnt.losses[1]]]
    with pytest.raises(LabKitError, match="no epoch 4"):
        plots.training(learnt, ["cat"], 4)
    kept_none = learn(two_worlds(), dimensions=8, epochs=3, progress=quiet)
    with pytest.raises(LabKitError, match="no epochs to follow"):
        plots.training(kept_none, ["cat"], 1)
