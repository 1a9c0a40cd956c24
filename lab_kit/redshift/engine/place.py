"""Where one database lies, and what it works with."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lab_kit.aws.ground import Ground
from lab_kit.redshift.objects import Objects


def _no_news() -> None: ...


@dataclass(frozen=True)
class Place:
    """One database's surroundings."""

    ground: Ground
    """Its models are in the registry, its trainings in the queue."""
    objects: Objects
    """S3."""
    file: Path | None
    """The file of its tables; None to hold them in memory."""
    asked: Callable[[], None] = _no_news
    """Called when a training was asked for or is to be ended."""

    @property
    def models(self) -> Path:
        """The folder in which each trained model has a folder of its own."""
        return self.ground.folder / "redshift" / "models"
