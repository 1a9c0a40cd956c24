"""Refuse before memory is taken that is not there."""

from lab_kit.errors import LabKitError
from lab_kit.machine import free_memory

SHARE = 0.8
"""The part of the free memory one model may take."""
MIB = 2**20


def require_memory(needed: int, what: str, instead: str, limit: int | None = None) -> None:
    """Make sure that so much memory may be taken.

    Args:
        needed: Bytes at the peak.
        what: What needs them: "EASE with 20,000 items".
        instead: What to use where they are not there.
        limit: Bytes allowed; None: four fifths of what is free.

    Raises:
        LabKitError: If more is needed than allowed; it says how much, and what to use instead.
    """
    allowed = int(SHARE * free_memory()) if limit is None else limit
    if needed > allowed:
        raise LabKitError(
            f"{what} needs {needed / MIB:,.0f} MiB, and {allowed / MIB:,.0f} MiB are allowed",
            next_step=instead,
        )
