"""The twelve operations of `redshift-data`.

Source: https://docs.aws.amazon.com/redshift-data/latest/APIReference/Welcome.html.
"""

import json
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from lab_kit.aws.errors import ServiceError
from lab_kit.aws.ground import Ground
from lab_kit.aws.protocol.service import Call
from lab_kit.aws.registry import Resource
from lab_kit.redshift.data_api import lists
from lab_kit.redshift.data_api.sessions import Sessions
from lab_kit.redshift.data_api.statements import ENDED, Statements
from lab_kit.redshift.data_api.target import MEMBERS, invalid, target, user
from lab_kit.redshift.errors import Error
from lab_kit.redshift.owner.owner import Owner

_NO_RESULT = "Query does not have result. Please check query status with DescribeStatement."


class DataApi:
    """The operations, one method each.

    Args:
        ground: What the local cloud stands on.
        owner: Who has the database.
        patience: Seconds that DescribeStatement waits for a statement to end.
        waiters: How many calls may wait at a time.
    """

    def __init__(
        self,
        ground: Ground,
        owner: Owner,
        *,
        patience: float = 0,
        waiters: int = 16,
    ) -> None:
        self._owner = owner
        self._patience = patience
        self._waiting = threading.Semaphore(waiters)
        self._sessions = Sessions(owner, ground.clock)
        self._statements = Statements(ground, owner, self._sessions)

    def execute_statement(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """Submit one statement."""
        return self._submit(request, [request["Sql"]], call, "ExecuteStatementException")

    def batch_execute_statement(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """Submit several, all or nothing unless each is to be committed by itself."""
        return self._submit(request, request["Sqls"], call, "BatchExecuteStatementException")

    def describe_statement(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """All that is known of a statement, once it has ended or patience is at its end."""
        found, part = self._statements.find(call.region, request["Id"])
        found = self._patiently(found, request.get("WaitTimeSeconds", self._patience))
        return _part_shown(found, part) if part else _shown(found)

    def get_statement_result(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """A page of rows, each a list of fields."""
        return self._page(request, call, "JSON")

    def get_statement_result_v2(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """A page of rows, in the format that was asked for."""
        return self._page(request, call, "CSV")

    def cancel_statement(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """End a statement that runs."""
        found, _ = self._statements.find(call.region, request["Id"])
        if not self._statements.cancel(found):
            raise invalid(
                f"Could not cancel a query that is already in {found.status} state with ID: "
                f"{request['Id']}"
            )
        return {"Status": True}

    def list_statements(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """A page of statements, the latest first."""
        wanted = request.get("Status", "ALL")
        found = [
            each
            for each in self._statements.all(call.region)
            if wanted in ("ALL", each.status)
            and each.record.get("StatementName", "").startswith(request.get("StatementName", ""))
            and _at(request, each.record)
        ]
        return _paged("Statements", [_listed(each) for each in found], request)

    def list_sessions(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """A page of the sessions that are kept."""
        shown = [self._sessions.shown(each) for each in self._sessions.all()]
        found = [
            each
            for each in shown
            if request.get("Status", each["Status"]) == each["Status"]
            and request.get("SessionId", each["SessionId"]) == each["SessionId"]
            and _at(request, each)
        ]
        return _paged("Sessions", found, request)

    def list_databases(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """A page of the names of databases, of which there is one."""
        found = target(request)
        return _paged("Databases", [found["Database"]], request)

    def list_schemas(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """A page of the names of schemas."""
        rows = self._rows(request, lists.SCHEMAS, {"schema": request.get("SchemaPattern", "%")})
        return _paged("Schemas", [name for (name,) in rows], request)

    def list_tables(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """A page of tables and views."""
        patterns = {
            "schema": request.get("SchemaPattern", "%"),
            "table": request.get("TablePattern", "%"),
        }
        rows = self._rows(request, lists.TABLES, patterns)
        members = [{"schema": each[0], "name": each[1], "type": each[2]} for each in rows]
        return _paged("Tables", members, request)

    def describe_table(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """A page of the columns of a table."""
        if "Table" not in request:
            raise invalid("Table has to be given.")
        named = {"schema": request.get("Schema", "public"), "table": request["Table"]}
        rows = self._rows(request, lists.COLUMNS, named)
        if not rows:
            raise invalid(f'relation "{named["table"]}" does not exist in {named["schema"]}')
        columns = [lists.column(row, **named) for row in rows]
        return {"TableName": named["table"], **_paged("ColumnList", columns, request)}

    def _submit(
        self, request: dict[str, Any], sqls: Sequence[str], call: Call, code: str
    ) -> dict[str, Any]:
        kept = None
        if "SessionId" in request:
            kept = self._sessions.find(request["SessionId"])
            if set(request) & set(MEMBERS):
                raise invalid("With SessionId, cluster, workgroup, database and user are settled.")
        found = dict(kept.target) if kept else target(request)
        alive = request.get("SessionKeepAliveSeconds")
        try:
            session = kept.id if kept else self._sessions.open(found, alive or 0)
        except Error as error:
            raise ServiceError(code, str(error)) from error
        hidden = ("Sql", "Sqls", "Parameters", "WaitTimeSeconds", *MEMBERS)
        record = {name: value for name, value in request.items() if name not in hidden}
        record |= {
            **found,
            "Sqls": list(sqls),
            "batch": "Sqls" in request,
            "ExecutionMode": request.get("ExecutionMode", "TRANSACTION"),
            "QueryParameters": request.get("Parameters"),
            "values": {each["name"]: each["value"] for each in request.get("Parameters", [])},
            "session": session,
            "SessionId": session if kept or alive else None,
        }
        submitted = self._statements.submit(call.region, record)
        if "WaitTimeSeconds" in request:
            submitted = self._patiently(submitted, request["WaitTimeSeconds"])
        shown = _shown(submitted)
        return shown if "WaitTimeSeconds" in request else {**shown, "Status": "SUBMITTED"}

    def _patiently(self, statement: Resource, seconds: float) -> Resource:
        if statement.status in ENDED or not seconds:
            return statement
        if not self._waiting.acquire(blocking=False):
            return statement
        try:
            return self._statements.wait(statement, seconds)
        finally:
            self._waiting.release()

    def _page(self, request: dict[str, Any], call: Call, form: str) -> dict[str, Any]:
        found, part = self._statements.find(call.region, request["Id"])
        found = self._patiently(found, request.get("WaitTimeSeconds", 0))
        parts = found.record.get("parts", [])
        result = parts[(part or len(parts)) - 1] if parts else {}
        if found.status not in ENDED or not result.get("HasResultSet"):
            raise ServiceError("ResourceNotFoundException", _NO_RESULT)
        asked = found.record.get("ResultFormat", "JSON")
        if asked != form:
            other = "GetStatementResultV2" if asked == "CSV" else "GetStatementResult"
            raise invalid(f"The result is in {asked} format. Read it with {other}.")
        begin = _begin(request.get("NextToken"), request["Id"])
        page = self._owner.ask(
            "page", file=result["file"], begin=begin, columns=result["columns"], form=form
        )
        return {
            "Records": page["records"],
            "ColumnMetadata": [lists.metadata(each) for each in result["columns"]],
            "TotalNumRows": page["total"],
            "ResultFormat": form,
            "NextToken": page["next"] and f"{request['Id']}/{page['next']}",
        }

    def _rows(
        self, request: dict[str, Any], sql: str, values: Mapping[str, str]
    ) -> list[list[Any]]:
        """What a question about the database finds."""
        found = target(request)
        try:
            session = self._owner.ask("open", user=user(found))["session"]
            try:
                (result,) = self._owner.ask("execute", session=session, sql=sql, parameters=values)[
                    "results"
                ]
                path = self._owner.results / result["file"]
                page = self._owner.ask("rows", file=result["file"])
                path.unlink(missing_ok=True)
                return page["rows"]
            finally:
                self._owner.ask("close", session=session)
        except Error as error:
            raise ServiceError("DatabaseConnectionException", str(error)) from error


def _shown(statement: Resource) -> dict[str, Any]:
    """A statement as DescribeStatement has it."""
    record = statement.record
    parts = record.get("parts", [])
    last = parts[-1] if parts else {}
    begun, ended = record.get("started"), record.get("ended")
    shown = {
        **record,
        "Status": statement.status,
        "CreatedAt": statement.created,
        "UpdatedAt": statement.updated,
        "Duration": int((ended - begun) * 1e9) if begun and ended else -1,
        "HasResultSet": bool(last.get("HasResultSet")),
        "ResultRows": last.get("ResultRows", -1),
        "ResultSize": last.get("ResultSize", -1),
        "RedshiftPid": statement.position,
        "RedshiftQueryId": statement.position if statement.status in ENDED else 0,
        "ResultFormat": record.get("ResultFormat", "JSON"),
        "DbUser": user(record),
    }
    if record["batch"]:
        shown["SubStatements"] = [_part_shown(statement, place) for place, _ in enumerate(parts, 1)]
    else:
        shown["QueryString"] = record["Sqls"][0]
    return shown


def _part_shown(statement: Resource, part: int) -> dict[str, Any]:
    parts = statement.record.get("parts", [])
    own = parts[part - 1] if part <= len(parts) else {"Status": statement.status}
    return {
        "HasResultSet": False,
        "ResultRows": -1,
        "ResultSize": -1,
        "Duration": -1,
        "RedshiftQueryId": statement.position,
        "CreatedAt": statement.created,
        "UpdatedAt": statement.updated,
        **own,
        "Id": f"{statement.record['Id']}:{part}",
    }


def _listed(statement: Resource) -> dict[str, Any]:
    record = statement.record
    many = record["batch"]
    return {
        **record,
        "Status": statement.status,
        "CreatedAt": statement.created,
        "UpdatedAt": statement.updated,
        "IsBatchStatement": many,
        "QueryString": None if many else record["Sqls"][0],
        "QueryStrings": record["Sqls"] if many else None,
    }


def _at(request: Mapping[str, Any], record: Mapping[str, Any]) -> bool:
    """Whether something is where a list was asked for."""
    names = ("Database", "ClusterIdentifier", "WorkgroupName")
    return all(request.get(name, record.get(name)) == record.get(name) for name in names)


def _paged(member: str, found: Sequence[Any], request: Mapping[str, Any]) -> dict[str, Any]:
    begin = request["NextToken"]
    end = begin + (request["MaxResults"] or 100)
    return {member: list(found[begin:end]), "NextToken": end if end < len(found) else None}


def _begin(token: str | None, id: str) -> int:
    if token is None:
        return 0
    of, _, begin = token.partition("/")
    if of != id or not begin.isdigit():
        raise invalid("The next token is not one this result has given.")
    return int(json.loads(begin))
