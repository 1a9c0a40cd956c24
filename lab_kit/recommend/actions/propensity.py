"""A chance between 0 and 1 from features: logistic regression whose chances can be believed."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

STRENGTHS = (0.003, 0.03, 0.3)
"""Of the fit against the penalty; the best is chosen on what was held out."""
FOLDS = 5


def fit_propensity(features: np.ndarray, taken: np.ndarray, seed: int) -> np.ndarray:
    """Weights of features of mean 0 and standard deviation 1, and the intercept.

    The penalty is chosen, and the log-odds are stretched or squeezed (Platt, Probabilistic outputs
    for support vector machines, 1999), by what is foretold of five parts that were held out in
    turn. Both are linear, so that one row of weights remains.

    Args:
        features: (n, features).
        taken: (n,) bool. With fewer than five of a kind, or where features foretell nothing, all
            that is told is the share, one of either kind added.
        seed: Draws the parts.

    Returns:
        (features + 1,) float64; the intercept is the last.
    """
    share = np.log((taken.sum() + 1) / ((~taken).sum() + 1))
    nothing = np.append(np.zeros(features.shape[1]), share)
    if min(taken.sum(), (~taken).sum()) < FOLDS:
        return nothing
    parts = list(StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(features, taken))
    best_loss, best, strength = np.inf, np.zeros(len(taken)), STRENGTHS[0]
    for candidate in STRENGTHS:
        odds = np.empty(len(taken))
        for known, held_out in parts:
            model = _regression(candidate).fit(features[known], taken[known])
            odds[held_out] = model.decision_function(features[held_out])
        loss = float(np.logaddexp(0, np.where(taken, -odds, odds)).mean())
        if loss < best_loss:
            best_loss, best, strength = loss, odds, candidate
    scale = _regression(100.0).fit(best[:, None], taken)
    slope = float(scale.coef_[0, 0])
    if slope <= 0:  # what was foretold is no better than the share
        return nothing
    model = _regression(strength).fit(features, taken)
    intercept = slope * float(model.intercept_[0]) + float(scale.intercept_[0])
    return np.append(slope * model.coef_[0], intercept)


def _regression(strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, solver="newton-cholesky")


def chances(features: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(n, rows of weights) float64 in 0..1."""
    odds = features @ weights[:, :-1].T + weights[:, -1]
    return np.exp(-np.logaddexp(0, -odds))
