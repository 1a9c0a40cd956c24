"""A dataset group with one of everything, made by calls as a learner makes them."""

import csv
import json
import time
from collections import Counter
from pathlib import Path

from lab_kit.aws.ground import Ground
from lab_kit.cloud.app import Cloud
from lab_kit.personalize.tasks import TASKS, Task
from lab_kit.personalize.training.jobs import read_training
from tests.cloud.inprocess import connect

ROLE = "arn:aws:iam::123456789012:role/reader"
BUCKET = "world"
INTERACTIONS = {
    "type": "record",
    "name": "Interactions",
    "fields": [
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
    ],
}
DOMAIN = {
    **INTERACTIONS,
    "fields": [*INTERACTIONS["fields"], {"name": "EVENT_TYPE", "type": "string"}],
}
WIDER = {
    **INTERACTIONS,
    "fields": [*DOMAIN["fields"], {"name": "DEVICE", "type": ["null", "string"]}],
}


def keep_metrics(ground, resource, result, output):
    return {"metrics": result["metrics"], "trainingHours": 0.01}


_QUICK = Task("tests.personalize.work:nothing")
TEST_TASKS = {
    **TASKS,
    "personalize.train": Task("tests.personalize.work:count_events", read_training, keep_metrics),
    "personalize.train-recommender": Task(
        "tests.personalize.work:count_events", read_training, keep_metrics
    ),
    "personalize.export": _QUICK,
    "personalize.delete-data": _QUICK,
    "personalize.infer": _QUICK,
    "personalize.segment": _QUICK,
}


def open_cloud(folder, **options):
    """The services over a folder; jobs run when `settle` is called."""
    return Cloud(Ground.under(folder), tasks=TEST_TASKS, **options)


def settle(cloud):
    """Run all jobs there are, now."""
    for resource in cloud.ground.registry.all():
        cloud.ground.queue.hurry(resource.arn)
    while cloud.supervisor.busy:
        if not cloud.supervisor.step():
            time.sleep(0.01)  # a child process is at work


def write_interactions(path: Path, rows=1200, users=60):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE"])
        for row in range(rows):
            writer.writerow([f"u{row % users}", f"i{row % 37}", 1_600_000_000 + row, "Watch"])


def build(cloud, folder):
    """Make one of everything, all active.

    Returns:
        The ARN of each, by the member that names it.
    """
    personalize, s3 = connect(cloud.answer, "personalize"), connect(cloud.answer, "s3")
    data = folder / "interactions.csv"
    write_interactions(data)
    s3.create_bucket(Bucket=BUCKET)
    s3.upload_file(str(data), BUCKET, "interactions.csv")
    arns = {}

    def create(noun, **request):
        answer = getattr(personalize, f"create_{noun}")(**request)
        settle(cloud)
        arns.update({key: value for key, value in answer.items() if key.endswith("Arn")})
        return next(value for key, value in answer.items() if key.endswith("Arn"))

    def import_into(name, dataset):
        create(
            "dataset_import_job",
            jobName=name,
            datasetArn=dataset,
            dataSource={"dataLocation": f"s3://{BUCKET}/interactions.csv"},
            roleArn=ROLE,
        )

    # A domain group first, so that `arns` ends with the custom one's.
    shop = create("dataset_group", name="videos", domain="VIDEO_ON_DEMAND")
    schema = create("schema", name="videos", schema=json.dumps(DOMAIN), domain="VIDEO_ON_DEMAND")
    videos = create(
        "dataset",
        name="videos",
        schemaArn=schema,
        datasetGroupArn=shop,
        datasetType="Interactions",
    )
    import_into("videos", videos)
    recommender = create(
        "recommender",
        name="picks",
        datasetGroupArn=shop,
        recipeArn="arn:aws:personalize:::recipe/aws-vod-top-picks",
    )
    wider = create("schema", name="wider", schema=json.dumps(WIDER))
    narrow = create("schema", name="narrow", schema=json.dumps(DOMAIN))
    group = create("dataset_group", name="shop", tags=[{"tagKey": "team", "tagValue": "a"}])
    dataset = create(
        "dataset",
        name="events",
        schemaArn=narrow,
        datasetGroupArn=group,
        datasetType="Interactions",
    )
    import_into("events", dataset)
    create(
        "dataset_export_job",
        jobName="export",
        datasetArn=dataset,
        roleArn=ROLE,
        jobOutput={"s3DataDestination": {"path": f"s3://{BUCKET}/out/"}},
    )
    create(
        "data_deletion_job",
        jobName="forget",
        datasetGroupArn=group,
        roleArn=ROLE,
        dataSource={"dataLocation": f"s3://{BUCKET}/users.csv"},
    )
    create("event_tracker", name="clicks", datasetGroupArn=group)
    create(
        "filter",
        name="unseen",
        datasetGroupArn=group,
        filterExpression='INCLUDE ItemID WHERE Items.GENRES IN ("a")',
    )
    create(
        "metric_attribution",
        name="impact",
        datasetGroupArn=group,
        metrics=[{"eventType": "Watch", "metricName": "views", "expression": "SAMPLECOUNT()"}],
        metricsOutputConfig={"roleArn": ROLE},
    )

    def version_of(name, recipe):
        solution = create(
            "solution",
            name=name,
            datasetGroupArn=group,
            recipeArn=f"arn:aws:personalize:::recipe/{recipe}",
        )
        return create("solution_version", solutionArn=solution)

    segments = version_of("segments", "aws-item-affinity")
    places = {
        "jobInput": {"s3DataSource": {"path": f"s3://{BUCKET}/in.json"}},
        "jobOutput": {"s3DataDestination": {"path": f"s3://{BUCKET}/out/"}},
        "roleArn": ROLE,
    }
    create("batch_segment_job", jobName="segment", solutionVersionArn=segments, **places)
    version = version_of("tastes", "aws-user-personalization")
    create("campaign", name="front", solutionVersionArn=version)
    create("batch_inference_job", jobName="infer", solutionVersionArn=version, **places)
    return arns | {
        "recommenderArn": recommender,
        "domainGroupArn": shop,
        "widerSchemaArn": wider,
        "segmentVersionArn": segments,
    }


def counted(cloud):
    """How many resources of each kind there are."""
    return Counter(resource.kind for resource in cloud.ground.registry.all())
