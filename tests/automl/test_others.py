"""One algorithm as told, groups, and forecasts."""

import numpy as np
import pandas as pd
import pytest
import xgboost
from sklearn.metrics import adjusted_rand_score

from lab_kit import automl
from lab_kit.automl.forecasting.series import read_series
from lab_kit.errors import LabKitError

RANDOM = np.random.default_rng(0)
NUMBERS = pd.DataFrame(RANDOM.normal(size=(300, 3)), columns=["a", "b", "c"])
CLASSED = NUMBERS.assign(y=(NUMBERS["a"] + NUMBERS["b"] ** 2 > 1).astype(int))


def test_xgboost_as_told_is_xgboost():
    said = {"num_round": "30", "max_depth": "3", "eta": "0.2"}
    model = automl.single(CLASSED, "y", "xgboost", said, objective="binary:logistic")
    data = xgboost.DMatrix(NUMBERS.to_numpy(), CLASSED["y"])
    settings = {"max_depth": 3, "eta": 0.2, "objective": "binary:logistic", "nthread": 1}
    booster = xgboost.train(settings, data, 30)
    expected = booster.predict(data)
    assert model.predict_proba(NUMBERS)[:, 1] == pytest.approx(expected, abs=1e-6)
    wrong = np.mean((expected > 0.5) != CLASSED["y"])
    assert model.metric["train:error"] == pytest.approx(wrong)
    assert model.leaderboard.frame["folds"].tolist() == [5]


@pytest.mark.parametrize(
    ("said", "objective", "message"),
    [
        ({"eta": 2}, "binary:logistic", "eta is between 0.1 and 0.5, not 2"),
        ({"max_depth": "2.5"}, "binary:logistic", "whole number between 0 and 10"),
        ({"depth": 3}, "binary:logistic", "no hyperparameter 'depth'"),
        ({"num_round": "many"}, "binary:logistic", "num_round is a number"),
        ({}, "binary:cubic", "no objective 'binary:cubic'"),
        ({}, "multi:softmax", "3 to 100 classes, this one 2"),
    ],
)
def test_what_xgboost_does_not_take_is_refused(said, objective, message):
    with pytest.raises(LabKitError, match=message):
        automl.single(CLASSED, "y", "xgboost", said, objective=objective)


def test_a_hinge_answers_with_certainty_and_a_perceptron_learns():
    hinge = automl.single(CLASSED, "y", objective="binary:hinge")
    assert set(np.unique(hinge.predict_proba(NUMBERS))) <= {0.0, 1.0}
    assert automl.single(CLASSED, "y", "mlp").metric["AUC"] > 0.85


# ---- groups


def blobs():
    middles = np.array([[0, 0, 0], [8, 0, 1], [0, 9, -1]])
    kind = np.repeat([0, 1, 2], [150, 90, 60])
    values = middles[kind] + RANDOM.normal(size=(300, 3))
    return pd.DataFrame(values, columns=["a", "b", "c"]).assign(user_id=range(300)), kind


def test_groups_that_lie_apart_are_found_the_largest_first(tmp_path):
    frame, kind = blobs()
    model = automl.KMeans(3).fit(frame)
    groups = model.predict(frame)
    assert adjusted_rand_score(kind, groups) == 1
    assert groups.tolist() == kind.tolist()
    assert model.sizes == (150, 90, 60)
    means = frame.drop(columns="user_id").groupby(kind).mean()
    assert model.centers[["a", "b", "c"]].to_numpy() == pytest.approx(means.to_numpy())
    distances = model.distances(frame)
    assert (distances.argmin(axis=1) == groups).all()
    assert model.msd == pytest.approx((distances.min(axis=1) ** 2).mean())
    loaded = automl.load(model.save(tmp_path / "groups"))
    assert np.array_equal(loaded.distances(frame.iloc[5:6]), distances[5:6])
    pd.testing.assert_frame_equal(loaded.centers, model.centers)


