"""What a user may set about the local cloud, in the environment."""

import os
from dataclasses import dataclass

from lab_kit.errors import LabKitError


@dataclass(frozen=True)
class Settings:
    """Seconds."""

    patience: float = 45
    """LAB_KIT_CLOUD_PATIENCE: how long DescribeX waits for a resource to settle; 0 answers at
    once. Clients give up after 60 seconds."""
    idle: float = 1800
    """LAB_KIT_CLOUD_IDLE: how long the server stays up when nobody calls; 0 for ever."""

    @classmethod
    def of_environment(cls) -> "Settings":
        """The settings of this process.

        Raises:
            LabKitError: One is no number, or negative.
        """
        return cls(
            _seconds("LAB_KIT_CLOUD_PATIENCE", cls.patience),
            _seconds("LAB_KIT_CLOUD_IDLE", cls.idle),
        )


def _seconds(name: str, usual: float) -> float:
    said = os.environ.get(name, "")
    try:
        value = float(said) if said else usual
    except ValueError:
        value = -1
    if not 0 <= value < float("inf"):
        raise LabKitError(
            f'"{said}" is no number of seconds', where=name, next_step="give 0 or more"
        )
    return value
