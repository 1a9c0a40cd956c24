"""One server a home folder: a lock that the system lets go when its holder is gone."""

import os
import sys
from pathlib import Path


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
