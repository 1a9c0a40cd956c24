"""`lab_kit.cloud.start()`: this process, and what it starts, works with the local cloud."""

import os
from datetime import timedelta
from typing import Any, Literal

from lab_kit.aws.prices import prices
from lab_kit.cloud import environment, launch, view
from lab_kit.cloud.home import Home
from lab_kit.cloud.launch import Endpoint
from lab_kit.errors import LabKitError
from lab_kit.paths import home_folder

AWS_NOTICE = (
    "ATTENTION: from now on boto3 and the aws command work on AWS, with your own account. "
    "THINGS COST MONEY until you delete them. Back: lab_kit.cloud.start()."
)


class LocalCloud:
    """The running local cloud. Shown in a notebook, it lists its resources.

    Args:
        home: Its folder.
        endpoint: Its server.
    """

    def __init__(self, home: Home, endpoint: Endpoint) -> None:
        self._home = home
        self._endpoint = endpoint

    @property
    def url(self) -> str:
        """The address that clients are given."""
        return self._endpoint.url

    def status(self) -> dict[str, Any]:
        """What there is, as plain values: resources, jobs, buckets, the time.

        Raises:
            LabKitError: It was stopped.
        """
        return self._ask("GET", "status")

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> None:
        """Put the clock of all services forward.

        Raises:
            LabKitError: The time is negative, or the local cloud was stopped.
        """
        ahead = timedelta(days=days, hours=hours, minutes=minutes)
        self._ask("POST", "advance", {"seconds": ahead.total_seconds()})

    def stop(self) -> None:
        """Stop the server; what it holds stays in the home folder."""
        launch.stop(self._home)

    def __repr__(self) -> str:
        return self._shown(view.as_text)

    def _repr_html_(self) -> str:
        return self._shown(view.as_html)

    def _shown(self, how: Any) -> str:
        try:
            return str(how(self.url, self.status(), prices(home_folder())))
        except LabKitError as error:
            return str(error)

    def _ask(self, method: str, question: str, said: Any = None) -> dict[str, Any]:
        try:
            return self._endpoint.ask(method, question, said)
        except OSError as error:
            raise LabKitError(
                f"The local cloud does not answer: {error}",
                where=self.url,
                next_step="start it again with lab_kit.cloud.start()",
            ) from error


def start(target: Literal["local", "aws"] = "local") -> LocalCloud | None:
    """Turn this process, and what it starts from now on, to the local cloud.

    The server is started where it does not run. Clients made before keep the address they have.

    Args:
        target: "aws" to turn back to AWS instead, with the account this process had before.

    Returns:
        The local cloud, which a notebook shows as a table; None for AWS.

    Raises:
        LabKitError: It cannot be started, or there is no such target.
    """
    if target == "aws":
        environment.leave(os.environ)
        _forget_default_session()
        print(AWS_NOTICE)
        return None
    if target != "local":
        raise LabKitError(f'There is no target "{target}"', next_step='choose "local" or "aws"')
    home = Home()
    endpoint = launch.ensure(home)
    environment.enter(home, endpoint, os.environ)
    _forget_default_session()
    print(
        f"Local cloud at {endpoint.url}: boto3, aws and s3:// paths stay on this machine and cost "
        "nothing."
    )
    return LocalCloud(home, endpoint)


def _forget_default_session() -> None:
    """boto3.client(...) uses one session, which has read its configuration already."""
    import sys

    boto3 = sys.modules.get("boto3")
    if boto3 is not None:
        boto3.DEFAULT_SESSION = None  # type: ignore[attr-defined]
