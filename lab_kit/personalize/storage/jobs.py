"""The jobs that move data, as the server sees them: what each is given, and what is kept of it."""

import json
from pathlib import Path
from typing import Any

from lab_kit.aws.errors import ServiceError
from lab_kit.aws.ground import Ground
from lab_kit.aws.jobs import JobError
from lab_kit.aws.objects.shelf import lend, split
from lab_kit.aws.registry import Resource
from lab_kit.personalize.storage.names import BULK, EXPORTED, FORGOTTEN
from lab_kit.personalize.storage.places import (
    bulk_files,
    new_name,
    records,
    source_of,
    store_folder,
    tidy,
)

DENIED = "Insufficient privileges for accessing data in Amazon S3."


def read_import(ground: Ground, job: Resource, room: Path) -> dict[str, Any]:
    """The files to import and the dataset they have to fit.

    Raises:
        JobError: There is nothing at the address.
    """
    dataset = ground.registry.require(job.record["datasetArn"])
    adds = job.record["importMode"] == "INCREMENTAL"
    return {
        "files": _lent(ground, job.record["dataSource"]["dataLocation"], room),
        "source": source_of(ground, dataset),
        "event_types": dataset.record.get("eventTypes", []) if adds else [],
    }


def keep_import(
    ground: Ground, job: Resource, result: dict[str, Any], output: Path
) -> dict[str, Any]:
    """The typed file becomes part of the dataset: the only one, or one more."""
    dataset = ground.registry.require(job.record["datasetArn"])
    folder, name = store_folder(ground, dataset), f"{new_name()}.parquet"
    tidy(ground, dataset)  # what the import before replaced; what this one does, the next removes
    folder.mkdir(parents=True, exist_ok=True)
    (output / BULK).replace(folder / name)
    adds = job.record["importMode"] == "INCREMENTAL"
    before = dataset.record.get("parts", []) if adds else []
    types = {*result["event_types"], *(dataset.record.get("eventTypes", []) if adds else [])}
    ground.registry.update(dataset.arn, parts=[*before, name], eventTypes=sorted(types))
    return {"rows": result["rows"]}


def read_export(ground: Ground, job: Resource, room: Path) -> dict[str, Any]:
    """The dataset, and what of it is wanted."""
    dataset = ground.registry.require(job.record["datasetArn"])
    return {"source": source_of(ground, dataset, room), "mode": job.record["ingestionMode"]}


def publish_export(ground: Ground, job: Resource, _: dict[str, Any], output: Path) -> None:
    """The file becomes an object, named after the job.

    Raises:
        JobError: It cannot be stored there.
    """
    place = job.record["jobOutput"]["s3DataDestination"]["path"]
    store(ground, f"{place.rstrip('/')}/{job.name}.csv", output / EXPORTED)


def store(ground: Ground, address: str, path: Path) -> None:
    """Store a file as an object.

    Raises:
        JobError: It cannot be stored there.
    """
    bucket, key = split(address)
    try:
        ground.objects.put(bucket, key, path)
    except ServiceError as error:
        raise JobError(DENIED if error.code == "NoSuchBucket" else error.message) from error


def read_deletion(ground: Ground, job: Resource, room: Path) -> dict[str, Any]:
    """The users to forget, and the files of all datasets that name users."""
    datasets = _datasets_of_users(ground, job)
    return {
        "files": _lent(ground, job.record["dataSource"]["dataLocation"], room),
        "stores": {
            each.record["store"]: [str(path) for path in bulk_files(ground, each)]
            for each in datasets
        },
        "parts": {each.record["store"]: each.record.get("parts", []) for each in datasets},
    }


def keep_deletion(
    ground: Ground, job: Resource, result: dict[str, Any], output: Path
) -> dict[str, Any]:
    """New files take the place of those with rows of the users; single records go, too.

    Raises:
        JobError: A dataset was imported meanwhile.
    """
    users = json.loads((output / FORGOTTEN).read_text(encoding="utf-8"))
    deleted = result["deleted"]
    for dataset in _datasets_of_users(ground, job):
        name, parts = dataset.record["store"], list(dataset.record.get("parts", []))
        for place in result["written"].get(name, []):
            if place >= len(parts):
                raise JobError("A dataset was imported meanwhile. Delete the data again.")
            parts[place] = f"{new_name()}.parquet"
            (output / f"{name}.{place}").replace(store_folder(ground, dataset) / parts[place])
        ground.registry.update(dataset.arn, parts=parts)
        deleted += records(ground).forget(name, users)
    return {"numDeleted": deleted}


def _datasets_of_users(ground: Ground, job: Resource) -> list[Resource]:
    found = ground.registry.users(job.record["datasetGroupArn"], "Dataset")
    types = ("USERS", "INTERACTIONS", "ACTION_INTERACTIONS")
    return [each for each in found if each.record["datasetType"] in types]


def _lent(ground: Ground, address: str, room: Path) -> list[list[str]]:
    """Pairs of a file and the address it stands for.

    Raises:
        JobError: There is nothing at the address.
    """
    found = [each for each in ground.shelf.under(address) if each.key.lower().endswith(".csv")]
    if not found:
        there = ground.shelf.has_bucket(split(address)[0])
        raise JobError(f"No CSV file was found at {address}." if there else DENIED)
    files = lend(found, room / "files")
    return [[str(path), each.address] for path, each in zip(files, found, strict=True)]
