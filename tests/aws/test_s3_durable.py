"""What S3 has acknowledged is there after a restart, and nothing else."""

import io
import json
import os

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lab_kit.aws.ground import Ground
from lab_kit.aws.journal import Journal
from lab_kit.aws.objects.s3 import S3
from lab_kit.aws.objects.shelf import lend
from lab_kit.aws.protocol.router import Router
from tests.cloud.inprocess import connect

PART = 5 * 2**20
KEYS = ["a", "a/b", "A", "con.txt", "한글", "../up", "a/b/"]


def serve(folder):
    """S3 over a folder, as a new server finds it."""
    ground = Ground.under(folder)
    s3 = S3(ground.database, ground.clock, Journal(ground.database), ground.shelf)
    return ground, connect(Router([], {"s3": s3}), "s3")


def snapshot(s3, full=True):
    """All that S3 tells of its buckets."""
    told = {}
    for bucket in [each["Name"] for each in s3.list_buckets()["Buckets"]]:
        where = {"Bucket": bucket}
        told[bucket] = {
            "made": [b["CreationDate"] for b in s3.list_buckets()["Buckets"]],
            "versioning": s3.get_bucket_versioning(**where).get("Status"),
            "versions": rest(s3.list_object_versions(**where)),
            "policy": maybe(s3.get_bucket_policy, **where),
            "tags": maybe(s3.get_bucket_tagging, **where),
            "acl": rest(s3.get_bucket_acl(**where)),
            "uploads": [
                rest(s3.list_parts(**where, Key=each["Key"], UploadId=each["UploadId"]))
                for each in s3.list_multipart_uploads(**where).get("Uploads", [])
            ],
            "objects": {
                each["Key"]: [
                    rest(s3.get_object(**where, Key=each["Key"])),
                    rest(s3.get_object_tagging(**where, Key=each["Key"])),
                    rest(s3.get_object_acl(**where, Key=each["Key"])),
                ]
                for each in s3.list_objects_v2(**where).get("Contents", [])
            },
        }
    return told


def rest(answer):
    """An answer without what differs from call to call; a body is read."""
    return {
        name: value.read() if name == "Body" else value
        for name, value in answer.items()
        if name != "ResponseMetadata"
    }


def maybe(call, **where):
    try:
        return rest(call(**where))
    except ClientError as error:
        return error.response["Error"]["Code"]


ACTIONS = [
    *["put", "put", "put", "delete", "delete_many", "copy", "tag", "acl"],
    *["policy", "bucket_tags", "versioning", "begin", "begin", "multipart", "abandon"],
]

# One step: what to do, with which key, and some bytes.
steps = st.lists(
    st.tuples(
        st.sampled_from(ACTIONS),
        st.sampled_from(KEYS),
        st.sampled_from(KEYS),
        st.binary(max_size=8),
    ),
    max_size=25,
)


