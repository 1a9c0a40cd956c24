"""Create, describe, list and delete any resource, by one rule."""

import threading
from collections.abc import Callable, Mapping
from functools import partialmethod
from typing import Any

from lab_kit.aws.ground import Ground
from lab_kit.aws.protocol.service import Call
from lab_kit.aws.registry import NameTakenError, Resource
from lab_kit.personalize import refusals
from lab_kit.personalize.catalogue import Catalogue
from lab_kit.personalize.desk import settled
from lab_kit.personalize.draft import Draft
from lab_kit.personalize.families import COMPLETE, SHOW
from lab_kit.personalize.families.campaigns import resolved
from lab_kit.personalize.lifecycle import DELETE
from lab_kit.personalize.states import ACTIVE, CREATE_FAILED, pending
from lab_kit.personalize.tagging import Tagging, checked_tags
from lab_kit.personalize.types import BY_ARN_MEMBER, SETTLE, TYPES, ResourceType
from lab_kit.personalize.updates import Updates


class Control(Updates, Tagging, Catalogue):
    """The operations of the `personalize` service, one method each.

    Those made by rule stand at the end of this module; the others are inherited.

    Args:
        ground: What the local cloud stands on.
        patience: Seconds that DescribeX waits for a resource to settle, so that code which looks
            once a minute finds it done at the first look; 0 to answer at once.
        waiters: How many calls may wait at a time; the next ones are answered at once.
        deployed: Called with the ARN of each campaign that is created.
    """

    def __init__(
        self,
        ground: Ground,
        *,
        patience: float = 0,
        waiters: int = 16,
        deployed: Callable[[str], None] = lambda _: None,
    ) -> None:
        super().__init__(ground)
        self._deployed = deployed
        self._patience = patience
        self._waiting = threading.Semaphore(waiters)

    def create(self, type: ResourceType, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """Add a resource of a type and ask for the job that makes it what it is."""
        with self.registry.transaction():
            draft = self._draft(type, request, call)
            COMPLETE[type.noun](self.ground, draft)
            scope = draft.parents[type.name_in].arn if type.name_in else ""
            try:
                self.registry.create(
                    draft.arn,
                    type.noun,
                    region=call.region,
                    name=draft.name,
                    status=pending(type.doing).strip() if type.job else "",
                    record=draft.record,
                    scope=scope,
                    uses=self._uses(draft.parents),
                )
            except NameTakenError:
                raise refusals.exists(draft.arn) from None
            self._keep_to_quotas(draft)
            self.registry.tag(draft.arn, checked_tags({}, request.get("tags", [])))
            if type.job == SETTLE:
                self.settle(draft.arn, type.doing, ACTIVE)
            elif type.job:
                self.queue.add(type.job, draft.arn)
        if type.noun == "Campaign":
            self._deployed(draft.arn)
        return {type.arn_member: draft.arn, **draft.answer}

    def describe(self, type: ResourceType, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """All that is known of a resource, once it has settled or patience is at its end."""
        arn = request[type.arn_member]
        resource = self.find(type, arn, call.region)
        if not settled(resource):
            self.queue.hurry(arn)
            if self._patience and self._waiting.acquire(blocking=False):
                try:
                    self.registry.wait(lambda: settled(self.registry.get(arn)), self._patience)
                finally:
                    self._waiting.release()
                resource = self.find(type, arn, call.region)
        return {type.member: self.shown(resource)}

    def list(self, type: ResourceType, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """A page of the resources of a type."""
        within = request.get(type.list_by)
        if within is not None:
            self.find(BY_ARN_MEMBER[type.list_by], within, call.region)
        page, position = self.registry.page(
            type.noun,
            call.region,
            using=within,
            after=request["nextToken"],
            limit=request["maxResults"],
        )
        for resource in page:
            if not settled(resource):
                self.queue.hurry(resource.arn)
        return {type.plural: [self.shown(each) for each in page], "nextToken": position}

    def delete(self, type: ResourceType, request: dict[str, Any], call: Call) -> None:
        """Ask for the end of a resource."""
        with self.registry.transaction():
            resource = self.find(type, request[type.arn_member], call.region)
            if not settled(resource):
                raise refusals.in_state(type.label, resource.arn, resource.status, "settled")
            users = self.registry.users(resource.arn)
            blocking = [
                each.arn for each in users if each.kind in type.blocked_by or not settled(each)
            ]
            if blocking:
                raise refusals.in_use(type.label, resource.arn, blocking)
            if type.job:
                self.registry.update(resource.arn, status=pending("DELETE"))
                self.soon(DELETE, resource.arn)
            else:
                self.registry.delete(resource.arn)

    def shown(self, resource: Resource) -> dict[str, Any]:
        """A resource as callers see it; the protocol cuts it to what an operation shows."""
        type = TYPES[resource.kind]
        known = {
            **resource.record,
            type.name_member: resource.name,
            type.arn_member: resource.arn,
            "status": resource.status,
            "creationDateTime": resource.created,
            "lastUpdatedDateTime": resource.updated,
        }
        more = SHOW.get(resource.kind)
        return known if more is None else known | more(self.ground, resource)

    def _draft(self, type: ResourceType, request: dict[str, Any], call: Call) -> Draft:
        request = dict(request)
        parents = {}
        for member in type.parents:
            if member not in request:
                continue
            if member == "solutionVersionArn":
                request[member] = resolved(self.registry, request[member])
            of = BY_ARN_MEMBER[member]
            parents[member] = self.find(of, request[member], call.region)
            self.require_active(parents[member])
        hidden = ("tags", type.name_member)
        record = {name: value for name, value in request.items() if name not in hidden}
        return Draft(type, request, call.region, parents, record)

    def _uses(self, parents: Mapping[str, Resource]) -> set[str]:
        uses = {parent.arn for parent in parents.values()}
        return uses.union(*(self.registry.uses(arn) for arn in uses))

    def _keep_to_quotas(self, draft: Draft) -> None:
        type = draft.type
        alike = self.registry.all(type.noun, draft.region)
        if type.most_at_once is not None:
            unfinished = sum(not settled(each) for each in alike)
            if unfinished > type.most_at_once:
                raise refusals.too_many_at_once(type.most_at_once)
        if type.most is not None:
            groups = [arn for arn in self.registry.uses(draft.arn) if ":dataset-group/" in arn]
            if groups:
                alike = self.registry.users(groups[0], type.noun)
            if sum(each.status != CREATE_FAILED for each in alike) > type.most:
                raise refusals.too_many(type.label, type.most)


for _type in TYPES.values():
    for _rule in (Control.create, Control.describe, *([Control.delete] * _type.deletable)):
        setattr(Control, f"{_rule.__name__}_{_type.snake}", partialmethod(_rule, _type))
    setattr(Control, f"list_{_type.snake}s", partialmethod(Control.list, _type))
