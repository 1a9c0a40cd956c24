"""Imports whose events are reported: what the server gives the child, and what it publishes.

Source: https://docs.aws.amazon.com/personalize/latest/dg/metric-attribution-results.html.
"""

from pathlib import Path
from typing import Any

from lab_kit.aws.ground import Ground
from lab_kit.aws.registry import Resource
from lab_kit.personalize.attributions.windows import FILE, WINDOW, marks_of, publish_report
from lab_kit.personalize.states import ACTIVE
from lab_kit.personalize.storage.jobs import read_import
from lab_kit.personalize.storage.places import dataset_of, source_of


def reported_by(ground: Ground, group: str) -> Resource | None:
    """The attribution that reports a group's imports: an active one with a place in S3."""
    for each in ground.registry.users(group, "MetricAttribution"):
        if each.status == ACTIVE and "s3DataDestination" in each.record["metricsOutputConfig"]:
            return each
    return None


def read(ground: Ground, job: Resource, room: Path) -> dict[str, Any]:
    """What `read_import` gives, and as `report` what is to be counted where that is asked for.

    Raises:
        JobError: There is nothing at the address.
    """
    found = read_import(ground, job, room)
    group = _group_of(ground, job)
    attribution = _attribution_of(ground, job)
    if attribution is None:
        return found
    items = dataset_of(ground, group, "ITEMS")
    found["report"] = {
        "sources": {} if items is None else {"ITEMS": source_of(ground, items, room)},
        "metrics": attribution.record["metrics"],
        "marks": marks_of(ground, group),
        "window": WINDOW,
    }
    return found


def publish(ground: Ground, job: Resource, _: dict[str, Any], output: Path) -> None:
    """The report becomes an object.

    Raises:
        JobError: It cannot be stored there.
    """
    attribution = _attribution_of(ground, job)
    if attribution is not None and (output / FILE).exists():
        publish_report(ground, attribution, "ImportJob", job.created, output / FILE)


def _attribution_of(ground: Ground, job: Resource) -> Resource | None:
    if not job.record.get("publishAttributionMetricsToS3"):
        return None
    return reported_by(ground, _group_of(ground, job))


def _group_of(ground: Ground, job: Resource) -> str:
    dataset = ground.registry.require(job.record["datasetArn"])
    return str(dataset.record["datasetGroupArn"])
