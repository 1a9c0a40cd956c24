"""Metric attribution: events of 15 minutes become a report in S3."""

import csv
import io
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from botocore.exceptions import ClientError

from lab_kit.personalize.attributions.reporting import COLUMNS, figures
from lab_kit.personalize.runtime.impressions import mark_of
from lab_kit.personalize.storage.records import Put
from tests.personalize.runtime.shop import BUCKET, LATEST, ROLE, SCHEMAS, items, settle
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


def test_a_report_that_cannot_be_written_is_written_later(attributed):
    opened, arns, arn = attributed
    there, gone = ({"path": f"s3://{name}/reports/"} for name in (BUCKET, "nowhere"))
    for place, said in (
        (gone, "Insufficient privileges for accessing data in Amazon S3."),
        (there, None),
    ):
        opened.personalize.update_metric_attribution(
            metricAttributionArn=arn,
            metricsOutputConfig={"roleArn": ROLE, "s3DataDestination": place},
        )
        view(opened, arns, "u01", "i04", at=LATEST + len(place["path"]))
        opened.ground.clock.advance(timedelta(minutes=16))
        opened.personalize.describe_metric_attribution(metricAttributionArn=arn)
        settle(opened.cloud)
        shown = opened.personalize.describe_metric_attribution(metricAttributionArn=arn)
        assert shown["metricAttribution"].get("failureReason") == said
    assert sum(float(row[2]) for row in reports(opened)[1]) == 2  # the first event is not lost


def imported(opened, arns, frame, name="more", **more):
    """Import events into the shop; the job as it is described."""
    names = [each["name"] for each in SCHEMAS["Interactions"]]
    text = frame.reindex(columns=names).to_csv(index=False)
    opened.s3.put_object(Bucket=BUCKET, Key=f"{name}.csv", Body=text.encode("utf-8"))
    arn = opened.personalize.create_dataset_import_job(
        jobName=name,
        datasetArn=arns["Interactions"],
        dataSource={"dataLocation": f"s3://{BUCKET}/{name}.csv"},
        roleArn=ROLE,
        importMode="INCREMENTAL",
        **more,
    )["datasetImportJobArn"]
    settle(opened.cloud)
    return opened.personalize.describe_dataset_import_job(datasetImportJobArn=arn)[
        "datasetImportJob"
    ]


def bulk(answer):
    """1,500 events of an hour: of a recommendation, of another source, of none."""
    rng = np.random.default_rng(0)
    what = rng.integers(0, 3, 1_500)
    return pd.DataFrame(
        {
            "USER_ID": [f"u{n:02}" for n in rng.integers(0, 60, 1_500)],
            "ITEM_ID": [f"i{n:02}" for n in rng.integers(0, 30, 1_500)],
            "TIMESTAMP": LATEST + rng.integers(0, 3_600, 1_500),
            "EVENT_TYPE": rng.choice(["View", "VIEW", "Purchase", "Like"], 1_500),
            "RECOMMENDATION_ID": np.where(what == 0, answer, ""),
        }
    )


def test_an_import_is_reported_where_that_is_asked_for(attributed):
    opened, arns, _ = attributed
    answer = opened.runtime.get_recommendations(campaignArn=arns["you"], userId="u00")
    events = bulk(answer["recommendationId"])
    assert imported(opened, arns, events, "silent")["status"] == "ACTIVE"
    assert reports(opened)[0] == []
    job = imported(opened, arns, events, publishAttributionMetricsToS3=True)
    assert job["status"] == "ACTIVE"
    assert job["publishAttributionMetricsToS3"] is True
    keys, rows = reports(opened)
    assert len(keys) == 1
    assert keys[0].startswith("reports/AggregatedAttributionMetrics - ImportJob - ")
    price = {row[0]: row[2] for row in items()}
    events["window"] = events["TIMESTAMP"] // 900 * 900
    events["source"] = np.where(
        events["RECOMMENDATION_ID"] == "", "SOURCE_NAME_UNDEFINED", arns["you"]
    )
    expected = []
    for (window, source), part in events.groupby(["window", "source"]):
        views = part["EVENT_TYPE"].str.lower() == "view"
        spent = part.loc[part["EVENT_TYPE"] == "Purchase", "ITEM_ID"].map(price).sum()
        common = (source, str(window))
        expected.append(("views", "view", float(views.sum()), "samplecount", *common))
        expected.append(("spent", "Purchase", spent, "sum", *common))
    found = [(*row[:2], float(row[2]), *row[3:]) for row in rows]
    assert sorted(found) == sorted(expected)


def test_an_import_that_fails_reports_nothing(attributed):
    opened, arns, _ = attributed
    events = bulk("").drop(columns="ITEM_ID")
    job = imported(opened, arns, events, publishAttributionMetricsToS3=True)
    assert job["status"] == "CREATE FAILED"
    assert reports(opened)[0] == []


def test_imports_cannot_be_reported_without_a_place_or_event_types(changing):
    opened, arns = changing
    with pytest.raises(ClientError, match="needs an ACTIVE metric attribution"):
        imported(opened, arns, bulk(""), publishAttributionMetricsToS3=True)
    with pytest.raises(ClientError, match="is for imports of interactions"):
        opened.personalize.create_dataset_import_job(
            jobName="i",
            datasetArn=arns["Items"],
            dataSource={"dataLocation": f"s3://{BUCKET}/Items.csv"},
            roleArn=ROLE,
            publishAttributionMetricsToS3=True,
        )


@pytest.mark.parametrize(
    "expression", ["SUM(Items.NAME)", "SUM(items.WEIGHT)", "SUM(Interactions.DEVICE)"]
)
def test_only_numbers_can_be_summed_up(shop, expression):
    opened, arns = shop
    with pytest.raises(ClientError, match="sums up no numerical column of the I"):
        opened.personalize.create_metric_attribution(
            name="impact",
            datasetGroupArn=arns["group"],
            metrics=[{**SPENT, "expression": expression}],
            metricsOutputConfig={"roleArn": ROLE},
        )
