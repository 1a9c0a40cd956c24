"""moto's answers without moto's server: no web framework, our clock, no memory of every object.

Loading this module loads moto.
"""

import io
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from lab_kit.aws.account import ACCOUNT

os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"  # else AWS's own policies do not exist
os.environ["MOTO_ACCOUNT_ID"] = ACCOUNT

from moto.core import common_models
from moto.core.request import PRESERVED_HEADER_NAMES_ENVIRON_KEY, Request, environ_key_for_header
from moto.iam.responses import IamResponse
from moto.moto_api._internal import mock_random
from moto.s3.responses import S3Response
from moto.sts.responses import TokenResponse
from werkzeug.exceptions import HTTPException

from lab_kit.aws.errors import ServiceError, is_full, no_room, not_served

Reply = tuple[int, dict[str, Any], Any]
"""Status, headers, body; the body of an object is whatever its key holds."""
_log = logging.getLogger(__name__)


class _Time:
    """What time it is for moto."""

    now: Callable[[], float]


def _utcnow() -> datetime:
    return datetime.fromtimestamp(_Time.now(), UTC).replace(tzinfo=None)


def keep_time(now: Callable[[], float]) -> None:
    """Let moto read a clock, in seconds since 1970."""
    _Time.now = now
    for name, module in list(sys.modules.items()):
        if name.startswith("moto.") and hasattr(module, "utcnow"):
            module.utcnow = _utcnow  # type: ignore[attr-defined]


@contextmanager
def at(time: float, seed: int) -> Iterator[None]:
    """What happens within happens at that time, with that chance."""
    before = _Time.now
    _Time.now = lambda: time
    mock_random.seed(seed)
    try:
        yield
    finally:
        _Time.now = before
        mock_random.seed()


def ask(
    service: str,
    method: str,
    target: str,
    headers: Mapping[str, str],
    body: bytes = b"",
    **extra: Any,
) -> Reply:
    """Have moto answer a request.

    Args:
        service: s3, iam or sts.
        method: The HTTP method.
        target: Path and query as they came.
        headers: By name.
        body: The body, already decoded.
        extra: More for the request's environ.

    Raises:
        ServiceError: moto has no such operation, or fails.
    """
    path, _, query = target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": unquote(path, "utf-8").encode("utf-8").decode("latin-1"),
        "RAW_URI": target,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "CONTENT_LENGTH": str(len(body)),
        # S3 tells `my_key` and `my-key` apart in metadata, and WSGI does not.
        PRESERVED_HEADER_NAMES_ENVIRON_KEY: {
            environ_key_for_header(name): name for name in headers if "_" in name
        },
        **extra,
    }
    for name, value in headers.items():
        key = environ_key_for_header(name)
        if key != "CONTENT_LENGTH":
            environ[key] = value
    request = Request(environ)
    request.from_wsgi_server = True  # the server writes the date
    try:
        return _handler(service, path)(request, request.raw_url, request.headers)
    except HTTPException as error:
        return error.code or 400, dict(error.get_headers()), error.get_body()
    except NotImplementedError as error:
        raise not_served(f"This operation of {service} ({error})") from error
    except ServiceError:
        raise
    except Exception as error:
        if is_full(error):
            raise no_room() from error
        _log.exception("moto failed at %s %s of %s", method, target, service)
        raise ServiceError("InternalError", f"{type(error).__name__}: {error}", 500) from error


def _handler(service: str, path: str) -> Callable[..., Reply]:
    if service == "iam":
        return IamResponse.dispatch
    if service == "sts":
        return TokenResponse.dispatch
    s3 = HANDLERS["s3"]
    _, _, key = path.removeprefix("/").partition("/")
    return s3.key_dispatch if key else s3.bucket_dispatch


HANDLERS: dict[str, type[S3Response]] = {"s3": S3Response}
"""What answers for S3; `aws.objects.keys` puts its own in."""

# moto keeps every object it ever made, for a page of its own server; in one that lasts, that leaks.
_plain: Any = common_models.BaseModel
_plain.__new__ = lambda cls, *_, **__: object.__new__(cls)
