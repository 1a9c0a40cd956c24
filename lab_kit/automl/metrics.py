"""How good predictions are: the objectives, and the loss that guides a search."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lab_kit.automl.problem import Objective

LOWER_IS_BETTER = ("MSE", "log loss")
LEAST_SHARE = 1e-7
"""Probabilities are cut off here, so that no single row decides a log loss."""

Weights = np.ndarray | None
Measure = Callable[[np.ndarray, np.ndarray, Weights], float]


def mse(target: np.ndarray, predicted: np.ndarray, weights: Weights = None) -> float:
    """Mean squared error."""
    return float(np.average((target - predicted) ** 2, weights=weights))


def r2(target: np.ndarray, predicted: np.ndarray, weights: Weights = None) -> float:
    """Share of the variance explained: 1 is all of it, 0 no better than the mean."""
    mean = np.average(target, weights=weights)
    return 1 - mse(target, predicted, weights) / mse(target, np.full(len(target), mean), weights)


def log_loss(target: np.ndarray, shares: np.ndarray, weights: Weights = None) -> float:
    """Mean of -log of the probability given to the class that came; (rows, classes)."""
    given = np.clip(shares[np.arange(len(target)), target.astype(np.int64)], LEAST_SHARE, None)
    return float(np.average(-np.log(given), weights=weights))


def auc(target: np.ndarray, scores: np.ndarray, weights: Weights = None) -> float:
    """Area under the ROC curve: how often a row of class 1 stands above one of class 0; ties half.

    NaN where one of the classes is missing.
    """
    weights = np.ones(len(target)) if weights is None else weights
    _, place = np.unique(scores, return_inverse=True)
    positive = np.bincount(place, weights=weights * (target == 1))
    negative = np.bincount(place, weights=weights * (target == 0))
    pairs = positive.sum() * negative.sum()
    if pairs == 0:
        return float("nan")
    below = np.cumsum(negative) - negative
    return float((positive * (below + negative / 2)).sum() / pairs)


def accuracy(target: np.ndarray, codes: np.ndarray, weights: Weights = None) -> float:
    """Share of rows with the right class."""
    return float(np.average(target == codes, weights=weights))


def f1(target: np.ndarray, codes: np.ndarray, weights: Weights = None, of: int = 1) -> float:
    """2 x right / (predicted + there) of one class; 0 where it is neither."""
    weights = np.ones(len(target)) if weights is None else weights
    right = weights[(target == of) & (codes == of)].sum()
    both = weights[target == of].sum() + weights[codes == of].sum()
    return float(2 * right / both) if both else 0.0


def f1_macro(target: np.ndarray, codes: np.ndarray, weights: Weights = None) -> float:
    """Mean F1 of the classes that are there or are predicted."""
    found = np.union1d(target, codes).astype(np.int64)
    return float(np.mean([f1(target, codes, weights, of=int(code)) for code in found]))


def measure(
    objective: Objective,
    target: np.ndarray,
    predicted: np.ndarray,
    weights: Weights = None,
    threshold: float = 0.5,
) -> float:
    """An objective of predictions.

    Args:
        objective: What to measure.
        target: (rows,) numbers, or places of classes.
        predicted: (rows,) numbers, or (rows, classes) probabilities.
        weights: (rows,), or None: all the same.
        threshold: Of two classes: probability from which the second is predicted.
    """
    if objective == "MSE":
        return mse(target, predicted, weights)
    if objective == "AUC":
        return auc(target, predicted[:, 1], weights)
    codes = decide(predicted, threshold)
    by_class: dict[str, Measure] = {"Accuracy": accuracy, "F1": f1, "F1Macro": f1_macro}
    return by_class[objective](target, codes, weights)


def decide(shares: np.ndarray, threshold: float = 0.5) -> np.ndarray:
    """(rows,) places of the classes predicted from (rows, classes) probabilities."""
    if shares.shape[1] == 2:
        return (shares[:, 1] >= threshold).astype(np.int64)
    return shares.argmax(axis=1)


def guide(objective: Objective, classes: int) -> Callable[..., float]:
    """The loss a search and an ensemble go by, lower is better.

    AUC and MSE are their own guides. Accuracy and F1 jump with single rows: there the log loss
    says more about which candidate is better.
    """
    if not classes:
        return mse
    if objective == "AUC":
        return lambda target, shares, weights=None: 1 - auc(target, shares[:, 1], weights)
    return log_loss


def find_threshold(
    objective: Objective, target: np.ndarray, shares: np.ndarray, weights: Weights = None
) -> float:
    """The probability from which the second of two classes is predicted.

    For F1 and F1Macro, the best of 99 quantiles of out-of-fold probabilities (Lipton et al.,
    Optimal thresholding of classifiers to maximize F1 measure, ECML 2014); this is how classes of
    unequal size are met, rather than by weights that would spoil the probabilities. Else a half.
    """
    if objective not in ("F1", "F1Macro") or shares.shape[1] != 2:
        return 0.5
    marks = np.unique(np.quantile(shares[:, 1], np.linspace(0.01, 0.99, 99)))
    found = [measure(objective, target, shares, weights, float(mark)) for mark in marks]
    return float(marks[int(np.argmax(found))])
