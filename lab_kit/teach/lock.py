"""A lock between processes, on a file, released by the system when its holder dies."""

import errno
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 3.0
"""Seconds to wait for another holder."""
HELD_BY_ANOTHER = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}
"""What flock and msvcrt.locking answer while somebody else holds the lock."""

if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    def _release(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _release(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock on a file, which is made if need be and left behind.

    On a file system that knows no locks the block runs without one.

    Raises:
        OSError: Where the file cannot be made, or another holder keeps it for `PATIENCE` seconds.
    """
    with path.open("ab") as file:
        # On Windows the locked byte is the one at the position, and "a" does not start at 0.
        file.seek(0)
        held = _wait(file.fileno())
        try:
            yield
        finally:
            if held:
                file.seek(0)
                _release(file.fileno())


def _wait(descriptor: int) -> bool:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            _take(descriptor)
            return True
        except OSError as error:
            if error.errno not in HELD_BY_ANOTHER:
                return False
            if time.monotonic() > deadline:
                raise
        time.sleep(0.01)
