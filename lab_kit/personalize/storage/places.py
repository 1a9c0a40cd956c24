"""Where data and models lie, and what a child process is told to read.

Below the home folder: `datasets/STORE/*.parquet`, what was imported in bulk; `records.sqlite`,
what was put one by one; `models/MODEL/`, one folder a trained version. Names are drawn by chance,
so that a dataset made again under its old name has nothing of the old one. Files are never changed:
an import writes others, and the resource's record says which are current.
"""

import json
import shutil
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lab_kit.aws.ground import Ground
from lab_kit.aws.objects.shelf import lend_files
from lab_kit.aws.registry import Resource
from lab_kit.personalize.storage.records import Records

Source = dict[str, Any]
"""What `frames.read` reads, as JSON has it."""


def home(ground: Ground) -> Path:
    """The folder of all data and models."""
    return ground.folder / "personalize"


def new_name() -> str:
    """A name for a store or a model."""
    return uuid.uuid4().hex


def records(ground: Ground) -> Records:
    """What was put one by one."""
    return Records(home(ground) / "records.sqlite")


def store_folder(ground: Ground, dataset: Resource) -> Path:
    """Where the files of a dataset lie."""
    return home(ground) / "datasets" / dataset.record["store"]


def bulk_files(ground: Ground, dataset: Resource) -> list[Path]:
    """The current files of a dataset, oldest first."""
    return [store_folder(ground, dataset) / name for name in dataset.record.get("parts", [])]


def model_folder(ground: Ground, trained: Resource) -> Path:
    """The model of a solution version or a recommender.

    Raises:
        KeyError: It has none.
    """
    return home(ground) / "models" / trained.record["model"]


def dataset_of(ground: Ground, group: str, type: str) -> Resource | None:
    """The dataset of a type in a group; None where there is none.

    Args:
        ground: What the local cloud stands on.
        group: The ARN of the dataset group.
        type: "INTERACTIONS", "ITEMS", and so on.
    """
    datasets = ground.registry.users(group, "Dataset")
    return next((each for each in datasets if each.record["datasetType"] == type), None)


def source_of(ground: Ground, dataset: Resource, room: Path | None = None) -> Source:
    """What is to be read of a dataset, as it is now.

    Args:
        ground: What the local cloud stands on.
        dataset: The dataset.
        room: A job's folder: files are lent to it, and may be replaced meanwhile.
    """
    schema = ground.registry.require(dataset.record["schemaArn"])
    group = ground.registry.require(dataset.record["datasetGroupArn"])
    store, files = dataset.record["store"], bulk_files(ground, dataset)
    if room is not None:
        files = lend_files(files, room / store)
    kept = records(ground)
    return {
        "type": dataset.record["datasetType"],
        "domain": group.record.get("domain"),
        "schema": json.loads(schema.record["schema"]),
        "files": [str(path) for path in files],
        "records": str(kept.path),
        "store": store,
        "upto": kept.position(store),
    }


def sources_of(ground: Ground, group: str, room: Path | None = None) -> dict[str, Source]:
    """`source_of` every dataset of a group, by type.

    Args:
        ground: What the local cloud stands on.
        group: The ARN of the dataset group.
        room: As in `source_of`.
    """
    return {
        each.record["datasetType"]: source_of(ground, each, room)
        for each in ground.registry.users(group, "Dataset")
    }


def discard(ground: Ground, record: Mapping[str, Any]) -> None:
    """Remove the files and records of a dataset, or the model of a version, that is deleted.

    Args:
        ground: What the local cloud stands on.
        record: The record of the resource.
    """
    if "store" in record:
        shutil.rmtree(home(ground) / "datasets" / record["store"], ignore_errors=True)
        records(ground).drop(record["store"])
    for member in ("model", "formerModel"):
        if member in record:
            shutil.rmtree(home(ground) / "models" / record[member], ignore_errors=True)


def sweep(ground: Ground) -> None:
    """Remove what belongs to no resource: what a kill left behind."""
    known = {
        name
        for each in ground.registry.all()
        for name in map(each.record.get, ("store", "model", "formerModel"))
        if name
    }
    for kind in ("datasets", "models"):
        _keep_only(home(ground) / kind, known)
    for each in ground.registry.all("Dataset"):
        tidy(ground, each)


def tidy(ground: Ground, dataset: Resource) -> None:
    """Remove files of a dataset that are not current: those an import has replaced."""
    _keep_only(store_folder(ground, dataset), dataset.record.get("parts", []))


def _keep_only(folder: Path, names: Iterable[str]) -> None:
    kept = set(names)
    for path in folder.glob("*"):
        if path.name in kept:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
