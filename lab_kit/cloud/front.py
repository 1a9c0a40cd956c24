"""The HTTP server: waitress, and what S3 needs besides."""

import re
import sys
from collections.abc import Callable, Iterable
from socket import socket
from typing import Any

from waitress import create_server, wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import WSGITask

from lab_kit.aws.objects.upload import MOST_BYTES
from lab_kit.aws.protocol.request import HEADER_NAMES, Request
from lab_kit.aws.protocol.wire import Answer

_NAMES = "LAB_KIT_HEADER_NAMES"
_REASONS = {200: "OK", 204: "No Content", 206: "Partial Content", 304: "Not Modified"}
_META = re.compile(rb"(?<=\r\n)X-Amz-Meta-[^:]+")
_TURN_SECONDS = 1.0


class Parser(HTTPRequestParser):
    """Two things that waitress 3.0 does and clients of S3 cannot live with.

    It drops headers with an underscore, which metadata may have. And it waits for ever for the body
    of a request that asks whether it may send one and has none.
    """

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head of a request."""
        super().parse_header(header_plus)
        if not self.content_length and not self.chunked:
            self.expect_continue = False
        self.headers.pop(_NAMES, None)
        names = []
        for line in header_plus.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if b"_" in name and name.lower().startswith(b"x-amz-meta-"):
                text = name.decode("latin-1").lower()
                self.headers[text.upper().replace("-", "_")] = value.strip().decode("latin-1")
                names.append(text)
        if names:
            self.headers[_NAMES] = ",".join(names)


class Task(WSGITask):
    """waitress writes headers in capitals; clients take metadata's names as they come."""

    def build_response_header(self) -> bytes:
        """The head of an answer."""
        head: bytes = super().build_response_header()
        return _META.sub(lambda found: found[0].lower(), head)


class Channel(HTTPChannel):
    """A connection with these two."""

    parser_class = Parser
    task_class = Task


class Front:
    """Serves requests until it is told to end.

    Args:
        answer: What answers requests, in one of the threads.
        listening: The socket to serve.
        threads: How many requests may be answered at a time.
    """

    def __init__(
        self, answer: Callable[[Request], Answer], listening: socket, threads: int
    ) -> None:
        self._map: dict[int, Any] = {}
        self._server = create_server(
            application(answer),
            map=self._map,
            sockets=[listening],
            threads=threads,
            max_request_body_size=MOST_BYTES + 2**20,
            recv_bytes=2**18,
            outbuf_high_watermark=2**20,  # a large answer waits in its file, not in memory
            ident="lab-kit",
            clear_untrusted_proxy_headers=True,
        )
        self._server.channel_class = Channel
        self._ended = False

    def run(self, turn: Callable[[], bool]) -> None:
        """Serve until `end`, or until `turn`, which is asked at least once a second, says so."""
        while not self._ended and not turn():
            wasyncore.loop(
                timeout=_TURN_SECONDS, use_poll=sys.platform != "win32", map=self._map, count=1
            )

    def end(self) -> None:
        """Have `run` return; may be called by any thread."""
        self._ended = True
        self._server.pull_trigger()

    def close(self) -> None:
        """Finish what is being answered, and close the sockets."""
        self._server.task_dispatcher.shutdown()
        wasyncore.close_all(self._map, ignore_all=True)


def application(
    answer: Callable[[Request], Answer],
) -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """A WSGI application from what answers requests."""

    def respond(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if names := environ.pop(f"HTTP_{_NAMES}", None):
            environ[HEADER_NAMES] = {
                f"HTTP_{name.upper().replace('-', '_')}": name for name in names.split(",")
            }
        given = answer(Request(environ))
        headers = dict(given.headers)
        if given.pieces is None and environ["REQUEST_METHOD"] != "HEAD":
            headers["Content-Length"] = str(len(given.body))
        start_response(f"{given.status} {_REASONS.get(given.status, 'Answer')}", [*headers.items()])
        return [given.body] if given.pieces is None else given.pieces

    return respond
