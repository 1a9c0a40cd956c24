"""`lab_kit.cloud.start()` as a notebook meets it."""

import os

import boto3
import pytest

import lab_kit.cloud
from lab_kit.cloud import launch
from lab_kit.cloud.home import Home
from lab_kit.cloud.session import AWS_NOTICE
from lab_kit.errors import LabKitError
from tests.personalize.world import INTERACTIONS


@pytest.fixture
def started(tmp_path, monkeypatch):
    """A process as it is before it starts anything; what it starts is stopped."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "LAB_KIT_CLOUD")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("LAB_KIT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    before = dict(os.environ)
    yield before
    launch.stop(Home())
    os.environ.clear()
    os.environ.update(before)


def test_one_line_and_then_boto3_works_as_it_is(started, capsys):
    cloud = lab_kit.cloud.start()
    assert capsys.readouterr().out == (
        f"Local cloud at {cloud.url}: boto3, aws and s3:// paths stay on this machine and cost "
        "nothing.\n"
    )
    import json

    boto3.client("personalize").create_schema(name="mine", schema=json.dumps(INTERACTIONS))
    boto3.client("s3").create_bucket(Bucket="my-bucket")
    again = lab_kit.cloud.start()
    assert again.url == cloud.url
    assert "Schema mine (us-east-1)" in repr(again)


def test_what_a_notebook_shows(started):
    cloud = lab_kit.cloud.start()
    personalize = boto3.client("personalize")
    personalize.create_dataset_group(name="shop")
    boto3.client("s3").create_bucket(Bucket="my-bucket")
    cloud.advance(days=7)
    page = cloud._repr_html_()
    assert cloud.url in page
    assert "my-bucket" in page
    assert "<td>DatasetGroup</td>" in page
    assert "arn:aws:personalize:us-east-1:123456789012:dataset-group/shop" in page
    assert "its clock 7 days, 0:00:00 ahead" in page
    assert "On AWS it would be 0.00 USD an hour" in page
    assert "Check with AWS" in page
    later = personalize.create_dataset_group(name="later")["datasetGroupArn"]
    made = personalize.describe_dataset_group(datasetGroupArn=later)["datasetGroup"]
    first = cloud.status()["resources"][0]["created"]
    assert 6.9 * 86400 < made["creationDateTime"].timestamp() - first < 7.1 * 86400
    with pytest.raises(LabKitError, match="cannot be put back"):
        cloud.advance(hours=-1)


def test_to_aws_and_back(started, capsys):
    os.environ["AWS_PROFILE"] = "work"
    os.environ["AWS_REGION"] = "eu-central-1"
    before = dict(os.environ)
    cloud = lab_kit.cloud.start()
    boto3.client("s3")  # makes the default session
    assert lab_kit.cloud.start(target="aws") is None
    assert dict(os.environ) == before
    assert boto3.DEFAULT_SESSION is None
    assert AWS_NOTICE in capsys.readouterr().out
    assert "COST MONEY" in AWS_NOTICE
    assert lab_kit.cloud.start().url == cloud.url
    assert boto3.client("s3").meta.endpoint_url == cloud.url
    assert boto3.client("s3").meta.region_name == "eu-central-1"


def test_another_target_is_refused(started):
    with pytest.raises(LabKitError, match="no target"):
        lab_kit.cloud.start(target="azure")


def test_a_stopped_cloud_says_so_and_does_not_raise_when_shown(started):
    cloud = lab_kit.cloud.start()
    cloud.stop()
    assert "does not answer" in repr(cloud)
    assert "does not answer" in cloud._repr_html_()
    with pytest.raises(LabKitError, match="start it again"):
        cloud.status()


def test_importing_the_package_loads_neither_boto3_nor_moto():
    import subprocess
    import sys

    script = (
        "import lab_kit.cloud, lab_kit.cloud.leaks, sys\n"
        "print([name for name in ('boto3', 'botocore', 'moto', 'pandas') if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ended.stdout.strip() == "[]", ended.stderr
