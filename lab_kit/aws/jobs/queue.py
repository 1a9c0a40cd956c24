"""The jobs of the local cloud: asked for, running, ended."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lab_kit.aws.clock import Clock
from lab_kit.aws.database import Database

PENDING = "PENDING"
IN_PROGRESS = "IN_PROGRESS"
CANCELLING = "CANCELLING"
DONE = "DONE"
FAILED = "FAILED"
CANCELLED = "CANCELLED"
UNFINISHED = (PENDING, IN_PROGRESS, CANCELLING)
_COLUMNS = (
    "id, kind, subject, arguments, state, due, attempts, progress, doing, reason, "
    "created, started, ended, pid"
)


@dataclass(frozen=True)
class Job:
    """One job as it is now. Times are seconds since 1970, UTC."""

    id: str
    kind: str
    subject: str
    """The ARN of what it works on."""
    arguments: dict[str, Any]
    state: str
    due: float
    """When it may begin, on this machine's clock."""
    attempts: int
    """How often it has begun."""
    progress: float | None
    """How much is done, from 0 to 1; None where that is unknown."""
    doing: str
    """What is being done, in words."""
    reason: str | None
    """Why it failed."""
    created: float
    started: float | None
    ended: float | None
    pid: int | None
    """The child process that works on it."""


class Queue:
    """Jobs, transactional, in the order in which they were asked for.

    Args:
        database: Where they lie.
        clock: What time it is.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def add(
        self, kind: str, subject: str, arguments: dict[str, Any] | None = None, *, due: float = 0
    ) -> str:
        """Ask for a job; within a transaction, it is asked for only if that succeeds.

        Args:
            kind: The name of its `Kind`.
            subject: The ARN of what it works on.
            arguments: What JSON can hold.
            due: When it may begin, in seconds since 1970.

        Returns:
            Its id.
        """
        job = uuid.uuid4().hex
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO jobs (id, kind, subject, arguments, state, due, created, position) "
                "SELECT ?, ?, ?, ?, ?, ?, ?, coalesce(max(position), 0) + 1 FROM jobs",
                (
                    job,
                    kind,
                    subject,
                    json.dumps(arguments or {}),
                    PENDING,
                    due,
                    self._clock.time(),
                ),
            )
        return job

    def get(self, job: str) -> Job:
        """The job of that id.

        Raises:
            KeyError: There is none.
        """
        found = self._select("id = ?", (job,))
        if not found:
            raise KeyError(job)
        return found[0]

    def of(self, subject: str) -> list[Job]:
        """The jobs that work, or worked, on something; oldest first."""
        return self._select("subject = ?", (subject,))

    def in_state(self, *states: str) -> list[Job]:
        """The jobs in one of these states, oldest first."""
        return self._select(f"state IN ({', '.join('?' * len(states))})", states)

    def all(self, limit: int = -1) -> list[Job]:
        """All jobs, oldest first; the last ones where there is a limit."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM jobs ORDER BY position DESC LIMIT ?", (limit,)
        )
        return [_job(row) for row in reversed(rows)]

    def hurry(self, subject: str) -> bool:
        """Let jobs that wait for their time begin at once; says whether there were any."""
        with self._database.transaction() as connection:
            hurried = connection.execute(
                "UPDATE jobs SET due = 0 WHERE subject = ? AND state = ? AND due > 0",
                (subject, PENDING),
            )
            return hurried.rowcount > 0

    def cancel(self, job: str) -> None:
        """Have a job ended as soon as possible. Nothing happens to one that has ended."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE jobs SET state = ? WHERE id = ? AND state IN (?, ?)",
                (CANCELLING, job, PENDING, IN_PROGRESS),
            )

    def set(self, job: str, **changes: Any) -> None:
        """Change some columns of a job."""
        names = ", ".join(f"{name} = ?" for name in changes)
        with self._database.transaction() as connection:
            connection.execute(f"UPDATE jobs SET {names} WHERE id = ?", (*changes.values(), job))

    def _select(self, where: str, values: Sequence[Any]) -> list[Job]:
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM jobs WHERE {where} ORDER BY position", values
        )
        return [_job(row) for row in rows]


def _job(row: tuple[Any, ...]) -> Job:
    return Job(*(*row[:3], json.loads(row[3]), *row[4:]))
