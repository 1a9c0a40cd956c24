"""All services of the local cloud as one WSGI application."""

import logging
import os
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

from lab_kit.aws.door import NOWHERE, Door
from lab_kit.aws.errors import ServiceError
from lab_kit.aws.ground import Ground
from lab_kit.aws.jobs import Supervisor
from lab_kit.aws.journal import Journal
from lab_kit.aws.parameters import Parameters
from lab_kit.aws.protocol.request import Request
from lab_kit.aws.protocol.router import Router
from lab_kit.aws.protocol.service import Service
from lab_kit.aws.protocol.wire import Answer, error_answer
from lab_kit.machine import free_memory
from lab_kit.personalize.lifecycle import Lifecycle
from lab_kit.personalize.schedule import Schedule
from lab_kit.personalize.services import services
from lab_kit.personalize.tasks import TASKS, Task
from lab_kit.redshift.tenant import Tenant

if TYPE_CHECKING:
    from lab_kit.aws.borrowed.identity import Identity

_GIB = 2**30
_log = logging.getLogger(__name__)


class Cloud:
    """The services over one home folder.

    Args:
        ground: What they stand on.
        patience: Seconds that describing something may wait for it to settle.
        waiters: How many such calls may wait at a time.
        tasks: The real work behind Personalize's resources.
        door: How other processes of the cloud call its server.
        warm: Whether models are loaded as soon as they are deployed, before anybody asks.
    """

    def __init__(
        self,
        ground: Ground,
        *,
        patience: float = 0,
        waiters: int = 16,
        tasks: Mapping[str, Task] = TASKS,
        door: Door = NOWHERE,
        warm: bool = False,
    ) -> None:
        self.ground = ground
        self._journal = Journal(ground.database)
        self._borrowing = threading.Lock()
        self._identities: Identity | None = None
        lifecycle = Lifecycle(ground, tasks)
        self.redshift = Tenant(ground, door, patience=patience, waiters=waiters)
        self.supervisor = Supervisor(
            ground.database,
            ground.queue,
            ground.clock,
            [*lifecycle.kinds(), *self.redshift.kinds()],
            ground.folder / "jobs",
            slots=_slots(),
            watch=Schedule(ground),
        )
        self._router = Router(
            [
                *services(ground, patience=patience, waiters=waiters, warm=warm),
                *self.redshift.services(),
                Service("ssm", Parameters(ground), invalid_token="InvalidNextToken"),
            ],
            {
                "s3": ground.objects,
                "iam": lambda request: self._identity()(request),
                "sts": lambda request: self._identity()(request),
            },
        )

    def answer(self, request: Request) -> Answer:
        """The answer to a request that was let in; whatever goes wrong is an answer, too."""
        try:
            return self._router(request)
        except Exception as error:
            _log.exception("%s %s", request.method, request.target)
            said = f"{type(error).__name__}: {error} (more: lab-kit cloud status names the log)"
            return error_answer(ServiceError("InternalFailure", said, 500), request.protocol)

    def knows(self, access_key: str) -> bool:
        """Whether IAM or STS gave out an access key."""
        return self._identity().knows(access_key)

    def _identity(self) -> "Identity":
        with self._borrowing:  # threads that come first together must not make two
            if self._identities is None:
                from lab_kit.aws.borrowed.identity import Identity  # which loads moto

                self._identities = Identity(self.ground.clock, self._journal)
        return self._identities


def _slots() -> int:
    """How many jobs run side by side: two where there are cores and memory for it."""
    return 2 if (os.cpu_count() or 1) > 1 and free_memory() > 3 * _GIB else 1
