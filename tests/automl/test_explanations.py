"""Contributions against Shapley's definition, worked out over all coalitions."""

from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit

from lab_kit import automl
from lab_kit.automl.shapley import sampled_shapley
from lab_kit.errors import LabKitError
from tests.automl.tables import people

FRAME, _ = people(400)


def shapley(predict, row, background, groups):
    """By definition (Shapley 1953): over all coalitions, against every background row."""
    number = len(groups)

    def worth(coalition):
        mixed = background.copy()
        for group in coalition:
            mixed[:, groups[group]] = row[groups[group]]
        return predict(mixed).mean(axis=0)

    values = []
    for group in range(number):
        others = [one for one in range(number) if one != group]
        value = 0.0
        for size in range(number):
            weight = factorial(size) * factorial(number - size - 1) / factorial(number)
            for coalition in combinations(others, size):
                value += weight * (worth([*coalition, group]) - worth(coalition))
        values.append(value)
    return np.array(values)


def entangled(matrix):
    return matrix[:, 0] * matrix[:, 1] + np.maximum(matrix[:, 2], matrix[:, 3])


def test_sampled_values_come_close_to_the_definition_and_add_up_exactly():
    random = np.random.default_rng(0)
    rows, background = random.normal(size=(3, 4)), random.normal(size=(200, 4))
    groups = [np.array([0]), np.array([1]), np.array([2, 3])]
    found, base = sampled_shapley(entangled, rows, background, groups, orders=200)
    assert base == pytest.approx(entangled(background).mean())
    assert found.sum(axis=1) == pytest.approx(entangled(rows) - base)
    exact = [shapley(entangled, row, background, groups) for row in rows]
    assert np.abs(found - exact).max() < 0.15


def test_several_outputs_are_explained_one_by_one():
    random = np.random.default_rng(1)
    rows, background = random.normal(size=(2, 4)), random.normal(size=(20, 4))
    groups = [np.array([place]) for place in range(4)]

    def both(matrix):
        return np.column_stack([entangled(matrix), matrix[:, 0]])

    found, base = sampled_shapley(both, rows, background, groups, orders=20)
    alone, _ = sampled_shapley(entangled, rows, background, groups, orders=20)
    assert found.shape == (2, 4, 2)
    assert found[:, :, 0] == pytest.approx(alone)
    assert found[:, 1:, 1] == pytest.approx(0)
    assert base.shape == (2,)


@pytest.mark.parametrize("algorithm", ["xgboost", "linear"])
def test_exact_values_add_up_to_the_log_odds(algorithm):
    model = automl.fit(FRAME, "left", algorithms=[algorithm], trials=2, ensemble=False)
    said = model.explain(FRAME)
    assert (said.exact, said.scale) == (True, "log-odds")
    shares = model.predict_proba(FRAME)[:, 1]
    assert said.base + said.values.sum(axis=1) == pytest.approx(logit(shares), abs=2e-4)
    assert next(iter(model.importance)) in ("age", "contract")


def test_linear_values_are_shapley_values():
    model = automl.fit(FRAME, "left", algorithms=["linear"], trials=2, ensemble=False)
    pipeline = model.members[0].pipeline
    features = model.reader.features
    groups = [
        np.array([place for place, one in enumerate(features) if one.column == column])
        for column in model.explained.columns
    ]
    rows = model.reader.read(FRAME.iloc[:2])

    def log_odds(matrix):
        return logit(pipeline.predict(matrix)[:, 1])

    exact = [shapley(log_odds, row, model.background, groups) for row in rows]
    assert model.explain(FRAME.iloc[:2]).values == pytest.approx(np.array(exact), abs=1e-6)


def test_a_regression_and_several_classes_add_up_as_well():
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"a": random.normal(size=300), "b": random.choice(list("xyz"), 300)})
    frame["amount"] = 100 * frame["a"] + 50 * (frame["b"] == "x") + random.normal(size=300)
    frame["kind"] = np.where(frame["a"] > 0.5, "high", frame["b"])
    for target, problem in (("amount", "regression"), ("kind", "multiclass")):
        rest = frame[["a", "b", target]]
        model = automl.single(rest, target, "xgboost", {"num_round": 20})
        assert model.problem == problem
        said = model.explain(rest)
        whole = said.base + said.values.sum(axis=1)
        if problem == "regression":
            assert whole == pytest.approx(model.predict(rest), rel=1e-3, abs=0.05)
        else:
            shares = np.exp(whole) / np.exp(whole).sum(axis=1, keepdims=True)
            assert shares == pytest.approx(model.predict_proba(rest), abs=1e-4)


def test_an_average_is_sampled_for_200_rows_at_most():
    model = automl.fit(FRAME, "left", algorithms=["extra trees", "linear"], trials=4)
    with pytest.raises(LabKitError, match="400 rows are too many"):
        model.explain(FRAME)
    said = model.explain(FRAME.iloc[:50])
    shares = model.predict_proba(FRAME.iloc[:50])[:, 1]
    assert said.base + said.values.sum(axis=1) == pytest.approx(shares, abs=1e-9)
    assert model.explain(FRAME.iloc[:5], candidate="linear 1").exact


def test_a_shuffled_column_that_matters_makes_every_candidate_worse():
    model = automl.fit(FRAME, "left", trials=4)
    for name, effect in model.explanations.items():
        assert min(effect["age"], effect["contract"]) > 0, name
        assert effect["zip_code"] < effect["age"], name
