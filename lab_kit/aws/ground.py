"""What the services of one local cloud stand on, in one home folder."""

from dataclasses import dataclass
from pathlib import Path

from lab_kit.aws.clock import Clock
from lab_kit.aws.database import Database
from lab_kit.aws.jobs.queue import Queue
from lab_kit.aws.objects.objects import Objects
from lab_kit.aws.objects.shelf import Shelf
from lab_kit.aws.registry import Registry


@dataclass(frozen=True)
class Ground:
    """Memory, clock, queue and objects of one local cloud."""

    folder: Path
    """Where everything of it lies."""
    database: Database
    clock: Clock
    registry: Registry
    queue: Queue
    shelf: Shelf
    """The objects of S3, as files."""
    objects: Objects
    """S3 itself, for services that store objects."""

    @classmethod
    def under(cls, folder: Path) -> "Ground":
        """The ground in a folder, made where it is missing.

        Raises:
            LabKitError: The folder's memory is damaged, of a newer kit, or cannot be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        database = Database(folder / "memory.sqlite")
        clock = Clock(database)
        shelf = Shelf(database, folder / "objects")
        return cls(
            folder,
            database,
            clock,
            Registry(database, clock),
            Queue(database, clock),
            shelf,
            Objects(database, clock, shelf),
        )
