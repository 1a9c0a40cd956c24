"""The algorithms a search may choose from: how each is fitted, and with which settings.

Every algorithm has a portfolio, settings that did well on many tables, the best guess first; and a
space around them that a search draws from. Where trees or epochs are added one by one their number
is no setting: it is found on the first fold and held for the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from lab_kit.automl.estimators import Constant, Estimator, ScikitLearn, XGBoost

Settings = dict[str, Any]


@dataclass(frozen=True)
class Task:
    """Training rows as the algorithm sees them."""

    matrix: np.ndarray
    target: np.ndarray
    """(rows,): places of classes, or numbers with mean 0 and variance 1."""
    weights: np.ndarray | None
    classes: int
    """0: a regression."""
    categorical: np.ndarray
    """(columns,) bool: which hold codes of categories."""
    seed: int
    valid: tuple[np.ndarray, np.ndarray, np.ndarray | None] | None = None
    """Rows that say how many trees are enough: matrix, target, weights."""
    rounds: int | None = None
    """How many trees, where that is known."""


@dataclass(frozen=True)
class Range:
    """Numbers a setting may take."""

    low: float
    high: float
    logarithmic: bool = False
    whole: bool = False

    def draw(self, random: np.random.Generator, near: float | None = None) -> float:
        """A number of the range; near: about a quarter of the range away from that, mostly less."""
        low, high = (
            (np.log(self.low), np.log(self.high)) if self.logarithmic else (self.low, self.high)
        )
        if near is None:
            value = random.uniform(low, high)
        else:
            middle = np.log(near) if self.logarithmic else near
            value = np.clip(random.normal(middle, 0.2 * (high - low)), low, high)
        value = float(np.exp(value)) if self.logarithmic else float(value)
        return round(value) if self.whole else float(f"{value:.4g}")


@dataclass(frozen=True)
class Algorithm:
    """A way to learn."""

    name: str
    fit: Callable[[Task, Settings], tuple[Estimator, int | None]]
    """Gives the model, and the number of trees where it was found."""
    preprocessings: tuple[str, ...]
    portfolio: tuple[Settings, ...] = ({},)
    space: Mapping[str, Range] = field(default_factory=dict)
    seconds: float = 0.0
    """Of a core of 2024, to fit 10,000 rows of 20 features once; about."""
    least_seconds: float = 0.0
    """Of the same, however few rows there are."""
    needs_no_weights: bool = False
    """Whether it cannot weigh rows."""


def fit_baseline(task: Task, settings: Settings) -> tuple[Estimator, None]:
    """The mean, or the share of each class."""
    if not task.classes:
        return Constant(np.array([np.average(task.target, weights=task.weights)])), None
    codes = task.target.astype(np.int64)
    shares = np.bincount(codes, weights=task.weights, minlength=task.classes)
    return Constant(shares / shares.sum()), None


def fit_linear(task: Task, settings: Settings) -> tuple[Estimator, None]:
    """Ridge regression, or logistic regression with an L2 penalty."""
    from sklearn.linear_model import LogisticRegression, Ridge

    if not task.classes:
        return _scikit_learn(Ridge(alpha=settings["penalty"]), task, blocks=True), None
    # lbfgs ends where the gradient is small; 300 steps are enough on scaled columns.
    model = LogisticRegression(C=1 / settings["penalty"], max_iter=300)
    return _scikit_learn(model, task, blocks=True), None


def fit_neighbours(task: Task, settings: Settings) -> tuple[Estimator, None]:
    """The rows most like it; at most 10,000 are remembered."""
    from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

    kind = KNeighborsClassifier if task.classes else KNeighborsRegressor
    rows = np.random.default_rng(task.seed).permutation(len(task.matrix))[:10_000]
    number = min(int(settings["neighbours"]), len(rows))
    model = kind(number, weights="distance", algorithm="brute")
    model.fit(task.matrix[rows], _labels(task)[rows])
    return ScikitLearn(model, task.classes, blocks=True), None


def fit_random_forest(task: Task, settings: Settings) -> tuple[Estimator, None]:
    """Trees on samples of the rows (Breiman, Random Forests, Machine Learning 45, 2001)."""
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    return _forest(
        RandomForestClassifier if task.classes else RandomForestRegressor, task, settings
    )


def fit_extra_trees(task: Task, settings: Settings) -> tuple[Estimator, None]:
    """Trees with random splits (Geurts et al., Extremely randomized trees, 2006)."""
    from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor

    kind = ExtraTreesClassifier if task.classes else ExtraTreesRegressor
    return _forest(kind, task, settings)


def _forest(kind: Any, task: Task, settings: Settings) -> tuple[Estimator, None]:
    model = kind(
        int(settings["trees"]),
        min_samples_leaf=int(settings["leaf_rows"]),
        max_features=float(settings["features_share"]),
        random_state=task.seed,
    )
    return _scikit_learn(model, task, blocks=False), None


def fit_histogram_boosting(task: Task, settings: Settings) -> tuple[Estimator, int]:
    """Gradient boosting of scikit-learn; categories are split into two sets."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingClassifier if task.classes else HistGradientBoostingRegressor
    # Rows to stop by must know every class that the training rows know.
    stops = task.valid is not None and _same_classes(task)
    model = kind(
        learning_rate=settings["learning_rate"],
        max_iter=task.rounds or 1_000,
        max_leaf_nodes=int(settings["leaves"]),
        min_samples_leaf=int(settings["leaf_rows"]),
        l2_regularization=settings["l2"],
        max_features=float(settings["features_share"]),
        categorical_features=task.categorical,
        early_stopping=stops,
        n_iter_no_change=30,
        random_state=task.seed,
    )
    if task.rounds is None and not stops:
        model.set_params(max_iter=round(10 / settings["learning_rate"]))
    validation: Settings = {}
    if stops and task.valid is not None:
        matrix, target, weights = task.valid
        validation = {"X_val": matrix, "y_val": target, "sample_weight_val": weights}
    model.fit(task.matrix, _labels(task), sample_weight=task.weights, **validation)
    rounds = int(model.n_iter_)
    if stops:
        rounds = int(np.argmax(model.validation_score_[1:])) + 1
    return ScikitLearn(model, task.classes, blocks=False), rounds


