"""The SQLite file in which the local cloud remembers everything but the bytes of objects.

Write-ahead logging: readers never wait for a writer, and what was committed survives a kill -9.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from lab_kit.aws.errors import no_room
from lab_kit.errors import LabKitError

APPLICATION = 0x1AB
"""Marks the file as ours (https://www.sqlite.org/pragma.html#pragma_application_id)."""
FORMAT = 1
"""The version of the tables; a kit refuses files of a newer one."""
_WAIT_SECONDS = 30


class Database:
    """One file, a connection for each thread, one writer at a time.

    Args:
        path: The file; made where it is missing.

    Raises:
        LabKitError: Where the file is damaged, is no such database, was made by a newer kit, or
            cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._own = threading.local()
        self._writing = threading.RLock()
        self._connections: list[sqlite3.Connection] = []
        self._listeners: list[Callable[[], None]] = []
        try:
            self._examine()
            with self.transaction() as connection:
                for statement in _tables().split(";\n"):
                    connection.execute(statement)
        except sqlite3.DatabaseError as error:
            self.close()
            raise LabKitError(
                f"The local cloud's memory cannot be read: {error}",
                where=str(path),
                next_step="free some space if the disk is full or ask for write access; if the "
                "file is damaged, begin afresh with lab-kit cloud reset",
            ) from error

    def _examine(self) -> None:
        connection = self._connection()
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if tables and application != APPLICATION:
            raise sqlite3.DatabaseError("it was made by another program")
        if version > FORMAT:
            self.close()
            raise LabKitError(
                f"The local cloud's memory is of format {version}, which a newer version of the "
                f"kit made; this one knows {FORMAT}",
                where=str(self.path),
                next_step="use the newer kit, or name another folder with LAB_KIT_HOME",
            )
        (sound,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if sound != "ok":
            raise sqlite3.DatabaseError(sound)
        if not tables:
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(f"PRAGMA user_version = {FORMAT}")

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self.path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._connections.append(connection)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(
                "PRAGMA synchronous = NORMAL"
            )  # a kill loses nothing, a power cut may
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA cache_size = -512")  # KiB; there are many threads
            self._own.connection = connection
            self._own.depth = 0
        return connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing of what is done within; may be nested, and the outermost one commits.

        Raises:
            ServiceError: The disk is full.
        """
        connection = self._connection()
        outermost = self._own.depth == 0
        with self._writing:
            try:
                if outermost:
                    connection.execute("BEGIN IMMEDIATE")
                self._own.depth += 1
                try:
                    yield connection
                finally:
                    self._own.depth -= 1
                if outermost:
                    connection.execute("COMMIT")
            except BaseException as error:
                if outermost and connection.in_transaction:
                    connection.execute("ROLLBACK")
                if isinstance(error, sqlite3.OperationalError) and "is full" in str(error):
                    raise no_room() from error
                raise
        if outermost:
            self.announce()

    def announce(self) -> None:
        """Call the listeners: something was committed, here or by another process."""
        for listener in self._listeners:
            listener()

    def listen(self, listener: Callable[[], None]) -> None:
        """Have something called after each commit."""
        self._listeners.append(listener)

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What a question finds."""
        with closing(self._connection().execute(query, values)) as found:
            return found.fetchall()

    def row(self, query: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The first row a question finds, or None."""
        with closing(self._connection().execute(query, values)) as found:
            row: tuple[Any, ...] | None = found.fetchone()
            return row

    def setting(self, key: str) -> str | None:
        """A remembered setting."""
        row = self.row("SELECT value FROM settings WHERE key = ?", (key,))
        return None if row is None else str(row[0])

    def remember(self, key: str, value: str) -> None:
        """Remember a setting."""
        with self.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (key, value))

    def close(self) -> None:
        """Close the connections of all threads."""
        for connection in self._connections:
            connection.close()
        self._connections.clear()
        self._own = threading.local()


def _tables() -> str:
    return files("lab_kit.aws").joinpath("tables.sql").read_text(encoding="utf-8")
