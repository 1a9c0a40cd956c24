"""Tags: the same for every type that takes them.

Source: https://docs.aws.amazon.com/personalize/latest/dg/tagging-resources.html.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from lab_kit.aws.errors import ServiceError
from lab_kit.aws.protocol.service import Call
from lab_kit.aws.registry import Resource
from lab_kit.personalize import refusals
from lab_kit.personalize.desk import Desk

MOST_TAGS = 50
_UNTAGGABLE = ("Schema", "MetricAttribution")


def checked_tags(there: Mapping[str, str], added: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Tags to be added, by key.

    Args:
        there: Those the resource has.
        added: As a request holds them.

    Raises:
        ServiceError: A key twice, one of AWS's own, or more tags than a resource may have.
    """
    tags = {tag["tagKey"]: tag["tagValue"] for tag in added}
    if len(tags) < len(added):
        raise refusals.invalid("Duplicate tag keys are not allowed.")
    if any(key.lower().startswith("aws:") for key in tags):
        raise refusals.invalid("Tag keys that begin with aws: are reserved for AWS.")
    if len({*there, *tags}) > MOST_TAGS:
        raise ServiceError("TooManyTagsException", f"A resource may have at most {MOST_TAGS} tags.")
    return tags


class Tagging(Desk):
    """The operations on tags."""

    def tag_resource(self, request: dict[str, Any], call: Call) -> None:
        """Add tags."""
        with self.registry.transaction():
            arn = self._taggable(request["resourceArn"], call).arn
            self.registry.tag(arn, checked_tags(self.registry.tags(arn), request["tags"]))

    def untag_resource(self, request: dict[str, Any], call: Call) -> None:
        """Remove tags."""
        resource = self._taggable(request["resourceArn"], call)
        if len(request["tagKeys"]) > MOST_TAGS:
            raise ServiceError(
                "TooManyTagKeysException", f"At most {MOST_TAGS} tag keys may be given."
            )
        self.registry.untag(resource.arn, request["tagKeys"])

    def list_tags_for_resource(self, request: dict[str, Any], call: Call) -> dict[str, Any]:
        """The tags of a resource."""
        tags = self.registry.tags(self._taggable(request["resourceArn"], call).arn)
        return {"tags": [{"tagKey": key, "tagValue": value} for key, value in tags.items()]}

    def _taggable(self, arn: str, call: Call) -> Resource:
        resource = self.registry.get(arn)
        if resource is None or resource.region != call.region:
            raise refusals.not_found("resource", arn)
        if resource.kind in _UNTAGGABLE:
            raise refusals.invalid(f"The given resource cannot have tags: {arn}")
        return resource