def _same_classes(task: Task) -> bool:
    return not task.classes or (
        task.valid is not None and set(np.unique(task.valid[1])) <= set(np.unique(task.target))
    )


def fit_xgboost(task: Task, settings: Settings) -> tuple[Estimator, int]:
    """Gradient boosting (Chen and Guestrin, XGBoost, KDD 2016); one thread, so that it repeats."""
    import xgboost

    kinds = ["c" if codes else "q" for codes in task.categorical]

    def data(
        matrix: np.ndarray, target: np.ndarray, weights: np.ndarray | None, **more: Any
    ) -> Any:
        return xgboost.QuantileDMatrix(
            matrix, target, weight=weights, feature_types=kinds, enable_categorical=True,
            nthread=1, **more,
        )  # fmt: skip

    parameters = {**_xgboost_objective(task.classes), **settings, "seed": task.seed, "nthread": 1}
    train = data(task.matrix, task.target, task.weights)
    if task.valid is None:
        rounds = task.rounds or round(10 / settings["learning_rate"])
        return XGBoost(xgboost.train(parameters, train, rounds), task.classes), rounds
    booster = xgboost.train(
        parameters,
        train,
        2_000,
        evals=[(data(*task.valid, ref=train), "valid")],
        early_stopping_rounds=40,
        verbose_eval=False,
    )
    rounds = int(booster.best_iteration) + 1
    return XGBoost(booster[:rounds], task.classes), rounds


def _xgboost_objective(classes: int) -> Settings:
    if classes == 0:
        return {"objective": "reg:squarederror"}
    if classes == 2:
        return {"objective": "binary:logistic", "eval_metric": "logloss"}
    return {"objective": "multi:softprob", "num_class": classes, "eval_metric": "mlogloss"}


