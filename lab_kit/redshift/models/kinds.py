"""The job that trains: what its beginning, end and failure change."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lab_kit.aws.ground import Ground
from lab_kit.aws.jobs import Job, Kind
from lab_kit.aws.registry import Resource
from lab_kit.redshift.models.model import FAILED, READY
from lab_kit.redshift.names import TRAIN

MEMORY = 700
"""MiB that a training may hold."""


def kinds(ground: Ground, objects: Callable[[], dict[str, Any]]) -> list[Kind]:
    """The kinds of jobs of the database.

    Args:
        ground: What it stands on.
        objects: Describes S3 to a child process.
    """
    registry = ground.registry
    kept = ground.folder / "redshift" / "models"

    def still_asked(job: Job) -> Resource | None:
        """The model, unless it was dropped, or dropped and asked for again."""
        found = registry.get(job.subject)
        mine = found is not None and found.record["folder"] == job.arguments["folder"]
        return found if mine else None

    def begin(_: Job, __: Path) -> dict[str, Any]:
        return {"objects": objects()}

    def finish(job: Job, result: dict[str, Any], output: Path) -> None:
        if still_asked(job) is None:
            return
        folder = kept / job.arguments["folder"]
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.move(output, folder)
        of_job = ("problem", "objective", "hyperparameters")
        changes = {name: result[name] for name in of_job if result.get(name)}
        cost = job.arguments.get("cost")
        trained = result if cost is None else {**result, "cost": cost}
        registry.update(job.subject, status=READY, trained=trained, **changes)

    def fail(job: Job, reason: str) -> None:
        if still_asked(job) is not None:
            registry.update(job.subject, status=FAILED, failure=reason)

    work = "lab_kit.redshift.models.work:train"
    return [Kind(TRAIN, work, begin=begin, finish=finish, fail=fail, memory=MEMORY)]
