"""A workshop's notebook as it is written for AWS: from a CSV file to recommendations, and away.

Nothing in it knows of the local cloud. It looks for states once a minute, as the samples do.
"""

import json
import sys
import time

import boto3
import pandas as pd
from botocore.exceptions import ClientError

suffix = str(time.time_ns())[-8:]
personalize = boto3.client("personalize")
s3 = boto3.client("s3")
iam = boto3.client("iam")
account = boto3.client("sts").get_caller_identity()["Account"]
region = boto3.session.Session().region_name
bucket = f"{account}-{region}-workshop-{suffix}"
s3.create_bucket(Bucket=bucket)

interactions = pd.DataFrame(
    {
        "USER_ID": [f"u{n % 50}" for n in range(2000)],
        "ITEM_ID": [f"i{n % 40}" for n in range(2000)],
        "TIMESTAMP": range(1_600_000_000, 1_600_002_000),
        "EVENT_TYPE": ["watch", "click"] * 1000,
    }
)
interactions.to_csv("interactions.csv", index=False)
s3.upload_file("interactions.csv", bucket, "interactions.csv")
assert len(pd.read_csv(f"s3://{bucket}/interactions.csv")) == 2000

statement = {
    "Effect": "Allow",
    "Principal": {"Service": "personalize.amazonaws.com"},
    "Action": ["s3:GetObject", "s3:ListBucket"],
    "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
}
policy = {"Version": "2012-10-17", "Id": "Access", "Statement": [statement]}
s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))

role_name = f"PersonalizeRole{suffix}"
trust = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "personalize.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
role = iam.create_role(RoleName=role_name, AssumeRolePolicyDocument=json.dumps(trust))
iam.attach_role_policy(
    RoleName=role_name,
    PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonPersonalizeFullAccess",
)
role_arn = role["Role"]["Arn"]

schema = {
    "type": "record",
    "name": "Interactions",
    "namespace": "com.amazonaws.personalize.schema",
    "fields": [
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
        {"name": "EVENT_TYPE", "type": "string"},
    ],
    "version": "1.0",
}
try:
    schema_arn = personalize.create_schema(name="workshop", schema=json.dumps(schema))["schemaArn"]
except personalize.exceptions.ResourceAlreadyExistsException:
    schema_arn = f"arn:aws:personalize:{region}:{account}:schema/workshop"

group_arn = personalize.create_dataset_group(name=f"workshop-{suffix}")["datasetGroupArn"]
max_time = time.time() + 3 * 60 * 60
while time.time() < max_time:
    status = personalize.describe_dataset_group(datasetGroupArn=group_arn)
    if status["datasetGroup"]["status"] in ("ACTIVE", "CREATE FAILED"):
        break
    time.sleep(60)

dataset_arn = personalize.create_dataset(
    name="interactions",
    datasetType="INTERACTIONS",
    datasetGroupArn=group_arn,
    schemaArn=schema_arn,
)["datasetArn"]
while time.time() < max_time:
    if personalize.describe_dataset(datasetArn=dataset_arn)["dataset"]["status"] == "ACTIVE":
        break
    time.sleep(60)

job_arn = personalize.create_dataset_import_job(
    jobName=f"import-{suffix}",
    datasetArn=dataset_arn,
    dataSource={"dataLocation": f"s3://{bucket}/interactions.csv"},
    roleArn=role_arn,
)["datasetImportJobArn"]
while time.time() < max_time:
    job = personalize.describe_dataset_import_job(datasetImportJobArn=job_arn)["datasetImportJob"]
    if job["status"] in ("ACTIVE", "CREATE FAILED"):
        break
    time.sleep(60)
assert job["status"] == "ACTIVE", job

solution_arn = personalize.create_solution(
    name=f"workshop-{suffix}",
    datasetGroupArn=group_arn,
    recipeArn="arn:aws:personalize:::recipe/aws-user-personalization",
)["solutionArn"]
while time.time() < max_time:
    status = personalize.describe_solution(solutionArn=solution_arn)["solution"]["status"]
    if status == "ACTIVE":
        break
    time.sleep(60)
version_arn = personalize.create_solution_version(solutionArn=solution_arn)["solutionVersionArn"]
while time.time() < max_time:
    version = personalize.describe_solution_version(solutionVersionArn=version_arn)
    if version["solutionVersion"]["status"] in ("ACTIVE", "CREATE FAILED"):
        break
    time.sleep(60)
metrics = personalize.get_solution_metrics(solutionVersionArn=version_arn)["metrics"]
assert 0 <= metrics["precision_at_5"] <= 1, metrics

campaign_arn = personalize.create_campaign(
    name=f"workshop-{suffix}",
    solutionVersionArn=version_arn,
    minProvisionedTPS=1,
    campaignConfig={"itemExplorationConfig": {"explorationWeight": "0.3"}},
)["campaignArn"]
filter_arn = personalize.create_filter(
    name=f"watched-{suffix}",
    datasetGroupArn=group_arn,
    filterExpression='EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")',
)["filterArn"]
tracker = personalize.create_event_tracker(name=f"t-{suffix}", datasetGroupArn=group_arn)
while time.time() < max_time:
    campaign = personalize.describe_campaign(campaignArn=campaign_arn)["campaign"]
    watched = personalize.describe_filter(filterArn=filter_arn)["filter"]
    if campaign["status"] == "ACTIVE" and watched["status"] == "ACTIVE":
        break
    time.sleep(60)

runtime = boto3.client("personalize-runtime")
answer = runtime.get_recommendations(
    campaignArn=campaign_arn, userId="u7", numResults=5, filterArn=filter_arn
)
assert len(answer["itemList"]) == 5
watched_arn = tracker["eventTrackerArn"]
while time.time() < max_time:
    shown = personalize.describe_event_tracker(eventTrackerArn=watched_arn)["eventTracker"]
    if shown["status"] == "ACTIVE":
        break
    time.sleep(60)
boto3.client("personalize-events").put_events(
    trackingId=tracker["trackingId"],
    userId="u7",
    sessionId="session",
    eventList=[
        {
            "sentAt": time.time(),
            "eventType": "watch",
            "itemId": answer["itemList"][0]["itemId"],
            "recommendationId": answer["recommendationId"],
        }
    ],
)
later = runtime.get_recommendations(
    campaignArn=campaign_arn, userId="u7", numResults=40, filterArn=filter_arn
)
assert answer["itemList"][0]["itemId"] not in [each["itemId"] for each in later["itemList"]]


# Clean up, until nothing is left.
def gone(describe, **arn):
    while time.time() < max_time:
        try:
            describe(**arn)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return
            raise
        time.sleep(60)


personalize.delete_campaign(campaignArn=campaign_arn)
gone(personalize.describe_campaign, campaignArn=campaign_arn)
personalize.delete_solution(solutionArn=solution_arn)
gone(personalize.describe_solution, solutionArn=solution_arn)
personalize.delete_event_tracker(eventTrackerArn=watched_arn)
gone(personalize.describe_event_tracker, eventTrackerArn=watched_arn)
personalize.delete_filter(filterArn=filter_arn)
gone(personalize.describe_filter, filterArn=filter_arn)
personalize.delete_dataset(datasetArn=dataset_arn)
gone(personalize.describe_dataset, datasetArn=dataset_arn)
personalize.delete_dataset_group(datasetGroupArn=group_arn)
personalize.delete_schema(schemaArn=schema_arn)
s3.delete_object(Bucket=bucket, Key="interactions.csv")
s3.delete_bucket(Bucket=bucket)
print("done", file=sys.stderr)