def test_without_preprocessors_groups_are_found_on_the_columns_own_scale():
    frame, _ = blobs()
    model = automl.KMeans(3, preprocessors=[]).fit(frame)
    assert model.msd == pytest.approx(3, rel=0.15)  # three columns of variance 1
    gaps = frame.assign(a=frame["a"].where(frame.index > 5))
    with pytest.raises(LabKitError, match="needs a value in every row"):
        automl.KMeans(3, preprocessors=[]).fit(gaps)
    with pytest.raises(LabKitError, match="fewer than 3 different rows"):
        automl.KMeans(3).fit(pd.DataFrame({"a": [1.0, 2.0] * 20}))


# ---- forecasts


def weekly(days=140, items=("pens", "ink")):
    """Sales with a weekly rhythm; ink sells ten times as much."""
    rows = []
    for size, item in zip((1, 10), items, strict=True):
        for day in range(days):
            value = size * (20 + 8 * np.sin(2 * np.pi * day / 7) + 0.1 * day)
            rows.append((item, pd.Timestamp("2026-01-01") + pd.Timedelta(days=day), value))
    return pd.DataFrame(rows, columns=["item", "day", "sold"])


def test_a_rhythm_and_a_trend_go_on_for_every_item(tmp_path):
    frame = weekly()
    past = frame[frame["day"] < "2026-05-07"]
    model = automl.Forecast(14, "D").fit(past, "sold", "day", "item")
    ahead = model.predict()
    assert ahead.columns.tolist() == ["item", "time", "mean", "p10", "p50", "p90"]
    both = ahead.merge(frame, left_on=["item", "time"], right_on=["item", "day"])
    assert len(both) == 28
    assert (np.abs(both["mean"] - both["sold"]) / both["sold"]).max() < 0.1
    assert (ahead["p10"] <= ahead["p90"]).all()
    assert model.leaderboard["rank"].tolist() == list(range(1, len(model.leaderboard) + 1))
    loaded = automl.load(model.save(tmp_path / "ahead"))
    pd.testing.assert_frame_equal(loaded.predict(), ahead)


def test_percentiles_hold_what_they_promise_on_noise():
    random = np.random.default_rng(5)
    days = pd.date_range("2024-01-01", periods=600)
    frame = pd.DataFrame({"day": days, "value": 100 + 10 * random.normal(size=600)})
    past, future = frame.iloc[:560], frame.iloc[560:]
    model = automl.Forecast(40, "D", percentiles=[0.1, 0.9]).fit(past, "value", "day")
    ahead = model.predict()
    inside = future["value"].between(ahead["p10"].to_numpy(), ahead["p90"].to_numpy())
    assert 0.65 <= inside.mean() <= 0.95


def test_rows_of_a_step_are_added_up_and_steps_without_rows_are_0():
    frame = pd.DataFrame(
        {
            "at": ["2026-01-05 10:00", "2026-01-07", "2026-01-20", "2026-02-01", "2026-02-02"],
            "n": [1.0, 2, 4, 8, 16],
        }
    )
    series = read_series(frame, "n", "at", None, "W")
    assert series.values.tolist() == [[3, 0, 4, 8, 16]]
    assert series.times[0] == pd.Timestamp("2026-01-05")
    months = read_series(frame, "n", "at", None, "D")
    assert months.values.shape == (1, 29)
    with pytest.raises(LabKitError, match="fewer than 4 steps of M"):
        read_series(frame, "n", "at", None, "M")


def test_what_cannot_be_forecast_is_said():
    with pytest.raises(LabKitError, match="no frequency 'fortnight'"):
        automl.Forecast(3, "fortnight").fit(weekly(), "sold", "day", "item")
    with pytest.raises(LabKitError, match=r"between 0\.01 and 0\.99"):
        automl.Forecast(3, "D", percentiles=[1.5])
    with pytest.raises(LabKitError, match="too few to look 100 ahead"):
        automl.Forecast(100, "D").fit(weekly(), "sold", "day", "item")
    with pytest.raises(LabKitError, match="no column 'when'"):
        automl.Forecast(3, "D").fit(weekly(), "sold", "when")
