"""Records put one by one, in the order they came: events, items, users, actions.

A database of its own, so that a busy stream of events neither waits for the registry nor wakes
those who watch it. What was added is there from then on, after a kill too.
"""

import json
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TABLE = """
CREATE TABLE IF NOT EXISTS puts (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    store TEXT NOT NULL,
    key TEXT,
    session TEXT,
    user TEXT,
    at REAL NOT NULL,
    record TEXT NOT NULL,
    UNIQUE (store, key)
) STRICT;
CREATE INDEX IF NOT EXISTS stores ON puts (store, position);
"""
_WAIT_SECONDS = 30


@dataclass(frozen=True)
class Put:
    """One record."""

    record: Mapping[str, Any]
    """Values by the names of the schema's fields, as JSON has them; times in epoch seconds."""
    key: str | None = None
    """Of several records of a store with one key the first is kept; None: never the same."""
    session: str | None = None
    """The session an event belongs to."""
    at: float = 0.0
    """When it came, in seconds since 1970 on the clock of the cloud."""


class Records:
    """All records of one local cloud.

    Args:
        path: The file; made with its folder where it is missing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._own = threading.local()

    def add(self, store: str, puts: Iterable[Put]) -> int:
        """Add records; those whose key is there already are left out.

        Returns:
            The position of the newest record of the store.
        """
        rows = [
            (
                store,
                put.key,
                put.session,
                put.record.get("USER_ID"),
                put.at,
                json.dumps(dict(put.record), ensure_ascii=False),
            )
            for put in puts
        ]
        with self._open() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO puts (store, key, session, user, at, record) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                rows,
            )
        return self.position(store)

    def since(
        self, store: str, position: int = 0, upto: int | None = None
    ) -> list[tuple[int, Put]]:
        """The records after a position, and their positions, oldest first.

        Args:
            store: Whose.
            position: Only later ones.
            upto: Only those up to this position; None: all.
        """
        question = (
            "SELECT position, record, key, session, at FROM puts WHERE store = ? AND position > ? "
            "AND (? IS NULL OR position <= ?) ORDER BY position"
        )
        with closing(self._open().execute(question, (store, position, upto, upto))) as found:
            return [(place, Put(json.loads(text), *more)) for place, text, *more in found]

    def position(self, store: str) -> int:
        """The position of the newest record; 0 where there is none."""
        question = "SELECT coalesce(max(position), 0) FROM puts WHERE store = ?"
        return int(self._open().execute(question, (store,)).fetchone()[0])

    def forget(self, store: str, users: Sequence[str]) -> int:
        """Remove all records of some users, and of sessions in which they were; says how many."""
        of_sessions = (
            "DELETE FROM puts WHERE store = ?1 AND user IS NULL AND session IN "
            "(SELECT session FROM puts WHERE store = ?1 AND user = ?2)"
        )
        with self._open() as connection:
            before = connection.total_changes
            rows = [(store, user) for user in users]
            connection.executemany(of_sessions, rows)
            connection.executemany("DELETE FROM puts WHERE store = ?1 AND user = ?2", rows)
            return connection.total_changes - before

    def drop(self, store: str) -> None:
        """Remove all records of a store."""
        with self._open() as connection:
            connection.execute("DELETE FROM puts WHERE store = ?", (store,))

    def close(self) -> None:
        """Close the connection of this thread."""
        connection = getattr(self._own, "connection", None)
        if connection is not None:
            connection.close()
            del self._own.connection

    def _open(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self.path, timeout=_WAIT_SECONDS)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.executescript(_TABLE)
            self._own.connection = connection
        return connection
