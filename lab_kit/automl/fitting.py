"""Find the best model of a table within a number of trials."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from lab_kit.automl.data_reports import make_report
from lab_kit.automl.explanations import BACKGROUND, permutation_importance
from lab_kit.automl.fitted import Fitted, Member
from lab_kit.automl.folds import make_folds
from lab_kit.automl.leaderboard import Leaderboard
from lab_kit.automl.metrics import find_threshold, guide
from lab_kit.automl.planning import choose_algorithms, find_budget
from lab_kit.automl.power import find_power
from lab_kit.automl.problem import Problem
from lab_kit.automl.scores import Scores
from lab_kit.automl.search import OUT_OF_TIME, Search
from lab_kit.automl.training import Training, make_training
from lab_kit.automl.trials import SEARCHING, Bench, Clock, Trial, workers

ROWS_SHUFFLED = 500
"""Held-out rows on which columns are shuffled."""

Progress = Callable[[float, str], None]
Watch = Callable[[Leaderboard], None]


def fit(
    frame: Any,
    target: str,
    *,
    problem: Problem | None = None,
    objective: str | None = None,
    algorithms: Sequence[str] | None = None,
    trials: int | None = None,
    max_seconds: float | None = None,
    max_cells: int | None = None,
    weights: str | Sequence[float] | np.ndarray | None = None,
    ensemble: bool = True,
    seed: int = 0,
    progress: Progress | None = None,
    watch: Watch | None = None,
) -> Fitted:
    """Find preprocessing, algorithm and settings, and fit them on all rows.

    The same table, seed and number of trials give the same model. Where seconds are given, they
    become a number of trials beforehand; the clock can only end the search early, and the model
    then says so in `aborted`.

    Args:
        frame: A pandas DataFrame or an Arrow table, one row an example.
        target: The column to be predicted.
        problem: "regression", "binary" or "multiclass"; None: inferred from the target.
        objective: "MSE"; "F1", "AUC", "Accuracy" or "F1Macro"; None: that of the problem.
        algorithms: Names of `ALGORITHMS`; None: all. The baseline is always among them.
        trials: How many candidates are tried on the first fold; None: as many as fit the seconds.
        max_seconds: How long it may take; None: about 15 seconds on two cores, without a clock.
        max_cells: Rows are drawn where rows x columns are more.
        weights: A column, or a number for each row, how much it counts.
        ensemble: Whether the best candidates are averaged; otherwise the best one is taken.
        seed: Of folds, draws and algorithms.
        progress: Told the share done and what is done; None: nobody is told.
        watch: Given the leaderboard after every trial.

    Raises:
        LabKitError: If there is nothing that could be learnt; it says why.
    """
    clock = Clock(max_seconds)
    training = make_training(
        frame, target, problem=problem, objective=objective, weights=weights,
        max_cells=max_cells, seed=seed,
    )  # fmt: skip
    chosen, _ = choose_algorithms(algorithms, weighted=weights is not None)
    budget = find_budget(training, chosen, trials, max_seconds)
    bench = make_bench(training, budget.folds, seed, clock)
    scores = Scores(bench, training.objective)
    tell = progress or (lambda share, what: None)

    def after(made: list[Trial], trial: Trial) -> None:
        if watch is not None:
            watch(scores.leaderboard(made))

    search = Search(bench, chosen, budget, after, lambda share, what: tell(0.9 * share, what))
    with workers() as pool:
        tell(0.0, "looking at each column")
        report = make_report(training, find_power(training, seed))
        search.run(pool)
        parts = search.weights()
        if not ensemble:
            parts = [(search.single(), 1.0)]
        tell(0.9, "fitting the chosen candidates on all rows")
        members = _refitted(bench, parts, clock, pool)
        explanations = _explained(bench, search.best(), pool)
    if watch is not None:
        watch(scores.leaderboard(search.trials, parts))
    tell(1.0, "done")
    model = fitted_model(training, scores, search.trials, budget.trials, parts, members)
    model.data_report, model.explanations = report, explanations
    model.candidates = {t.name: t.first for t in search.best() if t.first}
    return model


def make_bench(training: Training, folds: int, seed: int, clock: Clock) -> Bench:
    """Where trials of this table are made."""
    rows, classes = training.rows, training.classes
    return Bench(
        rows,
        make_folds(rows.target, classes, folds, seed),
        folds,
        training.reader.features,
        classes,
        guide(training.objective, classes),
        seed,
        clock,
    )


def _refitted(
    bench: Bench, parts: list[tuple[Trial, float]], clock: Clock, pool: ThreadPoolExecutor
) -> tuple[Member, ...]:
    """Fitted on all rows; where the time is over, as they were fitted on the first fold."""

    def one(trial: Trial) -> Any:
        return trial.first if clock.past() and trial.first else bench.refit(trial)

    # The dearest first, so that no core waits long for the other.
    order = sorted(parts, key=lambda part: -sum(part[0].fit_seconds))
    found = dict(zip((id(t) for t, _ in order), pool.map(one, (t for t, _ in order)), strict=True))
    return tuple(Member(trial.name, found[id(trial)], weight) for trial, weight in parts)


def _explained(
    bench: Bench, best: list[Trial], pool: ThreadPoolExecutor
) -> dict[str, dict[str, float]]:
    """Permutation importance on rows of the first fold, which these models have not seen."""
    held_out = np.flatnonzero(bench.fold == 0)[:ROWS_SHUFFLED]
    rows = bench.rows.take(held_out)

    def one(trial: Trial) -> dict[str, float]:
        if trial.first is None or bench.clock.past():
            return {}
        return permutation_importance(trial.first, rows, bench.features, bench.loss, bench.seed)

    return dict(zip((trial.name for trial in best), pool.map(one, best), strict=True))


def fitted_model(
    training: Training,
    scores: Scores,
    trials: list[Trial],
    planned: int,
    parts: list[tuple[Trial, float]],
    members: tuple[Member, ...],
) -> Fitted:
    """The model of what was chosen, with the figures of its trials."""
    bench = scores.bench
    held_out = scores.held_out(parts)
    threshold = 0.5
    if training.classes == 2:
        threshold = find_threshold(
            training.objective, held_out["target"], held_out["predicted"], held_out.get("weights")
        )
    made = sum(bool(trial.losses) for trial in trials)
    aborted = made < planned and bench.clock.past(SEARCHING)
    aborted = aborted or any(trial.why == OUT_OF_TIME for trial in trials)
    stopped = (
        f"the time was over after {made} of {planned} trials"
        if aborted
        else f"all {made} trials were made"
    )
    return Fitted(
        training.target,
        training.objective,
        training.reader,
        members,
        threshold,
        scores.leaderboard(trials, parts),
        scores.metrics(held_out, threshold),
        made,
        bench.seed,
        bench.clock.elapsed,
        aborted,
        stopped,
        held_out,
        _background(training, bench.seed),
    )


def _background(training: Training, seed: int) -> np.ndarray:
    drawn = np.random.default_rng(seed).permutation(len(training.rows))[:BACKGROUND]
    return training.rows.matrix[drawn]
