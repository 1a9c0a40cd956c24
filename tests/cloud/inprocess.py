"""Unmodified boto3 clients whose requests go straight into the application, without a socket."""

import io
from functools import cache
from urllib.parse import unquote, urlsplit

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config

from lab_kit.cloud.front import application

ADDRESS = "http://127.0.0.1:1"
ACCESS_KEY = "AKIATESTTESTTESTTEST"


class _Raw(io.BytesIO):
    """What urllib3 gives botocore."""

    def stream(self, **_):
        while piece := self.read(65536):
            yield piece


def environ_of(request):
    """The WSGI environ of a request that botocore is about to send."""
    address = urlsplit(request.url)
    body = request.body or b""
    body = (
        body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else body.read()
    )
    environ = {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": unquote(address.path, "latin-1"),
        "REQUEST_URI": address.path + (f"?{address.query}" if address.query else ""),
        "QUERY_STRING": address.query,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "HTTP_HOST": address.netloc,
    }
    with_underscore = [name.lower() for name in request.headers if "_" in name]
    if with_underscore:  # as the server's parser tells
        environ["HTTP_LAB_KIT_HEADER_NAMES"] = ",".join(with_underscore)
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        text = value.decode("latin-1") if isinstance(value, bytes) else value
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = text
    return environ


@cache
def _session(access_key, region):
    return boto3.Session(access_key, "secret", region_name=region)  # it keeps models it has read


def connect(answer, service, *, region="us-east-1", check=True, access_key=ACCESS_KEY):
    """A boto3 client of a service.

    Args:
        answer: What answers requests: `Cloud.answer`.
        service: As boto3 names it.
        region: Where it is.
        check: Whether botocore checks parameters before it sends.
        access_key: What it signs with.
    """
    client = _session(access_key, region).client(
        service,
        endpoint_url=ADDRESS,
        config=Config(parameter_validation=check, retries={"total_max_attempts": 1}),
    )
    respond = application(answer)

    def send(request, **_):
        head = {}

        def start_response(status, headers):
            head["status"], head["headers"] = int(status.split()[0]), dict(headers)

        body = b"".join(respond(environ_of(request), start_response))
        return AWSResponse(request.url, head["status"], head["headers"], _Raw(body))

    client.meta.events.register("before-send", send)
    return client
