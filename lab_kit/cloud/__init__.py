"""The local cloud: one server on this machine that AWS's own clients take for AWS.

`start()` starts it where it does not run, and turns this process to it. `launch` finds and starts
servers, `server` is one, `guard` decides who is let in, `app` puts the services together, and
`environment` leads clients there.
"""

from typing import TYPE_CHECKING

from lab_kit.lazy import lazily

if TYPE_CHECKING:
    from lab_kit.cloud.session import LocalCloud, start

__all__ = ["LocalCloud", "start"]

# Every boto3 client of a turned process loads `leaks` from here, which should take no time.
__getattr__ = lazily(__name__, {"LocalCloud": "session", "start": "session"})
