"""Why a model predicts what it predicts: contributions of columns, for rows and overall.

| model | values | unit |
|---|---|---|
| XGBoost | exact, for the paths of its trees (Lundberg et al., From local explanations to global \
understanding with explainable AI for trees, Nature Machine Intelligence 2, 2020) | log-odds, or \
the target |
| linear | exact: coefficient x (value - mean of the background) | log-odds, or the target |
| any other, averages too | sampled Shapley values, at most 200 rows | probability, or the target |

In every case the contributions of a row and the base add up to what the model says of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from lab_kit.automl.algorithms import LINEAR
from lab_kit.automl.estimators import ScikitLearn, XGBoost, cores
from lab_kit.automl.pipeline import Pipeline, Rows
from lab_kit.automl.preprocessing import Categories
from lab_kit.automl.reader import Feature
from lab_kit.automl.shapley import sampled_shapley
from lab_kit.automl.transformers import Chosen
from lab_kit.errors import LabKitError

MOST_SAMPLED = 200
BACKGROUND = 100
"""Training rows kept to say what a column usually is, and to average contributions over."""

Scale = Literal["log-odds", "probability", "target"]
Additive = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Explanation:
    """Contributions of columns to predictions."""

    columns: tuple[str, ...]
    values: np.ndarray
    """(rows, columns); of several classes (rows, columns, classes). Of two: towards the second."""
    base: float | np.ndarray
    """What is said of a row of which nothing is known; of several classes (classes,)."""
    scale: Scale
    exact: bool

    @property
    def frame(self) -> pd.DataFrame:
        """One row a row explained, one column a column; of several classes, of their mean size."""
        values = self.values if self.values.ndim == 2 else np.abs(self.values).mean(axis=2)
        return pd.DataFrame(values, columns=list(self.columns))

    @property
    def importance(self) -> dict[str, float]:
        """Mean size of each column's contributions, the largest first."""
        size = np.abs(self.values).mean(axis=0)
        size = size if size.ndim == 1 else size.mean(axis=1)
        order = np.argsort(-size, kind="stable")
        return {self.columns[place]: float(size[place]) for place in order}


@dataclass(frozen=True)
class Explainer:
    """Explains pipelines, or a weighted average of them, on one table."""

    features: tuple[Feature, ...]
    background: np.ndarray
    """(rows, features): training rows."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are used, in their order."""
        return tuple(dict.fromkeys(feature.column for feature in self.features))

    def explain(
        self, parts: Sequence[tuple[Pipeline, float]], rows: np.ndarray, seed: int = 0
    ) -> Explanation:
        """Contributions to what the average says of rows.

        Args:
            parts: Pipelines and their weights.
            rows: (rows, features).
            seed: Where values are sampled.

        Raises:
            LabKitError: If values have to be sampled and there are more than 200 rows.
        """
        pipeline = parts[0][0]
        exact = _exact(pipeline, rows, self.background) if len(parts) == 1 else None
        if exact is not None:
            values, base = exact
            scale: Scale = "log-odds" if pipeline.classes else "target"
            owner = self._owner(pipeline.preprocessing.owners())
            by_column = _summed(values, owner, len(self.columns))
            return Explanation(self.columns, by_column, _plain(base), scale, True)
        if len(rows) > MOST_SAMPLED:
            raise LabKitError(
                f"{len(rows):,} rows are too many to be explained: of this model, contributions "
                "are sampled",
                where="explain",
                next_step=f"explain at most {MOST_SAMPLED} rows, or an xgboost or linear model",
            )
        groups = [
            np.array([p for p, f in enumerate(self.features) if f.column == column])
            for column in self.columns
        ]
        sampled = sampled_shapley(_answer(parts), rows, self.background, groups, seed)
        scale = "probability" if pipeline.classes else "target"
        return Explanation(self.columns, sampled[0], _plain(sampled[1]), scale, False)

    def _owner(self, features: np.ndarray) -> np.ndarray:
        """Which column each of an algorithm's inputs comes from."""
        place = {name: number for number, name in enumerate(self.columns)}
        return np.array([place[self.features[feature].column] for feature in features])


