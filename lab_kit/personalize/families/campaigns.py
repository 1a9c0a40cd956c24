"""Campaigns, which answer with a solution version."""

from lab_kit.aws.ground import Ground
from lab_kit.aws.registry import Registry
from lab_kit.personalize import refusals
from lab_kit.personalize.catalogue import recipe
from lab_kit.personalize.draft import Draft, named
from lab_kit.personalize.families.configs import check_exploration
from lab_kit.personalize.states import ACTIVE

_LATEST = "/$LATEST"


def complete_campaign(_: Ground, draft: Draft) -> None:
    """A campaign answers at once; recipes for segments of users only answer in batches."""
    named(draft)
    draft.record.setdefault("minProvisionedTPS", 1)
    draft.record["solutionVersionArn"] = draft.parents["solutionVersionArn"].arn
    check_exploration(draft.record.get("campaignConfig", {}))
    trained_with = draft.parents["solutionVersionArn"].record.get("recipeArn")
    if trained_with and recipe(trained_with).type == "USER_SEGMENTATION":
        raise refusals.invalid(
            f"A solution version of a USER_SEGMENTATION recipe cannot be deployed: {trained_with}"
        )


def resolved(registry: Registry, arn: str) -> str:
    """The ARN of a solution version; SOLUTION_ARN/$LATEST means the last active one.

    Raises:
        ServiceError: The solution has no active version.
    """
    if not arn.endswith(_LATEST):
        return arn
    versions = registry.users(arn.removesuffix(_LATEST), "SolutionVersion")
    active = [version.arn for version in versions if version.status == ACTIVE]
    if not active:
        raise refusals.not_found("solution version", arn)
    return active[-1]
