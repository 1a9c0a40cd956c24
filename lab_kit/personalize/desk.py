"""What all operations of Personalize work with."""

import time
from typing import Any

from lab_kit.aws.ground import Ground
from lab_kit.aws.registry import Resource
from lab_kit.personalize import refusals
from lab_kit.personalize.states import ACTIVE, has_settled, pending
from lab_kit.personalize.types import SETTLE, TYPES, ResourceType

SETTLE_SECONDS = 1.0
"""How long a resource without real work takes to settle when nobody looks at it.

The first look settles it at once. So code that waits as it should on AWS waits for nothing here,
and code that forgot to wait meets the same ResourceInUseException as there.
"""


class Desk:
    """The registry and the queue, and how to find and change what is in them.

    Args:
        ground: What the local cloud stands on.
    """

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.registry = ground.registry
        self.queue = ground.queue

    def find(self, type: ResourceType, arn: str, region: str) -> Resource:
        """The resource of a type and an ARN.

        Raises:
            ServiceError: There is none, in this region.
        """
        resource = self.registry.get(arn)
        if resource is None or resource.kind != type.noun or resource.region != region:
            raise refusals.not_found(type.label, arn)
        return resource

    def require_active(self, resource: Resource) -> None:
        """Make sure that something may be built upon.

        Raises:
            ServiceError: It is not active.
        """
        if resource.status not in ("", ACTIVE):
            label = TYPES[resource.kind].label
            raise refusals.in_state(label, resource.arn, resource.status, ACTIVE)

    def settle(self, arn: str, doing: str, end: str) -> None:
        """Let a resource go through PENDING and IN_PROGRESS to another state."""
        self.registry.update(arn, status=pending(doing))
        self.soon(SETTLE, arn, {"doing": doing, "end": end})

    def soon(self, kind: str, arn: str, arguments: dict[str, Any] | None = None) -> None:
        """Ask for a quick job, to be done when somebody looks or a second has passed."""
        self.queue.add(kind, arn, arguments, due=time.time() + SETTLE_SECONDS)


def settled(resource: Resource | None) -> bool:
    """Whether a resource, or its absence, will stay as it is until somebody acts."""
    return resource is None or has_settled(resource.status, resource.record)
