"""kill -9 at random moments: what was acknowledged is there, and nothing is half there."""

import hashlib
import json
import random
import re
import threading

import boto3
import psutil
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from lab_kit.aws.database import Database
from lab_kit.aws.jobs.supervisor import MOST_ATTEMPTS
from lab_kit.aws.objects.shelf import Shelf
from lab_kit.cloud import launch
from lab_kit.cloud.home import Home
from tests.aws.test_jobs import wait_for
from tests.personalize.world import INTERACTIONS, ROLE, write_interactions

KILLS = 20
LONGEST = 0.35
"""Seconds a server may live once the first call was acknowledged; the last one lives until every
kind of call was, on however slow a machine."""
GIVEN_UP = f"The job was cut short {MOST_ATTEMPTS} times"
"""What a job says that more kills hit than it may have."""
KINDS = {"object", "deleted", "schema", "parameter", "user", "job", "part"}


class Learner:
    """Makes calls until the server is gone, and remembers which of them were acknowledged."""

    def __init__(self, endpoint):
        session = boto3.Session(
            endpoint.keys.access_key, endpoint.keys.secret_key, region_name="us-east-1"
        )
        once = Config(retries={"total_max_attempts": 1}, read_timeout=60)

        def client(name):
            return session.client(name, endpoint_url=endpoint.url, config=once)

        self.personalize, self.s3 = client("personalize"), client("s3")
        self.iam, self.ssm = client("iam"), client("ssm")
        self.dataset = None
        self.acknowledged = []
        self.begun = threading.Event()

    def work(self, round_):
        """Call and call; in every second round without S3 and IAM, which take long to load."""
        steps = [self.make_resources, *([self.make_objects] if round_ % 2 else [])]
        try:
            for turn in range(10_000):
                for step in reversed(steps):
                    step(f"r{round_}-{turn}", turn)
        except (BotoCoreError, ClientError):
            pass  # the server was killed
        except KeyError:
            pass  # killed in the middle of an answer, which boto3 then takes for an empty one

    def make_objects(self, name, turn):
        body = hashlib.sha256(name.encode()).digest() * 3000
        self.s3.put_object(Bucket="crash", Key=name, Body=body)
        self._note("object", name)
        self.s3.put_object(Bucket="crash", Key=f"{name}-gone", Body=body)
        self.s3.delete_object(Bucket="crash", Key=f"{name}-gone")
        self._note("deleted", f"{name}-gone")
        self.iam.create_user(UserName=name)
        self._note("user", name)
        if turn % 5 == 0:
            upload = self.s3.create_multipart_upload(Bucket="crash", Key=f"{name}-parts")
            where = {"Bucket": "crash", "Key": f"{name}-parts", "UploadId": upload["UploadId"]}
            etag = self.s3.upload_part(**where, PartNumber=1, Body=body)["ETag"]
            self._note("part", (where["Key"], where["UploadId"], etag))

    def make_resources(self, name, turn):
        self.personalize.create_schema(name=name, schema=json.dumps(INTERACTIONS))
        self._note("schema", name)
        self.ssm.put_parameter(Name=name, Value=name, Type="String")
        self._note("parameter", name)
        if turn < 2:
            job = self.personalize.create_dataset_import_job(
                jobName=name,
                datasetArn=self.dataset,
                dataSource={"dataLocation": "s3://crash/interactions.csv"},
                roleArn=ROLE,
            )
            self._note("job", job["datasetImportJobArn"])

    @property
    def kinds(self):
        """What was acknowledged at least once."""
        return {kind for kind, _ in list(self.acknowledged)}

    def _note(self, kind, what):
        self.acknowledged.append((kind, what))
        self.begun.set()


@pytest.fixture
def home(tmp_path):
    made = Home(tmp_path / "cloud")
    yield made
    launch.stop(made)


