"""Redshift as the local cloud takes it in: a service, the jobs behind it, and a door for SQL.

Everything here runs in the server, and loads neither DuckDB nor sqlglot: the owner does.
"""

from lab_kit.aws.door import Door
from lab_kit.aws.ground import Ground
from lab_kit.aws.jobs import Kind
from lab_kit.aws.protocol.service import Service
from lab_kit.redshift.data_api.service import DataApi
from lab_kit.redshift.models.kinds import kinds
from lab_kit.redshift.owner.front import Front
from lab_kit.redshift.owner.owner import Owner


class Tenant:
    """The database in the server.

    Args:
        ground: What the local cloud stands on.
        door: How the database's process calls the server.
        patience: Seconds that DescribeStatement waits for a statement to end.
        waiters: How many calls may wait at a time.
    """

    def __init__(
        self, ground: Ground, door: Door, *, patience: float = 0, waiters: int = 16
    ) -> None:
        self._ground = ground
        self._door = door
        # The owner asks for trainings in the memory both share; the server has to be told.
        self.owner = Owner(ground.folder, door, ground.database.announce)
        self.front = Front(self.owner)
        self._api = DataApi(ground, self.owner, patience=patience, waiters=waiters)

    def services(self) -> list[Service]:
        """The service that boto3 speaks with."""
        return [Service("redshift-data", self._api)]

    def kinds(self) -> list[Kind]:
        """The kinds of its jobs."""

        def objects() -> dict[str, object]:
            return {"home": str(self._ground.folder), "door": self._door.as_json()}

        return kinds(self._ground, objects)

    def stop(self) -> None:
        """End the database's process."""
        self.owner.stop()
