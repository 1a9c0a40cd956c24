"""Loaded by every Python process of a test: sockets to this machine only, each other try noted."""

import os
import sys

_NOTES = os.environ["TEST_EGRESS_NOTES"]
_HERE = {"127.0.0.1", "localhost", "::1", "", "0.0.0.0", None}


def _watch(event, arguments):
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # else a socket of the system
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host not in _HERE:
        with open(_NOTES, "a", encoding="utf-8") as notes:  # noqa: PTH123
            notes.write(f"{event} {host} by {sys.argv}\n")
        raise OSError(f"blocked by the test: {event} {host}")


sys.addaudithook(_watch)
