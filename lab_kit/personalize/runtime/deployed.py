"""Which model answers for a campaign or a recommender, and how."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lab_kit.aws.ground import Ground
from lab_kit.aws.registry import Resource
from lab_kit.personalize import refusals
from lab_kit.personalize.catalogue import SEMANTIC, Recipe, recipe
from lab_kit.personalize.filters.parser import parse
from lab_kit.personalize.filters.syntax import Expression
from lab_kit.personalize.runtime.use_cases import USE_CASES, UseCase
from lab_kit.personalize.states import ACTIVE
from lab_kit.personalize.storage.places import Source, model_folder, sources_of
from lab_kit.personalize.types import TYPES

EXPLORING = (
    "aws-user-personalization",
    "aws-user-personalization-v2",
    "aws-vod-top-picks",
    "aws-ecomm-recommended-for-you",
)
"""Recipes that move new items up, and take in new items every two hours."""
USUAL_WEIGHT = 0.3
USUAL_DAYS = 30.0


@dataclass(frozen=True)
class Deployed:
    """Something that can be asked."""

    arn: str
    group: str
    """The ARN of its dataset group."""
    folder: Path
    """Of its model."""
    recipe: Recipe
    config: Mapping[str, Any]
    """`campaignConfig`, or `recommenderConfig`."""

    @property
    def use_case(self) -> UseCase:
        """What a recipe of a domain needs to be told, and leaves out by itself."""
        return USE_CASES.get(self.recipe.name, UseCase())

    @property
    def is_second_version(self) -> bool:
        """Whether its answers say reasons."""
        return self.recipe.name.endswith("-v2")

    @property
    def has_metadata(self) -> bool:
        """Whether answers may hold fields of items."""
        return self.recipe.name == SEMANTIC or bool(
            self.config.get("enableMetadataWithRecommendations")
        )

    @property
    def exploration(self) -> tuple[float, float]:
        """Weight, 0 to 1, and greatest age in days."""
        if self.recipe.name not in EXPLORING:
            return 0.0, 0.0
        given = self.config.get("itemExplorationConfig", {})
        return (
            float(given.get("explorationWeight", USUAL_WEIGHT)),
            float(given.get("explorationItemAgeCutOff", USUAL_DAYS)),
        )


def deployed(ground: Ground, noun: str, arn: str, region: str) -> Deployed:
    """What answers under an ARN.

    Args:
        ground: What the local cloud stands on.
        noun: "Campaign" or "Recommender".
        arn: Of one.
        region: Where the caller is.

    Raises:
        ServiceError: There is none, it is being deleted, or is not active.
    """
    resource = ground.registry.get(arn)
    if resource is None or resource.kind != noun or resource.region != region:
        raise refusals.not_found(TYPES[noun].label, arn)
    if resource.status.startswith("DELETE"):
        raise refusals.not_found(TYPES[noun].label, arn)
    if resource.status != ACTIVE:
        # The model of this service knows no ResourceInUseException.
        raise refusals.invalid(
            f"The given {TYPES[noun].label} has status {resource.status}, which needs to be "
            f"{ACTIVE}: {arn}"
        )
    if noun == "Recommender":
        return of_trained(ground, resource, resource.record.get("recommenderConfig", {}))
    return of_campaign(ground, resource)


def of_campaign(ground: Ground, campaign: Resource) -> Deployed:
    """What answers for a campaign, whatever its state."""
    version = ground.registry.require(campaign.record["solutionVersionArn"])
    found = of_trained(ground, version, campaign.record.get("campaignConfig", {}))
    return replace(found, arn=campaign.arn)


def of_trained(
    ground: Ground, trained: Resource, config: Mapping[str, Any] | None = None
) -> Deployed:
    """A solution version, or a recommender, as something that can be asked.

    Args:
        ground: What the local cloud stands on.
        trained: It.
        config: `campaignConfig` or `recommenderConfig`; None: an empty one.
    """
    return Deployed(
        trained.arn,
        trained.record["datasetGroupArn"],
        model_folder(ground, trained),
        recipe(trained.record["recipeArn"]),
        config or {},
    )


def filter_of(ground: Ground, arn: str, group: str, region: str) -> Expression:
    """The expression of a filter.

    Raises:
        ServiceError: There is none, it is not active, or is of another dataset group.
    """
    resource = ground.registry.get(arn)
    if resource is None or resource.kind != "Filter" or resource.region != region:
        raise refusals.not_found("filter", arn)
    if resource.status != ACTIVE:
        raise refusals.invalid(
            f"The given filter has status {resource.status}, which needs to be {ACTIVE}: {arn}"
        )
    if resource.record["datasetGroupArn"] != group:
        raise refusals.invalid(f"The given filter is of another dataset group: {arn}")
    return parse(resource.record["filterExpression"])


def data_of(ground: Ground, group: str) -> tuple[tuple[object, ...], dict[str, Source]]:
    """What a dataset group has been given in bulk, and how to read all of it.

    Returns:
        A mark that changes when something is imported or deleted, and `sources_of` the group.
    """
    deletions = ground.registry.users(group, "DataDeletionJob")
    sources = sources_of(ground, group)
    mark = (
        tuple(job.arn for job in deletions if job.status == "COMPLETED"),
        *((type, each["store"], *each["files"]) for type, each in sources.items()),
    )
    return mark, sources
