"""The jobs behind Personalize's states: what each changes when it begins, ends and fails."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from lab_kit.aws.ground import Ground
from lab_kit.aws.jobs import Job, Kind
from lab_kit.personalize.attributions.windows import report_kind
from lab_kit.personalize.states import ACTIVE, CREATE_STOPPED, in_progress
from lab_kit.personalize.storage.places import discard, sweep
from lab_kit.personalize.tasks import TASKS, Task
from lab_kit.personalize.types import SETTLE, TYPES

DELETE = "personalize.delete"
UPDATE = "personalize.update"
RETRAIN = "personalize.retrain"
"""The kind of job that trains a recommender again while it answers."""


class Lifecycle:
    """The kinds of jobs of Personalize.

    Args:
        ground: What the local cloud stands on.
        tasks: The work that is done in child processes.
    """

    def __init__(self, ground: Ground, tasks: Mapping[str, Task] = TASKS) -> None:
        self._ground = ground
        self._registry = ground.registry
        self._tasks = tasks
        sweep(ground)

    def kinds(self) -> list[Kind]:
        """All kinds."""
        return [
            Kind(SETTLE, begin=self._begin_to_settle, finish=self._settle),
            Kind(DELETE, begin=self._begin_to_delete, finish=self._delete),
            Kind(UPDATE, begin=self._begin_to_update, finish=self._update),
            report_kind(self._ground),
            self._retraining(self._tasks["personalize.train-recommender"]),
            *(
                Kind(
                    name,
                    task.function,
                    begin=partial(self._begin, task),
                    publish=partial(self._publish, task),
                    finish=partial(self._finish, task),
                    fail=self._fail,
                    cancel=self._cancel,
                    memory=task.memory,
                )
                for name, task in self._tasks.items()
            ),
        ]

    def _begin(self, task: Task, job: Job, room: Path) -> dict[str, Any]:
        resource = self._registry.require(job.subject)
        status = in_progress(TYPES[resource.kind].doing).strip()
        self._registry.update(resource.arn, status=status)
        return task.reads(self._ground, resource, room)

    def _publish(self, task: Task, job: Job, result: dict[str, Any], output: Path) -> None:
        resource = self._registry.require(job.subject)
        task.publishes(self._ground, resource, result, output)

    def _finish(self, task: Task, job: Job, result: dict[str, Any], output: Path) -> None:
        resource = self._registry.require(job.subject)
        kept = task.keeps(self._ground, resource, result, output)
        status = ACTIVE if TYPES[resource.kind].doing else "COMPLETED"
        self._registry.update(resource.arn, status=status, **kept)

    def _retraining(self, task: Task) -> Kind:
        def begin(job: Job, room: Path) -> dict[str, Any]:
            return task.reads(self._ground, self._registry.require(job.subject), room)

        def finish(job: Job, result: dict[str, Any], output: Path) -> None:
            resource = self._registry.require(job.subject)
            kept = task.keeps(self._ground, resource, result, output)
            self._registry.update(resource.arn, **kept)

        return Kind(RETRAIN, task.function, begin=begin, finish=finish, memory=task.memory)

    def _fail(self, job: Job, reason: str) -> None:
        resource = self._registry.require(job.subject)
        status = f"{TYPES[resource.kind].doing} FAILED".strip()
        self._registry.update(resource.arn, status=status, failureReason=reason)

    def _cancel(self, job: Job) -> None:
        self._registry.update(job.subject, status=CREATE_STOPPED)

    def _begin_to_settle(self, job: Job, _: Path) -> None:
        self._registry.update(job.subject, status=in_progress(job.arguments["doing"]))

    def _settle(self, job: Job, _: dict[str, Any], __: Path) -> None:
        self._registry.update(job.subject, status=job.arguments["end"])

    def _begin_to_delete(self, job: Job, _: Path) -> None:
        if self._registry.require(job.subject).kind != "DatasetGroup":  # which has no such state
            self._registry.update(job.subject, status=in_progress("DELETE"))

    def _delete(self, job: Job, _: dict[str, Any], __: Path) -> None:
        resource = self._registry.require(job.subject)
        type = TYPES[resource.kind]
        for user in self._registry.users(resource.arn):
            if user.kind in type.takes_along:
                self._registry.delete(user.arn)
                discard(self._ground, user.record)
        self._registry.delete(resource.arn)
        discard(self._ground, resource.record)

    def _begin_to_update(self, job: Job, _: Path) -> None:
        self._set_update(job, in_progress(job.arguments["doing"]))

    def _update(self, job: Job, _: dict[str, Any], __: Path) -> None:
        self._registry.update(job.subject, **job.arguments["changes"])
        self._set_update(job, ACTIVE)

    def _set_update(self, job: Job, status: str) -> None:
        resource = self._registry.require(job.subject)
        member = job.arguments["member"]
        now = self._ground.clock.time()
        update = {**resource.record[member], "status": status, "lastUpdatedDateTime": now}
        changes: dict[str, Any] = {member: update}
        own = status if job.arguments["doing"] == "UPDATE" else None
        self._registry.update(job.subject, status=own, **changes)
