"""What cannot be learnt or predicted, and what the message says."""

import numpy as np
import pandas as pd
import pytest

from lab_kit import automl
from lab_kit.automl import fitting
from lab_kit.automl.budget import make_budget
from lab_kit.automl.metrics import auc
from lab_kit.automl.problem import find_objective, find_target
from lab_kit.automl.tables import as_table
from lab_kit.automl.trials import SEARCHING, Clock
from lab_kit.errors import LabKitError
from tests.automl.tables import people

FRAME, _ = people(120)


@pytest.mark.parametrize(
    ("values", "problem", "expected"),
    [
        ([True, False] * 30, None, "binary"),
        (["yes", "no"] * 30, None, "binary"),
        ([0, 1] * 30, None, "binary"),
        (["a", "b", "c"] * 20, None, "multiclass"),
        ([0.5, 1.25, 7.0] * 20, None, "regression"),
        (list(range(60)), None, "regression"),
        ([3, 4, 5] * 20, "multiclass", "multiclass"),
        ([3, 4, 5] * 20, "regression", "regression"),
        ([f"{n}.5" for n in range(120)], None, "regression"),
    ],
)
def test_the_problem_is_inferred_from_the_target(values, problem, expected):
    assert find_target(as_table(pd.DataFrame({"y": values})), "y", problem).problem == expected


@pytest.mark.parametrize(
    ("values", "problem", "message"),
    [
        ([3, 4, 5] * 20, None, "may be classes or amounts.*say the problem"),
        ([True] * 60, None, "only the value True"),
        ([None] * 60, None, "no value at all"),
        (pd.date_range("2026-01-01", periods=60), None, "A date or time cannot be predicted"),
        ([f"w{n}" for n in range(120)], None, "120 different texts"),
        (["a", "b", "c"] * 20, "binary", "two different values, this one 3"),
        (["a", "b"] * 30, "regression", "A regression predicts numbers"),
    ],
)
def test_a_target_of_no_use_is_refused(values, problem, message):
    table = as_table(pd.DataFrame({"y": values}))
    with pytest.raises(LabKitError, match=message):
        find_target(table, "y", problem)


def test_objectives_are_those_of_the_problem_in_any_spelling():
    assert find_objective("multiclass", "f1_macro") == "F1Macro"
    assert find_objective("binary", None) == "F1"
    with pytest.raises(LabKitError, match="take one of MSE"):
        find_objective("regression", "AUC")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"target": "churn"}, "no column 'churn' to predict"),
        ({"algorithms": ["catboost"]}, "no algorithm 'catboost'"),
        ({"trials": 0}, "trials must be above 0"),
        ({"max_seconds": -1}, "max_seconds must be above 0"),
        ({"weights": "spent"}, "no column 'spent' of weights"),
        ({"weights": [1.0]}, "one finite number for each row"),
        ({"frame": FRAME.head(10)}, "There are 10 rows with a target"),
        ({"frame": FRAME[["left"]]}, "no column beside the target"),
        ({"frame": FRAME.assign(mixed=[1, "a"] * 60)}, "values of a column are of several types"),
        ({"frame": [1, 2]}, "A table is wanted, not list"),
    ],
)
def test_arguments_of_no_use_are_refused(change, message):
    with pytest.raises(LabKitError, match=message):
        automl.plan(**{"frame": FRAME, "target": "left", **change})


@pytest.fixture(scope="module")
def model():
    return automl.fit(FRAME, "left", trials=2, algorithms=["linear"])


def test_columns_that_are_not_used_may_be_missing_others_may_not(model):
    said = model.predict(FRAME)
    less = FRAME.drop(columns=["customer_id", "country", "left"])
    assert np.array_equal(model.predict(less), said)
    with pytest.raises(LabKitError, match="learnt from are missing: age"):
        model.predict(less.drop(columns="age"))
    with pytest.raises(LabKitError, match=r"'old' is not a number \(column age\)"):
        model.predict(less.assign(age="old"))


def test_unseen_words_gaps_and_infinite_numbers_are_answered(model):
    odd = FRAME.head(3).assign(contract=["daily", None, "yearly"], spend=[np.inf, np.nan, 1.0])
    assert np.isfinite(model.predict_proba(odd)).all()
    assert model.predict(FRAME.head(0)).shape == (0,)


