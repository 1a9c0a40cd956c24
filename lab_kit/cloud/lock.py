"""One server a home folder: a lock that the system lets go when its holder is gone."""

import os
import sys
import time
from pathlib import Path

_PATIENCE_SECONDS = 0.2
_BEAT_SECONDS = 0.02


def take_patiently(path: Path) -> int | None:
    """As `take`, trying for a while: somebody who only asks holds the lock for a moment."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while (held := take(path)) is None and time.monotonic() < end:
        time.sleep(_BEAT_SECONDS)
    return held


def take(path: Path) -> int | None:
    """Lock a file, made where it is missing.

    Returns:
        Its descriptor, which holds the lock while it is open; None where another process has it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
