"""Trials: candidates fitted fold by fold, side by side, the same however many cores there are."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from threadpoolctl import threadpool_limits

from lab_kit.automl.algorithms import BASELINE
from lab_kit.automl.estimators import cores
from lab_kit.automl.pipeline import Candidate, Pipeline, Rows, fit_pipeline
from lab_kit.automl.reader import Feature

SEARCHING = 0.85
"""Share of the time for trials; the rest is for fitting the chosen ones on all rows."""


class Clock:
    """Seconds left; the only thing it may do is end a search early."""

    def __init__(self, seconds: float | None) -> None:
        self._begun = time.perf_counter()
        self._seconds = seconds

    @property
    def elapsed(self) -> float:
        """Seconds since it began."""
        return time.perf_counter() - self._begun

    def past(self, share: float = 1.0) -> bool:
        """Whether that share of the time is over."""
        return self._seconds is not None and self.elapsed > share * self._seconds


@dataclass(eq=False)
class Trial:
    """A candidate and what is known of it."""

    candidate: Candidate
    number: int
    losses: list[float] = field(default_factory=list)
    """Of each fold it has been fitted on, in their order; lower is better."""
    predictions: dict[int, np.ndarray] = field(default_factory=dict)
    """Of the rows held out, by fold."""
    fit_seconds: list[float] = field(default_factory=list)
    predict_seconds: list[float] = field(default_factory=list)
    kib: float = float("nan")
    """Size in memory of the model of the first fold."""
    rounds: int | None = None
    first: Pipeline | None = None
    """As fitted on the first fold's training rows."""
    why: str = ""
    """Why it has no figures, or was not followed to the last fold."""

    @property
    def name(self) -> str:
        """As the leaderboard shows it."""
        return f"{self.candidate.algorithm} {self.number}"

    @property
    def loss(self) -> float:
        """Mean over the folds so far."""
        return float(np.mean(self.losses)) if self.losses else float("inf")


@dataclass(frozen=True)
class Bench:
    """Where trials are made: rows, folds, and the loss that compares them."""

    rows: Rows
    fold: np.ndarray
    """(rows,): in which fold a row is held out."""
    folds: int
    features: tuple[Feature, ...]
    classes: int
    loss: Callable[..., float]
    seed: int
    clock: Clock

    def run(
        self,
        wanted: Sequence[tuple[Trial, int]],
        pool: ThreadPoolExecutor,
        after: Callable[[Trial], None],
    ) -> None:
        """Fit trials on folds, whatever their order in time, and write down what came of them.

        Where the clock has run out, what has not begun is left out, but for the baseline: there is
        always a model. `after` is called with each
        trial that has new figures.
        """
        for (trial, fold), found in zip(
            wanted, pool.map(lambda pair: self._one(*pair), wanted), strict=True
        ):
            if isinstance(found, str):
                trial.why = trial.why or found
            if found is None or isinstance(found, str):
                continue
            trial.losses.append(found.loss)
            trial.predictions[fold] = found.predicted
            trial.fit_seconds.append(found.fit_seconds)
            trial.predict_seconds.append(found.predict_seconds)
            if fold == 0:
                trial.first, trial.rounds = found.pipeline, found.pipeline.rounds
                trial.kib = found.pipeline.estimator.kib
            after(trial)

    def _one(self, trial: Trial, fold: int) -> _Outcome | str | None:
        late = self.clock.past(SEARCHING) and trial.candidate.algorithm != BASELINE
        if late or trial.why:
            return None
        held_out = self.fold == fold
        train, valid = self.rows.take(~held_out), self.rows.take(held_out)
        begun = time.perf_counter()
        try:
            pipeline = fit_pipeline(
                trial.candidate, train, self.features, self.classes, self.seed,
                valid=valid if fold == 0 and trial.rounds is None else None, rounds=trial.rounds,
            )  # fmt: skip
            fitted = time.perf_counter()
            predicted = pipeline.predict(valid.matrix)
            loss = self.loss(valid.target, predicted, valid.weights)
        except Exception as error:  # one candidate that fails must not end the search
            return f"{type(error).__name__}: {str(error).splitlines()[0][:200]}"
        if not np.isfinite(predicted).all():
            return "it predicted what is no number"
        seconds = time.perf_counter() - fitted
        return _Outcome(pipeline, predicted, float(loss), fitted - begun, seconds)

    def out_of_fold(self, trial: Trial, folds: int) -> np.ndarray:
        """(n,) or (n, classes): predictions by models that have not seen the rows.

        Args:
            trial: Fitted on these folds, or more.
            folds: How many, the first ones; n rows are held out in them.
        """
        fold = self.fold[self.fold < folds]
        result = np.empty((len(fold), *trial.predictions[0].shape[1:]))
        for number in range(folds):
            result[fold == number] = trial.predictions[number]
        return result

    def refit(self, trial: Trial) -> Pipeline:
        """The candidate fitted on all rows, with a few more trees for the additional rows."""
        rounds = trial.rounds and round(trial.rounds * self.more_trees)
        return fit_pipeline(
            trial.candidate, self.rows, self.features, self.classes, self.seed, rounds=rounds
        )

    @property
    def more_trees(self) -> float:
        """How many times as many trees all rows are given as the training rows of a fold."""
        return (self.folds / (self.folds - 1)) ** 0.5


@dataclass(frozen=True)
class _Outcome:
    pipeline: Pipeline
    predicted: np.ndarray
    loss: float
    fit_seconds: float
    predict_seconds: float


@contextmanager
def workers() -> Iterator[ThreadPoolExecutor]:
    """As many threads as there are cores, each of which computes on one.

    Every fit is then done by one thread from beginning to end, and adds up its numbers in the same
    order on every machine.
    """
    one = lambda: threadpool_limits(1)  # noqa: E731 - OpenMP remembers it for each thread
    with (
        warnings.catch_warnings(),
        threadpool_limits(1),
        ThreadPoolExecutor(cores(), initializer=one) as pool,
    ):
        warnings.simplefilter("ignore")  # of libraries, and about data that the report speaks of
        yield pool
