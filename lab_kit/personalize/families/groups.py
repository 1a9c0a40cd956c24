"""Dataset groups and event trackers."""

import uuid
from typing import Any

from lab_kit.aws.account import ACCOUNT
from lab_kit.aws.ground import Ground
from lab_kit.aws.registry import Resource
from lab_kit.personalize import refusals
from lab_kit.personalize.draft import Draft, eight_digits, named


def complete_group(_: Ground, draft: Draft) -> None:
    """A group with a domain is for recommenders, one without for solutions and campaigns."""
    named(draft)
    if "kmsKeyArn" in draft.request and "roleArn" not in draft.request:
        raise refusals.invalid("If you specify a KMS key, you must also specify an IAM role.")
    draft.answer["domain"] = draft.request.get("domain")


def complete_tracker(ground: Ground, draft: Draft) -> None:
    """One tracker a group; its name does not stand in its ARN."""
    draft.place(f"event-tracker/{eight_digits()}")
    for other in ground.registry.users(draft.group.arn, "EventTracker"):
        raise refusals.exists(other.arn)
    draft.record["trackingId"] = draft.answer["trackingId"] = str(uuid.uuid4())


def show_tracker(_: Ground, __: Resource) -> dict[str, Any]:
    """Whose it is."""
    return {"accountId": ACCOUNT}
