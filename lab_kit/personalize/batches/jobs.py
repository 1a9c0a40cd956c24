"""Batch jobs, as the server sees them: what each is given, and where its files go."""

from pathlib import Path
from typing import Any

from lab_kit.aws.ground import Ground
from lab_kit.aws.jobs import JobError
from lab_kit.aws.objects.shelf import lend, split
from lab_kit.aws.registry import Resource
from lab_kit.personalize.storage.jobs import DENIED, store
from lab_kit.personalize.storage.places import model_folder, sources_of


def read_batch(ground: Ground, job: Resource, room: Path) -> dict[str, Any]:
    """The questions, the model, the filter and the data it looks at.

    Raises:
        JobError: There is no file of questions, or the version has no model.
    """
    address = job.record["jobInput"]["s3DataSource"]["path"]
    found = ground.shelf.under(address)
    if not found:
        there = ground.shelf.has_bucket(split(address)[0])
        raise JobError(f"No file was found at {address}." if there else DENIED)
    version = ground.registry.require(job.record["solutionVersionArn"])
    if "model" not in version.record:
        raise JobError(f"The solution version has no model: {version.arn}")
    chosen = ground.registry.get(job.record["filterArn"]) if "filterArn" in job.record else None
    files = lend(found, room / "files")
    return {
        "files": [
            [str(path), each.key.rpartition("/")[2]]
            for path, each in zip(files, found, strict=True)
        ],
        "record": dict(job.record),
        "model": str(model_folder(ground, version)),
        "filter": chosen.record["filterExpression"] if chosen else None,
        "sources": sources_of(ground, version.record["datasetGroupArn"], room),
    }


def publish(ground: Ground, job: Resource, result: dict[str, Any], output: Path) -> None:
    """Every file of answers becomes an object beside the others.

    Raises:
        JobError: It cannot be stored there.
    """
    place = job.record["jobOutput"]["s3DataDestination"]["path"]
    folder = place if place.endswith("/") else f"{place}/"
    for name in result["files"]:
        store(ground, f"{folder}{name}", output / name)