def fit_perceptron(task: Task, settings: Settings) -> tuple[Estimator, None]:
    """A multi-layer perceptron, trained with Adam for a fixed number of epochs."""
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    kind = MLPClassifier if task.classes else MLPRegressor
    width = int(settings["width"])
    model = kind(
        hidden_layer_sizes=(width, width // 2),
        alpha=settings["penalty"],
        learning_rate_init=settings["learning_rate"],
        batch_size=min(256, len(task.matrix)),
        random_state=task.seed,
    )
    more: Settings = {"classes": np.unique(_labels(task))} if task.classes else {}
    for _ in range(int(settings["epochs"])):
        model.partial_fit(task.matrix, _labels(task), sample_weight=task.weights, **more)
    return ScikitLearn(model, task.classes, blocks=True), None


def _labels(task: Task) -> np.ndarray:
    return task.target.astype(np.int64) if task.classes else task.target


def _scikit_learn(model: Any, task: Task, blocks: bool) -> ScikitLearn:
    model.fit(task.matrix, _labels(task), sample_weight=task.weights)
    return ScikitLearn(model, task.classes, blocks)


FOREST = {
    "trees": Range(100, 100, whole=True),
    "leaf_rows": Range(1, 20, logarithmic=True, whole=True),
    "features_share": Range(0.15, 0.9),
}
BASELINE, LINEAR, NEIGHBOURS, PERCEPTRON = "baseline", "linear", "k-nearest", "mlp"
FOREST_NAME, EXTRA, HISTOGRAM, XGBOOST = "random forest", "extra trees", "hist boosting", "xgboost"

ALGORITHMS: dict[str, Algorithm] = {
    algorithm.name: algorithm
    for algorithm in (
        Algorithm(BASELINE, fit_baseline, ("categories",), seconds=0.001),
        Algorithm(
            LINEAR,
            fit_linear,
            ("scaled", "ranked"),
            ({"penalty": 1.0}, {"penalty": 30.0}, {"penalty": 0.03}),
            {"penalty": Range(0.01, 300, logarithmic=True)},
            seconds=0.05,
            least_seconds=0.02,
        ),
        Algorithm(
            XGBOOST,
            fit_xgboost,
            ("categories", "target means"),
            (
                {"learning_rate": 0.08, "max_depth": 6, "min_child_weight": 4.0, "subsample": 0.8,
                 "colsample_bytree": 0.7, "lambda": 1.0, "max_cat_to_onehot": 4},
                {"learning_rate": 0.05, "max_depth": 4, "min_child_weight": 8.0, "subsample": 0.7,
                 "colsample_bytree": 0.5, "lambda": 3.0, "max_cat_to_onehot": 4},
                {"learning_rate": 0.05, "max_depth": 9, "min_child_weight": 2.0, "subsample": 0.8,
                 "colsample_bytree": 0.5, "lambda": 3.0, "max_cat_to_onehot": 4},
                {"learning_rate": 0.1, "max_depth": 2, "min_child_weight": 4.0, "subsample": 0.8,
                 "colsample_bytree": 0.7, "lambda": 1.0, "max_cat_to_onehot": 16},
            ),
            {
                "learning_rate": Range(0.03, 0.15, logarithmic=True),
                "max_depth": Range(2, 11, whole=True),
                "min_child_weight": Range(0.5, 40, logarithmic=True),
                "subsample": Range(0.5, 1.0),
                "colsample_bytree": Range(0.3, 1.0),
                "lambda": Range(0.1, 30, logarithmic=True),
                "max_cat_to_onehot": Range(1, 20, logarithmic=True, whole=True),
            },
            seconds=0.35,
            least_seconds=0.1,
        ),
        Algorithm(
            HISTOGRAM,
            fit_histogram_boosting,
            ("categories",),
            (
                {"learning_rate": 0.08, "leaves": 20, "leaf_rows": 20, "l2": 1.0,
                 "features_share": 0.7},
                {"learning_rate": 0.08, "leaves": 8, "leaf_rows": 30, "l2": 3.0,
                 "features_share": 0.6},
            ),
            {
                "learning_rate": Range(0.04, 0.15, logarithmic=True),
                "leaves": Range(4, 80, logarithmic=True, whole=True),
                "leaf_rows": Range(5, 80, logarithmic=True, whole=True),
                "l2": Range(0.01, 30, logarithmic=True),
                "features_share": Range(0.3, 1.0),
            },
            seconds=0.7,
            least_seconds=0.15,
        ),
        Algorithm(
            EXTRA,
            fit_extra_trees,
            ("target means", "scaled"),
            ({"trees": 100, "leaf_rows": 2, "features_share": 0.5},),
            FOREST,
            seconds=0.8,
            least_seconds=0.3,
        ),
        Algorithm(
            FOREST_NAME,
            fit_random_forest,
            ("target means", "scaled"),
            ({"trees": 100, "leaf_rows": 3, "features_share": 0.3},),
            FOREST,
            seconds=1.0,
            least_seconds=0.3,
        ),
        Algorithm(
            NEIGHBOURS,
            fit_neighbours,
            ("scaled", "ranked"),
            ({"neighbours": 30}, {"neighbours": 8}),
            {"neighbours": Range(3, 100, logarithmic=True, whole=True)},
            seconds=0.5,
            needs_no_weights=True,
        ),
        Algorithm(
            PERCEPTRON,
            fit_perceptron,
            ("ranked", "scaled"),
            ({"width": 64, "penalty": 0.003, "learning_rate": 0.002, "epochs": 15},),
            {
                "width": Range(32, 128, logarithmic=True, whole=True),
                "penalty": Range(1e-5, 1.0, logarithmic=True),
                "learning_rate": Range(5e-4, 5e-3, logarithmic=True),
                "epochs": Range(8, 40, logarithmic=True, whole=True),
            },
            seconds=0.6,
            least_seconds=0.1,
        ),
    )
}  # fmt: skip
"""By name, in the order in which they are first tried: a valid model comes at once."""

MULTIPLIES = (LINEAR, NEIGHBOURS, PERCEPTRON)
"""What predicts by products of matrices."""


@cache
def why_not(name: str) -> str | None:
    """Why an algorithm cannot be used on this machine; None where it can."""
    if name != XGBOOST:
        return None
    try:
        import xgboost  # noqa: F401
    except Exception as error:  # on macOS without OpenMP it is an XGBoostError
        return f"XGBoost cannot be loaded: {str(error).splitlines()[0]}"
    return None
