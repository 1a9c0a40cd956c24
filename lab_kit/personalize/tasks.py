"""The real work behind some types of resources: what runs in a child process, and what it needs.

This is the seam at which models join: each `Task` names a function (see `aws.jobs`), gives it what
it reads, and says what of its result the resource remembers.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab_kit.aws.ground import Ground
from lab_kit.aws.jobs import JobError
from lab_kit.aws.objects.shelf import lend
from lab_kit.aws.registry import Resource
from lab_kit.personalize.states import ACTIVE


def _nothing_read(_: Ground, resource: Resource, __: Path) -> dict[str, Any]:
    return {"record": dict(resource.record)}


def _nothing_kept(*_: Any) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Task:
    """The work of one kind of job. Both of its steps run in the server and have to be quick."""

    function: str
    """What the child process runs: "package.module:function"."""
    reads: Callable[[Ground, Resource, Path], dict[str, Any]] = _nothing_read
    """Makes the function's arguments; files it is to read are put into the folder."""
    keeps: Callable[[Ground, Resource, dict[str, Any], Path], dict[str, Any]] = _nothing_kept
    """Makes members of the resource's record from the function's result and output folder."""
    memory: int = 700
    """MiB that the child may hold."""


def read_import(ground: Ground, job: Resource, room: Path) -> dict[str, Any]:
    """The files to import and the schema they have to fit.

    Raises:
        JobError: There is nothing at the address.
    """
    address = job.record["dataSource"]["dataLocation"]
    found = [each for each in ground.shelf.under(address) if each.key.lower().endswith(".csv")]
    if not found:
        raise JobError(f"No CSV file was found at {address}.")
    dataset = ground.registry.require(job.record["datasetArn"])
    schema = ground.registry.require(dataset.record["schemaArn"])
    files = lend(found, room)
    return {
        "files": [[str(path), each.address] for path, each in zip(files, found, strict=True)],
        "schema": json.loads(schema.record["schema"]),
        "datasetType": dataset.record["datasetType"],
    }


def keep_import(_: Ground, __: Resource, result: dict[str, Any], ___: Path) -> dict[str, Any]:
    """What was counted, under a name no operation shows."""
    return {"counted": result}


def read_training(ground: Ground, trained: Resource, _: Path) -> dict[str, Any]:
    """What was asked for, and what the imports of interactions have counted."""
    datasets = ground.registry.users(trained.record["datasetGroupArn"], "Dataset")
    counted: list[dict[str, Any]] = []
    for dataset in datasets:
        if dataset.record["datasetType"] != "INTERACTIONS":
            continue
        for job in ground.registry.users(dataset.arn, "DatasetImportJob"):
            if job.status == ACTIVE:
                if job.record["importMode"] == "FULL":
                    counted.clear()  # it replaced what was there
                counted.append(job.record["counted"])
    return {"record": dict(trained.record), "imports": counted}


TASKS: Mapping[str, Task] = {
    "personalize.import": Task("lab_kit.personalize.work.imports:check", read_import, keep_import),
    "personalize.train": Task("lab_kit.personalize.work.later:train", read_training),
    "personalize.train-recommender": Task("lab_kit.personalize.work.later:train", read_training),
    "personalize.export": Task("lab_kit.personalize.work.later:export"),
    "personalize.delete-data": Task("lab_kit.personalize.work.later:delete_data"),
    "personalize.infer": Task("lab_kit.personalize.work.later:infer"),
    "personalize.segment": Task("lab_kit.personalize.work.later:infer"),
}
"""By the kind of job, as `types` names it."""
