"""One clock for all services. A learner may advance it, to see what two hours or a week bring."""

import time
from datetime import UTC, datetime, timedelta

from lab_kit.aws.database import Database
from lab_kit.errors import LabKitError

_KEY = "clock ahead by seconds"


class Clock:
    """The time of the local cloud: this machine's, ahead by what it was advanced.

    Args:
        database: Where the advance is remembered, so that a restart does not turn time back.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ahead = float(database.setting(_KEY) or 0)

    @property
    def ahead(self) -> timedelta:
        """How far the clock is ahead of this machine's."""
        return timedelta(seconds=self._ahead)

    def time(self) -> float:
        """Seconds since 1970, UTC."""
        return time.time() + self._ahead

    def now(self) -> datetime:
        """The same as a moment in UTC."""
        return datetime.fromtimestamp(self.time(), UTC)

    def advance(self, by: timedelta) -> None:
        """Put the clock forward for every service.

        Raises:
            LabKitError: If it would go back.
        """
        if by < timedelta(0):
            raise LabKitError(
                "The clock cannot be put back",
                where=f"advance by {by}",
                next_step="advance it by a positive time; a reset of the cloud sets it right",
            )
        ahead = self._ahead + by.total_seconds()
        self._database.remember(_KEY, str(ahead))
        self._ahead = ahead
