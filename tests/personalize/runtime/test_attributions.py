"""Metric attribution: events of 15 minutes become a report in S3."""

import csv
import io
from datetime import timedelta

import pytest

from lab_kit.personalize.attributions.reporting import COLUMNS, figures
from lab_kit.personalize.runtime.impressions import mark_of
from lab_kit.personalize.storage.records import Put
from tests.personalize.runtime.shop import BUCKET, ROLE, settle
from tests.personalize.runtime.test_at_once import view

COUNT = {"eventType": "view", "metricName": "views", "expression": "SAMPLECOUNT()"}
SPENT = {"eventType": "Purchase", "metricName": "spent", "expression": "SUM(Items.PRICE)"}


def put(kind, item, at, **more):
    return Put({"EVENT_TYPE": kind, "ITEM_ID": item, **more}, at=at)


def test_figures_by_window_metric_and_source():
    arn = "arn:aws:personalize:us-east-1:123456789012:campaign/front"
    answer = f"RID-x-CID-{mark_of(arn)}"
    puts = [
        put("View", "a", 10),
        put("VIEW", "a", 20, EVENT_ATTRIBUTION_SOURCE="mail", RECOMMENDATION_ID=answer),
        put("View", "b", 30, RECOMMENDATION_ID=answer),
        put("View", "b", 31, RECOMMENDATION_ID=answer),
        put("Purchase", "a", 40, RECOMMENDATION_ID=answer),
        put("Purchase", "nobody knows", 41),
        put("View", "a", 950),
        put("AddToCart", "a", 960),
    ]
    found = figures(puts, [COUNT, SPENT], {"a": {"PRICE": 2.5}}, {mark_of(arn): arn}, 900)
    assert found == [
        ("views", "view", 1.0, "samplecount", "SOURCE_NAME_UNDEFINED", 0),
        ("views", "view", 2.0, "samplecount", arn, 0),
        ("views", "view", 1.0, "samplecount", "mail", 0),
        ("spent", "Purchase", 0.0, "sum", "SOURCE_NAME_UNDEFINED", 0),
        ("spent", "Purchase", 2.5, "sum", arn, 0),
        ("views", "view", 1.0, "samplecount", "SOURCE_NAME_UNDEFINED", 900),
    ]


def test_sums_of_interactions_and_no_more_than_100_sources():
    value = {"eventType": "V", "metricName": "v", "expression": "SUM(Interactions.EVENT_VALUE)"}
    puts = [
        put("V", "a", 1, EVENT_VALUE=2, EVENT_ATTRIBUTION_SOURCE=f"s{n:03}") for n in range(120)
    ]
    found = figures(puts, [value], {}, {}, 900)
    assert len(found) == 100
    assert {row[2] for row in found} == {2.0}


def reports(shop):
    """The rows of all reports, in the order of their keys."""
    listed = shop.s3.list_objects_v2(Bucket=BUCKET, Prefix="reports/").get("Contents", [])
    texts = [shop.s3.get_object(Bucket=BUCKET, Key=each["Key"])["Body"].read() for each in listed]
    rows = [list(csv.reader(io.StringIO(text.decode("utf-8")))) for text in texts]
    assert all(tuple(each[0]) == COLUMNS for each in rows)
    return [each["Key"] for each in listed], [row for each in rows for row in each[1:]]


@pytest.fixture
def attributed(changing):
    opened, arns = changing
    place = {"path": f"s3://{BUCKET}/reports/"}
    arn = opened.create(
        "metric_attribution",
        name="impact",
        datasetGroupArn=arns["group"],
        metrics=[COUNT, SPENT],
        metricsOutputConfig={"roleArn": ROLE, "s3DataDestination": place},
    )
    return opened, arns, arn


def test_a_report_is_written_when_its_window_has_ended(attributed):
    opened, arns, arn = attributed
    answer = opened.runtime.get_recommendations(campaignArn=arns["you"], userId="u00")
    event = {
        "eventType": "View",
        "itemId": "i00",
        "sentAt": 1_700_000_000,
        "recommendationId": answer["recommendationId"],
    }
    opened.events.put_events(
        trackingId=arns["tracking"], userId="u00", sessionId="s", eventList=[event]
    )
    view(opened, arns, "u00", "i03", kind="Purchase")
    assert reports(opened)[0] == []
    opened.ground.clock.advance(timedelta(minutes=16))
    opened.personalize.describe_metric_attribution(metricAttributionArn=arn)
    settle(opened.cloud)
    keys, rows = reports(opened)
    assert len(keys) == 1
    assert keys[0].startswith("reports/AggregatedAttributionMetrics - PutEvents - ")
    assert [row[:5] for row in rows] == [
        ["views", "view", "1.0", "samplecount", arns["you"]],
        ["spent", "Purchase", "3.5", "sum", "SOURCE_NAME_UNDEFINED"],
    ]
    # Nothing is counted twice, and a later window has a report of its own.
    view(opened, arns, "u01", "i04")
    opened.ground.clock.advance(timedelta(minutes=16))
    view(opened, arns, "u01", "i07")
    settle(opened.cloud)
    keys, rows = reports(opened)
    assert len(keys) == 2
    assert len(rows) == 3
