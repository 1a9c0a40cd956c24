"""S3: what is asked goes to moto, bytes go to files, and what changed is written down first.

A change is acknowledged when it is in the database. Where that fails, moto is told again what was
there before.
"""

import logging
import re
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from lab_kit.aws.borrowed import moto_door
from lab_kit.aws.clock import Clock
from lab_kit.aws.database import Database
from lab_kit.aws.errors import ServiceError
from lab_kit.aws.journal import Entry, Journal
from lab_kit.aws.objects.blobs import Blob
from lab_kit.aws.objects.keys import UPLOADED, put_in
from lab_kit.aws.objects.served import refuse_unserved
from lab_kit.aws.objects.shelf import Shelf
from lab_kit.aws.objects.state import State, backend
from lab_kit.aws.objects.upload import receive
from lab_kit.aws.protocol.request import Request
from lab_kit.aws.protocol.wire import Answer

_READS = ("GET", "HEAD", "OPTIONS")
_MOST_BYTES = 64 * 2**20
"""Of a request that is held in memory: lists of keys, settings, upload forms of browsers."""
_PARTS_OF_OBJECT = {"partNumber", "uploadId", "x-id"}
_log = logging.getLogger(__name__)


class S3:
    """S3 over one home folder; moto is loaded at the first call.

    moto holds one state a process. Where several clouds live in one, as in tests, each call loads
    the state of its own anew.

    Args:
        database: Where what there is stands.
        clock: What time it is.
        journal: Where buckets and their settings stand.
        shelf: The files.
    """

    _loaded: "S3 | None" = None

    def __init__(self, database: Database, clock: Clock, journal: Journal, shelf: Shelf) -> None:
        self._database = database
        self._clock = clock
        self._journal = journal
        self._shelf = shelf
        self._state = State(database, shelf)
        self._lock = threading.Lock()
        self._is_swept = False

    def __call__(self, request: Request) -> Answer:
        """The answer to a request.

        Raises:
            ServiceError: It is expired, is not served, or its body is not as announced.
        """
        _refuse_expired(request)
        place = _Place(request)
        refuse_unserved(place.method, place.key, place.query)
        if not place.is_upload and request.length > _MOST_BYTES:
            raise ServiceError(
                "EntityTooLarge", f"A request that is no upload has at most {_MOST_BYTES} bytes."
            )
        self._be_loaded()  # before anything is received: the first time, files of nobody are swept
        uploaded = None
        if place.is_upload:
            uploaded = receive(request, self._shelf.new())
        try:
            with self._lock:
                self._load()
                answer, unused = self._ask(request, place, uploaded)
        finally:
            if uploaded is not None:
                self._shelf.discard([uploaded.name])
        self._shelf.discard(unused)
        return answer

    def _ask(
        self, request: Request, place: "_Place", uploaded: Blob | None
    ) -> tuple[Answer, set[str]]:
        entry = Entry(
            "s3",
            request.method,
            request.target,
            _headers(request, uploaded),
            b"" if uploaded else request.body,
            self._clock.time(),
        )
        before = _Before(place)
        unused: set[str] = set()
        try:
            status, headers, body = self._send(entry, {UPLOADED: uploaded} if uploaded else {})
            if status < 400 and request.method not in _READS:
                unused = self._write_down(place, entry, before)
        except BaseException:
            S3._loaded = None  # moto may know something that is not written: it has to forget
            raise
        return _answer(request, status, headers, body), unused

    def _send(self, entry: Entry, extra: dict[str, Any]) -> moto_door.Reply:
        before = set(backend().buckets)
        with moto_door.at(entry.time, entry.seed):
            reply = moto_door.ask(
                "s3", entry.method, entry.target, entry.headers, entry.body, **extra
            )
        for made in set(backend().buckets) - before:  # moto gives them the machine's time
            backend().buckets[made].creation_date = datetime.fromtimestamp(entry.time, UTC)
        return reply

    def _write_down(self, place: "_Place", entry: Entry, before: "_Before") -> set[str]:
        with self._database.transaction():
            if not place.key:
                if place.method == "POST":
                    keys = before.changed_keys()
                    return set().union(*(self._state.save_key(place.bucket, key) for key in keys))
                self._write_down_bucket(place, entry)
                return set()
            if "uploads" in place.query:
                for new in before.new_uploads():
                    self._state.save_upload(place.bucket, new)
                return set()
            unused = set()
            upload = place.query.get("uploadId")
            if upload is not None:
                part = place.query.get("partNumber")
                number = int(part) if part else None
                unused = self._state.save_upload(place.bucket, upload, number)
            if upload is None or place.method == "POST":
                unused |= self._state.save_key(place.bucket, place.key)
            return unused

    def _write_down_bucket(self, place: "_Place", entry: Entry) -> None:
        settings = sorted(name for name in place.query if name != "x-id")
        if settings:
            which = f"{place.query.get('id', '')} {' '.join(settings)}"
            slot = f"setting {place.bucket} {which}"
            self._journal.drop(slot) if place.method == "DELETE" else self._journal.add(entry, slot)
        elif place.method == "PUT":
            # Made again, a bucket keeps its age, though its access list may change.
            again = self._shelf.has_bucket(place.bucket)
            slot = f"setting {place.bucket} again" if again else f"bucket {place.bucket}"
            self._journal.add(entry, slot)
        else:
            self._state.forget_bucket(place.bucket)
            self._journal.drop(f"bucket {place.bucket}")
            self._journal.drop_under(f"setting {place.bucket} ")

    def _be_loaded(self) -> None:
        with self._lock:
            self._load()
            if not self._is_swept:
                self._shelf.sweep()
                self._is_swept = True

    def _load(self) -> None:
        if S3._loaded is self:
            return
        put_in(self._shelf)
        moto_door.keep_time(self._clock.time)
        backend().reset()
        entries = self._journal.entries("s3")
        # Some settings need others (a log its target bucket): what fails is tried again after them.
        while entries:
            failed = [entry for entry in entries if not self._again(entry)]
            if len(failed) == len(entries):
                _log.error("could not be made again: %s", [each.target for each in failed])
                break
            entries = failed
        self._state.restore()
        S3._loaded = self

    def _again(self, entry: Entry) -> bool:
        status, _, _ = self._send(entry, {})
        return status < 400


