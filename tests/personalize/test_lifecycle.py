"""How resources move from state to state, and what a caller sees of it."""

import threading
import time

import pytest
from botocore.exceptions import ClientError

from tests.cloud.inprocess import connect
from tests.personalize.world import BUCKET, ROLE, open_cloud, settle, write_interactions

RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization"


@pytest.fixture
def personalize(world):
    return connect(world[0].answer, "personalize")


def states(cloud, look):
    """The states a resource goes through, one step of the jobs at a time."""
    seen = [look()]
    registry = cloud.ground.registry
    update = registry.update

    def noting(arn, **changes):
        changed = update(arn, **changes)
        if look() != seen[-1]:
            seen.append(look())
        return changed

    registry.update = noting
    settle(cloud)
    registry.update = update
    if look() != seen[-1]:
        seen.append(look())
    return seen


def status_of(cloud, arn):
    def look():
        resource = cloud.ground.registry.get(arn)
        return resource.status if resource else None

    return look


CREATED = ["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"]
DELETED = ["DELETE PENDING", "DELETE IN_PROGRESS", None]


def test_a_group_is_created_and_deleted(world, personalize):
    cloud, _ = world
    arn = personalize.create_dataset_group(name="new")["datasetGroupArn"]
    assert states(cloud, status_of(cloud, arn)) == CREATED
    personalize.delete_dataset_group(datasetGroupArn=arn)
    # The model lists no DELETE IN_PROGRESS for groups.
    assert states(cloud, status_of(cloud, arn)) == ["DELETE PENDING", None]


def test_a_campaign_is_created_updated_and_deleted(world, personalize):
    cloud, arns = world
    version = arns["solutionVersionArn"]
    arn = personalize.create_campaign(name="new", solutionVersionArn=version)["campaignArn"]
    assert states(cloud, status_of(cloud, arn)) == CREATED
    shown = personalize.describe_campaign(campaignArn=arn)["campaign"]
    assert "latestCampaignUpdate" not in shown
    assert shown["minProvisionedTPS"] == 1

    newer = personalize.create_solution_version(solutionArn=arns["solutionArn"])
    settle(cloud)
    personalize.update_campaign(
        campaignArn=arn,
        solutionVersionArn=newer["solutionVersionArn"],
        minProvisionedTPS=4,
    )
    during = personalize.describe_campaign(campaignArn=arn)["campaign"]
    assert during["status"] == "ACTIVE"
    assert during["solutionVersionArn"] == version  # the old version answers until it is done
    assert during["latestCampaignUpdate"]["status"] == "CREATE PENDING"
    assert during["latestCampaignUpdate"]["minProvisionedTPS"] == 4
    with pytest.raises(ClientError, match="ResourceInUseException"):
        personalize.update_campaign(campaignArn=arn, minProvisionedTPS=5)

    def look():
        return cloud.ground.registry.require(arn).record["latestCampaignUpdate"]["status"]

    assert states(cloud, look) == CREATED
    after = personalize.describe_campaign(campaignArn=arn)["campaign"]
    assert after["solutionVersionArn"] == newer["solutionVersionArn"]
    assert after["minProvisionedTPS"] == 4

    personalize.delete_campaign(campaignArn=arn)
    assert states(cloud, status_of(cloud, arn)) == DELETED
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        personalize.describe_campaign(campaignArn=arn)


def test_a_recommender_is_stopped_and_started(world, personalize):
    cloud, arns = world
    arn = arns["recommenderArn"]
    with pytest.raises(ClientError, match="needs to be INACTIVE"):
        personalize.start_recommender(recommenderArn=arn)
    personalize.stop_recommender(recommenderArn=arn)
    assert states(cloud, status_of(cloud, arn)) == ["STOP PENDING", "STOP IN_PROGRESS", "INACTIVE"]
    personalize.start_recommender(recommenderArn=arn)
    assert states(cloud, status_of(cloud, arn)) == ["START PENDING", "START IN_PROGRESS", "ACTIVE"]
    personalize.update_recommender(
        recommenderArn=arn, recommenderConfig={"minRecommendationRequestsPerSecond": 3}
    )
    settle(cloud)
    shown = personalize.describe_recommender(recommenderArn=arn)["recommender"]
    assert shown["recommenderConfig"] == {"minRecommendationRequestsPerSecond": 3}
    assert shown["latestRecommenderUpdate"]["status"] == "ACTIVE"


