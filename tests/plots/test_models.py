"""The figure of a comparison draws what the comparison says."""

import numpy as np
import pytest

from lab_kit.errors import LabKitError
from lab_kit.plots import models_compared
from lab_kit.plots.models import written
from lab_kit.recommend import EASE, Interactions, compare, evaluate
from lab_kit.recommend.model import silent
from tests.recommend.evaluate.models import Broken, Oracle
from tests.recommend.shops import random_events


@pytest.fixture(scope="module")
def task():
    view = Interactions.from_frame(random_events(3, users=60, items=40, events=2_000))
    return evaluate.new_users(view, folds=3)


@pytest.fixture(scope="module")
def found(task):
    models = {"oracle": Oracle.of(task), "again": Oracle(), "EASE": EASE(), "broken": Broken()}
    return compare(task, models, progress=silent)


def dots(axes):
    return [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "o"]


def test_a_dot_for_each_model_that_has_figures(found):
    quality, seconds, memory = models_compared(found).figure.axes
    table = found.frame.iloc[:5]
    assert dots(quality) == table["NDCG@10"].tolist()
    (times,) = (line.get_xdata() for line in seconds.lines)
    assert times.tolist() == table["fit_seconds"].clip(lower=0.01).tolist()
    (sizes,) = (line.get_xdata() for line in memory.lines)
    assert sizes.tolist() == table["peak_mib"].clip(lower=1).tolist()
    assert [label.get_text() for label in quality.get_yticklabels()] == found.frame[
        "model"
    ].tolist()
    assert [text.get_text() for text in quality.texts] == ["no figures"]


def test_intervals_are_as_long_as_they_are(found):
    quality = models_compared(found).figure.axes[0]
    bars = [bar.get_segments()[0][:, 0] for bar in quality.collections]
    np.testing.assert_allclose(bars, found.frame[["low", "high"]].iloc[:5])


def test_the_words_name_the_best_and_those_not_told_apart_from_it(found):
    picture = models_compared(found)
    finding = picture.figure.texts[0].get_text()
    assert finding.startswith("2 of 6 models may be the best; ")
    assert "The best is oracle. Not told apart from it: again." in picture.alt
    assert "Without figures: broken: ZeroDivisionError" in picture.alt
    filled = [
        line.get_markerfacecolor() == line.get_markeredgecolor()
        for line in picture.figure.axes[0].lines
        if line.get_marker() == "o"
    ]
    assert filled == [True, True, False, False, False]


def test_a_clear_winner_is_named_with_its_lead(task):
    found = compare(task, {"oracle": Oracle.of(task)}, progress=silent)
    times = 1 / found["popularity"]["NDCG@10"]
    finding = models_compared(found).figure.texts[0].get_text()
    assert finding == f"oracle is the best: NDCG@10 1.000, {times:.1f} times popularity"


def test_no_model_with_figures_is_an_error(task):
    none = compare(task, {"popularity": Broken(), "popularity, 7 days": Broken()}, progress=silent)
    with pytest.raises(LabKitError, match="No model has figures to draw"):
        models_compared(none)


def test_quantities_have_two_digits_that_say_something():
    assert [written(value, 0.01) for value in (0.001, 0.0123, 1.234, 12.6, 1234.0)] == [
        "< 0.01",
        "0.012",
        "1.2",
        "13",
        "1,234",
    ]