def prepare(learner, folder):
    """A dataset to import into, and its data."""
    write_interactions(folder / "interactions.csv")
    learner.s3.create_bucket(Bucket="crash")
    learner.s3.upload_file(str(folder / "interactions.csv"), "crash", "interactions.csv")
    personalize = learner.personalize
    group = personalize.create_dataset_group(name="crash")["datasetGroupArn"]
    personalize.describe_dataset_group(datasetGroupArn=group)
    schema = personalize.create_schema(name="crash", schema=json.dumps(INTERACTIONS))["schemaArn"]
    learner.dataset = personalize.create_dataset(
        name="crash",
        schemaArn=schema,
        datasetGroupArn=group,
        datasetType="Interactions",
    )["datasetArn"]
    personalize.describe_dataset(datasetArn=learner.dataset)


@pytest.mark.skipif(psutil.WINDOWS, reason="there is no kill -9")
def test_twenty_kills_lose_nothing_that_was_acknowledged(home, tmp_path):
    moments = random.Random(5)
    learner = Learner(launch.ensure(home))
    prepare(learner, tmp_path)
    for kill in range(KILLS):
        launch.ensure(home)
        learner.begun.clear()
        thread = threading.Thread(target=learner.work, args=(kill,))
        thread.start()
        assert learner.begun.wait(60)
        thread.join(moments.uniform(0, LONGEST))
        if kill == KILLS - 1:
            wait_for(lambda: learner.kinds == KINDS)
        psutil.Process(home.notice().pid).kill()
        thread.join(30)
        assert not thread.is_alive()
        wait_for(lambda: not launch.is_served(home))
    launch.ensure(home)
    assert learner.kinds == KINDS
    assert_all_there(learner)
    launch.stop(home)
    assert_nothing_half_written(home)


def assert_all_there(learner):
    by_kind = {}
    for kind, what in learner.acknowledged:
        by_kind.setdefault(kind, []).append(what)
    listed = {
        each["Key"]
        for page in learner.s3.get_paginator("list_objects_v2").paginate(Bucket="crash")
        for each in page.get("Contents", [])
    }
    assert set(by_kind["object"]) <= listed
    assert not set(by_kind["deleted"]) & listed
    for key in by_kind["object"]:
        body = learner.s3.get_object(Bucket="crash", Key=key)["Body"].read()
        assert body == hashlib.sha256(key.encode()).digest() * 3000
    schemas = {
        each["name"]
        for page in learner.personalize.get_paginator("list_schemas").paginate()
        for each in page["schemas"]
    }
    assert set(by_kind["schema"]) <= schemas
    users = {
        each["UserName"]
        for page in learner.iam.get_paginator("list_users").paginate()
        for each in page["Users"]
    }
    assert set(by_kind["user"]) <= users
    for name in by_kind["parameter"]:
        assert learner.ssm.get_parameter(Name=name)["Parameter"]["Value"] == name
    for key, upload, etag in by_kind["part"]:
        parts = learner.s3.list_parts(Bucket="crash", Key=key, UploadId=upload)["Parts"]
        assert [each["ETag"] for each in parts] == [etag]
    for arn in by_kind["job"]:
        wait_for(lambda arn=arn: _ended(learner, arn))


def _ended(learner, arn):
    """Whether an import is done, or was given up as the rule says; jobs of late rounds are done."""
    told = learner.personalize.describe_dataset_import_job(datasetImportJobArn=arn)
    job = told["datasetImportJob"]
    round_ = int(re.match(r"r(\d+)-", job["jobName"])[1])
    if job["status"] == "CREATE FAILED":
        assert KILLS - round_ >= MOST_ATTEMPTS
        assert job["failureReason"].startswith(GIVEN_UP)
        return True
    return job["status"] == "ACTIVE"


def assert_nothing_half_written(home):
    database = Database(home.folder / "memory.sqlite")
    assert Shelf(database, home.folder / "objects").sweep() == 0
    files = database.rows("SELECT blob, record FROM object_versions")
    files += database.rows("SELECT blob, record FROM parts")
    for blob, record in files:
        path = home.folder / "objects" / blob[:2] / blob
        assert hashlib.md5(path.read_bytes()).hexdigest() == json.loads(record)["md5"]
    database.close()
    assert list((home.folder / "jobs").iterdir()) == []
