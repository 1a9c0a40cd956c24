"""The resources of the local cloud: what there is, in which state, used by what."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lab_kit.aws.clock import Clock
from lab_kit.aws.database import Database

_COLUMNS = "arn, kind, region, scope, name, status, created, updated, record, position"


class NameTakenError(Exception):
    """A resource of that kind has that name already, or that ARN."""


@dataclass(frozen=True)
class Resource:
    """One resource as it is now."""

    arn: str
    kind: str
    region: str
    scope: str
    """Within what its name is unique: the ARN of a parent, or empty for the region."""
    name: str | None
    status: str
    """As AWS words it: "CREATE PENDING"; empty for a kind without states."""
    created: float
    """Seconds since 1970, UTC; so is `updated`."""
    updated: float
    record: Mapping[str, Any]
    """The rest, as JSON has it."""
    position: int
    """Where it stands in lists; later ones have a greater one."""


class Registry:
    """Resources, transactional.

    Args:
        database: Where they lie.
        clock: What time it is.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._changed = threading.Condition()
        database.listen(self._notify)
        self.transaction = database.transaction
        """All or nothing of several changes."""

    def create(
        self,
        arn: str,
        kind: str,
        *,
        region: str,
        name: str | None,
        status: str,
        record: Mapping[str, Any],
        scope: str = "",
        uses: Iterable[str] = (),
    ) -> Resource:
        """Add a resource.

        Args:
            arn: Its ARN.
            kind: What it is.
            region: Where it is.
            name: Its name, or None.
            status: Its first state.
            record: What else is known of it, as JSON has it.
            scope: Within what its name is unique.
            uses: ARNs of what it cannot do without.

        Raises:
            NameTakenError: The name is not free within its scope, or the ARN is not.
        """
        now = self._clock.time()
        with self.transaction() as connection:
            taken = connection.execute(
                "SELECT 1 FROM resources WHERE arn = ? "
                "OR (kind = ? AND region = ? AND scope = ? AND name = ?)",
                (arn, kind, region, scope, name),
            ).fetchone()
            if taken:
                raise NameTakenError(arn)
            connection.execute(
                f"INSERT INTO resources ({_COLUMNS}) SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                "coalesce(max(position), 0) + 1 FROM resources",
                (arn, kind, region, scope, name, status, now, now, json.dumps(dict(record))),
            )
            self.set_uses(arn, uses)
        return self.require(arn)

    def get(self, arn: str) -> Resource | None:
        """The resource of that ARN, or None."""
        row = self._database.row(f"SELECT {_COLUMNS} FROM resources WHERE arn = ?", (arn,))
        return None if row is None else _resource(row)

    def require(self, arn: str) -> Resource:
        """The resource of that ARN.

        Raises:
            KeyError: There is none.
        """
        found = self.get(arn)
        if found is None:
            raise KeyError(arn)
        return found

    def update(self, arn: str, *, status: str | None = None, **changes: Any) -> Resource:
        """Change the state or members of the record; a member set to None is left out.

        Args:
            arn: Its ARN.
            status: Its state from now on; None for the one it has.
            changes: Members of the record.

        Raises:
            KeyError: There is no such resource.
        """
        with self.transaction() as connection:
            now = self.require(arn)
            record = {**now.record, **changes}
            connection.execute(
                "UPDATE resources SET status = ?, updated = ?, record = ? WHERE arn = ?",
                (
                    now.status if status is None else status,
                    self._clock.time(),
                    json.dumps({key: each for key, each in record.items() if each is not None}),
                    arn,
                ),
            )
            return self.require(arn)

    def delete(self, arn: str) -> None:
        """Remove a resource and its tags; nothing happens where there is none."""
        with self.transaction() as connection:
            connection.execute("DELETE FROM resources WHERE arn = ?", (arn,))

    def set_uses(self, arn: str, uses: Iterable[str]) -> None:
        """Say what a resource cannot do without, instead of what was said before."""
        with self.transaction() as connection:
            connection.execute("DELETE FROM uses WHERE user = ?", (arn,))
            connection.executemany(
                "INSERT OR IGNORE INTO uses VALUES (?, ?)", [(arn, used) for used in uses]
            )

    def uses(self, arn: str) -> list[str]:
        """ARNs of what a resource cannot do without."""
        return [
            used for (used,) in self._database.rows("SELECT used FROM uses WHERE user = ?", (arn,))
        ]

    def users(self, arn: str, kind: str | None = None) -> list[Resource]:
        """What cannot do without a resource, oldest first; of one kind, or of all."""
        return self._select(
            "arn IN (SELECT user FROM uses WHERE used = ?) AND (? IS NULL OR kind = ?)",
            (arn, kind, kind),
        )

    def all(self, kind: str | None = None, region: str | None = None) -> list[Resource]:
        """All resources, of one kind and in one region where they are named; oldest first."""
        return self._select(
            "(? IS NULL OR kind = ?) AND (? IS NULL OR region = ?)", (kind, kind, region, region)
        )

    def page(
        self, kind: str, region: str, *, using: str | None = None, after: int = 0, limit: int = 100
    ) -> tuple[list[Resource], int | None]:
        """A page of the resources of a kind, oldest first.

        Args:
            kind: What they are.
            region: Where they are.
            using: Only those that use this ARN.
            after: The position of the last one of the page before.
            limit: How many at most.

        Returns:
            The resources, and the position to go on from; None on the last page.
        """
        found = self._select(
            "kind = ? AND region = ? AND position > ? "
            "AND (? IS NULL OR arn IN (SELECT user FROM uses WHERE used = ?))",
            (kind, region, after, using, using),
            limit + 1,
        )
        more = len(found) > limit
        return found[:limit], found[limit - 1].position if more else None

    def tags(self, arn: str) -> dict[str, str]:
        """The tags of a resource, by key."""
        rows = self._database.rows("SELECT key, value FROM tags WHERE arn = ? ORDER BY key", (arn,))
        return dict(rows)

    def tag(self, arn: str, tags: Mapping[str, str]) -> None:
        """Add tags to a resource, or give them other values."""
        with self.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO tags VALUES (?, ?, ?)",
                [(arn, key, value) for key, value in tags.items()],
            )

    def untag(self, arn: str, keys: Iterable[str]) -> None:
        """Take tags from a resource; keys it does not have do not matter."""
        with self.transaction() as connection:
            connection.executemany(
                "DELETE FROM tags WHERE arn = ? AND key = ?", [(arn, key) for key in keys]
            )

    def wait(self, settled: Callable[[], bool], seconds: float) -> bool:
        """Wait until something holds, looking again whenever something was committed.

        Returns:
            Whether it holds in the end.
        """
        end = time.monotonic() + seconds
        with self._changed:
            while not settled():
                left = end - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    return settled()
        return True

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _select(
        self, where: str, values: Sequence[Any], limit: int | None = None
    ) -> list[Resource]:
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM resources WHERE {where} ORDER BY position LIMIT ?",
            (*values, -1 if limit is None else limit),
        )
        return [_resource(row) for row in rows]


def _resource(row: tuple[Any, ...]) -> Resource:
    return Resource(*(*row[:8], json.loads(row[8]), row[9]))
