"""A database in this process, with its own small ground: for tests, and for those without a server.

Its trainings run in child processes, as in the local cloud, and its S3 is a folder.
"""

import shutil
import tempfile
from pathlib import Path

from lab_kit.aws.ground import Ground
from lab_kit.aws.jobs import Supervisor
from lab_kit.redshift.engine.engine import Engine
from lab_kit.redshift.engine.place import Place
from lab_kit.redshift.models.kinds import kinds
from lab_kit.redshift.objects import FolderObjects


class LocalDatabase:
    """A database that is open in this process.

    Args:
        folder: Where it lies; None for one that is gone when it is closed.
    """

    def __init__(self, folder: Path | None = None) -> None:
        root = folder or Path(tempfile.mkdtemp(prefix="lab-kit-redshift-"))
        self._temporary = root if folder is None else None
        ground = Ground.under(root)
        objects = FolderObjects(root / "s3")
        self._ground = ground
        self._supervisor = Supervisor(
            ground.database,
            ground.queue,
            ground.clock,
            kinds(ground, objects.as_json),
            root / "jobs",
        )
        self._supervisor.start()
        file = None if folder is None else root / "warehouse.duckdb"
        self.engine = Engine(Place(ground, objects, file))

    def close(self) -> None:
        """Close it; trainings that run will begin again when it is opened again."""
        self.engine.close()
        self._supervisor.stop()
        self._ground.database.close()
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)
