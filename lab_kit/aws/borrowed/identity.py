"""IAM and STS: moto answers; what changed something is made again after a restart."""

import re
import threading
from typing import Any
from urllib.parse import parse_qs

from lab_kit.aws.account import ACCOUNT
from lab_kit.aws.borrowed import moto_door
from lab_kit.aws.clock import Clock
from lab_kit.aws.errors import not_served
from lab_kit.aws.journal import Entry, Journal
from lab_kit.aws.protocol.request import Request
from lab_kit.aws.protocol.wire import Answer

_READS = re.compile("Get|List|Simulate|Decode")
_FIXED = ("GetSessionToken", "GetFederationToken")
"""moto gives everybody the same credentials here, which would be a password that all know."""
_MOTO_USER = f"arn:aws:sts::{ACCOUNT}:user/moto"
_USER = f"arn:aws:iam::{ACCOUNT}:user/lab-kit"
_LONGEST_SESSION = 36 * 3600
"""Seconds that any temporary credentials hold."""


class Identity:
    """IAM and STS over one home folder.

    moto holds one state a process; see `aws.objects.s3.S3`.

    Args:
        clock: What time it is.
        journal: Where what was asked stands.
    """

    _loaded: "Identity | None" = None

    def __init__(self, clock: Clock, journal: Journal) -> None:
        self._clock = clock
        self._journal = journal
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Answer:
        """The answer to a request.

        Raises:
            ServiceError: It is not served.
        """
        entry = Entry(
            request.scope.service if request.scope else "",
            request.method,
            request.target,
            request.headers(),
            request.body,
            self._clock.time(),
        )
        action = parse_qs(request.body.decode("utf-8", "replace")).get("Action", [""])[0]
        if action in _FIXED:
            raise not_served(f"{action} of sts")
        with self._lock:
            self._load()
            try:
                status, headers, body = _send(entry)
                if status < 400 and not _READS.match(action):
                    self._journal.add(entry)
            except BaseException:
                Identity._loaded = None  # moto may know something that is not written
                raise
        text = body if isinstance(body, str) else body.decode("utf-8")
        text = text.replace(_MOTO_USER, _USER)
        return Answer(
            status, text.encode("utf-8"), {str(name): str(value) for name, value in headers.items()}
        )

    def knows(self, access_key: str) -> bool:
        """Whether an access key was given out, to a user or for a session."""
        with self._lock:
            self._load()
            return access_key in _access_keys()

    def _load(self) -> None:
        if Identity._loaded is self:
            return
        moto_door.keep_time(self._clock.time)
        _iam().reset()
        _sts().reset()
        self._journal.forget_before("sts", self._clock.time() - _LONGEST_SESSION)
        for entry in sorted(
            self._journal.entries("iam") + self._journal.entries("sts"), key=lambda one: one.time
        ):
            _send(entry)
        Identity._loaded = self


def _send(entry: Entry) -> moto_door.Reply:
    with moto_door.at(entry.time, entry.seed):
        return moto_door.ask(entry.service, entry.method, entry.target, entry.headers, entry.body)


def _iam() -> Any:
    from moto.iam.models import iam_backends

    return iam_backends[ACCOUNT]["aws"]


def _sts() -> Any:
    from moto.sts.models import sts_backends

    return sts_backends[ACCOUNT]["aws"]


def _access_keys() -> set[str]:
    users = {key.access_key_id for user in _iam().users.values() for key in user.access_keys}
    return users | {role.access_key_id for role in _sts().assumed_roles}
