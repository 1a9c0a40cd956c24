"""AutoML beside FLAML and a random forest: same rows, same seconds, one process each.

    pytest -s -o python_files='bench_*.py' tests/benchmarks/automl/bench_accuracy.py
    LAB_KIT_BENCH_FOLDS=1 LAB_KIT_BENCH_SECONDS=20 pytest ...    # a first look

The measures are AUC for two classes, accuracy for several, R2 for numbers, each over the rows of
three outer folds that no library has seen. FLAML runs in an environment of its own. `customerID` of
telco-churn and `instant` of bike-sharing number the rows and are left out for everybody.
"""

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from lab_kit.automl.metrics import accuracy, auc, r2
from lab_kit.paths import real_data_folder
from lab_kit.prepare.tables import text_table
from tests.benchmarks import process
from tests.benchmarks.automl.peers.question import TARGET
from tests.benchmarks.automl.tables import TABLES, outer_folds
from tests.benchmarks.environments import interpreter

PEERS = Path(__file__).parent / "peers"
FOLDS = int(os.environ.get("LAB_KIT_BENCH_FOLDS", "3"))
SECONDS = float(os.environ.get("LAB_KIT_BENCH_SECONDS", "60"))
ONLY = os.environ.get("LAB_KIT_BENCH_TABLES", ",".join(table.name for table in TABLES)).split(",")
MEASURES = {"binary": auc, "multiclass": accuracy, "regression": r2}
MODELS = {"kit": "with_kit", "forest": "with_kit", "flaml": "with_flaml"}

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(real_data_folder() is None, reason="LAB_KIT_REAL_DATA is not set"),
]


def run(model, folder, problem):
    module = MODELS[model]
    python = interpreter(PEERS / "flaml.txt") if module == "with_flaml" else sys.executable
    name = f"tests.benchmarks.automl.peers.{module}"
    return process.run(name, folder, model, problem, SECONDS, python=python)


def score(table, root):
    """By model the score of each outer fold; and what each fit took."""
    frame = table.read()
    fold = outer_folds(len(frame))
    scores, costs = {name: [] for name in MODELS}, {name: [] for name in MODELS}
    for number in range(FOLDS):
        folder = root / f"{table.name}-{number}"
        folder.mkdir()
        frame[fold != number].to_parquet(folder / "train.parquet")
        test = frame[fold == number]
        test.drop(columns=TARGET).to_parquet(folder / "test.parquet")
        for model in MODELS:
            costs[model].append(run(model, folder, table.problem))
            predicted = np.load(folder / f"{model}.npy")
            found = MEASURES[table.problem](test[TARGET].to_numpy(), predicted)
            scores[model].append(found)
            print(table.name, number, model, f"{found:.4f}", costs[model][-1], flush=True)
    return scores, costs


def test_it_is_as_accurate_as_flaml_and_never_below_a_forest(tmp_path):
    rows, ratios, behind = [], [], []
    for table in TABLES:
        if table.name not in ONLY:
            continue
        scores, costs = score(table, tmp_path)
        mean = {name: float(np.mean(found)) for name, found in scores.items()}
        ratios.append(mean["kit"] / mean["flaml"])
        behind += [table.name] if mean["kit"] < mean["forest"] else []
        wall = [f"{np.mean([cost['fit'] for cost in costs[name]]):.0f}" for name in MODELS]
        rows.append(
            (table.name, *(f"{mean[name]:.4f}" for name in MODELS), f"{ratios[-1]:.4f}", *wall)
        )
    header = ("table", *MODELS, "kit / flaml", *(f"{name} s" for name in MODELS))
    print(f"\n{FOLDS} outer folds, {SECONDS:.0f} s each\n{text_table(header, rows)}")
    print(f"mean ratio {np.mean(ratios):.4f}, least {min(ratios):.4f}")
    assert np.mean(ratios) >= 1.0
    assert min(ratios) >= 0.985
    assert not behind
