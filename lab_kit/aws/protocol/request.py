"""An HTTP request as the services see it: who signs for what, and which protocol is spoken."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, BinaryIO
from urllib.parse import parse_qs

from lab_kit.aws.account import REGION
from lab_kit.aws.protocol.models import exists, service_model

_SIGNED = re.compile(r"Credential=([^/,\s]+)/(\d{8})/(?:([^/,\s]+)/)?([^/,\s]+)/aws4_request")
_SCOPE = re.compile(r"([^/]+)/(\d{8})/(?:([^/]+)/)?([^/]+)/aws4_request")
_FORM_SCOPE = re.compile(
    rb'name="(?:x-amz-credential|AWSAccessKeyId)"\r\n(?:[^\r\n]+\r\n)*\r\n([^\r\n]+)', re.IGNORECASE
)
HEADER_NAMES = "lab_kit.header_names"
"""Where an environ holds, by key, the names of headers that have an underscore: WSGI takes `-` and
`_` for the same, and S3 does not."""
_FORM_HEAD = 2**16
"""Bytes of an upload form looked through; its fields have to come before its file."""


@dataclass(frozen=True)
class Scope:
    """What a signature says before its secret part.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html. The older
    version 2 names no service; only S3 still takes it.
    """

    access_key: str
    region: str = REGION
    service: str = "s3"


class Request:
    """One request.

    Args:
        environ: As WSGI hands it over, with REQUEST_URI: the address as it came.
    """

    def __init__(self, environ: dict[str, Any]) -> None:
        self.environ = environ
        self.method: str = environ["REQUEST_METHOD"]
        self.path: str = environ["PATH_INFO"] or "/"

    def header(self, name: str) -> str:
        """A header; empty where it is not there."""
        key = name.upper().replace("-", "_")
        prefix = "" if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else "HTTP_"
        return str(self.environ.get(prefix + key, ""))

    @property
    def target(self) -> str:
        """Path and query as they came, still encoded."""
        target: str = self.environ["REQUEST_URI"]
        if not target.startswith("/"):  # to a proxy one says the whole address
            target = "/" + target.partition("://")[2].partition("/")[2]
        return target

    def headers(self) -> dict[str, str]:
        """All headers, by their names in small letters; see `HEADER_NAMES`."""
        names = self.environ.get(HEADER_NAMES, {})
        found = {
            names.get(key, key[5:].replace("_", "-").lower()): str(value)
            for key, value in self.environ.items()
            if key.startswith("HTTP_")
        }
        for key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            if self.environ.get(key):
                found[key.replace("_", "-").lower()] = str(self.environ[key])
        return found

    @cached_property
    def query(self) -> dict[str, str]:
        """The first value of each parameter of the address."""
        parsed = parse_qs(self.environ.get("QUERY_STRING", ""), keep_blank_values=True)
        return {name: values[0] for name, values in parsed.items()}

    @property
    def stream(self) -> BinaryIO:
        """The body, to be read up to `length` bytes."""
        stream: BinaryIO = self.environ["wsgi.input"]
        return stream

    @property
    def length(self) -> int:
        """Bytes of the body."""
        return int(self.environ.get("CONTENT_LENGTH") or 0)

    @cached_property
    def body(self) -> bytes:
        """The whole body."""
        return self.stream.read(self.length)

    @cached_property
    def scope(self) -> Scope | None:
        """Who signs for what: in a header, in the address, or in an upload form."""
        authorization = self.header("Authorization")
        if found := _SIGNED.search(authorization):
            return Scope(found[1], found[3] or REGION, found[4])
        if authorization.startswith("AWS ") and ":" in authorization:
            return Scope(authorization[4:].split(":")[0])
        credential = self.query.get("X-Amz-Credential") or self.query.get("AWSAccessKeyId")
        if credential is None and self.header("Content-Type").startswith("multipart/form-data"):
            head = self.stream.read(_FORM_HEAD)
            self.stream.seek(0)
            field = _FORM_SCOPE.search(head)
            credential = field[1].decode("utf-8", "replace") if field else None
        if credential is None:
            return None
        found = _SCOPE.fullmatch(credential)
        return Scope(found[1], found[3] or REGION, found[4]) if found else Scope(credential)

    @cached_property
    def protocol(self) -> str:
        """In which protocol the caller expects an answer; see `wire.error_answer`."""
        kind = self.header("Content-Type")
        service = self.scope.service if self.scope else ""
        if self.header("smithy-protocol") == "rpc-v2-cbor":
            return "smithy-rpc-v2-cbor"
        if self.header("X-Amz-Target") or kind.startswith("application/x-amz-json"):
            return "json"
        if service == "s3" or not (service or kind):  # unsigned: what else would be?
            return "rest-xml" if self.path.startswith("/v20180820/") else "s3"  # else S3 Control
        if kind.startswith("application/x-www-form-urlencoded"):
            return "ec2" if service == "ec2" else "query"
        protocol = str(service_model(service).protocol) if exists(service) else "rest-json"
        # A query is a form; what signs so without one is another service, as sesv2 beside ses.
        return "rest-json" if protocol in ("query", "ec2") else protocol
