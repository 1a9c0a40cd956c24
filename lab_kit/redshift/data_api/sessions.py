"""Sessions that outlive a statement, for callers who ask for that."""

import contextlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lab_kit.aws.clock import Clock
from lab_kit.redshift.data_api.target import invalid, user
from lab_kit.redshift.errors import Error
from lab_kit.redshift.owner.owner import Owner


@dataclass
class Kept:
    """One session that is kept."""

    id: str
    target: Mapping[str, str]
    created: float
    alive: int
    """Seconds it lives on after its last statement."""
    ends: float
    statement: str | None = None
    """The id of the one it executes."""


class Sessions:
    """The sessions of the Data API.

    Args:
        owner: Who has the database.
        clock: What time it is.
    """

    def __init__(self, owner: Owner, clock: Clock) -> None:
        self._owner = owner
        self._clock = clock
        self._kept: dict[str, Kept] = {}
        self._lock = threading.Lock()

    def open(self, target: Mapping[str, str], alive: int) -> str:
        """A session, kept for some seconds after each statement where that is more than none.

        Raises:
            Error: The database cannot be opened.
        """
        session: str = self._owner.ask("open", user=user(target))["session"]
        if alive:
            now = self._clock.time()
            with self._lock:
                self._kept[session] = Kept(session, target, now, alive, now + alive)
        return session

    def find(self, session: str) -> Kept:
        """A session that is kept.

        Raises:
            ServiceError: There is none, or no longer.
        """
        self._sweep()
        found = self._kept.get(session)
        if found is None:
            raise invalid(f"Session {session} is not available.")
        return found

    def begin(self, session: str, statement: str) -> None:
        """A session executes a statement now."""
        if kept := self._kept.get(session):
            kept.statement = statement

    def end(self, session: str, alive: int | None) -> None:
        """A session has executed a statement; one that is not kept ends."""
        kept = self._kept.get(session)
        if kept is None:
            self._close(session)
            return
        kept.alive = kept.alive if alive is None else alive
        kept.statement, kept.ends = None, self._clock.time() + kept.alive

    def all(self) -> list[Kept]:
        """All that are kept."""
        self._sweep()
        return list(self._kept.values())

    def shown(self, kept: Kept) -> dict[str, Any]:
        """One as callers see it."""
        return {
            **kept.target,
            "SessionId": kept.id,
            "Status": "BUSY" if kept.statement else "AVAILABLE",
            "CreatedAt": kept.created,
            "UpdatedAt": kept.ends - kept.alive,
            "SessionAliveSeconds": kept.alive,
            "SessionTtl": kept.ends,
            "CurrentStatementId": kept.statement,
        }

    def _sweep(self) -> None:
        now = self._clock.time()
        with self._lock:
            over = [each for each in self._kept.values() if not each.statement and each.ends <= now]
            for each in over:
                del self._kept[each.id]
        for each in over:
            self._close(each.id)

    def _close(self, session: str) -> None:
        with contextlib.suppress(Error):
            self._owner.ask("close", session=session)
