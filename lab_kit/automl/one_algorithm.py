"""One algorithm with settings of the user's, instead of a search."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from lab_kit.automl.algorithms import ALGORITHMS, LINEAR, PERCEPTRON, XGBOOST, Settings, why_not
from lab_kit.automl.data_reports import make_report
from lab_kit.automl.fitted import Fitted, Member
from lab_kit.automl.fitting import fitted_model, make_bench
from lab_kit.automl.folds import number_of_folds
from lab_kit.automl.metrics import accuracy, decide, mse
from lab_kit.automl.pipeline import Candidate, fit_pipeline
from lab_kit.automl.power import find_power
from lab_kit.automl.problem import Problem
from lab_kit.automl.scores import Scores
from lab_kit.automl.training import make_training
from lab_kit.automl.transformers import Chosen, read_steps
from lab_kit.automl.trials import Clock, Trial, workers
from lab_kit.errors import LabKitError

RANGES: dict[str, tuple[float, float]] = {
    "num_round": (1, 1_000_000),
    "num_class": (2, 100),
    "max_depth": (0, 10),
    "min_child_weight": (0, 120),
    "subsample": (0.5, 1),
    "gamma": (0, 5),
    "alpha": (0, 1000),
    "lambda": (0, 1000),
    "eta": (0.1, 0.5),
    "colsample_bylevel": (0.1, 1),
    "colsample_bynode": (0.1, 1),
    "colsample_bytree": (0.5, 1),
    "max_delta_step": (0, 10),
}
"""Of XGBoost's hyperparameters, as Amazon Redshift ML documents them."""
WHOLE = ("num_round", "num_class", "max_depth", "max_delta_step")
ROUNDS = 100
OBJECTIVES: dict[str, Problem] = {
    "reg:squarederror": "regression",
    "reg:squaredlogerror": "regression",
    "reg:logistic": "regression",
    "reg:pseudohubererror": "regression",
    "reg:tweedie": "regression",
    "rank:pairwise": "regression",
    "rank:ndcg": "regression",
    "binary:logistic": "binary",
    "binary:hinge": "binary",
    "multi:softmax": "multiclass",
    "multi:softprob": "multiclass",
}
"""XGBoost's, and the problem each is for."""


def single(
    frame: Any,
    target: str,
    algorithm: str = XGBOOST,
    hyperparameters: Mapping[str, Any] | None = None,
    *,
    objective: str | None = None,
    preprocessors: Sequence[Mapping[str, Any]] | None = None,
    problem: Problem | None = None,
    weights: str | Sequence[float] | np.ndarray | None = None,
    max_cells: int | None = None,
    seed: int = 0,
    progress: Callable[[float, str], None] | None = None,
) -> Fitted:
    """Fit one algorithm as told; it is cross-validated as well, so that it has honest figures.

    Args:
        frame: A pandas DataFrame or an Arrow table.
        target: The column to be predicted.
        algorithm: "xgboost", "linear" or "mlp".
        hyperparameters: XGBoost's own by name, numbers or texts, within the ranges of `RANGES`; of
            the others those of `ALGORITHMS`.
        objective: One of `OBJECTIVES` for XGBoost, which says the problem; else a measure.
        preprocessors: `[{"ColumnSet": ["a"], "Transformers": ["StandardScaler"]}]`; None: for
            XGBoost columns as they are, for the others what a search would begin with.
        problem: Where no objective says it; None: inferred.
        weights: A column, or a number for each row, how much it counts.
        max_cells: Rows are drawn where rows x columns are more.
        seed: Of folds and algorithm.
        progress: Told the share done and what is done.

    Raises:
        LabKitError: If an argument is unknown or out of its range, or nothing could be learnt.
    """
    clock = Clock(None)
    tell = progress or (lambda share, what: None)
    if algorithm not in (XGBOOST, LINEAR, PERCEPTRON) or why_not(algorithm):
        raise LabKitError(
            f"{algorithm!r} cannot be fitted alone",
            where=why_not(algorithm) if algorithm == XGBOOST else "algorithm",
            next_step=f"take one of {XGBOOST}, {LINEAR}, {PERCEPTRON}",
        )
    measure = objective
    settings = dict(ALGORITHMS[algorithm].portfolio[0])
    rounds = None
    if algorithm == XGBOOST:
        settings = _xgboost_settings(hyperparameters or {})
        rounds = int(settings.pop("num_round", ROUNDS))
        if objective is not None:
            problem, measure = _problem(objective), None
            settings["objective"] = objective.replace("multi:softmax", "multi:softprob")
    else:
        settings.update(_known(algorithm, hyperparameters or {}, settings))
    training = make_training(
        frame, target, problem=problem, objective=measure, weights=weights,
        max_cells=max_cells, seed=seed,
    )  # fmt: skip
    settings = _with_classes(settings, training.classes)
    chosen = preprocessors is not None
    kind = Chosen.name if chosen else ALGORITHMS[algorithm].preprocessings[0]
    steps = read_steps(preprocessors)
    candidate = Candidate(algorithm, kind, settings, steps, raw=algorithm == XGBOOST)
    folds = number_of_folds(len(training.rows))
    bench = make_bench(training, folds, seed, clock)
    trial = Trial(candidate, 1, rounds=rounds)
    with workers() as pool:
        wanted = [(trial, fold) for fold in range(folds)]
        bench.run(wanted, pool, lambda _: tell(0.8 * len(trial.losses) / folds, "cross-validating"))
        if trial.why:
            raise LabKitError(
                f"{algorithm} could not be fitted: {trial.why}",
                where=f"target {target}",
                next_step="change the hyperparameters or the objective",
            )
        tell(0.8, "fitting all rows")
        pipeline = fit_pipeline(
            candidate, training.rows, bench.features, training.classes, seed, rounds=rounds
        )
        report = make_report(training, find_power(training, seed))
    model = fitted_model(
        training, Scores(bench, training.objective), [trial], 1, [(trial, 1.0)],
        (Member(trial.name, pipeline, 1.0),),
    )  # fmt: skip
    model.data_report = report
    said = pipeline.predict(training.rows.matrix)
    model.metric |= _train_error(training.rows.target, said, training.classes)
    tell(1.0, "done")
    return model


