"""Requests that changed something, to be made again after a restart.

What moto remembers, it remembers in memory. A request made again at the time it was made, with the
same chance, brings the same back.
"""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from lab_kit.aws.database import Database


@dataclass(frozen=True)
class Entry:
    """One request."""

    service: str
    """Its signing name."""
    method: str
    target: str
    """The path and query as they came."""
    headers: Mapping[str, str]
    body: bytes = b""
    time: float = 0.0
    """When it was made, on the clock of the cloud."""
    seed: int = field(default_factory=lambda: secrets.randbits(62))
    """What its identifiers are drawn from."""


class Journal:
    """Entries, oldest first.

    Args:
        database: Where they lie.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, entry: Entry, slot: str | None = None) -> None:
        """Write down a request, instead of the last one with the same slot."""
        request = asdict(entry) | {"body": base64.b64encode(entry.body).decode("ascii")}
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO journal (service, slot, time, request) VALUES (?, ?, ?, ?)",
                (entry.service, slot, entry.time, json.dumps(request)),
            )

    def drop(self, slot: str) -> None:
        """Forget the request with a slot."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM journal WHERE slot = ?", (slot,))

    def drop_under(self, beginning: str) -> None:
        """Forget the requests whose slots begin so."""
        with self._database.transaction() as connection:
            connection.execute(
                "DELETE FROM journal WHERE substr(slot, 1, ?) = ?", (len(beginning), beginning)
            )

    def forget_before(self, service: str, time: float) -> None:
        """Forget what a service was asked before a time."""
        with self._database.transaction() as connection:
            connection.execute(
                "DELETE FROM journal WHERE service = ? AND time < ?", (service, time)
            )

    def entries(self, service: str) -> list[Entry]:
        """What a service was asked."""
        rows = self._database.rows(
            "SELECT request FROM journal WHERE service = ? ORDER BY position", (service,)
        )
        return [_entry(json.loads(text)) for (text,) in rows]


def _entry(request: dict[str, Any]) -> Entry:
    return Entry(**request | {"body": base64.b64decode(request["body"])})
