"""When a report of a metric attribution is due, and what of it is kept."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lab_kit.aws.ground import Ground
from lab_kit.aws.jobs import Job, Kind
from lab_kit.aws.objects.shelf import split
from lab_kit.aws.registry import Resource
from lab_kit.personalize.runtime.impressions import mark_of
from lab_kit.personalize.states import ACTIVE
from lab_kit.personalize.storage.jobs import store
from lab_kit.personalize.storage.places import sources_of

WINDOW = 900.0
"""Seconds."""
REPORT = "personalize.report"
FILE = "report.csv"


def note_events(ground: Ground, group: str) -> None:
    """Have the events of a group that came just now reported when their window has ended."""
    for attribution in ground.registry.users(group, "MetricAttribution"):
        if attribution.status == ACTIVE:
            plan(ground, attribution)


def plan(ground: Ground, attribution: Resource) -> None:
    """Ask for a report at the end of this window, or at once of one that has ended."""
    now, due = ground.clock.time(), attribution.record.get("reportDue")
    if due is None:
        end = (now // WINDOW + 1) * WINDOW
        with ground.registry.transaction():
            ground.registry.update(attribution.arn, reportDue=end)
            ground.queue.add(REPORT, attribution.arn, due=time.time() + end - now)
    elif due <= now:
        ground.queue.hurry(attribution.arn)


def show_attribution(ground: Ground, attribution: Resource) -> dict[str, Any]:
    """Nothing more; but who looks at it after the clock was put forward finds the report made."""
    if attribution.record.get("reportDue") is not None:
        plan(ground, attribution)
    return {}


def report_kind(ground: Ground) -> Kind:
    """The kind of job that reports."""

    def begin(job: Job, room: Path) -> dict[str, Any]:
        attribution = ground.registry.require(job.subject)
        group = attribution.record["datasetGroupArn"]
        return {
            "sources": sources_of(ground, group, room),
            "metrics": attribution.record["metrics"],
            "after": attribution.record.get("reported", 0),
            "until": ground.clock.time() // WINDOW * WINDOW,
            "window": WINDOW,
            "marks": marks_of(ground, group),
        }

    def publish(job: Job, result: dict[str, Any], output: Path) -> None:
        attribution = ground.registry.require(job.subject)
        if result["rows"]:
            publish_report(ground, attribution, "PutEvents", result["until"], output / FILE)

    def finish(job: Job, result: dict[str, Any], _: Path) -> None:
        done = ground.registry.update(
            job.subject, reported=result["upto"], reportDue=None, failureReason=None
        )
        if result["more"]:
            plan(ground, done)

    def fail(job: Job, reason: str) -> None:
        ground.registry.update(job.subject, reportDue=None, failureReason=reason)

    return Kind(
        REPORT,
        "lab_kit.personalize.attributions.reporting:report",
        begin=begin,
        publish=publish,
        finish=finish,
        fail=fail,
    )


def publish_report(
    ground: Ground, attribution: Resource, method: str, seconds: float, path: Path
) -> None:
    """A report becomes an object, where the attribution has a place for it.

    Args:
        ground: What the local cloud stands on.
        attribution: Whose.
        method: As in `report_key`.
        seconds: As in `report_key`.
        path: The report.

    Raises:
        JobError: It cannot be stored there.
    """
    place = attribution.record["metricsOutputConfig"].get("s3DataDestination")
    if place is not None:
        bucket, prefix = split(place["path"])
        store(ground, f"s3://{bucket}/{report_key(prefix, method, seconds)}", path)


def report_key(prefix: str, method: str, seconds: float) -> str:
    """The key of a report's object.

    Args:
        prefix: Where reports go, within their bucket.
        method: How the events came: "PutEvents" or "ImportJob".
        seconds: When it was made, in seconds since 1970.
    """
    moment = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H-%M-%S.%f")[:-3]
    folder = f"{prefix.rstrip('/')}/" if prefix.strip("/") else ""
    return f"{folder}AggregatedAttributionMetrics - {method} - {moment}Z.csv"


def marks_of(ground: Ground, group: str) -> Mapping[str, str]:
    """Campaigns and recommenders by what recommendation ids hold of them."""
    found = [
        *ground.registry.users(group, "Campaign"),
        *ground.registry.users(group, "Recommender"),
    ]
    return {mark_of(each.arn): each.arn for each in found}
