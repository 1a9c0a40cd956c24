"""A plugin of botocore's that keeps calls of a process turned to the local cloud on this machine.

Two ways around the environment are left to code: an explicit `endpoint_url`, and
`ignore_configured_endpoint_urls`. Both end here, before anything is sent. botocore loads the
module by an environment variable, in every process that inherits it and finds the kit.
"""

import os
from typing import Any, Protocol
from urllib.parse import urlsplit

from lab_kit.errors import LabKitError

_THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}


class _Request(Protocol):
    url: str


def initialize_client_plugin(client: Any) -> None:
    """Have each request of a client looked at; botocore calls this for each new client."""
    client.meta.events.register_first("before-send", refuse_foreign)


def refuse_foreign(request: _Request, **_: Any) -> None:
    """Let a request go only to this machine.

    Raises:
        LabKitError: It would leave it.
    """
    host = urlsplit(request.url).hostname
    if host in _THIS_MACHINE or "AWS_ENDPOINT_URL" not in os.environ:
        return
    raise LabKitError(
        "The call would leave this machine, and was stopped",
        where=f"https://{host}",
        next_step="take endpoint_url and ignore_configured_endpoint_urls out of the code; to work "
        'on AWS, for money, call lab_kit.cloud.start(target="aws")',
    )
