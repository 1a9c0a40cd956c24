"""Figures of lab 04 draw what a small table says, which one can work out by hand."""

import pandas as pd
import pytest

from lab_kit import plots
from lab_kit.errors import LabKitError

BOARD = pd.DataFrame(
    {
        "rank": [1, 2, 3],
        "candidate": ["average", "xgboost 1", "baseline 1"],
        "f1_mean": [0.7, 0.65, 0.5],
        "f1_std": [None, 0.02, 0.0],
        "state": ["chosen", "complete", "complete"],
    }
)


def test_a_dot_for_each_candidate_the_best_on_top():
    picture = plots.leaderboard(BOARD)
    (axes,) = picture.figure.axes
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in dots] == [
        (0.7, 0),
        (0.65, -1),
        (0.5, -2),
    ]
    assert [label.get_text() for label in axes.get_yticklabels()] == BOARD["candidate"].tolist()
    assert "average leads with F1 0.700" in picture.alt


def test_an_empty_leaderboard_says_what_to_do():
    with pytest.raises(LabKitError, match="No candidate has a figure yet"):
        plots.leaderboard(pd.DataFrame({"rank": [], "candidate": []}))


def test_reasons_add_up_and_the_strongest_comes_first():
    features = [f"c{place}" for place in range(9)]
    shap = [0.1, -2.0, 0.3, 0.05, 0.05, 0.05, 0.05, 0.2, 0.4]
    table = pd.DataFrame(
        {"feature": features, "value": ["1"] * 8 + [None], "shap_value": shap,
         "base_value": 0.5, "scale": "log-odds"}
    )  # fmt: skip
    picture = plots.why_so(table, who="customer 7", what="leaving")
    (axes,) = picture.figure.axes
    widths = [bar.get_width() for bar in axes.patches]
    assert widths[0] == -2.0
    assert sum(widths) == pytest.approx(sum(shap))
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels[:2] == ["c1 = 1", "c8 = nothing"]
    assert labels[-1] == "2 other columns"
    assert "From +0.50 to -0.30" in picture.alt


def test_calls_stop_paying_where_the_risk_is_too_small():
    risk = pd.Series([0.1, 0.9, 0.8, 0.2])
    left = pd.Series([False, True, True, False])
    # a call costs 5 and keeps half of those who would leave, each worth 40: +15, +15, -5, -5
    picture = plots.calls_worth(risk, left, cost=5, saves=0.5, worth=40)
    (axes,) = picture.figure.axes
    gain, anybody = axes.lines[:2]
    assert gain.get_ydata().tolist() == [15, 30, 25, 20]
    assert anybody.get_ydata().tolist() == [5, 10, 15, 20]
    assert "Calling the 2 riskiest brings 30" in picture.alt
    nothing = plots.calls_worth(risk, left, cost=50, saves=0.5, worth=40)
    assert nothing.alt.startswith("No call pays")
