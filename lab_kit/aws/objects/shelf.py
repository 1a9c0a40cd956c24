"""The bytes of S3's objects as files, and which object they are.

A file is named by chance and never changed: keys such as `a` and `a/b`, `A` and `a`, or `con.txt`,
which cannot all be names of files on every system, stay apart. Which file belongs to which object
stands in the database, so that an object is there from the commit on, whole or not at all.
"""

import os
import shutil
import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lab_kit.aws.database import Database

_LATEST = (
    "SELECT key, blob FROM object_versions AS it WHERE bucket = ? AND substr(key, 1, ?) = ? "
    "AND place = (SELECT max(place) FROM object_versions WHERE bucket = it.bucket AND key = it.key)"
    " AND blob IS NOT NULL ORDER BY key"
)


@dataclass(frozen=True)
class StoredObject:
    """An object as a file. Read it, or link it; never write to it."""

    bucket: str
    key: str
    path: Path

    @property
    def address(self) -> str:
        """As AWS writes it: s3://bucket/key."""
        return f"s3://{self.bucket}/{self.key}"


class Shelf:
    """All files of one local cloud's objects.

    Args:
        database: Which file is which object.
        folder: Where the files lie.
    """

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def new(self) -> Path:
        """The path of a file to be written; it is swept if it never becomes part of an object."""
        name = uuid.uuid4().hex
        path = self.folder / name[:2] / name
        path.parent.mkdir(exist_ok=True)
        return path

    def path(self, blob: str) -> Path:
        """The file of that name."""
        return self.folder / blob[:2] / blob

    def under(self, address: str) -> list[StoredObject]:
        """The objects at an address, s3://bucket/key, or below it, s3://bucket/folder.

        As AWS's own jobs read it: every object whose key begins so, but for the empty ones that
        stand for folders. They are in the order of their keys.
        """
        bucket, prefix = split(address)
        rows = self._database.rows(_LATEST, (bucket, len(prefix), prefix))
        found = [StoredObject(bucket, key, self.path(blob)) for key, blob in rows]
        return [each for each in found if not each.key.endswith("/")]

    def has_bucket(self, bucket: str) -> bool:
        """Whether there is a bucket of that name."""
        slot = f"bucket {bucket}"
        row = self._database.row("SELECT 1 FROM journal WHERE service = 's3' AND slot = ?", (slot,))
        return row is not None

    def buckets(self) -> list[str]:
        """The names of all buckets."""
        rows = self._database.rows(
            "SELECT slot FROM journal WHERE service = 's3' AND slot LIKE 'bucket %' ORDER BY slot"
        )
        return [slot.removeprefix("bucket ") for (slot,) in rows]

    def discard(self, blobs: Iterable[str]) -> None:
        """Remove files that belong to no object any more."""
        for blob in set(blobs):
            if not self._is_used(blob):
                remove(self.path(blob))

    def sweep(self) -> int:
        """Remove files that belong to no object: what a kill left half-written. Says how many."""
        swept = 0
        for path in self.folder.glob("??/*"):
            if not self._is_used(path.name):
                remove(path)
                swept += 1
        return swept

    def _is_used(self, blob: str) -> bool:
        row = self._database.row(
            "SELECT 1 FROM object_versions WHERE blob = ? UNION SELECT 1 FROM parts WHERE blob = ?",
            (blob, blob),
        )
        return row is not None


def split(address: str) -> tuple[str, str]:
    """Bucket and key, or the beginning of keys, of s3://bucket/key."""
    bucket, _, key = address.removeprefix("s3://").partition("/")
    return bucket, key


def lend(objects: Iterable[StoredObject], folder: Path) -> list[Path]:
    """Give a job files it may read though their objects be overwritten meanwhile.

    Args:
        objects: What to lend.
        folder: Where links to them are put, or copies where there are no links.

    Returns:
        The files, numbered in order.
    """
    return lend_files([stored.path for stored in objects], folder)


def lend_files(paths: Iterable[Path], folder: Path) -> list[Path]:
    """The same for any files that are replaced, never changed."""
    folder.mkdir(parents=True, exist_ok=True)
    lent = []
    for number, path in enumerate(paths):
        target = folder / f"{number:05}"
        try:
            os.link(path, target)
        except OSError:
            shutil.copyfile(path, target)
        lent.append(target)
    return lent


def remove(path: Path) -> None:
    """Remove a file; one that is being read, on Windows, is left for the next sweep."""
    with suppress(PermissionError):
        path.unlink(missing_ok=True)