class _Place:
    """What a request is about."""

    def __init__(self, request: Request) -> None:
        path = request.target.partition("?")[0].removeprefix("/")
        bucket, _, key = path.partition("/")
        self.bucket, self.key = unquote(bucket), unquote(key)
        self.method, self.query = request.method, request.query
        self.is_upload = bool(
            self.method == "PUT"
            and self.key
            and not request.header("x-amz-copy-source")
            and not _settings_of_object(self.query)
        )


def _settings_of_object(query: dict[str, str]) -> bool:
    """Whether a request sets something of an object, such as tags, and not its content."""
    return any(
        name not in _PARTS_OF_OBJECT and not name.lower().startswith(("x-amz-", "aws"))
        for name in query
        if name not in ("Signature", "Expires")
    )


class _Before:
    """What a bucket held before a request, where the request does not say what it changes."""

    def __init__(self, place: _Place) -> None:
        bucket = backend().buckets.get(place.bucket)
        self._place = place
        self._versions = {}
        self._uploads: set[str] = set()
        if bucket is not None and place.method == "POST":
            self._versions = {key: list(bucket.keys.getlist(key)) for key in bucket.keys}
            self._uploads = set(bucket.multiparts)

    def changed_keys(self) -> Iterator[str]:
        """Keys with other versions than before."""
        now = backend().buckets[self._place.bucket].keys
        for key in {*now, *self._versions}:
            if now.getlist(key, []) != self._versions.get(key, []):
                yield key

    def new_uploads(self) -> set[str]:
        """Uploads that were not there before."""
        return set(backend().buckets[self._place.bucket].multiparts) - self._uploads


def _headers(request: Request, uploaded: Blob | None) -> dict[str, str]:
    """What moto is told: of an uploaded file, that it is there and what its checksums are."""
    headers = request.headers()
    if uploaded is None:
        return headers
    headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD"
    for algorithm, value in uploaded.checksums.items():
        headers[f"x-amz-checksum-{algorithm}"] = value
        headers.setdefault("x-amz-sdk-checksum-algorithm", algorithm.upper())
    if not uploaded.checksums:
        headers.pop("x-amz-sdk-checksum-algorithm", None)
    return headers


def _answer(request: Request, status: int, headers: dict[str, Any], body: Any) -> Answer:
    sent = {str(name): str(value) for name, value in headers.items()}
    if isinstance(body, str):
        body = body.encode("utf-8")
    if request.method == "HEAD" or status == 304:
        return Answer(status, b"", sent)
    sent = {name: value for name, value in sent.items() if name.lower() != "content-length"}
    if isinstance(body, Blob):
        sent["Content-Length"] = str(len(body))
        return Answer(status, b"", sent, body.chunks())
    return Answer(status, body or b"", sent)


def _refuse_expired(request: Request) -> None:
    """Refuse an address that was signed for a time which is over, on this machine's clock.

    Raises:
        ServiceError: It is over.
    """
    query, end = request.query, None
    if "X-Amz-Expires" in query and re.fullmatch(r"\d{8}T\d{6}Z", query.get("X-Amz-Date", "")):
        begin = datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        end = (begin + timedelta(seconds=int(query["X-Amz-Expires"]))).timestamp()
    elif query.get("Expires", "").isdigit() and "Signature" in query:
        end = float(query["Expires"])
    if end is not None and time.time() > end:
        raise ServiceError("AccessDenied", "Request has expired", status=403)
