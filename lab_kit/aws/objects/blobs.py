"""The content of an object: a file, or a part of one, that is read when it is asked for."""

import base64
import hashlib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

CHUNK = 2**20
"""Bytes read at a time."""


class Digest(Protocol):
    """What `hashlib` makes, and `Crc32`."""

    def update(self, data: bytes, /) -> None:
        """Take in more."""

    def digest(self) -> bytes:
        """The digest of what was taken in."""


class Crc32:
    """CRC-32 in the form of `hashlib`."""

    def __init__(self) -> None:
        self._value = 0

    def update(self, data: bytes, /) -> None:
        """Take in more."""
        self._value = zlib.crc32(data, self._value)

    def digest(self) -> bytes:
        """Four bytes, the highest first."""
        return self._value.to_bytes(4, "big")


def digest_of(algorithm: str) -> Digest | None:
    """A fresh digest of a checksum of S3; None for CRC32C and CRC64NVME, which Python lacks."""
    algorithm = algorithm.lower()
    if algorithm == "crc32":
        return Crc32()
    if algorithm in ("md5", "sha1", "sha256"):
        return hashlib.new(algorithm, usedforsecurity=False)
    return None


def base64_of(digest: bytes) -> str:
    """A digest as headers hold it."""
    return base64.b64encode(digest).decode("ascii")


@dataclass(frozen=True)
class Blob:
    """A file that is never changed, or some of its bytes. It stands where moto expects bytes."""

    path: Path
    size: int
    """Bytes."""
    start: int = 0
    """Where in the file they begin."""
    md5: str = ""
    """Hexadecimal; empty where it is not known."""
    checksums: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Base64, by algorithm in lower case; those the sender gave."""

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.path.name

    def __len__(self) -> int:
        return self.size

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, part: slice) -> "Blob":
        start, stop, _ = part.indices(self.size)
        return Blob(self.path, max(stop - start, 0), self.start + start)

    def chunks(self) -> Iterator[bytes]:
        """The bytes, piece by piece. The file is opened at once, so that it may be removed."""
        file = self.path.open("rb")

        def pieces() -> Iterator[bytes]:
            with file:
                file.seek(self.start)
                left = self.size
                while left > 0 and (piece := file.read(min(CHUNK, left))):
                    left -= len(piece)
                    yield piece

        return pieces()

    def digest(self, algorithm: str) -> bytes:
        """A digest of the bytes.

        Raises:
            ValueError: Python lacks the algorithm.
        """
        digest = digest_of(algorithm)
        if digest is None:
            raise ValueError(algorithm)
        for piece in self.chunks():
            digest.update(piece)
        return digest.digest()


def write(pieces: Iterator[bytes], path: Path, **known: Any) -> Blob:
    """Write bytes to a new file; the MD5 is made along the way."""
    md5, size = hashlib.md5(usedforsecurity=False), 0
    with path.open("wb") as file:
        for piece in pieces:
            file.write(piece)
            md5.update(piece)
            size += len(piece)
    return Blob(path, size, md5=md5.hexdigest(), **known)