def _train_error(target: np.ndarray, said: np.ndarray, classes: int) -> dict[str, float]:
    """On the rows learnt from, as XGBoost prints it: share of errors, or the root of the MSE."""
    if not classes:
        return {"train:rmse": mse(target, said) ** 0.5}
    name = "train:error" if classes == 2 else "train:merror"
    return {name: 1 - accuracy(target, decide(said))}


def _problem(objective: str) -> Problem:
    if objective not in OBJECTIVES:
        raise LabKitError(
            f"XGBoost has no objective {objective!r} here",
            where="objective",
            next_step=f"take one of {', '.join(OBJECTIVES)}",
        )
    return OBJECTIVES[objective]


def _xgboost_settings(given: Mapping[str, Any]) -> Settings:
    settings: Settings = {}
    for name, value in given.items():
        key = name.lower()
        if key == "tree_method":
            settings[key] = str(value)
            continue
        if key not in RANGES:
            raise LabKitError(
                f"XGBoost has no hyperparameter {name!r} here",
                where="hyperparameters",
                next_step=f"take some of {', '.join([*RANGES, 'tree_method'])}",
            )
        low, high = RANGES[key]
        number = _number(name, value)
        if not low <= number <= high or (key in WHOLE and number != int(number)):
            raise LabKitError(
                f"{name} is {'a whole number ' if key in WHOLE else ''}between {low:g} and "
                f"{high:g}, not {value}",
                where="hyperparameters",
                next_step="change it",
            )
        settings[key] = int(number) if key in WHOLE else number
    return settings


def _known(algorithm: str, given: Mapping[str, Any], settings: Settings) -> Settings:
    unknown = [name for name in given if name not in settings]
    if unknown:
        raise LabKitError(
            f"{algorithm} has no hyperparameter {unknown[0]!r}",
            where="hyperparameters",
            next_step=f"take some of {', '.join(settings)}",
        )
    return {name: _number(name, value) for name, value in given.items()}


def _number(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise LabKitError(
            f"{name} is a number, not {value!r}", where="hyperparameters", next_step="change it"
        ) from None


def _with_classes(settings: Settings, classes: int) -> Settings:
    """Without num_class where it only repeats what the target says.

    Raises:
        LabKitError: If it says something else.
    """
    said = settings.pop("num_class", None)
    if said is not None and classes > 2 and said != classes:
        raise LabKitError(
            f"num_class is {said}, but the target has {classes} classes",
            where="hyperparameters",
            next_step=f"write {classes}",
        )
    return settings
