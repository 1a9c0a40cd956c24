"""Metric attributions: which events are counted, and as what."""

import re
from collections.abc import Sequence
from typing import Any

from lab_kit.aws.errors import ServiceError
from lab_kit.aws.ground import Ground
from lab_kit.personalize import refusals
from lab_kit.personalize.draft import Draft, named
from lab_kit.personalize.families.configs import NUMBERS
from lab_kit.personalize.families.filters import schemas_of
from lab_kit.personalize.families.places import check_source
from lab_kit.personalize.filters.rules import Schemas

MOST_METRICS = 10
_EXPRESSION = re.compile(
    r"SAMPLECOUNT\(\)|SUM\((Items|Interactions)\.([A-Za-z_]\w*)\)", re.IGNORECASE
)


def complete_attribution(ground: Ground, draft: Draft) -> None:
    """One attribution a group."""
    named(draft)
    for other in ground.registry.users(draft.group.arn, "MetricAttribution"):
        raise refusals.exists(other.arn)
    check_metrics(draft.request["metrics"])
    check_columns(draft.request["metrics"], schemas_of(ground, draft.group.arn))
    check_output(draft.request["metricsOutputConfig"])


def check_metrics(metrics: Sequence[dict[str, Any]]) -> None:
    """Refuse metrics that are too many, unreadable, or of the same name.

    Raises:
        ServiceError: One of these.
    """
    names = [metric["metricName"] for metric in metrics]
    for name in names:
        if names.count(name) > 1:
            raise ServiceError(
                "ResourceAlreadyExistsException", f"There is a metric of that name: {name}"
            )
    for metric in metrics:
        if not _EXPRESSION.fullmatch(metric["expression"]):
            raise refusals.invalid(
                f"Invalid expression {metric['expression']}: use SAMPLECOUNT() or "
                "SUM(Items.COLUMN) or SUM(Interactions.COLUMN)"
            )
    if len(metrics) > MOST_METRICS:
        raise ServiceError(
            "LimitExceededException",
            f"A metric attribution may have at most {MOST_METRICS} metrics.",
        )


def check_columns(metrics: Sequence[dict[str, Any]], schemas: Schemas) -> None:
    """Refuse metrics of what the datasets do not hold; those that are not there yet may hold it.

    Args:
        metrics: Their expressions can be read.
        schemas: As `filters.schemas_of` gives them.

    Raises:
        ServiceError: There are no event types, or a sum is not one of numbers.
    """
    if "EVENT_TYPE" not in schemas.get("Interactions", {"EVENT_TYPE": {}}):
        raise refusals.invalid("The Interactions dataset must have an EVENT_TYPE column.")
    for metric in metrics:
        found = _EXPRESSION.fullmatch(metric["expression"])
        if found is None or found[1] is None or found[1].title() not in schemas:
            continue
        declared = schemas[found[1].title()].get(found[2].upper(), {}).get("type")
        if not NUMBERS.intersection(declared if isinstance(declared, list) else [declared]):
            raise refusals.invalid(
                f"{metric['expression']} sums up no numerical column of the {found[1].title()} "
                "dataset."
            )


def check_output(output: dict[str, Any]) -> None:
    """Refuse a place for reports that is none; to have no place is allowed.

    Raises:
        ServiceError: It is none.
    """
    if "s3DataDestination" in output:
        check_source(output["s3DataDestination"]["path"])
