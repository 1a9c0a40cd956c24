"""The real work behind some types of resources: what runs in a child process, and what it needs.

This is the seam at which models join: each `Task` names a function (see `aws.jobs`), gives it what
it reads, and says what of its result the resource remembers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab_kit.aws.ground import Ground
from lab_kit.aws.registry import Resource
from lab_kit.personalize.attributions import imports
from lab_kit.personalize.batches import jobs as batches
from lab_kit.personalize.storage import jobs as storage
from lab_kit.personalize.training import jobs as training


def _nothing_read(_: Ground, resource: Resource, __: Path) -> dict[str, Any]:
    return {"record": dict(resource.record)}


def _nothing_kept(*_: Any) -> dict[str, Any]:
    return {}


def _nothing_published(*_: Any) -> None: ...


@dataclass(frozen=True)
class Task:
    """The work of one kind of job. All of its steps run in the server and have to be quick."""

    function: str
    """What the child process runs: "package.module:function"."""
    reads: Callable[[Ground, Resource, Path], dict[str, Any]] = _nothing_read
    """Makes the function's arguments; files it is to read are put into the folder."""
    keeps: Callable[[Ground, Resource, dict[str, Any], Path], dict[str, Any]] = _nothing_kept
    """Makes members of the resource's record from the function's result and output folder."""
    publishes: Callable[[Ground, Resource, dict[str, Any], Path], None] = _nothing_published
    """Stores in S3 what the function has written."""
    memory: int = 700
    """MiB that the child may hold."""


TASKS: Mapping[str, Task] = {
    "personalize.import": Task(
        "lab_kit.personalize.attributions.bulk:load",
        imports.read,
        storage.keep_import,
        imports.publish,
    ),
    "personalize.export": Task(
        "lab_kit.personalize.storage.exporting:export",
        storage.read_export,
        publishes=storage.publish_export,
    ),
    "personalize.delete-data": Task(
        "lab_kit.personalize.storage.deleting:delete", storage.read_deletion, storage.keep_deletion
    ),
    "personalize.train": Task(
        "lab_kit.personalize.training.fitting:train", training.read_training, training.keep_version
    ),
    "personalize.train-recommender": Task(
        "lab_kit.personalize.training.fitting:train",
        training.read_training,
        training.keep_recommender,
    ),
    "personalize.infer": Task(
        "lab_kit.personalize.batches.inference:infer", batches.read_batch, publishes=batches.publish
    ),
    "personalize.segment": Task(
        "lab_kit.personalize.batches.segments:segment",
        batches.read_batch,
        publishes=batches.publish,
    ),
}
"""By the kind of job, as `types` names it."""