def test_integers_with_gaps_come_as_floats_and_are_the_same_codes():
    frame = pd.DataFrame({"zip_code": [1004, 4524, 48058] * 40, "y": [True, False, False] * 40})
    model = automl.fit(frame, "y", trials=2, algorithms=["linear"])
    whole = model.predict_proba(pd.DataFrame({"zip_code": [1004, 4524]}))
    floats = model.predict_proba(pd.DataFrame({"zip_code": [1004.0, 4524.0, np.nan]}))
    assert np.array_equal(floats[:2], whole)


def test_rows_without_a_target_are_left_out_and_weights_of_0_too():
    frame = FRAME.assign(left=FRAME["left"].astype("boolean").where(FRAME.index > 5))
    plan = automl.plan(frame, "left")
    assert (plan.rows, plan.sampled_rows) == (120, 114)
    plan = automl.plan(FRAME.assign(w=(FRAME.index % 2).astype(float)), "left", weights="w")
    assert plan.sampled_rows == 60
    assert plan.left_out == {"k-nearest": "it cannot weigh rows"}


def test_a_weight_of_two_counts_as_two_rows():
    doubled = pd.concat([FRAME, FRAME[FRAME["age"] > 50]])
    weights = np.where(FRAME["age"] > 50, 2.0, 1.0)
    from lab_kit.automl.metrics import accuracy

    right = (FRAME["contract"] == "monthly") == FRAME["left"]
    twice = (doubled["contract"] == "monthly") == doubled["left"]
    assert accuracy(np.ones(120), right.to_numpy(), weights) == pytest.approx(twice.mean())


def test_cells_beyond_the_limit_are_drawn_by_the_seed():
    plan = automl.plan(FRAME, "left", max_cells=480)
    assert (plan.sampled_rows, plan.cells) == (60, 480)
    assert "60 of 120 rows are drawn" in "".join(warning.text for warning in plan.warnings)


def test_more_seconds_are_more_trials_and_more_rows_fewer():
    names = ["baseline", "linear", "xgboost", "random forest"]
    some = make_budget(names, 10_000, 20, 2, 5, seconds=20).trials
    assert make_budget(names, 10_000, 20, 2, 5, seconds=60).trials > some
    assert make_budget(names, 40_000, 20, 2, 5, seconds=20).trials < some
    assert make_budget(names, 10_000_000, 20, 2, 3, seconds=1).trials == 1


def test_where_the_time_is_over_at_once_there_is_still_a_model():
    found = automl.fit(FRAME, "left", max_seconds=1e-6, trials=5)
    assert found.aborted
    assert found.stopped == "the time was over after 1 of 5 trials"
    assert found.model_name == "baseline 1"
    assert found.predict_proba(FRAME)[0] == pytest.approx(
        [1 - FRAME["left"].mean(), FRAME["left"].mean()]
    )


class Stopwatch(Clock):
    """The time is over once so many fits have begun."""

    def __init__(self, fits):
        super().__init__(1)
        self.left = fits

    def past(self, share=1.0):
        if share == SEARCHING:
            self.left -= 1
        return self.left < 0


@pytest.mark.parametrize(("fits", "folds"), [(6, 1), (8, 1), (12, 2), (14, 3)])
def test_where_the_time_is_over_what_was_tried_by_then_is_averaged(monkeypatch, fits, folds):
    monkeypatch.setattr(fitting, "Clock", lambda _: Stopwatch(fits))
    frame, risk = people()
    names = ["linear", "xgboost", "extra trees"]
    found = automl.fit(frame, "left", objective="AUC", algorithms=names, trials=4)
    assert found.aborted
    assert "baseline" not in found.model_name
    (chosen,) = [row for row in found.leaderboard.rows if row.state == "chosen"]
    assert chosen.folds == folds
    held_out = found.held_out
    assert len(held_out["target"]) == pytest.approx(folds * len(frame) / 5, abs=3)
    assert auc(held_out["target"], held_out["predicted"][:, 1]) > 0.7
    left = frame["left"].to_numpy()
    assert auc(left, found.predict_proba(frame)[:, 1]) > auc(left, risk) - 0.05
