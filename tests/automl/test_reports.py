"""Reports of data and of models, and the figures that draw them, on tables with known answers."""

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as known

from lab_kit import automl, plots
from lab_kit.automl.model_report import ModelReport
from lab_kit.errors import LabKitError
from tests.automl.tables import people

FRAME, RISK = people(500)
RANDOM = np.random.default_rng(0)
TRUTH = RANDOM.integers(0, 2, 200).astype(float)
SHARES = np.clip(0.3 * TRUTH + RANDOM.random(200) * 0.7, 0, 1).round(2)
REPORT = ModelReport(
    "left", "binary", (False, True), TRUTH, np.column_stack([1 - SHARES, SHARES]), None, 0.5
)


def test_the_confusion_matrix_counts_rows_by_truth_and_prediction():
    expected = known.confusion_matrix(TRUTH, SHARES >= 0.5)
    assert REPORT.confusion.to_numpy().tolist() == expected.tolist()
    assert REPORT.confusion.index.tolist() == ["False", "True"]


def test_classes_beyond_fifteen_are_put_together():
    truth = np.concatenate([np.repeat(np.arange(15.0), 3), [15, 16, 17]])
    shares = np.eye(18)[truth.astype(int)]
    report = ModelReport("kind", "multiclass", tuple(range(18)), truth, shares, None, 0.5)
    assert report.confusion.shape == (16, 16)
    assert report.confusion.loc["others", "others"] == 3
    assert np.diag(report.confusion).sum() == len(truth)


def test_curves_are_those_of_scikit_learn():
    false, true, _ = known.roc_curve(TRUTH, SHARES, drop_intermediate=False)
    assert REPORT.roc()["false_positive"].to_numpy() == pytest.approx(false)
    assert REPORT.roc()["true_positive"].to_numpy() == pytest.approx(true)
    precision, recall, _ = known.precision_recall_curve(TRUTH, SHARES)
    assert REPORT.pr()["precision"].to_numpy()[::-1] == pytest.approx(precision[:-1])
    assert REPORT.pr()["recall"].to_numpy()[::-1] == pytest.approx(recall[:-1])


def test_calibration_has_ten_bins_and_gain_ends_with_everything():
    bins = REPORT.calibration()
    assert bins["rows"].tolist() == [20] * 10
    lowest = np.argsort(SHARES, kind="stable")[:20]
    assert bins["said"][0] == pytest.approx(SHARES[lowest].mean())
    assert bins["came"][0] == pytest.approx(TRUTH[lowest].mean())
    gain = REPORT.gain()
    assert gain.iloc[-1].tolist() == pytest.approx([1, 1, 1])
    assert gain["lift"].dropna().iloc[0] == pytest.approx(1 / TRUTH.mean())


def test_what_a_report_has_not_is_said():
    with pytest.raises(LabKitError, match="Classes have no residuals"):
        _ = REPORT.residuals
    numbers = ModelReport("n", "regression", (), TRUTH, SHARES, None, 0.5)
    assert (numbers.residuals["residual"] == TRUTH - SHARES).all()
    with pytest.raises(LabKitError, match="A regression has no ROC curve"):
        numbers.roc()


def test_a_column_written_down_after_the_answer_is_a_suspect_and_no_other():
    minutes = np.where(FRAME["left"], 9, 4) + np.random.default_rng(1).normal(0, 2.2, len(FRAME))
    leaky = FRAME.assign(call_minutes=minutes)
    report = automl.data_report(leaky, "left")
    assert list(report.suspects) == ["call_minutes"]
    assert report.warnings[0].text.startswith("leak suspect: alone it predicts as well as all")
    assert not automl.data_report(FRAME, "left").suspects
    sure = automl.data_report(FRAME.assign(gone=FRAME["left"].astype(int)), "left")
    assert "almost without error (power 1.00" in sure.suspects["gone"]
    plan = automl.plan(leaky, "left")
    assert (plan.warnings[0].severity, plan.warnings[0].column) == ("high", "call_minutes")


def test_power_is_the_gini_of_a_column_alone():
    powers = {row["name"]: row["power"] for row in automl.data_report(FRAME, "left").columns}
    monthly = 2 * known.roc_auc_score(FRAME["left"], FRAME["contract"] == "monthly") - 1
    assert powers["contract"] == pytest.approx(monthly, abs=0.06)
    assert powers["zip_code"] < 0.1
    assert powers["customer_id"] is None


def test_duplicates_contradictions_gaps_and_twins_are_found():
    frame = FRAME.drop(columns=["customer_id", "country"]).assign(spent=lambda t: 2 * t["spend"])
    extra = pd.concat([frame.iloc[:3], frame.iloc[3:5].assign(left=~frame["left"].iloc[3:5])])
    report = automl.data_report(pd.concat([frame, extra]), "left")
    assert (report.duplicates, report.contradictions) == (3, 4)
    missing = {row["name"]: row["missing"] for row in report.columns}
    assert missing["spend"] == pytest.approx(31 / 505)
    assert [pair[:2] for pair in report.alike] == [("spend", "spent")]


def test_figures_say_what_the_reports_say():
    model = automl.fit(FRAME, "left", trials=3, algorithms=["linear", "xgboost"])
    board = plots.leaderboard_drawn(model.leaderboard)
    best = model.leaderboard.sorted[0]
    assert f"{best.candidate} leads: F1 {best.mean:.4g}" in board.figure.texts[0].get_text()
    said = plots.model_quality(REPORT)
    cells = REPORT.confusion
    assert f"true True predicted False {cells.loc['True', 'False']}" in said.alt
    assert len(said.figure.axes) == 5
    numbers = ModelReport("n", "regression", (), TRUTH, TRUTH + 0.1, None, 0.5)
    assert "R2 0.9" in plots.model_quality(numbers).alt
    explained = automl.single(FRAME, "left").explain(FRAME.iloc[:2])
    drawn = plots.row_explained(explained, 1)
    bars = [bar.get_width() for bar in drawn.figure.axes[0].patches]
    assert sum(bars) == pytest.approx(explained.values[1].sum())
    assert plots.columns_that_matter({"a": 2.0, "b": 1.0}).alt.endswith("a 2; b 1.")
    power = plots.predictive_power(automl.data_report(FRAME, "left"))
    assert power.alt.endswith("Leak suspects: none.")
