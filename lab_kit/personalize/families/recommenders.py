"""Recommenders, which a domain has instead of solutions and campaigns."""

from lab_kit.aws.ground import Ground
from lab_kit.personalize import refusals
from lab_kit.personalize.catalogue import recipe
from lab_kit.personalize.draft import Draft, named
from lab_kit.personalize.families.configs import check_exploration


def complete_recommender(_: Ground, draft: Draft) -> None:
    """Its recipe has to be of its group's domain."""
    named(draft)
    use_case = recipe(draft.request["recipeArn"])
    if "domain" not in draft.group.record:
        raise refusals.invalid(
            "Please use a domains-specific Dataset Group to create the Recommender"
        )
    if use_case.domain != draft.group.record["domain"]:
        raise refusals.invalid(
            f"The recipe is of domain {use_case.domain or 'none'}, the dataset group of domain "
            f"{draft.group.record['domain']}: {use_case.arn}"
        )
    draft.record.setdefault("recommenderConfig", {})
    check_exploration(draft.record["recommenderConfig"])
    draft.record["recommenderConfig"].setdefault("minRecommendationRequestsPerSecond", 1)
