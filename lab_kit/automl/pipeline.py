"""A candidate (preprocessing, algorithm, settings), and what becomes of it on training rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lab_kit.automl.algorithms import ALGORITHMS, Task
from lab_kit.automl.estimators import Estimator
from lab_kit.automl.preprocessing import Categories, Preprocessing, Ranked, Scaled, TargetMeans
from lab_kit.automl.reader import Feature
from lab_kit.automl.transformers import Chosen, Step


@dataclass(frozen=True)
class Candidate:
    """One combination a search tries."""

    algorithm: str
    preprocessing: str
    settings: dict[str, Any] = field(default_factory=dict, hash=False)
    steps: tuple[Step, ...] = ()
    """Of the preprocessing "chosen"."""
    raw: bool = False
    """Whether a number to be predicted is learnt as it is, not with mean 0 and variance 1."""

    def __str__(self) -> str:
        return f"{self.algorithm} on {self.preprocessing}" + (
            f" ({self.said})" if self.said else ""
        )

    @property
    def said(self) -> str:
        """The settings in words."""
        return ", ".join(
            f"{name} {value:g}" if isinstance(value, int | float) else f"{name} {value}"
            for name, value in self.settings.items()
        )


@dataclass(frozen=True)
class Rows:
    """Rows to learn from or to be measured on."""

    matrix: np.ndarray
    """(rows, features)"""
    target: np.ndarray
    """(rows,): numbers, or places of classes as float64."""
    weights: np.ndarray | None = None

    def take(self, chosen: np.ndarray) -> Rows:
        """Some of the rows."""
        weights = None if self.weights is None else self.weights[chosen]
        return Rows(self.matrix[chosen], self.target[chosen], weights)

    def __len__(self) -> int:
        return len(self.target)


@dataclass(frozen=True)
class Pipeline:
    """A fitted candidate: from a feature matrix to numbers or class probabilities."""

    candidate: Candidate
    preprocessing: Preprocessing
    estimator: Estimator
    classes: int
    """0: a regression."""
    shift: float = 0.0
    scale: float = 1.0
    """Of a regression: the target is learnt with mean 0 and variance 1."""
    rounds: int | None = None
    """Trees, where their number was found on the way."""

    def predict(self, matrix: np.ndarray) -> np.ndarray:
        """(rows,) numbers, or (rows, classes) probabilities."""
        found = self.estimator.predict(self.preprocessing.transform(matrix))
        return found if self.classes else found * self.scale + self.shift


def make_preprocessing(
    candidate: Candidate, features: tuple[Feature, ...], classes: int
) -> Preprocessing:
    """The candidate's preprocessing, which has learnt nothing yet."""
    if candidate.preprocessing == TargetMeans.name:
        return TargetMeans(features, classes)
    if candidate.preprocessing == Chosen.name:
        return Chosen(features, candidate.steps)
    kinds = {kind.name: kind for kind in (Categories, Scaled, Ranked)}
    return kinds[candidate.preprocessing](features)


def fit_pipeline(
    candidate: Candidate,
    rows: Rows,
    features: tuple[Feature, ...],
    classes: int,
    seed: int,
    *,
    valid: Rows | None = None,
    rounds: int | None = None,
) -> Pipeline:
    """Fit a candidate on rows.

    Args:
        candidate: What to fit.
        rows: What to learn from.
        features: What the columns of the matrix are.
        classes: How many; 0: a regression.
        seed: Of everything that is drawn.
        valid: Rows by which the number of trees is found; nothing else is learnt from them.
        rounds: The number of trees, where it is known.
    """
    shift, scale = 0.0, 1.0
    target = rows.target
    if not classes and not candidate.raw:
        shift = float(np.average(target, weights=rows.weights))
        scale = float(target.std()) or 1.0
        target = (target - shift) / scale
    preprocessing = make_preprocessing(candidate, features, classes)
    matrix = preprocessing.fit_transform(rows.matrix, target, seed)
    codes = (
        preprocessing.categorical
        if isinstance(preprocessing, Categories)
        else np.zeros(matrix.shape[1], dtype=bool)
    )
    stop_by = None
    if valid is not None:
        seen = preprocessing.transform(valid.matrix)
        stop_by = (seen, (valid.target - shift) / scale, valid.weights)
    task = Task(matrix, target, rows.weights, classes, codes, seed, stop_by, rounds)
    estimator, found = ALGORITHMS[candidate.algorithm].fit(task, candidate.settings)
    return Pipeline(candidate, preprocessing, estimator, classes, shift, scale, found)