class Doer:
    """Does steps, and keeps in a dict what the bodies have to be."""

    def __init__(self, s3):
        self.s3 = s3
        self.bodies = {}
        self.uploads = []

    def put(self, key, _, data):
        self.s3.put_object(
            Bucket="bucket", Key=key, Body=data, Metadata={"n_1": str(len(data))}, ContentType="x/y"
        )
        self.bodies[key] = data

    def delete(self, key, *_):
        self.s3.delete_object(Bucket="bucket", Key=key)
        self.bodies.pop(key, None)

    def delete_many(self, key, other, _):
        objects = [{"Key": key}, {"Key": other}]
        self.s3.delete_objects(Bucket="bucket", Delete={"Objects": objects})
        for each in (key, other):
            self.bodies.pop(each, None)

    def copy(self, key, other, _):
        if key in self.bodies and key != other:
            self.s3.copy_object(
                Bucket="bucket", Key=other, CopySource={"Bucket": "bucket", "Key": key}
            )
            self.bodies[other] = self.bodies[key]

    def tag(self, key, _, data):
        if key in self.bodies:
            tags = {"TagSet": [{"Key": "n", "Value": data.hex()}]}
            self.s3.put_object_tagging(Bucket="bucket", Key=key, Tagging=tags)

    def acl(self, key, *_):
        if key in self.bodies:
            self.s3.put_object_acl(Bucket="bucket", Key=key, ACL="public-read")

    def policy(self, key, _, data):
        if data:
            statement = {
                "Sid": data.hex(),
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": "arn:aws:s3:::bucket/*",
            }
            policy = {"Version": "2012-10-17", "Statement": [statement]}
            self.s3.put_bucket_policy(Bucket="bucket", Policy=json.dumps(policy))
        else:
            self.s3.delete_bucket_policy(Bucket="bucket")

    def bucket_tags(self, key, _, data):
        tags = {"TagSet": [{"Key": "n", "Value": data.hex()}]}
        self.s3.put_bucket_tagging(Bucket="bucket", Tagging=tags)

    def versioning(self, key, _, data):
        status = "Enabled" if data else "Suspended"
        configuration = {"Status": status}
        self.s3.put_bucket_versioning(Bucket="bucket", VersioningConfiguration=configuration)

    def begin(self, key, _, data):
        made = self.s3.create_multipart_upload(Bucket="bucket", Key=key, Metadata={"by": "parts"})
        where = {"Bucket": "bucket", "Key": key, "UploadId": made["UploadId"]}
        etag = self.s3.upload_part(**where, PartNumber=1, Body=data)["ETag"]
        self.uploads.append((where, etag, data))

    def multipart(self, key, _, data):
        if self.uploads:
            where, etag, begun = self.uploads.pop()
            parts = {"Parts": [{"PartNumber": 1, "ETag": etag}]}
            self.s3.complete_multipart_upload(**where, MultipartUpload=parts)
            self.bodies[where["Key"]] = begun

    def abandon(self, *_):
        if self.uploads:
            self.s3.abort_multipart_upload(**self.uploads.pop()[0])


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@example(
    [
        ("versioning", "a", "a", b"x"),
        *((action, "a", "a/b", b"x") for action in ("put", "tag", "acl", "copy", "policy")),
        ("put", "한글", "a", b""),
        ("bucket_tags", "a", "a", b"y"),
        ("begin", "A", "a", b"part"),
        ("begin", "con.txt", "a", b"joined"),
        ("multipart", "a", "a", b""),
        ("delete", "한글", "a", b""),
        ("put", "a", "a", b"second version"),
        ("put", "../up", "a", b"up"),
    ]
)
@given(steps)
def test_a_restart_changes_nothing(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("s3") / "cloud"
    ground, s3 = serve(folder)
    s3.create_bucket(Bucket="bucket")
    doer = Doer(s3)
    for action, *arguments in steps:
        getattr(doer, action)(*arguments)
    before = snapshot(s3)
    bodies = {key: told[0]["Body"] for key, told in before["bucket"]["objects"].items()}
    assert bodies == doer.bodies
    ground.database.close()
    ground, s3 = serve(folder)
    assert snapshot(s3) == before
    # Jobs find the same bytes as files, and no file belongs to nobody.
    files = {each.key: each.path.read_bytes() for each in ground.shelf.under("s3://bucket/")}
    assert files == {key: body for key, body in doer.bodies.items() if not key.endswith("/")}
    assert ground.shelf.sweep() == 0
    ground.database.close()


@pytest.fixture
def cloud(tmp_path):
    """S3 over a folder, and how to start it again."""

    class Restarted:
        def __init__(self):
            self.folder = tmp_path / "cloud"
            self.ground, self.s3 = serve(self.folder)

        def restart(self):
            self.ground.database.close()
            self.ground, self.s3 = serve(self.folder)
            return self.s3

    made = Restarted()
    made.s3.create_bucket(Bucket="bucket")
    yield made
    made.ground.database.close()


def files_of(cloud):
    return sorted(path.name for path in cloud.ground.shelf.folder.glob("??/*"))


def test_settings_of_a_bucket_come_back_and_go_with_it(cloud):
    s3 = cloud.s3
    s3.create_bucket(Bucket="logs", ACL="log-delivery-write")
    abroad = {"LocationConstraint": "eu-west-1"}
    s3.create_bucket(Bucket="abroad", CreateBucketConfiguration=abroad)
    logging = {"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "p"}}
    s3.put_bucket_logging(Bucket="bucket", BucketLoggingStatus=logging)
    rules = {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}
    s3.put_bucket_cors(Bucket="bucket", CORSConfiguration=rules)
    s3.put_bucket_tagging(Bucket="logs", Tagging={"TagSet": [{"Key": "last", "Value": "1"}]})
    s3 = cloud.restart()
    assert s3.get_bucket_location(Bucket="abroad")["LocationConstraint"] == "eu-west-1"
    assert s3.get_bucket_logging(Bucket="bucket")["LoggingEnabled"]["TargetBucket"] == "logs"
    assert s3.get_bucket_cors(Bucket="bucket")["CORSRules"] == rules["CORSRules"]
    s3.delete_bucket_cors(Bucket="bucket")
    s3.delete_bucket(Bucket="bucket")
    s3 = cloud.restart()
    assert {each["Name"] for each in s3.list_buckets()["Buckets"]} == {"abroad", "logs"}
    s3.create_bucket(Bucket="bucket")
    assert maybe(s3.get_bucket_cors, Bucket="bucket") == "NoSuchCORSConfiguration"
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket="bucket")


def test_a_bucket_made_again_keeps_its_age(cloud):
    from datetime import timedelta

    before = cloud.s3.list_buckets()["Buckets"]
    cloud.ground.clock.advance(timedelta(days=1))
    cloud.s3.create_bucket(Bucket="bucket")  # which S3 lets pass in us-east-1
    assert cloud.s3.list_buckets()["Buckets"] == before
    assert cloud.restart().list_buckets()["Buckets"] == before


def test_bytes_are_held_once_and_removed_with_their_last_object(cloud):
    s3 = cloud.s3
    s3.put_object(Bucket="bucket", Key="one", Body=b"x")
    s3.copy_object(Bucket="bucket", Key="two", CopySource={"Bucket": "bucket", "Key": "one"})
    assert len(files_of(cloud)) == 1
    s3.delete_object(Bucket="bucket", Key="one")
    assert len(files_of(cloud)) == 1
    s3.put_object(Bucket="bucket", Key="two", Body=b"y")
    assert len(files_of(cloud)) == 1
    s3.delete_object(Bucket="bucket", Key="two")
    assert files_of(cloud) == []


def test_an_upload_in_parts_goes_on_after_a_restart(cloud):
    made = cloud.s3.create_multipart_upload(Bucket="bucket", Key="k", Metadata={"a_b": "1"})
    where = {"Bucket": "bucket", "Key": "k", "UploadId": made["UploadId"]}
    first = cloud.s3.upload_part(**where, PartNumber=1, Body=b"a" * PART)["ETag"]
    s3 = cloud.restart()
    second = s3.upload_part(**where, PartNumber=2, Body=b"b")["ETag"]
    s3 = cloud.restart()
    parts = [{"PartNumber": 1, "ETag": first}, {"PartNumber": 2, "ETag": second}]
    s3.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
    s3 = cloud.restart()
    got = s3.get_object(Bucket="bucket", Key="k")
    assert got["Body"].read() == b"a" * PART + b"b"
    assert got["Metadata"] == {"a_b": "1"}
    assert len(files_of(cloud)) == 1


def test_what_a_kill_left_half_written_is_swept(cloud):
    cloud.s3.put_object(Bucket="bucket", Key="k", Body=b"kept")
    half = cloud.ground.shelf.new()
    half.write_bytes(b"half")
    s3 = cloud.restart()
    assert s3.list_objects_v2(Bucket="bucket")["KeyCount"] == 1
    assert not half.exists()
    assert s3.get_object(Bucket="bucket", Key="k")["Body"].read() == b"kept"


def test_what_another_thread_is_receiving_survives_when_moto_is_told_again(cloud):
    cloud.s3.put_object(Bucket="bucket", Key="k", Body=b"1")
    underway = cloud.ground.shelf.new()
    underway.write_bytes(b"half of it")
    S3._loaded = None  # as after a change that could not be written down
    assert cloud.s3.get_object(Bucket="bucket", Key="k")["Body"].read() == b"1"
    assert underway.exists()


def test_a_change_that_cannot_be_written_down_has_not_happened(cloud):
    cloud.s3.put_object(Bucket="bucket", Key="k", Body=b"old")
    database = cloud.ground.database
    pages = database.row("PRAGMA page_count")[0]
    database.rows(f"PRAGMA max_page_count = {pages}")
    metadata = {"long": "x" * 1900}

    def fill():
        for number in range(20):
            cloud.s3.put_object(Bucket="bucket", Key="k", Body=b"new", Metadata=metadata)
            cloud.s3.put_object(Bucket="bucket", Key=f"{number}", Body=b"new", Metadata=metadata)

    with pytest.raises(ClientError) as raised:
        fill()
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 507
    now = snapshot(cloud.s3)
    database.rows("PRAGMA max_page_count = 1000000")
    assert snapshot(cloud.restart()) == now
    cloud.s3.put_object(Bucket="bucket", Key="k", Body=b"newer")
    assert cloud.s3.get_object(Bucket="bucket", Key="k")["Body"].read() == b"newer"


def test_a_file_that_is_lent_stays_though_its_object_goes(cloud, tmp_path):
    for key in ("data/1.csv", "data/2.csv", "data/", "database"):
        cloud.s3.put_object(Bucket="bucket", Key=key, Body=key.encode())
    shelf = cloud.ground.shelf
    assert [each.key for each in shelf.under("s3://bucket/data/")] == ["data/1.csv", "data/2.csv"]
    assert [each.key for each in shelf.under("s3://bucket/data")] == [
        "data/1.csv",
        "data/2.csv",
        "database",
    ]
    lent = lend(shelf.under("s3://bucket/data/"), tmp_path / "lent")
    cloud.s3.delete_object(Bucket="bucket", Key="data/1.csv")
    assert [path.read_bytes() for path in lent] == [b"data/1.csv", b"data/2.csv"]
    assert shelf.under("s3://nobody/") == []


def test_times_are_those_of_the_clock(cloud):
    from datetime import timedelta

    cloud.s3.put_object(Bucket="bucket", Key="today", Body=b"")
    cloud.ground.clock.advance(timedelta(days=7))
    cloud.s3.put_object(Bucket="bucket", Key="in a week", Body=b"")
    cloud.s3.create_bucket(Bucket="later")
    s3 = cloud.restart()
    modified = {
        each["Key"]: each["LastModified"]
        for each in s3.list_objects_v2(Bucket="bucket")["Contents"]
    }
    assert timedelta(days=6.9) < modified["in a week"] - modified["today"] < timedelta(days=7.1)
    made = {each["Name"]: each["CreationDate"] for each in s3.list_buckets()["Buckets"]}
    assert timedelta(days=6.9) < made["later"] - made["bucket"] < timedelta(days=7.1)


def test_a_large_object_is_never_in_memory(cloud):
    import tracemalloc

    data = io.BytesIO(os.urandom(2**20) * 64)
    where = {"Bucket": "bucket", "Key": "large"}
    cloud.s3.put_object(**where, Body=data)  # whatever is loaded only once
    tracemalloc.start()
    copied = cloud.s3.copy_object(Bucket="bucket", Key="copy", CopySource=where)
    piece = cloud.s3.get_object(**where, Range="bytes=1000000-1000009")["Body"].read()
    upload = cloud.s3.create_multipart_upload(Bucket="bucket", Key="joined")["UploadId"]
    to = {"Bucket": "bucket", "Key": "joined", "UploadId": upload}
    parts = [
        {
            "PartNumber": n,
            "ETag": cloud.s3.upload_part_copy(**to, PartNumber=n, CopySource=where)[
                "CopyPartResult"
            ]["ETag"],
        }
        for n in (1, 2)
    ]
    cloud.s3.complete_multipart_upload(**to, MultipartUpload={"Parts": parts})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert piece == data.getvalue()[1_000_000:1_000_010]
    assert copied["CopyObjectResult"]["ETag"]
    assert cloud.s3.head_object(Bucket="bucket", Key="joined")["ContentLength"] == 128 * 2**20
    assert peak < 16 * 2**20
