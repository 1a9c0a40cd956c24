"""A search from end to end."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from lab_kit import automl
from lab_kit.automl.estimators import FEW_ROWS
from lab_kit.automl.metrics import auc
from tests.automl.tables import people

FRAME, RISK = people()
UNSEEN, UNSEEN_RISK = people(1_500, seed=1)


@pytest.fixture(scope="module")
def model():
    return automl.fit(FRAME, "left", objective="AUC", trials=10)


def test_it_comes_close_to_the_true_risk_on_rows_it_never_saw(model):
    left = UNSEEN["left"].to_numpy()
    truth = auc(left, UNSEEN_RISK)
    assert auc(left, model.predict_proba(UNSEEN)[:, 1]) > truth - 0.02
    assert model.metric["AUC"] == pytest.approx(auc(FRAME["left"].to_numpy(), RISK), abs=0.03)


@pytest.mark.parametrize("algorithm", ["random forest", "hist boosting", "xgboost", "linear"])
def test_rows_shared_among_cores_are_answered_as_each_alone(algorithm):
    model = automl.fit(FRAME, "left", trials=2, algorithms=[algorithm], ensemble=False)
    times = 1 + 2 * FEW_ROWS // len(UNSEEN)
    many = pd.concat([UNSEEN] * times, ignore_index=True)
    shares = model.predict_proba(UNSEEN)
    assert np.array_equal(model.predict_proba(many), np.tile(shares, (times, 1)))
    said = [model.classes[code] for code in model.predict_codes(UNSEEN)]
    assert said == model.predict(UNSEEN).tolist()


def test_noise_cannot_be_predicted_and_no_fold_says_otherwise():
    """Were a row told its own target, its class would be found out of fold."""
    found = []
    for seed in range(3):
        random = np.random.default_rng(seed)
        noise = pd.DataFrame(random.normal(size=(1_500, 2)), columns=["a", "b"])
        noise["word"] = random.choice([f"w{n}" for n in range(190)], len(noise))
        noise["coin"] = random.random(len(noise)) < 0.5
        kinds = ["extra trees", "linear"]
        board = automl.fit(noise, "coin", objective="AUC", trials=3, algorithms=kinds).leaderboard
        found.append([row.mean for row in board.rows[:3]])
    assert np.abs(np.mean(found, axis=0) - 0.5).max() < 0.03


def test_two_runs_give_the_same_model_and_another_seed_another(model):
    again = automl.fit(FRAME, "left", objective="AUC", trials=10)
    other = automl.fit(FRAME, "left", objective="AUC", trials=10, seed=1)
    shares = model.predict_proba(UNSEEN)
    assert np.array_equal(again.predict_proba(UNSEEN), shares)
    assert again.model_name == model.model_name
    assert not np.array_equal(other.predict_proba(UNSEEN), shares)


def test_arrow_pandas_columns_and_single_rows_are_answered_alike(model):
    shares = model.predict_proba(UNSEEN)
    table = pa.Table.from_pandas(UNSEEN)
    assert np.array_equal(model.predict_proba(table), shares)
    assert np.array_equal(model.predict_proba(table.slice(700, 1)), shares[700:701])
    some = UNSEEN.sample(40, random_state=0)
    assert np.array_equal(model.predict_proba(some), shares[some.index])


def test_a_saved_model_predicts_the_same_in_another_process(model, tmp_path):
    model.save(tmp_path / "model")
    UNSEEN.to_parquet(tmp_path / "rows.parquet")
    code = (
        "import sys, numpy as np, pandas as pd; from lab_kit import automl;"
        "rows = pd.read_parquet(sys.argv[1] + '/rows.parquet');"
        "model = automl.load(sys.argv[1] + '/model');"
        "np.save(sys.argv[1] + '/said.npy', model.predict_proba(rows))"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    assert np.array_equal(np.load(tmp_path / "said.npy"), model.predict_proba(UNSEEN))
    assert not list(tmp_path.rglob("*.pkl"))
