"""How much each column says of the target, alone; and which of them say too much.

The predictive power of columns is between 0 (no better than the mean or the shares of classes) and
1 (always right): R2 of a regression, 2 AUC - 1 of two classes, its mean over the classes of several
(each against the others). It is measured on rows the small trees that predict have not seen.

A column is a leak suspect where it alone predicts at least as well as all others together, and
clearly; or nearly without error. Real causes rarely do: what does is often written down after the
answer is known, such as the length of the call that made the sale. Whether it is known at the
moment of prediction is for a person to say.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from lab_kit.automl.folds import make_folds
from lab_kit.automl.metrics import auc, r2
from lab_kit.automl.pipeline import Rows
from lab_kit.automl.preprocessing import TargetMeans
from lab_kit.automl.reader import Feature
from lab_kit.automl.training import Training

MOST_ROWS = 6_000
FOLDS = 3
CLEARLY = 0.5
"""Power from which a column is compared with all others."""
NEARLY_ALL = 0.95
ROUNDS = 60
"""Of the boosted trees that all other columns are given to."""


@dataclass(frozen=True)
class Power:
    """What a column says of the target."""

    column: str
    alone: float
    """Between 0 and 1."""
    others: float | None
    """Of all other columns together, where that was worth asking."""
    suspect: str | None
    """Why it may be a leak; None where nothing points to one."""


def find_power(training: Training, seed: int = 0) -> tuple[Power, ...]:
    """The power of each column that is used, the highest first.

    Args:
        training: The table; at most 6,000 of its rows are looked at.
        seed: Of those rows and the folds.
    """
    with threadpool_limits(1):  # the tables are small: threads would only wait for each other
        return _find(training, seed)


def _find(training: Training, seed: int) -> tuple[Power, ...]:
    drawn = np.random.default_rng(seed).permutation(len(training.rows))[:MOST_ROWS]
    rows = training.rows.take(np.sort(drawn))
    features, classes = training.reader.features, training.classes
    fold = make_folds(rows.target, classes, FOLDS, seed)
    names = list(dict.fromkeys(feature.column for feature in features))
    owner = np.array([names.index(feature.column) for feature in features])
    tables = [_encoded(rows, features, classes, fold, number) for number in range(FOLDS)]

    found = []
    for place, name in enumerate(names):
        alone = _score([(m[:, owner[o] == place], t) for m, o, t in tables], rows, fold, classes)
        others = None
        if alone >= CLEARLY and len(names) > 1:
            rest = [(m[:, owner[o] != place], t) for m, o, t in tables]
            others = _score(rest, rows, fold, classes, boosted=True)
        found.append(Power(name, alone, others, _suspicion(alone, others)))
    return tuple(sorted(found, key=lambda power: -power.alone))


def _suspicion(alone: float, others: float | None) -> str | None:
    if alone >= NEARLY_ALL:
        return f"alone it predicts the target almost without error (power {alone:.2f} of 1)"
    if others is not None and alone >= others:
        return (
            f"alone it predicts as well as all other columns together (power {alone:.2f}, theirs "
            f"{others:.2f}): is it known at the moment of prediction?"
        )
    return None


def _encoded(
    rows: Rows, features: tuple[Feature, ...], classes: int, fold: np.ndarray, number: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All rows with categories as means of the training rows; owners; which rows train."""
    train = fold != number
    means = TargetMeans(features, classes)
    inside = means.fit_transform(rows.matrix[train], rows.target[train], seed=0)
    matrix = means.transform(rows.matrix)
    matrix[train] = inside
    return matrix, means.owners(), train


def _score(
    tables: list[tuple[np.ndarray, np.ndarray]],
    rows: Rows,
    fold: np.ndarray,
    classes: int,
    boosted: bool = False,
) -> float:
    predicted = np.zeros((len(rows), max(classes, 1)))
    for number, (matrix, train) in enumerate(tables):
        learn = _boosted if boosted else _tree
        predicted[fold == number] = learn(matrix, rows.target, train, fold == number, classes)
    if not classes:
        return float(np.clip(r2(rows.target, predicted[:, 0]), 0, 1))
    asked = range(1, 2) if classes == 2 else range(classes)
    gini = [2 * auc(rows.target == code, predicted[:, code]) - 1 for code in asked]
    return float(np.clip(np.nanmean(gini), 0, 1))


def _tree(
    matrix: np.ndarray, target: np.ndarray, train: np.ndarray, asked: np.ndarray, classes: int
) -> np.ndarray:
    """(rows asked, outputs): the mean of each class, or of the numbers, in 30 leaves."""
    from sklearn.tree import DecisionTreeRegressor

    wanted = target[:, None] == np.arange(classes) if classes else target[:, None]
    least = max(int(train.sum()) // 100, 5)
    tree = DecisionTreeRegressor(max_leaf_nodes=30, min_samples_leaf=least, random_state=0)
    tree.fit(matrix[train], wanted[train].astype(np.float64))
    return tree.predict(matrix[asked]).reshape(int(asked.sum()), -1)


def _boosted(
    matrix: np.ndarray, target: np.ndarray, train: np.ndarray, asked: np.ndarray, classes: int
) -> np.ndarray:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    model = kind(max_iter=ROUNDS, max_leaf_nodes=15, early_stopping=False, random_state=0)
    model.fit(matrix[train], target[train])
    if not classes:
        return model.predict(matrix[asked])[:, None]
    result = np.zeros((int(asked.sum()), classes))
    result[:, model.classes_.astype(np.int64)] = model.predict_proba(matrix[asked])
    return result
