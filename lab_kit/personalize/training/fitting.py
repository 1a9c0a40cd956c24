"""What the child process of a training does: read, hold out, fit, measure, keep."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from lab_kit.aws.jobs.work import JobError, Work
from lab_kit.errors import LabKitError
from lab_kit.personalize.catalogue import Recipe, recipe
from lab_kit.personalize.training import metrics, trained
from lab_kit.personalize.training.data import TrainingData, training_data
from lab_kit.personalize.training.job import Fitted, FittingJob
from lab_kit.personalize.training.recipes import Plan, plan_of, values_of
from lab_kit.personalize.training.selection import Selection
from lab_kit.personalize.training.tuning import tuned

FITS = {"items": "ranking", "related": "ranking", "segments": "segments", "actions": "actions"}
"""By the kind of a plan, the module that fits its model."""
TUNING_SEED, SEED = 1, 0
"""Draw different users: those hyperparameters are chosen on, those the result is measured on."""


def train(arguments: dict[str, Any], work: Work) -> dict[str, Any]:
    """Train a solution version or a recommender.

    Args:
        arguments: `sources`, as `places.sources_of` gives them; `record`, the record of what is
            trained; `recipes`, ARNs, of which the best is kept; `started`, the time on the clock of
            the cloud; `parent`, the folder of the model that is only brought up to date, or None.
        work: Where the model is written.

    Returns:
        `recipe`, the one that was kept; `metrics`, as AWS shows them; `tuned`, hyperparameters a
        search has found, or None; `seconds`.

    Raises:
        JobError: The data will not do; in AWS's words, where they are known.
    """
    begun = time.monotonic()
    config = arguments["record"].get("solutionConfig", {})
    wanted = config.get("autoMLConfig", {}).get("metricName", "precision_at_25")
    try:
        found = [_trained(recipe(arn), arguments, work) for arn in arguments["recipes"]]
    except LabKitError as error:
        raise JobError(str(error)) from error
    best = max(found, key=lambda each: each.fitted.measured.metrics.get(wanted, 0.0))
    seconds = time.monotonic() - begun
    _write(best, arguments, seconds, work.folder)
    return {
        "recipe": best.recipe.arn,
        "metrics": best.fitted.measured.shown,
        "tuned": best.tuned,
        "seconds": seconds,
    }


@dataclass(frozen=True, eq=False)
class _Trained:
    """What one recipe came to."""

    recipe: Recipe
    plan: Plan
    values: Mapping[str, Any]
    tuned: Mapping[str, str] | None
    data: TrainingData
    fitted: Fitted


def _trained(used: Recipe, arguments: Mapping[str, Any], work: Work) -> _Trained:
    record, plan = arguments["record"], plan_of(used)
    work.progress(0.01, "reading the datasets")
    missing = [type for type in plan.needs if type not in arguments["sources"]]
    if missing:
        raise JobError(f"Recipe {used.name} needs a dataset of type {', '.join(missing)}.")
    data = training_data(arguments["sources"], record, Selection.of(record, plan.event))
    config = record.get("solutionConfig", {})
    given = {
        **config.get("algorithmHyperParameters", {}),
        **config.get("featureTransformationParameters", {}),
    }
    values = values_of(used, given)
    job = FittingJob(
        plan,
        values,
        data,
        work.progress,
        SEED,
        objective=config.get("optimizationObjective", {}),
        weighted=bool(config.get("eventsConfig", {}).get("eventParametersList")),
    )
    chosen = None
    if arguments.get("parent"):
        parent = trained.Trained.load(Path(arguments["parent"]))
        values = parent.hyperparameters
        job = replace(job, values=values, old=parent.model)
    elif record.get("performHPO") and plan.kind in ("items", "related"):
        values, chosen = tuned(
            used,
            values,
            config.get("hpoConfig", {}),
            lambda tried: _try(job, tried),
            fixed=given,
        )
        job = replace(job, values=values)
    return _Trained(used, plan, values, chosen, data, _fit(job))


def _try(job: FittingJob, values: Mapping[str, Any]) -> Mapping[str, float]:
    """How good some hyperparameters are, without the users the result will be measured on."""
    rest = metrics.hold_out(job.data.interactions, job.seed).train
    data = replace(job.data, interactions=rest)
    tried = replace(job, values=values, data=data, seed=TUNING_SEED, trial=True)
    return _fit(tried).measured.metrics


def _fit(job: FittingJob) -> Fitted:
    """Load what the kind of model needs, and no more, and fit."""
    module = import_module(f"lab_kit.personalize.training.{FITS[job.plan.kind]}")
    fitted: Fitted = module.fit(job)
    return fitted


def _write(best: _Trained, arguments: Mapping[str, Any], seconds: float, folder: Path) -> None:
    """Write everything `Trained.load` reads."""
    known, model = best.data.interactions, best.fitted.model
    facts = {
        "recipe": best.recipe.arn,
        "kind": best.plan.kind,
        "model": type(model).__name__,
        "event": best.plan.event,
        "scored": best.plan.scored,
        "hyperparameters": dict(best.values),
        "record": dict(arguments["record"]),
        "started": arguments["started"],
        "positions": {type: each["upto"] for type, each in arguments["sources"].items()},
        "seconds": seconds,
        "metrics": best.fitted.measured.metrics,
        "interactions": len(known),
        "users": len(known.users),
        "items": len(known.items),
    }
    frames = {name: getattr(best.data, name) for name in trained.FRAMES}
    trained.save(folder, facts, model, known, frames, best.fitted.measured.users)
