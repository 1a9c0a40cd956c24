"""`lab_kit.redshift.connect()`: to the local cloud's database, or to one in this process."""

import http.client
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lab_kit.redshift.dbapi import Connection
from lab_kit.redshift.engine.results import Column, Result
from lab_kit.redshift.errors import InterfaceError, OperationalError
from lab_kit.redshift.names import SUPERUSER
from lab_kit.redshift.owner.owner import error_of
from lab_kit.redshift.parameters import as_json


def connect(database: str | Path | None = None, *, user: str = SUPERUSER) -> Connection:
    """A connection.

    Args:
        database: None for the local cloud's database, which other programs see, too; ":memory:" for
            one in this process that is gone when it is closed; a folder for one that stays.
        user: Who speaks.

    Raises:
        InterfaceError: This process is not turned to the local cloud.
        OperationalError: The database cannot be opened.
    """
    if database is None:
        return Connection(Remote(user))
    return Connection(Local(None if str(database) == ":memory:" else Path(database), user))


class Local:
    """A session of a database in this process.

    Args:
        folder: Where it lies; None for memory.
        user: Who speaks.
    """

    def __init__(self, folder: Path | None, user: str) -> None:
        from lab_kit.redshift.local import LocalDatabase

        self._database = LocalDatabase(folder)
        self._session = self._database.engine.session(user)

    def execute(self, script: str, parameters: Mapping[str, Any]) -> list[Result]:
        """See `Talk`."""
        return self._session.execute(script, parameters)

    def cancel(self) -> None:
        """See `Talk`."""
        self._session.cancel()

    def close(self) -> None:
        """See `Talk`."""
        self._session.close()
        self._database.close()


class Remote:
    """A session of the local cloud's database.

    Args:
        user: Who speaks.

    Raises:
        InterfaceError: This process is not turned to the local cloud.
    """

    def __init__(self, user: str) -> None:
        address = urlsplit(os.environ.get("AWS_ENDPOINT_URL", ""))
        if address.hostname != "127.0.0.1" or address.port is None:
            raise InterfaceError(
                "This process does not work with the local cloud",
                next_step='call lab_kit.cloud.start() first, or connect to ":memory:"',
            )
        self._port = address.port
        self._key = os.environ.get("AWS_ACCESS_KEY_ID", "")
        self._session: str = self._ask("open", {"user": user})["session"]

    def execute(self, script: str, parameters: Mapping[str, Any]) -> list[Result]:
        """See `Talk`."""
        said = {"session": self._session, "sql": script, "parameters": as_json(parameters)}
        return [self._result(each) for each in self._ask("execute", said)["results"]]

    def cancel(self) -> None:
        """See `Talk`."""
        self._ask("cancel", {"session": self._session})

    def close(self) -> None:
        """See `Talk`."""
        self._ask("close", {"session": self._session})

    def _ask(self, question: str, said: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self._request("POST", question, json.dumps(said)))
        if "error" in answer:
            raise error_of(answer["error"])
        return answer

    def _request(self, method: str, question: str, body: str | None = None) -> bytes:
        # http.client knows no proxies; a training may take long, hence no timeout.
        connection = http.client.HTTPConnection("127.0.0.1", self._port)
        try:
            headers = {"X-Lab-Kit-Key": self._key}
            connection.request(method, f"/_lab_kit/sql/{question}", body, headers)
            response = connection.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise OperationalError(
                f"The local cloud does not answer: {error}",
                next_step="start it again with lab_kit.cloud.start(), and connect again",
            ) from error
        finally:
            connection.close()
        if response.status != 200:
            raise OperationalError(f"The local cloud refuses: {answer.decode('utf-8', 'replace')}")
        return answer

    def _result(self, told: dict[str, Any]) -> Result:
        table = None
        if told["file"]:
            import pyarrow as pa

            table = pa.ipc.open_stream(self._request("GET", f"rows/{told['file']}")).read_all()
        columns = tuple(Column(**each) for each in told["columns"])
        return Result(told["tag"], columns, table, told["affected"], tuple(told["notices"]))
