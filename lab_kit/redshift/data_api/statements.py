"""Statements that were submitted: run in threads, remembered for a day.

Source: https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html.
"""

import contextlib
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from lab_kit.aws.account import arn
from lab_kit.aws.errors import ServiceError
from lab_kit.aws.ground import Ground
from lab_kit.aws.registry import Resource
from lab_kit.redshift.data_api.sessions import Sessions
from lab_kit.redshift.errors import Error
from lab_kit.redshift.names import STATEMENT
from lab_kit.redshift.owner.owner import Owner

ENDED = ("FINISHED", "FAILED", "ABORTED")
_DAY = 24 * 3600.0
_AT_ONCE = 8
_CUT_SHORT = "The local cloud was stopped while the statement ran."


class Statements:
    """Runs statements.

    Args:
        ground: Where they are remembered.
        owner: Who has the database.
        sessions: In which they run.
    """

    def __init__(self, ground: Ground, owner: Owner, sessions: Sessions) -> None:
        self._registry = ground.registry
        self._clock = ground.clock
        self._owner = owner
        self._sessions = sessions
        self._threads = ThreadPoolExecutor(_AT_ONCE, "redshift-data")
        for each in self._registry.all(STATEMENT):
            if each.status not in ENDED:
                self._registry.update(each.arn, status="ABORTED", Error=_CUT_SHORT)

    def submit(self, region: str, record: dict[str, Any]) -> Resource:
        """Remember a statement and have it run.

        Args:
            region: Where the caller is.
            record: What is known of it: Sqls, parameters, session and more.
        """
        self._forget_old()
        id = str(uuid.uuid4())
        found = self._registry.create(
            statement_arn(region, id),
            STATEMENT,
            region=region,
            name=None,
            status="SUBMITTED",
            record={**record, "Id": id},
        )
        self._threads.submit(self._run, found.arn)
        return found

    def find(self, region: str, id: str) -> tuple[Resource, int]:
        """A statement, and which of its parts an id names; 0 for the whole.

        Raises:
            ServiceError: There is none.
        """
        whole, _, part = id.partition(":")
        found = self._registry.get(statement_arn(region, whole))
        if found is None or (part and not 0 < int(part) <= len(found.record["Sqls"])):
            raise ServiceError("ResourceNotFoundException", "Query does not exist.")
        return found, int(part or 0)

    def all(self, region: str) -> list[Resource]:
        """All that are remembered, the latest first."""
        return list(reversed(self._registry.all(STATEMENT, region)))

    def cancel(self, statement: Resource) -> bool:
        """End one that runs; says whether it was still running."""
        if statement.status in ENDED:
            return False
        self._registry.update(statement.arn, cancelled=True)
        with contextlib.suppress(Error):
            self._owner.ask("cancel", session=statement.record["session"])
        self._registry.wait(lambda: self._ended(statement.arn), 10)
        return True

    def wait(self, statement: Resource, seconds: float) -> Resource:
        """A statement once it has ended, or as it is after some seconds."""
        self._registry.wait(lambda: self._ended(statement.arn), seconds)
        return self._registry.require(statement.arn)

    def _ended(self, arn: str) -> bool:
        found = self._registry.get(arn)
        return found is None or found.status in ENDED

    def _run(self, arn: str) -> None:
        statement = self._registry.require(arn)
        record = statement.record
        session = record["session"]
        begun = self._clock.time()
        self._registry.update(arn, status="STARTED", started=begun)
        self._sessions.begin(session, record["Id"])
        parts: list[dict[str, Any]] = []
        failure = None
        try:
            failure = self._execute(statement, session, parts)
        except Exception as error:  # whatever happens, the caller has to learn of it
            failure = f"{type(error).__name__}: {error}"
        finally:
            self._sessions.end(session, record.get("SessionKeepAliveSeconds"))
            cancelled = self._registry.require(arn).record.get("cancelled")
            status = ("ABORTED" if cancelled else "FAILED") if failure else "FINISHED"
            ended = self._clock.time()
            self._registry.update(arn, status=status, ended=ended, parts=parts, Error=failure)

    def _execute(
        self, statement: Resource, session: str, parts: list[dict[str, Any]]
    ) -> str | None:
        """Execute all SQL of a statement; returns why it failed."""
        record = statement.record
        together = record["batch"] and record["ExecutionMode"] == "TRANSACTION"
        failure: str | None = None
        if together:
            self._owner.ask("execute", session=session, sql="BEGIN", parameters={})
        for sql in record["Sqls"]:
            begun = self._clock.time()
            part: dict[str, Any] = {"QueryString": sql, "CreatedAt": begun}
            if (failure and together) or self._cancelled(statement):
                parts.append(part | {"Status": "ABORTED", "UpdatedAt": begun})
                failure = failure or "Query was cancelled."
                continue
            try:
                part |= self._one(session, sql, record["values"])
            except Error as error:
                part |= {"Status": "FAILED", "Error": f"ERROR: {error}"}
                failure = failure or part["Error"]
            ended = self._clock.time()
            parts.append(part | {"UpdatedAt": ended, "Duration": int((ended - begun) * 1e9)})
        if together:
            word = "ROLLBACK" if failure else "COMMIT"
            self._owner.ask("execute", session=session, sql=word, parameters={})
        return failure

    def _one(self, session: str, sql: str, values: Mapping[str, str]) -> dict[str, Any]:
        (result,) = self._owner.ask(
            "execute", session=session, sql=sql, parameters=values, single=True
        )["results"]
        rows = result["affected"]
        return {
            "Status": "FINISHED",
            "HasResultSet": result["file"] is not None,
            "ResultRows": rows,
            "ResultSize": result["bytes"],
            "file": result["file"],
            "columns": result["columns"],
        }

    def _cancelled(self, statement: Resource) -> bool:
        return bool(self._registry.require(statement.arn).record.get("cancelled"))

    def _forget_old(self) -> None:
        """Statements and results are kept for a day, as on AWS."""
        for each in self._registry.all(STATEMENT):
            if each.created < self._clock.time() - _DAY and each.status in ENDED:
                for part in each.record.get("parts", []):
                    if part.get("file"):
                        (self._owner.results / part["file"]).unlink(missing_ok=True)
                self._registry.delete(each.arn)


def statement_arn(region: str, id: str) -> str:
    """The name of a statement in the registry."""
    return arn("redshift-data", region, f"statement/{id}")
