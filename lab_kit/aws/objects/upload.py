"""The body of an upload, from the wire into a file: decoded, counted and checked as it comes.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html (chunks) and
https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html (checksums).
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from lab_kit.aws.errors import ServiceError, is_full, no_room
from lab_kit.aws.objects.blobs import CHUNK, Blob, Digest, base64_of, digest_of, write
from lab_kit.aws.protocol.request import Request

MOST_BYTES = 5 * 2**30
"""What S3 takes in one request: 5 GiB."""
_CHECKSUM = "x-amz-checksum-"
_ALGORITHMS = ("crc32", "crc32c", "crc64nvme", "sha1", "sha256")
_CHUNK_HEAD = re.compile(rb"([0-9a-fA-F]{1,16})(?:;chunk-signature=[0-9a-f]+)?\r\n")
_LONGEST_LINE = 8192


def receive(request: Request, path: Path) -> Blob:
    """Write the body of a request to a file.

    Args:
        request: An upload of an object, or of a part of one.
        path: A new file; where the upload fails, it is removed.

    Raises:
        ServiceError: The body is too large, ends too early, or is not what a checksum says; or the
            disk is full.
    """
    if request.length > MOST_BYTES:
        raise ServiceError(
            "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size"
        )
    body = _Body(request)
    try:
        blob = write(body.pieces(), path)
        checksums = body.verified(blob)
    except BaseException as error:
        path.unlink(missing_ok=True)
        if is_full(error):
            raise no_room() from error
        raise
    return Blob(path, blob.size, md5=blob.md5, checksums=checksums)


class _Body:
    """One body, with what its sender says of it."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._sha256 = request.header("x-amz-content-sha256")
        self._claimed = {
            name: request.header(_CHECKSUM + name)
            for name in _ALGORITHMS
            if request.header(_CHECKSUM + name)
        }
        self._digests: dict[str, Digest] = {}
        trailers = request.header("x-amz-trailer").lower().split(",")
        names = {*self._claimed, *(each.strip().removeprefix(_CHECKSUM) for each in trailers)}
        if re.fullmatch("[0-9a-f]{64}", self._sha256):
            names.add("sha256")
        for name in names:
            digest = digest_of(name)
            if digest is not None:
                self._digests[name] = digest

    def pieces(self) -> Iterator[bytes]:
        """The bytes of the object."""
        is_chunked = self._sha256.startswith("STREAMING-")
        for piece in self._decoded() if is_chunked else _read(self._request.stream, self._length()):
            for digest in self._digests.values():
                digest.update(piece)
            yield piece

    def verified(self, blob: Blob) -> dict[str, str]:
        """The checksums that were given, once they are found to be right.

        Raises:
            ServiceError: One of them is not.
        """
        md5 = self._request.header("Content-MD5")
        if md5 and md5 != base64_of(bytes.fromhex(blob.md5)):
            raise ServiceError(
                "BadDigest", "The Content-MD5 you specified did not match what we received."
            )
        made = {name: digest.digest() for name, digest in self._digests.items()}
        for name, said in self._claimed.items():
            if name in made and said != base64_of(made[name]):
                raise ServiceError(
                    "BadDigest",
                    f"The {name.upper()} you specified did not match the calculated checksum.",
                )
        if re.fullmatch("[0-9a-f]{64}", self._sha256) and self._sha256 != made["sha256"].hex():
            raise ServiceError(
                "XAmzContentSHA256Mismatch",
                "The provided 'x-amz-content-sha256' header does not match what was computed.",
            )
        return self._claimed

    def _length(self) -> int:
        return self._request.length

    def _decoded(self) -> Iterator[bytes]:
        """The bytes within chunks: size in hexadecimal, line end, bytes, line end; 0 ends them."""
        stream, total = self._request.stream, 0
        while True:
            head = _CHUNK_HEAD.fullmatch(stream.readline(_LONGEST_LINE))
            if head is None:
                raise _incomplete()
            size = int(head[1], 16)
            if size == 0:
                break
            total += size
            yield from _read(stream, size)
            if stream.read(2) != b"\r\n":
                raise _incomplete()
        for line in iter(lambda: stream.readline(_LONGEST_LINE).strip(), b""):
            name, _, value = line.decode("latin-1").partition(":")
            if name.lower().startswith(_CHECKSUM):
                self._claimed[name.lower().removeprefix(_CHECKSUM)] = value.strip()
        announced = self._request.header("x-amz-decoded-content-length")
        if announced and int(announced) != total:
            raise _incomplete()


def _read(stream: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0:
        piece = stream.read(min(CHUNK, size))
        if not piece:
            raise _incomplete()
        size -= len(piece)
        yield piece


def _incomplete() -> ServiceError:
    return ServiceError(
        "IncompleteBody",
        "You did not provide the number of bytes specified by the Content-Length HTTP header",
    )
