"""What trials and their average score, fold by fold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lab_kit.automl import metrics
from lab_kit.automl.leaderboard import Leaderboard, Row
from lab_kit.automl.problem import OBJECTIVES, Objective, Problem
from lab_kit.automl.trials import Bench, Trial

AVERAGE = "average"


def guided_by(objective: Objective, classes: int) -> str:
    """Name of the loss that guides a search."""
    if not classes:
        return "MSE"
    return "1 - AUC" if objective == "AUC" else "log loss, which counts every probability"


class Scores:
    """Of trials on one bench, by one objective."""

    def __init__(self, bench: Bench, objective: Objective) -> None:
        self.bench = bench
        self.objective = objective
        self._known: dict[tuple[str, int], list[float]] = {}
        """By trial and number of folds: a watched search asks for all trials after each."""

    def leaderboard(
        self, trials: Sequence[Trial], parts: Sequence[tuple[Trial, float]] = ()
    ) -> Leaderboard:
        """All trials so far; with `parts`, what was chosen as well."""
        rows = [self._row(trial) for trial in trials]
        if len(parts) > 1:
            rows.append(self._average(parts))
        chosen = parts[0][0].name if len(parts) == 1 else AVERAGE
        if parts:
            for place, row in enumerate(rows):
                if row.candidate == chosen:
                    rows[place] = Row(**{**vars(row), "state": "chosen"})
        return Leaderboard(self.objective, tuple(rows))

    def held_out(self, parts: Sequence[tuple[Trial, float]]) -> dict[str, np.ndarray]:
        """Out-of-fold predictions of the average, on the folds that every part was fitted on."""
        rows, folds = self.bench.rows, _folds(parts)
        inside = self.bench.fold < folds
        predicted = sum(weight * self.bench.out_of_fold(trial, folds) for trial, weight in parts)
        found = {"target": rows.target[inside], "predicted": np.asarray(predicted)}
        if rows.weights is not None:
            found["weights"] = rows.weights[inside]
        return found

    def metrics(self, held_out: dict[str, np.ndarray], threshold: float) -> dict[str, float]:
        """Every objective of the problem, the chosen one first, and R2 or the log loss."""
        target, predicted = held_out["target"], held_out["predicted"]
        weights = held_out.get("weights")
        names: list[Objective] = [self.objective]
        names += [name for name in OBJECTIVES[self._problem] if name != self.objective]
        found = {
            str(name): metrics.measure(name, target, predicted, weights, threshold)
            for name in names
        }
        if self.bench.classes:
            return {**found, "log loss": metrics.log_loss(target, predicted, weights)}
        return {**found, "R2": metrics.r2(target, predicted, weights)}

    @property
    def _problem(self) -> Problem:
        classes = self.bench.classes
        return "regression" if not classes else "binary" if classes == 2 else "multiclass"

    def _row(self, trial: Trial) -> Row:
        candidate, folds = trial.candidate, len(trial.predictions)
        state = "complete" if folds == self.bench.folds else "stopped" if folds else "failed"
        if not trial.why and folds < self.bench.folds:
            state = "running"
        if (trial.name, folds) not in self._known:
            self._known[trial.name, folds] = self._by_fold(trial.predictions)
        found = self._known[trial.name, folds]
        held_out = sum(len(part) for part in trial.predictions.values())
        return Row(
            trial.name,
            candidate.algorithm,
            candidate.preprocessing,
            candidate.said,
            float(np.mean(found)) if found else float("nan"),
            float(np.std(found, ddof=1)) if len(found) > 1 else float("nan"),
            folds,
            float(np.mean(trial.fit_seconds)) if folds else 0.0,
            1000 * sum(trial.predict_seconds) / held_out if folds else 0.0,
            trial.kib,
            state,
            trial.why,
        )

    def _average(self, parts: Sequence[tuple[Trial, float]]) -> Row:
        folds = _folds(parts)
        predictions = {
            fold: np.sum([weight * trial.predictions[fold] for trial, weight in parts], axis=0)
            for fold in range(folds)
        }
        found = self._by_fold(predictions)
        rows = [self._row(trial) for trial, _ in parts]
        whole = self.held_out(parts)
        loss = self.bench.loss(whole["target"], whole["predicted"], whole.get("weights"))
        return Row(
            AVERAGE,
            AVERAGE,
            "each its own",
            ", ".join(f"{weight:.2f} {trial.name}" for trial, weight in parts),
            float(np.mean(found)),
            float(np.std(found, ddof=1)) if folds > 1 else float("nan"),
            folds,
            sum(row.fit_seconds for row in rows),
            sum(row.predict_seconds for row in rows),
            sum(row.kib for row in rows),
            "complete",
            f"weights found by {guided_by(self.objective, self.bench.classes)}, out of fold: "
            f"{loss:.4g}, the best single candidate "
            f"{min(np.mean(trial.losses[:folds]) for trial, _ in parts):.4g}",
        )

    def _by_fold(self, predictions: dict[int, np.ndarray]) -> list[float]:
        """The objective in each fold; two classes are told apart at the threshold of all folds."""
        if not predictions:
            return []
        rows, fold = self.bench.rows, self.bench.fold
        threshold = 0.5
        if self.bench.classes == 2:
            order = sorted(predictions)
            target = np.concatenate([rows.target[fold == number] for number in order])
            predicted = np.concatenate([predictions[number] for number in order])
            threshold = metrics.find_threshold(self.objective, target, predicted)
        found = []
        for number in sorted(predictions):
            inside = fold == number
            weights = None if rows.weights is None else rows.weights[inside]
            found.append(
                metrics.measure(
                    self.objective, rows.target[inside], predictions[number], weights, threshold
                )
            )
        return found


def _folds(parts: Sequence[tuple[Trial, float]]) -> int:
    """How many folds, the first ones, every part was fitted on."""
    return min(len(trial.predictions) for trial, _ in parts)
