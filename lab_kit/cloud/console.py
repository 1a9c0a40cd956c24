"""What the kit itself asks the server: how it is, to stop, to put the clock forward, SQL."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from lab_kit import __version__
from lab_kit.aws.jobs.queue import UNFINISHED
from lab_kit.aws.protocol.request import Request
from lab_kit.aws.protocol.wire import Answer, json_answer
from lab_kit.cloud.app import Cloud
from lab_kit.cloud.home import Home
from lab_kit.errors import LabKitError
from lab_kit.redshift.names import BOOKKEEPING
from lab_kit.redshift.owner import front as sql

PREFIX = "/_lab_kit/"
"""No bucket can have that name: buckets begin with a letter or a digit."""


class Console:
    """Answers the kit.

    Args:
        cloud: The services.
        home: Their folder.
        stop: Ends the server.
    """

    def __init__(self, cloud: Cloud, home: Home, stop: Callable[[], None]) -> None:
        self._cloud = cloud
        self._home = home
        self._stop = stop

    def answer(self, request: Request) -> Answer:
        """The answer to a request of the kit's."""
        asked = request.path.removeprefix(PREFIX)
        if (request.method, asked) == ("GET", "ping"):
            return json_answer({"version": __version__, "home": str(self._home.folder)})
        if (request.method, asked) == ("GET", "status"):
            return json_answer(self._status())
        if asked.startswith(sql.PREFIX):
            return self._cloud.redshift.front.answer(asked.removeprefix(sql.PREFIX), request)
        if (request.method, asked) == ("POST", "stop"):
            self._stop()
            return json_answer({})
        if (request.method, asked) == ("POST", "advance"):
            try:
                seconds = float(json.loads(request.body)["seconds"])
                self._cloud.ground.clock.advance(timedelta(seconds=seconds))
            except (ValueError, KeyError, TypeError, OverflowError, LabKitError) as error:
                return json_answer({"message": str(error)}, 400)
            return json_answer({"time": self._cloud.ground.clock.time()})
        return json_answer({"message": "no such question"}, 404)

    def _status(self) -> dict[str, Any]:
        ground = self._cloud.ground
        jobs = {job.subject: asdict(job) for job in ground.queue.all(limit=100)}
        return {
            "version": __version__,
            "home": str(self._home.folder),
            "log": str(self._home.log),
            "time": ground.clock.time(),
            "ahead": ground.clock.ahead.total_seconds(),
            "unfinished": len(ground.queue.in_state(*UNFINISHED)),
            "buckets": ground.shelf.buckets(),
            "resources": [
                {
                    "arn": each.arn,
                    "kind": each.kind,
                    "name": each.name,
                    "region": each.region,
                    "status": each.status,
                    "created": each.created,
                    "tps": each.record.get("minProvisionedTPS"),
                    "job": jobs.get(each.arn),
                }
                for each in ground.registry.all()
                if each.kind not in BOOKKEEPING
            ],
        }
