"""S3 as other services reach it: made when it is first asked, and written to without a client."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from lab_kit.aws.clock import Clock
from lab_kit.aws.database import Database
from lab_kit.aws.errors import ServiceError
from lab_kit.aws.journal import Journal
from lab_kit.aws.objects.shelf import Shelf
from lab_kit.aws.protocol.request import Request
from lab_kit.aws.protocol.wire import Answer

if TYPE_CHECKING:
    from lab_kit.aws.objects.s3 import S3


class Objects:
    """The one S3 of a local cloud.

    Args:
        database: Where what there is stands.
        clock: What time it is.
        shelf: The files.
    """

    def __init__(self, database: Database, clock: Clock, shelf: Shelf) -> None:
        self._database, self._clock, self._shelf = database, clock, shelf
        self._making = threading.Lock()
        self._s3: S3 | None = None

    def __call__(self, request: Request) -> Answer:
        """The answer to a request; see `S3`."""
        with self._making:  # threads that come first together must not make two
            if self._s3 is None:
                from lab_kit.aws.objects.s3 import S3  # which loads moto

                self._s3 = S3(self._database, self._clock, Journal(self._database), self._shelf)
        return self._s3(request)

    def put(self, bucket: str, key: str, path: Path) -> None:
        """Store a file as an object. Not within a transaction: who stores waits for S3.

        Raises:
            ServiceError: There is no such bucket, or the disk is full.
        """
        if not self._shelf.has_bucket(bucket):
            raise ServiceError("NoSuchBucket", f"The specified bucket does not exist: {bucket}")
        target = quote(f"/{bucket}/{key}")
        with path.open("rb") as file:
            environ = {
                "REQUEST_METHOD": "PUT",
                "REQUEST_URI": target,
                "PATH_INFO": f"/{bucket}/{key}",
                "CONTENT_LENGTH": str(path.stat().st_size),
                "CONTENT_TYPE": "binary/octet-stream",
                "HTTP_HOST": "127.0.0.1",
                "wsgi.input": file,
            }
            answer = self(Request(environ))
        if answer.status >= 400:
            raise ServiceError("InvalidRequest", f"s3://{bucket}/{key} could not be written.")
