"""HTTP requests and answers in the protocols that AWS speaks.

Served here are JSON 1.1 and REST-JSON, whose requests have nothing but a body of JSON in all the
services of the kit. To refuse, every protocol is needed: a client that cannot read the refusal
of a service reports something else than what went wrong.

Source: https://smithy.io/2.0/aws/protocols/index.html.
"""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from lab_kit.aws.errors import ServiceError


@dataclass(frozen=True)
class Answer:
    """What goes back."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    pieces: Iterator[bytes] | None = None
    """A body that is not held in memory; Content-Length stands in the headers."""


def read_json(body: bytes) -> Any:
    """The JSON of a request; an empty body is an empty request.

    Raises:
        ServiceError: It is no JSON in UTF-8.
    """
    try:
        return json.loads(body.decode("utf-8")) if body else {}
    except ValueError:  # a UnicodeDecodeError is one, too
        raise ServiceError("SerializationException", "The request body is not valid JSON") from None


def json_answer(value: Any, status: int = 200, **headers: str) -> Answer:
    """An answer in JSON."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return Answer(
        status,
        body,
        {
            "Content-Type": "application/x-amz-json-1.1",
            "x-amzn-RequestId": str(uuid.uuid4()),
            **headers,
        },
    )


def error_answer(error: ServiceError, protocol: str, status: int = 400) -> Answer:
    """An error as the clients of a protocol read it.

    Args:
        error: What went wrong.
        protocol: As botocore's models name it: json, rest-json, query, ec2, rest-xml,
            smithy-rpc-v2-cbor; s3 for S3's own form.
        status: The HTTP status where the error has none of its own.
    """
    status = error.status or status
    if protocol in ("json", "rest-json"):
        said = {"__type": error.code, "message": error.message}
        return json_answer(said, status, **{"x-amzn-ErrorType": error.code})
    request = str(uuid.uuid4())
    if protocol == "smithy-rpc-v2-cbor":
        said = {"__type": error.code, "message": error.message}
        headers = {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}
        return Answer(status, _cbor(said), headers)
    what = f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
    body = {
        "s3": f"<Error>{what}<RequestId>{request}</RequestId></Error>",
        "ec2": f"<Response><Errors><Error>{what}</Error></Errors>"
        f"<RequestID>{request}</RequestID></Response>",
    }.get(
        protocol,
        f"<ErrorResponse><Error><Type>Sender</Type>{what}</Error>"
        f"<RequestId>{request}</RequestId></ErrorResponse>",
    )
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'
    return Answer(status, text.encode("utf-8"), {"Content-Type": "text/xml"})


def _cbor(value: dict[str, str]) -> bytes:
    """A map of texts in CBOR (RFC 8949: major types 5 and 3)."""

    def head(major: int, size: int) -> bytes:
        if size < 24:
            return bytes([major << 5 | size])
        return bytes([major << 5 | 25]) + size.to_bytes(2, "big")

    def text(said: str) -> bytes:
        encoded = said.encode("utf-8")
        return head(3, len(encoded)) + encoded

    return head(5, len(value)) + b"".join(text(each) for pair in value.items() for each in pair)
