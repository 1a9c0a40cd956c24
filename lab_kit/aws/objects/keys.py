"""moto's objects with files for contents: nothing of an object but its names is held in memory.

These classes take the place of moto's own (5.2). They stand where moto makes a key, joins the parts
of an upload, and reads a body.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

from moto.s3 import models, responses
from moto.s3.exceptions import EntityTooSmall, InvalidPart, MalformedXML
from moto.s3.utils import compute_checksum

from lab_kit.aws.borrowed import moto_door
from lab_kit.aws.objects.blobs import Blob, base64_of, digest_of, write
from lab_kit.aws.objects.shelf import Shelf

UPLOADED = "lab_kit.uploaded"
"""Where a request's environ holds the `Blob` that was received instead of a body."""


_Key: Any = models.FakeKey
_Multipart: Any = models.FakeMultipart
_Response: Any = responses.S3Response


class FileKey(_Key):
    """An object, or a part of one, whose content is a `Blob`."""

    shelf: Shelf
    """Where new files go."""
    _blob: Blob
    _etag: str | None

    @property
    def value(self) -> Blob:
        """The content."""
        return self._blob

    @value.setter
    def value(self, new: Any) -> None:
        if isinstance(new, str):
            new = new.encode("utf-8")
        if isinstance(new, bytes):
            self._blob = write(iter([new]), self.shelf.new())
        elif isinstance(new, Blob) and new.md5:
            self._blob = new  # as it was received, or another object's: files never change
        else:
            self._blob = write(new.chunks(), self.shelf.new())
        self.contentsize = len(self._blob)
        self._etag = self._etag or self._blob.md5

    def set_acl(self, acl: Any) -> None:
        """Set who may do what; an upload in parts that names nobody leaves it to the owner."""
        if acl is not None:
            super().set_acl(acl)

    def dispose(self, garbage: bool = False) -> None:
        """Nothing: files of no object are removed by the shelf."""
        self.disposed = True


class FileMultipart(_Multipart):
    """An upload in parts; the whole is joined from file to file."""

    def complete(
        self, body: Iterator[tuple[int, str]]
    ) -> tuple[Blob, str, tuple[str, str, int] | None]:
        """The whole, its ETag, and its checksum: kind, value, number of parts."""
        parts: list[Blob] = []
        for number, etag in body:
            part = self.parts.get(number)
            if part is None or part.etag.strip('"') != etag.strip('"'):
                raise InvalidPart
            if parts and len(parts[-1]) < models.S3_UPLOAD_PART_MIN_SIZE:
                raise EntityTooSmall
            parts.append(part.value)
        if not parts:
            raise MalformedXML
        whole = write((piece for part in parts for piece in part.chunks()), FileKey.shelf.new())
        joined = b"".join(bytes.fromhex(part.md5) for part in parts)
        etag = f"{hashlib.md5(joined, usedforsecurity=False).hexdigest()}-{len(parts)}"
        return whole, etag, self._checksum(parts)

    def _checksum(self, parts: list[Blob]) -> tuple[str, str, int] | None:
        """The checksum of the parts' checksums, where the sender gave those."""
        algorithm = str(self.metadata.get("x-amz-checksum-algorithm") or "").lower()
        digest = digest_of(algorithm)
        given = [part.checksums.get(algorithm) for part in parts]
        is_whole = self.metadata.get("x-amz-checksum-type") == "FULL_OBJECT"
        if digest is None or is_whole or not all(given):
            return None
        for part in parts:
            digest.update(part.digest(algorithm))
        return "COMPOSITE", base64_of(digest.digest()), len(parts)


class FileResponse(_Response):
    """moto's S3, with an uploaded file in the place of the body."""

    def setup_class(self, request: Any, full_url: str | None = None, headers: Any = None) -> None:
        """Read the request."""
        super().setup_class(request, full_url, headers)
        uploaded = request.environ.get(UPLOADED)
        if uploaded is not None:
            self.body = uploaded


def _checksum(body: Any, algorithm: str, encode_base64: bool = True) -> bytes:
    if isinstance(body, Blob):
        digest = body.digest(algorithm)
        return base64_of(digest).encode("ascii") if encode_base64 else digest
    return compute_checksum(body, algorithm, encode_base64)


def put_in(shelf: Shelf) -> None:
    """Have moto use these classes, with their files on a shelf."""
    FileKey.shelf = shelf
    for owner, name, own in (
        (models, "FakeKey", FileKey),
        (models, "FakeMultipart", FileMultipart),
        (models.S3Backend, "log_incoming_request", _no_log),
        (responses, "compute_checksum", _checksum),
    ):
        setattr(owner, name, own)
    moto_door.HANDLERS["s3"] = FileResponse


def _no_log(*_: Any) -> None:
    """Moto writes access logs as it is asked, for reads too; AWS does hours later, and may not."""
