"""Connections as Python's database API has them (PEP 249), with rows as Arrow, too.

    connection = lab_kit.redshift.connect()
    cursor = connection.cursor()
    cursor.execute("SELECT * FROM customers WHERE customer_id = :id", {"id": 7})
    cursor.fetchall()

Source: https://peps.python.org/pep-0249/. Parameters are named. Every statement is committed at
once unless it stands between BEGIN and COMMIT.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from lab_kit.redshift.errors import InterfaceError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from lab_kit.redshift.engine.results import Result

apilevel = "2.0"
threadsafety = 1
paramstyle = "named"


class Talk(Protocol):
    """A session, in this process or in another."""

    def execute(self, script: str, parameters: Mapping[str, Any]) -> "list[Result]":
        """Execute statements."""

    def cancel(self) -> None:
        """End the statement that is being executed; called by another thread."""

    def close(self) -> None:
        """End the session."""


class Connection:
    """A connection to the database.

    Args:
        talk: Its session.
    """

    def __init__(self, talk: Talk) -> None:
        self._talk: Talk | None = talk

    def cursor(self) -> "Cursor":
        """A cursor; all cursors of a connection share its session."""
        self._open()
        return Cursor(self)

    def execute(self, sql: str, parameters: Mapping[str, Any] | None = None) -> "Cursor":
        """Execute statements with a cursor of their own, and return it."""
        return self.cursor().execute(sql, parameters)

    def commit(self) -> None:
        """End a transaction that BEGIN began; without one, nothing is open."""
        self._end("COMMIT")

    def rollback(self) -> None:
        """Undo what was done since BEGIN."""
        self._end("ROLLBACK")

    def cancel(self) -> None:
        """End the statement that another thread executes."""
        self._open().cancel()

    def close(self) -> None:
        """Close it; what was not committed is undone."""
        if self._talk is not None:
            self._talk.close()
            self._talk = None

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _end(self, word: str) -> None:
        from lab_kit.redshift.errors import Error

        try:
            self._open().execute(word, {})
        except Error as error:
            if "no transaction" not in str(error):
                raise

    def _open(self) -> Talk:
        if self._talk is None:
            raise InterfaceError("the connection is closed", next_step="connect again")
        return self._talk


class Cursor:
    """Executes statements and hands out the rows of the last one.

    Args:
        connection: Whose it is.
    """

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._result: Result | None = None
        self._rows: Iterator[tuple[Any, ...]] = iter(())

    @property
    def description(self) -> list[tuple[Any, ...]] | None:
        """For each column (name, type, None, None, precision, scale, None); None without rows."""
        if self._result is None or self._result.table is None:
            return None
        return [
            (each.name, each.type, None, None, each.precision or None, each.scale or None, None)
            for each in self._result.columns
        ]

    @property
    def rowcount(self) -> int:
        """How many rows were found or changed; -1 where nothing is counted."""
        return -1 if self._result is None else self._result.affected

    @property
    def notices(self) -> tuple[str, ...]:
        """What the database had to tell about the last statement."""
        return () if self._result is None else self._result.notices

    def execute(self, sql: str, parameters: Mapping[str, Any] | None = None) -> "Cursor":
        """Execute one or more statements; the last one's rows are handed out.

        Args:
            sql: Redshift's SQL.
            parameters: Values for `:name` in it.

        Raises:
            Error: One is refused.
        """
        results = self._connection._open().execute(sql, parameters or {})
        self._result = results[-1] if results else None
        table = None if self._result is None else self._result.table
        self._rows = iter(()) if table is None else _rows(table)
        return self

    def executemany(self, sql: str, parameters: Sequence[Mapping[str, Any]]) -> "Cursor":
        """Execute a statement once for each set of values."""
        for each in parameters:
            self.execute(sql, each)
        return self

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row, or None."""
        return next(self._rows, None)

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        """The next rows."""
        return [row for _, row in zip(range(size or self.arraysize), self._rows, strict=False)]

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows that are left."""
        return list(self._rows)

    def arrow(self) -> "pa.Table":
        """All rows of the last statement as an Arrow table.

        Raises:
            InterfaceError: It has none.
        """
        if self._result is None or self._result.table is None:
            raise InterfaceError("the last statement has no rows", next_step="execute a query")
        return self._result.table

    def df(self) -> "pd.DataFrame":
        """All rows of the last statement as a pandas frame.

        Raises:
            InterfaceError: It has none.
        """
        table = self.arrow()
        names = [each.name for each in self._result.columns] if self._result else []
        frame = table.rename_columns([str(place) for place in range(len(names))]).to_pandas()
        frame.columns = names
        return frame

    def setinputsizes(self, sizes: Sequence[Any]) -> None:
        """Nothing is to be set."""

    def setoutputsize(self, size: int, column: int | None = None) -> None:
        """Nothing is to be set."""

    def close(self) -> None:
        """Forget the rows."""
        self._result = None
        self._rows = iter(())

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return self._rows


def _rows(table: "pa.Table") -> Iterator[tuple[Any, ...]]:
    for batch in table.to_batches(max_chunksize=10_000):
        yield from zip(*(each.to_pylist() for each in batch.columns), strict=True)