def test_a_dataset_takes_a_wider_schema(world, personalize):
    cloud, arns = world
    arn = arns["datasetArn"]
    personalize.update_dataset(datasetArn=arn, schemaArn=arns["widerSchemaArn"])
    assert states(cloud, status_of(cloud, arn)) == [
        "UPDATE PENDING",
        "UPDATE IN_PROGRESS",
        "ACTIVE",
    ]
    shown = personalize.describe_dataset(datasetArn=arn)["dataset"]
    assert shown["schemaArn"] == arns["widerSchemaArn"]
    assert shown["latestDatasetUpdate"]["status"] == "ACTIVE"
    with pytest.raises(ClientError, match=r"has to keep the fields \[DEVICE\]"):
        personalize.update_dataset(datasetArn=arn, schemaArn=arns["schemaArn"])


def test_training_can_be_stopped_before_it_begins_and_while_it_runs(world, personalize):
    cloud, arns = world
    waiting = personalize.create_solution_version(solutionArn=arns["solutionArn"])
    arn = waiting["solutionVersionArn"]
    personalize.stop_solution_version_creation(solutionVersionArn=arn)
    assert states(cloud, status_of(cloud, arn)) == ["CREATE PENDING", "CREATE STOPPED"]

    arn = personalize.create_solution_version(solutionArn=arns["solutionArn"])["solutionVersionArn"]
    while status_of(cloud, arn)() == "CREATE PENDING":
        cloud.supervisor.step()
    personalize.stop_solution_version_creation(solutionVersionArn=arn)
    assert status_of(cloud, arn)() == "CREATE STOPPING"
    assert states(cloud, status_of(cloud, arn)) == ["CREATE STOPPING", "CREATE STOPPED"]
    with pytest.raises(ClientError, match="ResourceInUseException"):
        personalize.stop_solution_version_creation(solutionVersionArn=arn)
    with pytest.raises(ClientError, match="ResourceInUseException"):
        personalize.create_campaign(name="late", solutionVersionArn=arn)


def test_metrics_are_those_the_job_returned_and_none_before(world, personalize):
    _, arns = world
    told = personalize.get_solution_metrics(solutionVersionArn=arns["solutionVersionArn"])
    assert told["metrics"] == {"events": 1200.0}
    training = personalize.create_solution_version(solutionArn=arns["solutionArn"])
    with pytest.raises(ClientError, match="ResourceInUseException"):
        personalize.get_solution_metrics(solutionVersionArn=training["solutionVersionArn"])


def test_a_data_deletion_job_has_words_of_its_own(world, personalize):
    cloud, arns = world
    made = personalize.create_data_deletion_job(
        jobName="new",
        datasetGroupArn=arns["datasetGroupArn"],
        dataSource={"dataLocation": f"s3://{BUCKET}/users.csv"},
        roleArn=ROLE,
    )
    look = status_of(cloud, made["dataDeletionJobArn"])
    assert states(cloud, look) == ["PENDING", "IN_PROGRESS", "COMPLETED"]


def test_the_latest_version_shows_in_its_solution_and_can_be_deployed_by_that_name(
    world, personalize
):
    cloud, arns = world
    solution = arns["solutionArn"]
    shown = personalize.describe_solution(solutionArn=solution)["solution"]
    assert shown["latestSolutionVersion"]["solutionVersionArn"] == arns["solutionVersionArn"]
    made = personalize.create_campaign(name="new", solutionVersionArn=f"{solution}/$LATEST")
    settle(cloud)
    campaign = personalize.describe_campaign(campaignArn=made["campaignArn"])["campaign"]
    assert campaign["solutionVersionArn"] == arns["solutionVersionArn"]


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("nothing.csv", "No CSV file was found at s3://world/nothing.csv."),
        ("short.csv", "Dataset has fewer than 1000 interactions: 999 were found."),
        ("bad.csv", "Input CSV is missing the following columns:[ITEM_ID, TIMESTAMP]."),
        ("latin.csv", "The file is no text in UTF-8: s3://world/latin.csv"),
    ],
)
def test_an_import_that_cannot_be_done_says_why(world, personalize, tmp_path, key, reason):
    cloud, arns = world
    s3 = connect(cloud.answer, "s3")
    write_interactions(tmp_path / "short.csv", rows=999)
    (tmp_path / "bad.csv").write_text("USER_ID,ITEM,EVENT_TYPE\nu,i,e\n", encoding="utf-8")
    (tmp_path / "latin.csv").write_bytes(b"USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n\xe9,i,1,e\n")
    if (tmp_path / key).exists():
        s3.upload_file(str(tmp_path / key), BUCKET, key)
    made = personalize.create_dataset_import_job(
        jobName="new",
        datasetArn=arns["datasetArn"],
        dataSource={"dataLocation": f"s3://{BUCKET}/{key}"},
        roleArn=ROLE,
    )
    settle(cloud)
    job = personalize.describe_dataset_import_job(**only(made))["datasetImportJob"]
    assert (job["status"], job["failureReason"]) == ("CREATE FAILED", reason)


