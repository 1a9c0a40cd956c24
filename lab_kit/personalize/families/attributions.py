"""Metric attributions: which events are counted, and as what."""

import re
from collections.abc import Sequence
from typing import Any

from lab_kit.aws.errors import ServiceError
from lab_kit.aws.ground import Ground
from lab_kit.personalize import refusals
from lab_kit.personalize.draft import Draft, named
from lab_kit.personalize.families.places import check_source

MOST_METRICS = 10
_EXPRESSION = re.compile(
    r"SAMPLECOUNT\(\)|SUM\((Items|Interactions)\.[A-Za-z_]\w*\)", re.IGNORECASE
)


def complete_attribution(ground: Ground, draft: Draft) -> None:
    """One attribution a group."""
    named(draft)
    for other in ground.registry.users(draft.group.arn, "MetricAttribution"):
        raise refusals.exists(other.arn)
    check_metrics(draft.request["metrics"])
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


def check_output(output: dict[str, Any]) -> None:
    """Refuse a place for reports that is none; to have no place is allowed.

    Raises:
        ServiceError: It is none.
    """
    if "s3DataDestination" in output:
        check_source(output["s3DataDestination"]["path"])
