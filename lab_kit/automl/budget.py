"""How many trials a search may make: settled before it begins, from the size of the table.

A search under a clock gives another model on another day. Here seconds become a number of trials
by a rule that knows rows, features and classes, and no clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lab_kit.automl.algorithms import ALGORITHMS, BASELINE, HISTOGRAM, XGBOOST
from lab_kit.automl.ensemble import MOST_MEMBERS

CORES = 2
"""What predictions of time are made for."""
DEFAULT_SECONDS = 15.0
MOST_TRIALS = 100
DEFAULT_TRIALS = 40
MARGIN = 0.6
"""Share of the seconds given that a search is planned to take; machines differ."""


@dataclass(frozen=True)
class Budget:
    """What a search is allowed."""

    trials: int
    """Candidates fitted on the first fold."""
    followed: int
    """How many of them are followed to the last fold, besides the best of each algorithm."""
    folds: int
    predicted_seconds: float
    """With two cores of 2024; an estimate."""


def fit_seconds(algorithm: str, rows: int, features: int, classes: int) -> float:
    """About how long one fit takes on one core; trees and gradients grow with rows x features."""
    known = ALGORITHMS[algorithm]
    trees_a_round = max(classes, 3) / 2 if classes > 2 and algorithm in (XGBOOST, HISTOGRAM) else 1
    width = 0.3 + 0.7 * features / 20
    return known.least_seconds + known.seconds * rows / 10_000 * width * trees_a_round


def make_budget(
    algorithms: Sequence[str],
    rows: int,
    features: int,
    classes: int,
    folds: int,
    *,
    trials: int | None = None,
    seconds: float | None = None,
) -> Budget:
    """The number of trials, and about how long they take.

    Args:
        algorithms: Those in the search.
        rows: Of training.
        features: Of the matrix.
        classes: How many; 0: a regression.
        folds: Of the cross-validation.
        trials: The number wanted; None: as many as fit into the seconds.
        seconds: What the search may take; None: 15 and at most 40 trials.
    """
    inside = rows * (folds - 1) / folds
    costs = {name: fit_seconds(name, round(inside), features, classes) for name in algorithms}

    def predicted(number: int) -> float:
        return _seconds(costs, number, folds)

    if trials is None:
        most = MOST_TRIALS if seconds else DEFAULT_TRIALS
        allowed = MARGIN * (seconds or DEFAULT_SECONDS / MARGIN)
        able = [number for number in range(1, most + 1) if predicted(number) <= allowed]
        trials = max(able, default=1)
    return Budget(trials, followed(trials), folds, round(predicted(trials), 1))


def followed(trials: int) -> int:
    """How many trials go on to the last fold, besides the best of each algorithm."""
    return min(max(trials // 4, 3), 10)


def _seconds(costs: dict[str, float], trials: int, folds: int) -> float:
    """First fits of each algorithm, then trials of the better ones, of a middling price."""
    order = sorted((name for name in costs if name != BASELINE), key=list(ALGORITHMS).index)
    once = [costs[name] for name in order][: max(trials - 1, 0)]
    later = max(trials - 1 - len(once), 0)
    typical = sorted(costs.values())[len(costs) // 2]
    work = sum(once) + later * typical
    work += (folds - 1) * (sum(once) + followed(trials) * typical)
    work += min(MOST_MEMBERS, trials) * typical * 1.3
    return work / CORES