def only(answer):
    return {name: value for name, value in answer.items() if name.endswith("Arn")}


def test_an_import_reads_all_files_below_a_prefix_and_not_those_changed_later(
    world, personalize, tmp_path
):
    cloud, arns = world
    s3 = connect(cloud.answer, "s3")
    for number in range(2):
        write_interactions(tmp_path / "part.csv", rows=600)
        s3.upload_file(str(tmp_path / "part.csv"), BUCKET, f"parts/{number}.csv")
    made = personalize.create_dataset_import_job(
        jobName="new",
        datasetArn=arns["datasetArn"],
        dataSource={"dataLocation": f"s3://{BUCKET}/parts"},
        roleArn=ROLE,
    )
    settle(cloud)
    job = cloud.ground.registry.require(made["datasetImportJobArn"])
    assert job.status == "ACTIVE"
    assert job.record["rows"] == 1200


def test_a_full_import_replaces_and_an_incremental_one_adds(world, personalize):
    cloud, arns = world

    def events_after(mode, name):
        personalize.create_dataset_import_job(
            jobName=name,
            datasetArn=arns["datasetArn"],
            dataSource={"dataLocation": f"s3://{BUCKET}/interactions.csv"},
            roleArn=ROLE,
            importMode=mode,
        )
        settle(cloud)
        version = personalize.create_solution_version(solutionArn=arns["solutionArn"])
        settle(cloud)
        told = personalize.get_solution_metrics(solutionVersionArn=version["solutionVersionArn"])
        return told["metrics"]["events"]

    assert events_after("INCREMENTAL", "more") == 2400
    assert events_after("FULL", "again") == 1200


def test_describing_waits_for_what_is_on_its_way(tmp_path):
    cloud = open_cloud(tmp_path / "cloud", patience=30)
    cloud.supervisor.start()
    personalize = connect(cloud.answer, "personalize")
    arn = personalize.create_dataset_group(name="new")["datasetGroupArn"]
    begun = time.monotonic()
    group = personalize.describe_dataset_group(datasetGroupArn=arn)["datasetGroup"]
    assert group["status"] == "ACTIVE"
    personalize.delete_dataset_group(datasetGroupArn=arn)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        personalize.describe_dataset_group(datasetGroupArn=arn)
    assert time.monotonic() - begun < 10
    cloud.supervisor.stop()
    cloud.ground.database.close()


def test_what_nobody_looks_at_settles_too_but_not_at_once(tmp_path):
    cloud = open_cloud(tmp_path / "cloud")
    personalize = connect(cloud.answer, "personalize")
    arn = personalize.create_dataset_group(name="new")["datasetGroupArn"]
    while cloud.supervisor.step():
        pass
    # Code that forgot to wait meets the same refusal as on AWS.
    with pytest.raises(ClientError, match="ResourceInUseException"):
        personalize.create_event_tracker(name="early", datasetGroupArn=arn)
    cloud.supervisor.start()
    end = time.monotonic() + 30
    while cloud.ground.registry.require(arn).status != "ACTIVE":
        assert time.monotonic() < end
        time.sleep(0.05)
    cloud.supervisor.stop()
    cloud.ground.database.close()


def test_no_more_calls_wait_than_may(tmp_path):
    cloud = open_cloud(tmp_path / "cloud", patience=30, waiters=1)
    personalize = connect(cloud.answer, "personalize")
    arn = personalize.create_dataset_group(name="new")["datasetGroupArn"]
    first = threading.Thread(
        target=lambda: personalize.describe_dataset_group(datasetGroupArn=arn), daemon=True
    )
    first.start()
    time.sleep(0.2)
    begun = time.monotonic()
    shown = personalize.describe_dataset_group(datasetGroupArn=arn)["datasetGroup"]
    assert shown["status"] == "CREATE PENDING"
    assert time.monotonic() - begun < 10
    settle(cloud)
    first.join(30)
    assert not first.is_alive()
    cloud.ground.database.close()