def permutation_importance(
    pipeline: Pipeline,
    rows: Rows,
    features: Sequence[Feature],
    loss: Callable[..., float],
    seed: int,
) -> dict[str, float]:
    """How much worse the loss becomes when a column's values are exchanged between rows.

    Breiman, Random Forests, Machine Learning 45, 2001. The columns in the order of their effect.

    Args:
        pipeline: The model.
        rows: Rows it was not fitted on.
        features: What the columns of the matrix are.
        loss: The loss, lower is better.
        seed: Of the exchange.
    """
    order = np.random.default_rng(seed).permutation(len(rows))
    usual = loss(rows.target, pipeline.predict(rows.matrix), rows.weights)
    found = {}
    for column in dict.fromkeys(feature.column for feature in features):
        places = [p for p, feature in enumerate(features) if feature.column == column]
        mixed = rows.matrix.copy()
        mixed[:, places] = mixed[order][:, places]
        found[column] = float(loss(rows.target, pipeline.predict(mixed), rows.weights) - usual)
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def _answer(parts: Sequence[tuple[Pipeline, float]]) -> Callable[[np.ndarray], np.ndarray]:
    def answer(matrix: np.ndarray) -> np.ndarray:
        total = np.sum([weight * pipeline.predict(matrix) for pipeline, weight in parts], axis=0)
        return total[:, 1] if total.ndim == 2 and total.shape[1] == 2 else total

    return answer


def _exact(pipeline: Pipeline, rows: np.ndarray, background: np.ndarray) -> Additive | None:
    if isinstance(pipeline.preprocessing, Chosen) and pipeline.preprocessing.mixes:
        return None
    if isinstance(pipeline.estimator, XGBoost):
        return _of_trees(pipeline, rows)
    if pipeline.candidate.algorithm == LINEAR:
        return _of_linear(pipeline, rows, background)
    return None


def _of_trees(pipeline: Pipeline, rows: np.ndarray) -> Additive:
    """(rows, inputs[, classes]) and the base, in float64."""
    import xgboost

    estimator, preprocessing = pipeline.estimator, pipeline.preprocessing
    assert isinstance(estimator, XGBoost)
    matrix = preprocessing.transform(rows)
    kinds = ["q"] * matrix.shape[1]
    if isinstance(preprocessing, Categories):
        kinds = ["c" if codes else "q" for codes in preprocessing.categorical]
    data = xgboost.DMatrix(matrix, feature_types=kinds, enable_categorical=True)
    booster = estimator.booster.copy()  # set to one thread, which is enough for predictions only
    booster.set_param({"nthread": cores()})
    found = booster.predict(data, pred_contribs=True).astype(np.float64)
    if found.ndim == 3:
        return np.moveaxis(found[:, :, :-1], 1, 2), found[0, :, -1]
    base = found[0, -1]
    if pipeline.classes:
        return found[:, :-1], base
    return found[:, :-1] * pipeline.scale, base * pipeline.scale + pipeline.shift


def _of_linear(pipeline: Pipeline, rows: np.ndarray, background: np.ndarray) -> Additive:
    estimator = pipeline.estimator
    assert isinstance(estimator, ScikitLearn)
    coefficients = np.atleast_2d(estimator.model.coef_)
    usual = pipeline.preprocessing.transform(background).mean(axis=0)
    matrix = pipeline.preprocessing.transform(rows)
    values = (matrix - usual)[:, :, None] * coefficients.T
    base = coefficients @ usual + np.atleast_1d(estimator.model.intercept_)
    if len(coefficients) > 1:
        return values, base
    if pipeline.classes:
        return values[:, :, 0], base[0]
    return values[:, :, 0] * pipeline.scale, base[0] * pipeline.scale + pipeline.shift


def _summed(values: np.ndarray, owner: np.ndarray, columns: int) -> np.ndarray:
    """Contributions of an algorithm's inputs added up by column."""
    result = np.zeros((len(values), columns, *values.shape[2:]))
    for place, column in enumerate(owner):
        result[:, column] += values[:, place]
    return result


def _plain(base: float | np.ndarray) -> float | np.ndarray:
    return float(base) if np.ndim(base) == 0 else np.asarray(base)
