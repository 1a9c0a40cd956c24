import numpy as np
import pandas as pd
import pytest

from lab_kit.errors import LabKitError
from lab_kit.prepare import missing
from lab_kit.prepare.missing.score import Scores, fit_model, predict

SIMPLE = ["drop", "constant", "mean", "native"]


def scores(*folds):
    table = pd.DataFrame(
        {
            "strategy": [f"s{place}" for place in range(len(folds))],
            "score": np.mean(folds, axis=1),
            "standard_error": np.std(folds, axis=1, ddof=1),
            "value_error": np.nan,
            "mean_bias": np.nan,
            "spread": np.nan,
        }
    )
    return Scores(table, "AUC", np.array(folds), {}, ())


@pytest.fixture(scope="module")
def cases():
    rng = np.random.default_rng(0)
    x, z = rng.normal(size=(2, 900))
    y = (x + 0.3 * z + 0.5 * rng.normal(size=900)) > 0
    return pd.DataFrame({"x": x, "z": z, "y": y})


def test_the_simplest_that_chance_does_not_tell_from_the_best_is_recommended():
    assert scores([0.5, 0.5, 0.5], [0.7, 0.9, 0.8], [0.71, 0.89, 0.81]).recommended == "s1"


def test_a_small_but_steady_lead_is_no_chance():
    assert scores([0.70, 0.90, 0.80], [0.71, 0.91, 0.81]).recommended == "s1"


def test_the_best_of_all_is_said_to_be_it():
    assert (
        'Take "s1": AUC 0.810, the best of all.' in scores([0.5, 0.5], [0.82, 0.80]).recommendation
    )


def test_errors_bias_and_spread_are_those_of_the_filled_values(cases):
    gaps = missing.make_gaps(cases, "x", "MNAR", seed=1)
    table = missing.score(gaps.frame, "y", strategies=["constant"], truth=gaps.truth).table
    row, truth = table.iloc[0], gaps.truth
    assert row["value_error"] == pytest.approx(np.sqrt((truth**2).mean()) / truth.std())
    assert row["mean_bias"] == pytest.approx(-truth.mean() / truth.std())
    assert row["spread"] == 0


def test_the_truth_may_come_later(cases):
    gaps = missing.make_gaps(cases, "x", "MAR", driver="z", seed=1)
    ways = ["drop", "median", "native"]
    blind = missing.score(gaps.frame, "y", strategies=ways)
    seeing = missing.score(gaps.frame, "y", strategies=ways, truth=gaps.truth)
    pd.testing.assert_frame_equal(blind.against(gaps.truth).table, seeing.table)
    assert seeing.table["value_error"].isna().tolist() == [True, False, True]
    assert "mean off by" in repr(seeing)
    assert "mean off by" not in repr(blind)


def test_wrong_categories_are_counted(cases):
    table = cases.assign(kind=np.where(cases["x"] > 1, "rare", "common"))
    gaps = missing.make_gaps(table, "kind", "MCAR", seed=1)
    found = missing.score(gaps.frame, "y", strategies=["mode"], truth=gaps.truth).table
    assert found["value_error"].iloc[0] == pytest.approx((gaps.truth == "rare").mean())
    assert np.isnan(found["mean_bias"].iloc[0])


def test_dropping_rows_of_a_column_that_matters_does_not_help(cases):
    gaps = missing.make_gaps(cases, "x", "MCAR", rate=0.9, seed=1)
    found = missing.score(gaps.frame, "y", strategies=SIMPLE)
    by_name = found.table.set_index("strategy")["score"]
    assert by_name["drop"] == by_name.min()
    assert "error of the values" not in repr(found)


def test_numbers_are_scored_by_r2_and_linear_models_leave_native_out(cases):
    target = cases.assign(y=2 * cases["x"] + cases["z"])
    found = missing.score(target, "y", strategies=["mean", "native"], model="linear")
    assert found.metric == "R2"
    assert found.table["strategy"].tolist() == ["mean"]
    assert found.table["score"].iloc[0] == pytest.approx(1, abs=1e-4)
    assert "needs a model that accepts gaps" in found.notes[0]


@pytest.mark.parametrize("name", missing.STRATEGIES)
def test_the_rows_to_be_predicted_teach_nothing(cases, name):
    """Poison everything of the test part but one row: that row's prediction stays."""
    gaps = missing.make_gaps(cases, "x", "MCAR", seed=2).frame.drop(columns="y")
    goal = cases["y"].to_numpy(int)
    filler, learner = fit_model(gaps.head(600), goal[:600], missing.STRATEGIES[name])
    test = gaps.tail(300)
    poisoned = test.copy()
    poisoned.iloc[1:] = 1e9
    assert predict(filler, learner, test)[0][0] == predict(filler, learner, poisoned)[0][0]


def test_categories_only_the_test_part_has_are_no_trouble(cases):
    table = cases.assign(kind=["a", "b"] * 450)
    table.loc[table.index[-3:], "kind"] = ["new", "newer", "newest"]
    for model in ("trees", "linear"):
        found = missing.score(table, "y", strategies=["mode"], model=model)
        assert found.table["score"].iloc[0] > 0.8


def test_a_target_of_one_value_is_refused(cases):
    with pytest.raises(LabKitError, match='target "y" has 1 different'):
        missing.score(cases.assign(y=True), "y")


def test_nothing_left_to_learn_from_is_said(cases):
    holed = cases.assign(x=cases["x"].where(cases.index < 1))
    with pytest.raises(LabKitError, match=r"rows have no gap: too few"):
        missing.score(holed, "y", strategies=["drop"])
