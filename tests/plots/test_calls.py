"""The figure of calls that pay, against a case worked out by hand."""

import pandas as pd

from lab_kit import plots


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
