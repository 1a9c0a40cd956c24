"""Fit and measure what ranks items: for a user, or for another item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from lab_kit.aws.jobs.work import JobError
from lab_kit.personalize.training import metrics
from lab_kit.personalize.training.data import TrainingData
from lab_kit.personalize.training.job import Fitted, FittingJob
from lab_kit.personalize.training.metrics import Measured
from lab_kit.recommend.held_out import HeldOut
from lab_kit.recommend.interactions import DAY, Interactions
from lab_kit.recommend.model import Model

HOUR = 3_600_000
"""Milliseconds."""
INTERVALS = 7
"""The newest so many intervals tell how well trends are foreseen."""
SENSITIVITY = {"OFF": 0.0, "LOW": 0.25, "MEDIUM": 0.5, "HIGH": 1.0}
"""How far an item moves up whose worth is one standard deviation above the mean, in standard
deviations of the scores of a user."""


def fit(job: FittingJob) -> Fitted:
    """Fit a model that ranks items on nine tenths of the users, and measure it on the others.

    Raises:
        JobError: The objective names no number of the items.
    """
    worth = objective(job.data, job.objective)
    held_out = metrics.hold_out(job.data.interactions, job.seed)
    model = _fitted(job, ordinary(held_out.train, job.values), worth)
    measured = _measured(job, model, held_out, worth)
    if hasattr(model, "interval_hours"):
        measured = replace(measured, metrics={**measured.metrics, **_trend(job)})
    if not job.plan.personal and len(held_out) and not job.trial:
        model = _fitted(job, ordinary(job.data.interactions, job.values), worth)
    # Histories of all users are looked up, those it was not fitted on too.
    model.interactions = job.data.interactions
    return Fitted(model, measured)


def _fitted(job: FittingJob, interactions: Interactions, worth: np.ndarray | None) -> Model:
    model = job.plan.make(job.values)
    if not job.plan.personal:
        return model.fit(interactions, progress=job.progress)
    if job.old is None:
        model.fit(interactions, progress=job.progress)
    else:
        model.renew(job.old, interactions, progress=job.progress)
    strength = SENSITIVITY[job.objective.get("objectiveSensitivity", "OFF")]
    if worth is not None and strength:
        model.favour(strength * standardised(worth))
    return model


def _measured(
    job: FittingJob, model: Model, held_out: HeldOut, worth: np.ndarray | None
) -> Measured:
    if job.plan.kind == "related":
        return metrics.measure_related(model, held_out)
    return metrics.measure_items(model, held_out, worth, weighted=job.weighted)


def ordinary(interactions: Interactions, values: Mapping[str, Any]) -> Interactions:
    """The events of users whose histories are neither very short nor very long.

    Args:
        interactions: What there is.
        values: `min_user_history_length_percentile` and its counterpart say who is; the same of
            items with `min_item_interaction_count_percentile`.
    """
    length = np.diff(interactions.start)
    low, high = _percentiles(length, values, "user_history_length")
    interactions = interactions.of_users(np.flatnonzero((length >= low) & (length <= high)))
    count = np.bincount(interactions.events.item, minlength=len(interactions.items))
    low, high = _percentiles(count, values, "item_interaction_count")
    kept = (count >= low) & (count <= high)
    return interactions.where(kept[interactions.events.item])


def _percentiles(counts: np.ndarray, values: Mapping[str, Any], of: str) -> tuple[float, float]:
    """The least and the greatest number that counts."""
    some = counts[counts > 0]
    shares = [values.get(f"min_{of}_percentile", 0.0), values.get(f"max_{of}_percentile", 1.0)]
    low, high = np.quantile(some, shares, method="inverted_cdf") if len(some) else (0, 0)
    return float(low), float(high)


def objective(data: TrainingData, config: Mapping[str, Any]) -> np.ndarray | None:
    """(items,) float64: what each item is worth to the business; None where nothing is said.

    An item without a value is worth the mean.

    Args:
        data: Whose items.
        config: The `optimizationObjective` of a solution.

    Raises:
        JobError: It names no number of the Items dataset.
    """
    name = config.get("itemAttribute")
    if not name:
        return None
    items, column = data.items, str(name).lower()
    if items is None or column not in items or items[column].dtype.kind not in "iuf":
        raise JobError(f"The objective {name} is no numerical column of the Items dataset.")
    codes = data.interactions.items.codes(items["item_id"])
    values = items[column].to_numpy(float, na_value=np.nan)
    worth = np.full(len(data.interactions.items), np.nan)
    worth[codes] = values
    return np.where(np.isnan(worth), np.nanmean(values), worth)


def standardised(worth: np.ndarray) -> np.ndarray:
    """(items,) float32 of mean 0 and standard deviation 1; 0 where all are the same."""
    spread = worth.std()
    return ((worth - worth.mean()) / (spread if spread > 0 else 1)).astype(np.float32)


def _trend(job: FittingJob) -> dict[str, float]:
    """How much of the rise of an interval was foreseen the one before; mean of the last few."""
    found = [_foreseen(job, number) for number in range(INTERVALS)]
    known = [each for each in found if each is not None]
    return {"trend_prediction_accuracy": float(np.mean(known))} if known else {}


def _foreseen(job: FittingJob, number: int) -> float | None:
    """The same of one interval; None where nothing is known before.

    Args:
        job: What is fitted.
        number: How many intervals there are after it.
    """
    interactions, model = job.data.interactions, job.plan.make(job.values)
    length = max(1, round(model.interval_hours * HOUR))
    cut = interactions.latest + 1 - (number + 1) * length
    before = interactions.before(cut)
    if not len(before):
        return None
    model.fit(before)
    time = interactions.events.time
    later = interactions.where((time >= cut) & (time < cut + length))
    intervals = max(1, min(round(model.usual_days * DAY / length), _span(before) // length))
    usual = (
        np.bincount(
            before.events.item[before.events.time >= cut - intervals * length],
            minlength=len(before.items),
        )
        / intervals
    )
    return metrics.measure_trend(model, later, usual)


def _span(interactions: Interactions) -> int:
    time = interactions.events.time
    return int(time.max() - time.min()) + 1
